import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ApplicationId } from '../../src/domain/ids.ts';
import { attachPhoto } from '../../src/usecases/attach-photo.ts';
import { findOpenPhotoLink } from '../../src/usecases/open-photo-link.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { citizenScope, phoneCase, portrait, toTheCard, toThePhoto } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let app: TestApp;
let cookie: string;
const SLUG = 'banyuwangi';

beforeAll(async () => {
  database = await createTestDatabase();
  app = createTestApp(database);
  cookie = (await app.signIn(SLUG, 'petugas')).header;
});
afterAll(() => database.drop());

const events = (applicationId: ApplicationId) =>
  inLibrary(database.db, database.libraryIds[SLUG], (tx) =>
    tx
      .selectFrom('application_event')
      .select(['reason', 'place', 'actor_kind', 'started_at', 'effective_at'])
      .where('application_id', '=', applicationId)
      .where('act', '=', 'photo')
      .orderBy('id')
      .execute(),
  );

/** The officer asks for a code; what the screen then shows. */
async function openLink(base: string, applicationId: ApplicationId) {
  const opened = await app.post(`${base}/foto/ponsel`, {}, cookie);
  expect(opened.status).toBe(303);
  const scope = await citizenScope(app, SLUG);
  const link = await inLibrary(database.db, scope.library.id, (tx) =>
    findOpenPhotoLink(tx, app.deps, scope, applicationId),
  );
  if (!link) throw new Error('no link');
  return { ...link, address: `/${SLUG}/foto/${link.token}` };
}

