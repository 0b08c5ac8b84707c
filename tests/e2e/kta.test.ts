import { execFileSync } from 'node:child_process';
import { webcrypto } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { type Admission, DEFAULT_ADMISSION } from '../../src/domain/admission.ts';
import { toBase64Url } from '../../src/domain/code-text.ts';
import type { OfficerId } from '../../src/domain/ids.ts';
import { addDays, type PlainDate, plainDateIn } from '../../src/domain/plain-date.ts';
import { hexOf } from '../../src/domain/published-keys.ts';
import { readScannedCode } from '../../src/domain/scanned-code.ts';
import { revokeKey, signerOf } from '../../src/usecases/library-keys.ts';
import { judgeCode } from '../../src/usecases/verify-card.ts';
import { createTestApp, type SessionCookie, type TestApp } from '../support/app.ts';
import { expectNoAxeViolations, expectNoSidewaysScroll, journey, useBrowser } from '../support/browser.ts';
import { libraryOf, type StoredMember, toTheCard } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { findProgram } from '../support/programs.ts';

const browser = useBrowser();
let database: TestDatabase;
let app: TestApp;
let officer: SessionCookie;
let service: { url: string; close(): Promise<void> };
/** Something between phone and service that answers in its place; undefined lets the request through. */
let onTheWay: ((path: string) => Response | undefined) | undefined;
const SLUG = 'jateng';
const DAY_MS = 86_400_000;
const OFFLINE = [/ERR_INTERNET_DISCONNECTED|Failed to load resource/];
const SCANNER = findProgram('zbarimg');

beforeAll(async () => {
  database = await createTestDatabase();
  app = createTestApp(database, { time: 'real' });
  officer = await app.signIn(SLUG, 'petugas');
  const answer = app.app.fetch;
  app.app.fetch = (request, ...rest) => onTheWay?.(new URL(request.url).pathname) ?? answer(request, ...rest);
  service = await app.listen();
});
afterEach(() => {
  onTheWay = undefined;
});
afterAll(async () => {
  await service.close();
  await database.drop();
});

const ktaOf = ({ token }: { readonly token: string }) => `/${SLUG}/kta/${token}`;

