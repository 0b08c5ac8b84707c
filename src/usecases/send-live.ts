import type { Db, Tx } from '../db/connection.ts';
import { type ExportRecord, findExport, nextOutgoing } from '../db/export.ts';
import { type LinkRow, readLinks } from '../db/lending.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { LiveFailure, LiveSystem, PutAnswer } from '../domain/exporting/live.ts';
import type { LiveTarget, Misfit } from '../domain/exporting/outgoing-member.ts';
import {
  type FirstMeeting,
  GONE,
  intendRow,
  type Judged,
  judgeRow,
  type LiveMemory,
  type LiveTexts,
  NOTHING_KNOWN,
  type RowThere,
  rememberRow,
} from '../domain/exporting/reconcile.ts';
import type { ExportId, MemberId } from '../domain/ids.ts';
import type { Deps, Scope } from './context.ts';
import { finishExport, keepRows, type RowOutcome } from './export-members.ts';
import { EXPORT_BATCH, type Outgoing, type PlaceNames, readOutgoing } from './outgoing-members.ts';

export interface LivePorts {
  readonly system: LiveSystem;
  readonly first: FirstMeeting;
  /** False: whom the system refused is left alone until something about them changes. Default: tried again. */
  readonly again?: boolean;
  /** Asked after every member. */
  readonly stopped?: () => boolean | Promise<boolean>;
}

/** What differs, until a person has decided; kept sealed. */
export interface Differences {
  /** Its key there; null: the row is gone. */
  readonly row: string | null;
  /** False: a row that was there before us, which may be somebody else's. */
  readonly known: boolean;
  readonly fields: Readonly<Record<string, { readonly ours: string; readonly theirs: string }>>;
}

export interface LiveRun {
  readonly record: ExportRecord | undefined;
  /** Why it ended early. */
  readonly trouble: LiveFailure | null;
}

/** So many are written down before and after with one statement; a crash repeats at most these, which changes nothing. */
const TOGETHER = 50;
/** A row that was busy, or an erasure that was refused, is tried again after 5, 10, 20, … minutes, up to six hours. */
const FIRST_AGAIN_MS = 5 * 60_000;
const MOST_DOUBLINGS = 6;

/**
 * Whether anybody has changed since the last run; a feed that asks every few minutes leaves no empty records.
 * @param again see `nextOutgoing`
 */
export function anyChanged(
  db: Db,
  deps: Pick<Deps, 'now'>,
  scope: Scope,
  target: ExportRecord['target'],
  again = false,
): Promise<boolean> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const rows = await nextOutgoing(tx, {
      target,
      after: null,
      changedOnly: true,
      again,
      at: deps.now(),
      limit: 1,
    });
    return rows.length > 0;
  });
}

/** Keyed, of one text of one field of this target; equality only. */
export function digester({ vault }: Pick<Deps, 'vault'>, scope: Scope, target: LiveTarget) {
  return (field: string, text: string): string =>
    vault.hash(scope.library.id, 'lending', `${target}|${field}|${text}`).toString('base64url');
}

/**
 * Sends members to a system that is spoken to, outside of any transaction of ours. What will stand there is written down
 * before, what stands there after: a process that is killed in between finds its own words again and takes them for
 * nobody else's. What was changed there by others waits for a person.
 */
export async function sendLive(
  db: Db,
  deps: Deps,
  scope: Scope,
  exportId: ExportId,
  ports: LivePorts,
): Promise<LiveRun> {
  const { library } = scope;
  const places: PlaceNames = new Map();
  const read = () => inLibrary(db, library.id, (tx) => findExport(tx, exportId));
  const record = await read();
  if (record?.state !== 'running') return { record, trouble: null };
  let trouble: LiveFailure | 'interrupted' | null = 'interrupted';
  let after: MemberId | null = null;
  try {
    for (;;) {
      const from: MemberId | null = after;
      const batch: readonly Outgoing[] = await inLibrary(db, library.id, (tx) =>
        readOutgoing(tx, deps, scope, record, from, places, ports.again ?? true),
      );
      for (let at = 0; at < batch.length; at += TOGETHER) {
        trouble = await sendSome(db, deps, scope, record, ports, batch.slice(at, at + TOGETHER));
        if (trouble !== null) return await ended();
      }
      after = batch.at(-1)?.id ?? null;
      if (after === null || batch.length < EXPORT_BATCH) break;
    }
    trouble = null;
    return await ended();
  } catch (error) {
    await finishExport(db, deps, scope, exportId, 'failed', 'interrupted');
    throw error;
  }

  async function ended(): Promise<LiveRun> {
    const failure = trouble === null || trouble === 'interrupted' ? trouble : trouble.failure;
    await finishExport(db, deps, scope, exportId, failure === null ? 'done' : 'failed', failure);
    return { record: await read(), trouble: trouble === 'interrupted' ? null : trouble };
  }
}

