import { createHash } from 'node:crypto';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ForeignVisit } from '../../src/db/foreign/visits.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import { coveredText, IDENTITY_RULE } from '../../src/domain/identity-in-text.ts';
import type { ApplicationId, ImportId, MemberId, OfficerId } from '../../src/domain/ids.ts';
import type { ImportCounts } from '../../src/domain/importing/import-state.ts';
import { nameKey } from '../../src/domain/person-name.ts';
import { bytesInMemory } from '../../src/interop/byte-source.ts';
import { memberSource } from '../../src/interop/member-source.ts';
import { readMembers, recognise } from '../../src/interop/recognise.ts';
import { openCovering } from '../../src/jobs/cover-texts.ts';
import { sealWaiting } from '../../src/usecases/audit-seal.ts';
import { verifyAudit } from '../../src/usecases/audit-verify.ts';
import type { Scope } from '../../src/usecases/context.ts';
import { type CoverPorts, coverTexts, MAY_HOLD } from '../../src/usecases/cover-texts.ts';
import { forgetNamed } from '../../src/usecases/forget-named.ts';
import { openRow } from '../../src/usecases/import-read.ts';
import { importVisits } from '../../src/usecases/import-visits.ts';
import { matchColumns } from '../../src/usecases/match-columns.ts';
import { mergeMembers } from '../../src/usecases/merge-members.ts';
import { readMember } from '../../src/usecases/read-member.ts';
import { readRetention } from '../../src/usecases/read-retention.ts';
import { RECORD_TEXTS, type RecordTexts } from '../../src/usecases/record-texts.ts';
import { runImport } from '../../src/usecases/run-import.ts';
import { beginImport, finishUpload, openUpload, storeChunk } from '../../src/usecases/start-import.ts';
import { IDENTITY_COVERED, STORED_TEXTS } from '../../src/usecases/stored-texts.ts';
import { undoMerge } from '../../src/usecases/undo-merge.ts';
import { openRunner } from '../../src/web/office/imports/runner.ts';
import { type Counter, openCounter } from '../support/counter.ts';
import { createTestDatabase, type TestDatabase, testVault } from '../support/database.ts';
import { numbersInDump } from '../support/dump.ts';
import { apply, dryRun, fileOf, rowOf, rowsOf } from '../support/imports.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

/** As an older version kept them: by where each stands. */
const NUMBERS = {
  caseName: '9901011705900101',
  caseAddress: '9901011705900102',
  caseEmail: '9901011705900103',
  caseGuardian: '9901011705900104',
  name: '9901011705900105',
  birthPlace: '9901011705900106',
  address: '9901011705900107',
  present: '9901011705900108',
  rt: '9901011705900109',
  institution: '9901011705900110',
  email: '9901011705900111',
  guardian: '9901011705900112',
  familyCard: '9901010101010113',
  visitName: '9901011705900114',
  visitInstitution: '9901011705900115',
  visitReason: '9901011705900116',
  breachTitle: '9901011705900117',
  breachHappened: '9901011705900118',
  breachContact: '9901011705900119',
  sheet: '9901011705900120',
  returned: '9901011705900121',
  passkey: '9901011705900122',
  fileName: '9901011705900123',
  title: '9901011705900124',
  otherTitle: '9901010101010125',
  typeName: '9901011705900126',
  merged: '9901011705900127',
  waiting: '9901011705900128',
  tornOut: '9901011705900129',
} as const;
const spaced = (number: string) => number.replace(/^(\d{6})(\d{6})/, '$1 $2 ');

/** What is no identity number, however long it is. */
const ORDINARY = [
  'ISBN 978-602-8519-93-9',
  'Telp. 0812 3456 7890 / 0333 123456',
  'No. anggota 3510.2024.0012345',
  'NIP 19900517 201501 1 001',
  'Gg. 12 No. 345, 68416, masuk 2015-01-02 08:15:30',
  'SK 421.3/0123/429.101/2019',
] as const;

/** Longer than fifteen digits, or as long, and no identity number either: nothing but the record tells what stood there. */
const IN_RECORDS = 'surat 421301234291012, rekening 002301012345678, NIP 199005172015011001';

let database: TestDatabase;
let counter: Counter;
let admin: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  counter = await openCounter(database, 'banyuwangi');
  admin = new pg.Client({ ...database.addresses.admin });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

const system = (): Scope => ({
  library: counter.library,
  actor: { kind: 'system' },
  at: counter.deps.now(),
  requestId: 'cover-texts',
});
const koordinator = () => scopeOfRole(counter.library, counter.deps, ['petugas', 'sub_koordinator']);
const cover = (ports: Partial<CoverPorts> = {}) =>
  coverTexts(database.db, counter.deps, system(), {
    goOn: () => true,
    rest: () => Promise.resolve(),
    onLeft: () => undefined,
    ...ports,
  });
const found = () => numbersInDump(admin, NUMBERS);
/** As before the first run. */
const forgetRuns = () => admin.query('delete from text_cover');

async function put(table: string, row: Readonly<Record<string, unknown>>): Promise<void> {
  const full = { library_id: counter.library.id, ...row };
  const names = Object.keys(full);
  await admin.query(
    `insert into ${table} (${names.join(', ')}) values (${names.map((_, n) => `$${n + 1}`).join(', ')})`,
    Object.values(full),
  );
}

/** Columns of a member or a case as they were written before the rule, with what is derived from the name. */
async function rewrite(
  table: 'member' | 'application',
  id: string,
  columns: Readonly<Record<string, unknown>>,
): Promise<void> {
  const name = columns.name;
  const full = { ...columns, ...(typeof name === 'string' ? { name_key: nameKey(name) } : {}) };
  await admin.query(
    `update ${table} set ${Object.keys(full).map((column, n) => `${column} = $${n + 2}`)} where id = $1`,
    [id, ...Object.values(full)],
  );
}

const member = async (id: string) => {
  const rows = await inLibrary(database.db, counter.library.id, (tx) =>
    tx
      .selectFrom('member')
      .selectAll()
      .where('id', '=', id as MemberId)
      .executeTakeFirstOrThrow(),
  );
  return rows;
};

