import type { Db } from '../db/connection.ts';
import { changeFromDay, type FromDay, type FromDayOutcome } from './change-from-day.ts';
import type { Deps, Scope } from './context.ts';

/**
 * Bebas pustaka: nothing is owed any more. It waits for the lending system's word, which this product does not hold:
 * the officer says that it was asked and answered "no loans, no fines".
 * @param input.lendingConfirmed the lending system says that nothing is owed
 */
export function clearMember(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: FromDay & { readonly lendingConfirmed: boolean },
): Promise<FromDayOutcome<'lending-not-confirmed'>> {
  return changeFromDay<'lending-not-confirmed'>(db, deps, scope, 'clear', input, () =>
    input.lendingConfirmed ? { kind: 'cleared', reason: 'lending_confirmed' } : 'lending-not-confirmed',
  );
}