/** The QR codes that a scanner reads from a picture. */
function readQr(picture: Buffer): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'kta-'));
  try {
    writeFileSync(join(folder, 'picture.png'), picture);
    const found = execFileSync(
      'zbarimg',
      ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', 'picture.png'],
      { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    return found.toString('utf8').trim().split('\n');
  } catch {
    return [];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Scans until a code of this kind is on the screen. */
async function scanned(page: Page, kind: 'moving' | 'picture'): Promise<string> {
  let read: string[] = [];
  for (let tries = 0; tries < 20; tries++) {
    read = readQr(await page.screenshot({ fullPage: true, animations: 'disabled' }));
    const [only] = read;
    if (read.length === 1 && only !== undefined && readScannedCode(only).kind === kind) return only;
  }
  throw new Error(`no ${kind} code on the screen: ${read.join(' ')}`);
}

/** What the gate's server says of a scanned code. @param later seconds from now */
async function judged(code: string, later = 0): Promise<Admission> {
  const library = await libraryOf(app, SLUG);
  const read = readScannedCode(code);
  if (read.kind !== 'moving' && read.kind !== 'picture' && read.kind !== 'print')
    throw new Error(`a ${read.kind}`);
  const { admission } = await judgeCode(database.db, library, read, {
    at: new Date(Date.now() + later * 1000),
    policy: DEFAULT_ADMISSION,
    seen: new Map(),
  });
  return admission;
}

async function moving(page: Page): Promise<void> {
  await page.locator('kta-code[data-live]').waitFor();
}

/** Keeps the card on this phone; until page, photo and key are there. */
async function keep(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Simpan untuk dibuka' }).click();
  await page.getByText('Tersimpan di ponsel ini').waitFor();
  await page.waitForFunction(async () => {
    const cache = await caches.open((await caches.keys())[0] ?? '');
    const kept = (await cache.keys()).map(({ url }) => new URL(url).pathname);
    const wanted = [location.pathname, `${location.pathname}/foto`];
    return (
      wanted.every((path) => kept.includes(path)) &&
      kept.length >= 6 &&
      (await indexedDB.databases()).length === 1
    );
  });
}

journey(
  'a phone keeps the card from the first opening on, until somebody removes it; a computer does not',
  async () => {
    const { member } = await toTheCard(app, SLUG, 'Contoh Pertama Kali', officer.header);
    const { page, context: phone } = await browser.visit({
      baseURL: service.url,
      touch: true,
      expectedErrors: OFFLINE,
    });
    await page.goto(ktaOf(member));
    await page.getByText('Tersimpan di ponsel ini').waitFor();
    await moving(page);
    await page.waitForFunction(async () => (await indexedDB.databases()).length === 1);
    await phone.setOffline(true);
    await page.reload();
    await page.getByText('Contoh Pertama Kali').first().waitFor();
    await moving(page);
    await phone.setOffline(false);
    await page.getByRole('button', { name: 'Hapus dari ponsel ini' }).click();
    await page.getByText('Sudah dihapus dari ponsel ini').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Simpan untuk dibuka' }).waitFor();
    await moving(page);
    const left = async (shown: Page) =>
      shown.evaluate(
        async () => (await caches.keys()).length + (await navigator.serviceWorker.getRegistrations()).length,
      );
    expect(await left(page)).toBe(0);

    const computer = await browser.visit({ baseURL: service.url, screen: 'desk' });
    await computer.page.goto(ktaOf(member));
    await moving(computer.page);
    await computer.page.getByRole('button', { name: 'Simpan untuk dibuka' }).waitFor();
    expect(await left(computer.page)).toBe(0);
  },
);

async function setEnd(member: StoredMember, days: number): Promise<void> {
  const { settings } = await libraryOf(app, SLUG);
  const end = addDays(plainDateIn(settings.profile.timezone, new Date()), days) as PlainDate;
  await inLibrary(database.db, database.libraryIds[SLUG], (tx) =>
    tx.updateTable('member').set({ valid_until: end }).where('id', '=', member.id).execute(),
  );
}

journey(
  'a kept KTA opens without internet with a code that still moves, and a screenshot of it is stale in a minute',
  async (context) => {
    context.skip(SCANNER === undefined, 'not installed: zbarimg');
    const { member } = await toTheCard(app, SLUG, 'Contoh Ayu Bergerak', officer.header);
    const {
      page,
      context: phone,
      shot,
    } = await browser.visit({ baseURL: service.url, expectedErrors: OFFLINE });
    await page.goto(ktaOf(member));
    await moving(page);
    // Nobody asked yet to keep anything.
    expect(
      await page.evaluate(async () => [(await indexedDB.databases()).length, (await caches.keys()).length]),
    ).toEqual([0, 0]);
    const first = await scanned(page, 'moving');
    expect(await judged(first)).toMatchObject({ verdict: 'admit', card: member.cardId });

    await keep(page);
    // Neither the page nor anything it keeps holds the code of the printed card.
    const kept = await page.evaluate(async () => {
      const cache = await caches.open((await caches.keys())[0] ?? '');
      const texts = (await cache.keys()).map(async (key) => (await cache.match(key))?.text());
      return (await Promise.all(texts)).join('\n');
    });
    expect(kept).toContain('Contoh Ayu Bergerak');
    expect(/\/k\/[A-Za-z0-9_-]{60,}/.exec(kept)).toBeNull();

    await phone.setOffline(true);
    await page.reload();
    await page.getByText('Tanpa internet: kartu').waitFor();
    await moving(page);
    const code = await scanned(page, 'moving');
    expect(await judged(code)).toMatchObject({ verdict: 'admit', card: member.cardId });
    expect(await judged(code, 61)).toMatchObject({ verdict: 'refuse', reason: 'stale' });
    await expectNoAxeViolations(page);
    await shot('kta-tanpa-internet');
  },
);

journey(
  'the code changes with its window, and a screen reader is told once and not every thirty seconds',
  async (context) => {
    context.skip(SCANNER === undefined, 'not installed: zbarimg');
    const { member } = await toTheCard(app, SLUG, 'Contoh Jam Berjalan', officer.header);
    const { page } = await browser.visit({ baseURL: service.url });
    // Wrong by three hours: the phone goes by the server's clock.
    await page.clock.install({ time: Date.now() + 3 * 3_600_000 });
    await page.goto(ktaOf(member));
    await moving(page);
    const first = await scanned(page, 'moving');
    expect(await judged(first)).toMatchObject({ verdict: 'admit' });
    await page.evaluate(() => {
      const spoken: string[] = [];
      Object.assign(window, { spoken });
      for (const line of document.querySelectorAll('[role="status"]'))
        new MutationObserver(() => spoken.push(line.textContent ?? '')).observe(line, {
          subtree: true,
          childList: true,
          attributes: true,
          characterData: true,
        });
    });
    const drawn = () => page.locator('.kta__moving path').getAttribute('d');
    const before = await drawn();
    await page.clock.runFor(30_000);
    await expect.poll(drawn).not.toBe(before);
    const second = await scanned(page, 'moving');
    // Half a minute before its time by the server's clock, which stood still for the test: another window, the same card.
    expect(await judged(second, 30)).toMatchObject({ verdict: 'admit', card: member.cardId });
    expect(await page.evaluate(() => (window as unknown as { spoken: string[] }).spoken)).toEqual([]);
  },
);

journey(
  'at the gate the code is as large as the screen, white in any light, for the officer to read',
  async (context) => {
    context.skip(SCANNER === undefined, 'not installed: zbarimg');
    const { member } = await toTheCard(app, SLUG, 'Contoh Sri Wahyuningsih Prabandari', officer.header);
    for (const darkMode of [false, true]) {
      for (const [width, height] of [
        [320, 568],
        [360, 740],
        [430, 932],
        [768, 1024],
        [740, 360],
        [1440, 900],
      ] as const) {
        const { page, shot } = await browser.visit({ baseURL: service.url, darkMode });
        await page.setViewportSize({ width, height });
        await page.goto(ktaOf(member));
        await moving(page);
        await page.locator('.kta__photo').evaluate((image: HTMLImageElement) => image.decode());
        await expectNoSidewaysScroll(page);
        const name = `${width}${darkMode ? '-dark' : ''}`;
        if ([360, 768, 1440].includes(width)) {
          await expectNoAxeViolations(page);
          await shot(`kta-${name}`);
        }
        await page.getByRole('button', { name: 'Tunjukkan di gerbang' }).press('Enter');
        await page.locator('.kta-gate__code > svg').waitFor();
        const [only, ...others] = readQr(await page.screenshot({ animations: 'disabled' }));
        expect(others, name).toEqual([]);
        expect(await judged(only ?? ''), name).toMatchObject({ verdict: 'admit', card: member.cardId });
        const fits = await page.locator('dialog').evaluate((dialog) => {
          const [qr, number] = ['.kta-gate__code > svg', '.kta-gate__number'].map((part) =>
            dialog.querySelector(part)?.getBoundingClientRect(),
          );
          return {
            side: qr?.width ?? 0,
            least: Math.min(innerWidth, innerHeight),
            scroll: dialog.scrollHeight - innerHeight,
            number: number?.height ?? 0,
            background: getComputedStyle(dialog).backgroundColor,
          };
        });
        expect(fits, name).toMatchObject({ background: 'rgb(255, 255, 255)' });
        expect(fits.scroll, name).toBeLessThanOrEqual(0);
        if (height > width) expect(fits.side, name).toBeGreaterThan(fits.least * 0.7);
        if ([360, 768, 1440].includes(width)) {
          await expectNoAxeViolations(page);
          await page.screenshot({ path: `artefacts/screenshots/kta-gerbang-${name}.png` });
        }
        await page.keyboard.press('Escape');
        await page.locator('dialog').waitFor({ state: 'hidden' });
        await page.context().close();
      }
    }
  },
);

journey(
  'a saved picture and a saved PDF are read back as what they are: look at the person',
  async (context) => {
    context.skip(SCANNER === undefined, 'not installed: zbarimg');
    const { member } = await toTheCard(app, SLUG, 'Contoh Simpan Gambar', officer.header);
    const { page, shot } = await browser.visit({ baseURL: service.url });
    await page.goto(ktaOf(member));
    const look = { verdict: 'look', reason: 'picture', card: member.cardId };
    // Paper does not move either.
    await moving(page);
    await page.emulateMedia({ media: 'print' });
    expect(await judged(await scanned(page, 'picture'))).toMatchObject(look);
    await shot('kta-dicetak');
    await page.emulateMedia({ media: null });
    for (const [button, name] of [
      ['Simpan gambar', 'png'],
      ['Simpan PDF', 'pdf'],
    ] as const) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: button }).click(),
      ]);
      expect(download.suggestedFilename()).toBe(`kartu-${member.number}.${name}`);
      const bytes = readFileSync(await download.path());
      if (name === 'pdf' && findProgram('pdftoppm') === undefined) continue;
      const picture =
        name === 'png'
          ? bytes
          : execFileSync('pdftoppm', ['-png', '-r', '150', '-singlefile', '-'], { input: bytes });
      writeFileSync(`artefacts/screenshots/kta-simpan-${name}.png`, picture);
      const codes = readQr(picture);
      expect(codes.length).toBeGreaterThan(0);
      for (const code of codes) expect(await judged(code), name).toMatchObject(look);
    }
  },
);