let memberId: MemberId;
let caseId: ApplicationId;
let visitId: string;
let importId: string;
let uncovered: readonly string[];

it('numbers that an older version kept in texts are covered in all tables, and no others', async () => {
  const { deps } = counter;
  const by = '01890000-0000-7000-8000-00000000000a' as OfficerId;
  const now = deps.now();
  const id = () => deps.uuid(now);

  memberId = await memberNamed(database, deps, koordinator(), 'Contoh Lama', {
    birthDate: '1990-05-17' as never,
  });
  await rewrite('member', memberId, {
    name: `Contoh ${NUMBERS.name} Lama`,
    birth_place: `Kota ${NUMBERS.birthPlace}`,
    address_line: `Jl. Contoh 4, NIK ${spaced(NUMBERS.address)}, belakang pasar`,
    address_rt: NUMBERS.rt,
    present_same: false,
    present_line: `Gg. Contoh ${NUMBERS.present}`,
    institution: `SMA Contoh / ${NUMBERS.institution.replace(/(\d{4})(?=\d)/g, '$1-')}`,
    email: `${NUMBERS.email}@surel.example`,
    guardian_name: `Ibu Contoh ${NUMBERS.guardian}`,
    former_name_keys: [nameKey(`Contoh Dulu ${spaced(NUMBERS.familyCard)}`), 'contoh pernah'],
  });
  const other = await memberNamed(database, deps, koordinator(), 'Contoh Biasa');
  await rewrite('member', other, {
    address_line: ORDINARY.slice(0, 3).join('; '),
    institution: ORDINARY.slice(3).join('; '),
  });
  uncovered = [other];

  const submitted = await counter.fromPhone('Contoh Kasus');
  caseId = submitted.applicationId;
  await rewrite('application', caseId, {
    address_village: '99.01.01.2001',
    name: `Contoh Kasus ${spaced(NUMBERS.caseName)}`,
    address_line: `Dusun Contoh ${NUMBERS.caseAddress}`,
    email: `nik${NUMBERS.caseEmail}@surel.example`,
    guardian_name: NUMBERS.caseGuardian,
  });

  visitId = id();
  const visit = {
    at: now,
    day: '2026-03-02',
    purpose: 'baca',
    service_point_id: counter.library.servicePoints[0]?.id,
  };
  await put('visit', {
    ...visit,
    id: visitId,
    submit_key: Buffer.from('one'),
    kind: 'group',
    persons: 5,
    name: NUMBERS.visitName,
    institution: `SD Contoh ${NUMBERS.visitInstitution}`,
    void_reason: `other: salah orang, ${NUMBERS.visitReason.replace(/(\d{4})(?=\d)/g, '$1.')}`,
  });
  for (const [n, name] of ORDINARY.entries())
    await put('visit', {
      ...visit,
      id: id(),
      submit_key: Buffer.from(`ordinary ${n}`),
      kind: 'non_member',
      name,
    });
  await put('breach', {
    id: id(),
    state: 'closed',
    title: `Surat ${NUMBERS.breachTitle}`,
    found_at: now,
    happened: `Surat dengan NIK ${spaced(NUMBERS.breachHappened)} salah kirim (${IN_RECORDS})`,
    cause: `Alamat tertukar: ${IN_RECORDS}`,
    data_kinds: ['name'],
    measures: ORDINARY.join('; '),
    contact: `Ibu Contoh, ${NUMBERS.breachContact}`,
    due_at: now,
    recorded_at: now,
    recorded_by: by,
  });
  await put('monthly_report', {
    month: '2020-01',
    revision: 1,
    figures: '{}',
    digest: Buffer.from('contoh'),
    checked_at: now,
    checked_by: by,
    checked_name: 'Kepala Bidang',
    withdrawn_at: now,
    withdrawn_name: 'Kepala Bidang',
    withdrawn_reason: `${NUMBERS.sheet} terhitung dua kali, ${IN_RECORDS}`,
  });
  await admin.query('update procedure_version set returned_note = $1 where library_id = $2', [
    `Lihat ${NUMBERS.returned}`,
    counter.library.id,
  ]);
  await put('member_passkey', {
    id: Buffer.from('00ff10', 'hex'),
    member_id: memberId,
    label: `Ponsel ${NUMBERS.passkey}`,
    public_key: Buffer.from('contoh'),
    counter: 0,
    transports: [],
    rp_id: 'localhost',
    synced: false,
    created_at: now,
  });
  importId = id();
  await put('import', {
    id: importId,
    format: 'csv',
    file_name: `lama ${NUMBERS.fileName}.csv`,
    source_hash: Buffer.from('contoh'),
    file_facts: {
      hasHeader: true,
      dialect: null,
      titles: ['Contoh Pertama', NUMBERS.title, ` ${NUMBERS.otherTitle} `],
    },
    mapping: {
      columns: { 'Contoh Pertama': 'name', [NUMBERS.title]: 'identity_number' },
      types: { [`Umum ${NUMBERS.typeName}`]: 'UMUM' },
    },
    state: 'done',
    size: 10,
    counts: {
      outcomes: { new: 3 },
      leftOver: { [NUMBERS.otherTitle]: 3 },
      types: { [`Umum ${NUMBERS.typeName}`]: 2 },
    },
    created_at: now,
  });

  const before = await found();
  expect(new Set(before.map((line) => line.split(' ')[1]))).toEqual(
    // Former names are kept as keys, whose parts stand in another order.
    new Set(
      Object.keys(NUMBERS).filter((way) => !['familyCard', 'merged', 'waiting', 'tornOut'].includes(way)),
    ),
  );
  const untouched = await admin.query('select * from member where id = $1', [uncovered[0]]);

  expect(await cover({ page: 3 })).toEqual({ kind: 'ended', texts: 26, unchanged: 0 });

  expect(await found()).toEqual([]);
  expect((await admin.query('select * from member where id = $1', [uncovered[0]])).rows).toEqual(
    untouched.rows,
  );
  const books = await admin.query<{ name: string }>('select name from visit where id <> $1 order by id', [
    visitId,
  ]);
  expect(books.rows.map(({ name }) => name)).toEqual(ORDINARY);
  const guests = await admin.query('select name, institution, void_reason from visit where id = $1', [
    visitId,
  ]);
  expect(guests.rows).toEqual([
    { name: '•••', institution: 'SD Contoh •••', void_reason: 'other: salah orang, •••' },
  ]);
  const breach = await admin.query('select title, happened, cause, measures, contact, version from breach');
  expect(breach.rows).toEqual([
    {
      title: 'Surat •••',
      happened: `Surat dengan NIK ••• salah kirim (${IN_RECORDS})`,
      cause: `Alamat tertukar: ${IN_RECORDS}`,
      measures: ORDINARY.join('; '),
      contact: 'Ibu Contoh, •••',
      version: 1,
    },
  ]);
  const months = await admin.query('select withdrawn_reason from monthly_report');
  expect(months.rows).toEqual([{ withdrawn_reason: `••• terhitung dua kali, ${IN_RECORDS}` }]);
  const lists = await admin.query('select file_name, file_facts, mapping, counts from import');
  expect(lists.rows).toEqual([
    {
      file_name: 'lama •••.csv',
      file_facts: { hasHeader: true, dialect: null, titles: ['Contoh Pertama', '•••', '••• (2)'] },
      mapping: {
        columns: { 'Contoh Pertama': 'name', '•••': 'identity_number' },
        types: { 'Umum •••': 'UMUM' },
      },
      counts: { outcomes: { new: 3 }, leftOver: { '••• (2)': 3 }, types: { 'Umum •••': 2 } },
    },
  ]);
});

