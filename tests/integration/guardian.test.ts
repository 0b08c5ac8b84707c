import { afterAll, beforeAll, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase, testVault } from '../support/database.ts';
import { hiddenFields, sendForm, typedChild, typedForm } from '../support/typed-form.ts';

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createTestDatabase();
  app = createTestApp(database);
});
afterAll(() => database.drop());

const inBanyuwangi = <T>(work: Parameters<typeof inLibrary<T>>[2]) =>
  inLibrary(database.db, database.libraryIds.banyuwangi, work);

async function rowOf(status: string) {
  const hash = testVault.hash(database.libraryIds.banyuwangi, 'token', status.split('/').at(-1) ?? '');
  return inBanyuwangi((tx) =>
    tx.selectFrom('application').selectAll().where('token_hash', '=', hash).executeTakeFirstOrThrow(),
  );
}

const consent = {
  guardian_name: 'Contoh Ibu',
  guardian_relation: 'mother',
  guardian_phone: '',
  guardian_consent: '1',
};

it('a child’s page hands the consent over by link, by QR and by a code to type', async () => {
  const { status } = await sendForm(app, 'banyuwangi', typedChild());
  const html = await (await app.request(status)).text();
  expect(html).toContain(`href="${status}/wali"`);
  expect(html).toContain('<svg');
  expect(html).toMatch(/dp-code">[0-9A-Z]{4}-[0-9A-Z]{4}</);
});

it('a guardian’s consent moves the case into the queue and is recorded with the version of its text', async () => {
  const { status } = await sendForm(app, 'banyuwangi', typedChild({ consent_photo_on_card: '1' }));
  const page = await (await app.request(`${status}/wali`)).text();
  expect(page).toContain('Contoh Anak ingin menjadi anggota');
  expect(page).not.toMatch(/type="checkbox"[^>]* checked/);
  const answer = await app.post(`${status}/wali`, {
    ...hiddenFields(page),
    ...consent,
    consent_messages: '1',
  });
  expect(answer.status).toBe(303);
  const row = await rowOf(status);
  expect(row).toMatchObject({ state: 'submitted', guardian_name: 'Contoh Ibu', guardian_relation: 'mother' });
  const standing = await inBanyuwangi((tx) =>
    tx
      .selectFrom('consent')
      .select(['purpose', 'given', 'by_guardian', 'text_version'])
      .where('application_id', '=', row.id)
      .where('withdrawn_at', 'is', null)
      .orderBy('purpose')
      .execute(),
  );
  // What the child ticked alone no longer counts: the guardian left the photo unticked.
  expect(standing).toEqual([
    { purpose: 'acknowledgement', given: true, by_guardian: false, text_version: '2026-1' },
    { purpose: 'guardian', given: true, by_guardian: true, text_version: '2026-1' },
    { purpose: 'messages', given: true, by_guardian: true, text_version: '2026-1' },
    { purpose: 'photo_on_card', given: false, by_guardian: true, text_version: '2026-1' },
  ]);
});

it('without the tick, the name or the relation nothing is recorded, and what was typed stays', async () => {
  const { status } = await sendForm(app, 'banyuwangi', typedChild());
  const answer = await app.post(`${status}/wali`, {
    ...consent,
    guardian_consent: '',
    guardian_relation: 'teacher',
    guardian_name: 'Contoh Guru',
  });
  expect(answer.status).toBe(422);
  const html = await answer.text();
  expect(html).toContain('value="Contoh Guru"');
  expect(html).toContain('href="#guardian_consent"');
  expect(html).toContain('href="#guardian_relation"');
  expect((await rowOf(status)).state).toBe('waiting_guardian');
});

it('a second consent changes nothing and says that it is done', async () => {
  const { status } = await sendForm(app, 'banyuwangi', typedChild());
  await app.post(`${status}/wali`, consent);
  const version = (await rowOf(status)).version;
  const again = await app.post(`${status}/wali`, { ...consent, guardian_name: 'Contoh Lain' });
  expect(again.headers.get('location')).toBe(`${status}/wali`);
  expect(await (await app.request(`${status}/wali`)).text()).toContain('Persetujuan sudah dicatat');
  expect(await rowOf(status)).toMatchObject({ version, guardian_name: 'Contoh Ibu' });
});

it('ticket number and code lead to the consent page; one without the other, or another case’s, does not', async () => {
  const { status } = await sendForm(app, 'banyuwangi', typedChild());
  const other = await sendForm(app, 'banyuwangi', typedChild({ name: 'Contoh Adik' }));
  const codeOf = async (path: string) =>
    /dp-code">([0-9A-Z-]+)</.exec(await (await app.request(path)).text())?.[1] ?? '';
  const ticket = (await rowOf(status)).ticket_code;
  const right = await app.post('/banyuwangi/wali', {
    tiket: ticket.toLowerCase(),
    kode: await codeOf(status),
  });
  expect(right.headers.get('location')).toBe(`${status}/wali`);
  for (const kode of ['', 'AAAA-AAAA', await codeOf(other.status)])
    expect((await app.post('/banyuwangi/wali', { tiket: ticket, kode })).status).toBe(422);
});

it('guessing codes is slowed', async () => {
  const answers = [];
  for (let guess = 0; guess < 45; guess++)
    answers.push((await app.post('/banyuwangi/wali', { tiket: 'K7F2M9Q', kode: 'AAAA-AAAA' })).status);
  expect(answers.at(-1)).toBe(429);
});

it('an adult’s case asks nobody for consent', async () => {
  const { status } = await sendForm(app, 'banyuwangi', typedForm());
  expect(await (await app.request(status)).text()).not.toContain('/wali');
  await app.post(`${status}/wali`, consent);
  expect(await rowOf(status)).toMatchObject({ state: 'submitted', guardian_name: null });
});
