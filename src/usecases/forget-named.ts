import { sql } from 'kysely';
import type { Tx } from '../db/connection.ts';
import { type NamedPerson, withoutPerson } from '../domain/names-in-text.ts';
import type { Deps, Scope } from './context.ts';
import type { Erased } from './erase-person.ts';
import { ANSWER_ERASED } from './once.ts';

/** Texts of records that are about no one person, where an officer may have named somebody. */
const TEXTS = [
  {
    table: 'breach',
    key: 'id',
    columns: ['title', 'happened', 'cause', 'measures', 'contact'],
    // A page that was opened before must not put the name back.
    also: sql`, version = version + 1`,
  },
  { table: 'monthly_report', key: "month || '/' || revision", columns: ['withdrawn_reason'], also: sql`` },
  { table: 'procedure_version', key: 'version', columns: ['returned_note'], also: sql`` },
] as const;

/**
 * Takes people out of what is kept about other things: records of failures, reasons of reports, and answers that programs
 * were given within the last day. Called while the people's data still stand.
 */
export async function forgetNamed(tx: Tx, deps: Deps, scope: Scope, erased: Erased): Promise<void> {
  const people = await namedPeople(tx, deps, scope, erased);
  for (const { table, key, columns, also } of TEXTS) {
    const names = sql.join(columns.map((column) => sql.ref(column)));
    const { rows } = await sql<{ key: string; texts: readonly (string | null)[] }>`
      select (${sql.raw(key)})::text as key, array[${names}] as texts from ${sql.table(table)}
      where ${sql.join(
        columns.map((column) => sql`${sql.ref(column)} is not null`),
        sql` or `,
      )} for update`.execute(tx);
    for (const row of rows) {
      const left = row.texts.map((text) => (text === null ? null : people.reduce(withoutPerson, text)));
      const changed = columns.flatMap((column, at) =>
        left[at] === row.texts[at] ? [] : [sql`${sql.ref(column)} = ${left[at]}`],
      );
      if (changed.length > 0)
        await sql`
          update ${sql.table(table)} set ${sql.join(changed)}${also}
          where (${sql.raw(key)})::text = ${row.key}`.execute(tx);
    }
  }
  await forgetAnswers(tx, deps, scope, erased);
}

async function namedPeople(
  tx: Tx,
  { vault }: Deps,
  scope: Scope,
  { members, cases }: Erased,
): Promise<readonly NamedPerson[]> {
  const columns = ['name', 'phone', 'email', 'nik', 'kk', 'document_number', 'guardian_name'] as const;
  const rows = [
    ...(members.length === 0
      ? []
      : await tx
          .selectFrom('member')
          .select([...columns, 'number', 'guardian_phone'])
          .where('id', 'in', [...members])
          .execute()),
    ...(cases.length === 0
      ? []
      : (
          await tx
            .selectFrom('application')
            .select([...columns, 'guardian_phone'])
            .where('id', 'in', [...cases])
            .execute()
        ).map((row) => ({ ...row, number: null }))),
  ];
  const open = (kind: 'nik' | 'kk' | 'document', sealed: Buffer | null) =>
    sealed === null ? null : vault.openText(scope.library.id, kind, sealed);
  return rows.flatMap((row) => [
    {
      name: row.name,
      marks: [
        row.phone,
        row.email,
        open('nik', row.nik),
        open('kk', row.kk),
        open('document', row.document_number),
        row.number,
      ].filter((mark) => mark !== null),
    },
    { name: row.guardian_name ?? '', marks: row.guardian_phone === null ? [] : [row.guardian_phone] },
  ]);
}

/** Kept for a day, sealed; by the ids in them it is known whom they are about. */
async function forgetAnswers(tx: Tx, { vault }: Deps, scope: Scope, erased: Erased): Promise<void> {
  const ids = [...erased.members, ...erased.cases] as readonly string[];
  // Whoever is about to keep one waits, and then sees who was erased.
  await sql`select pg_advisory_xact_lock(hashtextextended('api answers', ${scope.library.id}))`.execute(tx);
  const rows = await tx
    .selectFrom('api_request')
    .select(['client_id', 'key_hash', 'answer'])
    .where('answer', 'is not', null)
    .execute();
  for (const { client_id, key_hash, answer } of rows) {
    if (answer === null) continue;
    const text = vault.openText(scope.library.id, 'api_answer', answer);
    if (!ids.some((id) => text.includes(id))) continue;
    await tx
      .updateTable('api_request')
      .set({ answer: vault.seal(scope.library.id, 'api_answer', JSON.stringify(ANSWER_ERASED)) })
      .where('client_id', '=', client_id)
      .where('key_hash', '=', key_hash)
      .execute();
  }
}
