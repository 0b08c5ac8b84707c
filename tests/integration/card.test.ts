import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ApplicationId, Nik } from '../../src/domain/ids.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { phoneCase, portrait, toTheCard, toThePhoto, updateSettingForTest } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { fieldsOf } from '../support/page-form.ts';
import { findProgram } from '../support/programs.ts';

let database: TestDatabase;
let app: TestApp;
let cookie: string;
const SLUG = 'jateng';
const missing = ['zbarimg', 'pdftoppm'].filter((name) => findProgram(name) === undefined);

beforeAll(async () => {
  database = await createTestDatabase();
  app = createTestApp(database);
  cookie = (await app.signIn(SLUG, 'petugas')).header;
});
afterAll(() => database.drop());

const stored = (applicationId: ApplicationId) =>
  inLibrary(database.db, database.libraryIds[SLUG], async (tx) => {
    const application = await tx
      .selectFrom('application')
      .select(['state', 'held_by', 'member_id', 'done_acts'])
      .where('id', '=', applicationId)
      .executeTakeFirstOrThrow();
    const card = await tx
      .selectFrom('card')
      .select(['id', 'printed_at', 'handed_over_at'])
      .where('member_id', '=', application.member_id)
      .executeTakeFirst();
    const history = card
      ? await tx
          .selectFrom('card_event')
          .select(['kind', 'detail'])
          .where('card_id', '=', card.id)
          .orderBy('id')
          .execute()
      : [];
    return { ...application, card, history: history.map((event) => event.kind) };
  });