describe('a photo at the desk', () => {
  it('is kept as an upright card photo of 3 to 4, without the place or the camera it was taken with', async () => {
    const { base } = await toThePhoto(app, SLUG, 'Contoh Foto Loket', cookie);
    const sideways = await portrait({ width: 1200, height: 900, orientation: 6 });
    expect((await app.upload(`${base}/foto`, { foto: sideways, sumber: 'file' }, cookie)).status).toBe(303);
    const shown = await app.request(`${base}/foto`, { headers: { cookie } });
    expect(shown.headers.get('cache-control')).toBe('no-store');
    const bytes = Buffer.from(await shown.arrayBuffer());
    const kept = await sharp(bytes).metadata();
    expect([kept.width, kept.height, kept.format, kept.exif]).toEqual([480, 640, 'jpeg', undefined]);
    expect(bytes.includes('Telepon')).toBe(false);
  });

  it('is cut where the officer said', async () => {
    const { base } = await toThePhoto(app, SLUG, 'Contoh Foto Potong', cookie);
    const halves = await sharp({
      create: { width: 1200, height: 800, channels: 3, background: '#ff0000' },
    })
      .composite([
        {
          input: { create: { width: 600, height: 800, channels: 3, background: '#0000ff' } },
          left: 600,
          top: 0,
        },
      ])
      .jpeg()
      .toBuffer();
    const foto = new File([new Uint8Array(halves)], 'dua.jpg');
    await app.upload(
      `${base}/foto`,
      { foto, sumber: 'webcam', kiri: '0.5', atas: '0', lebar: '0.5', tinggi: '1', lama: '12000' },
      cookie,
    );
    const shown = await app.request(`${base}/foto`, { headers: { cookie } });
    const { dominant } = await sharp(Buffer.from(await shown.arrayBuffer())).stats();
    expect(dominant.b).toBeGreaterThan(200);
    expect(dominant.r).toBeLessThan(60);
  });

  it('has its step begin when the camera was opened', async () => {
    const { base, applicationId } = await toThePhoto(app, SLUG, 'Contoh Foto Jam', cookie);
    await app.upload(`${base}/foto`, { foto: await portrait(), sumber: 'webcam', lama: '25000' }, cookie);
    const [event] = await events(applicationId);
    expect(event?.reason).toBe('webcam');
    expect((event?.effective_at.getTime() ?? 0) - (event?.started_at?.getTime() ?? 0)).toBe(25_000);
  });

  it.each([
    ['a text', new File(['bukan gambar'], 'x.jpg'), 422, 'bukan gambar'],
    [
      'a drawing with a script',
      new File(['<svg onload="alert(1)"></svg>'], 'x.svg'),
      422,
      'tidak dapat dibaca',
    ],
    ['an empty choice', new File([], ''), 422, 'Pilih foto'],
    ['sixteen megabytes', new File([new Uint8Array(16 * 1024 * 1024)], 'x.jpg'), 413, '15 MB'],
  ])('%s is refused in plain words, and nothing changes', async (what, foto, status, words) => {
    const { base } = await toThePhoto(app, SLUG, `Contoh Tolak ${what}`, cookie);
    const answer = await app.upload(`${base}/foto`, { foto }, cookie);
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(words);
    expect((await app.request(`${base}/foto`, { headers: { cookie } })).status).toBe(404);
  });

  it('a small file that unpacks to a huge picture, one cut off, and one with a tiny face are refused', async () => {
    const { base } = await toThePhoto(app, SLUG, 'Contoh Tolak Lain', cookie);
    const huge = await sharp({ create: { width: 9000, height: 9000, channels: 3, background: '#fff' } })
      .png({ compressionLevel: 9 })
      .toBuffer();
    const whole = new Uint8Array(await (await portrait()).arrayBuffer());
    const tiny = await portrait({ width: 90, height: 120 });
    for (const [foto, words] of [
      [new File([new Uint8Array(huge)], 'x.png'), 'megapiksel'],
      [new File([whole.slice(0, whole.length / 2)], 'x.jpg'), 'rusak'],
      [tiny, 'terlalu kecil'],
    ] as const) {
      const answer = await app.upload(`${base}/foto`, { foto }, cookie);
      expect([answer.status, (await answer.text()).includes(words)], words).toEqual([422, true]);
    }
  });

  it('is seen by officers who work on cases, and by nobody else', async () => {
    const { base } = await toThePhoto(app, SLUG, 'Contoh Foto Hak', cookie);
    await app.upload(`${base}/foto`, { foto: await portrait() }, cookie);
    expect((await app.request(`${base}/foto`)).status).toBe(303);
    for (const name of ['kabid', 'kepala', 'admin']) {
      const other = (await app.signIn(SLUG, name)).header;
      expect((await app.request(`${base}/foto`, { headers: { cookie: other } })).status, name).toBe(404);
    }
    const foreign = (await app.signIn('jateng', 'petugas')).header;
    const there = base.replace(SLUG, 'jateng');
    expect((await app.request(`${there}/foto`, { headers: { cookie: foreign } })).status).toBe(404);
  });

  it('sent from home, it is accepted with one key and counts as the act of the counter', async () => {
    const { applicationId } = await phoneCase(app, SLUG, 'Contoh Foto Rumah');
    const sent = await attachPhoto(database.db, app.deps, await citizenScope(app, SLUG), {
      applicationId,
      jpeg: new Uint8Array(await (await portrait({ width: 480, height: 640 })).arrayBuffer()),
      startedAt: null,
      source: 'status_page',
    });
    expect(sent.ok).toBe(true);
    const base = `/${SLUG}/loket/${applicationId}`;
    await app.post(`${base}/ambil`, {}, cookie);
    await app.post(`${base}/identitas`, { dokumen: 'ktp:original' }, cookie);
    await app.post(`${base}/kros-cek`, { alasan: 'other_person' }, cookie);
    const page = await (await app.request(base, { headers: { cookie } })).text();
    expect(page).toContain('Foto cocok, terima');
    const version = /foto\/terima"[^>]*>\s*<input type="hidden" name="versi" value="(\d+)"/.exec(page)?.[1];
    expect((await app.post(`${base}/foto/terima`, { versi: version ?? '' }, cookie)).status).toBe(303);
    expect((await events(applicationId)).map((event) => [event.reason, event.place])).toEqual([
      ['status_page', 'home'],
      ['accepted', 'counter'],
    ]);
  });
});

