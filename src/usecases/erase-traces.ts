import { sql } from 'kysely';
import type { Tx } from '../db/connection.ts';
import type { ApplicationId, MemberId } from '../domain/ids.ts';
import type { Deps, Scope } from './context.ts';
import type { Erased } from './erase-person.ts';
import { forgetToldApart } from './told-apart.ts';

/** Empties what other tables hold of people whose own rows were emptied; they stand in `erasure_list` by now. */
export async function forgetTraces(tx: Tx, at: Date, { members, cases }: Erased): Promise<void> {
  const people = [...members, ...cases];
  if (cases.length > 0) await forgetCases(tx, at, cases);
  if (members.length > 0) await forgetMembers(tx, at, members);
  await forgetToldApart(tx, people);
  // What waits still tells receivers that the membership ended, by ids that mean nothing to anybody else.
  await tx
    .updateTable('webhook_message')
    .set({ number: null, valid_until: null })
    .where('subject', 'in', people)
    .execute();
  await tx
    .updateTable('rights_request')
    .set({ words: null })
    .where((where) =>
      where.or([
        ...(members.length > 0 ? [where('member_id', 'in', [...members])] : []),
        ...(cases.length > 0 ? [where('application_id', 'in', [...cases])] : []),
      ]),
    )
    .execute();
  await sql`select forget_words(${people}::uuid[])`.execute(tx);
}

async function forgetCases(tx: Tx, at: Date, cases: readonly ApplicationId[]): Promise<void> {
  const ids = [...cases];
  await tx.updateTable('correction').set({ message: null }).where('application_id', 'in', ids).execute();
  await tx
    .updateTable('identity_check')
    .set({ exception_reason: null })
    .where('application_id', 'in', ids)
    .execute();
  await tx
    .updateTable('queue_ticket')
    .set({ priority: null })
    .where('application_id', 'in', ids)
    .where('priority', 'is not', null)
    .execute();
  await tx.deleteFrom('photo_link').where('application_id', 'in', ids).execute();
  await tx.deleteFrom('outbox').where('application_id', 'in', ids).execute();
  await tx
    .updateTable('file')
    .set({ bytes: null, deleted_at: at })
    .where('application_id', 'in', ids)
    .where('bytes', 'is not', null)
    .execute();
  // The guest-book entry of the day somebody came to register may carry the name.
  await sql`
    update visit set name = null, institution = null, group_phone = null, void_reason = null
    where id in (select visit_id from application where id = any(${ids}::uuid[]) and visit_id is not null)`.execute(
    tx,
  );
  await sql`
    delete from draft where visit_id in (
      select visit_id from application where id = any(${ids}::uuid[]) and visit_id is not null)`.execute(tx);
}

async function forgetMembers(tx: Tx, at: Date, members: readonly MemberId[]): Promise<void> {
  const ids = [...members];
  await tx
    .updateTable('file')
    .set({ bytes: null, deleted_at: at })
    .where('member_id', 'in', ids)
    .where('bytes', 'is not', null)
    .execute();
  await tx
    .updateTable('visit')
    .set({ name: null, institution: null, group_phone: null, void_reason: null })
    .where('member_id', 'in', ids)
    .execute();
  await tx.deleteFrom('outbox').where('member_id', 'in', ids).execute();
  await forgetLending(tx, at, ids);
  for (const table of ['member_passkey', 'service_consent', 'oidc_record'] as const)
    await tx.deleteFrom(table).where('member_id', 'in', ids).execute();
  await tx
    .updateTable('card')
    .set({ pickup_hash: null, pickup_expires_at: null })
    .where('member_id', 'in', ids)
    .execute();
  await sql`delete from kta_phone where card_id in (select id from card where member_id = any(${ids}::uuid[]))`.execute(
    tx,
  );
  // Hashes of what the old list said: by them alone the person would be found again. Sixteen random bytes say nothing.
  await sql`
    update import_row set content = null, keys = null, match_keys = null, nik_slots = null, number_hash = null,
      row_hash = decode(replace(gen_random_uuid()::text, '-', ''), 'hex'), candidates = '[]'
    where member_id = any(${ids}::uuid[])`.execute(tx);
}

/**
 * Of the rows in lending systems only their keys there stay, until the next run has emptied them, and the keyed digest of
 * the number, by which a connection that moves tells the row from another one; whoever was never put there is forgotten.
 */
async function forgetLending(tx: Tx, at: Date, ids: MemberId[]): Promise<void> {
  await tx
    .updateTable('lending_link')
    .set((eb) => ({
      state: 'waiting',
      reasons: [],
      memory: sql`jsonb_build_object('left', case when memory #> '{left,number}' is null then '{}'
        else jsonb_build_object('number', memory #> '{left,number}') end)`,
      differences: null,
      again_at: at,
      changed_at: at,
      seq: eb('seq', '+', 1),
    }))
    .where('member_id', 'in', ids)
    .execute();
  await tx.deleteFrom('lending_link').where('member_id', 'in', ids).where('foreign_id', 'is', null).execute();
}

/**
 * Unfinished forms of these people. Nothing links them: what was begun on a phone and handed to an officer stays until
 * it expires. They are few, and each is opened.
 */
export async function forgetDrafts(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  { members, cases }: Erased,
): Promise<void> {
  const libraryId = scope.library.id;
  const columns = ['name', 'birth_date', 'phone', 'document_number', 'nik'] as const;
  const people = [
    ...(members.length > 0
      ? await tx
          .selectFrom('member')
          .select(columns)
          .where('id', 'in', [...members])
          .execute()
      : []),
    ...(cases.length > 0
      ? await tx
          .selectFrom('application')
          .select(columns)
          .where('id', 'in', [...cases])
          .execute()
      : []),
  ];
  const own = new Set<string>();
  for (const person of people) {
    const numbers = [
      person.document_number && deps.vault.openText(libraryId, 'document', person.document_number),
      person.nik && deps.vault.openText(libraryId, 'nik', person.nik),
      person.phone?.replace(/\D/g, '').slice(-9),
    ];
    for (const number of numbers) if (number) own.add(number);
    own.add(person.name.toLocaleLowerCase('id'));
  }
  const gone: string[] = [];
  for (const draft of await tx.selectFrom('draft').select(['id', 'content']).execute()) {
    const text = deps.vault.openText(libraryId, 'draft', draft.content);
    const { values } = JSON.parse(text) as { values: Readonly<Record<string, unknown>> };
    const said = (name: string) => (typeof values[name] === 'string' ? values[name].trim() : '');
    const typed = [
      said('document_number'),
      said('nik'),
      said('phone').replace(/\D/g, '').slice(-9),
      said('name').toLocaleLowerCase('id'),
    ];
    if (typed.some((value) => value !== '' && own.has(value))) gone.push(draft.id);
  }
  if (gone.length > 0) await tx.deleteFrom('draft').where('id', 'in', gone).execute();
}
