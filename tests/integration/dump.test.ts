import { buffer } from 'node:stream/consumers';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { exportFile } from '../../src/documents/export-file.ts';
import { BREACH_DATA } from '../../src/domain/breach.ts';
import type { LiveSystem } from '../../src/domain/exporting/live.ts';
import type { MemberId, Nik, OfficerId } from '../../src/domain/ids.ts';
import type { Role } from '../../src/domain/permissions.ts';
import { bytesInMemory } from '../../src/interop/byte-source.ts';
import { exportFormat } from '../../src/interop/export-formats.ts';
import { recognise } from '../../src/interop/recognise.ts';
import { saveBreach } from '../../src/usecases/breach-record.ts';
import type { Scope } from '../../src/usecases/context.ts';
import { correctMember } from '../../src/usecases/correct-member.ts';
import { voidVisit } from '../../src/usecases/correct-visit.ts';
import { beginExport, exportRows, kohaCodesOf } from '../../src/usecases/export-members.ts';
import { mergeMembers } from '../../src/usecases/merge-members.ts';
import { createDraft, passProcedure } from '../../src/usecases/procedure-version.ts';
import { recordVisit, type Visitor } from '../../src/usecases/record-visit.ts';
import { rejectApplication } from '../../src/usecases/reject-application.ts';
import { checkMonth, readMonth, withdrawMonth } from '../../src/usecases/report-month.ts';
import { askRight } from '../../src/usecases/rights-request.ts';
import { finishUpload, openUpload, storeChunk } from '../../src/usecases/start-import.ts';
import { onceKey, programOf } from '../support/api-keys.ts';
import { type Counter, type CounterOfficer, openCounter } from '../support/counter.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { numbersFoundIn, numbersInDump } from '../support/dump.ts';
import { apply, dryRun, fileOf, rowsOf } from '../support/imports.ts';
import { connectTo, linkOf, runOnce, typedFor } from '../support/lending.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';
import { hiddenFields, sendForm, typedChild, typedForm } from '../support/typed-form.ts';

/** Every number that comes in below: by its way in. */
const NUMBERS = {
  form: '9901011705900011',
  child: '9901015705140012',
  passport: 'X7654321',
  draft: '9901011705900013',
  familyCard: '9901010101010014',
  desk: '9901011708990015',
  corrected: '9901015708990016',
  answered: '9901015705900017',
  imported: '9901011705900018',
  importedSpaced: '9901014705900019',
  importedWrong: '990101170590099',
  importedAsNumber: '9901011705900021',
  winner: '9901011705900022',
  loserCard: '9901010101010023',
  memberCorrected: '9901015705900024',
  searched: '9901011705900025',
  inWords: '9901011705900026',
  program: '9901011705900027',
  mapping: '9901011705900028',
  asksFor: '9901011705900029',
  breach: '9901011705900030',
  returned: '9901011705900031',
  withdrawn: '9901011705900032',
  lendingOurs: '9901011705900033',
  lendingTheirs: '9901011705900034',
  misplaced: '9901011705900049',
  inName: '9901011705900035',
  inAddress: '9901011705900036',
  inInstitution: '9901011705900037',
  inEmail: '9901011705900038',
  inGuardian: '9901011705900039',
  programAddress: '9901011705900040',
  importedAddress: '9901011705900041',
  importedName: '9901011705900042',
  fileName: '9901011705900044',
  kioskName: '9901011705900047',
  visitNote: '9901011705900048',
} as const;

let database: TestDatabase;
let counter: Counter;
let officer: CounterOfficer;
let admin: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  counter = await openCounter(database, 'banyuwangi');
  officer = await counter.officer('petugas');
  admin = new pg.Client({ ...database.addresses.admin });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

const foundIn = (text: string) => numbersFoundIn(text, NUMBERS);
const dump = () => numbersInDump(admin, NUMBERS);

