import { type RawBuilder, type Selectable, type SqlBool, sql } from 'kysely';
import { type Db, PREPARED, type Tx } from '../db/connection.ts';
import { standingOf } from '../db/member-family.ts';
import type { MemberTable } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { MemberId, ServicePointId } from '../domain/ids.ts';
import { storedKey } from '../domain/matching/block-keys.ts';
import { soughtKeys } from '../domain/matching/search-keys.ts';
import { parseNik } from '../domain/nik.ts';
import { may } from '../domain/permissions.ts';
import { nameTokens, shortenName } from '../domain/person-name.ts';
import { parsePhone } from '../domain/phone.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { readTypedDate } from '../domain/typed-date.ts';
import type { MemberStatus } from '../domain/validity.ts';
import { memberStatus } from '../domain/validity.ts';
import { writeAudit } from './audit.ts';
import { type Deps, type Scope, todayOf } from './context.ts';
import { populationFor } from './population.ts';

/** Rows of one page. */
export const MEMBERS_PER_PAGE = 25;
/** More hits than anybody reads: the officer is asked to type more. */
const MOST_HITS = 100;
/** Of beginnings that many have, as many as the first page shows, and some more for those who were merged into another. */
const NEWEST_HITS = MEMBERS_PER_PAGE + 15;
/** Looking through a member costs as much as finding this many places in the index, each of which is found at once. */
const LOOK_COST = 4;

export interface MemberFilter {
  readonly status: MemberStatus | null;
  readonly type: string | null;
  readonly servicePointId: ServicePointId | null;
}

export interface ListedMember {
  readonly id: MemberId;
  readonly number: string;
  /** Shortened for a role that sees masked data; empty after an erasure. */
  readonly name: string;
  readonly birthDate: PlainDate | null;
  readonly type: string;
  readonly status: MemberStatus;
  readonly validUntil: PlainDate | null;
  readonly memberSince: PlainDate;
}

export interface MemberPage {
  readonly members: readonly ListedMember[];
  /** The key that the next page begins after; null on the last one. */
  readonly next: string | null;
  /** The search found more than it looks at. */
  readonly tooMany: boolean;
  /** Rows are masked: neither full names nor numbers. */
  readonly masked: boolean;
}

/** What a person typed into the one search box, by its form. */
export type MemberQuery =
  | { readonly kind: 'all' }
  /** Sixteen digits: never in an address, matched by keyed hash; see `findByNumber`. */
  | { readonly kind: 'identity_number' }
  | {
      readonly kind: 'text';
      /** Beginnings of the words of a name as names are compared: each reading is tried until one finds somebody. */
      readonly readings: readonly (readonly string[])[];
      /** Beginning or end of a member number. */
      readonly number: string | null;
      readonly phone: string | null;
      readonly birthDate: PlainDate | null;
    };

/** Reads the search box: part of a name, part of a member number, a phone number, a birth date, or a NIK. */
export function readMemberQuery(typed: string): MemberQuery {
  const text = typed.trim().slice(0, 120);
  if (text === '') return { kind: 'all' };
  if (/^\d{16}$/.test(text.replace(/[\s.-]/g, ''))) return { kind: 'identity_number' };
  const phone = parsePhone(text);
  const hasDigit = /\d/.test(text);
  const number = text.toUpperCase().replace(/\s+/g, '');
  return {
    kind: 'text',
    readings: hasDigit ? [] : readingsOf(text),
    number: hasDigit && /^[0-9A-Z.-]{1,32}$/.test(number) ? number : null,
    phone: phone.ok ? phone.phone : null,
    birthDate: readTypedDate(text) ?? null,
  };
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, (mark) => `\\${mark}`);
}

type TextQuery = Extract<MemberQuery, { kind: 'text' }>;
const NOTHING: TextQuery = {
  kind: 'text',
  readings: [],
  number: null,
  phone: null,
  birthDate: null,
};

/** What was typed is mostly an unfinished word, and how a word is spelled depends on how it goes on. */
function readingsOf(text: string): readonly (readonly string[])[] {
  const goingOn = nameTokens(text.replace(/\p{L}+/gu, '$&a')).map((word) => word.slice(0, -1));
  // "Fak" of Fakhirah, "Rid" of Ridho: the last letter and the next may be one sound.
  const shorter = goingOn.map((word, at) =>
    at === goingOn.length - 1 && word.length > 2 ? word.slice(0, -1) : word,
  );
  return [nameTokens(text), goingOn, shorter].filter((reading) => !reading.includes(''));
}

/** Those who stand for whom a search finds: a number or a name of before a merge leads to them. */
interface FoundPage {
  /** Rows of the page and one more, where there is one. */
  readonly rows: readonly Row[];
  /** There are more than it looked for. */
  readonly tooMany: boolean;
}

