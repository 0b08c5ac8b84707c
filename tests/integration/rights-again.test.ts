/** What goes with a person's data, what goes by itself, and who is asked for a consent of their own. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ImportId, MemberId } from '../../src/domain/ids.ts';
import type { ImportCounts } from '../../src/domain/importing/import-state.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import { mailComposer } from '../../src/jobs/compose-mail.ts';
import { applyRetention } from '../../src/usecases/apply-retention.ts';
import { attachScan } from '../../src/usecases/attach-scan.ts';
import { sealWaiting } from '../../src/usecases/audit-seal.ts';
import { type AuditFinding, verifyAudit } from '../../src/usecases/audit-verify.ts';
import { changeSettings } from '../../src/usecases/change-setting.ts';
import type { Scope } from '../../src/usecases/context.ts';
import { decideException } from '../../src/usecases/decide-exception.ts';
import { deliverMessages, type Mail } from '../../src/usecases/deliver-messages.ts';
import { erasePeople } from '../../src/usecases/erase-person.ts';
import { escalate } from '../../src/usecases/escalate.ts';
import { readViewsOf } from '../../src/usecases/read-views.ts';
import { revealNumber } from '../../src/usecases/reveal-number.ts';
import { searchAudit } from '../../src/usecases/search-audit.ts';
import { seeIdentity } from '../../src/usecases/see-identity.ts';
import { takeCase } from '../../src/usecases/take-case.ts';
import { type Counter, type CounterOfficer, openCounter } from '../support/counter.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { apply, dryRun, fileOf } from '../support/imports.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let counter: Counter;
let officer: CounterOfficer;
let head: CounterOfficer;
beforeAll(async () => {
  database = await createTestDatabase();
  counter = await openCounter(database, 'banyuwangi');
  officer = await counter.officer('petugas');
  head = await counter.officer('subkoordinator');
});
afterAll(() => database.drop());

const inHere = <T>(work: Parameters<typeof inLibrary<T>>[2]) =>
  inLibrary(database.db, counter.library.id, work);
const erase = (memberId: MemberId) =>
  inHere((tx) => erasePeople(tx, counter.deps, head.scope(), { members: [memberId] }, 'request'));
const member = (name: string, changes = {}) =>
  memberNamed(database, counter.deps, officer.scope(), name, changes) as Promise<MemberId>;

it('what an officer wrote as the purpose goes with the person, and the sealed log stays whole', async () => {
  const id = await member('Contoh Dibaca');
  const words = 'Ditanyakan keluarga Contoh Dibaca di telepon';
  const subject = { kind: 'member', id } as const;
  const shown = await revealNumber(database.db, counter.deps, officer.scope(), { subject, purpose: words });
  expect(shown).toMatchObject({ ok: true });
  const admin = scopeOfRole(counter.library, counter.deps, ['admin']);
  const told = async () => {
    const found = await searchAudit(database.db, counter.deps, admin, {
      filter: { from: null, until: null, actorId: null, action: 'identity.reveal', subjectId: id },
      after: null,
    });
    if (!found.ok) throw new Error(found.reason);
    return found.page.rows.map(({ purpose }) => purpose);
  };
  const views = await readViewsOf(database.db, counter.deps, officer.scope(), subject);
  expect(views.map(({ purpose }) => purpose)).toEqual([words]);
  expect(await told()).toEqual([words]);
  const logged = await inHere((tx) =>
    tx
      .selectFrom('audit_log')
      .select(['purpose', 'digest'])
      .where('action', '=', 'identity.reveal')
      .where('subject_id', '=', id)
      .execute(),
  );
  expect(logged).toEqual([{ purpose: 'own_words', digest: expect.any(Buffer) }]);

  await sealWaiting(database.db, () => true);
  await erase(id);
  await sealWaiting(database.db, () => true);
  expect(await told()).toEqual(['own_words']);
  const findings: AuditFinding[] = [];
  const verified = await verifyAudit(
    database.db,
    counter.library.id,
    { before: new Date() },
    (finding) => void findings.push(finding),
  );
  expect(findings).toEqual([]);
  expect(verified.rows).toBeGreaterThan(0);
  const again = await revealNumber(database.db, counter.deps, officer.scope(), { subject, purpose: words });
  expect(again).toEqual({ ok: false, reason: 'not-found' });
});

it('words of before, sealed in the log itself, are shown no more once the person is erased', async () => {
  const id = await member('Contoh Lama');
  await inHere((tx) =>
    tx
      .insertInto('audit_log')
      .values({
        library_id: counter.library.id,
        id: counter.deps.uuid(counter.deps.now()),
        at: counter.deps.now(),
        actor_kind: 'officer',
        actor_id: officer.id,
        action: 'identity.reveal',
        subject_kind: 'member',
        subject_id: id,
        fields: ['nik'],
        purpose: 'Untuk Contoh Lama',
        digest: null,
        request_id: null,
      })
      .execute(),
  );
  await erase(id);
  const page = await (await counter.officer('petugas')).page(`/banyuwangi/anggota/${id}`);
  expect(await page.text()).not.toContain('Untuk Contoh Lama');
  const found = await searchAudit(
    database.db,
    counter.deps,
    scopeOfRole(counter.library, counter.deps, ['admin']),
    {
      filter: { from: null, until: null, actorId: null, action: 'identity.reveal', subjectId: id },
      after: null,
    },
  );
  expect(found.ok && found.page.rows.map(({ purpose }) => purpose)).toEqual(['own_words']);
});

/** Number, name, birth date, NIK: all else is alike. */
const row = (number: string, name: string, born: string, nik = '') =>
  `${number},${name},Contohrejo,${born},L,${nik},Jl. Contoh 9,Sukacontoh,Contoh Utara,Kab. Contoh,,Umum,2020-01-02,2030-01-02,`;

