import { Secret, TOTP } from 'otpauth';
import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { LibraryId, OfficerId } from '../domain/ids.ts';
import { writeAudit } from './audit.ts';
import type { Deps, Scope } from './context.ts';

/** RFC 6238 as every authenticator app knows it. */
const STEP_SECONDS = 30;
const DIGITS = 6;
/** Between the first page of an enrolment and its code. */
const ENROLMENT_MS = 20 * 60_000;

export interface Enrolment {
  /** Sealed; goes through the form, so that nothing is stored before a code has proven the app. */
  readonly sealed: string;
  /** `otpauth://totp/…` for the QR code. */
  readonly uri: string;
  /** Base32, to be typed. */
  readonly key: string;
}

/** A new secret for an officer's authenticator app; nothing is stored yet. */
export function beginEnrolment(deps: Deps, scope: Scope, username: string): Enrolment {
  const { actor, library, at } = scope;
  if (actor.kind !== 'officer') throw new Error('only an officer has a second factor');
  const secret = new Secret({ buffer: Uint8Array.from(deps.randomBytes(20)).buffer });
  const content = JSON.stringify([actor.id, at.getTime() + ENROLMENT_MS, secret.base32]);
  return {
    sealed: deps.vault.seal(library.id, 'totp', content).toString('base64url'),
    uri: totpOf(secret.base32, library.settings.profile.shortName, username).toString(),
    key: secret.base32.replace(/(.{4})(?=.)/g, '$1 '),
  };
}

/** The same enrolment again, after a wrong code; undefined where it is too old or another officer's. */
export function continueEnrolment(
  deps: Deps,
  scope: Scope,
  sealed: string,
  username: string,
): Enrolment | undefined {
  const key = openEnrolment(deps, scope, sealed);
  if (key === undefined) return undefined;
  return {
    sealed,
    uri: totpOf(key, scope.library.settings.profile.shortName, username).toString(),
    key: key.replace(/(.{4})(?=.)/g, '$1 '),
  };
}

/** Turns the second factor on, once a code has shown that the app holds the secret. */
export function enableSecondFactor(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly sealed: string; readonly code: string },
): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: 'wrong-code' | 'expired' }> {
  const { actor, library, at } = scope;
  return inLibrary(db, library.id, async (tx) => {
    const key = openEnrolment(deps, scope, input.sealed);
    if (actor.kind !== 'officer' || key === undefined) return { ok: false, reason: 'expired' };
    const step = stepOf(key, input.code, at);
    if (step === undefined) return { ok: false, reason: 'wrong-code' };
    await tx
      .updateTable('officer')
      .set({ totp_secret: deps.vault.seal(library.id, 'totp', key), totp_step: step })
      .where('id', '=', actor.id)
      .execute();
    await writeAudit(tx, deps, scope, {
      action: 'officer.enable_second_factor',
      subjectKind: 'officer',
      subjectId: actor.id,
    });
    return { ok: true };
  });
}

/** Turns it off again, with a code: an open desk must not be enough. */
export function disableSecondFactor(
  db: Db,
  deps: Deps,
  scope: Scope,
  code: string,
): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: 'wrong-code' }> {
  const { actor, library } = scope;
  return inLibrary(db, library.id, async (tx) => {
    if (actor.kind !== 'officer' || !(await useCode(tx, deps, library.id, actor.id, code, scope.at)))
      return { ok: false, reason: 'wrong-code' };
    await tx
      .updateTable('officer')
      .set({ totp_secret: null, totp_step: null })
      .where('id', '=', actor.id)
      .execute();
    await writeAudit(tx, deps, scope, {
      action: 'officer.disable_second_factor',
      subjectKind: 'officer',
      subjectId: actor.id,
    });
    return { ok: true };
  });
}

/** Whether an officer has turned it on. */
export function hasSecondFactor(db: Db, scope: Scope): Promise<boolean> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const { actor } = scope;
    if (actor.kind !== 'officer') return false;
    const row = await tx
      .selectFrom('officer')
      .select('totp_secret')
      .where('id', '=', actor.id)
      .executeTakeFirst();
    return row !== undefined && row.totp_secret !== null;
  });
}

/** Checks a code and marks it used, in one transaction: the same code twice at once opens one door. */
export async function useCode(
  tx: Tx,
  deps: Pick<Deps, 'vault'>,
  libraryId: LibraryId,
  officerId: OfficerId,
  code: string,
  at: Date,
): Promise<boolean> {
  const row = await tx
    .selectFrom('officer')
    .select(['totp_secret', 'totp_step'])
    .where('id', '=', officerId)
    .forUpdate()
    .executeTakeFirst();
  if (!row?.totp_secret) return false;
  const step = stepOf(deps.vault.openText(libraryId, 'totp', row.totp_secret), code, at);
  if (step === undefined || step <= (row.totp_step ?? 0)) return false;
  await tx.updateTable('officer').set({ totp_step: step }).where('id', '=', officerId).execute();
  return true;
}

/** The time step a code belongs to, one before and after the present one included; undefined for a wrong code. */
function stepOf(key: string, code: string, at: Date): number | undefined {
  const token = code.replace(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return undefined;
  const delta = totpOf(key, '', '').validate({ token, timestamp: at.getTime(), window: 1 });
  return delta === null ? undefined : Math.floor(at.getTime() / 1000 / STEP_SECONDS) + delta;
}

function totpOf(key: string, issuer: string, label: string): TOTP {
  return new TOTP({
    secret: Secret.fromBase32(key),
    issuer,
    label: label || 'x',
    algorithm: 'SHA1',
    digits: DIGITS,
    period: STEP_SECONDS,
  });
}

function openEnrolment(deps: Deps, scope: Scope, sealed: string): string | undefined {
  const { actor, library, at } = scope;
  try {
    const text = deps.vault.openText(library.id, 'totp', Buffer.from(sealed, 'base64url'));
    const [officerId, expires, key] = JSON.parse(text) as [string, number, string];
    return actor.kind === 'officer' && officerId === actor.id && expires > at.getTime() ? key : undefined;
  } catch {
    // Not sealed here, or cut off: the same as too old.
    return undefined;
  }
}