journey(
  'without JavaScript, over plain http, or in a browser without keys there is the code of a picture, and the page says so',
  async (context) => {
    context.skip(SCANNER === undefined, 'not installed: zbarimg');
    const { member } = await toTheCard(app, SLUG, 'Contoh Ponsel Tua', officer.header);
    const plain = await browser.visit({ baseURL: service.url, javaScript: false });
    await plain.page.goto(ktaOf(member));
    expect(await judged(await scanned(plain.page, 'picture'))).toMatchObject({
      verdict: 'look',
      reason: 'picture',
    });
    await plain.page.getByText('petugas akan melihat orangnya').first().waitFor();
    expect(await plain.page.getByText(member.number).first().isVisible()).toBe(true);
    await expectNoAxeViolations(plain.page);
    await plain.shot('kta-tanpa-skrip');
    for (const [missing, text] of [
      ['isSecureContext', 'dibuka lewat http'],
      ['indexedDB', 'Peramban ini tidak dapat'],
    ] as const) {
      const { page } = await browser.visit({ baseURL: service.url });
      await page.addInitScript((name) => Object.defineProperty(window, name, { value: undefined }), missing);
      await page.goto(ktaOf(member));
      await page.locator('.kta').getByText(text).waitFor();
      expect(await judged(await scanned(page, 'picture'))).toMatchObject({ verdict: 'look' });
      await page.getByRole('button', { name: 'Tunjukkan di gerbang' }).click();
      const [large] = readQr(await page.screenshot({ animations: 'disabled' }));
      expect(await judged(large ?? '')).toMatchObject({ verdict: 'look' });
    }
  },
);

