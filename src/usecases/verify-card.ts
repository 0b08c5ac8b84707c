import { type CardNow, readCardNow } from '../db/card.ts';
import type { Db } from '../db/connection.ts';
import {
  type Admission,
  type AdmissionPolicy,
  DEFAULT_ADMISSION,
  judgeLive,
  type RefuseReason,
  refusedBy,
  type SeenCodes,
} from '../domain/admission.ts';
import { shortenName } from '../domain/person-name.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { readSignedCode, type SignedCode, verifyCode } from '../domain/scanned-code.ts';
import { memberStatus } from '../domain/validity.ts';
import { type LibraryContext, todayOf } from './context.ts';
import type { Libraries } from './get-library.ts';
import { verifierOf } from './library-keys.ts';

/** What anybody learns who scans the code of a card: less than the card itself shows. */
export type VerifiedCard =
  | {
      /** `picture`: valid, but a picture can be copied: look at the person. */
      readonly state: 'valid' | 'picture' | 'expired' | 'suspended';
      readonly library: LibraryContext;
      /** Shortened: enough to compare with the card in the hand. */
      readonly name: string;
      /** Code of the library's list. */
      readonly memberType: string;
      readonly validUntil: PlainDate | null;
    }
  | {
      /**
       * `revoked`: replaced, or the membership ended; `not-of-now`: a moving code that is over; `untrusted`: signed with a
       * key that was taken back. Nothing of the person.
       */
      readonly state: 'revoked' | 'not-of-now' | 'untrusted';
      readonly library: LibraryContext;
    }
  /** Not signed here, altered, or no card of ours. */
  | { readonly state: 'unknown' };

/**
 * Checks the code of a card: the signature first, so that nothing forged reaches the database, then the card as it
 * stands today. The dates inside the code are those of its making; a renewal since then counts.
 */
export async function verifyCard(
  db: Db,
  libraries: Libraries,
  input: { readonly signed: string; readonly at: Date },
): Promise<VerifiedCard> {
  const code = readSignedCode(input.signed);
  const library = code && (await libraries.findById(code.claims.library));
  if (!code || !library) return { state: 'unknown' };
  const { admission, card } = await judgeCode(db, library, code, {
    at: input.at,
    policy: DEFAULT_ADMISSION,
    seen: new Map(),
  });
  const state =
    admission.verdict === 'refuse' ? STATES[admission.reason] : code.kind === 'picture' ? 'picture' : 'valid';
  switch (state) {
    case 'unknown':
      return { state };
    case 'revoked':
    case 'not-of-now':
    case 'untrusted':
      // No card in the database: another's, or of a backup from before it. The signature alone tells no more.
      return card || state !== 'revoked' ? { state, library } : { state: 'unknown' };
  }
  if (!card) return { state: 'unknown' };
  const { name, memberType, validUntil } = card;
  return { state, library, name: shortenName(name), memberType, validUntil };
}

/** How the page of a code names a refusal. */
const STATES: Readonly<
  Record<RefuseReason, 'expired' | 'suspended' | 'revoked' | 'not-of-now' | 'untrusted' | 'unknown'>
> = {
  foreign: 'unknown',
  identity_number: 'unknown',
  damaged: 'unknown',
  other_library: 'unknown',
  forged: 'unknown',
  unknown_key: 'unknown',
  revoked_key: 'untrusted',
  expired: 'expired',
  certificate_expired: 'not-of-now',
  revoked: 'revoked',
  suspended: 'suspended',
  superseded: 'revoked',
  stale: 'not-of-now',
  early: 'not-of-now',
  replayed: 'not-of-now',
  unknown_number: 'unknown',
  kind_not_taken: 'revoked',
};

/** The server's verdict on a signed code that names this library, with the card where the database was asked for it. */
export async function judgeCode(
  db: Db,
  library: LibraryContext,
  code: SignedCode,
  gate: { readonly at: Date; readonly policy: AdmissionPolicy; readonly seen: SeenCodes },
): Promise<{ readonly admission: Admission; readonly card: CardNow | undefined }> {
  const { at, policy, seen } = gate;
  const today = todayOf({ library, at, actor: { kind: 'system' }, requestId: '' });
  const signature = verifyCode(code, verifierOf(library));
  const genuine = signature === 'valid' && code.claims.library === library.id;
  const card = genuine ? await readCardNow(db, library.id, code.claims.card) : undefined;
  const refused = card && refusedBy(memberStatus(card.state, card.validUntil, today));
  const standing = card && {
    revoked: card.revoked || refused === 'revoked',
    suspended: refused === 'suspended',
    leastGeneration: card.generation,
    validUntil: card.validUntil,
  };
  const admission = judgeLive({ code, signature, library, now: at.getTime(), today, policy, seen, standing });
  return { admission, card };
}