it('what follows from a text follows the covered one, and history keeps what stood there, masked', async () => {
  const { deps, library } = counter;
  const row = await member(memberId);
  expect(row).toMatchObject({
    name: 'Contoh ••• Lama',
    name_key: 'contoh lama',
    former_name_keys: ['contoh dulu', 'contoh pernah'],
    birth_place: 'Kota •••',
    address_line: 'Jl. Contoh 4, NIK •••, belakang pasar',
    address_rt: '•••',
    present_line: 'Gg. Contoh •••',
    institution: 'SMA Contoh / •••',
    email: null,
    guardian_name: 'Ibu Contoh •••',
  });
  const made = matchColumns(testVault, library.id, row);
  expect(row.match_keys?.toSorted()).toEqual(made.match_keys.toSorted());
  const events = await inLibrary(database.db, library.id, (tx) =>
    tx.selectFrom('member_event').select(['kind', 'reason']).where('member_id', '=', memberId).execute(),
  );
  expect(events).toContainEqual({ kind: 'corrected', reason: IDENTITY_COVERED });
  const view = await readMember(database.db, deps, koordinator(), memberId);
  const [revision] = view?.revisions ?? [];
  expect(revision).toMatchObject({
    actorKind: 'system',
    before: { address_line: 'Jl. Contoh 4, NIK •••, belakang pasar (•••••••••••• 0107)' },
    after: { address_line: 'Jl. Contoh 4, NIK •••, belakang pasar', email: '' },
  });
  expect(revision?.before.email).toBe('•••@surel.example (•••••••••••• 0111)');
  expect(JSON.stringify(view)).not.toMatch(/\d{16}/);

  // The case says so to whoever works at it, as it did while the number stood there.
  const officer = await counter.officer('petugas');
  const page = await (await officer.page(`/banyuwangi/loket/${caseId}`)).text();
  expect(page).toContain('nomornya sudah ditutup');
});

it('the audit log says what was covered and never holds a number; the office is told how many and when', async () => {
  const { deps, library } = counter;
  const rows = await admin.query<{
    action: string;
    subject_kind: string;
    subject_id: string;
    fields: string[];
  }>(
    "select action, subject_kind, subject_id, fields from audit_log where action like 'text.%' order by seq",
  );
  expect(rows.rows.map(({ subject_kind }) => subject_kind)).toEqual([
    'application',
    'member',
    'visit',
    'breach',
    'report',
    'procedure',
    'member',
    'import',
    'setting',
  ]);
  expect(rows.rows[1]).toMatchObject({
    subject_id: memberId,
    fields: expect.arrayContaining(['email', 'name']),
  });
  expect(rows.rows.at(-1)?.fields).toEqual(
    expect.arrayContaining(['member.address_line: 1', 'breach.title: 1']),
  );
  await sealWaiting(database.db);
  const chain = await verifyAudit(database.db, library.id, { before: deps.now() }, () => undefined);
  expect(chain.findings).toBe(0);

  const scope = scopeOfRole(library, deps, ['admin']);
  const view = await readRetention(database.db, scope);
  expect(view?.texts).toHaveLength(1);
  expect(view?.texts[0]).toMatchObject({ endedAt: deps.now(), unchanged: 0 });
  expect(view?.texts[0]?.covered).toContainEqual({ table: 'visit', column: 'void_reason', count: 1 });
  expect(view?.texts[0]?.looked).toBeGreaterThan(10);
  const admins = await counter.officer('admin');
  const page = await (await admins.page('/banyuwangi/pengaturan/retensi/laporan')).text();
  expect(page).toContain('Anggota, Surel (email): 1');
  const log = await admins.page('/banyuwangi/jejak?tindakan=text.cover');
  expect(await log.text()).toContain('Nomor identitas dalam teks ditutup');
});

it('it is done once for each version of the rule, and by one process', async () => {
  const before = await admin.query('select * from text_cover');
  expect(await cover()).toEqual({ kind: 'nothing' });
  // A rule that was followed by another version of the program is none of ours.
  await admin.query('update text_cover set rule = $1', [IDENTITY_RULE + 1]);
  expect(await cover()).toEqual({ kind: 'nothing' });
  // An earlier rule had found less.
  await admin.query('update text_cover set rule = $1', [IDENTITY_RULE - 1]);
  await rewrite('member', uncovered[0] ?? '', { institution: `SMA ${NUMBERS.institution}` });
  expect(await cover()).toEqual({ kind: 'ended', texts: 1, unchanged: 0 });
  expect(await cover()).toEqual({ kind: 'nothing' });
  expect(await found()).toEqual([]);
  const after = await admin.query('select rule from text_cover order by rule');
  expect(after.rows).toEqual([{ rule: IDENTITY_RULE - 1 }, { rule: IDENTITY_RULE }]);
  expect(before.rowCount).toBe(1);
});