interface Prepared {
  readonly one: Outgoing;
  readonly values: LiveTexts | null;
  readonly reasons: readonly Misfit[];
  readonly foreignId: string | null;
  /** As written down before the first byte goes. */
  readonly memory: LiveMemory;
  readonly seq: number;
  readonly tries: number;
}

interface Outcome {
  readonly one: Outgoing;
  readonly prepared: Prepared;
  readonly state: LinkRow['state'];
  readonly reasons: readonly Misfit[];
  readonly foreignId: string | null;
  readonly memory: LiveMemory;
  readonly differences: Differences | null;
  /** Nothing is there of somebody who has left, and nothing is to be: the link goes. */
  readonly nothingLeft: boolean;
}

async function sendSome(
  db: Db,
  deps: Deps,
  scope: Scope,
  record: ExportRecord,
  ports: LivePorts,
  some: readonly Outgoing[],
): Promise<LiveFailure | 'interrupted' | null> {
  const target = record.target as LiveTarget;
  const { id } = scope.library;
  const prepared = await inLibrary(db, id, (tx) => prepare(tx, deps, scope, target, ports.system, some));
  const outcomes: Outcome[] = [];
  let trouble: LiveFailure | 'interrupted' | null = null;
  for (const each of prepared) {
    const answer = await sendOne(deps, scope, target, ports, each);
    if ('failure' in answer) {
      // A request that the end of the service cut short says nothing of the system.
      trouble = (await ports.stopped?.()) === true ? 'interrupted' : answer;
      break;
    }
    outcomes.push(answer);
    if ((await ports.stopped?.()) === true) {
      trouble = 'interrupted';
      break;
    }
  }
  if (outcomes.length > 0) await inLibrary(db, id, (tx) => keep(tx, deps, scope, record, outcomes));
  return trouble;
}

async function prepare(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  target: LiveTarget,
  system: LiveSystem,
  some: readonly Outgoing[],
): Promise<readonly Prepared[]> {
  const links = await readLinks(
    tx,
    target,
    some.map(({ id }) => id),
  );
  const digest = digester(deps, scope, target);
  const prepared = some.map((one): Prepared => {
    const link = links.get(one.id);
    const fitted = system.shape(one.member);
    const values = fitted.ok ? fitted.value : null;
    const memory = memoryOf(link);
    return {
      one,
      values,
      reasons: fitted.ok ? fitted.notes : fitted.misfits,
      foreignId: link?.foreign_id ? deps.vault.openText(scope.library.id, 'lending', link.foreign_id) : null,
      memory: values === null || one.erased ? memory : intendRow(values, memory, digest),
      seq: link?.seq ?? 1,
      tries: link?.tries ?? 0,
    };
  });
  if (prepared.length > 0)
    await tx
      .insertInto('lending_link')
      .values(
        prepared.map(({ one, memory, seq }) => ({
          library_id: scope.library.id,
          target,
          member_id: one.id,
          state: 'waiting' as const,
          memory: JSON.stringify(memory),
          // Until the first answer, whatever an earlier connection has on record.
          again_at: deps.now(),
          changed_at: deps.now(),
          seq,
        })),
      )
      .onConflict((conflict) =>
        conflict
          .columns(['library_id', 'target', 'member_id'])
          .doUpdateSet((eb) => ({
            memory: eb.ref('excluded.memory'),
          }))
          // Somebody has decided, or the person was erased, since it was read: their word stands.
          .whereRef('lending_link.seq', '=', 'excluded.seq'),
      )
      .execute();
  return prepared;
}