/** Which of those found are on the page. */
interface Wanted {
  readonly condition: RawBuilder<SqlBool>;
  /** The newest of all who were found. */
  readonly newest: boolean;
}

async function findByText(
  tx: Tx,
  deps: Pick<Deps, 'vault'>,
  scope: Scope,
  query: TextQuery,
  wanted: Wanted,
): Promise<FoundPage> {
  const tried = new Set<string>();
  for (const reading of query.readings.length > 0 ? query.readings : [[]]) {
    if (tried.has(reading.join(' '))) continue;
    tried.add(reading.join(' '));
    const found = await findMembers(tx, deps, scope, query, reading, wanted);
    if (found) return found;
  }
  return { rows: [], tooMany: false };
}

/** @returns undefined where nobody is found, on whatever page */
async function findMembers(
  tx: Tx,
  deps: Pick<Deps, 'vault'>,
  scope: Scope,
  { number, phone, birthDate }: TextQuery,
  beginnings: readonly string[],
  wanted: Wanted,
): Promise<FoundPage | undefined> {
  const keys = soughtKeys(beginnings).map((key) => storedKey(scope.library.id, key));
  const words = beginnings.length === 0 ? null : beginnings.map((each) => `% ${escapeLike(each)}%`);
  const common = beginnings.length > 0 && (await isCommon(tx, deps, scope, beginnings));
  const walk = common || (beginnings.length > 0 && keys.length === 0);
  const most = common && wanted.newest ? NEWEST_HITS : MOST_HITS;
  // Found and read at once: an answer waited for costs as much as a short search.
  const { rows } = await sql<Row & { hits: number; id: MemberId | null }>`${sql.raw(PREPARED)}
    with found as materialized (
      select distinct member_id from member_search(${keys}::int[], ${words}::text[], ${walk},
        ${number === null ? null : escapeLike(number)}, ${phone}, ${birthDate}::date, ${most})
    ), page as (
      select ${sql.join(COLUMNS.map((column) => sql.ref(column)))} from member
      where id = any(array(select member_id from found)) and ${wanted.condition}
      order by id desc limit ${MEMBERS_PER_PAGE + 1}
    )
    select counted.hits, page.* from (select count(*)::int as hits from found) as counted left join page on true
    order by page.id desc`.execute(tx);
  const hits = rows[0]?.hits ?? 0;
  if (hits === 0) return undefined;
  return {
    rows: rows.flatMap(({ hits: _, ...row }) => (row.id === null ? [] : [row])),
    tooMany: hits >= most,
  };
}

/**
 * Whether the newest who begin so are sooner met by looking through the newest members than by the index, which brings
 * all who have them before the first can be read.
 */
async function isCommon(
  tx: Tx,
  deps: Pick<Deps, 'vault'>,
  scope: Scope,
  beginnings: readonly string[],
): Promise<boolean> {
  const { people, beginningFrequency } = await populationFor(tx, deps, scope);
  let [having, indexed] = [1, 1];
  for (const each of beginnings) {
    const share = beginningFrequency(each);
    having *= share;
    if (soughtKeys([each]).length > 0) indexed *= share;
  }
  return people * indexed > (NEWEST_HITS / having) * LOOK_COST;
}

/**
 * A page of members, newest first, or the hits of a search in the same order.
 * @param input.after `next` of the page before
 */
export function listMembers(
  db: Db,
  deps: Pick<Deps, 'vault'>,
  scope: Scope,
  input: { readonly query: MemberQuery; readonly filter: MemberFilter; readonly after: string | null },
): Promise<
  { readonly ok: true; readonly page: MemberPage } | { readonly ok: false; readonly reason: 'not-allowed' }
> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const sight = sightOf(scope);
    if (sight === undefined) return { ok: false, reason: 'not-allowed' };
    const { query } = input;
    if (query.kind === 'identity_number')
      return { ok: true, page: { members: [], next: null, tooMany: false, masked: sight === 'masked' } };
    const condition = onPage(scope, input.filter, input.after);
    let found: FoundPage;
    // Who sees masked data may page through, and look up a number, but not ask who lives where and when born.
    if (query.kind === 'text') {
      const asked = sight === 'full' ? query : { ...NOTHING, number: query.number };
      const isFiltered = Object.values(input.filter).some((value) => value !== null);
      const wanted = { condition, newest: input.after === null && !isFiltered };
      found = await findByText(tx, deps, scope, asked, wanted);
    } else found = { rows: await selectPage(tx, condition), tooMany: false };
    const { rows, tooMany } = found;
    const shown = rows.slice(0, MEMBERS_PER_PAGE);
    return {
      ok: true,
      page: {
        members: shown.map((row) => listed(scope, row, sight)),
        next: rows.length > MEMBERS_PER_PAGE ? (shown.at(-1)?.id ?? null) : null,
        tooMany,
        masked: sight === 'masked',
      },
    };
  });
}