it('a backup of before comes back as it was, and is looked through again', async () => {
  await forgetRuns();
  await rewrite('member', uncovered[0] ?? '', { institution: `SMA ${NUMBERS.institution}` });
  const logged: object[] = [];
  // The service notices a new leader, as after a restore, and needs one look for each library then.
  let leader: object | null = {};
  const covering = openCovering(database.db, counter.deps, {
    leader: () => leader,
    log: (entry) => logged.push(entry),
  });
  await covering.look();
  expect(logged).toContainEqual(expect.objectContaining({ library: 'banyuwangi', texts: 1, unchanged: 0 }));
  expect(logged).toContainEqual(expect.objectContaining({ library: 'jateng', texts: 0 }));
  expect(await found()).toEqual([]);
  await forgetRuns();
  await rewrite('member', uncovered[0] ?? '', { institution: `SMA ${NUMBERS.institution}` });
  await covering.look();
  expect(logged).toHaveLength(2);
  leader = {};
  await covering.look();
  expect(logged).toHaveLength(4);
  expect(await found()).toEqual([]);
  covering.stop();
});

it('whoever goes on after a stop begins with the next row: none twice, none left out', async () => {
  const { deps } = counter;
  const ids = Array.from({ length: 25 }, () => deps.uuid(deps.now()));
  for (const [n, id] of ids.entries())
    await put('visit', {
      id,
      submit_key: Buffer.from(`stopped ${n}`),
      at: deps.now(),
      day: '2026-03-03',
      purpose: 'baca',
      service_point_id: counter.library.servicePoints[0]?.id,
      kind: 'non_member',
      name: `Contoh ${NUMBERS.visitName}`,
    });
  await forgetRuns();
  const audited = async () =>
    (
      await admin.query<{ subject_id: string }>(
        "select subject_id from audit_log where action = 'text.cover' and subject_id = any($1::text[])",
        [ids],
      )
    ).rows.map(({ subject_id }) => subject_id);
  let runs = 0;
  for (let ended = false; !ended; runs++) {
    // Stopped after a few looks each time.
    let left = 9;
    const outcome = await cover({ page: 4, goOn: () => left-- > 0 });
    ended = outcome.kind === 'ended';
    if (ended) expect(outcome).toEqual({ kind: 'ended', texts: 25, unchanged: 0 });
  }
  expect(runs).toBeGreaterThan(4);
  expect((await audited()).toSorted()).toEqual(ids.toSorted());
  expect(await found()).toEqual([]);
});

it('a process that is overtaken by another stops without counting anything twice', async () => {
  await forgetRuns();
  await rewrite('member', uncovered[0] ?? '', { institution: `SMA ${NUMBERS.institution}` });
  let isOther = false;
  const slow = cover({
    page: 2,
    rest: async () => {
      if (isOther) return;
      isOther = true;
      expect(await cover()).toEqual({ kind: 'ended', texts: 1, unchanged: 0 });
    },
  });
  await expect(slow).rejects.toThrow('another process');
  const counts = await admin.query<{ counts: unknown }>(
    'select counts from text_cover where library_id = $1',
    [counter.library.id],
  );
  expect(counts.rows).toEqual([{ counts: { 'member.institution': 1 } }]);
});

/** As damaged where it lies. */
const tear = (column: string, id: string) =>
  admin.query(
    `update member set ${column} = set_byte(${column}, 30, get_byte(${column}, 30) # 1) where id = $1`,
    [id],
  );
const eventsOf = async (id: string) => {
  const { rows } = await admin.query<{ kind: string; reason: string | null }>(
    'select kind, reason from member_event where member_id = $1 and reason is not null order by id',
    [id],
  );
  return rows;
};

it('a member whose sealed number does not open is covered all the same, and stays findable by it', async () => {
  const { deps, library } = counter;
  const broken = await memberNamed(database, deps, koordinator(), 'Contoh Rusak');
  const fine = await memberNamed(database, deps, koordinator(), 'Contoh Utuh');
  const named = { ...(await member(broken)), name: `Contoh Rusak ${NUMBERS.tornOut}` };
  for (const id of [broken, fine]) await rewrite('member', id, { institution: `SMA ${NUMBERS.tornOut}` });
  await rewrite('member', broken, {
    name: named.name,
    match_keys: matchColumns(testVault, library.id, named).match_keys,
  });
  await tear('nik', broken);
  await forgetRuns();
  expect(await cover()).toEqual({ kind: 'ended', texts: 3, unchanged: 0 });
  expect((await member(fine)).institution).toBe('SMA •••');
  const row = await member(broken);
  expect(row).toMatchObject({ name: 'Contoh Rusak •••', institution: 'SMA •••' });
  const whole = matchColumns(testVault, library.id, { ...row, nik: named.nik });
  expect(whole.nik_slots).not.toBeNull();
  expect(row.nik_slots).toEqual(whole.nik_slots);
  expect(row.match_keys?.toSorted()).toEqual(whole.match_keys.toSorted());
  expect(await found()).toEqual([]);
});

it('where the key of the history is torn, the texts are covered without it', async () => {
  const torn = await memberNamed(database, counter.deps, koordinator(), 'Contoh Sobek');
  await rewrite('member', torn, { institution: `SMA ${NUMBERS.tornOut}` });
  await tear('person_key', torn);
  await forgetRuns();
  expect(await cover()).toEqual({ kind: 'ended', texts: 1, unchanged: 0 });
  expect((await member(torn)).institution).toBe('SMA •••');
  expect(await eventsOf(torn)).toContainEqual({ kind: 'corrected', reason: IDENTITY_COVERED });
});

