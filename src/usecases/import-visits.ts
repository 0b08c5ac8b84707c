import { sql } from 'kysely';
import { insertRows } from '../db/bulk-insert.ts';
import type { Db, Tx } from '../db/connection.ts';
import type { ForeignGroup, ForeignVisit } from '../db/foreign/visits.ts';
import { addCounts, lockImport } from '../db/import.ts';
import { inLibrary } from '../db/tenancy.ts';
import { coveredText, coverIdentityNumbers } from '../domain/identity-in-text.ts';
import type { ImportId, MemberId, VisitId } from '../domain/ids.ts';
import type { ImportCounts } from '../domain/importing/import-state.ts';
import { EDUCATION_WORDS, OCCUPATION_WORDS, wordKey } from '../domain/importing/incoming-words.ts';
import { readIncomingDate } from '../domain/importing/read-date.ts';
import { instantOf } from '../domain/opening-hours.ts';
import { cleanName } from '../domain/person-name.ts';
import { parsePhone } from '../domain/phone.ts';
import { addMonths, type PlainDate } from '../domain/plain-date.ts';
import { type GroupCounts, LARGEST_GROUP } from '../domain/visit.ts';
import { writeAudit } from './audit.ts';
import { type Deps, newId, type Scope, servicePointOf, todayOf } from './context.ts';
import { numberHash } from './import-prepare.ts';

const AT_ONCE = 500;

/**
 * Takes a guest book over, each visit once, however often it is read. Names of visits older than the library keeps
 * them stay behind; the visit counts. Columns without a place here are told in the report.
 */
export async function importVisits(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  source: string,
  visits: AsyncIterable<ForeignVisit>,
  stopped: () => boolean,
): Promise<{ readonly taken: number; readonly unreadable: number }> {
  const sum = { taken: 0, unreadable: 0 };
  let batch: ForeignVisit[] = [];
  const put = async (): Promise<void> => {
    const result = await putVisits(db, deps, scope, importId, source, batch);
    sum.taken += result.taken;
    sum.unreadable += result.unreadable;
    batch = [];
  };
  for await (const visit of visits) {
    batch.push(visit);
    if (batch.length >= AT_ONCE) await put();
    if (stopped()) return sum;
  }
  await put();
  if (sum.taken > 0)
    await inLibrary(db, scope.library.id, (tx) =>
      writeAudit(tx, deps, scope, { action: 'import.visits', subjectKind: 'import', subjectId: importId }),
    );
  return sum;
}

function putVisits(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  source: string,
  batch: readonly ForeignVisit[],
): Promise<{ readonly taken: number; readonly unreadable: number }> {
  const { library } = scope;
  return inLibrary(db, library.id, async (tx) => {
    // Two runs at once wait for each other here.
    const record = await lockImport(tx, importId);
    const keyed = batch.map((visit) => ({
      visit,
      key: deps.vault.hash(library.id, 'submit_key', `import|${source}|${visit.key}`),
    }));
    const known = await knownKeys(
      tx,
      keyed.map(({ key }) => key),
    );
    const members = await membersByNumber(tx, deps, scope, batch);
    const fresh = keyed.filter(({ key }) => !known.has(key.toString('hex')));
    const leftOver: Record<string, number> = {};
    const rows = fresh.flatMap(({ visit, key }) => {
      const row = visitRow(deps, scope, visit, members);
      if (row === undefined) return [];
      for (const column of visit.leftOver) {
        const title = coveredText(column, 'words');
        leftOver[title] = (leftOver[title] ?? 0) + 1;
      }
      return [{ ...row, submit_key: key }];
    });
    await insertRows(tx, 'visit', rows);
    await tx
      .updateTable('import')
      .set({
        counts: JSON.stringify(addCounts(record.counts as ImportCounts, { visits: rows.length, leftOver })),
        beat_at: deps.now(),
      })
      .where('id', '=', importId)
      .execute();
    return { taken: rows.length, unreadable: fresh.length - rows.length };
  });
}

async function knownKeys(tx: Tx, keys: readonly Buffer[]): Promise<ReadonlySet<string>> {
  const rows = await tx
    .selectFrom('visit')
    .select('submit_key')
    .where('submit_key', '=', sql<Buffer>`any(${keys}::bytea[])`)
    .execute();
  return new Set(rows.map((row) => row.submit_key.toString('hex')));
}

