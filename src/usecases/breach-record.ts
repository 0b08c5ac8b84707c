import type { Selectable } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import type { BreachTable } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import { BREACH_DATA } from '../domain/breach.ts';
import { dueAt } from '../domain/data-rights.ts';
import { coverIdentityNumbers } from '../domain/identity-in-text.ts';
import { may } from '../domain/permissions.ts';
import { writeAudit } from './audit.ts';
import { type Deps, newId, type Scope } from './context.ts';

export type BreachRow = Selectable<BreachTable>;

/** Longest title, and longest of the other texts. */
export const LONGEST_TITLE = 120;
export const LONGEST_TEXT = 4_000;

/** As a form holds it; what Ps. 46 (2) of UU 27/2022 wants told: which data, when and how, and the measures. */
export interface BreachInput {
  readonly title: string;
  readonly foundAt: Date | null;
  readonly happened: string;
  readonly cause: string;
  readonly dataKinds: readonly string[];
  /** As typed: empty where nobody knows yet. */
  readonly persons: string;
  readonly measures: string;
  readonly contact: string;
}

export interface BreachProblem {
  readonly field: keyof BreachInput;
  readonly code: 'required' | 'too-long' | 'no-date' | 'future' | 'no-number' | 'no-data';
}

export type BreachRefusal =
  | {
      readonly ok: false;
      readonly reason: 'not-allowed' | 'not-found' | 'changed-meanwhile' | 'not-told-yet';
    }
  | { readonly ok: false; readonly reason: 'invalid'; readonly problems: readonly BreachProblem[] };

export function mayRecordBreach(scope: Scope): boolean {
  return scope.actor.kind === 'officer' && may(scope.actor.roles, 'breach.record');
}

/** What is missing or wrong in the form. */
export function checkBreach(input: BreachInput, now: Date): readonly BreachProblem[] {
  const problems: BreachProblem[] = [];
  for (const field of ['title', 'happened', 'cause', 'measures', 'contact'] as const) {
    if (input[field].trim() === '') problems.push({ field, code: 'required' });
    else if (input[field].length > (field === 'title' ? LONGEST_TITLE : LONGEST_TEXT))
      problems.push({ field, code: 'too-long' });
  }
  if (input.foundAt === null) problems.push({ field: 'foundAt', code: 'no-date' });
  else if (input.foundAt > now) problems.push({ field: 'foundAt', code: 'future' });
  if (!/^\d{0,8}$/.test(input.persons)) problems.push({ field: 'persons', code: 'no-number' });
  if (!BREACH_DATA.some((kind) => input.dataKinds.includes(kind)))
    problems.push({ field: 'dataKinds', code: 'no-data' });
  return problems;
}

function columnsOf(input: BreachInput, foundAt: Date) {
  // Nobody's number belongs here; the office's own telephone does.
  const words = (text: string) => coverIdentityNumbers(text.trim());
  return {
    title: words(input.title),
    found_at: foundAt,
    happened: words(input.happened),
    cause: words(input.cause),
    data_kinds: BREACH_DATA.filter((kind) => input.dataKinds.includes(kind)),
    persons: input.persons === '' ? null : Number(input.persons),
    measures: words(input.measures),
    contact: words(input.contact),
    // From when it was known: waiting with the record must not move the deadline.
    due_at: dueAt(foundAt),
  };
}

/** What the same form says the second time: its words count where they are others. @returns false where the record was changed since */
async function writeAgain(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  id: string,
  columns: ReturnType<typeof columnsOf>,
): Promise<boolean> {
  const row = await locked(tx, id);
  if (!row) return false;
  const names = Object.keys(columns) as (keyof typeof columns)[];
  const said = (one: typeof columns) => JSON.stringify(names.map((name) => one[name]));
  if (said(columns) === said(row as typeof columns)) return true;
  if (row.state === 'closed' || row.version !== 0) return false;
  await writeChange(tx, deps, scope, row, columns);
  return true;
}

async function writeChange(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  row: BreachRow,
  columns: ReturnType<typeof columnsOf>,
): Promise<void> {
  await tx
    .updateTable('breach')
    .set({ ...columns, version: row.version + 1 })
    .where('id', '=', row.id)
    .execute();
  await audit(tx, deps, scope, 'breach.change', row.id);
}

