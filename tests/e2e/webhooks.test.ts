import { afterAll, beforeAll, expect } from 'vitest';
import { openWebhookRunner } from '../../src/jobs/webhooks.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { expectNoAxeViolations, expectNoSidewaysScroll, journey, useBrowser } from '../support/browser.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { openReceiver, type Receiver } from '../support/receiver.ts';

const browser = useBrowser();
let database: TestDatabase;
let site: TestApp;
let service: { readonly url: string; close(): Promise<void> };
let receiver: Receiver;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database, { time: 'real' });
  service = await site.listen();
  receiver = await openReceiver();
});
afterAll(async () => {
  await receiver.close();
  await service.close();
  await database.drop();
});

async function deliver(): Promise<void> {
  const runner = openWebhookRunner(database.db, site.deps, { leading: () => true, log: () => undefined });
  await runner.look();
  await runner.idle();
  await runner.stop();
}

for (const [how, options] of [
  ['by day', { darkMode: false }],
  ['in the dark', { darkMode: true }],
  ['without JavaScript', { darkMode: false, javaScript: false }],
] as const) {
  journey(`an admin registers a receiver, tries it and sends again, ${how}`, async () => {
    const cookie = await site.signIn('banyuwangi', 'admin');
    const visitor = await browser.visit({ baseURL: service.url, screen: 'desk', ...options });
    await visitor.context.addCookies([{ name: cookie.name, value: cookie.value, url: service.url }]);
    const { page, shot } = visitor;
    const looks = async (name: string) => {
      await expectNoAxeViolations(page);
      for (const width of [360, 768, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        await expectNoSidewaysScroll(page);
        await shot(`webhook-${name}-${width}-${how.replaceAll(' ', '-')}`);
      }
    };
    await page.goto('/banyuwangi/pengaturan');
    await page.getByRole('link', { name: 'Webhook' }).click();
    // A second try of the journey finds the receiver of the first.
    const name = `Contoh situs ${Date.now()}`;
    await page.getByLabel('Nama', { exact: true }).fill(name);
    await page.getByLabel('Alamat penerima').fill(`${receiver.url}/${'alamat-yang-panjang'.repeat(8)}`);
    await page.getByRole('button', { name: 'Daftarkan' }).click();
    await page.getByText('Tulis alamat yang diawali https://.').first().waitFor();
    await expectNoAxeViolations(page);
    await page.getByLabel('Alamatnya di jaringan perpustakaan sendiri').check();
    await page.getByRole('button', { name: 'Daftarkan' }).click();
    await page.getByText('Rahasia hanya ditampilkan sekarang.').waitFor();
    await looks('secret');
    await page.getByRole('button', { name: 'Kirim kejadian uji' }).click();
    await page.getByText('Kejadian uji akan dikirim.').waitFor();
    const before = receiver.heard.length;
    await deliver();
    expect(receiver.heard.length).toBe(before + 1);
    await page.reload();
    await page.getByRole('row', { name: /Kejadian uji.*Diterima.*204/s }).waitFor();
    await looks('log');
    await page.getByRole('button', { name: /^Kirim ulang Kejadian uji/ }).click();
    await page.getByText('Dikirim ulang dengan ID yang sama.').waitFor();
    await deliver();
    expect(receiver.heard.at(-1)?.id).toBe(receiver.heard[before]?.id);
    await page.getByRole('button', { name: 'Jeda' }).click();
    await page.getByText('Pengiriman dijeda.').waitFor();
    await page.getByRole('link', { name: 'Webhook' }).click();
    await page.getByRole('link', { name }).waitFor();
    await looks('list');
    await page.getByRole('link', { name }).click();
    await page.getByRole('button', { name: 'Hapus penerima' }).click();
    await page.getByText('Penerima dihapus.').waitFor();
  });
}
