import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as oidc from 'openid-client';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import type { LibraryContext } from '../../src/usecases/context.ts';
import { ownPageOf } from '../../src/usecases/one-time-code.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { expectNoAxeViolations, expectNoSidewaysScroll, journey, useBrowser } from '../support/browser.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';
import { codeFor, type Errand, errand, serviceNamed, switchOn } from '../support/services.ts';

const browser = useBrowser();
let database: TestDatabase;
let site: TestApp;
let service: { readonly url: string; close(): Promise<void> };
let library: LibraryContext;
let root: string;
/** The service that members sign in to: only where they come back to. */
let shop: Server;
let home: string;
let people = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database, { mails: true, time: 'real' });
  service = await site.listen();
  // A passkey belongs to a name, never to a number.
  root = service.url.replace('127.0.0.1', 'localhost');
  library = await switchOn(database, site, 'banyuwangi');
  shop = createServer((_, answer) => {
    answer.setHeader('Content-Type', 'text/html; charset=utf-8');
    answer.end(
      '<!doctype html><html lang="id"><title>Buku</title><link rel="icon" href="data:,"><h1>Buku</h1>',
    );
  });
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
  home = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => shop.close(resolve));
  await service.close();
  await database.drop();
});

async function member() {
  const n = people++;
  const email = `anggota${n}@surat.example`;
  const scope = scopeOfRole(library, site.deps, ['sub_koordinator']);
  const id = await memberNamed(database, site.deps, scope, `Contoh Peramban ${n}`, { email });
  const { number } = await inLibrary(database.db, library.id, (tx) =>
    tx.selectFrom('member').select('number').where('id', '=', id).executeTakeFirstOrThrow(),
  );
  return { id, number, email };
}

/** A service with an independent client library, which asks over the network. */
async function connected() {
  const made = await serviceNamed(database, site, library, {
    title: 'Buku Elektronik Contoh',
    redirects: [`${home}/kembali`],
    afterLogout: [`${home}/keluar`],
    algorithm: 'ES256',
  });
  return oidc.discovery(
    new URL(`${root}/banyuwangi/oidc`),
    made.id,
    { id_token_signed_response_alg: 'ES256' },
    oidc.ClientSecretBasic(made.secret ?? ''),
    { execute: [oidc.allowInsecureRequests] },
  );
}

const ask = (config: oidc.Configuration) => errand(config, { redirect_uri: `${home}/kembali` });

async function arrive(page: Page, config: oidc.Configuration, { checks }: Errand) {
  await page.waitForURL(`${home}/kembali?**`);
  const tokens = await oidc.authorizationCodeGrant(config, new URL(page.url()), checks);
  const sub = tokens.claims()?.sub ?? '';
  return { tokens, told: await oidc.fetchUserInfo(config, tokens.access_token, sub) };
}

async function typeCode(page: Page, who: { readonly number: string; readonly email: string }) {
  await page.getByLabel('Nomor anggota').fill(who.number);
  await page.getByRole('button', { name: 'Kirim kode' }).click();
  await page.getByLabel('Kode enam angka').waitFor();
  await page.getByLabel('Kode enam angka').fill(await codeFor(database, site, who.email));
}

async function withAuthenticator(context: BrowserContext, page: Page): Promise<void> {
  const session = await context.newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

async function fits(page: Page): Promise<void> {
  await expectNoSidewaysScroll(page);
  await expectNoAxeViolations(page);
}

journey('a member without scripts signs in to a service by code, consents, and signs out again', async () => {
  const config = await connected();
  const who = await member();
  const { page, shot } = await browser.visit({ baseURL: root, javaScript: false });
  const sent = await ask(config);
  await page.goto(sent.url.href);
  await fits(page);
  await shot('sign-in-number');
  await page.getByLabel('Nomor anggota').fill(who.number);
  await page.getByRole('button', { name: 'Kirim kode' }).click();
  await fits(page);
  await shot('sign-in-code');
  const right = await codeFor(database, site, who.email);
  const wrong = right === '123456' ? '654321' : '123456';
  await page.getByLabel('Kode enam angka').fill(wrong);
  await page.getByRole('button', { name: 'Masuk', exact: true }).click();
  await page.getByText('Kode itu tidak cocok').first().waitFor();
  await fits(page);
  await page.getByLabel('Kode enam angka').fill(right);
  await page.getByRole('button', { name: 'Masuk', exact: true }).click();
  // Passkeys need a script: it is offered, and skipped.
  await page.getByRole('link', { name: 'Lewati dan lanjutkan' }).click();
  await page.getByRole('heading', { name: 'Izinkan Buku Elektronik Contoh?' }).waitFor();
  await fits(page);
  await shot('sign-in-consent');
  await page.getByRole('button', { name: 'Izinkan', exact: true }).click();
  const { tokens, told } = await arrive(page, config, sent);
  expect(told).toMatchObject({ member_number: who.number, member_status: 'active' });

  await page.goto(
    oidc.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: `${home}/keluar`,
    }).href,
  );
  await fits(page);
  await shot('sign-in-logout');
  await page.getByRole('button', { name: 'Keluar', exact: true }).click();
  await page.waitForURL(`${home}/keluar**`);
  await page.goto((await ask(config)).url.href);
  expect(await page.getByLabel('Nomor anggota').count()).toBe(1);
});