journey(
  'the phone is lost: the counter replaces the card, and the page on the old phone forgets itself',
  async (context) => {
    context.skip(SCANNER === undefined, 'not installed: zbarimg');
    const { member } = await toTheCard(app, SLUG, 'Contoh Ponsel Hilang', officer.header);
    const old = await browser.visit({ baseURL: service.url, expectedErrors: OFFLINE });
    await old.page.goto(ktaOf(member));
    await moving(old.page);
    await keep(old.page);
    const saved = await app.request(`${ktaOf(member)}/kartu.png`);
    const [picture = ''] = readQr(Buffer.from(await saved.arrayBuffer()));

    const desk = await browser.visit({ baseURL: service.url, screen: 'desk' });
    await desk.context.addCookies([{ name: officer.name, value: officer.value, url: service.url }]);
    await desk.page.goto(`/${SLUG}/anggota/${member.id}`);
    await desk.page.getByText('KTA tersimpan di 1 ponsel').waitFor();
    await desk.page.getByRole('link', { name: 'Ganti kartu' }).click();
    await desk.page.getByRole('radio', { name: 'Ponsel hilang' }).check();
    await desk.page.getByRole('checkbox').check();
    await desk.page.getByRole('button', { name: 'Ganti kartu' }).click();
    await desk.page.getByRole('heading', { name: 'Serahkan KTA online' }).waitFor();
    await desk.shot('ponsel-hilang-loket');

    // Still open on the old phone, in whosever hands it is: what it shows is refused.
    expect(await judged(await scanned(old.page, 'moving'))).toMatchObject({
      verdict: 'refuse',
      reason: 'revoked',
    });
    expect(await judged(picture)).toMatchObject({ verdict: 'refuse', reason: 'revoked' });
    await old.page.reload();
    expect(await old.page.locator('h1').textContent()).toBe('Kartu ini sudah tidak berlaku');
    await expectNoAxeViolations(old.page);
    await old.shot('kta-mati');
    await old.page.waitForFunction(async () => (await caches.keys()).length === 0);
  },
);

