import type { LiveFailure, LiveOrder, LiveSystem, PutAnswer } from '../../domain/exporting/live.ts';
import type { Fitted, Misfit, OutgoingMember } from '../../domain/exporting/outgoing-member.ts';
import type { LiveTexts, RowThere } from '../../domain/exporting/reconcile.ts';
import { grantOn, type LiveDatabase, LiveTrouble } from './live-connection.ts';

/** How a field stands in its column. */
export type ColumnKind =
  | { readonly kind: 'text' }
  | { readonly kind: 'date' }
  /** Our words by the code there. */
  | { readonly kind: 'code'; readonly words: Readonly<Record<string, string>> }
  /** The key of a row of a list there that has the word. */
  | {
      readonly kind: 'lookup';
      readonly table: string;
      readonly word: string;
      readonly filler: string | null;
    };

/** A table of members in a lending system. */
export interface TablePlan {
  readonly table: string;
  readonly key: string;
  /** Columns by field, in small letters: `id` and `ID` are mixed as written. */
  readonly columns: Readonly<Record<string, ColumnKind & { readonly column: string }>>;
  /** Written into a new row only. */
  readonly once: Readonly<Record<string, string>>;
  /** Tables that name a member by the key; where nothing there does, a key that is a NIK goes with an erasure. */
  readonly hangs?: readonly string[];
  /** When a row was last written, where the table says so. */
  readonly touched: readonly string[];
  /** What fits badly, by field; `refused:` with the column for the others. */
  readonly tooLong: Readonly<Record<string, Misfit>>;
  /** Every field that is ours to write of this member, in the words of `columns`. */
  texts(member: OutgoingMember): Fitted<LiveTexts>;
}

const NIK = /^\d{16}$/;

interface Column {
  readonly name: string;
  /** In characters; null: no text. */
  readonly width: number | null;
  readonly latin1: boolean;
  readonly nullable: boolean;
}