describe('approving', () => {
  it('and printing are one key: number, validity, KTA and print stand on the same screen', async () => {
    const { base, applicationId } = await toThePhoto(app, SLUG, 'Contoh Cetak Langsung', cookie);
    await app.upload(`${base}/foto`, { foto: await portrait() }, cookie);
    const before = await (await app.request(base, { headers: { cookie } })).text();
    expect(/name="cetak"[^>]*value="1"[^>]*aria-keyshortcuts="Enter"/.test(before)).toBe(true);
    const approved = await app.post(`${base}/setujui`, { cetak: '1' }, cookie);
    expect(approved.headers.get('location')).toBe(`${base}?cetak=1`);
    const page = await (await app.request(base, { headers: { cookie } })).text();
    expect(/Nomor anggota<\/dt><dd[^>]*>([^<]+)/.exec(page)?.[1]).toMatch(/^JTG-01-2026-\d{6}$/);
    expect(page.includes(`data-pdf="${base}/kartu.pdf"`)).toBe(true);
    expect(/dp-shortcode">([^<]*)/.exec(page)?.[1]).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    expect(await stored(applicationId)).toMatchObject({ state: 'approved', history: ['issued', 'printed'] });
  });

  it('pressed on a page that is out of date changes nothing and shows the case as it stands', async () => {
    const { base, applicationId } = await toThePhoto(app, SLUG, 'Contoh Kedaluwarsa Layar', cookie);
    await app.upload(`${base}/foto`, { foto: await portrait() }, cookie);
    const answer = await app.post(`${base}/setujui`, { versi: '1', cetak: '1' }, cookie);
    expect([answer.status, (await stored(applicationId)).state]).toEqual([409, 'in_review']);
  });

  it('is refused without the photo that the library asks for, with what to do', async () => {
    const { base } = await toThePhoto(app, SLUG, 'Contoh Tanpa Foto', cookie);
    const answer = await app.post(`${base}/setujui`, {}, cookie);
    expect([409, 422]).toContain(answer.status);
  });

  it('a type without a card is complete with its number: nothing is printed, nothing handed over', async () => {
    await updateSettingForTest(app, SLUG, 'memberTypes', (types) =>
      types.map((type) => (type.code === 'PELAJAR' ? { ...type, cardAllowed: false } : type)),
    );
    const { base, applicationId } = await toThePhoto(app, SLUG, 'Contoh Tanpa Kartu', cookie, {
      memberType: 'PELAJAR',
    });
    await app.upload(`${base}/foto`, { foto: await portrait() }, cookie);
    expect((await app.post(`${base}/setujui`, { cetak: '1' }, cookie)).headers.get('location')).toBe(base);
    const after = await stored(applicationId);
    expect([after.state, after.card]).toEqual(['completed', undefined]);
    const page = await (await app.request(base, { headers: { cookie } })).text();
    expect(page).toContain('tidak memakai kartu');
    expect((await app.request(`${base}/kartu.pdf`, { headers: { cookie } })).status).toBe(404);
  });
});

describe('the printed card', () => {
  it('comes by its address as front and back, whose codes a scanner reads at 300 dpi', async (context) => {
    context.skip(missing.length > 0, `not installed: ${missing.join(', ')}`);
    const { base, member } = await toTheCard(app, SLUG, 'Contoh Siti Kartu', cookie);
    const answer = await app.request(`${base}/kartu.pdf`, { headers: { cookie } });
    expect(answer.headers.get('content-type')).toBe('application/pdf');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-frame-options')).toBe('SAMEORIGIN');
    const read = scan(Buffer.from(await answer.arrayBuffer()));
    expect(read[0]).toBe(`CODE-128:${member.number}`);
    const address = read[1]?.replace('QR-Code:', '') ?? '';
    expect(address).toMatch(/^http:\/\/localhost\/k\/[A-Za-z0-9_-]{100,}$/);
    const verified = await app.request(new URL(address).pathname);
    expect([verified.status, (await verified.text()).includes('Kartu berlaku')]).toEqual([200, true]);
    const sheet = await app.request(`${base}/kartu.pdf?lembar=a4`, { headers: { cookie } });
    expect(sheet.status).toBe(200);
  });

  it('is printed by officers who may print, and by nobody else', async () => {
    const { base } = await toTheCard(app, SLUG, 'Contoh Hak Cetak', cookie);
    for (const name of ['kabid', 'kepala', 'admin']) {
      const other = (await app.signIn(SLUG, name)).header;
      for (const path of ['kartu.pdf', 'kta.svg']) {
        const answer = await app.request(`${base}/${path}`, { headers: { cookie: other } });
        expect(answer.status, `${name} ${path}`).toBe(404);
      }
      expect((await app.post(`${base}/cetak`, { hasil: 'cetak' }, other)).status, name).toBe(404);
      expect((await app.post(`${base}/setujui`, {}, other)).status, name).toBe(404);
    }
    expect((await app.request(`${base}/kartu.pdf`)).status).toBe(303);
    expect((await app.post(`${base}/cetak`, { hasil: 'cetak' })).status).toBe(401);
    const foreign = (await app.signIn('banyuwangi', 'petugas')).header;
    const there = base.replace(SLUG, 'banyuwangi');
    expect((await app.request(`${there}/kartu.pdf`, { headers: { cookie: foreign } })).status).toBe(404);
  });

  it('whose print failed is not printed, the member is valid all the same, and printing again ends it', async () => {
    const { base, applicationId } = await toTheCard(app, SLUG, 'Contoh Gagal', cookie);
    await app.post(`${base}/cetak`, { hasil: 'cetak' }, cookie);
    expect((await stored(applicationId)).card?.printed_at).not.toBeNull();
    await app.post(`${base}/cetak`, { hasil: 'gagal' }, cookie);
    const failed = await stored(applicationId);
    expect(failed).toMatchObject({ state: 'approved', card: { printed_at: null } });
    expect(failed.done_acts).not.toContain('print_card');
    const page = await (await app.request(base, { headers: { cookie } })).text();
    expect(page).toContain('Keanggotaan tetap berlaku');
    expect(page).toContain('Belum tercetak');
    // The officer serves the next person: the failed card is not taken for handed over.
    await toThePhoto(app, SLUG, 'Contoh Berikut Gagal', cookie);
    expect(await stored(applicationId)).toMatchObject({ state: 'approved', card: { handed_over_at: null } });
    await app.post(`${base}/cetak`, { hasil: 'cetak' }, cookie);
    expect(await stored(applicationId)).toMatchObject({
      history: ['issued', 'printed', 'print_failed', 'printed'],
    });
  });
});

describe('handing over', () => {
  it('needs no key: taking the next case records it', async () => {
    const { base, applicationId } = await toTheCard(app, SLUG, 'Contoh Serah Sendiri', cookie);
    await app.post(`${base}/cetak`, { hasil: 'cetak' }, cookie);
    const { ticketCode } = await phoneCase(app, SLUG, 'Contoh Orang Berikut');
    await app.post(`/${SLUG}/loket/pindai`, { kode: ticketCode }, cookie);
    const after = await stored(applicationId);
    expect(after).toMatchObject({ state: 'completed', held_by: null });
    expect(after.history).toEqual(['issued', 'printed', 'handed_over']);
  });

  it('by a key is recorded at once', async () => {
    const { base, applicationId } = await toTheCard(app, SLUG, 'Contoh Serah Tombol', cookie);
    expect((await app.post(`${base}/serahkan`, {}, cookie)).status).toBe(303);
    expect((await stored(applicationId)).state).toBe('completed');
  });

  it('who is a member already gets the KTA again: a new address and code, the old address is dead', async () => {
    const nik = '9901015708990777' as Nik;
    const same = { nik, documentNumber: nik };
    const { base: first, member } = await toTheCard(app, SLUG, 'Contoh Sudah Anggota', cookie, same);
    await app.post(`${first}/serahkan`, {}, cookie);
    app.clock.now = new Date(app.clock.now.getTime() + 3_600_000);
    const { applicationId, ticketCode } = await phoneCase(app, SLUG, 'Contoh Sudah Anggota Lagi', same);
    const base = `/${SLUG}/loket/${applicationId}`;
    await app.post(`/${SLUG}/loket/pindai`, { kode: ticketCode }, cookie);
    await app.post(`${base}/identitas`, { dokumen: 'ktp:original' }, cookie);
    const ended = await app.post(`${base}/sudah-anggota`, { anggota: member.id }, cookie);
    expect(ended.status).toBe(303);
    const page = await (await app.request(base, { headers: { cookie } })).text();
    expect([page.includes(member.number), page.includes('Serahkan KTA lagi')]).toEqual([true, true]);
    const fields = fieldsOf(page, `${base}/kta-lagi`);
    const codes: string[] = [];
    // Pressed twice: the address that was shown first is the one that works.
    for (let press = 0; press < 2; press++) {
      expect((await app.post(`${base}/kta-lagi`, fields, cookie)).status).toBe(303);
      const again = await (await app.request(base, { headers: { cookie } })).text();
      codes.push(/dp-shortcode">([^<]+)/.exec(again)?.[1] ?? '');
    }
    const [code = '', second] = codes;
    expect(second).toBe(code);
    const opened = await app.post(`/${SLUG}/kta`, { kode: code });
    const address = opened.headers.get('location') ?? '';
    expect([address === `/${SLUG}/kta/${member.token}`, (await app.request(address)).status]).toEqual([
      false,
      200,
    ]);
    expect((await app.request(`/${SLUG}/kta/${member.token}`)).status).toBe(404);
  });

  it('a card replaced by two presses is replaced once: the one just handed out lives', async () => {
    const { member } = await toTheCard(app, SLUG, 'Contoh Ganti Dua Kali', cookie);
    const path = `/${SLUG}/anggota/${member.id}/ganti-kartu`;
    const openForm = async () => {
      const html = await (await app.request(path, { headers: { cookie } })).text();
      const shown = /name="kartu" value="([^"]*)"/.exec(html)?.[1] ?? '';
      return () => app.post(path, { kartu: shown, alasan: 'lost', periksa: 'ya' }, cookie);
    };
    const inUse = () =>
      inLibrary(database.db, database.libraryIds[SLUG], (tx) =>
        tx
          .selectFrom('card')
          .select(['id', 'revoked_at'])
          .where('member_id', '=', member.id)
          .orderBy('id')
          .execute(),
      );
    const first = await openForm();
    expect((await first()).status).toBe(303);
    const again = await first();
    expect([again.status, (await again.text()).includes('Kartu')]).toEqual([409, true]);
    expect((await inUse()).map((card) => card.revoked_at === null)).toEqual([false, true]);
    expect((await (await openForm())()).status).toBe(303);
    expect((await inUse()).map((card) => card.revoked_at === null)).toEqual([false, false, true]);
  });

  it('a print told twice on the page of the member is one print, with a reason and without', async () => {
    const { member, applicationId } = await toTheCard(app, SLUG, 'Contoh Cetak Dua Kali', cookie);
    const here = `/${SLUG}/anggota/${member.id}`;
    for (const reason of ['', 'worn', 'worn']) {
      app.clock.now = new Date(app.clock.now.getTime() + 60_000);
      const html = await (await app.request(here, { headers: { cookie } })).text();
      const fields = { ...fieldsOf(html, `${here}/tercetak`), alasan: [reason] };
      for (let press = 0; press < 2; press++) {
        const answer = await app.post(`${here}/tercetak`, fields, cookie);
        expect(answer.headers.get('location')).toBe(`${here}?selesai=cetak`);
      }
    }
    expect((await stored(applicationId)).history).toEqual(['issued', 'printed', 'printed', 'printed']);
  });

  it('a clean case sent from a phone takes the officer four acts', async () => {
    const { applicationId, ticketCode, token } = await phoneCase(app, SLUG, 'Contoh Empat Langkah');
    const fromHome = await app.upload(`/${SLUG}/permohonan/${token}/foto`, {
      'foto-berkas': await portrait(),
    });
    expect(fromHome.status).toBe(303);
    const base = `/${SLUG}/loket/${applicationId}`;
    const acts: readonly [string, Record<string, string>][] = [
      [`/${SLUG}/loket/pindai`, { kode: ticketCode }],
      [`${base}/identitas`, { dokumen: 'ktp:original' }],
      [`${base}/foto/terima`, {}],
      [`${base}/setujui`, { cetak: '1' }],
    ];
    for (const [path, fields] of acts) expect((await app.post(path, fields, cookie)).status, path).toBe(303);
    expect(await stored(applicationId)).toMatchObject({ state: 'approved', history: ['issued', 'printed'] });
    await toThePhoto(app, SLUG, 'Contoh Sesudah Empat', cookie);
    expect((await stored(applicationId)).state).toBe('completed');
  });
});

/** What a scanner reads from a PDF printed at 300 dpi. */
function scan(pdf: Buffer): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'card-'));
  try {
    writeFileSync(join(folder, 'card.pdf'), pdf);
    execFileSync('pdftoppm', ['-r', '300', '-png', join(folder, 'card.pdf'), join(folder, 'page')]);
    const pages = readdirSync(folder)
      .filter((name) => name.endsWith('.png'))
      .sort();
    const read = execFileSync('zbarimg', ['--quiet', ...pages.map((page) => join(folder, page))]);
    return read.toString('utf8').trim().split('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
