import { createHash } from 'node:crypto';

/** Of what is shown, after the version of the thing where it has one: `"7.kq3…"`. */
export function etagOf(body: string, version: number | undefined): string {
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  return version === undefined ? `"${digest}"` : `"${version}.${digest}"`;
}

/** Whether `If-None-Match` names this tag; weak and strong ones are alike here (RFC 9110 §13.1.2). */
export function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}

/**
 * The version that `If-Match` asks for. Any answer about a thing names its version, whichever fields it had. A weak tag
 * matches nothing, and `*` names no version: whoever writes says what was read.
 */
export function versionOf(header: string | undefined): number | undefined | 'unreadable' {
  if (header === undefined) return undefined;
  const version = /^"(\d{1,9})\.[\w-]{22}"$/.exec(header.trim())?.[1];
  return version === undefined ? 'unreadable' : Number(version);
}
