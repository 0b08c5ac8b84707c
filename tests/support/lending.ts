/** Live connections to databases of lending systems, as an admin sets them and the job runs them. */
import type { Tx } from '../../src/db/connection.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { TypedFeed } from '../../src/domain/exporting/feed.ts';
import type { LiveTarget } from '../../src/domain/exporting/outgoing-member.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import { lendingSystems } from '../../src/lending-systems.ts';
import type { Deps, Scope } from '../../src/usecases/context.ts';
import { readConnections } from '../../src/usecases/read-feeds.ts';
import { type FeedPorts, type FeedRun, runFeed } from '../../src/usecases/run-feed.ts';
import { saveFeed } from '../../src/usecases/set-feed.ts';
import type { TestDatabase } from './database.ts';
import type { MariaDb } from './mariadb.ts';

export const LENDING_USER = { user: 'daftar', password: "sandi 'contoh'" } as const;

/** The library lends through Koha, where all members belong to one branch. */
export async function lendThroughKoha(tx: Tx): Promise<void> {
  const value = { identityNumbers: false, fillerReady: false, kohaBranch: 'UTAMA', kohaCategories: [] };
  await tx
    .updateTable('setting')
    .set({ value: JSON.stringify(value) })
    .where('name', '=', 'lendingSystem')
    .execute();
}

/** The account with exactly the rights that the guide names. */
export async function grantLending(server: MariaDb): Promise<void> {
  const connection = await server.connect();
  const who = `'${LENDING_USER.user}'@'127.0.0.1'`;
  await connection.query(`create user ${who} identified by ?`, [LENDING_USER.password]);
  for (const grant of [
    'SELECT, INSERT, UPDATE ON inlislite.members',
    'SELECT ON inlislite.jenis_anggota',
    'SELECT ON inlislite.master_jenis_identitas',
    'SELECT ON inlislite.master_pendidikan',
    'SELECT ON inlislite.master_pekerjaan',
    'SELECT, INSERT, UPDATE ON slims.member',
    'SELECT ON slims.mst_member_type',
  ])
    await connection.query(`grant ${grant} to ${who}`);
  await connection.end();
}

export function typedFor(server: Pick<MariaDb, 'port'>, database: string): TypedFeed {
  return {
    url: '',
    host: '127.0.0.1',
    port: String(server.port),
    database,
    access: '',
    account: LENDING_USER.user,
    secret: LENDING_USER.password,
    every: '5',
    active: true,
    inside: true,
    first: 'ask',
  };
}

export async function connectTo(
  database: TestDatabase,
  deps: Deps,
  scope: Scope,
  target: LiveTarget,
  typed: TypedFeed,
): Promise<void> {
  const shown = (await readConnections(database.db, scope)).find((one) => one.target === target);
  const saved = await saveFeed(database.db, deps, { ...scope, at: deps.now() }, target, {
    typed,
    version: shown?.version ?? 0,
  });
  if (!saved.ok) throw new Error(JSON.stringify(saved));
}

/** One run, due or not. @param open stands between the run and the system */
export function runOnce(
  database: TestDatabase,
  deps: Deps,
  scope: Scope,
  target: LiveTarget,
  open: FeedPorts['open'] = lendingSystems([]).open(new AbortController().signal),
): Promise<FeedRun> {
  return runFeed(database.db, deps, scope.library, target, { open, stopping: () => false, asked: true });
}

export function linkOf(database: TestDatabase, scope: Scope, target: LiveTarget, memberId: MemberId) {
  return inLibrary(database.db, scope.library.id, (tx) =>
    tx
      .selectFrom('lending_link')
      .selectAll()
      .where('target', '=', target)
      .where('member_id', '=', memberId)
      .executeTakeFirst(),
  );
}
