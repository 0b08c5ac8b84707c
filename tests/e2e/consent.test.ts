import { expect } from 'vitest';
import { expectNoAxeViolations, expectNoSidewaysScroll, journey } from '../support/browser.ts';
import { phoneCase, toTheCard } from '../support/cases.ts';
import { useStage } from './people.ts';

const stage = useStage();
const agreed = { consents: { photo_on_card: true, messages: true } };
const WIDTHS = [360, 768, 1440] as const;

for (const darkMode of [false, true]) {
  const when = darkMode ? 'in the dark' : 'by day';
  const dark = darkMode ? '-dark' : '';

  journey(`an applicant takes a consent back and gives it again without script, ${when}`, async () => {
    const { token } = await phoneCase(stage.service(), 'banyuwangi', `Contoh Pilihan${dark}`, agreed);
    const { page, shot } = await stage.citizen(`/banyuwangi/permohonan/${token}`, {
      javaScript: false,
      darkMode,
    });
    await page.getByRole('button', { name: 'Tarik persetujuan: Pesan dari perpustakaan' }).click();
    await page.getByText('pesan yang belum terkirim dibatalkan').waitFor();
    expect(await page.locator('#persetujuan').textContent()).toContain('Ditarik');
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoSidewaysScroll(page);
      await shot(`consent/status-${width}${dark}`);
    }
    await expectNoAxeViolations(page);
    await page.getByRole('button', { name: 'Setujui: Pesan dari perpustakaan' }).click();
    await page.getByText('Tercatat. Perpustakaan boleh mengirim pesan').waitFor();
  });

  journey(`the photo leaves the KTA with the consent, ${when}`, async () => {
    const service = stage.service();
    const cookie = (await service.signIn('banyuwangi', 'petugas')).header;
    const { member } = await toTheCard(service, 'banyuwangi', `Contoh Kartu Foto${dark}`, cookie, agreed);
    const { page, shot } = await stage.citizen(`/banyuwangi/kta/${member.token}`, { darkMode });
    await page.locator('img.kta__photo').waitFor();
    await page.getByRole('button', { name: 'Tarik persetujuan: Foto pada kartu' }).click();
    await page.getByText('juga tidak pada kartu yang dicetak berikutnya').waitFor();
    expect(await page.locator('img.kta__photo').count()).toBe(0);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoSidewaysScroll(page);
      await shot(`consent/kta-${width}${dark}`);
    }
    await expectNoAxeViolations(page);
  });
}
