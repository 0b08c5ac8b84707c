import { createHash, generateKeyPair, type JsonWebKey } from 'node:crypto';
import { promisify } from 'node:util';
import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import { may } from '../domain/permissions.ts';
import { SERVICE_ALGORITHMS, type ServiceAlgorithm } from '../domain/service.ts';
import { writeAudit } from './audit.ts';
import type { Deps, LibraryContext, Scope } from './context.ts';

/** A private key as a JWK (RFC 7517) with `kid`, `alg` and `use`. */
export type PrivateJwk = JsonWebKey & { readonly kid: string; readonly alg: ServiceAlgorithm };

export interface ListedOidcKey {
  readonly kid: string;
  readonly algorithm: ServiceAlgorithm;
  readonly state: 'active' | 'retired';
  readonly madeAt: Date;
  readonly retiredAt: Date | null;
}

/** So long a replaced key is still published: services keep a copy of the list, and a token names the key of its day. */
export const RETIRED_DAYS = 7;
const DAY_MS = 86_400_000;
const generate = promisify(generateKeyPair);

/** Of the active keys and those just replaced, the active ones first; a library that has none gets them. */
export async function readOidcKeys(
  db: Db,
  deps: Deps,
  library: LibraryContext,
): Promise<readonly PrivateJwk[]> {
  const read = () =>
    inLibrary(db, library.id, (tx) =>
      tx.selectFrom('oidc_key').selectAll().orderBy('state').orderBy('made_at', 'desc').execute(),
    );
  let rows = await read();
  const missing = SERVICE_ALGORITHMS.filter(
    (algorithm) => !rows.some((row) => row.algorithm === algorithm && row.state === 'active'),
  );
  if (missing.length > 0) {
    const made = await Promise.all(missing.map(makeKey));
    await inLibrary(db, library.id, async (tx) => {
      // Another process may have been faster: one active key of each kind.
      for (const key of made) await addKey(tx, deps, library, key);
    });
    rows = await read();
  }
  return rows.map(
    (row) => JSON.parse(deps.vault.openText(library.id, 'oidc_key', row.sealed_key)) as PrivateJwk,
  );
}

/** Which keys there are, in the order of `readOidcKeys`; without making any. */
export function listOidcKeys(db: Db, library: LibraryContext): Promise<readonly ListedOidcKey[]> {
  return inLibrary(db, library.id, async (tx) => {
    const rows = await tx
      .selectFrom('oidc_key')
      .select(['kid', 'algorithm', 'state', 'made_at', 'retired_at'])
      .orderBy('state')
      .orderBy('made_at', 'desc')
      .execute();
    return rows.map((row) => ({
      kid: row.kid,
      algorithm: row.algorithm,
      state: row.state,
      madeAt: row.made_at,
      retiredAt: row.retired_at,
    }));
  });
}

/** New keys for what is signed from now on; the old ones stay published for `RETIRED_DAYS`. */
export async function rotateOidcKeys(
  db: Db,
  deps: Deps,
  scope: Scope,
): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: 'not-allowed' }> {
  const { actor, library, at } = scope;
  const allowed = actor.kind === 'system' || (actor.kind === 'officer' && may(actor.roles, 'setting.change'));
  if (!allowed) return { ok: false, reason: 'not-allowed' };
  const made = await Promise.all(SERVICE_ALGORITHMS.map(makeKey));
  await inLibrary(db, library.id, async (tx) => {
    await tx
      .updateTable('oidc_key')
      .set({ state: 'retired', retired_at: at })
      .where('state', '=', 'active')
      .execute();
    for (const key of made) {
      await addKey(tx, deps, library, key);
      await writeAudit(tx, deps, scope, { action: 'key.rotate', subjectKind: 'key', subjectId: key.kid });
    }
  });
  return { ok: true };
}

/** Takes keys away that were replaced long ago, for the job. */
export function forgetOldOidcKeys(db: Db, deps: Pick<Deps, 'now'>, library: LibraryContext): Promise<void> {
  const before = new Date(deps.now().getTime() - RETIRED_DAYS * DAY_MS);
  return inLibrary(db, library.id, async (tx) => {
    await tx.deleteFrom('oidc_key').where('state', '=', 'retired').where('retired_at', '<', before).execute();
  });
}

async function addKey(tx: Tx, deps: Deps, library: LibraryContext, key: PrivateJwk): Promise<void> {
  await tx
    .insertInto('oidc_key')
    .values({
      library_id: library.id,
      kid: key.kid,
      algorithm: key.alg,
      state: 'active',
      sealed_key: deps.vault.seal(library.id, 'oidc_key', JSON.stringify(key)),
      made_at: deps.now(),
      retired_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function makeKey(alg: ServiceAlgorithm): Promise<PrivateJwk> {
  const { privateKey } =
    alg === 'ES256'
      ? await generate('ec', { namedCurve: 'P-256' })
      : // 128 bits of strength (NIST SP 800-57 part 1, table 2).
        await generate('rsa', { modulusLength: 3072 });
  const jwk = privateKey.export({ format: 'jwk' });
  return { ...jwk, alg, use: 'sig', kid: thumbprint(jwk) };
}

/** JWK thumbprint (RFC 7638): required members in the order of the alphabet. */
function thumbprint(jwk: JsonWebKey): string {
  const members =
    jwk.kty === 'EC'
      ? { crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y }
      : { e: jwk.e, kty: jwk.kty, n: jwk.n };
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}