/**
 * Records a breach, or changes what is known of it; the 72 hours run from when it was found.
 * @param input.newId made with the empty form, so that one sent twice is one record
 */
export function saveBreach(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: BreachInput & {
    readonly id: string | null;
    readonly newId?: string | undefined;
    readonly version: number | undefined;
  },
): Promise<{ readonly ok: true; readonly id: string } | BreachRefusal> {
  const { actor, library } = scope;
  return inLibrary(db, library.id, async (tx) => {
    if (actor.kind !== 'officer' || !mayRecordBreach(scope)) return { ok: false, reason: 'not-allowed' };
    const problems = checkBreach(input, scope.at);
    if (problems.length > 0 || input.foundAt === null) return { ok: false, reason: 'invalid', problems };
    const columns = columnsOf(input, input.foundAt);
    if (input.id === null) {
      const id = input.newId ?? newId<string>(deps, scope.at);
      const made = await tx
        .insertInto('breach')
        .values({
          library_id: library.id,
          id,
          state: 'open',
          ...columns,
          recorded_at: scope.at,
          recorded_by: actor.id,
        })
        .onConflict((conflict) => conflict.columns(['library_id', 'id']).doNothing())
        .returning('id')
        .executeTakeFirst();
      if (made) await audit(tx, deps, scope, 'breach.record', id);
      else if (!(await writeAgain(tx, deps, scope, id, columns)))
        return { ok: false, reason: 'changed-meanwhile' };
      return { ok: true, id };
    }
    const row = await locked(tx, input.id);
    if (!row || row.state === 'closed') return { ok: false, reason: 'not-found' };
    if (input.version !== undefined && input.version !== row.version)
      return { ok: false, reason: 'changed-meanwhile' };
    await writeChange(tx, deps, scope, row, columns);
    return { ok: true, id: row.id };
  });
}

export const BREACH_STEPS = ['persons', 'authority', 'close'] as const;
export type BreachStep = (typeof BREACH_STEPS)[number];

/** Writes down that a notice was sent, or closes the record once both were. */
export function advanceBreach(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly id: string; readonly step: BreachStep; readonly version: number | undefined },
): Promise<{ readonly ok: true } | BreachRefusal> {
  const { actor, library } = scope;
  return inLibrary(db, library.id, async (tx) => {
    if (actor.kind !== 'officer' || !mayRecordBreach(scope)) return { ok: false, reason: 'not-allowed' };
    const row = await locked(tx, input.id);
    if (!row || row.state === 'closed') return { ok: false, reason: 'not-found' };
    if (input.version !== undefined && input.version !== row.version)
      return { ok: false, reason: 'changed-meanwhile' };
    if (input.step === 'close' && (row.persons_told_at === null || row.authority_told_at === null))
      return { ok: false, reason: 'not-told-yet' };
    const told = {
      persons: { persons_told_at: scope.at, persons_told_by: actor.id },
      authority: { authority_told_at: scope.at, authority_told_by: actor.id },
      close: { state: 'closed' as const, closed_at: scope.at },
    }[input.step];
    await tx
      .updateTable('breach')
      .set({ ...told, version: row.version + 1 })
      .where('id', '=', row.id)
      .execute();
    await audit(tx, deps, scope, `breach.${input.step}`, row.id);
    return { ok: true };
  });
}

function locked(tx: Tx, id: string): Promise<BreachRow | undefined> {
  return tx.selectFrom('breach').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

function audit(tx: Tx, deps: Deps, scope: Scope, action: string, id: string): Promise<void> {
  return writeAudit(tx, deps, scope, { action, subjectKind: 'breach', subjectId: id });
}

/** Open ones first, the most urgent at the top. */
export function listBreaches(db: Db, scope: Scope): Promise<readonly BreachRow[] | null> {
  return inLibrary(db, scope.library.id, async (tx) =>
    mayRecordBreach(scope)
      ? tx.selectFrom('breach').selectAll().orderBy('state', 'desc').orderBy('due_at').limit(200).execute()
      : null,
  );
}

export function readBreach(db: Db, scope: Scope, id: string): Promise<BreachRow | undefined> {
  return inLibrary(db, scope.library.id, async (tx) =>
    mayRecordBreach(scope)
      ? tx.selectFrom('breach').selectAll().where('id', '=', id).executeTakeFirst()
      : undefined,
  );
}
