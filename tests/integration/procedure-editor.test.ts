import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import type { Procedure } from '../../src/domain/procedure.ts';
import {
  listVersions,
  type ProcedureVersion,
  passProcedure,
  signProcedure,
} from '../../src/usecases/procedure-version.ts';
import { submitApplication } from '../../src/usecases/submit-application.ts';
import { applicantNamed } from '../support/applicants.ts';
import { type Counter, type CounterOfficer, openCounter } from '../support/counter.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { scopeOfRole } from '../support/members.ts';
import { fieldsOf, type PageFields } from '../support/page-form.ts';

let database: TestDatabase;
let counter: Counter;
let admin: CounterOfficer;
/** Address of the draft's page. */
let path: string;

beforeAll(async () => {
  database = await createTestDatabase();
  counter = await openCounter(database, 'jateng');
  admin = await counter.officer('admin');
});
afterAll(() => database.drop());

beforeEach(async () => {
  await inLibrary(database.db, counter.library.id, (tx) =>
    tx.deleteFrom('procedure_version').where('state', '<>', 'signed').execute(),
  );
  const made = await admin.post('/jateng/pengaturan/prosedur', {});
  path = (made.headers.get('location') ?? '').replace(/\/ubah$/, '');
});

async function stored(): Promise<ProcedureVersion> {
  const [newest] = await listVersions(database.db, admin.scope());
  if (!newest) throw new Error('no version');
  return newest;
}

const editor = async () => (await admin.page(`${path}/ubah`)).text();
const typed = async (): Promise<PageFields> => fieldsOf(await editor(), `${path}/ubah`);
const texts = (procedure: Procedure) => procedure.steps.map((step) => step.text);
const one = (fields: PageFields, name: string) => fields[name]?.[0];

/** Presses a button of the editor and answers with the form as it stands then. */
async function press(fields: PageFields, aksi: string): Promise<{ html: string; fields: PageFields }> {
  const answer = await admin.post(`${path}/ubah`, { ...fields, aksi });
  expect(answer.status).toBe(200);
  const html = await answer.text();
  return { html, fields: fieldsOf(html, `${path}/ubah`) };
}
const save = (fields: PageFields) => admin.post(`${path}/ubah`, fields);

