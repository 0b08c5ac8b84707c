import { verify } from '@node-rs/argon2';
import type { Db, Tx } from '../db/connection.ts';
import type { SessionWay } from '../db/schema.ts';
import { providerOnly } from '../db/sign-on.ts';
import { inLibrary } from '../db/tenancy.ts';
import { writeAudit } from './audit.ts';
import type { Deps, Scope } from './context.ts';
import { checkPasskey } from './passkey.ts';
import { useCode } from './second-factor.ts';
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

/**
 * Proves again who sits at a session: by the own password, a code of the app, or a passkey that checks its holder.
 * Recovery codes do not: they are for coming in. The session goes on under a new secret: who had the old one is out.
 * @returns the new secret for the cookie, or undefined where the proof is wrong or the session is over
 */
export async function confirmSession(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly token: string;
    readonly proof: { readonly password: string } | { readonly code: string } | PasskeyAnswer;
  },
): Promise<string | undefined> {
  const { actor, library, at } = scope;
  if (actor.kind !== 'officer') return undefined;
  const { proof } = input;
  const before =
    'password' in proof
      ? await isOwnPassword(db, scope, proof.password)
      : 'answer' in proof &&
        (await checkPasskey(db, deps, scope, { ...proof, purpose: 'confirm', officerId: actor.id })) !==
          undefined;
  return inLibrary(db, library.id, async (tx) => {
    const right =
      'code' in proof
        ? await useCode(tx, deps, library.id, actor.id, proof.code, at)
        : before && !('password' in proof && (await providerOnly(tx, actor.id)) !== undefined);
    return writeConfirmation(tx, deps, scope, { token: input.token, right, factor: proofName(proof) });
  });
}

/**
 * Writes down that it was proven again who sits at a session, or was not; the session goes on under a new secret.
 * @returns the new secret, or undefined where the proof was wrong or the session is over
 */
export async function writeConfirmation(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  input: { readonly token: string; readonly right: boolean; readonly factor: SessionWay },
): Promise<string | undefined> {
  const { actor, library, at } = scope;
  if (actor.kind !== 'officer') return undefined;
  const next = newToken(deps);
  const row = input.right
    ? await tx
        .updateTable('session')
        .set({ confirmed_at: at, token_hash: deps.vault.hash(library.id, 'token', next) })
        .where('token_hash', '=', deps.vault.hash(library.id, 'token', input.token))
        .where('officer_id', '=', actor.id)
        .where('ended_at', 'is', null)
        .returning('officer_id')
        .executeTakeFirst()
    : undefined;
  await writeAudit(tx, deps, scope, {
    action: row ? 'session.confirm' : 'session.refuse',
    subjectKind: 'session',
    subjectId: actor.id,
    purpose: input.factor,
  });
  return row && next;
}

/** By which factor, for the audit log. */
function proofName(
  proof: { readonly password: string } | { readonly code: string } | PasskeyAnswer,
): SessionWay {
  return 'password' in proof ? 'password' : 'code' in proof ? 'code' : 'passkey';
}
