import type { Selectable } from 'kysely';
import type { ClientId, MemberId } from '../domain/ids.ts';
import type { Tx } from './connection.ts';
import { familyOf } from './member-family.ts';
import type { OidcRecordTable } from './schema.ts';

export type OidcRecordRow = Selectable<OidcRecordTable>;

export async function putRecord(tx: Tx, row: Omit<OidcRecordRow, 'consumed_at'>): Promise<void> {
  await tx
    .insertInto('oidc_record')
    .values({ ...row, consumed_at: null })
    .onConflict((conflict) =>
      conflict.columns(['library_id', 'model', 'id_hash']).doUpdateSet({
        content: row.content,
        uid_hash: row.uid_hash,
        grant_hash: row.grant_hash,
        member_id: row.member_id,
        client_id: row.client_id,
        ends_at: row.ends_at,
      }),
    )
    .execute();
}

/** Keeps what nobody has kept under this id. @returns false where somebody else was faster */
export async function putNewRecord(tx: Tx, row: Omit<OidcRecordRow, 'consumed_at'>): Promise<boolean> {
  const made = await tx
    .insertInto('oidc_record')
    .values({ ...row, consumed_at: null })
    .onConflict((conflict) => conflict.doNothing())
    .returning('model')
    .executeTakeFirst();
  return made !== undefined;
}

/** What is kept under this id, or under this other name of a session. */
export function findRecord(
  tx: Tx,
  model: string,
  by: { readonly id: Buffer } | { readonly uid: Buffer },
): Promise<OidcRecordRow | undefined> {
  const rows = tx.selectFrom('oidc_record').selectAll().where('model', '=', model);
  return ('id' in by ? rows.where('id_hash', '=', by.id) : rows.where('uid_hash', '=', by.uid))
    .limit(1)
    .executeTakeFirst();
}

/** Marks it as used. @returns false where somebody else was faster: a code or token works once */
export async function consumeRecord(tx: Tx, model: string, id: Buffer, at: Date): Promise<boolean> {
  const row = await tx
    .updateTable('oidc_record')
    .set({ consumed_at: at })
    .where('model', '=', model)
    .where('id_hash', '=', id)
    .where('consumed_at', 'is', null)
    .returning('id_hash')
    .executeTakeFirst();
  return row !== undefined;
}

export async function dropRecord(tx: Tx, model: string, id: Buffer): Promise<void> {
  await tx.deleteFrom('oidc_record').where('model', '=', model).where('id_hash', '=', id).execute();
}

/** Everything that one grant gave. */
export async function dropGrant(tx: Tx, grant: Buffer): Promise<void> {
  await tx.deleteFrom('oidc_record').where('grant_hash', '=', grant).execute();
}

/** What one service, or with null every service, holds of a person: sessions are of no one service. */
export async function dropRecordsOf(tx: Tx, member: MemberId, client: ClientId | null): Promise<void> {
  const rows = tx.deleteFrom('oidc_record').where('member_id', 'in', familyOf(member));
  await (client === null ? rows : rows.where('client_id', '=', client)).execute();
}

/** Of what is over; the library's own clock may be a little behind the provider's. */
export async function dropOldRecords(tx: Tx, before: Date): Promise<void> {
  await tx.deleteFrom('oidc_record').where('ends_at', '<', before).execute();
}