async function sendOne(
  deps: Deps,
  scope: Scope,
  target: LiveTarget,
  { system, first }: LivePorts,
  prepared: Prepared,
): Promise<Outcome | LiveFailure> {
  const { one, values, memory, foreignId, reasons } = prepared;
  const outcome = (changes: Partial<Outcome> & Pick<Outcome, 'state'>): Outcome => ({
    one,
    prepared,
    reasons: [],
    foreignId,
    // What was intended may be there from before a kill: it is ours all the same.
    memory,
    differences: null,
    nothingLeft: false,
    ...changes,
  });
  if (values === null) return outcome({ state: 'refused', reasons });
  // Whoever was erased is found by nothing but the key of the row there.
  if (one.erased && foreignId === null) return outcome({ state: 'done' });
  const digest = digester(deps, scope, target);
  let judged: Judged = { kind: 'skip' };
  let seen: RowThere | null = null;
  const answer: PutAnswer = await system.put({ id: foreignId, number: one.member.number, values }, (row) => {
    seen = row;
    judged =
      one.erased && row !== null
        ? memory.moved && memory.left.number !== digest('number', row.values.number ?? '')
          ? { kind: 'hold', conflicts: [] }
          : { kind: 'write', fields: Object.keys(values), conflicts: [] }
        : judgeRow({ ours: values, there: row, known: foreignId !== null, memory, first, digest });
    // Nobody is made there who has left here, nor asked about where the row was deleted.
    if (row === null && (one.erased || one.left)) judged = { kind: 'skip' };
    if (judged.kind === 'write') return { kind: 'write', fields: judged.fields, erases: one.erased };
    return { kind: judged.kind === 'insert' ? 'insert' : 'hold' };
  });
  const conflictsOf = (): readonly string[] => ('conflicts' in judged ? judged.conflicts : []);
  const conflicts = conflictsOf();
  switch (answer.kind) {
    case 'stop':
      return { failure: answer.failure, note: answer.note };
    case 'refused':
      return outcome({ state: 'refused', reasons: answer.misfits });
    case 'later':
      return outcome({ state: 'later', reasons: ['later'] });
    case 'held':
      if (conflicts.length > 0)
        return outcome({
          state: 'conflict',
          reasons: ['conflict'],
          differences: differencesOf(conflicts, values, answer.row, foreignId !== null),
        });
      if (one.erased && memory.moved)
        return outcome({ state: 'refused', reasons: [seen === null ? 'gone_there' : 'number_taken'] });
      if (one.erased || one.left) return outcome({ state: 'done', nothingLeft: seen === null });
      return outcome({ state: 'refused', reasons: [seen === null ? 'gone_there' : 'number_taken'] });
    case 'done': {
      // In SLiMS the number is what loans hang on: a person has to change it there.
      if (one.erased && /^\d{16}$/.test(answer.row.values.number ?? ''))
        return outcome({ state: 'refused', reasons: ['nik_there'] });
      const after = { ours: values, after: answer.row, conflicts, memory, digest };
      const isOpen = conflicts.length > 0;
      return outcome({
        state: isOpen ? 'conflict' : 'done',
        reasons: isOpen ? ['conflict'] : one.erased ? ['erased'] : reasons,
        foreignId: answer.row.id,
        memory: rememberRow(after),
        differences: isOpen ? differencesOf(conflicts, values, answer.row, foreignId !== null) : null,
      });
    }
  }
}

function differencesOf(
  fields: readonly string[],
  ours: LiveTexts,
  row: RowThere | null,
  known: boolean,
): Differences {
  const both = (field: string) =>
    field === GONE ? { ours: '', theirs: '' } : { ours: ours[field] ?? '', theirs: row?.values[field] ?? '' };
  return {
    row: row?.id ?? null,
    known,
    fields: Object.fromEntries(fields.map((field) => [field, both(field)])),
  };
}

/** What became of these members; where somebody decided meanwhile, only where the row is. */
async function keep(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  record: ExportRecord,
  outcomes: readonly Outcome[],
): Promise<void> {
  const { id } = scope.library;
  const target = record.target as LiveTarget;
  const now = deps.now();
  for (const each of outcomes) {
    const { one, prepared, state } = each;
    if (state === 'done' && (one.erased || each.nothingLeft)) {
      await tx
        .deleteFrom('lending_link')
        .where('target', '=', target)
        .where('member_id', '=', one.id)
        .where('seq', '=', prepared.seq)
        .execute();
      continue;
    }
    const foreignId = each.foreignId === null ? null : deps.vault.seal(id, 'lending', each.foreignId);
    const differences =
      each.differences === null ? null : deps.vault.seal(id, 'lending', JSON.stringify(each.differences));
    // An erasure that was refused is owed all the same: nothing about the person will change any more to send them again.
    const again = state === 'later' || (state === 'refused' && one.erased);
    const tries = again ? prepared.tries + 1 : 0;
    const pause = FIRST_AGAIN_MS * 2 ** Math.min(tries - 1, MOST_DOUBLINGS);
    const at = tx.updateTable('lending_link').where('target', '=', target).where('member_id', '=', one.id);
    // Where the row is stays known whatever was decided meanwhile: it has to be found again to be emptied.
    const place = each.foreignId === prepared.foreignId ? {} : { foreign_id: foreignId };
    const kept = await at
      .set((eb) => ({
        ...place,
        state,
        reasons: [...each.reasons],
        memory: JSON.stringify(each.memory),
        differences,
        tries,
        again_at: again ? new Date(now.getTime() + pause) : null,
        changed_at: now,
        seq: eb('seq', '+', 1),
      }))
      .where('seq', '=', prepared.seq)
      .returning('seq')
      .executeTakeFirst();
    if (kept === undefined && 'foreign_id' in place) await at.set(place).execute();
  }
  await keepRows(
    tx,
    record,
    outcomes.map(
      ({ one, state, reasons }): RowOutcome => ({
        id: one.id,
        version: one.version,
        sent: state === 'done',
        reasons,
      }),
    ),
  );
}

function memoryOf(link: LinkRow | undefined): LiveMemory {
  return link === undefined ? NOTHING_KNOWN : { ...NOTHING_KNOWN, ...link.memory };
}