it('rows of an old list that nobody has decided go with the person they resemble, and the others stay', async () => {
  const id = await member('Suharto Contohwijaya', {
    birthDate: '1980-02-03' as PlainDate,
    documentNumber: '9901010302800001',
    nik: '9901010302800001',
  });
  const scope: Scope = head.scope();
  const { importId } = await dryRun(
    database,
    counter.deps,
    scope,
    fileOf(
      // The same NIK and another birth date: somebody has to look.
      row('T-1', 'Suharto Contohwijaya', '2001-07-09', '9901010302800001'),
      row('T-2', 'Wulan Contohasri', '1991-05-06', '9901014605910002'),
    ),
  );
  const rows = (of: ImportId) =>
    inHere((tx) =>
      tx
        .selectFrom('import_row')
        .select(['outcome', 'content', 'match_keys', 'candidates', 'reasons'])
        .where('import_id', '=', of)
        .orderBy('n')
        .execute(),
    );
  expect((await rows(importId)).map(({ outcome }) => outcome)).toEqual(['look', 'new']);
  await erase(id);
  const [gone, kept] = await rows(importId);
  expect(gone).toEqual({
    outcome: 'refused',
    content: null,
    match_keys: null,
    candidates: [],
    reasons: ['person_erased'],
  });
  expect(kept?.content).not.toBeNull();
  const { counts } = await inHere((tx) =>
    tx.selectFrom('import').select('counts').where('id', '=', importId).executeTakeFirstOrThrow(),
  );
  expect((counts as ImportCounts).outcomes).toMatchObject({ look: 0, new: 1, refused: 1 });
  expect(await apply(database, counter.deps, scope, importId)).toBe('done');
  const made = await inHere((tx) =>
    tx
      .selectFrom('member')
      .select('name')
      .where('name', 'in', ['Suharto Contohwijaya', 'Wulan Contohasri'])
      .execute(),
  );
  expect(made).toEqual([{ name: 'Wulan Contohasri' }]);
});

const bytes = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
const scansOf = (applicationId: string) =>
  inHere(async (tx) => {
    const files = await tx
      .selectFrom('file')
      .select('bytes')
      .where('application_id', '=', applicationId as never)
      .where('kind', '=', 'scan')
      .execute();
    return files.filter((file) => file.bytes !== null).length;
  });

it('a scan goes with the act that verifies the identity, and none is taken afterwards', async () => {
  const { applicationId } = await counter.fromPhone('Contoh Pindai');
  await attachScan(database.db, counter.deps, counter.citizen(), { applicationId, kind: 'scan', bytes });
  await takeCase(database.db, counter.deps, officer.scope(), { applicationId });
  expect(await scansOf(applicationId)).toBe(1);
  const seen = await seeIdentity(database.db, counter.deps, officer.scope(), {
    applicationId,
    documentType: 'ktp',
    documentForm: 'original',
  });
  expect(seen).toMatchObject({ ok: true, complete: true });
  expect(await scansOf(applicationId)).toBe(0);
  const late = await attachScan(database.db, counter.deps, officer.scope(), {
    applicationId,
    kind: 'scan',
    bytes,
  });
  expect(late).toMatchObject({ ok: false, reason: 'not-allowed' });
});

it('before the Sub Koordinator a case keeps its scans until the exception was judged', async () => {
  const { applicationId } = await counter.fromPhone('Contoh Pengecualian');
  await attachScan(database.db, counter.deps, counter.citizen(), { applicationId, kind: 'scan', bytes });
  await takeCase(database.db, counter.deps, officer.scope(), { applicationId });
  const { noDocumentReasons } = counter.library.settings;
  const asked = await escalate(database.db, counter.deps, officer.scope(), {
    applicationId,
    kind: 'no_document',
    code: noDocumentReasons[0]?.code ?? '',
  });
  expect(asked).toMatchObject({ ok: true });
  expect(await scansOf(applicationId)).toBe(1);
  const decided = await decideException(database.db, counter.deps, head.scope(), {
    applicationId,
    decision: { kind: 'allow' },
  });
  expect(decided).toMatchObject({ ok: true });
  expect(await scansOf(applicationId)).toBe(0);
});