it('a row that cannot be changed holds up nobody, is told, and is tried again by each leader', async () => {
  const { deps, library } = counter;
  const keyless: MemberId[] = [];
  for (const name of ['Contoh Satu', 'Contoh Dua', 'Contoh Tiga'])
    keyless.push(await memberNamed(database, deps, koordinator(), name));
  const last = await memberNamed(database, deps, koordinator(), 'Contoh Sesudah');
  for (const id of [...keyless, last]) await rewrite('member', id, { institution: `SMA ${NUMBERS.tornOut}` });
  // Sealed with a data key that is not in the ring.
  const dataKey = (id: string, number: number) =>
    admin.query('update member set person_key = set_byte(person_key, 0, $2) where id = $1', [id, number]);
  for (const id of keyless) await dataKey(id, 99);
  await forgetRuns();
  const logged: object[] = [];
  let leader: object = {};
  const covering = openCovering(database.db, deps, {
    leader: () => leader,
    log: (entry) => logged.push(entry),
  });
  const ofUs = () => logged.splice(0).filter((entry) => 'library' in entry && entry.library === library.slug);
  const left = { event: 'text-left', library: library.slug, table: 'member', error: 'UnknownKeyError' };
  const ended = { event: 'texts-covered', library: library.slug };
  await covering.look();
  expect(ofUs()).toEqual([left, left, left, { ...ended, texts: 1, unchanged: 3 }]);
  const kept = async () =>
    (
      await admin.query('select unchanged, left_rows, counts from text_cover where library_id = $1', [
        library.id,
      ])
    ).rows;
  const rowOfKey = (key: string) => ({ table: 'member', key, error: 'UnknownKeyError' });
  expect(await kept()).toEqual([
    { unchanged: 3, left_rows: keyless.map(rowOfKey), counts: { 'member.institution': 1 } },
  ]);
  const view = await readRetention(database.db, scopeOfRole(library, deps, ['admin']));
  expect(view?.texts[0]?.unchanged).toBe(3);

  // The same leader does not look again; the next one tries these and no others.
  const [first = '', second = '', third = ''] = keyless;
  await dataKey(second, 1);
  await rewrite('member', last, { institution: `SMA ${NUMBERS.tornOut}` });
  await covering.look();
  expect(ofUs()).toEqual([]);
  leader = {};
  await covering.look();
  expect(ofUs()).toEqual([left, left, { ...ended, texts: 1, unchanged: 2 }]);
  expect((await member(second)).institution).toBe('SMA •••');
  expect((await member(last)).institution).not.toBe('SMA •••');
  expect(await kept()).toEqual([
    { unchanged: 2, left_rows: [first, third].map(rowOfKey), counts: { 'member.institution': 2 } },
  ]);
  const audited = await admin.query(
    "select fields from audit_log where action = 'text.cover' and subject_id = $1",
    [second],
  );
  expect(audited.rows).toEqual([{ fields: ['institution'] }]);

  // Of more than are kept by their keys, all is looked through again.
  for (const id of [first, third]) await dataKey(id, 1);
  expect(await cover({ leftAtMost: 1 })).toEqual({ kind: 'ended', texts: 5, unchanged: 0 });
  expect(await found()).toEqual([]);
  expect(await cover()).toEqual({ kind: 'nothing' });
  covering.stop();
});

it('of a merged membership nobody hears; who stands for it prints the cards of both anew', async () => {
  const { deps } = counter;
  const standing = await memberNamed(database, deps, koordinator(), 'Contoh Berdiri');
  const merged = await memberNamed(database, deps, koordinator(), 'Contoh Digabung');
  const done = await mergeMembers(database.db, deps, koordinator(), {
    winnerId: standing,
    loserId: merged,
    take: [],
    reason: 'applied_twice',
  });
  expect(done).toMatchObject({ ok: true });
  await admin.query(
    "update card set printed_at = now(), valid_until = '2031-01-02' where member_id = any($1::uuid[])",
    [[standing, merged]],
  );
  const printed = async () =>
    (
      await admin.query<{ member_id: string; printed: boolean }>(
        `select member_id, printed_at is not null as printed from card
         where member_id = any($1::uuid[]) and revoked_at is null and valid_until = '2031-01-02'`,
        [[standing, merged]],
      )
    ).rows;
  const both = (isPrinted: boolean) =>
    expect.arrayContaining([standing, merged].map((id) => ({ member_id: id, printed: isPrinted })));

  await rewrite('member', merged, { name: `Contoh Digabung ${NUMBERS.merged}` });
  const before = await eventsOf(merged);
  await forgetRuns();
  expect(await cover()).toEqual({ kind: 'ended', texts: 1, unchanged: 0 });
  expect((await member(merged)).name).toBe('Contoh Digabung •••');
  expect(await eventsOf(merged)).toEqual(before);
  expect(await printed()).toEqual(both(true));

  await rewrite('member', standing, { name: `Contoh Berdiri ${NUMBERS.merged}` });
  await forgetRuns();
  expect(await cover()).toEqual({ kind: 'ended', texts: 1, unchanged: 0 });
  expect(await eventsOf(standing)).toContainEqual({ kind: 'corrected', reason: IDENTITY_COVERED });
  expect(await printed()).toEqual(both(false));
});

it('what a merge of before took goes back, also where the job has not come to it yet', async () => {
  const { deps } = counter;
  const winner = await memberNamed(database, deps, koordinator(), 'Contoh Semula');
  const loser = await memberNamed(database, deps, koordinator(), `Contoh Lain`);
  const taken = {
    name: `Contoh Lain ${NUMBERS.merged}`,
    address_line: `Jl. Pergi ${NUMBERS.merged}`,
    email: `${NUMBERS.merged}@surel.example`,
  };
  await rewrite('member', winner, { address_line: 'Jl. Semula 1', email: 'semula@surel.example' });
  await rewrite('member', loser, taken);
  const merged = await mergeMembers(database.db, deps, koordinator(), {
    winnerId: winner,
    loserId: loser,
    take: ['name', 'address', 'email'],
    reason: 'applied_twice',
  });
  expect(merged).toMatchObject({ ok: true });
  // As the older version wrote them.
  await rewrite('member', winner, taken);
  const [merge] = (
    await admin.query<{ id: string }>('select id from member_merge where winner_id = $1', [winner])
  ).rows;
  const undone = await undoMerge(database.db, deps, koordinator(), {
    mergeId: merge?.id ?? '',
    reason: 'different_people',
  });
  expect(undone).toMatchObject({ ok: true, kept: [] });
  expect(await member(winner)).toMatchObject({
    name: 'Contoh Semula',
    former_name_keys: [],
    address_line: 'Jl. Semula 1',
    email: 'semula@surel.example',
  });
  await forgetRuns();
  expect(await cover()).toMatchObject({ kind: 'ended', texts: 3 });
  expect(await found()).toEqual([]);
});

