import { sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { familyOf } from '../db/member-family.ts';
import { officerNames } from '../db/officer.ts';
import { describeRegions } from '../db/region.ts';
import type { ActorKind, ConsentChannel, MemberEventKind } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { CorrectableField, FormValues } from '../domain/form-fields.ts';
import type { ApplicationId, CardId, FileId, MemberId, ServicePointId } from '../domain/ids.ts';
import { allowedMemberActions, type MemberAction, type MemberState } from '../domain/member.ts';
import type { MergeField } from '../domain/member-merge.ts';
import { shortenName } from '../domain/person-name.ts';
import { ageOn, type PlainDate } from '../domain/plain-date.ts';
import { type MemberStatus, memberStatus } from '../domain/validity.ts';
import { isOwnDue } from './ask-own-consent.ts';
import type { MemberRow } from './change-member.ts';
import { type Deps, type Scope, todayOf } from './context.ts';
import { maskedNumbers } from './cover-person.ts';
import { formValuesOf } from './revise-person.ts';
import { maskMemberNumber, sightOf } from './search-members.ts';
import { openPicture, type PictureDeps } from './stored-picture.ts';
import { listToldApart, type ToldApart } from './told-apart.ts';

export interface MemberView {
  readonly id: MemberId;
  readonly version: number;
  readonly number: string;
  readonly state: MemberState;
  readonly status: MemberStatus;
  readonly stateReason: string | null;
  readonly stateEffectiveAt: Date;
  readonly memberSince: PlainDate;
  readonly validFrom: PlainDate;
  readonly validUntil: PlainDate | null;
  readonly servicePointId: ServicePointId;
  readonly applicationId: ApplicationId | null;
  readonly photoId: FileId | null;
  /** The form's fields, document numbers masked; without numbers, contacts and address for a role that sees masked data. */
  readonly values: FormValues;
  readonly age: number | null;
  /** Names of the villages in `values`, as "Desa, Kecamatan, Kabupaten, Provinsi". */
  readonly villages: Readonly<Record<string, string>>;
  readonly masked: boolean;
  /** The law had it erased: the row stays for the figures. */
  readonly erased: boolean;
  readonly renamed: boolean;
  readonly allowed: ReadonlySet<MemberAction>;
  readonly cards: readonly MemberCard[];
  readonly events: readonly MemberHistoryEvent[];
  readonly revisions: readonly MemberRevision[];
  readonly consents: readonly MemberConsent[];
  /** Of age, and only a guardian has consented so far. */
  readonly waitsForOwn: boolean;
  /** Who stands for this member since a merge; this page shows nothing to do then. */
  readonly mergedInto: MemberId | null;
  /** Memberships that were merged into this one and stand so, the latest first. */
  readonly merges: readonly MemberMergeView[];
  /** Whom officers told apart from this member; empty for a role that sees masked data. */
  readonly toldApart: readonly (ToldApart & { readonly byName: string | null })[];
  readonly visits: { readonly total: number; readonly latest: readonly { at: Date; purpose: string }[] };
}

export interface MemberCard {
  readonly id: CardId;
  /** Not of a membership that was merged into this one. */
  readonly own: boolean;
  readonly issuedAt: Date;
  readonly validUntil: PlainDate | null;
  readonly printedAt: Date | null;
  readonly handedOverAt: Date | null;
  readonly revokedAt: Date | null;
  readonly revokedReason: string | null;
  /** Printed before, and something on it has changed since. */
  readonly outdated: boolean;
  /** Phones that keep it and show its moving code. */
  readonly phones: number;
}

export interface MemberMergeView {
  readonly id: string;
  /** The number that leads here now. */
  readonly number: string;
  readonly memberId: MemberId;
  readonly applicationId: ApplicationId | null;
  readonly fields: readonly MergeField[];
  readonly reason: string;
  readonly at: Date;
  readonly by: string | null;
  /** Merges are undone from the last back. */
  readonly undoable: boolean;
}

export interface MemberHistoryEvent {
  /** Number of the merged membership that it happened to; null for the member's own. */
  readonly of: string | null;
  readonly kind: MemberEventKind;
  readonly at: Date;
  readonly effectiveAt: Date;
  readonly reason: string | null;
  readonly oldValidUntil: PlainDate | null;
  readonly validUntil: PlainDate | null;
  readonly by: string | null;
}

export interface MemberRevision {
  readonly at: Date;
  readonly actorKind: ActorKind;
  readonly by: string | null;
  readonly fields: readonly CorrectableField[];
  /** Numbers masked. */
  readonly before: FormValues;
  readonly after: FormValues;
  readonly evidence: string | null;
}

export interface MemberConsent {
  readonly purpose: 'acknowledgement' | 'photo_on_card' | 'messages' | 'guardian';
  readonly given: boolean;
  readonly byGuardian: boolean;
  readonly textVersion: string;
  readonly channel: ConsentChannel;
  readonly recordedAt: Date;
  /** The officer who wrote down what was said at the counter; null where the person did it. */
  readonly recordedBy: string | null;
  readonly withdrawnAt: Date | null;
}

const LATEST_VISITS = 8;
/** Stands for a picture in the history that is not this member's. */
export const OTHERS_PHOTO = 'other';

/** Everything about one member that this officer may see; undefined where there is none, or nothing to see for them. */
export async function readMember(
  db: Db,
  deps: Deps,
  scope: Scope,
  memberId: MemberId,
): Promise<MemberView | undefined> {
  const view = await inLibrary(db, scope.library.id, async (tx) => {
    const sight = sightOf(scope);
    if (sight === undefined) return undefined;
    const row = await tx.selectFrom('member').selectAll().where('id', '=', memberId).executeTakeFirst();
    if (!row) return undefined;
    const masked = sight === 'masked';
    const erased = row.name === '';
    const values = erased ? {} : formValuesOf(row, deps.vault, scope.library.id, 'masked');
    const roles = scope.actor.kind === 'officer' ? scope.actor.roles : [];
    const today = todayOf(scope);
    // Asked together: they travel together.
    const [cards, events, revisions, consents, merges, toldApart, visits] = await Promise.all([
      readCards(tx, scope, row.id),
      readEvents(tx, row.id),
      masked ? [] : readRevisions(tx, deps, scope, row),
      masked ? [] : readConsents(tx, row.id),
      masked ? [] : readMerges(tx, row),
      masked ? [] : listToldApart(tx, row.id),
      masked ? { total: 0, latest: [] } : readVisits(tx, row.id),
    ]);
    const names = await officerNames(tx, [
      ...[...events, ...revisions, ...merges, ...toldApart].map(({ by }) => by),
      ...consents.map(({ recordedBy }) => recordedBy),
    ]);
    const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? null));
    const named = <T extends { readonly by: string | null }>(done: readonly T[]): readonly T[] =>
      done.map((one) => ({ ...one, by: nameOf(one.by) }));
    return {
      id: row.id,
      version: row.version,
      number: masked ? maskMemberNumber(row.number) : row.number,
      state: row.state,
      status: memberStatus(row.state, row.valid_until, today),
      stateReason: row.state_reason,
      stateEffectiveAt: row.state_effective_at,
      memberSince: row.member_since,
      validFrom: row.valid_from,
      validUntil: row.valid_until,
      servicePointId: row.service_point_id,
      applicationId: row.application_id,
      photoId: masked ? null : row.photo_id,
      values: masked ? maskedValues(values) : values,
      age: row.birth_date === null ? null : ageOn(row.birth_date, today),
      masked,
      erased,
      renamed: row.former_name_keys.length > 0,
      allowed:
        erased || row.merged_into !== null ? new Set<MemberAction>() : allowedMemberActions(row.state, roles),
      cards,
      events: named(events),
      revisions: named(revisions),
      consents: consents.map((consent) => ({ ...consent, recordedBy: nameOf(consent.recordedBy) })),
      waitsForOwn:
        !erased &&
        isOwnDue(scope, { birth_date: row.birth_date, guardian_stands: consents.some(isGuardians) }),
      mergedInto: row.merged_into,
      merges: named(merges),
      toldApart: toldApart.map((pair) => ({ ...pair, byName: nameOf(pair.by) })),
      visits,
    };
  });
  // Not within the transaction: who holds one connection must not wait for another.
  return view && { ...view, villages: view.masked ? {} : await villageNames(db, view.values) };
}

