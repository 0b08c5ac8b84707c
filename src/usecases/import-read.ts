import { sql } from 'kysely';
import { insertRows } from '../db/bulk-insert.ts';
import type { Db, Tx } from '../db/connection.ts';
import { addCounts, findKnownRows, findNumberRows, type ImportRecord, lockImport } from '../db/import.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ImportId, MemberId } from '../domain/ids.ts';
import { type ImportCandidate, type ImportCounts, judge } from '../domain/importing/import-state.ts';
import type { RowOutcome } from '../domain/importing/row-outcome.ts';
import type { StagedMember } from '../domain/importing/staged-member.ts';
import { compare } from '../domain/matching/compare.ts';
import type { Deps, Scope } from './context.ts';
import { coveredStaged } from './cover-person.ts';
import { countsOf, settingNotes } from './import-counts.ts';
import { erasedSince } from './import-erased.ts';
import { comparedRow } from './import-person.ts';
import { candidateOf, type PreparedRow, type PreparedSought } from './import-prepare.ts';
import { comparableOf } from './match-columns.ts';
import { populationFor } from './population.ts';

interface JudgedRow extends Omit<PreparedRow, 'content'> {
  /** Null of somebody who was erased since the list came. */
  readonly content: Buffer | null;
  readonly outcome: RowOutcome;
  readonly reasons: readonly string[];
  readonly candidate: ImportCandidate | null;
  readonly memberId: MemberId | null;
}

/** Puts the rows of one batch aside, judged; refuses where the import was stopped or another process is at it. */
export async function stageBatch(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  batch: { readonly rows: readonly PreparedRow[]; readonly after: number; readonly progress: number },
): Promise<'staged' | 'stopped'> {
  const { rows } = batch;
  return inLibrary(db, scope.library.id, async (tx) => {
    const record = await lockImport(tx, importId);
    if (record.state !== 'reading' || record.paused || record.last_row !== batch.after) return 'stopped';
    const isErased = await erasedSince(tx, deps, scope, importId);
    const judged = (await judgeRows(tx, deps, scope, record, rows)).map((row) =>
      row.sought !== null && isErased?.(row.sought.person) === true ? emptied(deps, row) : row,
    );
    await insertRows(tx, 'import_row', rowColumns(scope, importId, judged));
    await tx
      .updateTable('import')
      .set({
        last_row: rows.at(-1)?.n ?? record.last_row,
        progress: batch.progress,
        counts: JSON.stringify(addCounts(record.counts as ImportCounts, countsOf(scope, judged))),
        beat_at: deps.now(),
      })
      .where('id', '=', importId)
      .execute();
    return 'staged';
  });
}

/** Counts as refused, and says nothing: as a row that was put aside before the erasure. */
function emptied({ randomBytes }: Deps, row: JudgedRow): JudgedRow {
  return {
    ...row,
    content: null,
    rowHash: Buffer.from(randomBytes(16)),
    numberHash: null,
    sought: null,
    outcome: 'refused',
    reasons: ['person_erased'],
    candidate: null,
    memberId: null,
  };
}

interface OpenRow extends PreparedRow {
  readonly sought: PreparedSought;
}

async function judgeRows(
  tx: Tx,
  { vault }: Deps,
  scope: Scope,
  record: ImportRecord,
  rows: readonly PreparedRow[],
): Promise<readonly JudgedRow[]> {
  const known = new Map<
    string,
    { readonly n: number; readonly here: boolean; readonly memberId: MemberId | null }
  >();
  for (const row of await findKnownRows(
    tx,
    record.id,
    rows.map((each) => each.rowHash),
  ))
    known.set(row.row_hash.toString('hex'), {
      n: row.n,
      here: row.import_id === record.id,
      memberId: row.member_id,
    });
  const open: OpenRow[] = [];
  const judged = new Map<number, JudgedRow>();
  for (const row of rows) {
    const { refusal } = row.staged;
    const key = row.rowHash.toString('hex');
    const before = known.get(key);
    const settled = { ...row, candidate: null, memberId: null };
    if (row.sought === null)
      judged.set(row.n, { ...settled, outcome: 'refused', reasons: refusal === null ? [] : [refusal] });
    else if (before?.here === false)
      judged.set(row.n, {
        ...settled,
        outcome: 'same',
        reasons: ['imported_before'],
        memberId: before.memberId,
      });
    else if (before) {
      const candidate: ImportCandidate = {
        kind: 'row',
        id: String(before.n),
        score: 1,
        verdict: 'same',
        reasons: [],
      };
      judged.set(row.n, { ...settled, outcome: 'same', reasons: ['row_repeated'], candidate });
    } else {
      open.push({ ...row, sought: row.sought });
      known.set(key, { n: row.n, here: true, memberId: null });
    }
  }
  const owners = await findOwners(tx, { vault }, scope, record.id, open);
  for (const [at, row] of open.entries()) {
    const { outcome, reason, candidate } = judge(row.sought.candidates, owners[at] ?? null);
    const memberId = outcome === 'same' && candidate?.kind === 'member' ? (candidate.id as MemberId) : null;
    judged.set(row.n, {
      ...row,
      outcome,
      reasons: reason === null ? [] : [reason],
      candidate,
      memberId,
    });
  }
  return rows.flatMap((row) => judged.get(row.n) ?? []);
}

