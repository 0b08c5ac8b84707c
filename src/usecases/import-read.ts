import { insertRows } from '../db/bulk-insert.ts';
import type { Db, Tx } from '../db/connection.ts';
import { addCounts, findKnownRows, findNumberRows, type ImportRecord, lockImport } from '../db/import.ts';
import type { RegionFinder } from '../db/region-names.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ImportId, MemberId } from '../domain/ids.ts';
import { checkIncoming } from '../domain/importing/check-incoming.ts';
import { type ImportCandidate, type ImportCounts, judge, typeCodeOf } from '../domain/importing/import-state.ts';
import type { IncomingMember } from '../domain/importing/incoming-member.ts';
import { TYPE_WORDS, wordKey } from '../domain/importing/incoming-words.ts';
import type { RowOutcome } from '../domain/importing/row-outcome.ts';
import { rowText, type StagedMember, stage } from '../domain/importing/staged-member.ts';
import { blockKeys, rarestKeys, storedKey } from '../domain/matching/block-keys.ts';
import { compare, type Match } from '../domain/matching/compare.ts';
import { type Deps, type Scope, todayOf } from './context.ts';
import { soughtOf } from './import-person.ts';
import { comparableOf } from './match-columns.ts';
import { matchPeople, type Sought } from './match-people.ts';
import { populationFor } from './population.ts';

/** Rows of one transaction: each is complete or not there, and what is in memory does not grow with the file. */
export const BATCH = 500;
/** As many people as a file may hold: keys that would find more than a few of them are left out. */
const MOST_IN_FILE = 1_000_000;
const FOUND_IN_FILE = 30;

export interface StagedRow {
  readonly n: number;
  readonly staged: StagedMember;
  readonly rowHash: Buffer;
  readonly numberHash: Buffer | null;
  /** Null where the row is refused. */
  readonly sought: Sought | null;
}

interface JudgedRow extends StagedRow {
  readonly outcome: RowOutcome;
  readonly reasons: readonly string[];
  readonly candidate: ImportCandidate | null;
  readonly memberId: MemberId | null;
}

/** What can be said of rows by themselves; done while the database still writes those before. */
export async function prepareBatch(
  deps: Deps,
  scope: Scope,
  regions: RegionFinder,
  rows: readonly IncomingMember[],
): Promise<readonly StagedRow[]> {
  const staged: StagedRow[] = [];
  for (const incoming of rows) staged.push(await stageRow(deps, scope, regions, incoming));
  return staged;
}

/** Puts the rows of one batch aside, judged; refuses where the import was stopped or another process is at it. */
export async function stageBatch(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  batch: { readonly rows: readonly StagedRow[]; readonly after: number; readonly progress: number },
): Promise<'staged' | 'stopped'> {
  const staged = batch.rows;
  return inLibrary(db, scope.library.id, async (tx) => {
    const record = await lockImport(tx, importId);
    if (record.state !== 'reading' || record.paused || record.last_row !== batch.after) return 'stopped';
    const judged = await judgeRows(tx, deps, scope, record, staged);
    await insertRows(tx, 'import_row', await rowColumns(tx, deps, scope, importId, judged));
    await tx
      .updateTable('import')
      .set({
        last_row: staged.at(-1)?.n ?? record.last_row,
        progress: batch.progress,
        counts: JSON.stringify(addCounts(record.counts as ImportCounts, countsOf(scope, judged))),
        beat_at: deps.now(),
      })
      .where('id', '=', importId)
      .execute();
    return 'staged';
  });
}

async function stageRow(
  { vault }: Deps,
  scope: Scope,
  regions: RegionFinder,
  incoming: IncomingMember,
): Promise<StagedRow> {
  const { id } = scope.library;
  const checked = checkIncoming(incoming, todayOf(scope));
  const village = await regions.find(checked.address.region);
  const presentVillage = checked.present === null ? null : await regions.find(checked.present.region);
  const staged = stage(checked, village, presentVillage);
  return {
    n: incoming.row,
    staged,
    rowHash: vault.hash(id, 'import_row', rowText(incoming)),
    numberHash: staged.oldNumber === null ? null : numberHash({ vault }, scope, staged.oldNumber),
    sought: staged.refusal === null ? soughtOf(vault, id, staged) : null,
  };
}

