/** A PostgreSQL of another version than the product ships, as a library may have one: a backup must go into it. */
import { withClient } from '../../src/db/with-client.ts';
import type { TestServer } from '../support/postgres-server.ts';

/** Debian's. */
export const OTHER_POSTGRES = '/usr/lib/postgresql/15/bin';

/** Makes the server one that has never seen the product. @returns the address of an empty database, `perpus`, for its owner */
export async function emptyDatabase(server: TestServer): Promise<string> {
  const { host, port } = server.addresses.admin;
  await withClient({ ...server.addresses.admin, database: 'postgres' }, async (client) => {
    await client.query('drop database daftar');
    for (const role of ['daftar_search', 'daftar_app', 'daftar_owner'])
      await client.query(`drop role ${role}`);
    await client.query(`create role perpus login createrole password 'p'`);
    await client.query('create database perpus owner perpus');
  });
  return `postgres://perpus:p@localhost/perpus?${new URLSearchParams({ host, port: String(port) })}`;
}
