import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { toTheCard } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase, testVault } from '../support/database.ts';
import { hiddenFields, sendForm, typedChild, typedForm } from '../support/typed-form.ts';

const SLUG = 'banyuwangi';
let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createTestDatabase();
  app = createTestApp(database);
});
afterAll(() => database.drop());

const pageOf = async (path: string) => (await app.request(path)).text();

/** Presses one of the buttons of a consent, as the page without script does. */
async function choose(page: string, action: string, purpose: string, answer: 'ya' | 'tidak') {
  const html = await pageOf(page);
  const form = html.split('<form').find((part) => part.includes(`value="${purpose}"`)) ?? '';
  expect(form).toContain(`action="${action}"`);
  expect(form).toContain(`name="jawaban" value="${answer}"`);
  const sent = await app.post(action, { ...hiddenFields(form), jawaban: answer });
  expect(sent.status).toBe(303);
  return sent.headers.get('location') ?? '';
}

function standing(status: string) {
  const libraryId = database.libraryIds[SLUG];
  return inLibrary(database.db, libraryId, (tx) =>
    tx
      .selectFrom('consent')
      .innerJoin('application', 'application.id', 'consent.application_id')
      .select(['consent.purpose', 'consent.given', 'consent.by_guardian', 'consent.channel'])
      .where(
        'application.token_hash',
        '=',
        testVault.hash(libraryId, 'token', status.split('/').at(-1) ?? ''),
      )
      .where('consent.withdrawn_at', 'is', null)
      .where('consent.purpose', 'in', ['photo_on_card', 'messages'])
      .orderBy('consent.purpose')
      .execute(),
  );
}

describe('the status page', () => {
  it('shows each optional consent with the version of its text, its time and its channel', async () => {
    const { status } = await sendForm(app, SLUG, typedForm({ consent_messages: '1' }));
    const html = await pageOf(status);
    expect(html).toMatch(
      /Disetujui \d+ \w+ 2026 pukul [\d.]+ WIB, lewat ponsel atau komputer sendiri, teks versi 2026-1/,
    );
    expect(html).toMatch(/Tidak disetujui \d+ \w+ 2026 pukul/);
    expect(await pageOf(`${status}?lang=en`)).toMatch(/Agreed .*, on an own phone or computer, text version/);
  });

  it('takes a consent back and gives it without script, says what follows, and keeps what was said', async () => {
    const { status } = await sendForm(app, SLUG, typedForm({ consent_messages: '1' }));
    const action = `${status}/persetujuan`;
    const taken = await choose(status, action, 'messages', 'tidak');
    expect(taken).toBe(`${status}?persetujuan=tarik-messages#persetujuan`);
    const after = await pageOf(taken);
    expect(after).toContain('pesan yang belum terkirim dibatalkan');
    expect(after).toContain('Riwayat (2)');
    expect(await choose(status, action, 'photo_on_card', 'ya')).toContain('beri-photo_on_card');
    expect(await standing(status)).toMatchObject([
      { purpose: 'messages', given: false, channel: 'phone' },
      { purpose: 'photo_on_card', given: true, channel: 'phone' },
    ]);
  });

  it('gives nothing to a text that has changed meanwhile, nor to an answer that is none', async () => {
    const { status } = await sendForm(app, SLUG, typedForm());
    const action = `${status}/persetujuan`;
    const old = await app.post(action, { tujuan: 'messages', jawaban: 'ya', versi: '1999-1' });
    expect(old.headers.get('location')).toContain('persetujuan=teks');
    for (const fields of [{ tujuan: 'guardian', jawaban: 'ya' }, { tujuan: 'messages' }, {}]) {
      const sent = await app.post(action, fields as Record<string, string>);
      expect(sent.headers.get('location')).toContain('persetujuan=tidak');
    }
    expect((await standing(status)).map((row) => row.given)).toEqual([false, false]);
    expect((await app.post(`/${SLUG}/permohonan/${'A'.repeat(22)}/persetujuan`, {})).status).toBe(404);
  });
});

describe('a child’s consents', () => {
  it('are shown to the child and changed on the guardian’s page only, once the guardian has consented', async () => {
    const { status } = await sendForm(app, SLUG, typedChild({ consent_messages: '1' }));
    expect(await pageOf(status)).not.toContain('name="jawaban"');
    await app.post(`${status}/wali`, {
      ...hiddenFields(await pageOf(`${status}/wali`)),
      guardian_name: 'Contoh Ibu',
      guardian_relation: 'mother',
      guardian_phone: '',
      guardian_consent: '1',
      consent_photo_on_card: '1',
    });
    const own = await pageOf(status);
    expect(own).toContain('diputuskan orang tua atau wali');
    expect(own).not.toContain('name="jawaban"');
    const tried = await app.post(`${status}/persetujuan`, { tujuan: 'photo_on_card', jawaban: 'tidak' });
    expect(tried.headers.get('location')).toContain('persetujuan=tidak');

    const taken = await choose(`${status}/wali`, `${status}/wali/persetujuan`, 'photo_on_card', 'tidak');
    expect(taken).toBe(`${status}/wali?persetujuan=tarik-photo_on_card#persetujuan`);
    expect(await standing(status)).toMatchObject([
      { purpose: 'messages', given: false, by_guardian: true },
      { purpose: 'photo_on_card', given: false, by_guardian: true },
    ]);
  });
});

describe('the KTA online', () => {
  it('drops the photo at once when its holder takes the consent back, and shows it again when it is given', async () => {
    const cookie = (await app.signIn(SLUG, 'petugas')).header;
    const consents = { photo_on_card: true, messages: false };
    const { member } = await toTheCard(app, SLUG, 'Contoh Foto Kartu', cookie, { consents });
    const kta = `/${SLUG}/kta/${member.token}`;
    expect(await pageOf(kta)).toContain(`src="${kta}/foto"`);

    app.clock.now = new Date(app.clock.now.getTime() + 60_000);
    const taken = await choose(kta, `${kta}/persetujuan`, 'photo_on_card', 'tidak');
    const answer = await app.request(taken);
    const html = await answer.text();
    expect(answer.headers.get('kta-photo')).toBe('none');
    expect(html).not.toContain(`src="${kta}/foto"`);
    expect(html).toContain('juga tidak pada kartu yang dicetak berikutnya');
    expect((await app.request(`${kta}/foto`)).status).toBe(404);

    app.clock.now = new Date(app.clock.now.getTime() + 60_000);
    await choose(kta, `${kta}/persetujuan`, 'photo_on_card', 'ya');
    expect(await pageOf(kta)).toContain(`src="${kta}/foto"`);
  });

  it('of a child only shows them', async () => {
    const cookie = (await app.signIn(SLUG, 'petugas')).header;
    const { member } = await toTheCard(app, SLUG, 'Contoh Dewasa Jadi Anak', cookie);
    await inLibrary(database.db, database.libraryIds[SLUG], (tx) =>
      tx
        .updateTable('member')
        .set({ birth_date: '2016-02-03' as never })
        .where('id', '=', member.id)
        .execute(),
    );
    const kta = `/${SLUG}/kta/${member.token}`;
    expect(await pageOf(kta)).not.toContain('name="jawaban"');
    const tried = await app.post(`${kta}/persetujuan`, { tujuan: 'photo_on_card', jawaban: 'tidak' });
    expect(tried.headers.get('location')).toContain('persetujuan=tidak');
  });
});
