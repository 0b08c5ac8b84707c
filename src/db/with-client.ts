import type pg from 'pg';
import { type DatabaseAddress, startClient } from './connection.ts';

/** A connection of its own for some work, closed with it. */
export async function withClient<T>(
  address: DatabaseAddress,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = startClient(address);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