/** Programs, lists that wait for their columns, requests, breaches, procedures that went back, monthly sheets. */
async function furtherWays(memberId: MemberId): Promise<void> {
  const { test, deps, library } = counter;
  const { db } = database;
  const as = (role: Role, last: string) =>
    scopeOfRole(library, deps, [role], `01890000-0000-7000-8000-0000000000${last}`);

  // A program registers somebody, also with what is refused; its answer is kept for a day.
  const program = await programOf(test, 'banyuwangi');
  const spoken = {
    document_type: 'ktp',
    document_number: NUMBERS.program,
    name: 'Contoh Program',
    birth_place: 'Sukacontoh',
    birth_date: '1990-05-17',
    sex: 'L',
    address_line: 'Jalan Contoh 1',
    address_rt: '3',
    address_rw: '12',
    address_village: '99.01.01.2001',
    present_same: 'same',
    member_type: 'UMUM',
    acknowledged: true,
    consent_version: '2026-1',
  };
  const post = (more: object) =>
    program.ask('POST', '/applications', {
      body: { ...spoken, ...more },
      headers: { 'idempotency-key': onceKey() },
    });
  expect((await post({ document_number: `${NUMBERS.program}0` })).status).toBe(422);
  const misplaced = await post({ address_line: `Jl. Contoh ${NUMBERS.programAddress}` });
  expect(misplaced.status).toBe(422);
  expect(await misplaced.text()).toContain('identity_number');
  const registered = await post({ confirmed: true });
  expect(registered.status, await registered.clone().text()).toBe(201);
  const kept = await admin.query('select from api_request where answer is not null');
  expect(kept.rowCount).toBeGreaterThan(0);

  // A list without titles waits for somebody to say which column is what.
  const koordinator = as('sub_koordinator', 'd1');
  const list = new TextEncoder().encode(
    `x,Contoh Menunggu,${NUMBERS.mapping}\ny,Contoh Lagi,${NUMBERS.mapping}\n`,
  );
  const importId = await openUpload(db, deps, koordinator, `lama ${NUMBERS.fileName}.csv`);
  await storeChunk(db, deps, koordinator, importId, 0, list);
  const file = await recognise(bytesInMemory(list));
  if (!file.ok) throw new Error(file.reason);
  await finishUpload(db, deps, koordinator, importId, {
    fileName: `lama ${NUMBERS.fileName}.csv`,
    format: file.format,
    size: list.length,
    // The first row, which is a person, is taken for the titles.
    facts: { hasHeader: file.hasHeader, dialect: file.dialect, titles: file.titles },
    columns: file.mapping,
    digest: 'contoh',
  });
  const waiting = await admin.query("select from import where state = 'mapping'");
  expect(waiting.rowCount).toBe(1);

  expect(
    await askRight(db, deps, as('petugas', 'd2'), {
      by: 'counter',
      memberId,
      kind: 'correct',
      words: `NIK saya ${NUMBERS.asksFor}`,
    }),
  ).toMatchObject({ ok: true });

  const told = `Surat dengan NIK ${NUMBERS.breach.replace(/(\d{4})/g, '$1 ')} salah kirim`;
  const breach = await saveBreach(db, deps, as('admin', 'd3'), {
    id: null,
    version: undefined,
    title: told,
    foundAt: deps.now(),
    happened: told,
    cause: told,
    dataKinds: [BREACH_DATA[0] ?? ''],
    persons: '1',
    measures: told,
    contact: told,
  });
  expect(breach).toMatchObject({ ok: true });

  const draft = await createDraft(db, deps, as('admin', 'd4'));
  if (!draft.ok) throw new Error(draft.reason);
  const pass = (scope: Scope, action: 'coordinate' | 'return', note: string) =>
    passProcedure(db, deps, scope, { version: draft.version, edits: 0, action, note });
  expect(await pass(as('sub_koordinator', 'd5'), 'coordinate', '')).toEqual({ ok: true });
  expect(await pass(as('kepala_bidang', 'd6'), 'return', `Contoh ${NUMBERS.returned} keliru`)).toEqual({
    ok: true,
  });

  const officers = await inLibrary(db, library.id, (tx) =>
    tx.selectFrom('officer').select(['id', 'username']).execute(),
  );
  const holder = (username: string, role: Role) =>
    scopeOfRole(library, deps, [role], officers.find((one) => one.username === username)?.id as OfficerId);
  const head = holder('kabid', 'kepala_bidang');
  const chief = holder('kepala', 'kepala_skpd');
  const month = '2025-08';
  expect(
    await checkMonth(db, deps, head, {
      month,
      digest: (await readMonth(db, deps, head, month, null)).liveDigest,
    }),
  ).toEqual({ ok: true });
  expect(
    await withdrawMonth(db, deps, chief, { month, revision: 1, reason: `${NUMBERS.withdrawn} dua kali` }),
  ).toEqual({ ok: true });
}

