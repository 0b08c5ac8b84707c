import type { Db, Tx } from '../db/connection.ts';
import { findByMemberNumber } from '../db/member-family.ts';
import { inLibrary } from '../db/tenancy.ts';
import {
  type Admission,
  isAboutPerson,
  judgeLive,
  type RefuseReason,
  refusedBy,
  type SeenCodes,
} from '../domain/admission.ts';
import type { CardId, FileId, LibraryId, MemberId } from '../domain/ids.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { readScannedCode, type ScannedCode } from '../domain/scanned-code.ts';
import { type MemberStatus, memberStatus } from '../domain/validity.ts';
import { guardianStands, isOwnDue } from './ask-own-consent.ts';
import { type Deps, type Scope, todayOf } from './context.ts';
import { type CardWithMember, cardsWithMembers, factsOfCard } from './read-card.ts';
import { judgeCode } from './verify-card.ts';

/** Whom the officer at the gate looks at. */
export interface GatePerson {
  readonly name: string;
  /** Code of the library's list. */
  readonly memberType: string;
  readonly validUntil: PlainDate | null;
  readonly photoId: FileId | null;
  /** Of age under a guardian's consent: somebody should ask for their own. */
  readonly ownConsentDue: boolean;
}

export interface GateAnswer {
  readonly admission: Admission;
  /** Only where an officer stands at the gate and the code is genuine. */
  readonly person: GatePerson | null;
}

/** Codes that gates of this service took, by library: two gates share what one of them saw. */
export interface SharedCodes {
  /** @returns false where another scan took it before */
  take(
    libraryId: LibraryId,
    key: string,
    until: number,
    scan: string,
    now: number,
  ): boolean | Promise<boolean>;
}

const NOTHING_SEEN: SeenCodes = new Map();

/** In memory: a moving code is over within a minute, and so is what is remembered of it (decision 017). */
export function openSharedCodes(): SharedCodes {
  const taken = new Map<string, { readonly scan: string; readonly until: number }>();
  let cleaned = 0;
  return {
    take(libraryId, key, until, scan, now) {
      if (now - cleaned > 60_000) {
        cleaned = now;
        for (const [name, one] of taken) if (one.until <= now / 1000) taken.delete(name);
      }
      const name = `${libraryId}|${key}`;
      const known = taken.get(name);
      if (known && known.scan !== scan) return false;
      taken.set(name, { scan, until });
      return true;
    },
  };
}

/**
 * What the server says of a code at a gate, which knows how the card stands now. Asked again about the same scan it
 * says the same. Where no officer stands at the gate, nothing tells who somebody is or whether a number exists.
 * @param input.scan the scan's own random key
 */
export async function checkAtGate(
  db: Db,
  deps: Deps,
  scope: Scope,
  codes: SharedCodes,
  input: { readonly code: string; readonly scan: string },
): Promise<GateAnswer> {
  const { library, at } = scope;
  const { gate } = library.settings;
  const code = readScannedCode(input.code);
  const now = at.getTime();
  switch (code.kind) {
    case 'print':
    case 'picture':
    case 'moving': {
      const judged = await judgeCode(db, library, code, { at, policy: gate, seen: NOTHING_SEEN });
      const admission = await takeOnce(codes, scope, judged.admission, input.scan);
      const genuine =
        judged.card !== undefined && (admission.verdict !== 'refuse' || isAboutPerson(admission.reason));
      return { admission, person: gate.attended && genuine ? await personOf(code.claims.card) : null };
    }
    case 'number':
    case 'kta': {
      const policy = { code, signature: null, library, now, today: todayOf(scope), policy: gate };
      const admission = judgeLive({ ...policy, seen: NOTHING_SEEN, standing: undefined });
      if (admission.verdict !== 'look' || !gate.attended) return { admission, person: null };
      return inLibrary(db, library.id, (tx) => lookUpAtGate(tx, deps, scope, code, admission));
    }
    case 'identity_number':
    case 'damaged':
    case 'foreign':
      return { admission: { verdict: 'refuse', reason: code.kind, recheck: false }, person: null };
  }

  function personOf(card: CardId): Promise<GatePerson | null> {
    return inLibrary(db, library.id, async (tx) => {
      const row = await cardsAtGate(tx).where('card.id', '=', card).executeTakeFirst();
      return row ? personIn(scope, row) : null;
    });
  }
}

