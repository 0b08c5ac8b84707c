import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import {
  expectNoAxeViolations,
  expectNoSidewaysScroll,
  journey,
  useBrowser,
  type Visitor,
} from '../support/browser.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const browser = useBrowser();
let database: TestDatabase;
let site: TestApp;
let service: { readonly url: string; close(): Promise<void> };
let root: string;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database, { time: 'real' });
  service = await site.listen();
  // A passkey belongs to a name, never to a number.
  root = service.url.replace('127.0.0.1', 'localhost');
});
afterAll(async () => {
  await service.close();
  await database.drop();
});

/** An authenticator such as a laptop's own, which checks who holds it. */
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

/** The page as it is on a phone, a tablet and a desk, by day and in the dark. */
async function look({ page, shot }: Visitor, name: string): Promise<void> {
  for (const [width, height] of [
    [360, 740],
    [768, 1024],
    [1440, 900],
  ] as const)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      await expectNoSidewaysScroll(page);
      await expectNoAxeViolations(page);
      await shot(`doors-${name}-${width}-${colorScheme}`);
    }
  await page.emulateMedia({ colorScheme: 'light' });
}

async function signOut(page: Page): Promise<void> {
  await page.context().clearCookies();
  await page.goto('/masuk?perpustakaan=banyuwangi');
}

const passwordOf = (username: string, slug: 'banyuwangi' | 'jateng' = 'banyuwangi') =>
  database.signIns(slug).find((one) => one.username === username)?.password ?? '';

async function signInByPassword(page: Page, username: string): Promise<void> {
  await page.selectOption('[name=perpustakaan]', 'banyuwangi');
  await page.fill('[name=nama]', username);
  await page.fill('[name=sandi]', passwordOf(username));
  await page.getByRole('button', { name: 'Masuk', exact: true }).click();
}

journey(
  'an admin makes a passkey, signs in with it alone and after the password, and is helped by recovery codes',
  async () => {
    const cookie = await site.signIn('banyuwangi', 'admin');
    const visitor = await browser.visit({ baseURL: root, screen: 'desk' });
    const { page, context } = visitor;
    await context.addCookies([{ name: cookie.name, value: cookie.value, url: root }]);
    await withAuthenticator(context, page);

    await page.goto('/banyuwangi/mulai');
    await page.waitForURL(/faktor-kedua/);
    expect(await page.innerText('main')).toContain('mewajibkan faktor kedua');
    await look(visitor, 'factor');
    await page.getByRole('link', { name: 'Atur kunci sandi' }).click();
    await page.waitForURL(/kunci-sandi/);
    await page.fill('[name=nama]', 'Laptop loket');
    await page.getByRole('button', { name: 'Buat kunci sandi' }).click();
    await page.waitForURL(/faktor-kedua\?selesai=tambah/);
    await page.getByRole('button', { name: 'Buat kode pemulihan' }).click();
    const codes = page.locator('.dp-codes .dp-code');
    await codes.first().waitFor();
    expect(await codes.count()).toBe(10);
    const code = await codes.first().innerText();
    await look(visitor, 'codes');
    await page.goto('/banyuwangi/kunci-sandi?lang=en');
    await look(visitor, 'passkeys');
    await page.goto('/banyuwangi/kunci-sandi?lang=id');
    await page.getByText('Ganti nama', { exact: true }).click();
    await page.fill('[name="nama-baru"]', 'Laptop ruang kerja');
    await page.getByRole('button', { name: 'Simpan nama' }).click();
    await page.waitForURL(/selesai=nama/);
    expect(await page.innerText('main')).toContain('Laptop ruang kerja');

    await signOut(page);
    await look(visitor, 'sign-in');
    await page.getByRole('button', { name: 'Masuk dengan kunci sandi' }).click();
    await page.waitForURL(/banyuwangi\/(?!masuk)/);
    expect(await page.innerText('header')).toContain('Admin');

    await signOut(page);
    await signInByPassword(page, 'admin');
    await page.getByRole('button', { name: 'Pakai kunci sandi' }).waitFor();
    await look(visitor, 'second-factor');
    await page.getByRole('button', { name: 'Pakai kunci sandi' }).click();
    await page.waitForURL(/banyuwangi\/(?!masuk)/);

    await signOut(page);
    await signInByPassword(page, 'admin');
    await page.getByText('Pakai kode pemulihan').click();
    await page.fill('[name=pemulihan]', code.toLowerCase());
    await page.getByRole('button', { name: 'Masuk', exact: true }).click();
    await page.waitForURL(/selesai=kode/);
    expect(await page.innerText('main')).toContain('Tersisa 9 kode');
  },
);

journey('what a screen left open must not do asks again, and keeps what was typed', async () => {
  const cookie = await site.signIn('jateng', 'admin');
  const visitor = await browser.visit({ baseURL: root, screen: 'desk' });
  const { page, context } = visitor;
  await context.addCookies([{ name: cookie.name, value: cookie.value, url: root }]);
  await page.goto('/jateng/pengaturan/petugas/baru');
  await page.fill('[name="nama-pengguna"]', 'contoh.baru');
  await page.fill('[name=nama]', 'Petugas Contoh Baru');
  await page.check('[name=peran][value=petugas]');
  const ago = new Date(Date.now() - 11 * 60_000);
  await inLibrary(database.db, database.libraryIds.jateng, (tx) =>
    tx
      .updateTable('session')
      .set({ confirmed_at: ago, password_proven_at: ago, factor_proven_at: ago })
      .execute(),
  );
  await page.locator('main form button[type=submit]').last().click();
  await page.locator('[name="konfirmasi-sandi"]').waitFor();
  await look(visitor, 'confirm');
  await page.fill('[name="konfirmasi-sandi"]', 'bukan itu');
  await page.getByRole('button', { name: 'Lanjutkan' }).click();
  await page.locator('[aria-invalid=true]').waitFor();
  await page.fill('[name="konfirmasi-sandi"]', passwordOf('admin', 'jateng'));
  await page.getByRole('button', { name: 'Lanjutkan' }).click();
  await page.locator('[data-password]').waitFor();
  expect(await page.innerText('main')).toContain('contoh.baru');
});
