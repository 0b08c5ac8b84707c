import { afterAll, beforeAll, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { OfficerId, VisitId } from '../../src/domain/ids.ts';
import { handOverToPhone } from '../../src/usecases/carry-visit.ts';
import type { Scope } from '../../src/usecases/context.ts';
import { takeDraft } from '../../src/usecases/take-draft.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { hiddenFields, typedForm } from '../support/typed-form.ts';

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createTestDatabase();
  app = createTestApp(database);
});
afterAll(() => database.drop());

async function scopeOf(username: string): Promise<Scope> {
  const library = await app.deps.libraries.find('banyuwangi');
  const servicePointId = library?.servicePoints[0]?.id;
  if (!library || !servicePointId) throw new Error('no library');
  const officer = await inLibrary(database.db, library.id, (tx) =>
    tx.selectFrom('officer').select('id').where('username', '=', username).executeTakeFirstOrThrow(),
  );
  const actor = { kind: 'officer', id: officer.id as OfficerId, roles: ['petugas'], servicePointId } as const;
  return { library, actor, at: app.deps.now(), requestId: 'test' };
}

/** Leaves an unfinished form for the counter; the six digits and the page that shows them. */
async function leave(fields: Record<string, string>): Promise<{ code: string; page: string }> {
  const answer = await app.post('/banyuwangi/daftar/lanjutkan', fields);
  expect(answer.status).toBe(303);
  const page = answer.headers.get('location') ?? '';
  const html = await (await app.request(page)).text();
  const code = (/dp-big">(\d{3} \d{3})</.exec(html)?.[1] ?? '').replace(' ', '');
  return { code, page };
}

/** A guest-book entry, so that a form can have begun at the kiosk. */
async function visit(): Promise<VisitId> {
  const scope = await scopeOf('petugas');
  const id = app.deps.uuid(new Date()) as VisitId;
  await inLibrary(database.db, scope.library.id, (tx) =>
    tx
      .insertInto('visit')
      .values({
        library_id: scope.library.id,
        id,
        submit_key: Buffer.from(app.deps.randomBytes(16)),
        at: app.deps.now(),
        day: '2026-03-02' as never,
        kind: 'non_member',
        member_id: null,
        purpose: 'DAFTAR',
        service_point_id: scope.library.servicePoints[0]?.id as never,
        device_id: null,
        officer_id: null,
        name: 'Contoh Tamu',
        sex: null,
        education: null,
        occupation: null,
        institution: null,
        group_phone: null,
        group_counts: null,
      })
      .execute(),
  );
  return id;
}

it('an unfinished form is left with six digits, and its page can be opened again', async () => {
  const { code, page } = await leave({ name: 'Contoh Separuh', document_type: 'ktp' });
  expect(code).toMatch(/^\d{6}$/);
  expect(page).not.toContain(code);
  expect(await (await app.request(page)).text()).toContain(`${code.slice(0, 3)} ${code.slice(3)}`);
});

it('the officer takes it over with the code, once, with everything typed', async () => {
  const { code } = await leave({
    name: 'Contoh Separuh',
    'birth_date.day': '17',
    address_line: 'Jalan Contoh 2',
  });
  const scope = await scopeOf('petugas');
  const taken = await takeDraft(database.db, app.deps, scope, `${code.slice(0, 3)} ${code.slice(3)}`);
  expect(taken).toMatchObject({
    ok: true,
    values: { name: 'Contoh Separuh', address_line: 'Jalan Contoh 2', birth_date: '17--' },
    visit: null,
  });
  const other = await scopeOf('admin');
  expect(await takeDraft(database.db, app.deps, other, code)).toEqual({ ok: false, reason: 'not-found' });
});

it('whose answer was lost takes it again for ten minutes, and none of it counts as a wrong code', async () => {
  const { code } = await leave({ name: 'Contoh Jawaban Hilang' });
  const scope = await scopeOf('petugas');
  const after = (minutes: number) => ({ ...scope, at: new Date(scope.at.getTime() + minutes * 60_000) });
  const refused = () =>
    inLibrary(database.db, scope.library.id, (tx) =>
      tx.selectFrom('audit_log').select('id').where('action', '=', 'draft.refuse').execute(),
    );
  const before = await refused();
  const both = await Promise.all([
    takeDraft(database.db, app.deps, scope, code),
    takeDraft(database.db, app.deps, scope, code),
  ]);
  const later = await takeDraft(database.db, app.deps, after(9), code);
  for (const taken of [...both, later])
    expect(taken).toMatchObject({ ok: true, values: { name: 'Contoh Jawaban Hilang' } });
  expect(await refused()).toHaveLength(before.length);
  expect(await takeDraft(database.db, app.deps, after(11), code)).toMatchObject({ reason: 'not-found' });
});

it('what is kept is sealed', async () => {
  await leave({ name: 'Contoh Tersandi', document_number: '9901011705900001' });
  const rows = await inLibrary(database.db, database.libraryIds.banyuwangi, (tx) =>
    tx.selectFrom('draft').selectAll().execute(),
  );
  expect(JSON.stringify(rows.map((row) => row.content.toString('latin1')))).not.toMatch(/Contoh|99010117/);
});

it('wrong codes are counted per officer and then refused unread', async () => {
  const scope = await scopeOf('subkoordinator');
  for (let guess = 0; guess < 10; guess++)
    expect(await takeDraft(database.db, app.deps, scope, '000000')).toMatchObject({ reason: 'not-found' });
  const { code } = await leave({ name: 'Contoh' });
  expect(await takeDraft(database.db, app.deps, scope, code)).toMatchObject({ reason: 'too-many-attempts' });
  const later = { ...scope, at: new Date(scope.at.getTime() + 11 * 60_000) };
  expect((await takeDraft(database.db, app.deps, later, code)).ok).toBe(true);
});

it('a form begun at the kiosk continues on the own phone by its address or its code, with the arrival of the visit', async () => {
  const scope = { ...(await scopeOf('petugas')), actor: { kind: 'applicant' } as const };
  const visitId = await visit();
  const { token, phoneCode, deskCode } = await handOverToPhone(database.db, app.deps, scope, {
    values: { name: 'Contoh Tamu', sex: 'P' },
    id: visitId,
    at: app.clock.now,
    openedAt: null,
  });
  // Six digits can be guessed: they are for an officer only.
  expect((await app.post('/banyuwangi/lanjut', { kode: deskCode })).status).toBe(422);
  const byCode = await app.post('/banyuwangi/lanjut', { kode: phoneCode });
  const address = byCode.headers.get('location') ?? '';
  expect(address).toMatch(/^\/banyuwangi\/daftar\?lanjut=[\w-]{22}$/);
  // The code made a new address; the one of the QR is spent.
  expect(await (await app.request(`/banyuwangi/daftar?lanjut=${token}`)).text()).toContain('kedaluwarsa');
  const html = await (await app.request(address)).text();
  expect(html).toContain('value="Contoh Tamu"');
  const sent = await app.post('/banyuwangi/daftar', {
    ...hiddenFields(html),
    ...typedForm({ name: 'Contoh Tamu' }),
  });
  expect(sent.status).toBe(303);
  const row = await inLibrary(database.db, database.libraryIds.banyuwangi, (tx) =>
    tx.selectFrom('application').selectAll().where('name', '=', 'Contoh Tamu').executeTakeFirstOrThrow(),
  );
  expect(row).toMatchObject({ visit_id: visitId, done_acts: ['arrive', 'fill_form'] });
  expect(await (await app.request(address)).text()).toContain('kedaluwarsa');
});

it('a form left at home cannot be fetched by its six digits from anywhere', async () => {
  const { code } = await leave({ name: 'Contoh Rumah' });
  expect((await app.post('/banyuwangi/lanjut', { kode: code })).status).toBe(422);
});

it('an expired form is gone, and its code is free again', async () => {
  const { code, page } = await leave({ name: 'Contoh Lama' });
  app.clock.now = new Date(app.clock.now.getTime() + 15 * 86_400_000);
  const scope = await scopeOf('petugas');
  expect(await takeDraft(database.db, app.deps, scope, code)).toMatchObject({ ok: false });
  expect((await app.request(page)).headers.get('location')).toContain('/daftar?lanjut=');
});

it('a class that goes on with its own phones behind one address gets through; guessing is slowed', async () => {
  const scope = { ...(await scopeOf('petugas')), actor: { kind: 'applicant' } as const };
  const id = await visit();
  for (let pupil = 0; pupil < 40; pupil++) {
    const carried = { id, at: app.clock.now, openedAt: null, values: {} };
    const { phoneCode } = await handOverToPhone(database.db, app.deps, scope, carried);
    expect((await app.post('/banyuwangi/lanjut', { kode: phoneCode })).status).toBe(303);
  }
  const guesses: number[] = [];
  for (let guess = 0; guess < 45; guess++)
    guesses.push((await app.post('/banyuwangi/lanjut', { kode: 'AAAA-AAAA' })).status);
  expect(guesses.at(-1)).toBe(429);
});