/** MySQL's latin1 is windows-1252. */
const OUTSIDE_LATIN1 = /[^\p{ASCII}\u00A0-\u00FF€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/gu;

/**
 * Looks whether the tables and our rights are as needed, and how wide the columns are. Nothing is written: a statement
 * that meets no row is asked for the right alone.
 */
export async function openTable(database: LiveDatabase, plan: TablePlan): Promise<LiveSystem | LiveFailure> {
  try {
    const prepared = await prepare(database, plan);
    return 'failure' in prepared ? prepared : systemOf(database, plan, prepared);
  } catch (error) {
    return stopOf(error);
  }
}

interface Prepared {
  readonly columns: ReadonlyMap<string, Column>;
  readonly lookups: ReadonlyMap<string, Lookup>;
  readonly ownKeys: boolean;
}

interface Lookup {
  readonly idOf: ReadonlyMap<string, string>;
  readonly wordOf: ReadonlyMap<string, string>;
}

async function prepare(database: LiveDatabase, plan: TablePlan): Promise<Prepared | LiveFailure> {
  const [who] = await database.query('select current_user() as user');
  const user = who?.user ?? '';
  const tables = [plan.table, ...lookupsOf(plan).map(({ table }) => table)];
  const lists = new Set(tables.slice(1));
  for (const table of new Set(tables)) {
    try {
      await database.query(`select 1 from \`${table}\` limit 0`);
    } catch (error) {
      const wanted = lists.has(table) ? 'SELECT' : 'SELECT, INSERT, UPDATE';
      if (isDenied(error))
        return { failure: 'lending-rights', note: grantOn(database.name, table, wanted, user) };
      if (error instanceof LiveTrouble && error.code === 'ER_NO_SUCH_TABLE') {
        // A list that this version does not have takes no word; the table of members it must have.
        if (lists.has(table)) continue;
        return { failure: 'lending-tables', note: table };
      }
      throw error;
    }
  }
  const rows = await database.query(
    `select column_name as name, character_maximum_length as width, character_set_name as letters,
       is_nullable as nullable, extra from information_schema.columns
     where table_schema = ? and table_name = ?`,
    [database.name, plan.table],
  );
  const columns = new Map<string, Column>();
  let ownKeys = true;
  for (const { name, width, letters, nullable, extra } of rows) {
    if (!name) continue;
    columns.set(name.toLowerCase(), {
      name,
      width: width ? Number(width) : null,
      latin1: letters === 'latin1',
      nullable: nullable === 'YES',
    });
    if (name.toLowerCase() === plan.key && /auto_increment/i.test(extra ?? '')) ownKeys = false;
  }
  for (const needed of [plan.key, ...['number', 'name'].map((field) => plan.columns[field]?.column ?? '')])
    if (!columns.has(needed)) return { failure: 'lending-tables', note: `${plan.table}.${needed}` };
  const number = quote(columns, plan.columns.number?.column ?? '');
  for (const statement of [
    `update \`${plan.table}\` set ${number} = ${number} where 1 = 0`,
    `insert into \`${plan.table}\` (${number}) select ${number} from \`${plan.table}\` where 1 = 0`,
  ]) {
    try {
      await database.run(statement);
    } catch (error) {
      // A column without a default is asked about after the right.
      if (error instanceof LiveTrouble && error.kind === 'refused') continue;
      if (!isDenied(error)) throw error;
      return {
        failure: 'lending-rights',
        note: grantOn(database.name, plan.table, 'SELECT, INSERT, UPDATE', user),
      };
    }
  }
  const lookups = new Map<string, Lookup>();
  for (const [field, kind] of Object.entries(plan.columns))
    if (kind.kind === 'lookup') lookups.set(field, await readLookup(database, kind.table, kind.word));
  return { columns, lookups, ownKeys };
}

function isDenied(error: unknown): boolean {
  return error instanceof LiveTrouble && /^ER_(?:TABLE|COLUMN|DB)?ACCESS_DENIED/.test(error.code);
}

function lookupsOf(plan: TablePlan) {
  return Object.values(plan.columns).filter((column) => column.kind === 'lookup');
}

async function readLookup(database: LiveDatabase, table: string, word: string): Promise<Lookup> {
  const idOf = new Map<string, string>();
  const wordOf = new Map<string, string>();
  const columns = await database.query(
    'select column_name as name from information_schema.columns where table_schema = ? and table_name = ?',
    [database.name, table],
  );
  const names = new Map(columns.map(({ name }) => [(name ?? '').toLowerCase(), name ?? '']));
  const [id, text] = [names.get('id') ?? names.get('member_type_id'), names.get(word)];
  if (id === undefined || text === undefined) return { idOf, wordOf };
  const rows = await database.query(
    `select \`${id}\` as id, \`${text}\` as word from \`${table}\` order by 1`,
  );
  for (const { id: key, word: said } of rows) {
    if (!key || !said) continue;
    wordOf.set(key, said.trim());
    const plain = said.trim().toLowerCase();
    if (!idOf.has(plain)) idOf.set(plain, key);
  }
  return { idOf, wordOf };
}

function systemOf(database: LiveDatabase, plan: TablePlan, prepared: Prepared): LiveSystem {
  const { columns, lookups } = prepared;
  /** Fields that this version of the system has a column for. */
  const fields = Object.entries(plan.columns).filter(([, { column }]) => columns.has(column));
  const selected = [plan.key, ...fields.map(([, { column }]) => column)]
    .map((column) => quote(columns, column))
    .join(', ');

  function shape(member: OutgoingMember): Fitted<LiveTexts> {
    const wanted = plan.texts(member);
    if (!wanted.ok) return wanted;
    const misfits: Misfit[] = [];
    const notes = new Set<Misfit>(wanted.notes);
    const texts: Record<string, string> = {};
    for (const [field, kind] of fields) {
      const text = wanted.value[field];
      const column = columns.get(kind.column);
      if (text === undefined || column === undefined) continue;
      if (kind.kind === 'lookup') {
        const { idOf, wordOf } = lookups.get(field) ?? { idOf: new Map(), wordOf: new Map() };
        const id =
          text === ''
            ? undefined
            : (idOf.get(text.toLowerCase()) ?? idOf.get(kind.filler?.toLowerCase() ?? ''));
        if (text !== '' && id === undefined && kind.filler === null) misfits.push('type_missing');
        // A word that the list has not, and no "Tidak dicatat" either: the place stays theirs.
        if (id !== undefined) texts[field] = wordOf.get(id) ?? '';
        continue;
      }
      if (kind.kind !== 'text') {
        texts[field] = text;
        continue;
      }
      const letters = column.latin1 ? text.replace(OUTSIDE_LATIN1, '?') : text;
      if (letters !== text) notes.add('letters_lost');
      if (column.width !== null && [...letters].length > column.width)
        misfits.push(plan.tooLong[field] ?? `refused:${column.name}`);
      texts[field] = letters.trim();
    }
    return misfits.length > 0 ? { ok: false, misfits } : { ok: true, value: texts, notes: [...notes] };
  }

  function textOf(field: string, kind: ColumnKind, stored: string | null | undefined): string {
    const text = (stored ?? '').trim();
    switch (kind.kind) {
      case 'text':
        return text;
      case 'date':
        return text.startsWith('0000') ? '' : text.slice(0, 10);
      case 'code':
        return kind.words[text] ?? text;
      case 'lookup':
        return lookups.get(field)?.wordOf.get(text) ?? text;
    }
  }

  function cellOf(
    field: string,
    kind: ColumnKind & { readonly column: string },
    text: string,
  ): string | null {
    if (kind.kind === 'code')
      return Object.entries(kind.words).find(([, word]) => word === text)?.[0] ?? null;
    if (kind.kind === 'lookup') return lookups.get(field)?.idOf.get(text.toLowerCase()) ?? null;
    if (text !== '') return text;
    return columns.get(kind.column)?.nullable === false && kind.kind === 'text' ? '' : null;
  }

  async function find(column: string, value: string): Promise<readonly RowThere[]> {
    const rows = await database.query(
      `select ${selected} from \`${plan.table}\` where ${quote(columns, column)} = ? for update`,
      [value],
    );
    return rows.map((row) => ({
      id: row[columns.get(plan.key)?.name ?? ''] ?? '',
      values: Object.fromEntries(
        fields.map(([field, kind]) => [
          field,
          textOf(field, kind, row[columns.get(kind.column)?.name ?? '']),
        ]),
      ),
    }));
  }

  /** Null for an empty place of a column that takes no null: it stays as it is. */
  function cellsOf(
    values: LiveTexts,
    only: readonly string[],
  ): readonly (readonly [string, string | null])[] {
    return fields.flatMap(([field, kind]) => {
      const text = values[field];
      if (text === undefined || !only.includes(field)) return [];
      const cell = cellOf(field, kind, text);
      const column = columns.get(kind.column);
      if (!column || (cell === null && !column.nullable)) return [];
      return [[column.name, cell] as const];
    });
  }

  async function insert(values: LiveTexts): Promise<string> {
    const cells = [
      ...cellsOf(values, Object.keys(values)).filter(([, cell]) => cell !== null),
      ...Object.entries(plan.once).flatMap(([column, cell]) => {
        const known = columns.get(column);
        return known ? [[known.name, cell] as const] : [];
      }),
    ];
    const key = columns.get(plan.key)?.name ?? plan.key;
    let own: string | null = cells.find(([column]) => column === key)?.[1] ?? null;
    if (own === null && prepared.ownKeys) {
      const [row] = await database.query(
        `select coalesce(max(\`${key}\`), 0) + 1 as next from \`${plan.table}\``,
      );
      own = String(Number(row?.next ?? 1));
      cells.push([key, own]);
    }
    const names = cells.map(([column]) => `\`${column}\``);
    const marks = cells.map(() => '?');
    for (const column of plan.touched
      .map((name) => columns.get(name))
      .filter((found) => found !== undefined)) {
      names.push(`\`${column.name}\``);
      marks.push('now()');
    }
    const { insertId } = await database.run(
      `insert into \`${plan.table}\` (${names.join(', ')}) values (${marks.join(', ')})`,
      cells.map(([, cell]) => cell),
    );
    return own ?? insertId;
  }

  /** Its key afterwards, which in SLiMS is the number. */
  async function write(id: string, values: LiveTexts, only: readonly string[]): Promise<string> {
    const cells = cellsOf(values, only);
    if (cells.length === 0) return id;
    const touched = plan.touched
      .filter((name) => !/create|input/.test(name))
      .flatMap((name) => columns.get(name) ?? [])
      .map(({ name }) => `\`${name}\` = now()`);
    await database.run(
      `update \`${plan.table}\` set ${[...cells.map(([column]) => `\`${column}\` = ?`), ...touched].join(', ')}
       where ${quote(columns, plan.key)} = ?`,
      [...cells.map(([, cell]) => cell), id],
    );
    return cells.find(([column]) => column === columns.get(plan.key)?.name)?.[1] ?? id;
  }

  /** Whether an erased person's key is a NIK that nobody's loans need, and the number in its place is free. */
  async function mayRename(id: string, values: LiveTexts): Promise<boolean> {
    if (plan.hangs === undefined || !NIK.test(id)) return false;
    try {
      for (const table of plan.hangs) {
        const [one] = await database.query(
          `select 1 as n from \`${table}\` where \`${plan.key}\` = ? limit 1`,
          [id],
        );
        if (one) return false;
      }
    } catch (error) {
      const isMissing = error instanceof LiveTrouble && error.code === 'ER_NO_SUCH_TABLE';
      if (isDenied(error) || isMissing) return false;
      throw error;
    }
    return (await find(plan.key, values.number ?? '')).length === 0;
  }

  async function putNow(
    wanted: { readonly id: string | null; readonly number: string; readonly values: LiveTexts },
    decide: (row: RowThere | null) => LiveOrder,
  ): Promise<PutAnswer> {
    const known = wanted.id === null ? [] : await find(plan.key, wanted.id);
    const found = known.length > 0 ? known : await find(plan.columns.number?.column ?? '', wanted.number);
    const [row = null] = found;
    if (found.length > 1) return { kind: 'refused', misfits: ['number_double'] };
    const order = decide(row);
    if (order.kind === 'hold') return { kind: 'held', row };
    const id =
      order.kind === 'insert'
        ? await insert(wanted.values)
        : await write(
            row?.id ?? '',
            wanted.values,
            order.erases && !(await mayRename(row?.id ?? '', wanted.values))
              ? order.fields.filter((field) => plan.columns[field]?.column !== plan.key)
              : order.fields,
          );
    const [after] = await find(plan.key, id);
    if (!after) return { kind: 'refused', misfits: ['refused:row'] };
    return { kind: 'done', row: after };
  }

  return {
    shape,
    async put(wanted, decide) {
      try {
        await database.run('start transaction');
        const answer = await putNow(wanted, decide);
        await database.run(answer.kind === 'done' ? 'commit' : 'rollback');
        return answer;
      } catch (error) {
        if (!(error instanceof LiveTrouble)) throw error;
        if (error.kind === 'stop') return { kind: 'stop', ...stopOf(error) };
        try {
          await database.run('rollback');
        } catch (lost) {
          return { kind: 'stop', ...stopOf(lost) };
        }
        return error.kind === 'later'
          ? { kind: 'later' }
          : { kind: 'refused', misfits: [`refused:${error.code}`] };
      }
    },
    close: () => database.close(),
  };
}

function stopOf(error: unknown): LiveFailure {
  if (!(error instanceof LiveTrouble)) throw error;
  if (isDenied(error)) return { failure: 'lending-rights', note: null };
  if (/^ER_(?:NO_SUCH_TABLE|BAD_FIELD)/.test(error.code)) return { failure: 'lending-tables', note: null };
  return { failure: 'lending-unreachable', note: null };
}

function quote(columns: ReadonlyMap<string, Column>, column: string): string {
  return `\`${columns.get(column)?.name ?? column}\``;
}