it('undoing a merge of before brings no number back', async () => {
  const { deps } = counter;
  const winner = await memberNamed(database, deps, koordinator(), 'Contoh Tetap');
  const loser = await memberNamed(database, deps, koordinator(), 'Contoh Pergi');
  await rewrite('member', winner, {
    name: `Contoh Tetap ${NUMBERS.merged}`,
    address_line: `Jl. Tetap ${NUMBERS.merged}`,
  });
  await admin.query('update card set printed_at = now() where member_id = $1', [winner]);
  await rewrite('member', loser, { address_line: 'Jl. Pergi 2' });
  const merged = await mergeMembers(database.db, deps, koordinator(), {
    winnerId: winner,
    loserId: loser,
    take: ['name', 'address'],
    reason: 'applied_twice',
  });
  expect(merged).toMatchObject({ ok: true });
  expect(await found()).toEqual([]);
  const [merge] = (
    await admin.query<{ id: string }>('select id from member_merge where winner_id = $1', [winner])
  ).rows;
  const undone = await undoMerge(database.db, deps, koordinator(), {
    mergeId: merge?.id ?? '',
    reason: 'different_people',
  });
  expect(undone).toMatchObject({ ok: true, kept: [] });
  expect(await member(winner)).toMatchObject({ name: 'Contoh Tetap •••', address_line: 'Jl. Tetap •••' });
  // The card that was printed shows the number.
  const cards = await admin.query('select printed_at from card where member_id = $1', [winner]);
  expect(cards.rows).toEqual([{ printed_at: null }]);
  expect(await found()).toEqual([]);
});

it('a list that was read before the rule makes members without a number in their texts', async () => {
  const { deps, library } = counter;
  const { importId: waiting } = await dryRun(database, deps, koordinator(), fileOf(rowOf(77)));
  // As the reader of before left it.
  const { rows } = await admin.query<{ content: Buffer }>(
    'select content from import_row where import_id = $1',
    [waiting],
  );
  const staged = JSON.parse(testVault.openText(library.id, 'import', rows[0]?.content ?? Buffer.alloc(0)));
  const old = {
    ...staged,
    name: `${staged.name} ${NUMBERS.waiting}`,
    nameKey: nameKey(`${staged.name} ${NUMBERS.waiting}`),
    address: { ...staged.address, line: `Jl. Contoh ${spaced(NUMBERS.waiting)}` },
    email: `${NUMBERS.waiting}@surel.example`,
  };
  await admin.query('update import_row set content = $1 where import_id = $2', [
    testVault.seal(library.id, 'import', JSON.stringify(old)),
    waiting,
  ]);
  await apply(database, deps, koordinator(), waiting as ImportId);
  const [made] = await rowsOf(database, koordinator(), waiting);
  expect(await member(made?.member_id ?? '')).toMatchObject({
    name: `${staged.name} •••`,
    name_key: nameKey(staged.name),
    address_line: 'Jl. Contoh •••',
    email: null,
  });
  expect(await found()).toEqual([]);
});

it('a list that is being read while its titles are covered puts none of them back', async () => {
  const { deps, library } = counter;
  const titles = ['No Anggota', 'Nama', 'Tanggal Lahir', NUMBERS.title];
  const columns = { 'No Anggota': 'number', Nama: 'name', 'Tanggal Lahir': 'birth_date' } as const;
  const rows = Array.from({ length: 600 }, (_, n) => `L${n},Contoh Daftar ${n},1990-01-02,x`);
  const bytes = new TextEncoder().encode([titles.join(','), ...rows, ''].join('\n'));
  const facts = { hasHeader: true, dialect: { separator: ',', escape: 'quote' }, titles } as const;
  const { importId: reading } = await beginImport(database.db, deps, koordinator(), {
    fileName: 'lama.csv',
    format: 'csv',
    size: bytes.length,
    facts,
    columns,
    digest: createHash('sha256').update(bytes).digest('hex'),
  });
  // The reader has the file in hand as it was recognised before the rule; the job comes after its first rows.
  const file = memberSource(bytesInMemory(bytes), { format: 'csv', ...facts }, columns);
  const source = {
    progress: file.progress,
    async *members() {
      let n = 0;
      for await (const one of file.members()) {
        if (n++ === 300) {
          await forgetRuns();
          expect(await cover()).toMatchObject({ kind: 'ended' });
          expect(await found()).toEqual([]);
        }
        yield one;
      }
    },
  };
  await runImport(database.db, deps, koordinator(), reading, { source });
  const kept = await admin.query<{ counts: ImportCounts }>('select counts from import where id = $1', [
    reading,
  ]);
  expect(kept.rows[0]?.counts).toMatchObject({ leftOver: { '•••': 600 } });
  expect(await found()).toEqual([]);
  // Nor does the report of its rows, which are sealed as they were read.
  const sealed = await admin.query<{ content: Buffer }>(
    'select content from import_row where import_id = $1 limit 1',
    [reading],
  );
  const content = sealed.rows[0]?.content ?? Buffer.alloc(0);
  expect(testVault.openText(library.id, 'import', content)).toContain(NUMBERS.title);
  expect(openRow(deps, koordinator(), content).leftOver).toEqual(['•••']);
});

