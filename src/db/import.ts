import { type Selectable, sql } from 'kysely';
import type { ImportId, LibraryId, MemberId } from '../domain/ids.ts';
import type { ImportCandidate, ImportCounts } from '../domain/importing/import-state.ts';
import type { RowOutcome } from '../domain/importing/row-outcome.ts';
import type { Db, Tx } from './connection.ts';
import type { Database } from './schema.ts';
import { inLibrary } from './tenancy.ts';

export type ImportRecord = Selectable<Database['import']>;
export type ImportRowRecord = Selectable<Database['import_row']>;

export async function findImport(tx: Tx, id: ImportId): Promise<ImportRecord | undefined> {
  return tx.selectFrom('import').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Locked until the transaction ends: of two processes that work at one import, one waits and then sees the other's work. */
export async function lockImport(tx: Tx, id: ImportId): Promise<ImportRecord> {
  return tx.selectFrom('import').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
}

/**
 * Does the work while nobody else is at this import: the lock is the connection's, so that a killed process leaves none.
 * @returns undefined where somebody is at it
 */
export function aloneAt<T>(db: Db, id: ImportId, work: () => Promise<T>): Promise<T | undefined> {
  const key = sql`hashtextextended(${`import ${id}`}, 0)`;
  return db.connection().execute(async (held) => {
    const { rows } = await sql<{ got: boolean }>`select pg_try_advisory_lock(${key}) as got`.execute(held);
    if (rows[0]?.got !== true) return undefined;
    try {
      return await work();
    } finally {
      await sql`select pg_advisory_unlock(${key})`.execute(held);
    }
  });
}

/** Has the database look at the tables that imports fill; takes a second at most, however large they are. */
export async function refreshStatistics(db: Db): Promise<void> {
  await sql`select refresh_import_statistics()`.execute(db);
}

/**
 * Has the database gather what finds members before it is put into its index, which takes half as long, or no longer:
 * searches are slower by some milliseconds meanwhile. May stay as it was where somebody holds the index.
 */
export async function gatherMemberKeys(db: Db, gather: boolean): Promise<void> {
  await sql`select gather_member_keys(${gather})`.execute(db);
}

/** The newest first. */
export function listImports(tx: Tx, limit: number): Promise<ImportRecord[]> {
  return tx
    .selectFrom('import')
    .selectAll()
    .where('state', '<>', 'discarded')
    .orderBy('created_at', 'desc')
    .limit(limit)
    .execute();
}

/** An import of this very source that is not finished: it goes on. */
export async function findUnfinished(tx: Tx, sourceHash: Buffer): Promise<ImportRecord | undefined> {
  return tx
    .selectFrom('import')
    .selectAll()
    .where('source_hash', '=', sourceHash)
    .where('state', 'in', ['reading', 'comparing', 'checked', 'applying'])
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Those that the service works at, or should. */
export function findRunningImports(tx: Tx): Promise<ImportRecord[]> {
  return tx
    .selectFrom('import')
    .selectAll()
    .where('in_service', '=', true)
    .where('paused', '=', false)
    .where('state', 'in', ['reading', 'comparing', 'applying'])
    .orderBy('created_at')
    .execute();
}

export async function findUploadsBefore(tx: Tx, before: Date): Promise<ImportId[]> {
  const rows = await tx
    .selectFrom('import')
    .select('id')
    .where('state', '=', 'uploading')
    .where('created_at', '<', before)
    .execute();
  return rows.map((row) => row.id);
}

/** Rows seen before, by what they say: in this import, or in an earlier one where it led to a member. */
export async function findKnownRows(
  tx: Tx,
  id: ImportId,
  hashes: readonly Buffer[],
): Promise<readonly { row_hash: Buffer; import_id: ImportId; n: number; member_id: MemberId | null }[]> {
  return tx
    .selectFrom('import_row')
    .select(['row_hash', 'import_id', 'n', 'member_id'])
    .where('row_hash', '=', sql<Buffer>`any(${hashes}::bytea[])`)
    .where(({ or, eb }) => or([eb('import_id', '=', id), eb('member_id', 'is not', null)]))
    .orderBy('n')
    .execute();
}

/** Who had a number in another system: a row of this import, or the member that a row of an earlier one became. */
export async function findNumberRows(
  tx: Tx,
  id: ImportId,
  hashes: readonly Buffer[],
): Promise<
  readonly {
    number_hash: Buffer | null;
    import_id: ImportId;
    n: number;
    member_id: MemberId | null;
    content: Buffer | null;
    nik_slots: Buffer | null;
  }[]
> {
  return tx
    .selectFrom('import_row')
    .select(['number_hash', 'import_id', 'n', 'member_id', 'content', 'nik_slots'])
    .where('number_hash', '=', sql<Buffer>`any(${hashes}::bytea[])`)
    .where('outcome', '<>', 'refused')
    .where(({ or, eb }) => or([eb('import_id', '=', id), eb('member_id', 'is not', null)]))
    .orderBy('n')
    .execute();
}

/** Those of these keyed numbers that a row of this import has, or that somebody had in an earlier one. */
export async function findNumberHolders(
  tx: Tx,
  id: ImportId,
  hashes: readonly Buffer[],
): Promise<readonly Buffer[]> {
  if (hashes.length === 0) return [];
  const rows = await tx
    .selectFrom('import_row')
    .select('number_hash')
    .where('number_hash', '=', sql<Buffer>`any(${hashes}::bytea[])`)
    .where('outcome', '<>', 'refused')
    .where(({ or, eb }) => or([eb('import_id', '=', id), eb('member_id', 'is not', null)]))
    .execute();
  return rows.flatMap((row) => row.number_hash ?? []);
}

/** Rows that become members: nobody was like them, or an officer said that they are people of their own. */
export type Becoming = 'new' | 'decided';

/** The next such rows after this one, in the order of the file. */
export async function nextBecoming(
  tx: Tx,
  id: ImportId,
  kind: Becoming,
  after: number,
  limit: number,
): Promise<number[]> {
  const rows = await tx
    .selectFrom('import_row')
    .select('n')
    .where('import_id', '=', id)
    .where('outcome', '=', kind === 'new' ? 'new' : 'look')
    .$if(kind === 'decided', (query) => query.where('decision', '=', 'different'))
    .where('n', '>', after)
    .where('member_id', 'is', null)
    .where('applied_at', 'is', null)
    .orderBy('n')
    .limit(limit)
    .execute();
  return rows.map((row) => row.n);
}

export type WaitingRow = Pick<
  ImportRowRecord,
  'n' | 'content' | 'outcome' | 'decision' | 'decided_at' | 'decided_by' | 'candidates' | 'member_id'
> & {
  /** Whether what finds the member is there already: it goes from row to member inside the database. */
  readonly keyed: boolean;
};

/** Those of these rows that are to become members and are not yet. */
export async function findWaiting(tx: Tx, id: ImportId, ns: readonly number[]): Promise<WaitingRow[]> {
  const { rows } = await sql<WaitingRow>`
    select n, content, outcome, decision, decided_at, decided_by, candidates, member_id,
      match_keys is not null as keyed
    from import_row
    where import_id = ${id} and n = any(${[...ns]}::int[]) and member_id is null and applied_at is null
      and content is not null
      and (outcome = 'new' or decision = 'different')
    order by n`.execute(tx);
  return rows;
}

export async function countToApply(tx: Tx, id: ImportId): Promise<number> {
  const row = await tx
    .selectFrom('import_row')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('import_id', '=', id)
    .where('member_id', 'is', null)
    .where('applied_at', 'is', null)
    // Of an emptied row nobody can be made any more.
    .where('content', 'is not', null)
    .where(({ or, eb }) => or([eb('outcome', '=', 'new'), eb('decision', '=', 'different')]))
    .executeTakeFirst();
  return row?.count ?? 0;
}

/** Locks these rows until the transaction ends. @returns those that were not emptied since they were read */
export async function lockWaiting(tx: Tx, id: ImportId, ns: readonly number[]): Promise<ReadonlySet<number>> {
  const rows = await tx
    .selectFrom('import_row')
    .select('n')
    .where('import_id', '=', id)
    .where('n', '=', sql<number>`any(${[...ns]}::int[])`)
    .where('content', 'is not', null)
    .orderBy('n')
    .forUpdate()
    .execute();
  return new Set(rows.map((row) => row.n));
}

/**
 * Links the members just made to their rows.
 * @returns how many were linked: fewer where another process has made members of them meanwhile
 */
export async function markApplied(
  tx: Tx,
  id: ImportId,
  at: Date,
  made: readonly { readonly n: number; readonly memberId: MemberId; readonly notes: readonly string[] }[],
): Promise<number> {
  const result = await sql`
    update import_row set member_id = made.member_id, applied_at = ${at}, keys = null, match_keys = null,
      nik_slots = null, reasons = reasons || made.notes::text[]
    from unnest(${made.map((one) => one.n)}::int[], ${made.map((one) => one.memberId)}::uuid[],
      ${made.map((one) => `{${one.notes.join(',')}}`)}::text[]) as made (n, member_id, notes)
    where import_row.import_id = ${id} and import_row.n = made.n and import_row.member_id is null
      and import_row.content is not null`.execute(tx);
  return Number(result.numAffectedRows ?? 0);
}

/** Judges rows anew, after they were compared with one another or with who has come since. */
export async function changeOutcomes(
  tx: Tx,
  id: ImportId,
  changed: readonly {
    readonly n: number;
    readonly outcome: RowOutcome;
    readonly reason: string;
    readonly candidate: ImportCandidate;
    readonly memberId: MemberId | null;
  }[],
): Promise<void> {
  if (changed.length === 0) return;
  await sql`
    update import_row set outcome = changed.outcome, reasons = array_prepend(changed.reason, reasons),
      candidates = jsonb_build_array(changed.candidate::jsonb), member_id = changed.member_id
    from unnest(${changed.map((one) => one.n)}::int[], ${changed.map((one) => one.outcome)}::text[],
      ${changed.map((one) => one.reason)}::text[], ${changed.map((one) => JSON.stringify(one.candidate))}::text[],
      ${changed.map((one) => one.memberId)}::uuid[]) as changed (n, outcome, reason, candidate, member_id)
    where import_row.import_id = ${id} and import_row.n = changed.n and import_row.content is not null`.execute(
    tx,
  );
}

/** Rows of one person in one file lead to the one member, also over several steps. */
export async function linkTwins(tx: Tx, id: ImportId): Promise<void> {
  for (let step = 0; step < 10; step++) {
    const result = await sql`
      update import_row as twin set member_id = first.member_id
      from import_row as first
      where twin.import_id = ${id} and first.import_id = ${id} and twin.member_id is null
        and twin.candidates -> 0 ->> 'kind' = 'row' and first.n = (twin.candidates -> 0 ->> 'id')::int
        and first.member_id is not null and (twin.outcome = 'same' or twin.decision = 'same')`.execute(tx);
    if (!result.numAffectedRows) return;
  }
}

/** Adds to the sums of an import. */
export function addCounts(one: ImportCounts, more: ImportCounts): ImportCounts {
  const sum = (a: Readonly<Record<string, number>> = {}, b: Readonly<Record<string, number>> = {}) => {
    const total: Record<string, number> = { ...a };
    for (const [key, value] of Object.entries(b)) total[key] = (total[key] ?? 0) + value;
    return total;
  };
  return {
    outcomes: sum(one.outcomes, more.outcomes),
    reasons: sum(one.reasons, more.reasons),
    leftOver: sum(one.leftOver, more.leftOver),
    types: sum(one.types, more.types),
    applied: (one.applied ?? 0) + (more.applied ?? 0),
    photos: (one.photos ?? 0) + (more.photos ?? 0),
    visits: (one.visits ?? 0) + (more.visits ?? 0),
  };
}

/** Pieces of a file in the database. */
export function chunksOf(
  db: Db,
  libraryId: LibraryId,
  id: ImportId,
  open: (sealed: Buffer) => Uint8Array,
  pieceLength: number,
): (start: number, end: number) => AsyncGenerator<Uint8Array> {
  return async function* read(start, end) {
    for (let n = Math.floor(start / pieceLength); n * pieceLength < end; n++) {
      const row = await inLibrary(db, libraryId, (tx) =>
        tx
          .selectFrom('import_chunk')
          .select('bytes')
          .where('import_id', '=', id)
          .where('n', '=', n)
          .executeTakeFirst(),
      );
      if (!row) return;
      const from = n * pieceLength;
      yield open(row.bytes).subarray(Math.max(0, start - from), Math.min(pieceLength, end - from));
    }
  };
}