/** The same verdict, unless another scan took this moving code first; see `SharedCodes`. */
export async function takeOnce(
  codes: SharedCodes,
  { library, at }: Pick<Scope, 'library' | 'at'>,
  admission: Admission,
  scan: string,
): Promise<Admission> {
  if (admission.verdict === 'refuse' || !admission.remember || admission.card === undefined) return admission;
  const { key, until } = admission.remember;
  return (await codes.take(library.id, key, until, scan, at.getTime()))
    ? admission
    : { verdict: 'refuse', reason: 'replayed', card: admission.card, recheck: false };
}

/** A typed number or the address of a KTA: nothing in it is signed, but the officer can compare the photo. */
export async function lookUpAtGate(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  code: Extract<ScannedCode, { readonly kind: 'number' | 'kta' }>,
  admission: Extract<Admission, { readonly verdict: 'look' }>,
): Promise<GateAnswer> {
  const refuse = (reason: RefuseReason, person: GatePerson | null = null): GateAnswer => ({
    admission: { verdict: 'refuse', reason, recheck: false },
    person,
  });
  const found =
    code.kind === 'number'
      ? await findByNumber(tx, scope, code.text)
      : await findByAddress(tx, deps, scope, code.token);
  if (!found) return refuse(code.kind === 'number' ? 'unknown_number' : 'superseded');
  const reason = refusedBy(found.status);
  if (reason !== undefined) return refuse(reason, reason === 'revoked' ? null : found.person);
  return {
    admission: found.card === undefined ? admission : { ...admission, card: found.card },
    person: found.person,
  };
}

interface Found {
  readonly status: MemberStatus;
  readonly person: GatePerson;
  readonly card?: CardId;
}

async function findByAddress(tx: Tx, deps: Deps, scope: Scope, token: string): Promise<Found | undefined> {
  const row = await cardsAtGate(tx)
    .where('card.token_hash', '=', deps.vault.hash(scope.library.id, 'token', token))
    .where('card.revoked_at', 'is', null)
    .executeTakeFirst();
  if (!row) return undefined;
  return { status: factsOfCard(scope, row).status, person: personIn(scope, row), card: row.id };
}

async function findByNumber(tx: Tx, scope: Scope, number: string): Promise<Found | undefined> {
  const id: MemberId | undefined = await findByMemberNumber(tx, number);
  if (id === undefined) return undefined;
  const card = await cardsAtGate(tx)
    .where('member.id', '=', id)
    .where('card.revoked_at', 'is', null)
    .orderBy('card.issued_at', 'desc')
    .executeTakeFirst();
  if (card) return { status: factsOfCard(scope, card).status, person: personIn(scope, card) };
  const row = await tx
    .selectFrom('member')
    .select(['state', 'name', 'member_type', 'valid_until', 'birth_date'])
    .select(guardianStands('member').as('guardian_stands'))
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const { state, name, member_type, valid_until } = row;
  return {
    status: memberStatus(state, valid_until, todayOf(scope)),
    person: {
      name,
      memberType: member_type,
      validUntil: valid_until,
      photoId: null,
      ownConsentDue: isOwnDue(scope, row),
    },
  };
}

/** Waited for one by one, each question costs the reader at the gate more than all of them in one. */
function cardsAtGate(tx: Tx) {
  return cardsWithMembers(tx).select(guardianStands('member').as('guardian_stands'));
}

function personIn(scope: Scope, row: CardWithMember & { readonly guardian_stands: boolean }): GatePerson {
  const { name, memberType, validUntil, photoId } = factsOfCard(scope, row);
  return { name, memberType, validUntil, photoId, ownConsentDue: isOwnDue(scope, row) };
}