/** What a Kepala Bidang needs to check a report: no number, no contact, no place of a person. */
function maskedValues(values: FormValues): FormValues {
  const { name = '', sex, document_type, member_type, education, occupation } = values;
  const kept = { name: shortenName(name), sex, document_type, member_type, education, occupation };
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
}

async function villageNames(db: Db, values: FormValues): Promise<Record<string, string>> {
  const codes = [values.address_village, values.present_village].filter((code) => code !== undefined);
  return Object.fromEntries(await describeRegions(db, codes));
}

async function readCards(tx: Tx, scope: Scope, memberId: MemberId): Promise<readonly MemberCard[]> {
  const cards = await tx
    .selectFrom('card')
    .selectAll('card')
    .select((select) =>
      select
        .selectFrom('card_event')
        .select('card_event.kind')
        .whereRef('card_event.card_id', '=', 'card.id')
        .where('card_event.kind', 'in', ['printed', 'print_failed'])
        .orderBy('card_event.id', 'desc')
        .limit(1)
        .as('last_print'),
    )
    .select((select) =>
      select
        .selectFrom('kta_phone')
        .select((phone) => phone.fn.countAll<string>().as('phones'))
        .whereRef('kta_phone.card_id', '=', 'card.id')
        .whereRef('kta_phone.generation', '=', 'card.access_generation')
        .where('kta_phone.kept', '=', true)
        .where('kta_phone.ends_at', '>', scope.at)
        .as('phones'),
    )
    .where('member_id', 'in', familyOf(memberId))
    .orderBy('id', 'desc')
    .execute();
  return cards.map((card) => ({
    id: card.id,
    own: card.member_id === memberId,
    issuedAt: card.issued_at,
    validUntil: card.valid_until,
    printedAt: card.printed_at,
    handedOverAt: card.handed_over_at,
    revokedAt: card.revoked_at,
    revokedReason: card.revoked_reason,
    outdated: card.revoked_at === null && card.printed_at === null && card.last_print === 'printed',
    phones: card.revoked_at === null ? Number(card.phones) : 0,
  }));
}