it('a list that an older version left in the middle of its reading goes on under titles that are covered', async () => {
  const { deps } = counter;
  const titles = ['No Anggota', 'Nama', NUMBERS.title, NUMBERS.otherTitle, NUMBERS.typeName];
  const bytes = new TextEncoder().encode(
    `${titles.join(',')}\nT1,Contoh Tunda,x,,SMA Contoh\nT2,Contoh Nanti,,y,\n`,
  );
  const waiting = await openUpload(database.db, deps, koordinator(), 'lama.csv');
  await storeChunk(database.db, deps, koordinator(), waiting, 0, bytes);
  await finishUpload(database.db, deps, koordinator(), waiting, {
    fileName: 'lama.csv',
    format: 'csv',
    size: bytes.length,
    facts: { hasHeader: true, dialect: { separator: ',', escape: 'quote' }, titles },
    columns: { 'No Anggota': 'number', Nama: 'name', [NUMBERS.typeName]: 'institution' },
    digest: 'contoh',
  });
  await admin.query("update import set state = 'reading' where id = $1", [waiting]);
  const runner = openRunner({ ...deps, db: database.db, log: () => undefined });
  expect(await runner.run(koordinator(), waiting)).toBe('running');
  const read = async () =>
    (
      await admin.query<{ state: string; counts: ImportCounts }>(
        'select state, counts from import where id = $1',
        [waiting],
      )
    ).rows[0];
  await expect.poll(async () => (await read())?.state, { timeout: 20_000 }).toBe('checked');
  await runner.stop();
  // Each under its own title, and what stands in a column that has a place is taken.
  expect((await read())?.counts.leftOver).toEqual({ '•••': 1, '••• (2)': 1 });
  const sealed = await admin.query<{ content: Buffer }>(
    'select content from import_row where import_id = $1 order by n',
    [waiting],
  );
  const [first] = sealed.rows.map(({ content }) => openRow(deps, koordinator(), content));
  expect(first?.institution).toBe('SMA Contoh');
  await forgetRuns();
  expect(await cover()).toMatchObject({ kind: 'ended', unchanged: 0 });
  expect(await found()).toEqual([]);
});

it('columns of a guest book that have no place are counted without a number in their titles', async () => {
  const { deps } = counter;
  const visit: ForeignVisit = {
    key: 'contoh-1',
    at: '2025-06-04 10:00:00',
    number: null,
    name: 'Contoh Tamu',
    sex: null,
    education: null,
    occupation: null,
    institution: null,
    purpose: null,
    group: null,
    leftOver: [NUMBERS.title, NUMBERS.otherTitle],
  };
  const visits = (async function* () {
    yield visit;
  })();
  const taken = await importVisits(
    database.db,
    deps,
    koordinator(),
    importId as ImportId,
    'contoh',
    visits,
    () => false,
  );
  expect(taken).toEqual({ taken: 1, unreadable: 0 });
  const kept = await admin.query<{ counts: ImportCounts }>('select counts from import where id = $1', [
    importId,
  ]);
  expect(kept.rows[0]?.counts.leftOver).toMatchObject({ '•••': 2 });
  expect(await found()).toEqual([]);
});

it('a first row that is no row of titles leaves no number in what is kept of the list', async () => {
  const list = `Contoh Pertama,${NUMBERS.title},${NUMBERS.otherTitle}\nContoh Kedua,x,y\n`;
  const file = await recognise(bytesInMemory(new TextEncoder().encode(list)));
  if (!file.ok) throw new Error(file.reason);
  expect(file.titles).toEqual(['Contoh Pertama', '•••', '••• (2)']);
  const mapping = { 'Contoh Pertama': 'name', '•••': 'number', '••• (2)': 'institution' } as const;
  const read: unknown[] = [];
  for await (const { facts } of readMembers(bytesInMemory(new TextEncoder().encode(list)), file, mapping))
    read.push(facts);
  expect(read).toEqual([{ name: 'Contoh Kedua', number: 'x', institution: 'y' }]);
});

it('the look of the database finds every text in which the rule covers something', async () => {
  const sign = fc.constantFrom(
    '',
    ' ',
    '  ',
    '-',
    '  -  ',
    '/',
    ' / ',
    '.',
    '_',
    '\u2013',
    '\u3000',
    '\n',
    '  |  ',
    '\u00a0:\u00a0',
  );
  const lengths = fc.constantFrom(
    [16],
    [6, 6, 4],
    [4, 4, 4, 4],
    [2, 2, 2, 2, 2, 2, 4],
    Array(16).fill(1),
    [6, 6, 3],
    [15],
    [17],
  );
  const number = fc.constantFrom('99010117059000427', '35100123049100073', '11010157089900151');
  const written = fc
    .tuple(fc.string(), number, lengths, sign, fc.string(), fc.boolean())
    .map(([before, digits, parts, between, after, isWide]) => {
      const starts = parts.map((_, n) => parts.slice(0, n).reduce((sum, length) => sum + length, 0));
      const pieces = parts.map((length, n) => digits.slice(starts[n], (starts[n] ?? 0) + length));
      const text = pieces.join(between);
      const wide = text.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
      return before + (isWide ? wide : text) + after;
    });
  const noise = fc
    .array(fc.tuple(fc.stringMatching(/^[0-9]{1,8}$/), sign), { maxLength: 8 })
    .map((parts) => parts.flat().join(''));
  const texts = fc.sample(fc.oneof(written, noise), 6_000).filter((text) => !/[\0\ud800-\udfff]/.test(text));
  const covered = texts.filter((text) => coveredText(text, 'words') !== text);
  expect(covered.length).toBeGreaterThan(1_500);
  const { rows } = await admin.query<{ text: string }>(
    'select text from unnest($1::text[]) as text where text !~ $2',
    [covered, MAY_HOLD],
  );
  expect(rows).toEqual([]);
  expect(
    covered.map((text) => coveredText(text, 'words')).every((text) => coveredText(text, 'words') === text),
  ).toBe(true);
});

