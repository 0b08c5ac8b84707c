import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { qrCode } from '../../src/documents/qr.ts';
import type { DeviceId } from '../../src/domain/ids.ts';
import type { LibraryContext } from '../../src/usecases/context.ts';
import { revokeDevice } from '../../src/usecases/pair-device.ts';
import { replaceCard } from '../../src/usecases/replace-card.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import {
  expectNoAxeViolations,
  expectNoSidewaysScroll,
  journey,
  useBrowser,
  type Visitor,
  type VisitorOptions,
} from '../support/browser.ts';
import { libraryOf, type StoredMember, toTheCard } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { pairingCode, phoneOf, printCode } from '../support/gates.ts';
import { scopeOfRole } from '../support/members.ts';
import { scan as scanWith } from './people.ts';

const SLUG = 'jateng';
const folder = mkdtempSync(join(tmpdir(), 'gate-'));
const film = join(folder, 'card.y4m');
let database: TestDatabase;
let site: TestApp;
let service: { url: string; close(): Promise<void> };
let library: LibraryContext;
let officer: string;
let held: StoredMember;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database, { time: 'real' });
  service = await site.listen();
  officer = (await site.signIn(SLUG, 'petugas')).header;
  library = await libraryOf(site, SLUG);
  held = await newMember('Contoh Kamera Lestari');
  writeFileSync(film, filmOf(printCode(site.deps, library, held.cardId)));
}, 60_000);
// After the film is made: the browser opens it when it starts.
const browser = useBrowser({ videoFile: film });
afterAll(async () => {
  await service.close();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

let made = 0;
async function newMember(name: string): Promise<StoredMember> {
  // A journey that is tried again begins with somebody else.
  made += 1;
  return (await toTheCard(site, SLUG, `${name} ${made}`, officer)).member;
}

/** One still picture of a QR code, as the fake camera reads it. */
function filmOf(text: string): Buffer {
  const [width, height, quiet] = [640, 480, 4];
  const code = qrCode(text);
  const scale = Math.floor(height / (code.size + 2 * quiet));
  const luma = Buffer.alloc(width * height, 235);
  const left = Math.floor((width - code.size * scale) / 2);
  const top = Math.floor((height - code.size * scale) / 2);
  for (const run of code.runs)
    for (let y = 0; y < scale; y++) {
      const row = (top + run.y * scale + y) * width + left;
      luma.fill(16, row + run.x * scale, row + (run.x + run.length) * scale);
    }
  const head = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\nFRAME\n`);
  return Buffer.concat([head, luma, Buffer.alloc((width * height) / 2, 128)]);
}

/** Away from the server, and what Chromium says of it. */
const AWAY = [/net::ERR_/, /status of 403/];

interface GateOptions extends Partial<VisitorOptions> {
  readonly camera?: boolean;
  /** As on a LAN without https. The loopback address is always secure to a browser: it is told otherwise. */
  readonly insecure?: boolean;
}

interface OpenGate extends Visitor {
  readonly deviceId: DeviceId;
}

/** A gate whose officer has typed its code; its camera is not turned on unless the journey is about it. */
async function openGate(options: GateOptions = {}): Promise<OpenGate> {
  const { camera = false, insecure = false, ...rest } = options;
  const visitor = await browser.visit({
    baseURL: service.url,
    screen: 'desk',
    expectedErrors: AWAY,
    ...rest,
  });
  const { page, context } = visitor;
  if (!camera)
    await context.addInitScript(() => {
      navigator.permissions.query = () => Promise.reject(new Error('not asked'));
    });
  if (insecure)
    await context.addInitScript(() => {
      Object.defineProperty(window, 'isSecureContext', { value: false });
    });
  const { code, deviceId } = await pairingCode(site, SLUG, 'Pintu utama');
  await page.goto(`/${SLUG}/gerbang`);
  await page.getByLabel('Kode pemasangan').fill(code);
  await page.getByRole('button', { name: 'Pasang gerbang' }).click();
  await ready(page);
  return { ...visitor, deviceId: deviceId as DeviceId };
}

/** A scanner that types, whatever was touched last. */
async function scan(page: Page, text: string): Promise<void> {
  await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
  await scanWith(page, text);
}

/** The page has what it needs, and is on the line. */
async function ready(page: Page, line = 'Daring'): Promise<void> {
  await page.locator('gate-page[data-state="ready"]').waitFor();
  await page.locator('[data-part="line"]', { hasText: line }).waitFor();
}

/** The page would open without a server now. */
async function keptOffline(page: Page): Promise<void> {
  await expect
    .poll(() =>
      page.evaluate(async () => {
        const kept = await caches.match(location.href);
        const names = await Promise.all(
          (await caches.keys()).map(async (name) => (await caches.open(name)).keys()),
        );
        return kept !== undefined && names.flat().some(({ url }) => /gate-page/.test(url));
      }),
    )
    .toBe(true);
}

/** What the gate says, once it says it. */
async function says(
  page: Page,
  verdict: 'admit' | 'look' | 'refuse',
  reason = '',
  within?: { readonly timeout: number },
): Promise<void> {
  const panel = page.locator(`[data-part="answer"][data-verdict="${verdict}"]`);
  await panel
    .getByText(reason === '' ? /./ : reason)
    .first()
    .waitFor(within);
}

const visitsOf = (gate: OpenGate) =>
  inLibrary(database.db, library.id, (tx) =>
    tx
      .selectFrom('visit')
      .select(['member_id', 'at', 'counted', 'purpose'])
      .where('device_id', '=', gate.deviceId)
      .orderBy('at')
      .execute(),
  );
const arrived = (gate: OpenGate, members: readonly (string | null)[]) =>
  expect.poll(async () => (await visitsOf(gate)).map(({ member_id }) => member_id)).toEqual(members);
const isWaiting = (page: Page, words: string) =>
  page.locator('[data-part="waiting"]', { hasText: words }).waitFor();

/** Readable from afar on every screen that stands at an entrance, by day and in the dark. */
async function look({ page, shot }: Visitor, name: string): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await expectNoAxeViolations(page);
    for (const [width, height] of [
      [320, 640],
      [360, 740],
      [768, 1024],
      [1440, 900],
    ] as const) {
      await page.setViewportSize({ width, height });
      await expectNoSidewaysScroll(page);
      if (width !== 320) await shot(`gerbang/${name}-${width}${scheme === 'dark' ? '-dark' : ''}`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
}

journey('a device nobody enrolled shows nothing but the field for its code', async () => {
  const visitor = await browser.visit({ baseURL: service.url, screen: 'desk' });
  await visitor.page.goto(`/${SLUG}/gerbang`);
  expect(await visitor.page.getByRole('textbox').count()).toBe(1);
  expect(await visitor.page.locator('[data-part="answer"]').count()).toBe(0);
  await look(visitor, 'pasang');
});

journey('the camera of a gate sees a card: the holder comes in, and is in the guest book', async () => {
  const gate = await openGate({ camera: true });
  const { page } = gate;
  // Pictures of a camera are read by a program, which a busy machine gives little time.
  await says(page, 'admit', 'Silakan masuk', { timeout: 60_000 });
  await page.getByText('Contoh Kamera Lestari').waitFor();
  await page.locator('[data-part="photo"]').evaluate((image: HTMLImageElement) => image.decode());
  await arrived(gate, [held.id]);
  await look(gate, 'masuk');
  // Held before the camera all the time, it was one scan.
  expect(await visitsOf(gate)).toHaveLength(1);
});

journey('a gate online answers cards, phones and typed numbers, each in its own way', async () => {
  const gate = await openGate();
  const { page } = gate;
  await look(gate, 'siap');
  const [good, lost, typed] = [
    await newMember('Contoh Gerbang Utami'),
    await newMember('Contoh Kartu Hilang'),
    await newMember('Contoh Nomor Diketik'),
  ];
  const times: number[] = [];
  const timed = async () =>
    times.push(Number(await page.locator('[data-part="answer"]').getAttribute('data-ms')));
  await scan(page, printCode(site.deps, library, good.cardId));
  await says(page, 'admit');
  await page.getByText('Contoh Gerbang Utami').waitFor();
  await timed();

  // Revoked a moment ago: the server's word counts, whatever the list says.
  await replaceCard(database.db, site.deps, scopeOfRole(library, site.deps, ['petugas']), {
    memberId: lost.id,
    reason: 'lost',
  });
  await scan(page, printCode(site.deps, library, lost.cardId));
  await says(page, 'refuse', 'Kartu ini sudah dicabut.');
  await timed();
  await look(gate, 'ditolak');

  const phone = await phoneOf(site.deps, library, good.cardId);
  const shown = await phone(Date.now());
  await scan(page, shown);
  await says(page, 'admit');
  await timed();

  await page.getByLabel('Nomor anggota').fill(typed.number);
  await page.keyboard.press('Enter');
  await says(page, 'look', 'Nomor yang diketik bukan bukti');
  await page.getByText('Contoh Nomor Diketik').waitFor();
  await page.locator('[data-part="photo"]').evaluate((image: HTMLImageElement) => image.decode());
  await timed();
  await look(gate, 'lihat');
  // A scanner so slow that it looks like somebody typing, while the cursor is nowhere: its Enter lets nobody in.
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    for (const key of ['7', 'Enter', 'Enter'])
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  });
  await says(page, 'look', 'Nomor yang diketik bukan bukti');
  // An officer's Enter stands alone.
  await expect
    .poll(async () => {
      await page.keyboard.press('Enter');
      return page.locator('[data-part="note"]').textContent();
    })
    .toBe('Dipersilakan masuk.');

  await page.getByLabel('Nomor anggota').fill('9901015708990001');
  await page.getByRole('button', { name: 'Periksa' }).click();
  await says(page, 'refuse', 'Ini nomor identitas (NIK)');
  await arrived(gate, [good.id, good.id, typed.id]);
  expect((await visitsOf(gate)).map(({ counted }) => counted)).toEqual([true, false, true]);
  mkdirSync('artefacts', { recursive: true });
  writeFileSync('artefacts/gate-answer.json', `${JSON.stringify({ gate_answer_ms: times })}\n`);
  console.log(`gate_answer_ms: ${Math.max(...times).toFixed(1)} ms (the slowest of ${times.length} online)`);
});

journey(
  'a gate goes offline, judges by itself, and the visits are there once and in order after it',
  async () => {
    const gate = await openGate();
    const { page, context } = gate;
    const [good, lost, phoneHolder] = [
      await newMember('Contoh Luring Satu'),
      await newMember('Contoh Luring Dicabut'),
      await newMember('Contoh Luring Ponsel'),
    ];
    await replaceCard(database.db, site.deps, scopeOfRole(library, site.deps, ['petugas']), {
      memberId: lost.id,
      reason: 'lost',
    });
    // Told by the feed: the list that it takes along names the card.
    const hasList = () =>
      page.evaluate(
        (slug) =>
          new Promise<string>((resolve) => {
            const asking = indexedDB.open(`gerbang ${slug}`);
            asking.onsuccess = () => {
              const read = asking.result.transaction('facts').objectStore('facts').get('list');
              read.onsuccess = () => resolve((read.result as { tag?: string } | undefined)?.tag ?? '');
            };
          }),
        SLUG,
      );
    const served = await (await context.request.get(`${service.url}/${SLUG}/gerbang/keadaan`)).json();
    await expect.poll(hasList).toBe((served as { listTag: string }).listTag);
    await keptOffline(page);

    await context.setOffline(true);
    // Off and on again, in the middle of it: the page opens without a server.
    // With a clock that the journey moves; put in later, it would be one that somebody has set.
    await page.clock.install();
    await page.reload();
    await ready(page, 'Luring');
    await look(gate, 'luring');

    await scan(page, printCode(site.deps, library, good.cardId));
    await says(page, 'admit');
    // Neither name nor photo is on the device.
    expect(await page.locator('[data-part="person"]').isVisible()).toBe(false);
    const times = [Number(await page.locator('[data-part="answer"]').getAttribute('data-ms'))];

    await scan(page, printCode(site.deps, library, lost.cardId));
    await says(page, 'refuse', 'Kartu ini sudah dicabut.');
    await page.getByText('Antar ke loket untuk diperiksa').waitFor();

    const phone = await phoneOf(site.deps, library, phoneHolder.cardId);
    const shown = await phone(Date.now());
    await scan(page, shown);
    await says(page, 'admit');
    times.push(Number(await page.locator('[data-part="answer"]').getAttribute('data-ms')));

    // The next one in the queue holds out a screenshot of it, a few seconds later.
    await page.clock.runFor(5_000);
    await scan(page, shown);
    await says(page, 'refuse', 'Kode ini baru saja dipakai.');
    // The phone's owner shows what moves on; a minute after that, its screenshot is over.
    const next = await phone(Date.now() + 60_000);
    await page.clock.runFor(60_000);
    await scan(page, next);
    await says(page, 'admit');
    await page.clock.runFor(60_000);
    await scan(page, next);
    await says(page, 'refuse', 'Kodenya sudah berganti');
    await look(gate, 'tangkapan-layar');
    await isWaiting(page, '3 kunjungan menunggu dikirim');
    expect(await visitsOf(gate)).toEqual([]);

    // The tablet is switched off with what it has not sent, and comes back where there is a network.
    await page.reload();
    await context.setOffline(false);
    await page.reload();
    await ready(page);
    await isWaiting(page, 'Semua kunjungan terkirim');
    await arrived(gate, [good.id, phoneHolder.id, phoneHolder.id]);
    // Each at its own second, none twice.
    const at = (await visitsOf(gate)).map((visit) => visit.at.getTime());
    expect(new Set(at).size).toBe(3);
    await page.reload();
    await ready(page);
    expect(await visitsOf(gate)).toHaveLength(3);
    console.log(`gate_answer_offline_ms: ${Math.max(...times).toFixed(1)} ms`);
  },
);

journey(
  'two tabs of one gate send its visits once, and neither takes a code that the other took',
  async () => {
    const gate = await openGate();
    const { page, context } = gate;
    const member = await newMember('Contoh Dua Tab');
    const other = await context.newPage();
    await other.goto(`/${SLUG}/gerbang`);
    await ready(other);
    await context.setOffline(true);
    await ready(page, 'Luring');
    await ready(other, 'Luring');
    const phone = await phoneOf(site.deps, library, member.cardId);
    const shown = await phone(Date.now());
    await scan(page, shown);
    await says(page, 'admit');
    await scan(other, shown);
    await says(other, 'refuse', 'Kode ini baru saja dipakai.');
    await scan(other, printCode(site.deps, library, member.cardId));
    await says(other, 'admit');
    await context.setOffline(false);
    await arrived(gate, [member.id, member.id]);
    await isWaiting(page, 'Semua kunjungan terkirim');
    expect(await visitsOf(gate)).toHaveLength(2);
  },
);

journey(
  'a gate that an officer takes back says so, forgets what it knew, and keeps what it has not sent',
  async () => {
    const gate = await openGate();
    const { page, context } = gate;
    const member = await newMember('Contoh Gerbang Dicabut');
    await keptOffline(page);
    await context.setOffline(true);
    await ready(page, 'Luring');
    await scan(page, printCode(site.deps, library, member.cardId));
    await says(page, 'admit');
    await isWaiting(page, '1 kunjungan menunggu dikirim');
    await revokeDevice(database.db, site.deps, scopeOfRole(library, site.deps, ['admin']), gate.deviceId);
    await context.setOffline(false);
    await page.locator('gate-page[data-state="revoked"]').waitFor();
    await page.getByText('1 kunjungan belum terkirim').waitFor();
    await look(gate, 'dicabut');
    const facts = await page.evaluate(
      (slug) =>
        new Promise<number>((resolve) => {
          const asking = indexedDB.open(`gerbang ${slug}`);
          asking.onsuccess = () => {
            const count = asking.result.transaction('facts').objectStore('facts').count();
            count.onsuccess = () => resolve(count.result);
          };
        }),
      SLUG,
    );
    expect([facts, await page.evaluate(() => caches.keys())]).toEqual([0, []]);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Unduh kunjungan' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('kunjungan-gerbang.csv');

    // The same device, enrolled again: what was left goes by itself.
    await page.getByRole('button', { name: 'Pasang lagi' }).click();
    await page.getByText('1 kunjungan belum terkirim').waitFor();
    const { code, deviceId } = await pairingCode(site, SLUG, 'Pintu timur');
    await page.getByLabel('Kode pemasangan').fill(code);
    await page.getByRole('button', { name: 'Pasang gerbang' }).click();
    await ready(page);
    await arrived({ ...gate, deviceId: deviceId as DeviceId }, [member.id]);
  },
);

journey('a gate that is taken back lets nobody in by the scan at which it hears of it', async () => {
  const gate = await openGate();
  const { page, context } = gate;
  const member = await newMember('Contoh Dicabut Saat Memindai');
  await page.clock.install();
  await page.reload();
  await ready(page);
  // Slower than the check, whatever else tells the page.
  await context.route('**/gerbang/keadaan', () => undefined);
  await revokeDevice(database.db, site.deps, scopeOfRole(library, site.deps, ['admin']), gate.deviceId);
  // The check comes in time, however busy this machine is.
  await page.clock.pauseAt(Date.now() + 1_000);
  await scan(page, printCode(site.deps, library, member.cardId));
  await page.locator('gate-page[data-state="revoked"]').waitFor();
  await page.getByText('Tidak ada kunjungan yang tertinggal').waitFor();
  await says(page, 'refuse', 'Gerbang ini sudah dicabut');
  // It stays so.
  await page.clock.runFor(10_000);
  await says(page, 'refuse', 'Gerbang ini sudah dicabut');
  expect(await visitsOf(gate)).toEqual([]);
});

journey('a gate over plain http says so, and the server judges what is scanned and typed', async () => {
  const gate = await openGate({ insecure: true });
  const { page, context } = gate;
  await page.getByText('Halaman ini dibuka tanpa HTTPS').waitFor();
  expect(await page.locator('[data-part="camera"]').isVisible()).toBe(false);
  const member = await newMember('Contoh Tanpa HTTPS');
  await scan(page, printCode(site.deps, library, member.cardId));
  await says(page, 'admit');
  await page.getByText('Contoh Tanpa HTTPS').waitFor();
  await arrived(gate, [member.id]);
  await look(gate, 'tanpa-https');
  await context.setOffline(true);
  await ready(page, 'Luring');
  await scan(page, printCode(site.deps, library, member.cardId));
  await says(page, 'refuse', 'Server tidak terjangkau');
});

journey('a gate without script asks the server, and the officer decides with a button', async () => {
  const member = await newMember('Contoh Tanpa Skrip');
  const visitor = await browser.visit({ baseURL: service.url, screen: 'desk', javaScript: false });
  const { page } = visitor;
  const { code, deviceId } = await pairingCode(site, SLUG, 'Pintu tanpa skrip');
  await page.goto(`/${SLUG}/gerbang`);
  await page.getByLabel('Kode pemasangan').fill(code);
  await page.getByRole('button', { name: 'Pasang gerbang' }).click();
  await page.getByLabel('Nomor anggota').fill(member.number);
  await page.getByRole('button', { name: 'Periksa' }).click();
  await page.getByText('Lihat orangnya').waitFor();
  await expectNoAxeViolations(page);
  await visitor.shot('gerbang/tanpa-skrip-1440');
  await page.getByRole('button', { name: 'Persilakan masuk' }).click();
  await page.getByText('Kunjungan tercatat.').waitFor();
  await arrived({ ...visitor, deviceId: deviceId as DeviceId }, [member.id]);
});