journey('a page that stood open learns that the card was replaced, and forgets its key', async () => {
  const { member } = await toTheCard(app, SLUG, 'Contoh Halaman Terbuka', officer.header);
  const { page, context: phone } = await browser.visit({ baseURL: service.url, expectedErrors: OFFLINE });
  await page.goto(ktaOf(member));
  await moving(page);
  await keep(page);
  await phone.setOffline(true);
  await inLibrary(database.db, database.libraryIds[SLUG], (tx) =>
    tx
      .updateTable('card')
      .set({ revoked_at: new Date(), revoked_reason: 'lost' })
      .where('id', '=', member.cardId)
      .execute(),
  );
  await phone.setOffline(false);
  await page.getByRole('heading', { name: 'Kartu ini sudah tidak berlaku' }).waitFor();
  await page.waitForFunction(
    async () => (await indexedDB.databases()).length + (await caches.keys()).length === 0,
  );
});

journey(
  'the card itself reminds of its end, says what to do when it is over, and shows no code while it is not valid',
  async () => {
    const { member } = await toTheCard(app, SLUG, 'Contoh Hampir Habis', officer.header);
    await setEnd(member, 12);
    const {
      page,
      shot,
      context: phone,
    } = await browser.visit({ baseURL: service.url, expectedErrors: OFFLINE });
    await page.goto(ktaOf(member));
    await page.getByText('Berlaku 12 hari lagi').waitFor();
    await page.getByRole('heading', { name: 'Perpanjang kartu Anda' }).waitFor();
    await moving(page);
    await expectNoAxeViolations(page);
    await shot('kta-hampir-habis');
    await keep(page);

    // Twenty days later without internet: the page as it was kept knows that the card is over.
    await phone.setOffline(true);
    await page.clock.install({ time: Date.now() + 20 * DAY_MS });
    await page.reload();
    await page.locator('.kta').getByText('Masa berlaku kartu ini sudah habis').waitFor();
    expect(await page.locator('kta-code[data-live]').count()).toBe(0);
    await phone.setOffline(false);

    for (const darkMode of [false, true]) {
      await setEnd(member, -1);
      const later = await browser.visit({ baseURL: service.url, darkMode });
      await later.page.goto(ktaOf(member));
      await later.page.getByText('untuk memperpanjang').waitFor();
      expect(await later.page.locator('.kta__qr, [data-do="gate"]').count()).toBe(0);
      await expectNoAxeViolations(later.page);
      await later.shot(`kta-habis${darkMode ? '-dark' : ''}`);
    }
    await inLibrary(database.db, database.libraryIds[SLUG], (tx) =>
      tx.updateTable('member').set({ state: 'suspended' }).where('id', '=', member.id).execute(),
    );
    const suspended = await browser.visit({ baseURL: service.url });
    await suspended.page.goto(`${ktaOf(member)}?lang=en`);
    await suspended.page.getByText('cannot be used for now').waitFor();
    await expectNoAxeViolations(suspended.page);
    await suspended.shot('kta-ditangguhkan');
  },
);

