import { sql } from 'kysely';
import type { Tx } from '../db/connection.ts';
import type { LibraryId } from '../domain/ids.ts';
import { smsNumber } from '../domain/phone.ts';
import type { Deps, Scope } from './context.ts';
import type { Erased } from './erase-person.ts';

const DAY_MS = 24 * 3_600_000;

/** Nothing of a text message is kept for longer than its limits need: a day. */
export async function forgetOldTexts(tx: Tx, at: Date): Promise<void> {
  await tx
    .deleteFrom('sms_sent')
    .where('at', '<=', new Date(at.getTime() - DAY_MS))
    .execute();
}

/** By it messages to one number are counted; the number itself is not kept. */
export function smsNumberHash(deps: Pick<Deps, 'vault'>, libraryId: LibraryId, number: string): Buffer {
  return deps.vault.hash(libraryId, 'sms_number', number);
}

/** A message that may have left. */
export interface TextSent {
  readonly at: Date;
  /** For the door of other services. */
  readonly atDoor: boolean;
}

/** What left for a number within the day, the newest first; whoever in the family asked for it. */
export async function textsSentTo(
  tx: Tx,
  deps: Pick<Deps, 'vault'>,
  scope: Pick<Scope, 'library' | 'at'>,
  phone: string | null,
): Promise<readonly TextSent[]> {
  const number = smsNumber(phone);
  if (number === null) return [];
  const rows = await tx
    .selectFrom('sms_sent')
    .select(['at', 'at_door'])
    .where('number_hash', '=', smsNumberHash(deps, scope.library.id, number))
    .where('at', '>', new Date(scope.at.getTime() - DAY_MS))
    .orderBy('at', 'desc')
    .execute();
  return rows.map((row) => ({ at: row.at, atDoor: row.at_door }));
}

/**
 * Erased people, whose numbers still stand on their rows: nothing says any more which messages went there. They go on to
 * count for the library, which paid for them.
 */
export async function forgetTextsTo(
  tx: Tx,
  deps: Pick<Deps, 'vault'>,
  scope: Pick<Scope, 'library'>,
  { members, cases }: Erased,
): Promise<void> {
  const rows = [
    ...(members.length === 0
      ? []
      : await tx.selectFrom('member').select('phone').where('id', 'in', members).execute()),
    ...(cases.length === 0
      ? []
      : await tx.selectFrom('application').select('phone').where('id', 'in', cases).execute()),
  ];
  const numbers = rows.map((row) => smsNumber(row.phone)).filter((number) => number !== null);
  if (numbers.length === 0) return;
  const hashes = [...new Set(numbers)].map((number) => smsNumberHash(deps, scope.library.id, number));
  await tx
    .updateTable('sms_sent')
    // Another for each message, so that not even those to one number stand together.
    .set({ number_hash: sql`uuid_send(gen_random_uuid())` })
    .where('number_hash', 'in', hashes)
    .execute();
}
