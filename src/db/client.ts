import { type Selectable, sql } from 'kysely';
import type { ClientKind } from '../domain/client.ts';
import type { ClientId } from '../domain/ids.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import type { Tx } from './connection.ts';
import type { ClientTable } from './schema.ts';

export type ClientRow = Selectable<ClientTable>;

/** The account of this name that may be used. */
export function findClient(tx: Tx, kind: ClientKind, name: string): Promise<ClientRow | undefined> {
  return tx
    .selectFrom('client')
    .selectAll()
    .where('kind', '=', kind)
    .where('name', '=', name)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
}

/** The account of this id that may be used. */
export function findClientById(tx: Tx, kind: ClientKind, id: ClientId): Promise<ClientRow | undefined> {
  return tx
    .selectFrom('client')
    .selectAll()
    .where('kind', '=', kind)
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
}

/** What a device did since it was last told. */
export interface ClientUse {
  readonly day: PlainDate;
  readonly messages: number;
  readonly lookups: number;
  readonly address: string;
}

/** Counts what a device did, and answers with its account as it stands now; undefined where it was revoked. */
export async function useClient(
  tx: Tx,
  id: ClientId,
  use: ClientUse,
  at: Date,
): Promise<ClientRow | undefined> {
  if (use.messages > 0)
    await sql`insert into client_day (library_id, client_id, day, messages, lookups)
      values (app_library(), ${id}, ${use.day}::date, ${use.messages}, ${use.lookups})
      on conflict (library_id, client_id, day) do update
        set messages = client_day.messages + excluded.messages, lookups = client_day.lookups + excluded.lookups`.execute(
      tx,
    );
  return tx
    .updateTable('client')
    .set({ last_used_at: at, last_address: use.address })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
}

/** All accounts of a kind with what they did on a day, those in use first. */
export function listClientRows(tx: Tx, kind: ClientKind, day: PlainDate) {
  return tx
    .selectFrom('client')
    .leftJoin('client_day', (join) =>
      join
        .onRef('client_day.library_id', '=', 'client.library_id')
        .onRef('client_day.client_id', '=', 'client.id')
        .on('client_day.day', '=', day),
    )
    .selectAll('client')
    .select(['client_day.messages', 'client_day.lookups'])
    .where('kind', '=', kind)
    .orderBy(sql`revoked_at is not null`)
    .orderBy('name')
    .orderBy('created_at', 'desc')
    .execute();
}