/**
 * Who has the number of a row already: a member, whoever had it in an earlier import, an earlier row of this one. Of
 * several, the one who seems to be this very person: an officer may have said before that two people have one number.
 */
async function findOwners(
  tx: Tx,
  { vault }: Pick<Deps, 'vault'>,
  scope: Scope,
  importId: ImportId,
  rows: readonly OpenRow[],
): Promise<readonly (ImportCandidate | null)[]> {
  const { id } = scope.library;
  const population = await populationFor(tx, { vault }, scope);
  const numbers = rows.flatMap(({ staged }) => staged.number ?? []);
  const holders = await tx
    .selectFrom('member')
    .selectAll()
    .where('number', '=', sql<string>`any(${numbers}::text[])`)
    .execute();
  const byNumber = new Map(holders.map((member) => [member.number, member]));
  const hashes = rows.flatMap(({ numberHash: hash }) => hash ?? []);
  const former = new Map<string, Awaited<ReturnType<typeof findNumberRows>>[number][]>();
  for (const row of await findNumberRows(tx, importId, hashes)) {
    const key = row.number_hash?.toString('hex') ?? '';
    former.set(key, [...(former.get(key) ?? []), row]);
  }
  const inBatch = new Map<string, number>();
  return rows.map(({ staged, sought, numberHash: hash }, at): ImportCandidate | null => {
    if (hash === null) return null;
    const key = hash.toString('hex');
    const earlier = inBatch.get(key);
    if (earlier === undefined) inBatch.set(key, at);
    const compared = (kind: 'member' | 'row', other: string, person: PreparedSought['person']) =>
      candidateOf(kind, other, compare(sought.person, person, population));
    const owners: ImportCandidate[] = [];
    const holder = staged.number === null ? undefined : byNumber.get(staged.number);
    if (holder) {
      // Of one number it is worth knowing whose it is: a parent's on a child's form is both children's.
      const isOneNik = holder.nik_hash !== null && holder.nik_hash.toString('hex') === sought.person.nik;
      const nik = isOneNik && holder.nik !== null ? vault.openText(id, 'nik', holder.nik) : null;
      owners.push(compared('member', holder.id, comparableOf(holder, holder.nik_slots, nik)));
    }
    for (const row of former.get(key) ?? []) {
      if (row.content === null) continue;
      const person = comparedRow(vault, id, openRow({ vault }, scope, row.content), row.nik_slots);
      const isHere = row.import_id === importId;
      owners.push(
        compared(isHere ? 'row' : 'member', isHere ? String(row.n) : (row.member_id ?? ''), person),
      );
    }
    const twin = earlier === undefined ? undefined : rows[earlier];
    if (twin) owners.push(compared('row', String(twin.n), twin.sought.person));
    return owners.find((owner) => judge([], owner).outcome === 'same') ?? owners[0] ?? null;
  });
}

/** The content of a row, as the rule of today would have it read: it may have been read before there was one. */
export function openRow({ vault }: Pick<Deps, 'vault'>, scope: Scope, content: Buffer): StagedMember {
  return coveredStaged(JSON.parse(vault.openText(scope.library.id, 'import', content)) as StagedMember);
}

function rowColumns(
  scope: Scope,
  importId: ImportId,
  rows: readonly JudgedRow[],
): readonly Readonly<Record<string, unknown>>[] {
  return rows.map((row) => {
    const sought = row.outcome === 'same' ? null : row.sought;
    return {
      library_id: scope.library.id,
      import_id: importId,
      n: row.n,
      content: row.content,
      row_hash: row.rowHash,
      number_hash: row.numberHash,
      outcome: row.outcome,
      reasons: [
        ...new Set([
          ...row.reasons,
          ...row.staged.notes.map((note) => note.code),
          ...settingNotes(scope, row),
        ]),
      ],
      candidates: JSON.stringify(row.candidate === null ? [] : [row.candidate]),
      keys: sought?.fileKeys ?? null,
      match_keys: sought?.matchKeys ?? null,
      nik_slots: sought?.nikSlots ?? null,
      member_id: row.memberId,
    };
  });
}