/** Guests who type a number for their name: a group's leader and institution, and the words of an officer. */
async function guestBook(): Promise<void> {
  const { deps, library } = counter;
  const scope = scopeOfRole(library, deps, ['petugas']);
  const point = library.servicePoints[0];
  if (scope.actor.kind !== 'officer' || !point) throw new Error('no counter');
  const recorder = { by: 'officer', officerId: scope.actor.id, servicePointId: point.id } as const;
  const write = (visitor: Visitor) =>
    recordVisit(database.db, deps, library, deps.now(), recorder, {
      visitor,
      purpose: library.settings.services[0]?.code ?? '',
      submitKey: `a visit, ${Math.random()}`,
    });
  const guest = (name: string): Visitor => ({
    kind: 'non_member',
    name,
    sex: null,
    education: null,
    occupation: null,
  });
  expect(await write(guest(NUMBERS.kioskName))).toMatchObject({
    ok: false,
    problems: [{ field: 'name', code: 'identity_number' }],
  });
  const written = await write(guest('Contoh Tamu'));
  if (!written.ok) throw new Error(written.reason);
  const reason = { reason: 'other', note: `salah orang, ${NUMBERS.visitNote}` } as const;
  expect(await voidVisit(database.db, deps, scope, written.visitId, reason)).toEqual({ ok: true });
}

/** A lending system that holds another number than ours: as the job judges it, sealed until a person has decided. */
async function differsThere(): Promise<void> {
  const { deps, library } = counter;
  const settings = {
    ...library.settings,
    lendingSystem: { ...library.settings.lendingSystem, identityNumbers: true },
  };
  const scope = { ...scopeOfRole(library, deps, ['admin']), library: { ...library, settings } };
  const petugas = scopeOfRole(library, deps, ['petugas']);
  const memberId = await memberNamed(database, deps, petugas, 'Contoh Beda', {
    nik: NUMBERS.lendingOurs as Nik,
    documentNumber: NUMBERS.lendingOurs,
    birthDate: '1990-05-17' as never,
  });
  await connectTo(database, deps, scope, 'slims-db', typedFor({ port: 3306 }, 'slims'));
  const there: LiveSystem = {
    shape: (member) => ({
      ok: true,
      value: { name: member.name, identity: member.identity?.number ?? '' },
      notes: [],
    }),
    async put(wanted, decide) {
      const row = { id: wanted.number, values: { ...wanted.values, identity: NUMBERS.lendingTheirs } };
      return decide(row).kind === 'hold' ? { kind: 'held', row } : { kind: 'done', row };
    },
    close: async () => undefined,
  };
  await runOnce(database, deps, scope, 'slims-db', async () => there);
  const link = await linkOf(database, scope, 'slims-db', memberId);
  expect(link?.state).toBe('conflict');
  const { vault } = deps;
  expect(link?.differences && vault.openText(library.id, 'lending', link.differences)).toContain(
    NUMBERS.lendingTheirs,
  );
}

it('finds a number however it would lie there', () => {
  const { form } = NUMBERS;
  const spaced = `${form.slice(0, 6)} ${form.slice(6, 12)}.${form.slice(12)}`;
  for (const text of [form, spaced, `{"nik":"${form}"}`])
    for (const written of [
      text,
      `\\x${Buffer.from(text).toString('hex')}`,
      `a${Buffer.from(text).toString('base64')}`,
      Buffer.from(`x${text}`).toString('base64url'),
      `\\x${Buffer.from(text, 'utf16le').toString('hex')}`,
      `\\x${Buffer.from(Buffer.from(text).toString('base64')).toString('hex')}`,
    ])
      expect(foundIn(written), written).toContain('form');
  expect(foundIn('9901011705******')).toEqual([]);
});