/**
 * Members with this NIK, or with this number on the document that was shown: matched by keyed hash, and recorded, for
 * whoever types a NIK asks whether that person is a member.
 */
export function findByNumber(
  db: Db,
  deps: Deps,
  scope: Scope,
  typed: string,
): Promise<
  | { readonly ok: true; readonly ids: readonly MemberId[] }
  | { readonly ok: false; readonly reason: 'not-allowed' | 'not-a-number' }
> {
  return inLibrary(db, scope.library.id, async (tx) => {
    if (sightOf(scope) !== 'full') return { ok: false, reason: 'not-allowed' };
    const nik = parseNik(typed);
    if (!nik.ok) return { ok: false, reason: 'not-a-number' };
    const { vault } = deps;
    const rows = await tx
      .selectFrom('member')
      .select('id')
      .where((where) =>
        where.or([
          where('nik_hash', '=', vault.hash(scope.library.id, 'nik', nik.nik)),
          where('kk_hash', '=', vault.hash(scope.library.id, 'kk', nik.nik)),
        ]),
      )
      .orderBy('id', 'desc')
      .limit(MEMBERS_PER_PAGE)
      .execute();
    await writeAudit(tx, deps, scope, {
      action: 'member.find_by_number',
      subjectKind: 'member',
      subjectId: rows.length === 1 ? (rows[0]?.id ?? null) : null,
      fields: ['nik'],
    });
    return {
      ok: true,
      ids: await standingOf(
        tx,
        rows.map((row) => row.id),
      ),
    };
  });
}

/** The rows of these members, for the few hits of a number. */
export function listByIds(db: Db, scope: Scope, ids: readonly MemberId[]): Promise<readonly ListedMember[]> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const sight = sightOf(scope);
    if (sight === undefined || ids.length === 0) return [];
    const rows = await tx
      .selectFrom('member')
      .select(COLUMNS)
      .where('id', 'in', [...ids])
      .execute();
    return rows.map((row) => listed(scope, row, sight));
  });
}

/** How much of a member this officer sees; undefined for nothing. */
export function sightOf(scope: Scope): 'full' | 'masked' | undefined {
  const { actor } = scope;
  if (actor.kind !== 'officer') return undefined;
  if (may(actor.roles, 'member.view')) return 'full';
  return may(actor.roles, 'member.view_masked') ? 'masked' : undefined;
}

const COLUMNS = [
  'id',
  'number',
  'name',
  'birth_date',
  'member_type',
  'state',
  'valid_until',
  'member_since',
] as const;
type Row = Pick<Selectable<MemberTable>, (typeof COLUMNS)[number]>;

/** The newest of all members. */
function selectPage(tx: Tx, wanted: RawBuilder<SqlBool>): Promise<Row[]> {
  return tx
    .selectFrom('member')
    .select(COLUMNS)
    .where(wanted)
    .orderBy('id', 'desc')
    .limit(MEMBERS_PER_PAGE + 1)
    .execute();
}

/** Whether a member is one of those wanted, behind the page before. */
function onPage(scope: Scope, filter: MemberFilter, after: string | null): RawBuilder<SqlBool> {
  const today = todayOf(scope);
  const conditions = [sql`merged_into is null`];
  if (after !== null && /^[0-9a-f-]{36}$/.test(after)) conditions.push(sql`id < ${after}::uuid`);
  if (filter.type !== null) conditions.push(sql`member_type = ${filter.type}`);
  if (filter.servicePointId !== null) conditions.push(sql`service_point_id = ${filter.servicePointId}::uuid`);
  if (filter.status === 'expired') conditions.push(sql`state = 'active' and valid_until < ${today}::date`);
  else if (filter.status === 'active')
    conditions.push(sql`state = 'active' and (valid_until is null or valid_until >= ${today}::date)`);
  else if (filter.status !== null) conditions.push(sql`state = ${filter.status}`);
  return sql<SqlBool>`(${sql.join(conditions, sql` and `)})`;
}

function listed(scope: Scope, row: Row, sight: 'full' | 'masked'): ListedMember {
  const full = sight === 'full';
  return {
    id: row.id,
    number: full ? row.number : maskMemberNumber(row.number),
    name: full ? row.name : shortenName(row.name),
    birthDate: full ? row.birth_date : null,
    type: row.member_type,
    status: memberStatus(row.state, row.valid_until, todayOf(scope)),
    validUntil: row.valid_until,
    memberSince: row.member_since,
  };
}

/** The last three characters: enough to tell two rows apart in a meeting, too few to use the number. */
export function maskMemberNumber(number: string): string {
  return `••• ${number.slice(-3)}`;
}
