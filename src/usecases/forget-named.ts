import { sql } from 'kysely';
import type { Tx } from '../db/connection.ts';
import type { DecidedMentions } from '../db/restore-erasures.ts';
import {
  bareNameExcerpts,
  mentionsBareName,
  type NamedPerson,
  withoutBareName,
  withoutCapitalName,
  withoutPerson,
} from '../domain/names-in-text.ts';
import type { Deps, Scope } from './context.ts';
import type { Erased } from './erase-person.ts';
import { ANSWER_ERASED } from './once.ts';
import { RECORD_TEXTS, type RecordTable, type RecordTexts } from './record-texts.ts';

/** A text in which a name of one word stands as everyday words do: an officer says whether it is the person. */
export interface Mention {
  /** `<table>/<key of the row>` */
  readonly at: string;
  readonly table: RecordTable;
  /** Some words on either side. */
  readonly excerpts: readonly string[];
}

/** What an erasure looked through, by table: how many records, in how many something was taken out, or left by an officer. */
export type NamedReport = Readonly<Record<RecordTable, { looked: number; changed: number; left: number }>>;

/** The texts that a person has to look at before an erasure ends. */
export async function mentionsOf(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  erased: Erased,
  purpose: 'read' | 'change',
): Promise<readonly Mention[]> {
  const people = await namedPeople(tx, deps, scope, erased);
  const found: Mention[] = [];
  for (const of of RECORD_TEXTS) {
    for (const { key, texts } of await textsOf(tx, of, purpose)) {
      const excerpts = texts.flatMap((text) =>
        people.flatMap((person) => bareNameExcerpts(text ?? '', person)),
      );
      // A member and the case they came from have one name.
      if (excerpts.length > 0)
        found.push({ at: `${of.table}/${key}`, table: of.table, excerpts: [...new Set(excerpts)] });
    }
  }
  return found;
}

/**
 * Takes people out of what is kept about other things: records of failures, reasons of reports, and answers that programs
 * were given within the last day. Called while the people's data still stand.
 * @param decided of names of one word; null: nobody looked
 */
export async function forgetNamed(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  erased: Erased,
  decided: DecidedMentions | undefined,
): Promise<NamedReport> {
  const people = await namedPeople(tx, deps, scope, erased);
  const report: Record<RecordTable, { looked: number; changed: number; left: number }> = {
    breach: { looked: 0, changed: 0, left: 0 },
    monthly_report: { looked: 0, changed: 0, left: 0 },
    procedure_version: { looked: 0, changed: 0, left: 0 },
  };
  for (const of of RECORD_TEXTS) {
    const sums = report[of.table];
    for (const row of await textsOf(tx, of, 'change')) {
      const at = `${of.table}/${row.key}`;
      // Where nobody looked, what is written as a name is one.
      const taken = decided?.taken.includes(at) ? withoutBareName : withoutCapitalName;
      const isLeft = decided?.left.includes(at) ?? false;
      const left = row.texts.map((text) => {
        if (text === null) return null;
        const rest = people.reduce(withoutPerson, text);
        return isLeft ? rest : people.reduce(taken, rest);
      });
      sums.looked += 1;
      if (left.some((text) => people.some((person) => mentionsBareName(text ?? '', person)))) sums.left += 1;
      const changed = of.columns.flatMap((column, n) =>
        left[n] === row.texts[n] ? [] : [sql`${sql.ref(column)} = ${left[n]}`],
      );
      if (changed.length === 0) continue;
      sums.changed += 1;
      await sql`
        update ${sql.table(of.table)} set ${sql.join(of.also ? [...changed, of.also] : changed)}
        where (${sql.raw(of.key)})::text = ${row.key}`.execute(tx);
    }
  }
  await forgetAnswers(tx, deps, scope, erased);
  return report;
}

async function textsOf(
  tx: Tx,
  { table, key, columns }: RecordTexts,
  purpose: 'read' | 'change',
): Promise<readonly { readonly key: string; readonly texts: readonly (string | null)[] }[]> {
  const names = sql.join(columns.map((column) => sql.ref(column)));
  const { rows } = await sql<{ key: string; texts: readonly (string | null)[] }>`
    select (${sql.raw(key)})::text as key, array[${names}] as texts from ${sql.table(table)}
    where ${sql.join(
      columns.map((column) => sql`${sql.ref(column)} is not null`),
      sql` or `,
    )} ${purpose === 'change' ? sql`for update` : sql``}`.execute(tx);
  return rows;
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
