import { type RawBuilder, sql } from 'kysely';
import { lockApplication } from '../db/application.ts';
import type { Tx } from '../db/connection.ts';
import { coveredText, coveredTitles } from '../domain/identity-in-text.ts';
import type { ApplicationId, ImportId, MemberId } from '../domain/ids.ts';
import type { ImportCounts, ImportFileFacts, ImportMapping } from '../domain/importing/import-state.ts';
import type { AuditEntry } from './audit.ts';
import { lockMember } from './change-member.ts';
import type { Deps, Scope } from './context.ts';
import { type CoveredPerson, coveredPerson, OPEN_TEXTS, type PersonTexts } from './cover-person.ts';
import { putMember } from './merge-members.ts';
import { outdateCards } from './outdate-cards.ts';
import { type PersonRow, writeRevision } from './revise-person.ts';
import { writeMemberEvent } from './write-member-event.ts';

/** Reason of the event in a member's history, and purpose of the audit rows. */
export const IDENTITY_COVERED = 'identity_covered';

/** A table in which texts lie as they were typed. */
export interface StoredTexts {
  readonly table: string;
  /** What its rows are walked by, and of which type that is. */
  readonly key: string;
  readonly type: 'uuid' | 'int' | 'text' | 'bytea';
  readonly columns: readonly string[];
  /** Whether anything would be covered in texts as they were read, in the order of the columns. */
  readonly holds: (texts: readonly (string | null)[]) => boolean;
  /** Locks a row and covers what it holds. */
  readonly cover: (tx: Tx, deps: Deps, scope: Scope, key: string) => Promise<Covered>;
}

export interface Covered {
  /** Those in which something was covered; none: the row was left as it is. */
  readonly columns: readonly string[];
  /** What the audit log knows the row by. */
  readonly subject: Pick<AuditEntry, 'subjectKind' | 'subjectId'>;
}

const PERSON_TEXTS = [...OPEN_TEXTS, 'former_name_keys'] as const;
/** Between the keys of former names where they are read as one text. */
export const KEYS_APART = '~~~~~~';

/**
 * Every one there is: what the other columns hold is said in the test. Cases come before members: whoever becomes a
 * member of a case that was not looked at yet stands at the end of the members.
 */
export const STORED_TEXTS: readonly StoredTexts[] = [
  {
    table: 'application',
    key: 'id',
    type: 'uuid',
    columns: PERSON_TEXTS,
    holds: personHolds,
    cover: coverCase,
  },
  { table: 'member', key: 'id', type: 'uuid', columns: PERSON_TEXTS, holds: personHolds, cover: coverMember },
  plain('visit', 'id', 'uuid', {
    fields: ['name', 'institution'],
    words: ['void_reason'],
    subject: (key) => ({ subjectKind: 'visit', subjectId: key }),
  }),
  plain('breach', 'id', 'uuid', {
    words: ['title', 'happened', 'cause', 'measures', 'contact'],
    // A page that was opened before must not put the number back.
    also: sql`version = version + 1`,
    subject: (key) => ({ subjectKind: 'breach', subjectId: key }),
  }),
  plain('monthly_report', "month || '/' || revision", 'text', {
    words: ['withdrawn_reason'],
    subject: (key) => ({ subjectKind: 'report', subjectId: key }),
  }),
  plain('procedure_version', 'version', 'int', {
    words: ['returned_note'],
    subject: (key) => ({ subjectKind: 'procedure', subjectId: key }),
  }),
  plain('member_passkey', 'id', 'bytea', {
    words: ['label'],
    subject: (_key, memberId) => ({ subjectKind: 'member', subjectId: memberId }),
    subjectId: 'member_id',
  }),
  {
    table: 'import',
    key: 'id',
    type: 'uuid',
    columns: ['file_name', 'file_facts', 'mapping', 'counts'],
    // As JSON a text may look otherwise; lists are few.
    holds: () => true,
    cover: coverImport,
  },
];

function personHolds(texts: readonly (string | null)[]): boolean {
  const row = Object.fromEntries(PERSON_TEXTS.map((column, n) => [column, texts[n] ?? null]));
  const former_name_keys = row.former_name_keys?.split(KEYS_APART) ?? [];
  return coveredPerson({ ...row, former_name_keys } as PersonTexts).fields.length > 0;
}

async function coverCase(tx: Tx, deps: Deps, scope: Scope, key: string): Promise<Covered> {
  const id = key as ApplicationId;
  const subject = { subjectKind: 'application', subjectId: id } as const;
  const row = await lockApplication(tx, id);
  if (!row) return { columns: [], subject };
  const { patch, fields } = coveredPerson(row);
  if (fields.length === 0) return { columns: [], subject };
  await keepBefore(tx, deps, scope, { applicationId: id, memberId: null }, row, { patch, fields });
  await tx
    .updateTable('application')
    .set({ ...patch, version: row.version + 1 })
    .where('id', '=', id)
    .execute();
  return { columns: fields, subject };
}

async function coverMember(tx: Tx, deps: Deps, scope: Scope, key: string): Promise<Covered> {
  const id = key as MemberId;
  const subject = { subjectKind: 'member', subjectId: id } as const;
  const row = await lockMember(tx, id);
  if (!row) return { columns: [], subject };
  const { patch, fields } = coveredPerson(row);
  if (fields.length === 0) return { columns: [], subject };
  await keepBefore(tx, deps, scope, { applicationId: null, memberId: id }, row, { patch, fields });
  // The card shows the number as well.
  if (fields.includes('name')) await outdateCards(tx, id, row.valid_until);
  await putMember(tx, deps, scope, row, patch);
  // Programs and lending systems hear of it as of any change of data.
  await writeMemberEvent(tx, deps, scope, row, {
    kind: 'corrected',
    reason: IDENTITY_COVERED,
    oldValidUntil: row.valid_until,
    validUntil: row.valid_until,
  });
  return { columns: fields, subject };
}

