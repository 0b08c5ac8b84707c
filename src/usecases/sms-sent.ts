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

/** When messages left for a number within the day, the newest first; whoever in the family asked for them. */
export async function textsSentTo(
  tx: Tx,
  deps: Pick<Deps, 'vault'>,
  scope: Pick<Scope, 'library' | 'at'>,
  phone: string | null,
): Promise<readonly Date[]> {
  const number = smsNumber(phone);
  if (number === null) return [];
  const rows = await tx
    .selectFrom('sms_sent')
    .select('at')
    .where('number_hash', '=', smsNumberHash(deps, scope.library.id, number))
    .where('at', '>', new Date(scope.at.getTime() - DAY_MS))
    .orderBy('at', 'desc')
    .execute();
  return rows.map((row) => row.at);
}

/** The same forgotten, of people whose numbers still stand on their rows. */
export async function forgetTextsTo(
  tx: Tx,
  deps: Pick<Deps, 'vault'>,
  scope: Pick<Scope, 'library'>,
  { members, cases }: Erased,
): Promise<void> {
  const rows = [
    ...(members.length === 0
      ? []
      : await tx
          .selectFrom('member')
          .select(['phone', 'guardian_phone'])
          .where('id', 'in', members)
          .execute()),
    ...(cases.length === 0
      ? []
      : await tx
          .selectFrom('application')
          .select(['phone', 'guardian_phone'])
          .where('id', 'in', cases)
          .execute()),
  ];
  const numbers = rows
    .flatMap((row) => [smsNumber(row.phone), smsNumber(row.guardian_phone)])
    .filter((number) => number !== null);
  if (numbers.length === 0) return;
  const hashes = [...new Set(numbers)].map((number) => smsNumberHash(deps, scope.library.id, number));
  await tx.deleteFrom('sms_sent').where('number_hash', 'in', hashes).execute();
}
