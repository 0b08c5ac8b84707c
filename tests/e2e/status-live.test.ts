import { expect } from 'vitest';
import { takeCase } from '../../src/usecases/take-case.ts';
import { expectNoAxeViolations, journey } from '../support/browser.ts';
import { citizenScope, phoneCase } from '../support/cases.ts';
import { scopeOfRole } from '../support/members.ts';
import { useStage } from './people.ts';

const stage = useStage();

async function openPage(name: string, options: Parameters<typeof stage.citizen>[1] = {}) {
  const sent = await phoneCase(stage.service(), 'banyuwangi', name);
  const visitor = await stage.citizen(`/banyuwangi/permohonan/${sent.token}`, options);
  const officer = async () => {
    const { library } = await citizenScope(stage.service(), 'banyuwangi');
    return scopeOfRole(library, stage.service().deps, ['petugas', 'sub_koordinator']);
  };
  const { deps } = stage.service();
  return {
    ...visitor,
    take: async () => takeCase(deps.db, deps, await officer(), sent),
  };
}

journey('the applicant’s page follows the officer’s acts within moments, without being asked', async () => {
  const { page, take } = await openPage('Contoh Langsung');
  // The page listens, and has made sure that nothing happened before it did.
  await page.waitForFunction(() =>
    performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/versi')),
  );
  const asked = page.waitForRequest(/\/versi$/, { timeout: 10_000 });
  await take();
  await asked;
  // Far below the 20 s after which it would have asked by itself.
  await page.getByText('Sedang diperiksa petugas').first().waitFor({ timeout: 10_000 });
  await expectNoAxeViolations(page);
});

journey('a page whose connection broke is right again when it is back', async () => {
  const { page, context, take } = await openPage('Contoh Putus', {
    expectedErrors: [/ERR_INTERNET_DISCONNECTED/, /ERR_FAILED/, /Failed to fetch/],
  });
  await context.setOffline(true);
  await page.evaluate(() => window.dispatchEvent(new Event('offline')));
  await take();
  expect(await page.innerText('h1')).not.toContain('diperiksa');
  await context.setOffline(false);
  // Taken out of the pocket: it looks at once, whatever became of the connection.
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await page.getByText('Sedang diperiksa petugas').first().waitFor({ timeout: 10_000 });
});

journey('without EventSource the page asks now and then', async () => {
  const { page, take } = await openPage('Contoh Tanya Sendiri');
  await page.addInitScript(() => {
    Reflect.deleteProperty(window, 'EventSource');
    const every = window.setInterval.bind(window);
    Object.assign(window, { setInterval: (work: () => void) => every(work, 200) });
  });
  await page.reload();
  await take();
  await page.getByText('Sedang diperiksa petugas').first().waitFor({ timeout: 10_000 });
});

journey('without script the page offers to be loaded again', async () => {
  const { page, take } = await openPage('Contoh Tanpa Skrip Muat', { javaScript: false });
  await take();
  await page.getByRole('link', { name: 'Muat ulang halaman ini' }).click();
  await page.getByText('Sedang diperiksa petugas').first().waitFor();
});
