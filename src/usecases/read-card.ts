import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { familyOf, isStandingFor } from '../db/member-family.ts';
import type { CardTable } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ApplicationId, CardId, FileId, MemberId } from '../domain/ids.ts';
import type { MemberState } from '../domain/member.ts';
import { type PlainDate, plainDateIn } from '../domain/plain-date.ts';
import { type MemberStatus, memberStatus } from '../domain/validity.ts';
import { type Deps, type Scope, todayOf } from './context.ts';
import { codeOfToken } from './short-code-hash.ts';

/** Everything a card shows, on plastic and on a phone, and nothing else of its holder. */
export interface CardFacts {
  readonly cardId: CardId;
  readonly memberId: MemberId;
  readonly number: string;
  readonly name: string;
  /** Code of the library's list. */
  readonly memberType: string;
  readonly validUntil: PlainDate | null;
  readonly issuedOn: PlainDate;
  readonly status: MemberStatus;
  /** Null where there is none, or where the holder did not agree to a photo on the card. */
  readonly photoId: FileId | null;
  /** Odd or even: some libraries colour the photo's edge by it. */
  readonly birthYear: number | null;
}

/** A member's present card, as the desk handles it. */
export interface PresentCard extends CardFacts {
  /** Secret part of the KTA's address. */
  readonly token: string;
  /** Which address it is, for who must not give a newer one away; opens nothing. */
  readonly addressMark: string;
  /** Short code of that address, while it works. */
  readonly pickupCode: string | null;
  readonly printedAt: Date | null;
  readonly printFailed: boolean;
  readonly handedOverAt: Date | null;
}

/** The present card of a member, or null where all are revoked or the member type has none. */
export async function findPresentCard(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  memberId: MemberId,
): Promise<PresentCard | null> {
  const row = await cardsWithMembers(tx)
    .select((card) =>
      card
        .selectFrom('card_event')
        .select('kind')
        .whereRef('card_id', '=', 'card.id')
        .orderBy('id', 'desc')
        .limit(1)
        .as('last_event'),
    )
    .where('card.member_id', 'in', familyOf(memberId))
    .where('card.revoked_at', 'is', null)
    // The own card before one of a membership that was merged into this one.
    .orderBy((order) => order('card.member_id', '=', memberId), 'desc')
    .orderBy('card.issued_at', 'desc')
    .executeTakeFirst();
  if (!row) return null;
  const token = deps.vault.token(scope.library.id, 'kta', row.id, row.access_generation);
  const works = row.pickup_expires_at !== null && row.pickup_expires_at > scope.at;
  return {
    ...factsOfCard(scope, row),
    token,
    addressMark: addressMark(row),
    pickupCode: works ? codeOfToken(deps, scope, token) : null,
    printedAt: row.printed_at,
    printFailed: row.last_event === 'print_failed',
    handedOverAt: row.handed_over_at,
  };
}

/** Says which of its addresses a card has. */
export function addressMark(card: Pick<Selectable<CardTable>, 'id' | 'access_generation'>): string {
  return `${card.id}.${card.access_generation}`;
}

/** The card of a case or of a member, for printing. */
export function readPresentCard(
  db: Db,
  deps: Deps,
  scope: Scope,
  of: { readonly applicationId: ApplicationId } | { readonly memberId: MemberId },
): Promise<PresentCard | null> {
  return inLibrary(db, scope.library.id, async (tx) => {
    if ('memberId' in of) return findPresentCard(tx, deps, scope, of.memberId);
    const found = await tx
      .selectFrom('application')
      .select('member_id')
      .where('id', '=', of.applicationId)
      .executeTakeFirst();
    return found?.member_id ? findPresentCard(tx, deps, scope, found.member_id) : null;
  });
}

export type CardWithMember = Selectable<CardTable> & {
  readonly number: string;
  readonly name: string;
  readonly state: MemberState;
  readonly member_type: string;
  readonly member_valid_until: PlainDate | null;
  readonly birth_date: PlainDate | null;
  readonly photo_id: FileId | null;
  readonly photo_given: boolean | null;
  /** Of the membership that the card was issued for. */
  readonly application_id: ApplicationId | null;
  /** Who holds it: the member who stands for that membership. */
  readonly holder_id: MemberId;
};

/** Of such a row, what a card shows. */
export type CardFactsRow = Pick<
  CardWithMember,
  | 'id'
  | 'holder_id'
  | 'number'
  | 'name'
  | 'member_type'
  | 'member_valid_until'
  | 'issued_at'
  | 'state'
  | 'photo_id'
  | 'birth_date'
>;

/**
 * Within a statement that reads `member`: the latest word on a photo on the card, of the membership and of those merged into
 * it; null where nobody was ever asked. As `standingOf` has it.
 */
export const photoGiven = sql<boolean | null>`(
  select consent.given and consent.withdrawn_at is null from consent
  where consent.member_id = any(array(select member_id from member_family(member.id)))
    and consent.purpose = 'photo_on_card'
  order by consent.recorded_at desc, consent.id desc limit 1)`;

/** Cards joined with their holders, those of merged memberships with who stands for them; the caller says which. */
export function cardsWithMembers(tx: Tx) {
  return tx
    .selectFrom('card')
    .innerJoin('member as own', (join) =>
      join.onRef('own.library_id', '=', 'card.library_id').onRef('own.id', '=', 'card.member_id'),
    )
    .innerJoin('member', (join) =>
      join.onRef('member.library_id', '=', 'own.library_id').on(isStandingFor('own')),
    )
    .selectAll('card')
    .select([
      'member.number',
      'member.name',
      'member.state',
      'member.member_type',
      'member.valid_until as member_valid_until',
      'member.birth_date',
      'member.photo_id',
      'own.application_id',
      'member.id as holder_id',
      photoGiven.as('photo_given'),
    ]);
}

/** What the card of a row shows today: the membership's own end counts, a renewal needs no new card. */
export function factsOfCard(scope: Scope, row: CardWithMember): CardFacts {
  // Nobody was ever asked, such as for members taken over: the photo they gave for the card is on it.
  return cardFacts(scope, row, row.photo_given !== false);
}

/** The same where it is known, or does not matter, whether the holder's photo may be shown. */
export function cardFacts(scope: Scope, row: CardFactsRow, photoShown: boolean): CardFacts {
  return {
    cardId: row.id,
    memberId: row.holder_id,
    number: row.number,
    name: row.name,
    memberType: row.member_type,
    validUntil: row.member_valid_until,
    issuedOn: plainDateIn(scope.library.settings.profile.timezone, row.issued_at),
    status: memberStatus(row.state, row.member_valid_until, todayOf(scope)),
    photoId: photoShown ? row.photo_id : null,
    birthYear: row.birth_date === null ? null : Number(row.birth_date.slice(0, 4)),
  };
}
