import { type RawBuilder, sql } from 'kysely';
import { lockApplication } from '../db/application.ts';
import type { Tx } from '../db/connection.ts';
import { UnknownKeyError } from '../db/vault.ts';
import { coveredRecord, coveredText } from '../domain/identity-in-text.ts';
import type { ApplicationId, ImportId, MemberId } from '../domain/ids.ts';
import { coveredList, type ListTitles } from '../domain/importing/covered-list.ts';
import type { ImportCounts, ImportFileFacts, ImportMapping } from '../domain/importing/import-state.ts';
import type { AuditEntry } from './audit.ts';
import { lockMember, type MemberRow } from './change-member.ts';
import type { Deps, Scope } from './context.ts';
import { type CoveredPerson, coveredPerson, OPEN_TEXTS, type PersonTexts } from './cover-person.ts';
import { type MatchColumns, matchColumns } from './match-columns.ts';
import { putMember } from './merge-members.ts';
import { outdateFamilyCards } from './outdate-cards.ts';
import { RECORD_TEXTS } from './record-texts.ts';
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
    records: ['void_reason'],
    subject: (key) => ({ subjectKind: 'visit', subjectId: key }),
  }),
  ...RECORD_TEXTS.map(({ table, key, type, columns, also, subjectKind }) =>
    plain(table, key, type, { records: columns, also, subject: (at) => ({ subjectKind, subjectId: at }) }),
  ),
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
  await putMember(tx, deps, scope, row, patch, keysAfter(deps, scope, row, { ...row, ...patch }));
  // Whoever was merged is shown nowhere: cards and programs have the data of who stands for both.
  if (row.merged_into !== null) return { columns: fields, subject };
  // The cards show the number as well.
  if (fields.includes('name')) await outdateFamilyCards(tx, id);
  // Programs and lending systems hear of it as of any change of data.
  await writeMemberEvent(tx, deps, scope, row, {
    kind: 'corrected',
    reason: IDENTITY_COVERED,
    oldValidUntil: row.valid_until,
    validUntil: row.valid_until,
  });
  return { columns: fields, subject };
}

/**
 * By what a member is found once a text is covered. Where the sealed NIK does not open, keys that were made of it stay:
 * the number is the same, and those of the texts are known without it.
 */
function keysAfter({ vault }: Deps, { library }: Scope, row: MemberRow, after: MemberRow): MatchColumns {
  try {
    return matchColumns(vault, library.id, after);
  } catch {
    const ofTexts = (person: MemberRow) => matchColumns(vault, library.id, person, null).match_keys;
    const before = new Set(ofTexts(row));
    const ofNumber = (row.match_keys ?? []).filter((key) => !before.has(key));
    return { match_keys: [...new Set([...ofTexts(after), ...ofNumber])], nik_slots: row.nik_slots };
  }
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
  if (shown.length === 0) return;
  const revision = { fields: shown, before: only(row), after: only(patch) };
  try {
    deps.vault.sealFor(scope.library.id, row.person_key, '');
  } catch (error) {
    // Of a data key that is not here: it may come back, and then there is a history to keep this in.
    if (error instanceof UnknownKeyError) throw error;
    // Torn: there is no history to keep it in any more, and that is no reason to leave the number in clear.
    return;
  }
  await writeRevision(tx, deps, scope, { ...of, personKey: row.person_key }, revision);
}

/** A table whose texts stand for themselves. */
function plain(
  table: string,
  key: string,
  type: StoredTexts['type'],
  how: {
    /** What a form refuses. */
    readonly fields?: readonly string[];
    /** Notes of no consequence. */
    readonly words?: readonly string[];
    /** What officers wrote for the record, of which nothing but this text tells what stood there. */
    readonly records?: readonly string[];
    readonly also?: RawBuilder<unknown> | null;
    readonly subject: (key: string, subjectId: string) => Covered['subject'];
    readonly subjectId?: string;
  },
): StoredTexts {
  const { fields = [], words = [], records = [], also, subject, subjectId = key } = how;
  const columns = [...fields, ...words, ...records];
  const kindOf = (column: string) => (fields.includes(column) ? 'field' : 'words');
  const covered = (column: string, text: string) =>
    records.includes(column) ? coveredRecord(text) : coveredText(text, kindOf(column));
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

async function coverImport(tx: Tx, _deps: Deps, _scope: Scope, key: string): Promise<Covered> {
  const row = await tx
    .selectFrom('import')
    .select(['file_name', 'file_facts', 'mapping', 'counts'])
    .where('id', '=', key as ImportId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  const subject = { subjectKind: 'import', subjectId: key } as const;
  if (!row) return { columns: [], subject };
  const list = {
    facts: row.file_facts as ImportFileFacts,
    mapping: row.mapping as ImportMapping,
    counts: row.counts as ImportCounts,
  };
  const columnsOf = (fileName: string, { facts, mapping, counts }: ListTitles) => ({
    file_name: fileName,
    file_facts: JSON.stringify({ ...facts, titles: facts.titles }),
    mapping: JSON.stringify({ columns: mapping.columns, types: mapping.types }),
    counts: JSON.stringify(counts),
  });
  const before = columnsOf(row.file_name, list);
  const after = columnsOf(coveredText(row.file_name, 'words'), coveredList(list));
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