/** By which a member is found whatever the number is now. */
export function numberHash({ vault }: Pick<Deps, 'vault'>, scope: Scope, number: string): Buffer {
  return vault.hash(scope.library.id, 'import_number', wordKey(number).replaceAll(' ', ''));
}

async function judgeRows(
  tx: Tx,
  { vault }: Deps,
  scope: Scope,
  record: ImportRecord,
  rows: readonly StagedRow[],
): Promise<readonly JudgedRow[]> {
  const known = new Map<string, { readonly n: number; readonly here: boolean; readonly memberId: MemberId | null }>();
  for (const row of await findKnownRows(tx, record.id, rows.map((each) => each.rowHash)))
    known.set(row.row_hash.toString('hex'), {
      n: row.n,
      here: row.import_id === record.id,
      memberId: row.member_id,
    });
  const open: StagedRow[] = [];
  const judged = new Map<number, JudgedRow>();
  for (const row of rows) {
    const { refusal } = row.staged;
    const key = row.rowHash.toString('hex');
    const before = known.get(key);
    const settled = { ...row, candidate: null, memberId: null };
    if (refusal !== null) judged.set(row.n, { ...settled, outcome: 'refused', reasons: [refusal] });
    else if (before?.here === false)
      judged.set(row.n, { ...settled, outcome: 'same', reasons: ['imported_before'], memberId: before.memberId });
    else if (before) {
      const candidate: ImportCandidate = { kind: 'row', id: String(before.n), score: 1, verdict: 'same', reasons: [] };
      judged.set(row.n, { ...settled, outcome: 'same', reasons: ['row_repeated'], candidate });
    } else {
      open.push(row);
      known.set(key, { n: row.n, here: true, memberId: null });
    }
  }
  const sought = open.flatMap((row) => row.sought ?? []);
  const hits = await matchPeople(tx, { vault }, scope, sought);
  const owners = await findOwners(tx, { vault }, scope, record.id, open, sought);
  for (const [at, row] of open.entries()) {
    const candidates = (hits[at] ?? []).map(({ member, match }) => candidateOf('member', member.id, match));
    const { outcome, reason, candidate } = judge(candidates, owners[at] ?? null);
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

export function candidateOf(kind: 'member' | 'row', id: string, match: Match): ImportCandidate {
  return {
    kind,
    id,
    score: match.score,
    verdict: match.verdict,
    reasons: match.reasons.map((reason) => reason.code),
  };
}

/** Who has the number of a row already: a member, whoever had it in an earlier import, an earlier row of this one. */
async function findOwners(
  tx: Tx,
  { vault }: Pick<Deps, 'vault'>,
  scope: Scope,
  importId: ImportId,
  rows: readonly StagedRow[],
  sought: readonly Sought[],
): Promise<readonly (ImportCandidate | null)[]> {
  const { id } = scope.library;
  const population = await populationFor(tx, { vault }, scope);
  const numbers = rows.flatMap(({ staged }) => staged.number ?? []);
  const holders = numbers.length === 0 ? [] : await tx.selectFrom('member').selectAll().where('number', 'in', numbers).execute();
  const byNumber = new Map(holders.map((member) => [member.number, member]));
  const hashes = rows.flatMap(({ numberHash: hash }) => hash ?? []);
  const former = new Map(
    (await findNumberRows(tx, importId, hashes)).map((row) => [row.number_hash?.toString('hex') ?? '', row]),
  );
  const inBatch = new Map<string, number>();
  return rows.map(({ staged, numberHash: hash }, at): ImportCandidate | null => {
    const one = sought[at];
    if (one === undefined || hash === null) return null;
    const key = hash.toString('hex');
    const earlier = inBatch.get(key);
    if (earlier === undefined) inBatch.set(key, at);
    const compared = (kind: 'member' | 'row', other: string, person: Sought['person']) =>
      candidateOf(kind, other, compare(one.person, person, population));
    const holder = staged.number === null ? undefined : byNumber.get(staged.number);
    if (holder) return compared('member', holder.id, comparableOf(holder, holder.nik_slots));
    const row = former.get(key);
    if (row?.content) {
      const other = soughtOf(vault, id, openRow({ vault }, scope, row.content)).person;
      const isHere = row.import_id === importId;
      return compared(isHere ? 'row' : 'member', isHere ? String(row.n) : (row.member_id ?? ''), other);
    }
    const twin = earlier === undefined ? undefined : sought[earlier];
    return twin ? compared('row', String(rows[earlier ?? 0]?.n ?? 0), twin.person) : null;
  });
}

/** The content of a row. */
export function openRow({ vault }: Pick<Deps, 'vault'>, scope: Scope, content: Buffer): StagedMember {
  return JSON.parse(vault.openText(scope.library.id, 'import', content)) as StagedMember;
}

async function rowColumns(
  tx: Tx,
  { vault }: Deps,
  scope: Scope,
  importId: ImportId,
  rows: readonly JudgedRow[],
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { id } = scope.library;
  const population = await populationFor(tx, { vault }, scope);
  return rows.map((row) => ({
    library_id: id,
    import_id: importId,
    n: row.n,
    content: vault.seal(id, 'import', JSON.stringify(row.staged)),
    row_hash: row.rowHash,
    number_hash: row.numberHash,
    outcome: row.outcome,
    reasons: [...new Set([...row.reasons, ...row.staged.notes.map((note) => note.code), ...typeNote(scope, row)])],
    candidates: JSON.stringify(row.candidate === null ? [] : [row.candidate]),
    keys:
      row.sought === null || row.outcome === 'same'
        ? null
        : [
            ...rarestKeys(blockKeys(row.sought.person, population), MOST_IN_FILE, FOUND_IN_FILE).map((key) =>
              storedKey(id, key.text),
            ),
            ...row.sought.nikKeys,
            ...row.sought.hashes.map((hash) => hash.readInt32BE(0)),
            ...(row.sought.person.phone === null ? [] : [storedKey(id, `p|${row.sought.person.phone}`)]),
          ],
    member_id: row.memberId,
  }));
}

function typeNote(scope: Scope, { staged, outcome }: JudgedRow): readonly string[] {
  const since = staged.memberSince === null ? ['since_missing'] : [];
  return outcome === 'refused' || knownType(scope, staged) !== undefined ? since : ['type_unknown', ...since];
}

function knownType(scope: Scope, staged: StagedMember): string | undefined {
  return typeCodeOf(staged.typeName, scope.library.settings.memberTypes, {}, (name) => TYPE_WORDS.get(wordKey(name)));
}

function countsOf(scope: Scope, rows: readonly JudgedRow[]): ImportCounts {
  const [outcomes, reasons, leftOver, types] = [
    {} as Record<string, number>,
    {} as Record<string, number>,
    {} as Record<string, number>,
    {} as Record<string, number>,
  ];
  const add = (sums: Record<string, number>, key: string) => {
    sums[key] = (sums[key] ?? 0) + 1;
  };
  for (const row of rows) {
    add(outcomes, row.outcome);
    for (const reason of new Set([...row.reasons, ...row.staged.notes.map((note) => note.code), ...typeNote(scope, row)]))
      add(reasons, reason);
    for (const title of row.staged.leftOver) add(leftOver, title);
    const { typeName } = row.staged;
    if (typeName !== null && knownType(scope, row.staged) === undefined) add(types, typeName);
  }
  return { outcomes, reasons, leftOver, types };
}
