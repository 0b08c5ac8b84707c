import { sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { findNumberHolders, findWaiting, type WaitingRow } from '../db/import.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ImportId, MemberId } from '../domain/ids.ts';
import { type ImportMapping, typeCodeOf } from '../domain/importing/import-state.ts';
import { TYPE_WORDS, wordKey } from '../domain/importing/incoming-words.ts';
import type { StagedMember } from '../domain/importing/staged-member.ts';
import { instantOf } from '../domain/opening-hours.ts';
import { datePartsOf, type PlainDate } from '../domain/plain-date.ts';
import { validUntil } from '../domain/validity.ts';
import { actorColumns, type Deps, newId, type Scope, servicePointOf, todayOf } from './context.ts';
import { importedPerson } from './import-person.ts';
import { numberHash } from './import-prepare.ts';
import { openRow } from './import-read.ts';
import { matchColumns } from './match-columns.ts';
import { reserveMemberNumbers } from './reserve-number.ts';

const NOON = 12 * 60;

/** A member about to be made of a row. */
export interface PlannedMember extends ReturnType<typeof memberOf> {
  readonly row: WaitingRow;
  readonly staged: StagedMember;
  readonly number: string;
  readonly notes: readonly string[];
}

/**
 * Rows as members with their history, not written yet: done while the database still writes others. Numbers are reserved
 * on the way, so that their counter is never locked while members are made.
 * @param ns the rows, in the order of the file
 */
export async function planBatch(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  types: ImportMapping['types'],
  ns: readonly number[],
): Promise<readonly PlannedMember[]> {
  const { opened, held } = await inLibrary(db, scope.library.id, async (tx) => {
    const rows = await findWaiting(tx, importId, ns);
    const found = rows.map((row) => ({ row, staged: openOf(deps, scope, row) }));
    return {
      opened: found,
      held: await heldNumbers(
        tx,
        found.flatMap(({ staged }) => staged.number ?? []),
      ),
    };
  });
  const given = new Set<string>();
  const wishes = opened.map(({ row, staged }) => {
    // Two rows may have one number where an officer said they are two people: the first keeps it.
    const keeps = staged.number !== null && !held.has(staged.number) && !given.has(staged.number);
    if (keeps && staged.number !== null) given.add(staged.number);
    return { row, staged, keeps };
  });
  const lacking = wishes.filter(({ keeps }) => !keeps).length;
  // A number of a later row is that row's, although nobody has it yet.
  const promised = async (tx: Tx, made: readonly string[]) => {
    const hashes = new Map(made.map((number) => [numberHash(deps, scope, number).toString('hex'), number]));
    const sought = [...hashes.keys()].map((hash) => Buffer.from(hash, 'hex'));
    const held = await findNumberHolders(tx, importId, sought);
    return new Set(held.flatMap((hash) => hashes.get(hash.toString('hex')) ?? []));
  };
  const numbers: string[] = [...(await reserveMemberNumbers(db, scope, lacking, promised))];
  return wishes.flatMap(({ row, staged, keeps }) => {
    const number = keeps ? staged.number : numbers.shift();
    if (number === null || number === undefined) return [];
    const notes = keeps || staged.number === null ? [] : ['number_not_kept'];
    return [{ row, staged, number, notes, ...memberOf(deps, scope, row, staged, number, types) }];
  });
}

function openOf(deps: Deps, scope: Scope, row: WaitingRow): StagedMember {
  if (row.content === null) throw new Error('a row to be taken over has lost its content');
  return openRow(deps, scope, row.content);
}

/** Those of the numbers that somebody has. */
export async function heldNumbers(tx: Tx, numbers: readonly string[]): Promise<ReadonlySet<string>> {
  if (numbers.length === 0) return new Set();
  const held = await tx
    .selectFrom('member')
    .select('number')
    .where('number', '=', sql<string>`any(${[...numbers]}::text[])`)
    .execute();
  return new Set(held.map((row) => row.number));
}

function memberOf(
  deps: Deps,
  scope: Scope,
  row: WaitingRow,
  staged: StagedMember,
  number: string,
  types: ImportMapping['types'],
) {
  const { library, at } = scope;
  const today = todayOf(scope);
  const zone = library.settings.profile.timezone;
  const { memberTypes } = library.settings;
  const usual = (name: string) => TYPE_WORDS.get(wordKey(name));
  const type =
    typeCodeOf(staged.typeName, memberTypes, types, usual) ??
    memberTypes.find((each) => each.active)?.code ??
    'UMUM';
  const rule = memberTypes.find((each) => each.code === type)?.validity ?? { months: 12 };
  const since = staged.memberSince ?? today;
  const renewals = [...staged.renewals]
    .sort((one, other) => (one.on < other.on ? -1 : 1))
    .filter(({ on }) => on >= since);
  const until = staged.forLife
    ? null
    : (staged.validUntil ?? renewals.at(-1)?.until ?? validUntil(since, rule));
  const key = row.keyed ? staged.nameKey : undefined;
  const person = importedPerson(deps.vault, library.id, staged, type, key);
  const id = newId<MemberId>(deps, at);
  const member = {
    library_id: library.id,
    id,
    number,
    state: staged.state,
    state_effective_at: at,
    state_reason: null,
    service_point_id: servicePointOf(scope),
    application_id: null,
    member_since: since,
    valid_from: renewals.at(-1)?.on ?? since,
    valid_until: until,
    created_at: at,
    updated_at: at,
    notice_given: false,
    ...person,
    former_name_keys: [],
    photo_id: null,
    person_key: deps.vault.newPersonKey(library.id),
    ...foundBy(deps, scope, row, person),
  };
  const village = person.present_same ? person.address_village : person.present_village;
  // By these the reports count; they take effect on the days of the old system, and are recorded today.
  const event = (kind: string, effectiveAt: Date, end: PlainDate | null, oldEnd: PlainDate | null) => ({
    library_id: library.id,
    id: newId(deps, at),
    member_id: id,
    at,
    effective_at: effectiveAt,
    kind,
    reason: kind === 'joined' ? 'import' : null,
    old_valid_until: oldEnd,
    valid_until: end,
    member_type: type,
    sex: person.sex,
    birth_year: person.birth_date === null ? null : datePartsOf(person.birth_date).year,
    district: village === null ? null : village.split('.').slice(0, 3).join('.'),
    ...actorColumns(scope.actor),
    service_point_id: servicePointOf(scope),
  });
  const noon = (day: PlainDate) => (day === today ? at : new Date(instantOf(day, NOON, zone)));
  const ends = [...renewals.map((renewal) => renewal.until).slice(0, -1), until];
  let end = renewals.length === 0 ? until : firstEnd(validUntil(since, rule), renewals[0]?.until ?? null);
  const events = [event('joined', noon(since), end, null)];
  for (const [index, renewal] of renewals.entries()) {
    const next = ends[index] ?? null;
    events.push(event('renewed', noon(renewal.on), next, end));
    end = next;
  }
  if (staged.state !== 'active') events.push(event(staged.state, at, until, until));
  return { id, member, events };
}

/** What finds the member, where it did not stay with the row when that was read: of rows of an earlier version. */
function foundBy(
  { vault }: Deps,
  { library }: Scope,
  row: WaitingRow,
  person: ReturnType<typeof importedPerson>,
): { readonly match_keys: readonly number[] | null; readonly nik_slots: Buffer | null } {
  if (row.keyed) return { match_keys: null, nik_slots: null };
  return matchColumns(vault, library.id, { ...person, former_name_keys: [] });
}

/** The end before the first renewal is not told: what the type gives, at most what the renewal extended it to. */
function firstEnd(usual: PlainDate | null, renewed: PlainDate | null): PlainDate | null {
  if (usual === null || renewed === null) return renewed;
  return usual < renewed ? usual : renewed;
}