describe('the editor of a draft', () => {
  it('saved as it opened changes nothing of the procedure', async () => {
    const before = (await stored()).procedure;
    expect((await save(await typed())).status).toBe(303);
    expect((await stored()).procedure).toEqual(before);
  });

  it('moves a step, and branches and the rows of the public page follow it', async () => {
    const before = (await stored()).procedure;
    // SOP-J 6, "revisi data", goes below the photo: the cross-check still branches to it.
    const moved = await press(await typed(), 'turun:5');
    expect(moved.html).toMatch(/id="turun-6"[^>]*autofocus|autofocus[^>]*id="turun-6"/);
    expect((await stored()).edits).toBe(0);
    expect((await save(moved.fields)).status).toBe(303);
    const { procedure } = await stored();
    expect(texts(procedure)).toEqual([0, 1, 2, 3, 4, 6, 5, 7, 8].map((index) => texts(before)[index]));
    expect(procedure.steps.map((step) => step.no)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(procedure.steps[4]?.branches).toEqual([
      { label: 'tanpa revisi', to: 6 },
      { label: 'revisi', to: 7 },
    ]);
    expect(procedure.publicSteps).toEqual(before.publicSteps);
  });

  it('adds a step with actors, acts, completeness, output and note, and takes one out', async () => {
    const added = await press(await typed(), 'sisip:4');
    expect(added.html).toMatch(
      /<textarea[^>]*(id="steps\.5\.text"[^>]*autofocus|autofocus[^>]*id="steps\.5\.text")/,
    );
    const fields = {
      ...added.fields,
      'steps.5.text': ['Menyetujui penerbitan kartu'],
      'steps.5.actors': ['kepala_bidang'],
      'steps.5.acts': ['endorse'],
      'steps.5.standardSeconds': ['2.30'],
      'steps.5.completeness': ['Permohonan\nDokumen'],
      'steps.5.output': ['Persetujuan'],
      'steps.5.note': ['paraf'],
      'actorColumns.kepala_bidang.shown': ['ya'],
      'actorColumns.kepala_bidang': ['Kepala Bidang'],
    };
    const without = await press(fields, 'hapus:9');
    expect((await save(without.fields)).status).toBe(303);
    const { procedure, problems } = await stored();
    expect(problems).toEqual([]);
    expect(procedure.steps[5]).toEqual({
      no: 6,
      text: 'Menyetujui penerbitan kartu',
      kind: 'process',
      actors: ['kepala_bidang'],
      actorsInferred: false,
      completeness: ['Permohonan', 'Dokumen'],
      standardSeconds: 150,
      output: 'Persetujuan',
      note: 'paraf',
      branches: [],
      acts: ['endorse'],
    });
    expect(procedure.steps).toHaveLength(9);
    expect(procedure.actorColumns).toContainEqual({ actor: 'kepala_bidang', label: 'Kepala Bidang' });
  });

  it('sets which documents are accepted, how they may be shown, and that all are needed', async () => {
    const fields = {
      ...(await typed()),
      'documents.ktp': ['original', 'copy'],
      'documents.kk': [],
      documentsRule: ['all'],
    };
    expect((await save(fields)).status).toBe(303);
    const { procedure } = await stored();
    expect(procedure.documentsRule).toBe('all');
    expect(procedure.documents[0]).toEqual({ type: 'ktp', forms: ['original', 'copy'] });
    expect(procedure.documents.map((document) => document.type)).not.toContain('kk');
  });

  it('keeps everything typed when something cannot be read, and says so at its place', async () => {
    const fields = {
      ...(await typed()),
      'steps.1.standardSeconds': ['sebentar'],
      'steps.1.note': ['Catatan <baru> & lama'],
      complaintChannels: ['burung merpati: atap'],
    };
    const answer = await save(fields);
    expect(answer.status).toBe(422);
    const html = await answer.text();
    const again = fieldsOf(html, `${path}/ubah`);
    expect(one(again, 'steps.1.standardSeconds')).toBe('sebentar');
    expect(one(again, 'steps.1.note')).toBe('Catatan <baru> & lama');
    expect(one(again, 'complaintChannels')).toBe('burung merpati: atap');
    expect(html).toContain('href="#steps.1.standardSeconds"');
    expect(html).toContain('href="#complaintChannels"');
  });

  it('loses nothing to somebody who saved meanwhile, and replaces theirs only when told to', async () => {
    const mine = { ...(await typed()), cost: ['Milik saya'] };
    expect((await save({ ...(await typed()), cost: ['Milik orang lain'] })).status).toBe(303);
    // A button in between does not hide the conflict.
    const pressed = await press(mine, 'pratinjau');
    const answer = await save(pressed.fields);
    expect(answer.status).toBe(409);
    const html = await answer.text();
    expect(html).toContain('Orang lain menyimpan halaman ini');
    expect((await stored()).procedure.cost).toBe('Milik orang lain');
    const kept = fieldsOf(html, `${path}/ubah`);
    expect(one(kept, 'cost')).toBe('Milik saya');
    expect((await save(kept)).status).toBe(303);
    expect((await stored()).procedure.cost).toBe('Milik saya');
  });

  it('keeps what was typed when the draft has been passed on meanwhile', async () => {
    const mine = { ...(await typed()), cost: ['Terlambat'] };
    const coordinator = await counter.officer('subkoordinator');
    expect((await coordinator.post(`${path}/koordinasi`, { suntingan: '0' })).status).toBe(303);
    const answer = await save(mine);
    expect(answer.status).toBe(422);
    expect(one(fieldsOf(await answer.text(), `${path}/ubah`), 'cost')).toBe('Terlambat');
  });

  it('draws the flow table of what is typed, and the PDF of what is saved', async () => {
    const { html } = await press(
      { ...(await typed()), 'steps.6.text': ['Memotret dengan latar biru'] },
      'pratinjau',
    );
    const table = html.slice(html.indexOf('<table'), html.indexOf('</table>'));
    expect(table).toContain('Memotret dengan latar biru');
    expect(table).toContain('Mutu Baku');
    expect(table).toContain('aria-label="Keputusan (belah ketupat)"');
    const pdf = await admin.page(`${path}/sop.pdf`);
    expect(pdf.headers.get('content-type')).toBe('application/pdf');
    expect(
      Buffer.from(await pdf.arrayBuffer())
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
  });
});

describe('an unfinished draft', () => {
  it('is saved, but goes to nobody until the counter could work by it', async () => {
    const fields = await typed();
    const card = Object.keys(fields).find((name) => fields[name]?.includes('issue_card')) ?? '';
    expect((await save({ ...fields, [card]: [] })).status).toBe(303);
    const coordinator = await counter.officer('subkoordinator');
    const html = await (await coordinator.page(path)).text();
    expect(html).toContain('Belum ada langkah yang menyetujui permohonan');
    expect(html).toContain(`href="${path}/ubah#steps"`);
    expect(html).not.toContain(`action="${path}/koordinasi"`);
    const forced = await coordinator.post(`${path}/koordinasi`, { suntingan: '1' });
    expect(forced.status).toBe(422);
    expect(await forced.text()).toContain('belum dapat dijalankan di loket');
    expect((await stored()).state).toBe('draft');
  });
});

describe('a case', () => {
  it('keeps the version it began with when another goes into force', async () => {
    const officer = await counter.officer('petugas');
    const running = await counter.fromPhone('Contoh Versi Lama');
    await officer.post('/jateng/loket/pindai', { kode: running.ticketCode });

    // The new version takes no photo.
    const fields = await typed();
    const photo = Object.keys(fields).find((name) => fields[name]?.includes('photo')) ?? '';
    const without = await press(fields, `hapus:${photo.split('.')[1]}`);
    expect((await save(without.fields)).status).toBe(303);
    let draft = await stored();
    // The branch "tanpa revisi" led to the photo: it needs a new end.
    expect(draft.problems.map((problem) => problem.field)).toEqual(['steps.4.branches.0.to']);
    expect((await save({ ...(await typed()), 'steps.4.branches.0.to': ['7'] })).status).toBe(303);
    draft = await stored();
    expect(draft.problems).toEqual([]);
    const { version, edits } = draft;
    const hand = (role: Parameters<typeof scopeOfRole>[2][number], last: string) =>
      scopeOfRole(counter.library, counter.deps, [role], `01890000-0000-7000-8000-00000000000${last}`);
    for (const [scope, action] of [
      [hand('sub_koordinator', '1'), 'coordinate'],
      [hand('kepala_bidang', '2'), 'check'],
    ] as const)
      expect(await passProcedure(database.db, counter.deps, scope, { version, edits, action })).toEqual({
        ok: true,
      });
    expect(
      await signProcedure(database.db, counter.deps, hand('kepala_skpd', '3'), {
        version,
        edits,
        effectiveOn: '2026-03-02' as PlainDate,
      }),
    ).toEqual({ ok: true });
    counter.deps.libraries.forget('jateng');
    counter.pass(60);
    const library = await counter.deps.libraries.find('jateng');
    if (!library) throw new Error('gone');
    expect(library.procedureVersion).toBe(version);

    const fresh = await submitApplication(
      database.db,
      counter.deps,
      { library, actor: { kind: 'applicant' }, at: counter.deps.now(), requestId: 'test' },
      {
        applicant: applicantNamed('Baru Teladan', { nik: null, documentNumber: '9901010101900077' }),
        channel: 'phone',
        submitKey: 'versi-baru',
        language: 'id',
        visit: null,
        familyOf: null,
        openedAt: null,
      },
    );
    expect((await counter.row(running.applicationId)).procedure_version).toBe(1);
    expect((await counter.row(fresh.applicationId)).procedure_version).toBe(version);

    const approve = async (id: string) => {
      await officer.post(`/jateng/loket/${id}/ambil`, {});
      await officer.post(`/jateng/loket/${id}/identitas`, { dokumen: 'ktp:original' });
      return officer.post(`/jateng/loket/${id}/setujui`, {});
    };
    // The old case still waits for its photo; the new one has no such step.
    await approve(running.applicationId);
    expect((await counter.row(running.applicationId)).state).toBe('in_review');
    await approve(fresh.applicationId);
    expect((await counter.row(fresh.applicationId)).state).toBe('approved');
  });
});
