import { sql } from 'kysely';
import { insertRows } from '../db/bulk-insert.ts';
import type { Db, Tx } from '../db/connection.ts';
import {
  addCounts,
  changeOutcomes,
  findNumberRows,
  type ImportRowRecord,
  linkTwins,
  lockImport,
  markApplied,
  nextToApply,
} from '../db/import.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ImportId, MemberId } from '../domain/ids.ts';
import { type ImportCounts, type ImportMapping, typeCodeOf } from '../domain/importing/import-state.ts';
import { TYPE_WORDS, wordKey } from '../domain/importing/incoming-words.ts';
import type { StagedMember } from '../domain/importing/staged-member.ts';
import { instantOf } from '../domain/opening-hours.ts';
import { datePartsOf, type PlainDate } from '../domain/plain-date.ts';
import { validUntil } from '../domain/validity.ts';
import { actorColumns, type Deps, newId, type Scope, servicePointOf, todayOf } from './context.ts';
import { importedPerson } from './import-person.ts';
import { BATCH, numberHash, openRow } from './import-read.ts';
import { matchColumns } from './match-columns.ts';
import { reserveMemberNumbers } from './reserve-number.ts';

const NOON = 12 * 60;

/**
 * Makes members of the next rows, in one transaction: all of them with their history and the audit rows, or none. What
 * is done stands in the rows, so that whoever goes on after a stop begins with the next one.
 */
export async function applyBatch(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
): Promise<'applied' | 'stopped' | 'finished'> {
  const { library } = scope;
  const planned = await inLibrary(db, library.id, async (tx) => {
    const rows = await nextToApply(tx, importId, BATCH);
    return {
      rows: rows.map((row) => openOf(deps, scope, row)),
      taken: await takenNumbers(tx, deps, scope, rows),
    };
  });
  const lacking = planned.rows.filter(
    ({ staged }) => staged.number === null || planned.taken.has(staged.number),
  );
  // A number of a later row is that row's, although nobody has it yet.
  const promised = async (tx: Tx, made: readonly string[]) => {
    const hashes = new Map(made.map((number) => [numberHash(deps, scope, number).toString('hex'), number]));
    const rows = await findNumberRows(
      tx,
      importId,
      [...hashes.keys()].map((hash) => Buffer.from(hash, 'hex')),
    );
    return new Set(rows.flatMap((row) => hashes.get(row.number_hash?.toString('hex') ?? '') ?? []));
  };
  // Before the transaction: the counter of numbers is never locked while members are made.
  const numbers = [...(await reserveMemberNumbers(db, scope, lacking.length, promised))];
  return inLibrary(db, library.id, async (tx) => {
    const record = await lockImport(tx, importId);
    if (record.state !== 'applying' || record.paused) return 'stopped';
    const still = new Set((await nextToApply(tx, importId, BATCH)).map((row) => row.n));
    const rows = planned.rows.filter(({ row }) => still.has(row.n));
    if (still.size === 0) {
      await linkTwins(tx, importId);
      await tx
        .updateTable('import')
        .set({ state: 'done', finished_at: deps.now(), beat_at: deps.now() })
        .where('id', '=', importId)
        .execute();
      return 'finished';
    }
    const newcomers = await sinceArrived(tx, deps, scope, rows);
    await changeOutcomes(tx, importId, newcomers);
    const late = new Set(newcomers.map((each) => each.n));
    const { types } = record.mapping as ImportMapping;
    const given = new Set<string>();
    const made = rows.flatMap(({ row, staged }) => {
      if (late.has(row.n)) return [];
      const keeps = staged.number !== null && !planned.taken.has(staged.number) && !given.has(staged.number);
      const number = keeps ? staged.number : numbers.shift();
      // Two rows of this batch had one number and an officer said they are two people: the next batch has one for it.
      if (number === null || number === undefined) return [];
      given.add(number);
      const note = keeps || staged.number === null ? [] : ['number_not_kept'];
      return [{ row, note, ...memberOf(deps, scope, staged, number, types) }];
    });
    await insertRows(
      tx,
      'member',
      made.map(({ member }) => member),
    );
    await insertRows(
      tx,
      'member_event',
      made.flatMap(({ events }) => events),
    );
    await insertRows(
      tx,
      'audit_log',
      made.map(({ id }) => auditRow(deps, scope, id, importId)),
    );
    await markApplied(
      tx,
      importId,
      deps.now(),
      made.map(({ row, id, note }) => ({ n: row.n, memberId: id, reasons: note })),
    );
    const counts: ImportCounts = {
      applied: made.length,
      outcomes: late.size > 0 ? { new: -late.size, look: late.size } : {},
    };
    await tx
      .updateTable('import')
      .set({
        progress: record.progress + made.length,
        counts: JSON.stringify(addCounts(record.counts as ImportCounts, counts)),
        beat_at: deps.now(),
      })
      .where('id', '=', importId)
      .execute();
    return 'applied';
  });
}

