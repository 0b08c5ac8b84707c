/** What of the sealed audit log has not gone to another system yet, and how far it went. */
import { sql } from 'kysely';
import type { AuditRowTexts } from '../domain/audit-chain.ts';
import type { Tx } from './connection.ts';

/** A sealed row as it leaves: ids, codes and keyed digests; neither purpose nor words. */
export interface OutgoingAuditRow extends Omit<AuditRowTexts, 'library_id' | 'purpose' | 'seq'> {
  /** Of the seal, and the place in it. */
  readonly seal: number;
  readonly pos: number;
  /** SHA-256 of the whole row as the chain has it, hexadecimal. */
  readonly row: string;
}

export interface OutgoingSeal {
  /** From 1 in each library, without a gap: who keeps them sees what is missing. */
  readonly seal: number;
  readonly rows: number;
  readonly total: number;
  readonly at: string;
  readonly prev: string;
  readonly digest: string;
}

export interface UnsentAudit {
  readonly seals: readonly OutgoingSeal[];
  readonly rows: readonly OutgoingAuditRow[];
}

/** Whole seals after the last one that was sent, some `most` rows of them, at least one seal where there is any. */
export async function readUnsentAudit(tx: Tx, most: number): Promise<UnsentAudit> {
  const { rows: seals } = await sql<OutgoingSeal>`
    select seal, rows, total::float8 as total, at, prev, digest from (
      select s.n as seal, s.rows, s.total, audit_time(s.sealed_at) as at, encode(s.prev, 'hex') as prev,
        encode(s.digest, 'hex') as digest, sum(s.rows) over (order by s.n) - s.rows as before
      from (
        select * from audit_seal where n > coalesce((select n from audit_sent), 0) order by n limit 500
      ) s
    ) counted where before < ${most} order by seal`.execute(tx);
  const [first, last] = [seals.at(0), seals.at(-1)];
  if (first === undefined || last === undefined) return { seals: [], rows: [] };
  const { rows } = await sql<OutgoingAuditRow>`
    select l.n as seal, l.pos, a.id::text, audit_time(a.at) as at, a.actor_kind, a.actor_id::text, a.action,
      a.subject_kind, a.subject_id, a.fields, encode(a.digest, 'hex') as digest, a.request_id,
      encode(l.digest, 'hex') as row
    from audit_leaf l join audit_log a on a.library_id = l.library_id and a.id = l.audit_id
    where l.n between ${first.seal} and ${last.seal} order by l.n, l.pos`.execute(tx);
  return { seals, rows };
}

/** Everything up to this seal has arrived. Fails where more has arrived already, or where there is no such seal. */
export async function keepSentAudit(tx: Tx, seal: number, at: Date): Promise<void> {
  await sql`select keep_audit_sent(${seal}, ${at})`.execute(tx);
}
