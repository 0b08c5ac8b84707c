/** The hash chain of the audit log: asking for seals, and reading them with the rows they cover. */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { type AuditRowTexts, type SealTexts, writtenAuditRow, writtenSeal } from '../domain/audit-chain.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import type { Db, Tx } from './connection.ts';

/** Seals at most so many waiting rows, whatever library they are of, in a transaction of its own. */
export async function sealAudit(
  db: Db,
  most: number,
): Promise<{ readonly sealed: number; readonly more: boolean }> {
  const { rows } = await sql<{
    sealed: number;
    more: boolean;
  }>`select sealed, more from seal_audit(${most}::int)`.execute(db);
  return rows[0] ?? { sealed: 0, more: false };
}

/** Puts rows that no seal has, of a portion of the log, back in line. @returns where to go on; null at the end */
export async function findUnsealedAudit(db: Db, after: string, most: number): Promise<string | null> {
  const { rows } = await sql<{
    until: string | null;
  }>`select find_unsealed_audit(${after}::bigint, ${most}::int)::text as until`.execute(db);
  return rows[0]?.until ?? null;
}

export interface Seal {
  readonly texts: SealTexts;
  readonly n: number;
  readonly rows: number;
  readonly total: number;
  readonly sealedAt: Date;
  readonly digest: string;
}

/** A place in a seal and the row that stands there; null where that row is gone. */
export interface Leaf {
  readonly n: number;
  readonly pos: number;
  readonly auditId: string;
  readonly digest: string;
  readonly row: AuditRowTexts | null;
}

interface SealRow extends SealTexts {
  readonly at: Date;
  readonly digest: string;
}

function sealOf({ at, digest, ...texts }: SealRow): Seal {
  return {
    texts,
    n: Number(texts.n),
    rows: Number(texts.rows),
    total: Number(texts.total),
    sealedAt: at,
    digest,
  };
}

/** Of `s`; the names are those of the texts, so that an order by one of them must say `s.` */
const SEAL = sql`s.library_id::text, s.n::text, s.rows::text, s.total::text, audit_time(s.sealed_at) as sealed_at,
  s.sealed_at as at, encode(s.prev, 'hex') as prev, encode(s.digest, 'hex') as digest`;

/** Seals of the library in their order, a portion at a time. */
export async function* readSeals(tx: Tx, portion: number): AsyncGenerator<Seal> {
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    const { rows } = await sql<SealRow>`select ${SEAL} from audit_seal s where s.n > ${after}::bigint
      order by s.n limit ${portion}`.execute(tx);
    for (const row of rows) yield sealOf(row);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = Number(last.n);
  }
}

/** Places of all seals in their order, each with its row, a portion at a time. */
export async function* readLeaves(tx: Tx, portion: number): AsyncGenerator<Leaf> {
  interface Row extends Omit<AuditRowTexts, 'digest'> {
    readonly n: number;
    readonly pos: number;
    readonly audit_id: string;
    readonly leaf: string;
    readonly there: boolean;
    readonly row_digest: string | null;
  }
  for (let last: { n: number; pos: number } | undefined; ; ) {
    const { rows }: { rows: Row[] } = await sql<Row>`
      select l.n, l.pos, l.audit_id::text, encode(l.digest, 'hex') as leaf, a.id is not null as there,
        a.library_id::text, a.id::text, audit_time(a.at) as at, a.actor_kind, a.actor_id::text, a.action,
        a.subject_kind, a.subject_id, a.fields, a.purpose, encode(a.digest, 'hex') as row_digest, a.request_id,
        a.seq::text
      from (select * from audit_leaf where (n, pos) > (${last?.n ?? -2_147_483_648}::int, ${last?.pos ?? 0}::int)
        order by n, pos limit ${portion}) l
      left join lateral (select * from audit_log where library_id = l.library_id and id = l.audit_id offset 0) a on true
      order by l.n, l.pos`.execute(tx);
    for (const { n, pos, audit_id, leaf, there, row_digest, ...row } of rows) {
      yield { n, pos, auditId: audit_id, digest: leaf, row: there ? { ...row, digest: row_digest } : null };
    }
    last = rows.at(-1);
    if (last === undefined) return;
  }
}

/** SHA-256 of a row, hexadecimal. */
export function rowDigest(row: AuditRowTexts): string {
  return createHash('sha256').update(writtenAuditRow(row)).digest('hex');
}

/** The digest of a seal, hexadecimal, from the digests of its rows as they come. */
export function sealDigest(seal: SealTexts): { add(digest: string): void; end(): string } {
  const hash = createHash('sha256').update(writtenSeal(seal));
  return {
    add: (digest) => void hash.update(Buffer.from(digest, 'hex')),
    end: () => hash.digest('hex'),
  };
}

export interface UnsealedRows {
  readonly count: number;
  readonly oldest: Date | null;
  /** The first few. */
  readonly ids: readonly string[];
}

/** Rows of the library that no seal has, written before this time. */
export async function findUnsealedRows(tx: Tx, before: Date): Promise<UnsealedRows> {
  const { rows } = await sql<UnsealedRows>`
    select count(*)::int as count, min(a.at) as oldest, coalesce((array_agg(a.id::text order by a.seq))[1:5], '{}') as ids
    from audit_log a where a.at < ${before}
      and not exists (select from audit_leaf l where l.library_id = a.library_id and l.audit_id = a.id)`.execute(
    tx,
  );
  return rows[0] ?? { count: 0, oldest: null, ids: [] };
}

/** Rows that stand in two places, which the table's own key forbids: the first few. */
export async function findDoubledRows(tx: Tx): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select audit_id::text as id from audit_leaf group by audit_id having count(*) > 1 limit 5`.execute(tx);
  return rows.map((row) => row.id);
}

/** The last seal that was made before this time; undefined where there is none. */
export async function findSealBefore(tx: Tx, before: Date): Promise<Seal | undefined> {
  const { rows } = await sql<SealRow>`select ${SEAL} from audit_seal s where s.sealed_at < ${before}
    order by s.n desc limit 1`.execute(tx);
  return rows[0] && sealOf(rows[0]);
}

/** The seal of this digest, hexadecimal. */
export async function findSealOf(tx: Tx, digest: string): Promise<Seal | undefined> {
  const { rows } =
    await sql<SealRow>`select ${SEAL} from audit_seal s where s.digest = decode(${digest}, 'hex')
    limit 1`.execute(tx);
  return rows[0] && sealOf(rows[0]);
}

export interface DayAnchor {
  /** On the library's calendar. */
  readonly day: PlainDate;
  readonly seal: Seal;
}

/** The last seal of each day that had any, newest first. */
export async function listDayAnchors(tx: Tx, timezone: string, most: number): Promise<readonly DayAnchor[]> {
  // Day by day from the last one back, each a look into an index: a day has thousands of seals.
  const { rows } = await sql<SealRow & { day: PlainDate }>`
    with recursive last as (
      (select s.*, (s.sealed_at at time zone ${timezone})::date as day from audit_seal s order by s.n desc limit 1)
      union all
      select before.* from last cross join lateral (
        select s.*, (s.sealed_at at time zone ${timezone})::date as day from audit_seal s
        where s.n < last.n and s.sealed_at < last.day::timestamp at time zone ${timezone}
        order by s.sealed_at desc limit 1
      ) before
    )
    select to_char(s.day, 'YYYY-MM-DD') as day, ${SEAL} from (select * from last limit ${most}) s`.execute(
    tx,
  );
  return rows.map(({ day, ...row }) => ({ day, seal: sealOf(row) }));
}