/** What stood there goes where the rest of a person's history is: sealed under the person's key, and shown with its numbers masked. */
async function keepBefore(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  of: { readonly applicationId: ApplicationId | null; readonly memberId: MemberId | null },
  row: PersonRow,
  { patch, fields }: CoveredPerson,
): Promise<void> {
  const shown = OPEN_TEXTS.filter((column) => fields.includes(column));
  const only = (texts: Partial<PersonRow>) =>
    Object.fromEntries(shown.map((column) => [column, texts[column] ?? '']));
  await writeRevision(
    tx,
    deps,
    scope,
    { ...of, personKey: row.person_key },
    { fields: shown, before: only(row), after: only(patch) },
  );
}

/** A table whose texts stand for themselves. */
function plain(
  table: string,
  key: string,
  type: StoredTexts['type'],
  how: {
    /** What a form refuses. */
    readonly fields?: readonly string[];
    /** What officers write. */
    readonly words: readonly string[];
    readonly also?: RawBuilder<unknown>;
    readonly subject: (key: string, subjectId: string) => Covered['subject'];
    readonly subjectId?: string;
  },
): StoredTexts {
  const { fields = [], words, also, subject, subjectId = key } = how;
  const columns = [...fields, ...words];
  const covered = (column: string, text: string) =>
    coveredText(text, fields.includes(column) ? 'field' : 'words');
  return {
    table,
    key,
    type,
    columns,
    holds: (texts) => columns.some((column, n) => covered(column, texts[n] ?? '') !== (texts[n] ?? '')),
    async cover(tx, _deps, _scope, at) {
      const here = sql`${sql.raw(key)} = ${at}::text::${sql.raw(type)}`;
      const { rows } = await sql<{ texts: readonly (string | null)[]; id: string }>`
        select array[${sql.join(columns.map((column) => sql.ref(column)))}] as texts, (${sql.raw(subjectId)})::text as id
        from ${sql.table(table)} where ${here} for no key update`.execute(tx);
      const changed = columns.flatMap((column, n) => {
        const text = rows[0]?.texts[n] ?? '';
        const after = covered(column, text);
        return after === text ? [] : [{ column, after }];
      });
      const done = { columns: changed.map(({ column }) => column), subject: subject(at, rows[0]?.id ?? at) };
      if (changed.length === 0) return done;
      const set = changed.map(({ column, after }) => sql`${sql.ref(column)} = ${after}`);
      await sql`update ${sql.table(table)} set ${sql.join(also ? [...set, also] : set)} where ${here}`.execute(
        tx,
      );
      return done;
    },
  };
}

/** Titles of a list are named in four places; they stay the same in all of them. */
async function coverImport(tx: Tx, _deps: Deps, _scope: Scope, key: string): Promise<Covered> {
  const row = await tx
    .selectFrom('import')
    .select(['file_name', 'file_facts', 'mapping', 'counts'])
    .where('id', '=', key as ImportId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  const subject = { subjectKind: 'import', subjectId: key } as const;
  if (!row) return { columns: [], subject };
  const facts = row.file_facts as ImportFileFacts;
  const mapping = row.mapping as ImportMapping;
  const counts = row.counts as ImportCounts;
  const titles = coveredTitles(facts.titles);
  const named = new Map(facts.titles.map((title, at) => [title.trim(), titles[at]?.trim() ?? '']));
  const nameOf = (name: string) => named.get(name) ?? coveredText(name, 'words');
  const after = {
    file_name: coveredText(row.file_name, 'words'),
    file_facts: JSON.stringify({ ...facts, titles }),
    mapping: JSON.stringify({
      columns: renamed(mapping.columns, nameOf),
      types: renamed(mapping.types, nameOf),
    }),
    counts: JSON.stringify({
      ...counts,
      ...(counts.leftOver && { leftOver: renamed(counts.leftOver, nameOf) }),
      ...(counts.types && { types: renamed(counts.types, nameOf) }),
    }),
  };
  const before = {
    file_name: row.file_name,
    file_facts: JSON.stringify({ ...facts, titles: facts.titles }),
    mapping: JSON.stringify({ columns: mapping.columns, types: mapping.types }),
    counts: JSON.stringify(counts),
  };
  const columns = (['file_name', 'file_facts', 'mapping', 'counts'] as const).filter(
    (column) => after[column] !== before[column],
  );
  if (columns.length > 0)
    await tx
      .updateTable('import')
      .set(Object.fromEntries(columns.map((column) => [column, after[column]])))
      .where('id', '=', key as ImportId)
      .execute();
  return { columns, subject };
}

/** With other names, in the same order; of two that are the same then, numbers are added up. */
function renamed<Value extends string | number>(
  values: Readonly<Record<string, Value>>,
  nameOf: (name: string) => string,
): Record<string, Value> {
  const made: Record<string, Value> = {};
  for (const [name, value] of Object.entries(values)) {
    const [next, there] = [nameOf(name), made[nameOf(name)]];
    made[next] = typeof there === 'number' && typeof value === 'number' ? ((there + value) as Value) : value;
  }
  return made;
}