journey('a member keeps a passkey, signs in with it alone, and takes it away', async () => {
  const config = await connected();
  const who = await member();
  const { page, context, shot } = await browser.visit({ baseURL: root });
  await withAuthenticator(context, page);
  const first = await ask(config);
  await page.goto(first.url.href);
  await fits(page);
  await typeCode(page, who);
  await page.getByRole('button', { name: 'Masuk', exact: true }).click();
  await page.getByRole('button', { name: 'Simpan kunci sandi' }).waitFor();
  await fits(page);
  await shot('sign-in-passkey');
  await page.getByRole('button', { name: 'Simpan kunci sandi' }).click();
  await page.getByRole('button', { name: 'Izinkan', exact: true }).click();
  await arrive(page, config, first);

  // Another day: nobody is signed in, and no code is needed.
  await context.clearCookies();
  const second = await ask(config);
  await page.goto(second.url.href);
  await page.getByRole('button', { name: 'Masuk dengan kunci sandi' }).click();
  // A program on the member's own computer cannot prove which it is: it is asked about each time (RFC 8252, section 8.6).
  await page.getByText('Anda akan ditanya setiap kali masuk.').waitFor();
  await page.getByRole('button', { name: 'Izinkan', exact: true }).click();
  const { told } = await arrive(page, config, second);
  expect(told.member_number).toBe(who.number);

  const subject = { memberId: who.id as MemberId, applicationId: null };
  const scope = scopeOfRole(library, site.deps, ['sub_koordinator']);
  const own = await ownPageOf(database.db, site.deps, scope, subject);
  await page.goto(`/banyuwangi/data-saya/${own?.way}/${own?.token}`);
  await fits(page);
  await shot('sign-in-own');
  await page.getByRole('button', { name: 'Hapus kunci sandi Perangkat saya' }).click();
  // Whoever holds a leaked address does not take it away.
  await page.getByLabel('Kode enam angka').fill(await codeFor(database, site, who.email));
  await fits(page);
  await page.getByRole('button', { name: 'Lanjutkan' }).click();
  await page.getByText('Kunci sandi dihapus.').waitFor();
  await page.getByRole('button', { name: 'Akhiri izin Buku Elektronik Contoh' }).click();
  await page.getByText('Izin diakhiri.').waitFor();
  await fits(page);

  await context.clearCookies();
  await page.goto((await ask(config)).url.href);
  await page.getByRole('button', { name: 'Masuk dengan kunci sandi' }).click();
  await page.getByText('Kunci sandi itu tidak dikenal di sini').waitFor();
  await fits(page);
});

journey('two people at one computer: the second is never taken for the first', async () => {
  const config = await connected();
  const [one, two] = [await member(), await member()];
  const { page } = await browser.visit({ baseURL: root });
  for (const who of [one, two]) {
    const sent = await errand(config, { redirect_uri: `${home}/kembali`, prompt: 'login' });
    await page.goto(sent.url.href);
    await typeCode(page, who);
    await page.getByRole('button', { name: 'Masuk', exact: true }).click();
    await page.getByRole('link', { name: 'Lewati dan lanjutkan' }).click();
    await page.getByRole('button', { name: 'Izinkan', exact: true }).click();
    const { told } = await arrive(page, config, sent);
    expect(told.member_number).toBe(who.number);
  }
});

for (const darkMode of [false, true])
  journey(`an admin connects a service and pauses it, ${darkMode ? 'in the dark' : 'by day'}`, async () => {
    const cookie = await site.signIn('banyuwangi', 'admin');
    const visitor = await browser.visit({ baseURL: root, screen: 'desk', darkMode });
    await visitor.context.addCookies([{ name: cookie.name, value: cookie.value, url: root }]);
    const { page, shot } = visitor;
    await page.goto('/banyuwangi/pengaturan');
    await page.getByRole('link', { name: 'Masuk anggota ke layanan lain' }).click();
    const name = darkMode ? 'buku-gelap' : 'buku-terang';
    await page.getByLabel('Nama', { exact: true }).fill(name);
    await page.getByLabel('Nama untuk anggota').fill('Buku Contoh');
    await page.getByLabel('Alamat kembali setelah masuk').fill('http://buku.example/kembali');
    await page.getByRole('button', { name: 'Buat', exact: true }).click();
    await page.getByText('Isi 1 sampai 10 alamat lengkap').first().waitFor();
    await fits(page);
    await page.getByLabel('Alamat kembali setelah masuk').fill('https://buku.example/kembali');
    await page.getByRole('button', { name: 'Buat', exact: true }).click();
    await page.getByText('Rahasia hanya ditampilkan sekarang.').waitFor();
    for (const width of [360, 768, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await fits(page);
      await shot(`services-${width}${darkMode ? '-dark' : ''}`);
    }
    await page.goto('/banyuwangi/pengaturan/masuk-layanan');
    await page.getByRole('link', { name: `Ubah ${name}` }).click();
    await page.getByLabel('Dijeda: untuk sementara tidak dapat dipakai').check();
    await fits(page);
    await page.getByRole('button', { name: 'Simpan' }).click();
    await page.getByText('Perubahan disimpan dan berlaku mulai permintaan berikutnya.').waitFor();
    expect(await page.getByText('dijeda').count()).toBeGreaterThan(0);
  });
