import { Secret, TOTP } from 'otpauth';
import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import { judgeCode, nearestDrift } from '../domain/code-clock.ts';
import type { LibraryId, OfficerId } from '../domain/ids.ts';
import type { Role } from '../domain/permissions.ts';
import { writeAudit } from './audit.ts';
import type { Deps, LibraryContext, Scope } from './context.ts';
import { endOtherSessions } from './end-other-sessions.ts';
import { looksLikeRecoveryCode, useRecoveryCode } from './recovery-codes.ts';

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

/**
 * Turns the second factor on, once a code has shown that the app holds the secret. All other sessions end.
 * @param input.token of the session that does it
 */
export function enableSecondFactor(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly sealed: string; readonly code: string; readonly token: string },
): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: 'wrong-code' | 'expired' }> {
  const { actor, library, at } = scope;
  return inLibrary(db, library.id, async (tx) => {
    const key = openEnrolment(deps, scope, input.sealed);
    if (actor.kind !== 'officer' || key === undefined) return { ok: false, reason: 'expired' };
    const now = stepAt(at);
    // The secret was shown a moment ago: the code that confirms it also tells what the phone's clock says.
    const drift = nearestDrift(now, fitting(key, input.code));
    if (drift === null) return { ok: false, reason: 'wrong-code' };
    await tx
      .updateTable('officer')
      .set({
        totp_secret: deps.vault.seal(library.id, 'totp', key),
        totp_step: now + drift,
        totp_drift: drift,
        totp_slip: null,
      })
      .where('id', '=', actor.id)
      .execute();
    await factorAdded(tx, deps, scope, actor.id, input.token);
    await endOtherSessions(tx, deps, scope, actor.id, input.token);
    await writeAudit(tx, deps, scope, {
      action: 'officer.enable_second_factor',
      subjectKind: 'officer',
      subjectId: actor.id,
    });
    return { ok: true };
  });
}

/**
 * Turns it off again, with a code: an open desk must not be enough. All other sessions end.
 * @param code null where the same request has proven a factor already
 * @param token of the session that does it
 */
export function disableSecondFactor(
  db: Db,
  deps: Deps,
  scope: Scope,
  code: string | null,
  token: string,
): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: CodeRefusal }> {
  const { actor, library } = scope;
  return inLibrary(db, library.id, async (tx) => {
    if (actor.kind !== 'officer') return { ok: false, reason: 'wrong-code' };
    if (code !== null) {
      const used = await useCode(tx, deps, library.id, actor.id, code, scope.at);
      if (used !== 'right') return { ok: false, reason: used };
    }
    await tx
      .updateTable('officer')
      .set({ totp_secret: null, ...NO_CODE_CLOCK })
      .where('id', '=', actor.id)
      .execute();
    await factorsChanged(tx, scope, actor.id);
    await endOtherSessions(tx, deps, scope, actor.id, token);
    await writeAudit(tx, deps, scope, {
      action: 'officer.disable_second_factor',
      subjectKind: 'officer',
      subjectId: actor.id,
    });
    return { ok: true };
  });
}

export interface OwnFactors {
  readonly app: boolean;
  readonly passkeys: number;
  /** Recovery codes not used yet. */
  readonly codesLeft: number;
  /** From then on the account does nothing without a second factor; null where none is asked, or it has one. */
  readonly dueAt: Date | null;
}

/** What an officer has beside the password. */
export function ownFactors(db: Db, scope: Scope): Promise<OwnFactors> {
  const { actor, library } = scope;
  if (actor.kind !== 'officer')
    return Promise.resolve({ app: false, passkeys: 0, codesLeft: 0, dueAt: null });
  return inLibrary(db, library.id, async (tx) => {
    const row = await tx
      .selectFrom('officer')
      .select((select) => [
        'totp_secret',
        'factor_due_at',
        select
          .selectFrom('passkey')
          .select(({ fn }) => fn.countAll<number>().as('n'))
          .whereRef('passkey.officer_id', '=', 'officer.id')
          .as('passkeys'),
        select
          .selectFrom('recovery_code')
          .select(({ fn }) => fn.countAll<number>().as('n'))
          .whereRef('recovery_code.officer_id', '=', 'officer.id')
          .where('used_at', 'is', null)
          .as('codes'),
      ])
      .where('id', '=', actor.id)
      .executeTakeFirst();
    return {
      app: row !== undefined && row.totp_secret !== null,
      passkeys: row?.passkeys ?? 0,
      codesLeft: row?.codes ?? 0,
      dueAt: row?.factor_due_at ?? null,
    };
  });
}

/** Whether there is anything beside the password; where a passkey was made does not matter, or its host would. */
export async function hasFactor(
  tx: Tx,
  officer: { readonly id: OfficerId; readonly totp_secret: Buffer | null },
): Promise<boolean> {
  if (officer.totp_secret !== null) return true;
  const passkey = await tx
    .selectFrom('passkey')
    .select('id')
    .where('officer_id', '=', officer.id)
    .limit(1)
    .executeTakeFirst();
  return passkey !== undefined;
}

