import { activeKey, type DataKey, type KeyRing } from '../db/key-ring.ts';
import { isPastPeriod } from '../domain/key-period.ts';

/**
 * What `keys data-keys` says: which there are, which is older than its period, and what to do.
 * @param since when the installation began, which made key 1; undefined before its first start
 */
export function dataKeyLines(ring: KeyRing, since: Date | undefined, now: Date): readonly string[] {
  const active = activeKey(ring);
  const lines = ring.keys.map(({ id, state, madeAt, completeAt }) => {
    const made = madeAt === null ? '' : ` made ${madeAt}`;
    const done = completeAt === null ? '' : `, everything older sealed anew ${completeAt}`;
    return `${String(id).padStart(3)} ${state.padEnd(7)}${made}${done}`;
  });
  const unfinished = active.id > 1 && active.completeAt === null && ring.file !== null;
  if (unfinished)
    lines.push('The last rotation is not finished: npm run keys -- rotate-data goes on with it.');
  const made = madeAtOf(active, since);
  if (made === undefined && active.id > 1)
    lines.push(
      `When key ${active.id} was made is kept where the keys come from: it is replaced once a year.`,
    );
  if (made !== undefined && isPastPeriod(made, now))
    lines.push(
      `Key ${active.id} has been in use since ${made.toISOString().slice(0, 10)}, longer than a year. Replace it: npm run keys -- rotate-data`,
    );
  const retired = active.completeAt === null ? [] : ring.keys.filter(({ state }) => state === 'retired');
  for (const { id } of retired)
    lines.push(`What key ${id} had sealed was sealed anew: npm run keys -- forget-data-key ${id}`);
  lines.push(...rootLines(ring, since, now));
  return lines;
}

function rootLines(ring: KeyRing, since: Date | undefined, now: Date): readonly string[] {
  const { rootNumber: number, rootMadeAt, nextRoot, formerRoots } = ring;
  const lines = [`Root ${number}${rootMadeAt === null ? '' : ` made ${rootMadeAt}`}`];
  const first = number === 1 ? since : undefined;
  const made = rootMadeAt === null ? first : new Date(rootMadeAt);
  if (nextRoot !== null)
    lines.push(
      `Root ${number + 1} is there and not in use yet: npm run keys -- rotate-root goes on with it.`,
    );
  else if (made !== undefined && isPastPeriod(made, now))
    lines.push(`Root ${number} is older than a year. Replace it: npm run keys -- rotate-root`);
  if (formerRoots.length > 0)
    lines.push('The root before is accepted beside it: npm run keys -- forget-root');
  return lines;
}

/** Behind a library's key: empty for one that has not to be replaced yet, or is not in use. */
export function overdueNote(key: { readonly state: string; readonly madeAt: Date }, now: Date): string {
  return key.state === 'active' && isPastPeriod(key.madeAt, now) ? ' (older than a year: replace it)' : '';
}

/** Key 1 has no date of its own: it is as old as the installation. */
function madeAtOf({ id, madeAt }: DataKey, since: Date | undefined): Date | undefined {
  if (madeAt !== null) return new Date(madeAt);
  return id === 1 ? since : undefined;
}