it('a library may keep scans until the decision; what it kept goes with the strict rule, as the preview says', async () => {
  const { retention } = counter.library.settings;
  const patient = {
    ...counter.library,
    settings: { ...counter.library.settings, retention: { ...retention, scanUntil: 'decided' as const } },
  };
  const { applicationId } = await counter.fromPhone('Contoh Sabar');
  await attachScan(database.db, counter.deps, counter.citizen(), { applicationId, kind: 'scan', bytes });
  const patiently = () => ({ ...officer.scope(), library: patient });
  await takeCase(database.db, counter.deps, patiently(), { applicationId });
  await seeIdentity(database.db, counter.deps, patiently(), {
    applicationId,
    documentType: 'ktp',
    documentForm: 'original',
  });
  await applyRetention(database.db, counter.deps, patient);
  expect(await scansOf(applicationId)).toBe(1);
  const admin = await counter.officer('admin');
  const preview = await (await admin.page('/banyuwangi/pengaturan/retensi/laporan')).text();
  expect(preview).toContain('1 pindaian identitas');
  expect(preview).toContain('begitu identitas dipastikan');
  await applyRetention(database.db, counter.deps, counter.library);
  expect(await scansOf(applicationId)).toBe(0);
});

it('who comes of age gets a mail, and the gate, the guest book and the member’s page tell the officer', async () => {
  const id = await member('Contoh Dewasa', {
    birthDate: '2008-05-01' as PlainDate,
    email: 'dewasa@contoh.example',
    consents: { photo_on_card: true, messages: true },
    guardian: { name: 'Contoh Wali', relation: 'mother', phone: null, consented: true },
  });
  const { number } = await inHere((tx) =>
    tx.selectFrom('member').select('number').where('id', '=', id).executeTakeFirstOrThrow(),
  );
  const { clock } = counter.test;
  clock.now = new Date('2026-05-01T02:00:00Z');
  const library = await counter.deps.libraries.find('banyuwangi');
  if (!library) throw new Error('no library');
  await applyRetention(database.db, counter.deps, library);
  const mails: Mail[] = [];
  const ports = {
    send: (mail: Mail) => {
      mails.push(mail);
      return Promise.resolve({ ok: true } as const);
    },
    compose: mailComposer('https://perpus.example'),
  };
  await deliverMessages(database.db, counter.deps, ports);
  const [mail] = mails.filter(({ to }) => to === 'dewasa@contoh.example').slice(-1);
  expect(mail?.subject).toBe('Persetujuan Anda sendiri sebagai anggota perpustakaan');
  expect(mail?.text).not.toContain('Contoh Dewasa');
  const address = /https:\/\/perpus\.example(\/banyuwangi\/data-saya\/kta\/[\w-]{22})/.exec(mail?.text ?? '');
  const page = await counter.test.request(address?.[1] ?? '/');
  expect(await page.text()).toContain('Kini persetujuan Anda sendiri');

  const desk = await counter.officer('petugas');
  expect(await (await desk.page(`/banyuwangi/anggota/${id}`)).text()).toContain(
    'Catat persetujuannya sendiri',
  );
  const purpose = library.settings.services[0]?.code ?? '';
  const saved = await desk.post('/banyuwangi/kunjungan/catat', {
    jenis: 'member',
    kode: number,
    tujuan: purpose,
    titik: library.servicePoints[0]?.id ?? '',
    kunci: 'AAAAAAAAAAAAAAAAAAAAAA',
  });
  expect(saved.status).toBe(303);
  const book = await (await desk.page(saved.headers.get('location') ?? '')).text();
  expect(book).toContain('Sudah 18 tahun: mintalah persetujuannya sendiri.');
  expect(book).toContain(`/banyuwangi/anggota/${id}/persetujuan-sendiri`);
});

it('texts that people agreed to before can be read by everybody, with their days', async () => {
  const { clock } = counter.test;
  clock.now = new Date('2026-06-03T02:00:00Z');
  const admin = scopeOfRole(counter.library, counter.deps, ['admin']);
  const { consents } = counter.library.settings;
  const before = consents.acknowledgement.id;
  await changeSettings(
    database.db,
    counter.deps,
    { ...admin, at: clock.now },
    {
      changes: { consents: { ...consents, acknowledgement: { id: 'Teks pengganti.', en: 'A new text.' } } },
      version: null,
    },
  );
  counter.deps.libraries.forget('banyuwangi');
  const page = await (await counter.test.request('/banyuwangi/teks-persetujuan')).text();
  expect(page).toContain('Teks pengganti.');
  expect(page).toContain(before.replaceAll('&', '&amp;'));
  expect(page).toContain('sejak 3 Juni 2026');
  expect(page).toMatch(/Berlaku \d+ \w+ \d{4} sampai 3 Juni 2026/);
  const english = await (await counter.test.request('/banyuwangi/teks-persetujuan?bahasa=en')).text();
  expect(english.length).toBeGreaterThan(1000);
});
