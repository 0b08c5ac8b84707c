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
import { type IdentityProvider, openIdentityProvider } from '../support/identity-provider.ts';

const browser = useBrowser();
let database: TestDatabase;
let site: TestApp;
let service: { readonly url: string; close(): Promise<void> };
let portal: IdentityProvider;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database, { time: 'real', loopbackProviders: true });
  service = await site.listen();
  portal = await openIdentityProvider([`${service.url}/masuk/penyedia/banyuwangi/kembali`], {
    button: true,
    afterLogout: `${service.url}/masuk?perpustakaan=banyuwangi`,
  });
});
afterAll(async () => {
  await Promise.all([service.close(), portal.close()]);
  await database.drop();
});

async function look({ page, shot }: Visitor, name: string): Promise<void> {
  await expectNoSidewaysScroll(page);
  await expectNoAxeViolations(page);
  await shot(`staff-sso-${name}`);
}

/** The desk of whoever came in; from anywhere else the journey is over. */
const inside = /\/banyuwangi\/(?!masuk)/;

async function signInByPortal({ page }: Visitor): Promise<void> {
  await page.goto('/masuk?perpustakaan=banyuwangi');
  await page.getByRole('link', { name: 'Masuk dengan Portal Pegawai' }).click();
  await page.getByRole('button', { name: 'Masuk di Portal Pegawai' }).click();
}

for (const javaScript of [true, false])
  journey(
    `an admin names the provider, an officer comes in by it, proves again and leaves, ${javaScript ? 'with' : 'without'} JavaScript`,
    async () => {
      const username = javaScript ? 'petugas' : 'subkoordinator';
      portal.person = {
        subject: `subject-${username}`,
        username: `${username}.contoh`,
        email: `${username}@contoh.example`,
      };
      const cookie = await site.signIn('banyuwangi', 'admin');
      const boss = await browser.visit({ baseURL: service.url, javaScript });
      await boss.context.addCookies([{ name: cookie.name, value: cookie.value, url: service.url }]);
      await boss.page.goto('/banyuwangi/pengaturan');
      await boss.page.getByRole('link', { name: 'Masuk tunggal (SSO) petugas' }).click();
      await boss.page.fill('[name=nama]', 'Portal Pegawai');
      await boss.page.fill('[name=penerbit]', 'http://sso.contoh.example');
      await boss.page.fill('[name=klien]', portal.clientId);
      await boss.page.fill('[name=rahasia]', portal.clientSecret);
      await boss.page.getByRole('button', { name: 'Simpan' }).click();
      await boss.page.locator('#penerbit[aria-invalid=true]').waitFor();
      await look(boss, `settings-wrong-${javaScript}`);
      await boss.page.fill('[name=penerbit]', portal.issuer);
      await boss.page.fill('[name=rahasia]', portal.clientSecret);
      await boss.page.getByRole('button', { name: 'Simpan' }).click();
      await boss.page.waitForURL(/selesai=simpan/);
      await boss.page.getByRole('button', { name: 'Coba sambungan' }).click();
      await boss.page.getByText('Sambungan baik').waitFor();
      await look(boss, `settings-${javaScript}`);
      await boss.page.goto('/banyuwangi/pengaturan/petugas');
      await boss.page.getByRole('row', { name: username }).getByRole('link').first().click();
      await boss.page.fill('[name=pengenal]', `${username}.contoh`);
      await boss.page
        .locator('section[aria-labelledby=penyedia]')
        .getByRole('button', { name: 'Simpan pengenal' })
        .click();
      await boss.page.waitForURL(/selesai=pengenal/);
      await look(boss, `officer-${javaScript}`);

      const officer = await browser.visit({ baseURL: service.url, javaScript });
      await officer.page.goto('/masuk?perpustakaan=banyuwangi');
      await look(officer, `door-${javaScript}`);
      await signInByPortal(officer);
      await officer.page.waitForURL(inside);
      await officer.page.goto('/banyuwangi/sesi');
      expect(await officer.page.innerText('main')).toContain('Penyedia identitas');
      await look(officer, `sessions-${javaScript}`);

      // Eleven minutes later, what is sensitive asks at the provider; the form waits in its tab.
      await officer.page.goto('/banyuwangi/akun-penyedia');
      await look(officer, `own-${javaScript}`);
      const ago = new Date(Date.now() - 11 * 60_000);
      await inLibrary(database.db, database.libraryIds.banyuwangi, (tx) =>
        tx
          .updateTable('session')
          .set({ confirmed_at: ago, password_proven_at: ago, factor_proven_at: ago })
          .execute(),
      );
      await officer.page.getByRole('button', { name: 'Tautkan akun lain' }).click();
      await officer.page.getByRole('link', { name: 'Pastikan lewat Portal Pegawai' }).waitFor();
      await look(officer, `confirm-${javaScript}`);
      const tab = officer.context.waitForEvent('page');
      await officer.page.getByRole('link', { name: 'Pastikan lewat Portal Pegawai' }).click();
      const there = await tab;
      await there.getByRole('button', { name: 'Masuk di Portal Pegawai' }).click();
      await there.getByText('Sudah dipastikan').first().waitFor();
      await expectNoAxeViolations(there);
      await there.close();
      await officer.page.getByRole('button', { name: 'Sudah, lanjutkan' }).click();
      await officer.page.getByRole('link', { name: 'Lanjutkan ke Portal Pegawai' }).waitFor();
      await look(officer, `leave-${javaScript}`);

      await officer.page.getByRole('button', { name: 'Keluar', exact: true }).click();
      await officer.page.getByRole('link', { name: 'Keluar juga dari Portal Pegawai' }).waitFor();
      await look(officer, `left-${javaScript}`);

      portal.person = { subject: 'siapa', username: 'siapa', email: 'siapa@contoh.example' };
      const stranger = await browser.visit({
        baseURL: service.url,
        javaScript,
        expectedErrors: [/422/],
      });
      await signInByPortal(stranger);
      await stranger.page.waitForURL(/gagal/);
      await look(stranger, `refused-${javaScript}`);
    },
  );