it('records about no one person are looked through for numbers and for who is erased, in the same columns', async () => {
  const { deps, library } = counter;
  const person = await memberNamed(database, deps, koordinator(), 'Contohwati Tersebut');
  const text = `Contohwati Tersebut, ${NUMBERS.sheet}`;
  const words = async (changed: RecordTexts) => {
    const { rows } = await admin.query<Record<string, unknown>>(
      `select ${changed.columns.join(', ')} from ${changed.table} where library_id = $1`,
      [library.id],
    );
    return rows.flatMap((row) => Object.values(row));
  };
  const versions = async () => {
    const { rows } = await admin.query<{ version: number }>('select version from breach order by id');
    return rows.map(({ version }) => version);
  };
  for (const { table, columns } of RECORD_TEXTS)
    await admin.query(
      `update ${table} set ${columns.map((column) => `${column} = $2`).join(', ')} where library_id = $1`,
      [library.id, text],
    );
  const before = await versions();
  await forgetRuns();
  expect(await cover()).toMatchObject({ kind: 'ended', unchanged: 0 });
  for (const of of RECORD_TEXTS)
    expect(new Set(await words(of)), of.table).toEqual(new Set(['Contohwati Tersebut, •••']));
  expect(await versions()).toEqual(before.map((version) => version + 1));

  await inLibrary(database.db, library.id, async (tx) => {
    const report = await forgetNamed(tx, deps, koordinator(), { members: [person], cases: [] }, undefined);
    expect(Object.keys(report).toSorted()).toEqual(RECORD_TEXTS.map(({ table }) => table).toSorted());
  });
  for (const of of RECORD_TEXTS) {
    const left = await words(of);
    expect(left.length, of.table).toBeGreaterThan(0);
    expect(left.join(), of.table).not.toContain('Contohwati');
  }
  expect(await versions()).toEqual(before.map((version) => version + 2));
});

/**
 * Columns of texts and JSON that are not looked through, by what they hold. A new one has to be put here, or among the
 * texts that are.
 */
const NO_TYPED_TEXT: Readonly<Record<string, readonly string[]>> = {
  'codes of the program or of a list of the library': [
    'application.state channel ticket_code language done_acts escalation_reason decision_reason sex document_type',
    'application.no_document_reason occupation education member_type guardian_relation',
    'application_event.kind act from_state to_state place actor_kind reason',
    'audit_log.actor_kind action subject_kind subject_id fields request_id',
    'backup_run.kind failure file checked second',
    'breach.state data_kinds',
    'card.revoked_reason',
    'card_batch.layout selection reason',
    'card_batch_row.outcome',
    'card_event.kind actor_kind detail',
    'client.kind scopes',
    'consent.purpose text_version channel text_lang',
    'correction.fields',
    'cross_check.outcome reason candidates',
    'delegation.role kind',
    'device.kind',
    'erasure_list.subject_kind cause mentions',
    'export.target state failure',
    'export_row.target reasons',
    'feed.target access failure first_meeting',
    'file.kind mime',
    'identity_check.document_type document_form exception_reason',
    'import.format state failure',
    'import_row.outcome reasons candidates decision',
    'lending_link.target state reasons',
    'library_key.state origin',
    'member.number state state_reason sex document_type no_document_reason occupation education member_type',
    'member.guardian_relation',
    'member_event.kind reason member_type sex district actor_kind',
    'member_merge.fields loser_state loser_state_reason reason undo_reason',
    'member_passkey.transports rp_id',
    'member_span.kind from_status status member_type sex district',
    'number_counter.series',
    'oidc_key.kid algorithm state',
    'oidc_record.model',
    'one_time_code.purpose language way',
    'outbox.kind last_error_code way',
    'passkey.transports rp_id',
    'procedure_version.state edited_by',
    'queue_ticket.priority',
    'retention_run.counts',
    'revision.actor_kind fields evidence',
    'rights_request.kind channel state reason',
    'service_consent.scopes',
    'session.way',
    'step_time.covers outcome',
    'text_cover.at_table position counts left_rows',
    'told_apart.reason',
    'visit.kind mode purpose sex education occupation group_counts',
    'webhook.kinds state',
    'webhook_attempt.failure',
    'webhook_message.kind number status state',
  ],
  'follows from what is looked through': ['application.name_key', 'member.name_key', 'member.match_keys'],
  'keyed hashes': ['import_row.keys match_keys', 'lending_link.memory'],
  'telephone numbers, read as such': [
    'application.phone guardian_phone',
    'member.phone guardian_phone',
    'visit.group_phone',
  ],
  'codes of places': [
    'application.address_village present_village',
    'member.address_village present_village',
  ],
  figures: ['monthly_report.month figures'],
  'sealed at the start of the version that came with its seal': ['application.decision_note_plain'],
  'a purpose is a code, or words in which any run of digits was covered; nobody may change the log': [
    'audit_log.purpose',
  ],
  'what the library says of itself, its officials with their NIP among it, written and signed by officers': [
    'consent_text.version purpose lang content',
    'library.slug name timezone',
    'monthly_report.checked_name checked_acting signed_name signed_acting withdrawn_name',
    'officer.username name roles password_hash',
    'officer_identity.issuer',
    'passkey.label',
    'procedure_version.definition',
    'service_point.code name kind',
    'setting.name value',
  ],
  'set by admins or operators about machines and services': [
    'client.name secret_hash settings addresses last_address',
    'data_key_holder.host keys',
    'device.name',
    'feed.url account failure_note',
    'installation.key value',
    'region.code name parent_code path search_key',
    'schema_migration.name checksum',
    'sign_on_provider.issuer name client_id scopes claim email_domain second_factor',
    'webhook.name url',
  ],
};

it('every text that somebody types is looked through, or it is said why not', async () => {
  const { rows } = await admin.query<{ name: string }>(
    `select c.table_name || '.' || c.column_name as name from information_schema.columns c
     join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
       and data_type in ('text', 'json', 'jsonb', 'character varying', 'character', 'ARRAY')`,
  );
  const looked = STORED_TEXTS.flatMap(({ table, columns }) => columns.map((column) => `${table}.${column}`));
  const others = Object.values(NO_TYPED_TEXT)
    .flat()
    .flatMap((line) => {
      const [table = '', columns = ''] = line.split('.');
      return columns.split(' ').map((column) => `${table}.${column}`);
    });
  expect(rows.map(({ name }) => name).toSorted()).toEqual([...new Set([...looked, ...others])].toSorted());
  expect(new Set([...looked, ...others]).size).toBe(looked.length + others.length);
});
