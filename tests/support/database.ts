/** A database of its own for every test file: a copy of one migrated and seeded template, made in milliseconds. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { type Db, openDatabase } from '../../src/db/connection.ts';
import { migrate } from '../../src/db/migrate.ts';
import { migrations } from '../../src/db/migrations/index.ts';
import { loadRegions } from '../../src/db/region-data.ts';
import { openVault, type Vault } from '../../src/db/vault.ts';
import { type LibraryId, risingUuids } from '../../src/domain/ids.ts';
import type { Deps } from '../../src/usecases/context.ts';
import type { FirstSignIn } from '../../src/usecases/create-library.ts';
import { seedLibraries } from '../../src/usecases/seed-libraries.ts';
import type { RoleAddress, ServerAddresses } from './postgres-server.ts';

const TEMPLATE = 'daftar_template';

/** The key of all test databases: the template's rows are sealed with it. */
export const testVault: Vault = openVault(Buffer.alloc(32, 7));

/** What the template holds that tests need to know. */
export interface TemplateFacts {
  readonly libraries: readonly {
    readonly slug: string;
    readonly id: number;
    readonly signIns: readonly FirstSignIn[];
  }[];
}

export interface TestDatabase {
  /** As the service connects: neither owner nor superuser. */
  readonly db: Db;
  /** Owner of the tables; row-level security is forced on it as well. */
  readonly owner: Db;
  /** By slug: `jateng`, `banyuwangi`. */
  readonly libraryIds: { readonly jateng: LibraryId; readonly banyuwangi: LibraryId };
  /** The generated sign-ins of a library, as printed once at the first start. */
  signIns(slug: 'jateng' | 'banyuwangi'): readonly FirstSignIn[];
  /** For what opens its own connections. `admin` is superuser, sees all rows, and serves as an oracle. */
  readonly addresses: ServerAddresses;
  drop(): Promise<void>;
}

/**
 * Copies the template. Call it in `beforeAll` and `drop` in `afterAll`.
 * @param options.poolSize connections of `db`; default 10
 */
export async function createTestDatabase(
  options: { readonly poolSize?: number } = {},
): Promise<TestDatabase> {
  const { addresses, facts } = inject('testDatabase');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(addresses.admin, async (admin) => {
    await admin.query(
      `create database ${name} template ${TEMPLATE} owner ${addresses.owner.user} strategy file_copy`,
    );
  });
  const here = inDatabase(addresses, name);
  const app = openDatabase({ address: here.app, poolSize: options.poolSize ?? 10 });
  const owner = openDatabase({ address: here.owner, poolSize: 2 });
  return {
    db: app.db,
    owner: owner.db,
    libraryIds: { jateng: libraryOf(facts, 'jateng').id, banyuwangi: libraryOf(facts, 'banyuwangi').id },
    // A copy: files that run in one process must not see what another changed in it.
    signIns: (slug) => structuredClone(libraryOf(facts, slug).signIns),
    addresses: here,
    async drop() {
      await Promise.all([app.close(), owner.close()]);
      await onServer(addresses.admin, async (admin) => {
        await admin.query(`drop database ${name} with (force)`);
      });
    },
  };
}

/** Time and randomness for use cases: the clock stands still until the test moves it. */
export function testDeps(start = new Date('2026-03-02T02:00:00Z')): Deps & { clock: { now: Date } } {
  const clock = { now: start };
  const uuid = risingUuids((length) => randomBytes(length));
  return {
    clock,
    now: () => clock.now,
    randomBytes: (length) => randomBytes(length),
    // By the real clock: the one that stands still would use up a millisecond's identifiers.
    uuid: () => uuid(new Date()),
    vault: testVault,
    wake: () => undefined,
  };
}

/** Called once per run, by the global set-up. */
export async function makeTemplate(addresses: ServerAddresses): Promise<TemplateFacts> {
  await onServer(addresses.admin, async (admin) => {
    await admin.query(`create database ${TEMPLATE} owner ${addresses.owner.user}`);
  });
  const here = inDatabase(addresses, TEMPLATE);
  const result = await migrate(here.owner, { migrations });
  if (!result.ok) throw new Error(`the template was not migrated: ${JSON.stringify(result)}`);
  const app = openDatabase({ address: here.app, poolSize: 2 });
  const owner = openDatabase({ address: here.owner, poolSize: 2 });
  try {
    // The made-up province 99: the real 84 thousand places take seconds, and one test looks at them.
    await loadRegions(owner.db, { fictional: true, real: false });
    const seeded = await seedLibraries(owner.db, app.db, testDeps(new Date('2025-01-13T00:00:00Z')));
    const rows = await owner.db.selectFrom('library').select(['id', 'slug']).execute();
    return {
      libraries: rows.map(({ id, slug }) => ({
        id,
        slug,
        signIns: seeded.find((library) => library.slug === slug)?.signIns ?? [],
      })),
    };
  } finally {
    // A template with an open connection cannot be copied.
    await Promise.all([app.close(), owner.close()]);
  }
}

function libraryOf(facts: TemplateFacts, slug: string): { id: LibraryId; signIns: readonly FirstSignIn[] } {
  const library = facts.libraries.find((candidate) => candidate.slug === slug);
  if (library === undefined) throw new Error(`the template has no library ${slug}`);
  return { id: library.id as LibraryId, signIns: library.signIns };
}

function inDatabase(addresses: ServerAddresses, database: string): ServerAddresses {
  const { admin, owner, app } = addresses;
  return { admin: { ...admin, database }, owner: { ...owner, database }, app: { ...app, database } };
}

async function onServer(admin: RoleAddress, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ ...admin, database: 'postgres' });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
