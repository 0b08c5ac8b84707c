import { verify } from '@node-rs/argon2';
import type { Db, Tx } from '../db/connection.ts';
import type { SessionWay } from '../db/schema.ts';
import { providerOnly } from '../db/sign-on.ts';
import { inLibrary } from '../db/tenancy.ts';
import { writeAudit } from './audit.ts';
import type { Deps, Scope } from './context.ts';
import { checkPasskey } from './passkey.ts';
import { type CodeRefusal, hasFactor, useCode } from './second-factor.ts';
import { newToken } from './session.ts';
import type { PasskeyAnswer } from './webauthn.ts';

/** Whether this is the password of the officer who acts: asked again where a screen left open must not be enough. */
export async function isOwnPassword(db: Db, scope: Scope, password: string): Promise<boolean> {
  const { actor, library } = scope;
  if (actor.kind !== 'officer' || password === '') return false;
  const officer = await inLibrary(db, library.id, (tx) =>
    tx.selectFrom('officer').select('password_hash').where('id', '=', actor.id).executeTakeFirst(),
  );
  return officer !== undefined && (await verify(officer.password_hash, password));
}

/** What somebody shows to prove who sits there; a passkey stands for all of it. */
export type Proof = PasskeyAnswer | { readonly password?: string; readonly code?: string };

/**
 * Proves again who sits at a session: by the own password, a code of the app, both, or a passkey that checks its holder.
 * Recovery codes do not: they are for coming in. The session goes on under a new secret: who had the old one is out.
 * @returns the new secret for the cookie; a refusal where any of the proof is wrong or the session is over
 */
export async function confirmSession(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly token: string; readonly proof: Proof },
): Promise<
  { readonly ok: true; readonly token: string } | { readonly ok: false; readonly reason: CodeRefusal }
> {
  const { actor, library, at } = scope;
  if (actor.kind !== 'officer') return { ok: false, reason: 'wrong-code' };
  const { proof, token } = input;
  if ('answer' in proof) {
    const known = await checkPasskey(db, deps, scope, { ...proof, purpose: 'confirm', officerId: actor.id });
    const next = await inLibrary(db, library.id, (tx) =>
      writeConfirmation(tx, deps, scope, { token, right: known !== undefined, ways: ['passkey'] }),
    );
    return next === undefined ? { ok: false, reason: 'wrong-code' } : { ok: true, token: next };
  }
  const { password, code } = proof;
  const ways: SessionWay[] = [
    ...(password === undefined ? [] : (['password'] as const)),
    ...(code === undefined ? [] : (['code'] as const)),
  ];
  const passwordRight = password === undefined || (await isOwnPassword(db, scope, password));
  return inLibrary(db, library.id, async (tx) => {
    const may =
      ways.length > 0 &&
      passwordRight &&
      (password === undefined || (await providerOnly(tx, actor.id)) === undefined);
    // Last: a code that was right is used up.
    const used =
      may && code !== undefined ? await useCode(tx, deps, library.id, actor.id, code, at) : 'right';
    const next = await writeConfirmation(tx, deps, scope, { token, right: may && used === 'right', ways });
    if (next !== undefined) return { ok: true, token: next };
    return { ok: false, reason: used === 'right' ? 'wrong-code' : used };
  });
}

/** Of the two halves of a sign-in, those that one way of proving stands for. */
const STANDS_FOR: Readonly<Record<SessionWay, readonly ('password' | 'factor')[]>> = {
  password: ['password'],
  sign_on: ['password'],
  code: ['factor'],
  recovery_code: ['factor'],
  // Has checked who holds it.
  passkey: ['password', 'factor'],
  sign_on_factor: ['password', 'factor'],
};

/**
 * Writes down that it was proven again who sits at a session, or was not; the session goes on under a new secret.
 * @returns the new secret, or undefined where the proof was wrong or the session is over
 */
export async function writeConfirmation(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  input: { readonly token: string; readonly right: boolean; readonly ways: readonly SessionWay[] },
): Promise<string | undefined> {
  const { actor, library, at } = scope;
  if (actor.kind !== 'officer') return undefined;
  const next = newToken(deps);
  const shown = new Set(input.ways.flatMap((way) => STANDS_FOR[way]));
  const row = input.right
    ? await tx
        .updateTable('session')
        .set({
          confirmed_at: at,
          ...(shown.has('password') ? { password_proven_at: at } : {}),
          ...(shown.has('factor') ? { factor_proven_at: at } : {}),
          token_hash: deps.vault.hash(library.id, 'token', next),
        })
        .where('token_hash', '=', deps.vault.hash(library.id, 'token', input.token))
        .where('officer_id', '=', actor.id)
        .where('ended_at', 'is', null)
        .returning('officer_id')
        .executeTakeFirst()
    : undefined;
  for (const way of input.ways)
    await writeAudit(tx, deps, scope, {
      action: row ? 'session.confirm' : 'session.refuse',
      subjectKind: 'session',
      subjectId: actor.id,
      purpose: way,
    });
  return row && next;
}

/** What is still to be shown before something that only a whole sign-in opens. */
export interface MissingProof {
  /** The password, or the identity provider in its place. */
  readonly password: boolean;
  /** A code or passkey, where the officer has any. */
  readonly factor: boolean;
}

/**
 * What of a sign-in of the officer who acts was not shown in this session since then (ASVS 7.5.1).
 * @param token of the session
 */
export function missingProof(
  db: Db,
  deps: Pick<Deps, 'vault'>,
  scope: Scope,
  token: string,
  since: Date,
): Promise<MissingProof> {
  const { actor, library } = scope;
  return inLibrary(db, library.id, async (tx) => {
    const row =
      actor.kind === 'officer'
        ? await tx
            .selectFrom('session')
            .innerJoin('officer', 'officer.id', 'session.officer_id')
            .select(['officer.id', 'totp_secret', 'password_proven_at', 'factor_proven_at'])
            .where('token_hash', '=', deps.vault.hash(library.id, 'token', token))
            .where('officer_id', '=', actor.id)
            .executeTakeFirst()
        : undefined;
    if (row === undefined) return { password: true, factor: true };
    const lacks = (provenAt: Date | null) => provenAt === null || provenAt < since;
    return {
      password: lacks(row.password_proven_at),
      factor: lacks(row.factor_proven_at) && (await hasFactor(tx, row)),
    };
  });
}