/** Whether the library asks somebody in these roles for a second factor. */
export function asksFactor(library: LibraryContext, roles: readonly Role[]): boolean {
  return roles.some((role) => library.settings.signIn.secondFactor[role]);
}

const DAY_MS = 24 * 3_600_000;

/**
 * At a sign-in without a second factor: from when the account does nothing without one. The first sign-in under the
 * rule begins the grace. Nobody is ever kept from signing in and setting it up, so that no admin is locked out.
 */
export async function beginFactorDuty(
  tx: Tx,
  library: LibraryContext,
  officer: { readonly id: OfficerId; readonly roles: readonly Role[]; readonly factor_due_at: Date | null },
  at: Date,
): Promise<void> {
  const asked = asksFactor(library, officer.roles);
  if (asked === (officer.factor_due_at !== null)) return;
  const dueAt = new Date(at.getTime() + library.settings.signIn.graceDays * DAY_MS);
  await tx
    .updateTable('officer')
    .set({ factor_due_at: asked ? dueAt : null })
    .where('id', '=', officer.id)
    .execute();
}

/** There is a second factor now, and whoever sits at this session has just shown it. @param token of the session */
export async function factorAdded(
  tx: Tx,
  deps: Pick<Deps, 'vault'>,
  scope: Scope,
  officerId: OfficerId,
  token: string,
): Promise<void> {
  await tx.updateTable('officer').set({ factor_due_at: null }).where('id', '=', officerId).execute();
  await tx
    .updateTable('session')
    .set({ factor_proven_at: scope.at })
    .where('token_hash', '=', deps.vault.hash(scope.library.id, 'token', token))
    .execute();
}

/**
 * One was taken away. Without any the recovery codes stand for nothing, and where the library asks for one it is due
 * at once: the grace is for those who never had one.
 */
export async function factorsChanged(tx: Tx, scope: Scope, officerId: OfficerId): Promise<void> {
  const officer = await tx
    .selectFrom('officer')
    .select(['id', 'totp_secret', 'roles'])
    .where('id', '=', officerId)
    .executeTakeFirst();
  if (!officer || (await hasFactor(tx, officer))) return;
  await tx.deleteFrom('recovery_code').where('officer_id', '=', officerId).execute();
  if (asksFactor(scope.library, officer.roles))
    await tx.updateTable('officer').set({ factor_due_at: scope.at }).where('id', '=', officerId).execute();
}

/** `clock-differs`: the code is one of this app, a few steps away; the next one tells whether the phone's clock is wrong. */
export type CodeRefusal = 'wrong-code' | 'clock-differs';

/** A code of the app or, where it has the shape of one, a recovery code; either opens one door, once. */
export async function useAnyCode(
  tx: Tx,
  deps: Pick<Deps, 'vault' | 'randomBytes'>,
  libraryId: LibraryId,
  officerId: OfficerId,
  code: string,
  at: Date,
): Promise<'right' | CodeRefusal> {
  if (!looksLikeRecoveryCode(code)) return useCode(tx, deps, libraryId, officerId, code, at);
  return (await useRecoveryCode(tx, deps, libraryId, officerId, code, at)) ? 'right' : 'wrong-code';
}

/** Checks a code and marks it used, in one transaction: the same code twice at once opens one door. */
export async function useCode(
  tx: Tx,
  deps: Pick<Deps, 'vault'>,
  libraryId: LibraryId,
  officerId: OfficerId,
  code: string,
  at: Date,
): Promise<'right' | CodeRefusal> {
  const row = await tx
    .selectFrom('officer')
    .select(['totp_secret', 'totp_step', 'totp_drift', 'totp_slip'])
    .where('id', '=', officerId)
    .forUpdate()
    .executeTakeFirst();
  if (!row?.totp_secret) return 'wrong-code';
  const before = { drift: row.totp_drift, slip: row.totp_slip, step: row.totp_step ?? 0 };
  const key = deps.vault.openText(libraryId, 'totp', row.totp_secret);
  const { verdict, clock } = judgeCode(before, stepAt(at), fitting(key, code));
  await tx
    .updateTable('officer')
    .set({ totp_step: clock.step, totp_drift: clock.drift, totp_slip: clock.slip })
    .where('id', '=', officerId)
    .execute();
  if (verdict === 'right') return 'right';
  return verdict === 'clock' ? 'clock-differs' : 'wrong-code';
}

/** Of an account without an app. */
export const NO_CODE_CLOCK = { totp_step: null, totp_drift: 0, totp_slip: null } as const;

function stepAt(at: Date): number {
  return Math.floor(at.getTime() / 1000 / STEP_SECONDS);
}

/** Whether a code is the one of a step. */
function fitting(key: string, code: string): (step: number) => boolean {
  const token = code.replace(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return () => false;
  const totp = totpOf(key, '', '');
  return (step) => totp.validate({ token, timestamp: step * STEP_SECONDS * 1000, window: 0 }) !== null;
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
