import { codeOf } from '../domain/error-code.ts';
/** Why a backup could not be made or used. `detail` holds no personal value. */
export type BackupReason =
  /** Not a file of this program, or one of a format that only an older version reads. */
  | 'not-a-backup'
  | 'older-format'
  | 'newer-format'
  /** A byte differs from what was written. */
  | 'damaged'
  /** The end is missing. */
  | 'cut-off'
  /** None of the keys at hand opens it, and no passphrase or recovery key was given. */
  | 'secret-needed'
  | 'wrong-secret'
  /** What was restored for a check is not what the file says. */
  | 'check-failed'
  | 'disk-full'
  | 'folder-unusable'
  | 'unreachable'
  /** A table whose rows this program does not know how to read whole. */
  | 'unknown-policy'
  | 'unexpected';

/** Thrown out of streams; turned into a returned reason by whoever makes or restores a backup. */
export class BackupTrouble extends Error {
  readonly reason: BackupReason;
  readonly detail: string;

  constructor(reason: BackupReason, detail = '', cause?: unknown) {
    super(detail === '' ? reason : `${reason}: ${detail}`, cause === undefined ? {} : { cause });
    this.reason = reason;
    this.detail = detail;
  }
}

/** The reason in an error of any kind: full disks and lost connections have codes of their own. */
export function troubleOf(error: unknown): { readonly reason: BackupReason; readonly detail: string } {
  if (error instanceof BackupTrouble) return error;
  const detail = error instanceof Error ? error.message : String(error);
  const code = codeOf(error, '');
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === '53100') return { reason: 'disk-full', detail };
  if (['ENOENT', 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EIO', 'EISDIR'].includes(code)) {
    return { reason: 'folder-unusable', detail };
  }
  if (
    ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND', 'EPIPE'].includes(code) ||
    /^(08|57P)/.test(code)
  ) {
    return { reason: 'unreachable', detail };
  }
  return { reason: 'unexpected', detail };
}
