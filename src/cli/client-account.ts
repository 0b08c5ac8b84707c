import type { Db } from '../db/connection.ts';
import { PER_MINUTE } from '../domain/client.ts';
import type { ServiceProblem } from '../domain/service.ts';
import type { Deps, Scope } from '../usecases/context.ts';
import { loadLibrary } from '../usecases/get-library.ts';
import {
  type AccountProblem,
  type ClientFacts,
  revokeClient,
  type WhichClient,
} from '../usecases/manage-client.ts';
import { besideDatabase } from './beside.ts';

type Problem = AccountProblem | ServiceProblem | 'not-found';

const PROBLEMS: Readonly<Record<Problem, string>> = {
  'name-invalid': 'The name has small letters, digits and hyphens, at most 30.',
  'name-taken': 'The library has an account of this name already. Revoke it first, or choose another name.',
  'unknown-service-point': 'The library has no such service point.',
  'address-invalid': 'Addresses look like 10.1.2.3 or 10.2.0.0/16, separated by commas.',
  'pace-invalid': `What is asked a minute is a number from ${PER_MINUTE.min} to ${PER_MINUTE.max}.`,
  'unknown-reason': 'The library has no such reason.',
  'title-invalid': 'The title, as members read it, has 1 to 80 characters.',
  'redirect-invalid':
    'Name 1 to 10 complete addresses with https, or http://127.0.0.1 of a program; no #, no *.',
  'redirect-mixed': 'Addresses with https and with http cannot be mixed. Make two services.',
  'keys-invalid': 'Public keys are JSON (JWK or JWKS): 1 to 4, RSA from 2048 bits or P-256, for signatures.',
  'keys-private':
    'This is a private key, and it was not kept. Make a new pair, and give its public part only.',
  'not-found': 'The library has no account of this name in use.',
};

type Work = (db: Db, deps: Deps, scope: Scope) => Promise<number>;

/** Works at the accounts of one library, in the name of whoever has the server. @returns the exit code */
export function atLibrary(slug: string, work: Work): Promise<number> {
  return besideDatabase(async (db, deps) => {
    const at = deps.now();
    const library = await loadLibrary(db, slug, at);
    if (library === undefined) {
      console.error(`There is no library ${slug}.`);
      return 1;
    }
    return work(db, deps, { library, actor: { kind: 'system' }, at, requestId: 'command' });
  });
}

/** Says what is wrong. @returns the exit code */
export function refuse(problem: Problem): number {
  console.error(PROBLEMS[problem]);
  return 1;
}

/** Ends an account. */
export function revoking(which: WhichClient): Work {
  return async (db, deps, scope) => {
    const outcome = await revokeClient(db, deps, scope, which);
    if (!outcome.ok) return refuse(outcome.reason);
    console.log('Revoked.');
    return 0;
  };
}

/** `last used 2026-11-20T08:00:00.000Z from 10.1.2.3, revoked …` */
export function useOf({ lastUsedAt, lastAddress, revokedAt }: ClientFacts): string {
  const used = lastUsedAt === null ? 'never used' : `last used ${lastUsedAt.toISOString()}`;
  const from = lastAddress === null ? '' : ` from ${lastAddress}`;
  return `${used}${from}${revokedAt === null ? '' : `, revoked ${revokedAt.toISOString()}`}`;
}

/** A list as it is typed: `a,b`. */
export function listed(typed: string | undefined): readonly string[] {
  return (typed ?? '').split(',').filter((one) => one !== '');
}