journey(
  'a kept card outlives a proxy in trouble and a page of somebody else, and its own service only ends it',
  async () => {
    const { member } = await toTheCard(app, SLUG, 'Contoh Proksi Sakit', officer.header);
    const { page } = await browser.visit({ baseURL: service.url, expectedErrors: OFFLINE });
    await page.goto(ktaOf(member));
    await moving(page);
    await keep(page);
    for (const status of [502, 503, 404, 410]) {
      let asked = false;
      onTheWay = (path) => {
        if (!path.startsWith(ktaOf(member))) return undefined;
        asked ||= path.endsWith('/jam') || path.endsWith('/sertifikat');
        return new Response('<title>Gateway</title>', { status, headers: { 'Content-Type': 'text/html' } });
      };
      await page.reload();
      await page.getByText('Contoh Proksi Sakit').first().waitFor();
      await moving(page);
      await expect.poll(() => asked).toBe(true);
    }
    onTheWay = undefined;
    await page.reload();
    await moving(page);
    const left = await page.evaluate(async () => [
      (await caches.keys()).length,
      (await indexedDB.databases()).length,
      (await navigator.serviceWorker.getRegistrations()).length,
    ]);
    expect(left).toEqual([1, 1, 1]);
  },
);

journey(
  'a kept card whose certificate was signed by a key that is taken back asks for another at once',
  async () => {
    const { member } = await toTheCard(app, SLUG, 'Contoh Kunci Bocor', officer.header);
    const { page } = await browser.visit({ baseURL: service.url });
    await page.goto(ktaOf(member));
    await moving(page);
    await keep(page);
    let certified = 0;
    onTheWay = (path) => {
      if (path.endsWith('/sertifikat')) certified++;
      return undefined;
    };
    const told = async () => {
      const heard = page.waitForResponse((answer) => answer.url().endsWith('/jam'));
      await page.reload();
      const { revoked } = (await (await heard).json()) as { readonly revoked: readonly string[] };
      await moving(page);
      return revoked.length;
    };
    expect(await told()).toBe(0);
    expect(certified).toBe(0);
    const library = await libraryOf(app, SLUG);
    const { id } = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('officer').select('id').where('username', '=', 'petugas').executeTakeFirstOrThrow(),
    );
    const [place] = library.servicePoints;
    if (!place) throw new Error('no service point');
    const actor = {
      kind: 'officer',
      id: id as OfficerId,
      roles: ['admin'],
      servicePointId: place.id,
    } as const;
    const scope = { library, actor, at: new Date(), requestId: 't' };
    const key = hexOf(signerOf(app.deps, library).keyId);
    expect(await revokeKey(database.db, app.deps, scope, key)).toMatchObject({ ok: true });
    app.deps.libraries.forget(SLUG);
    expect(await told()).toBe(1);
    await expect.poll(() => certified).toBe(1);
  },
);

