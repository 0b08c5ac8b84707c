import type { Db } from '../db/connection.ts';
import { listLibraries } from '../db/library.ts';
import { inLibrary } from '../db/tenancy.ts';
import { type CardVerifier, decodeCardToken } from '../domain/card-token.ts';
import type { LibraryId } from '../domain/ids.ts';
import { shortenName } from '../domain/person-name.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { memberStatus } from '../domain/validity.ts';
import { type LibraryContext, todayOf } from './context.ts';
import type { Libraries } from './get-library.ts';
import { cardsWithMembers } from './read-card.ts';

/** What anybody learns who scans the code of a card: less than the card itself shows. */
export type VerifiedCard =
  | {
      readonly state: 'valid' | 'expired' | 'suspended';
      readonly library: LibraryContext;
      /** Shortened: enough to compare with the card in the hand. */
      readonly name: string;
      /** Code of the library's list. */
      readonly memberType: string;
      readonly validUntil: PlainDate | null;
    }
  /** Replaced, or the membership ended: nothing of the person. */
  | { readonly state: 'revoked'; readonly library: LibraryContext }
  /** Not signed here, altered, or no card of ours. */
  | { readonly state: 'unknown' };

/**
 * Checks the code of a card: the signature first, so that nothing forged reaches the database, then the card as it
 * stands today. The dates inside the code are those of its printing; a renewal since then counts.
 */
export async function verifyCard(
  db: Db,
  libraries: Libraries,
  input: { readonly signed: string; readonly verify: CardVerifier; readonly at: Date },
): Promise<VerifiedCard> {
  const decoded = decodeCardToken(input.signed, input.verify);
  if (!decoded.ok) return { state: 'unknown' };
  const { claims } = decoded;
  const library = await findLibraryById(db, libraries, claims.library);
  if (!library) return { state: 'unknown' };
  const row = await inLibrary(db, library.id, (tx) =>
    cardsWithMembers(tx).where('card.id', '=', claims.card).executeTakeFirst(),
  );
  if (!row) return { state: 'unknown' };
  const today = todayOf({ library, at: input.at, actor: { kind: 'system' }, requestId: '' });
  const status = memberStatus(row.state, row.member_valid_until, today);
  if (row.revoked_at !== null || status === 'ended') return { state: 'revoked', library };
  return {
    state: status === 'active' ? 'valid' : status === 'expired' ? 'expired' : 'suspended',
    library,
    name: shortenName(row.name),
    memberType: row.member_type,
    validUntil: row.member_valid_until,
  };
}

async function findLibraryById(
  db: Db,
  libraries: Libraries,
  id: LibraryId,
): Promise<LibraryContext | undefined> {
  const row = (await listLibraries(db)).find((library) => library.id === id);
  return row && libraries.find(row.slug);
}