/** Like the other readers here, it tells officers by their ids. */
async function readEvents(tx: Tx, memberId: MemberId): Promise<readonly MemberHistoryEvent[]> {
  const events = await tx
    .selectFrom('member_event')
    .innerJoin('member', (join) =>
      join
        .onRef('member.library_id', '=', 'member_event.library_id')
        .onRef('member.id', '=', 'member_event.member_id'),
    )
    .selectAll('member_event')
    .select('member.number')
    .where('member_id', 'in', familyOf(memberId))
    .orderBy('member_event.effective_at', 'desc')
    .orderBy('member_event.id', 'desc')
    .execute();
  return events.map((event) => ({
    of: event.member_id === memberId ? null : event.number,
    kind: event.kind,
    at: event.at,
    effectiveAt: event.effective_at,
    reason: event.reason,
    oldValidUntil: event.old_valid_until,
    validUntil: event.valid_until,
    by: event.actor_id,
  }));
}

/** Also the revisions of the cases the memberships came from: they are the same person's history. */
async function readRevisions(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  row: MemberRow,
): Promise<readonly MemberRevision[]> {
  if (row.person_key.length === 0) return [];
  const revisions = await tx
    .selectFrom('revision')
    .innerJoin('member', (join) =>
      join
        .onRef('member.library_id', '=', 'revision.library_id')
        .on((on) =>
          on.or([
            on('member.id', '=', on.ref('revision.member_id')),
            on('member.application_id', '=', on.ref('revision.application_id')),
          ]),
        ),
    )
    .selectAll('revision')
    // Each is sealed under the key of the membership it was written for.
    .select('member.person_key')
    .where('member.id', 'in', familyOf(row.id))
    .orderBy('at', 'desc')
    .orderBy('revision.id', 'desc')
    .execute();
  if (revisions.length === 0) return [];
  const photos = await tx
    .selectFrom('file')
    .select('id')
    .where('member_id', 'in', familyOf(row.id))
    .where('kind', '=', 'photo')
    .execute();
  const own = new Set<string>(photos.map(({ id }) => id));
  // After a merge was undone the history still names the picture, which is another member's.
  const ownPhoto = (values: FormValues): FormValues => {
    const { photo } = values as Readonly<Partial<Record<CorrectableField, string>>>;
    return photo === undefined || photo === '' || own.has(photo)
      ? values
      : ({ ...values, photo: OTHERS_PHOTO } as FormValues);
  };
  return revisions
    .filter((revision) => revision.person_key.length > 0)
    .map((revision) => {
      const open = (sealed: Buffer) => deps.vault.openFor(scope.library.id, revision.person_key, sealed);
      const text = open(revision.content);
      const { before, after } = JSON.parse(text) as { before: FormValues; after: FormValues };
      return {
        at: revision.at,
        actorKind: revision.actor_kind,
        by: revision.actor_id,
        fields: revision.fields as CorrectableField[],
        before: ownPhoto(maskedNumbers(before)),
        after: ownPhoto(maskedNumbers(after)),
        evidence: revision.evidence_words === null ? revision.evidence : open(revision.evidence_words),
      };
    });
}