interface OpenedRow {
  readonly row: ImportRowRecord;
  readonly staged: StagedMember;
}

function openOf(deps: Deps, scope: Scope, row: ImportRowRecord): OpenedRow {
  if (row.content === null) throw new Error('a row to be taken over has lost its content');
  return { row, staged: openRow(deps, scope, row.content) };
}

/** Numbers that somebody has, and those that rows of this batch share. */
async function takenNumbers(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  rows: readonly ImportRowRecord[],
): Promise<ReadonlySet<string>> {
  const numbers = rows.flatMap((row) => openOf(deps, scope, row).staged.number ?? []);
  if (numbers.length === 0) return new Set();
  const held = await tx.selectFrom('member').select('number').where('number', 'in', numbers).execute();
  return new Set(held.map((row) => row.number));
}

/** Members who came, with the same NIK, between the dry run and now: an officer looks again. */
async function sinceArrived(tx: Tx, { vault }: Deps, scope: Scope, rows: readonly OpenedRow[]) {
  const { id } = scope.library;
  const hashes = new Map(
    rows.flatMap(({ row, staged }): [string, number][] =>
      staged.identity.nik === null || row.decision === 'different'
        ? []
        : [[vault.hash(id, 'nik', staged.identity.nik).toString('hex'), row.n]],
    ),
  );
  if (hashes.size === 0) return [];
  const held = await tx
    .selectFrom('member')
    .select(['id', 'nik_hash'])
    .where(
      'nik_hash',
      '=',
      sql<Buffer>`any(${[...hashes.keys()].map((hash) => Buffer.from(hash, 'hex'))}::bytea[])`,
    )
    .execute();
  return held.flatMap((member) => {
    const n = hashes.get(member.nik_hash?.toString('hex') ?? '');
    if (n === undefined) return [];
    const candidate = {
      kind: 'member',
      id: member.id,
      score: 1,
      verdict: 'look',
      reasons: ['nik_same'],
    } as const;
    return [{ n, outcome: 'look', reason: 'alike_on_file', candidate, memberId: null } as const];
  });
}

function memberOf(
  deps: Deps,
  scope: Scope,
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
  const person = importedPerson(deps.vault, library.id, staged, type);
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
    ...matchColumns(deps.vault, library.id, { ...person, former_name_keys: [] }),
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

/** The end before the first renewal is not told: what the type gives, at most what the renewal extended it to. */
function firstEnd(usual: PlainDate | null, renewed: PlainDate | null): PlainDate | null {
  if (usual === null || renewed === null) return renewed;
  return usual < renewed ? usual : renewed;
}

function auditRow(deps: Deps, scope: Scope, id: MemberId, importId: ImportId) {
  return {
    library_id: scope.library.id,
    id: newId(deps, scope.at),
    at: scope.at,
    ...actorColumns(scope.actor),
    action: 'member.import',
    subject_kind: 'member',
    subject_id: id,
    fields: [],
    purpose: importId,
    digest: null,
    request_id: scope.requestId,
  };
}