describe('a photo from the applicant’s phone', () => {
  it('reaches the case from the code on the officer’s screen, without an account and without script', async () => {
    const { base, applicationId } = await toThePhoto(app, SLUG, 'Contoh Ponsel', cookie);
    const { address } = await openLink(base, applicationId);
    const screen = await (await app.request(base, { headers: { cookie } })).text();
    expect(screen).toContain(`${base}/foto/kode.svg`);
    const page = await app.request(address);
    const html = await page.text();
    expect(html).toMatch(/<input[^>]*type="file"[^>]*accept="image\/\*"[^>]*capture="user"/);
    expect(html).not.toContain('Contoh Ponsel');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    const woken: string[] = [];
    const stop = app.deps.feed.subscribe(database.libraryIds[SLUG], (wake) => woken.push(wake.topic));
    const sent = await app.upload(address, { foto: await portrait() });
    stop();
    expect([sent.status, woken]).toEqual([303, ['case']]);
    const after = await app.request(sent.headers.get('location') ?? '');
    expect([after.status, (await after.text()).includes('Foto terkirim')]).toEqual([200, true]);
    expect((await app.request(`${base}/foto`, { headers: { cookie } })).status).toBe(200);
    expect(await events(applicationId)).toMatchObject([
      { reason: 'phone_link', place: 'counter', actor_kind: 'applicant' },
    ]);
  });

  it('comes by a typed code as well, however it is written', async () => {
    const { base, applicationId } = await toThePhoto(app, SLUG, 'Contoh Kode', cookie);
    const { address, code } = await openLink(base, applicationId);
    const typed = `${code.slice(0, 4)} ${code.slice(4)}`.toLowerCase();
    const opened = await app.post(`/${SLUG}/foto`, { kode: typed });
    expect([opened.status, opened.headers.get('location')]).toEqual([303, address]);
    const elsewhere = await app.post('/jateng/foto', { kode: typed });
    expect([elsewhere.status, (await elsewhere.text()).includes('tidak dikenal')]).toEqual([422, true]);
  });

  it('one code is for one photo; of two sent at once, one arrives', async () => {
    const { base, applicationId } = await toThePhoto(app, SLUG, 'Contoh Sekali', cookie);
    const { address } = await openLink(base, applicationId);
    const foto = await portrait();
    const both = await Promise.all([1, 2].map(() => app.upload(address, { foto })));
    expect(both.map((answer) => answer.status).sort()).toEqual([303, 410]);
    const late = await app.request(address);
    expect([late.status, (await late.text()).includes('sudah dipakai')]).toEqual([410, true]);
    expect(await events(applicationId)).toHaveLength(1);
  });

  it('a refused picture leaves the code open for another try, with the reason at the field', async () => {
    const { base, applicationId } = await toThePhoto(app, SLUG, 'Contoh Ulang', cookie);
    const { address } = await openLink(base, applicationId);
    const refused = await app.upload(address, { foto: new File(['x'], 'x.jpg') });
    const html = await refused.text();
    expect([refused.status, /id="foto-error"[^>]*>[^<]*bukan gambar/.test(html)]).toEqual([422, true]);
    expect((await app.upload(address, { foto: await portrait() })).status).toBe(303);
  });

  it('lapses after fifteen minutes, dies when a new code is shown, and is no code of another library', async () => {
    const { base, applicationId } = await toThePhoto(app, SLUG, 'Contoh Lewat', cookie);
    const first = await openLink(base, applicationId);
    const second = await openLink(base, applicationId);
    expect(second.token).not.toBe(first.token);
    expect((await app.upload(first.address, { foto: await portrait() })).status).toBe(410);
    const foreign = await app.upload(`/jateng/foto/${second.token}`, { foto: await portrait() });
    expect(foreign.status).toBe(404);
    const start = app.clock.now;
    app.clock.now = new Date(start.getTime() + 15 * 60_000 + 1);
    const late = await app.upload(second.address, { foto: await portrait() });
    expect([late.status, (await late.text()).includes('lima belas menit')]).toEqual([410, true]);
    app.clock.now = start;
    expect((await app.request(`/${SLUG}/foto/AAAAAAAAAAAAAAAAAAAAAA`)).status).toBe(404);
  });

  it('is not taken any more once the card is issued', async () => {
    const { base, applicationId } = await toThePhoto(app, SLUG, 'Contoh Terlambat', cookie);
    const { address } = await openLink(base, applicationId);
    await app.upload(`${base}/foto`, { foto: await portrait() }, cookie);
    expect((await app.post(`${base}/setujui`, {}, cookie)).status).toBe(303);
    const late = await app.upload(address, { foto: await portrait() });
    expect([late.status, (await late.text()).includes('tidak diperlukan')]).toEqual([410, true]);
    const { base: other } = await toTheCard(app, SLUG, 'Contoh Sudah Jadi', cookie);
    expect((await app.post(`${other}/foto/ponsel`, {}, cookie)).status).toBe(409);
  });

  it('guessing codes is stopped', async () => {
    const guesser = createTestApp(database);
    const answers: number[] = [];
    for (let guess = 0; guess < 45; guess++) {
      const kode = `AAAA${String(1000 + guess)}`;
      answers.push((await guesser.post(`/${SLUG}/foto`, { kode })).status);
    }
    expect(answers.slice(0, 40).every((status) => status === 422)).toBe(true);
    expect(answers.slice(40).every((status) => status === 429)).toBe(true);
  });
});