it('a dump of the database and the log hold no identity number, whatever way they came in', async () => {
  const { test, deps, library } = counter;
  const slug = 'banyuwangi';
  const koordinator = () => scopeOfRole(library, deps, ['petugas', 'sub_koordinator']);
  const rowNamed = (name: string) =>
    inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('application').selectAll().where('name', '=', name).executeTakeFirstOrThrow(),
    );

  // The form: a KTP with separators, a child's KIA, a passport, a family card; and again after an error.
  const spaced = NUMBERS.form.replace(/^(\d{2})(\d{4})(\d{6})/, '$1.$2 $3 ');
  const sent = [
    typedForm({ document_number: spaced, name: 'Contoh Formulir' }),
    typedChild({ document_number: NUMBERS.child, name: 'Contoh Kecil' }),
    typedForm({
      document_type: 'paspor',
      document_number: NUMBERS.passport.toLowerCase(),
      name: 'Contoh Paspor',
    }),
    typedForm({ document_type: 'kk', document_number: NUMBERS.familyCard, name: 'Contoh Keluarga' }),
  ];
  for (const fields of sent) {
    const page = await sendForm(test, slug, { ...fields, phone: 'salah' });
    expect(page.answer.status).toBe(422);
    let { answer } = await sendForm(test, slug, fields);
    if (answer.status === 200)
      answer = await test.post(`/${slug}/daftar`, { ...hiddenFields(await answer.text()), ...fields });
    expect([303, 422], fields.name).toContain(answer.status);
    if (answer.status === 303) expect((await rowNamed(fields.name ?? '')).document_number).not.toBeNull();
    counter.pass(300);
  }
  // Into fields that are stored as they were typed: refused in words, and nobody is registered.
  const misplaced: readonly Record<string, string>[] = [
    { name: `Contoh ${NUMBERS.inName}` },
    { address_line: `Jl. Contoh 1, ${NUMBERS.inAddress.replace(/^(\d{6})(\d{6})/, '$1 $2 ')}` },
    { institution: `SMA / ${NUMBERS.inInstitution.replace(/(\d{4})(?=\d)/g, '$1-')}` },
    { email: `${NUMBERS.inEmail}@surel.example` },
  ];
  for (const wrong of [
    ...misplaced.map((fields) => typedForm({ document_number: NUMBERS.misplaced, ...fields })),
    typedChild({ document_number: NUMBERS.misplaced, guardian_name: `Ibu ${NUMBERS.inGuardian}` }),
  ]) {
    const { answer } = await sendForm(test, slug, wrong);
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain('Nomor identitas tidak boleh ditulis di sini');
    counter.pass(300);
  }
  // A form that was left for the counter.
  const draft = await test.post(
    `/${slug}/daftar/lanjutkan`,
    typedForm({ document_number: NUMBERS.draft, name: 'Contoh Simpan' }),
  );
  expect(draft.status).toBe(303);

  // The counter: taken, corrected there, sent back with words, answered by the applicant, shown in full.
  const submitted = await counter.fromPhone('Contoh Loket', {
    nik: NUMBERS.desk as Nik,
    documentNumber: NUMBERS.desk,
    phone: '+6281234567890' as never,
  });
  await officer.post(`/${slug}/loket/pindai`, { kode: submitted.ticketCode });
  const loket = `/${slug}/loket/${submitted.applicationId}`;
  const { version } = await counter.row(submitted.applicationId);
  const corrected = await officer.post(`${loket}/perbaiki`, {
    ...typedForm({ name: 'Contoh Loket', document_number: NUMBERS.corrected, sex: 'P' }),
    'birth_date.day': '17',
    'birth_date.month': '8',
    'birth_date.year': '1999',
    versi: String(version),
  });
  expect(corrected.status).toBe(303);
  const shown = await officer.post(`${loket}/nomor`, { tujuan: `mencocokkan ${NUMBERS.inWords}` });
  expect(await shown.text()).toContain(NUMBERS.corrected);
  const asked = await officer.post(`${loket}/minta-perbaikan`, {
    bagian: ['document_number', 'name'],
    alasan: 'differs',
    pesan: `Nomor ${NUMBERS.inWords} tidak sama.`,
  });
  expect(asked.status).toBe(303);
  const editing = `/${slug}/permohonan/${submitted.token}/ubah`;
  const form = hiddenFields(await (await test.request(editing)).text());
  await test.post(editing, {
    ...form,
    ...typedForm({ name: 'Contoh Loket', document_number: NUMBERS.answered, sex: 'P' }),
  });

  // Another case, refused with words of the officer.
  const refused = await counter.fromPhone('Contoh Tolak');
  await officer.post(`/${slug}/loket/pindai`, { kode: refused.ticketCode });
  const rejected = await rejectApplication(database.db, deps, koordinator(), {
    applicationId: refused.applicationId,
    reason: library.settings.rejectionReasons[0]?.code ?? '',
    note: `NIK ${NUMBERS.inWords} milik orang lain`,
  });
  expect(rejected).toEqual(expect.objectContaining({ ok: true }));

  // An import, dry and then for good: a number in its column, one with spaces, a wrong one, one as the member's number.
  const line = (number: string, name: string, nik: string, birth: string, sex = 'L') =>
    `${number},${name},Contohrejo,${birth},${sex},${nik},Jl. Contoh 1,Sukacontoh,Contoh Utara,Kab. Contoh,081200000001,Umum,2020-01-02,2030-01-02,`;
  const { importId, ended } = await dryRun(
    database,
    deps,
    koordinator(),
    fileOf(
      line('A001', 'Contoh Impor', NUMBERS.imported, '1990-05-17'),
      line('A002', 'Contoh Spasi', NUMBERS.importedSpaced.replace(/(\d{4})/g, '$1 '), '1990-05-07', 'P'),
      line('A003', 'Contoh Keliru', NUMBERS.importedWrong, '1990-05-17'),
      line('A004', `Contoh Nyasar ${NUMBERS.importedName}`, '', '1971-02-03')
        .replace('Jl. Contoh 1', `Jl. Contoh 4 ${NUMBERS.importedAddress.replace(/(\d{4})(?=\d)/g, '$1 ')}`)
        .replace('081200000001', ''),
      line(NUMBERS.importedAsNumber, 'Contoh Bernomor NIK', NUMBERS.importedAsNumber, '1990-05-17'),
    ),
  );
  expect(ended).toBe('checked');
  await apply(database, deps, koordinator(), importId);
  const imported = await rowsOf(database, koordinator(), importId);
  expect(imported.filter((row) => row.member_id !== null).length).toBeGreaterThan(1);
  const astray = await admin.query<{ name: string; line: string }>(
    "select name, address_line as line from member where name like 'Contoh Nyasar%'",
  );
  expect(astray.rows).toEqual([
    { name: 'Contoh Nyasar •••', line: expect.stringContaining('Jl. Contoh 4 •••') },
  ]);

  // Members: made, corrected, merged, exported, looked for.
  const winner = await memberNamed(database, deps, koordinator(), 'Contoh Pemenang', {
    nik: NUMBERS.winner as Nik,
    documentNumber: NUMBERS.winner,
    birthDate: '1990-05-17' as never,
  });
  counter.pass(60);
  const loser = await memberNamed(database, deps, koordinator(), 'Contoh Pemenang Dua', {
    documentType: 'kk',
    documentNumber: NUMBERS.loserCard,
    nik: null,
    birthDate: '1990-05-17' as never,
  });
  counter.pass(60);
  const changed = await correctMember(database.db, deps, koordinator(), {
    memberId: winner,
    values: typedForm({
      birth_date: '1990-05-17',
      name: 'Contoh Pemenang',
      document_number: NUMBERS.memberCorrected,
      sex: 'P',
    }) as never,
    evidence: `KTP baru ${NUMBERS.inWords}`,
    photo: null,
  });
  expect(changed).toEqual(expect.objectContaining({ ok: true }));
  const merged = await mergeMembers(database.db, deps, koordinator(), {
    winnerId: winner,
    loserId: loser as MemberId,
    take: ['family_card'],
    reason: 'applied_twice',
  });
  expect(merged).toEqual(expect.objectContaining({ ok: true }));

  const settled = {
    ...koordinator(),
    library: {
      ...library,
      settings: {
        ...library.settings,
        lendingSystem: {
          identityNumbers: true,
          fillerReady: true,
          kohaBranch: 'UTAMA',
          kohaCategories: ['UMUM=PT'],
        },
      },
    },
  };
  const begun = await beginExport(database.db, deps, settled, {
    target: 'inlislite-3.3',
    changedOnly: false,
  });
  if (!begun.ok) throw new Error(begun.reason);
  const rows = exportRows(
    database.db,
    deps,
    settled,
    begun.exportId,
    exportFormat('inlislite-3.3', kohaCodesOf(settled)),
  );
  const written = await buffer(exportFile('inlislite-3.3', rows).bytes);
  expect(written.length).toBeGreaterThan(1_000);

  await furtherWays(winner);
  await guestBook();
  await differsThere();

  for (const path of ['anggota?q=', 'loket?q=', 'anggota?cari='])
    await officer.page(`/${slug}/${path}${NUMBERS.searched}`);
  await test.request(`/${slug}/${NUMBERS.searched}`);

  expect(await dump()).toEqual([]);
  // The log speaks where something goes wrong: a number that cannot be opened.
  await admin.query(
    'update application set document_number = set_byte(document_number, 30, get_byte(document_number, 30) # 1) where id = $1',
    [submitted.applicationId],
  );
  await officer.post(`${loket}/nomor`, { tujuan: `mencocokkan ${NUMBERS.inWords}` });
  expect(test.logged.length).toBeGreaterThan(0);
  expect(test.logged.flatMap((entry) => foundIn(JSON.stringify(entry)))).toEqual([]);
});
