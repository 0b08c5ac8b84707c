/** The roles and the database inside the embedded server. */
import pg from 'pg';
import type { DatabaseAddress } from '../connection.ts';
import { ADMIN_ROLE, type Cluster, runInCluster } from './cluster.ts';
import type { RolePasswords } from './secrets.ts';

export const DATABASE_NAME = 'daftar';

/**
 * Makes the owner role, the app role and the database when they are missing; repeats nothing that is there. Runs at
 * every start, so that a first start killed half-way is completed by the next.
 */
export async function ensureRoles(admin: DatabaseAddress, passwords: RolePasswords): Promise<void> {
  const client = new pg.Client({ ...admin, database: 'postgres' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const found = await client.query<{ owner: boolean; app: boolean; search: boolean; database: boolean }>(
      `select exists (select from pg_roles where rolname = 'daftar_owner') as owner,
              exists (select from pg_roles where rolname = 'daftar_app') as app,
              exists (select from pg_roles where rolname = 'daftar_search') as search,
              exists (select from pg_database where datname = $1) as database`,
      [DATABASE_NAME],
    );
    const present = found.rows[0];
    for (const [name, password, exists] of [
      ['daftar_owner', passwords.owner, present?.owner ?? false],
      ['daftar_app', passwords.app, present?.app ?? false],
    ] as const) {
      if (exists && (await canSignIn({ ...admin, database: 'postgres' }, name, password))) continue;
      // Role statements take no parameters; the password is our own base64url text.
      const verb = exists ? 'alter' : 'create';
      await client.query(
        `${verb} role ${name} login nosuperuser nocreatedb nocreaterole nobypassrls password ${client.escapeLiteral(password)}`,
      );
    }
    // Owns the search functions; migrations hand them over to it, so the owner must be able to act as it.
    if (present?.search !== true) {
      await client.query('create role daftar_search nologin');
      await client.query('grant daftar_search to daftar_owner with admin option');
    }
    if (present?.database !== true) {
      await createDatabase(client, DATABASE_NAME);
    }
  } finally {
    await client.end();
  }
}

/** A new empty database of the owner role, open to the app role and nobody else. `name` is trusted. */
export async function createDatabase(client: pg.ClientBase, name: string): Promise<void> {
  await client.query(`create database ${name} owner daftar_owner`);
  await client.query(`revoke all on database ${name} from public`);
  await client.query(`grant connect on database ${name} to daftar_app`);
}

async function canSignIn(address: DatabaseAddress, user: string, password: string): Promise<boolean> {
  const client = new pg.Client({ ...address, user, password });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Sets the superuser's password with the server stopped (single-user mode): the way back when database.json was lost.
 * @returns the failure's output, or undefined when all went well
 */
export async function resetAdminPassword(cluster: Cluster, password: string): Promise<string | undefined> {
  const result = await runInCluster(
    cluster,
    cluster.binaries.postgres,
    ['postgres'],
    `alter role ${ADMIN_ROLE} password '${password}';\n`,
    ['--single'],
  );
  return result.code === 0 ? undefined : result.output;
}