/** Members by the number of the old system: as it is, or as it was where it was a NIK. */
async function membersByNumber(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  batch: readonly ForeignVisit[],
): Promise<ReadonlyMap<string, MemberId>> {
  const numbers = [...new Set(batch.flatMap(({ number }) => number ?? []))];
  if (numbers.length === 0) return new Map();
  const hashes = new Map(numbers.map((number) => [numberHash(deps, scope, number).toString('hex'), number]));
  const rows = await tx
    .selectFrom('import_row')
    .select(['number_hash', 'member_id'])
    .where(
      'number_hash',
      '=',
      sql<Buffer>`any(${[...hashes.keys()].map((hash) => Buffer.from(hash, 'hex'))}::bytea[])`,
    )
    .where('member_id', 'is not', null)
    .execute();
  const found = new Map<string, MemberId>();
  for (const row of rows) {
    const number = hashes.get(row.number_hash?.toString('hex') ?? '');
    if (number !== undefined && row.member_id !== null) found.set(number, row.member_id);
  }
  return found;
}

function visitRow(deps: Deps, scope: Scope, visit: ForeignVisit, members: ReadonlyMap<string, MemberId>) {
  const { library } = scope;
  const day = readIncomingDate(visit.at);
  if (day === undefined || day > todayOf(scope)) return undefined;
  const at = new Date(instantOf(day, minutesOf(visit.at), library.settings.profile.timezone));
  const memberId = visit.number === null ? undefined : members.get(visit.number);
  const oldest = addMonths(todayOf(scope), -library.settings.retention.visitorMonths);
  const name =
    day >= oldest && memberId === undefined ? cleanName(coverIdentityNumbers(visit.name ?? '')) : undefined;
  const single = visit.group === null && memberId === undefined;
  const phone = visit.group === null || day < oldest ? undefined : parsePhone(visit.group.phone ?? '');
  const persons =
    visit.group === null ? 1 : Math.min(LARGEST_GROUP, Math.max(1, Math.round(visit.group.persons)));
  return {
    library_id: library.id,
    id: newId<VisitId>(deps, scope.at),
    at,
    day: day as PlainDate,
    kind: visit.group !== null ? 'group' : memberId === undefined ? 'non_member' : 'member',
    member_id: memberId ?? null,
    purpose: purposeOf(scope, visit.purpose),
    service_point_id: servicePointOf(scope),
    device_id: null,
    officer_id: null,
    persons,
    name: name?.ok === true ? name.name : null,
    sex: visit.sex,
    // Of a member these stand in the membership.
    education: (single && EDUCATION_WORDS.get(wordKey(visit.education ?? ''))) || null,
    occupation: (single && OCCUPATION_WORDS.get(wordKey(visit.occupation ?? ''))) || null,
    institution: visit.institution === null ? null : coverIdentityNumbers(visit.institution).slice(0, 200),
    group_phone: phone?.ok === true ? phone.phone : null,
    group_counts: visit.group === null ? null : JSON.stringify(countsOf(visit.group, persons)),
  };
}

function countsOf(group: ForeignGroup, total: number): GroupCounts {
  const { men, women } = group;
  return {
    total,
    bySex: men + women === total ? { L: men, P: women } : {},
    byEducation: partsOf(group.byEducation, EDUCATION_WORDS, total),
    byOccupation: partsOf(group.byOccupation, OCCUPATION_WORDS, total),
  };
}

/** Parts in our words; those that do not add up are worse than none. */
function partsOf<Part extends string>(
  counted: Readonly<Record<string, number>>,
  words: ReadonlyMap<string, Part>,
  total: number,
): Partial<Record<Part, number>> {
  const parts: Partial<Record<Part, number>> = {};
  for (const [word, count] of Object.entries(counted)) {
    const part = words.get(wordKey(word));
    if (part === undefined) return {};
    parts[part] = (parts[part] ?? 0) + count;
  }
  return Object.values<number>(parts as Readonly<Record<string, number>>).reduce(
    (sum, each) => sum + each,
    0,
  ) === total
    ? parts
    : {};
}

function minutesOf(at: string): number {
  const time = /[T ](\d{1,2}):(\d{2})/.exec(at);
  return time ? Number(time[1]) * 60 + Number(time[2]) : 12 * 60;
}

/** The library's own service of that name; what it does not know is "something else". */
function purposeOf(scope: Scope, words: string | null): string {
  const { services } = scope.library.settings;
  const key = wordKey(words ?? '');
  const same = services.find(
    (service) => key !== '' && [service.name.id, service.code].some((name) => wordKey(name) === key),
  );
  return (same ?? services.find((service) => service.code === 'LAIN') ?? services.at(-1))?.code ?? 'LAIN';
}