async function readMerges(tx: Tx, row: MemberRow): Promise<readonly MemberMergeView[]> {
  const merges = await tx
    .selectFrom('member_merge as merge')
    .innerJoin('member as loser', (join) =>
      join.onRef('loser.library_id', '=', 'merge.library_id').onRef('loser.id', '=', 'merge.loser_id'),
    )
    .select([
      'merge.id',
      'merge.winner_id',
      'merge.fields',
      'merge.reason',
      'merge.merged_at',
      'merge.merged_by',
    ])
    .select(['loser.id as loser_id', 'loser.number', 'loser.application_id'])
    .where('loser.merged_into', '=', row.id)
    .where('merge.undone_at', 'is', null)
    .orderBy('merge.id', 'desc')
    .execute();
  const last = merges.find((merge) => merge.winner_id === row.id);
  return merges.map((merge) => ({
    id: merge.id,
    number: merge.number,
    memberId: merge.loser_id,
    applicationId: merge.application_id,
    fields: merge.fields as MergeField[],
    reason: merge.reason,
    at: merge.merged_at,
    by: merge.merged_by,
    undoable: merge === last && row.name !== '',
  }));
}

/** Whether a guardian's word stands; `guardianStands` asks the database the same. */
function isGuardians({ byGuardian, given, withdrawnAt }: MemberConsent): boolean {
  return byGuardian && given && withdrawnAt === null;
}

async function readConsents(tx: Tx, memberId: MemberId): Promise<readonly MemberConsent[]> {
  const consents = await tx
    .selectFrom('consent')
    .selectAll()
    .where('member_id', 'in', familyOf(memberId))
    .orderBy('recorded_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  return consents.map((consent) => ({
    purpose: consent.purpose,
    given: consent.given,
    byGuardian: consent.by_guardian,
    textVersion: consent.text_version,
    channel: consent.channel,
    recordedAt: consent.recorded_at,
    recordedBy: consent.recorded_by,
    withdrawnAt: consent.withdrawn_at,
  }));
}

async function readVisits(tx: Tx, memberId: MemberId): Promise<MemberView['visits']> {
  const rows = await tx
    .selectFrom('visit')
    .select(['at', 'purpose', sql<number>`count(*) over ()`.as('total')])
    .where('member_id', 'in', familyOf(memberId))
    .where('voided_at', 'is', null)
    .orderBy('day', 'desc')
    .orderBy('at', 'desc')
    .limit(LATEST_VISITS)
    .execute();
  return { total: rows[0]?.total ?? 0, latest: rows.map(({ at, purpose }) => ({ at, purpose })) };
}

/** A photo that is or was this member's, or undefined; for officers who may see members in full. */
export async function readMemberPhoto(
  db: Db,
  deps: PictureDeps,
  scope: Scope,
  memberId: MemberId,
  fileId: FileId,
): Promise<Buffer | undefined> {
  if (sightOf(scope) !== 'full') return undefined;
  const file = await inLibrary(db, scope.library.id, (tx) =>
    tx
      .selectFrom('file')
      .select('bytes')
      .where('id', '=', fileId)
      .where('member_id', 'in', familyOf(memberId))
      .where('kind', '=', 'photo')
      .executeTakeFirst(),
  );
  return file?.bytes ? openPicture(deps, scope.library.id, { id: fileId, bytes: file.bytes }) : undefined;
}
