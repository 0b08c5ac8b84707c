/**
 * A PostgreSQL that someone else runs (DATABASE_URL). Row-level security binds only a role that is neither superuser
 * nor owner of the tables, so the service insists on connecting as such a role, and makes one when it may.
 */
import type pg from 'pg';
import { type DatabaseAddress, startClient } from './connection.ts';
import { withClient } from './with-client.ts';

export const APP_ROLE = 'daftar_app';
const SEARCH_ROLE = 'daftar_search';

/** Extensions of the schema; a database owner may create them, where the server has them. */
const MODULES = ['pg_trgm', 'btree_gin'];

interface OwnerRow {
  role: string;
  may_create: boolean;
  app: boolean;
  search: boolean;
  schema_open: boolean;
  database_open: boolean;
  database: string;
  absent: string[];
  unknown: string[];
  migrated: boolean;
}

export type ExternalRefusal =
  | { readonly ok: false; readonly reason: 'unreachable'; readonly variable: string; readonly detail: string }
  /** The role may not make what the schema needs; an administrator must run these statements once. */
  | {
      readonly ok: false;
      readonly reason: 'owner-too-weak';
      readonly role: string;
      readonly statements: string[];
    }
  /** The server lacks modules that belong to PostgreSQL but are packaged apart (postgresql-contrib). */
  | { readonly ok: false; readonly reason: 'modules-missing'; readonly modules: string[] }
  /** DATABASE_URL names a role that row-level security does not bind. */
  | { readonly ok: false; readonly reason: 'app-role-too-strong'; readonly role: string };

/** Checks, before migrating, that the owner can be reached and that the roles exist or can be made. */
export async function prepareOwner(
  owner: DatabaseAddress,
  variable: string,
): Promise<{ readonly ok: true } | ExternalRefusal> {
  const client = startClient(owner);
  try {
    await client.connect();
  } catch (error) {
    return { ok: false, reason: 'unreachable', variable, detail: messageOf(error) };
  }
  try {
    const result = await client.query<OwnerRow>(
      `select current_user as role,
              (select rolsuper or rolcreaterole from pg_roles where rolname = current_user) as may_create,
              exists (select from pg_roles where rolname = $1) as app,
              coalesce((select pg_has_role(current_user, oid, 'member') from pg_roles where rolname = $2), false)
                as search,
              has_schema_privilege('public', 'create') as schema_open,
              has_database_privilege(current_database(), 'create') as database_open,
              current_database() as database,
              array(select name::text from unnest($3::text[]) as name
                where not exists (select from pg_extension where extname = name)) as absent,
              array(select name::text from unnest($3::text[]) as name
                where not exists (select from pg_available_extensions as available where available.name = name.name))
                as unknown,
              to_regclass('public.schema_migration') is not null as migrated`,
      [APP_ROLE, SEARCH_ROLE, MODULES],
    );
    const row = result.rows[0];
    if (row === undefined) return { ok: true };
    if (row.unknown.length > 0) return { ok: false, reason: 'modules-missing', modules: row.unknown };
    // Already migrated: whether a later step needs the owner is seen when there is one.
    if (row.migrated) return { ok: true };
    const role = client.escapeIdentifier(row.role);
    const statements: string[] = [];
    if (!row.may_create && !row.app) statements.push(`create role ${APP_ROLE} nologin;`);
    if (!row.may_create && !row.search) {
      statements.push(
        `create role ${SEARCH_ROLE} nologin;`,
        `grant ${SEARCH_ROLE} to ${role} with admin option;`,
      );
    }
    if (!row.schema_open) statements.push(`grant create on schema public to ${role};`);
    if (row.absent.length > 0 && !row.database_open) {
      statements.push(`grant create on database ${client.escapeIdentifier(row.database)} to ${role};`);
    }
    return statements.length === 0
      ? { ok: true }
      : { ok: false, reason: 'owner-too-weak', role: row.role, statements };
  } finally {
    await client.end();
  }
}

/**
 * The address the service connects as, after migrating.
 * @param databaseUrl DATABASE_URL
 * @param separateOwner whether MIGRATION_DATABASE_URL names the owner: then DATABASE_URL must already be a bound role
 * @param appRole key of the installation (`LookupKeys`): the generated password is made of it, so that every process of
 *   one installation arrives at the same password without sharing a file, also while the root is being replaced
 */
export async function settleAppRole(
  owner: DatabaseAddress,
  databaseUrl: string,
  separateOwner: boolean,
  appRole: Uint8Array,
): Promise<{ readonly ok: true; readonly app: DatabaseAddress } | ExternalRefusal> {
  if (separateOwner) {
    const role = await askRole(databaseUrl);
    if (!role.ok) return role;
    if (!role.bound) return { ok: false, reason: 'app-role-too-strong', role: role.name };
    if (role.name !== APP_ROLE && !role.member) {
      await changeRole(owner, (client) => `grant ${APP_ROLE} to ${client.escapeIdentifier(role.name)}`);
    }
    return { ok: true, app: { connectionString: databaseUrl } };
  }
  const role = await askRole(databaseUrl);
  if (!role.ok) return role;
  // Someone else migrated, and this role is an ordinary one: nothing to make.
  if (role.bound && role.member) return { ok: true, app: { connectionString: databaseUrl } };
  const password = Buffer.from(appRole).toString('base64url');
  const app = withUser(databaseUrl, APP_ROLE, password);
  if (await canSignIn(app)) return { ok: true, app };
  await changeRole(
    owner,
    (client) => `alter role ${APP_ROLE} login password ${client.escapeLiteral(password)}`,
  );
  return { ok: true, app };
}

/** Held while the role is changed; any constant, the same in every version of the program. */
const ROLE_LOCK = 7_216_441_906;

/** One process after the other: two that start at once would fail each other ("tuple concurrently updated"). */
async function changeRole(owner: DatabaseAddress, statement: (client: pg.Client) => string): Promise<void> {
  await withClient(owner, async (client) => {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [ROLE_LOCK]);
    await client.query(statement(client));
    await client.query('commit');
  });
}

/** A role is bound when it neither bypasses row-level security nor owns the tables. */
async function askRole(
  url: string,
): Promise<
  | { readonly ok: true; readonly name: string; readonly bound: boolean; readonly member: boolean }
  | ExternalRefusal
> {
  try {
    return await withClient({ connectionString: url }, async (client) => {
      const result = await client.query<{ name: string; strong: boolean; owns: boolean; member: boolean }>(
        `select current_user as name,
                (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) as strong,
                coalesce((select pg_has_role(current_user, relowner, 'member') from pg_class
                  where oid = to_regclass('public.installation')), false) as owns,
                coalesce((select pg_has_role(current_user, oid, 'member') from pg_roles where rolname = $1), false)
                  as member`,
        [APP_ROLE],
      );
      const row = result.rows[0];
      return {
        ok: true as const,
        name: row?.name ?? '',
        bound: row !== undefined && !row.strong && !row.owns,
        member: row?.member ?? false,
      };
    });
  } catch (error) {
    return { ok: false, reason: 'unreachable', variable: 'DATABASE_URL', detail: messageOf(error) };
  }
}

async function canSignIn(address: DatabaseAddress): Promise<boolean> {
  try {
    await withClient(address, (client) => client.query('select 1'));
    return true;
  } catch {
    return false;
  }
}

function withUser(databaseUrl: string, user: string, password: string): DatabaseAddress {
  const url = new URL(databaseUrl);
  url.username = user;
  url.password = password;
  // A role given as a parameter would win over the one in front of the host.
  url.searchParams.delete('user');
  url.searchParams.delete('password');
  return { connectionString: url.href };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