journey('a card that could not be kept is not called kept, and can be kept a moment later', async () => {
  const { member } = await toTheCard(app, SLUG, 'Contoh Sinyal Lemah', officer.header);
  const { page } = await browser.visit({ baseURL: service.url, expectedErrors: OFFLINE });
  await page.goto(ktaOf(member));
  await moving(page);
  onTheWay = (path) => (path === ktaOf(member) ? new Response('', { status: 503 }) : undefined);
  await page.getByRole('button', { name: 'Simpan untuk dibuka' }).click();
  await page.getByText('Belum tersimpan. Periksa').waitFor();
  expect(await page.getByText('Tersimpan di ponsel ini').isVisible()).toBe(false);
  await page.waitForFunction(
    async () =>
      (await caches.keys()).length + (await navigator.serviceWorker.getRegistrations()).length === 0,
  );
  onTheWay = undefined;
  await keep(page);
  expect(await page.getByText('Belum tersimpan. Periksa').isVisible()).toBe(false);
});

journey('a clock that is set back while there is no internet is not trusted, until there is', async () => {
  const { member } = await toTheCard(app, SLUG, 'Contoh Jam Mundur', officer.header);
  const { page, context: phone } = await browser.visit({ baseURL: service.url, expectedErrors: OFFLINE });
  await page.goto(ktaOf(member));
  await moving(page);
  await keep(page);
  await phone.setOffline(true);
  await page.clock.setFixedTime(Date.now() - 3_600_000);
  await page.reload();
  await page.locator('.kta').getByText('Jam ponsel ini berubah').waitFor();
  expect(await page.locator('kta-code[data-live]').count()).toBe(0);
  await phone.setOffline(false);
  await moving(page);
});

journey('a kept card says when its code is about to stop moving, and why it stopped', async () => {
  const { member } = await toTheCard(app, SLUG, 'Contoh Lama Luring', officer.header);
  const {
    page,
    context: phone,
    shot,
  } = await browser.visit({ baseURL: service.url, expectedErrors: OFFLINE });
  await page.goto(ktaOf(member));
  await moving(page);
  await keep(page);
  await phone.setOffline(true);
  const start = Date.now();
  const card = page.locator('.kta');
  await page.clock.install({ time: start + 22 * DAY_MS });
  await page.reload();
  await moving(page);
  await card.getByText('Sambungkan ponsel ke internet sebelum').waitFor();
  expect(await card.locator('[data-ends]').textContent()).toMatch(/^\d+ \p{L}+$/u);
  await expectNoAxeViolations(page);
  await page.clock.setSystemTime(start + 29 * DAY_MS);
  await page.reload();
  await card.getByText('terlalu lama tanpa internet').waitFor();
  expect(await page.locator('kta-code[data-live]').count()).toBe(0);
  await shot('kta-lama-luring');
  await phone.setOffline(false);
  await moving(page);
});

journey('a phone whose place newer ones took says so, and its holder takes the place back', async () => {
  const { member } = await toTheCard(app, SLUG, 'Contoh Empat Ponsel', officer.header);
  const { page, shot } = await browser.visit({ baseURL: service.url, expectedErrors: [/status of 409/] });
  await page.goto(ktaOf(member));
  await moving(page);
  await keep(page);
  for (let other = 0; other < 3; other++) {
    const { publicKey } = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'sign',
      'verify',
    ]);
    const kunci = toBase64Url(new Uint8Array(await webcrypto.subtle.exportKey('raw', publicKey)));
    expect((await app.post(`${ktaOf(member)}/sertifikat`, { kunci, simpan: 'ya' })).status).toBe(200);
  }
  // A week later its certificate would be renewed.
  await page.clock.install({ time: Date.now() + 8 * DAY_MS });
  await page.reload();
  const card = page.locator('.kta');
  await card.getByText('tiga ponsel yang lebih baru').waitFor();
  await moving(page);
  await expectNoAxeViolations(page);
  await shot('kta-ponsel-keempat');
  await card.getByRole('button', { name: 'Pakai di ponsel ini' }).click();
  await card.getByText('Kode bergerak: berganti').waitFor();
  expect(await card.getByRole('button', { name: 'Pakai di ponsel ini' }).isVisible()).toBe(false);
});
