/**
 * How the audit log is sealed, in a form that anybody can recompute with SHA-256 alone (docs/decisions/020). The
 * database seals by functions of its own (migration 014); whoever verifies uses these, so that a changed function of the
 * database proves nothing by itself.
 */

/** A row of the audit log as texts; times in UTC with microseconds, `2026-11-22T08:15:30.123456Z`. */
export interface AuditRowTexts {
  readonly library_id: string;
  readonly id: string;
  readonly at: string;
  readonly actor_kind: string;
  readonly actor_id: string | null;
  readonly action: string;
  readonly subject_kind: string;
  readonly subject_id: string | null;
  readonly fields: readonly string[];
  readonly purpose: string | null;
  /** Hexadecimal, lower case. */
  readonly digest: string | null;
  readonly request_id: string | null;
  readonly seq: string;
}

/** What a seal says of itself; its digest covers this and the digests of its rows. */
export interface SealTexts {
  readonly library_id: string;
  /** From 1, without a gap. */
  readonly n: string;
  readonly rows: string;
  /** Of this seal and all before it. */
  readonly total: string;
  /** By the database's clock, written like the time of a row. */
  readonly sealed_at: string;
  /** Digest of the seal before, hexadecimal; `NO_SEAL` before the first. */
  readonly prev: string;
}

/** Columns of a row in the order in which they are written. */
export const AUDIT_COLUMNS = [
  'library_id',
  'id',
  'at',
  'actor_kind',
  'actor_id',
  'action',
  'subject_kind',
  'subject_id',
  'fields',
  'purpose',
  'digest',
  'request_id',
  'seq',
] as const satisfies readonly (keyof AuditRowTexts)[];

/** Stands where the first seal of a library names the one before it. */
export const NO_SEAL = '0'.repeat(64);

const bytesOf = new TextEncoder();

/** A netstring: length in bytes of UTF-8, colon, text, comma; `-,` where there is no value. */
export function netstring(text: string | null): string {
  return text === null ? '-,' : `${bytesOf.encode(text).length}:${text},`;
}

/** SHA-256 of this text in UTF-8 is the digest of a row: every column, each a netstring, the list as JSON without spaces. */
export function writtenAuditRow(row: AuditRowTexts): string {
  return AUDIT_COLUMNS.map((column) => {
    const value = row[column];
    return netstring(typeof value === 'string' || value === null ? value : JSON.stringify(value));
  }).join('');
}

/** SHA-256 of this text in UTF-8, followed by the digests of the rows, is the digest of a seal. */
export function writtenSeal(seal: SealTexts): string {
  const { library_id, n, rows, total, sealed_at, prev } = seal;
  return ['daftar-pustaka audit seal 1', library_id, n, rows, total, sealed_at, prev].map(netstring).join('');
}

/** A digest as people read it out: sixteen groups of four. */
export function spokenDigest(digest: string): readonly string[] {
  return digest.match(/.{4}/g) ?? [];
}

/** A digest that was typed or read out, with whatever stands between its groups; undefined where it is none. */
export function readDigest(typed: string): string | undefined {
  const digest = typed.toLowerCase().replace(/[\s.,:·-]+/g, '');
  return /^[0-9a-f]{64}$/.test(digest) ? digest : undefined;
}

/** An anchor as its QR code holds it: nothing but what the page shows in words. */
export function anchorCode(slug: string, day: string, n: number, digest: string): string {
  return `DAFTAR-PUSTAKA AUDIT ${slug} ${day} ${n} ${digest}`;
}
