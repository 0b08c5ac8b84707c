import type { Db } from '../db/connection.ts';
import { hexOf } from '../domain/published-keys.ts';
import type { Deps, Scope } from '../usecases/context.ts';
import { loadLibrary } from '../usecases/get-library.ts';
import { revokeKey, rotateKey } from '../usecases/library-keys.ts';
import { listOidcKeys, rotateOidcKeys } from '../usecases/oidc-keys.ts';
import { besideDatabase } from './beside.ts';
import { dropRoot, forgetKey, listDataKeys, replaceRoot, rotateData } from './data-keys.ts';
import { overdueNote } from './key-lines.ts';

const USAGE = `npm run keys -- <library> [rotate | revoke <key> | rotate-sign-in]
  <library>     first part of its addresses; alone: lists its keys, and which is older than its period
  rotate        from now on cards are signed with a new key; printed cards stay valid
  revoke <key>  others may have this key: everything it signed is refused, cards have to be printed again
  rotate-sign-in  new keys for tokens of services that members sign in to; the old ones stay published for a week

npm run keys -- data-keys | rotate-data | forget-data-key <number> | rotate-root | forget-root
  data-keys            lists the keys that numbers, photos and scans are sealed with, and which is older than its period
  rotate-data          makes a new one and seals everything anew, while the service runs; stopped, it goes on when repeated
  forget-data-key <n>  removes an old one that no value needs
  rotate-root          makes a new root, which locks backups and wraps the keys that are looked up by; while the service
                       runs, and stopped, it goes on when repeated. The one before works beside it
  forget-root          ends that: only the new root starts the service`;

const REFUSALS = {
  'not-allowed': 'Not allowed.',
  'changed-meanwhile': 'Somebody else has replaced the key meanwhile.',
  'not-found': 'The library has no such key.',
  'already-revoked': 'The key is revoked already.',
} as const;

/** `keys`: those that sign a library's cards, and those that data are sealed with; it notices within seconds. */
export async function keys(args: readonly string[]): Promise<number> {
  const [slug, act, keyId, ...more] = args;
  if (slug === 'data-keys' && args.length === 1) return listDataKeys();
  if (slug === 'rotate-data' && args.length === 1) return rotateData();
  if (slug === 'rotate-root' && args.length === 1) return replaceRoot();
  if (slug === 'forget-root' && args.length === 1) return dropRoot();
  if (slug === 'forget-data-key' && args.length === 2 && /^[1-9]\d{0,2}$/.test(act ?? ''))
    return forgetKey(Number(act));
  const asked = slug !== undefined && more.length === 0;
  const valid =
    act === undefined ||
    ((act === 'rotate' || act === 'rotate-sign-in') && keyId === undefined) ||
    (act === 'revoke' && /^[0-9a-f]{8}$/.test(keyId ?? ''));
  if (!asked || !valid) {
    console.error(USAGE);
    return 2;
  }
  return besideDatabase((db, deps) => work(db, deps, { slug, act, keyId: keyId ?? '' }));
}

interface Asked {
  readonly slug: string;
  readonly act: string | undefined;
  readonly keyId: string;
}

async function work(db: Db, deps: Deps, { slug, act, keyId }: Asked): Promise<number> {
  const library = await loadLibrary(db, slug, deps.now());
  if (!library) {
    console.error(`There is no library ${slug}.`);
    return 1;
  }
  const scope: Scope = { library, actor: { kind: 'system' }, at: deps.now(), requestId: 'keys' };
  if (act === 'rotate-sign-in') {
    await rotateOidcKeys(db, deps, scope);
    for (const key of await listOidcKeys(db, library))
      console.log(`${key.kid} ${key.algorithm} ${key.state.padEnd(7)} from ${key.madeAt.toISOString()}`);
    return 0;
  }
  if (act !== undefined) {
    const active = library.keys.find((key) => key.state === 'active');
    const outcome =
      act === 'rotate'
        ? await rotateKey(db, deps, scope, active ? hexOf(active.keyId) : '')
        : await revokeKey(db, deps, scope, keyId);
    if (!outcome.ok) {
      console.error(REFUSALS[outcome.reason]);
      return 1;
    }
  }
  const now = await loadLibrary(db, slug, deps.now());
  for (const key of now?.keys ?? []) {
    const ended = key.revokedAt ?? key.retiredAt;
    const until = ended === null ? '' : ` until ${ended.toISOString()}`;
    const note = overdueNote(key, deps.now());
    console.log(`${hexOf(key.keyId)} ${key.state.padEnd(7)} from ${key.madeAt.toISOString()}${until}${note}`);
  }
  for (const key of await listOidcKeys(db, library)) {
    const note = overdueNote(key, deps.now());
    if (note !== '') console.log(`${key.kid} ${key.algorithm} for signing in: rotate-sign-in${note}`);
  }
  return 0;
}
