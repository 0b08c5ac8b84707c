import { expect } from 'vitest';
import { expectNoAxeViolations, expectNoSidewaysScroll, journey } from '../support/browser.ts';
import { toTheCard } from '../support/cases.ts';
import { useStage } from './people.ts';

const stage = useStage();
const agreed = { consents: { photo_on_card: true, messages: true } };

for (const darkMode of [false, true])
  for (const lang of ['id', 'en'] as const) {
    const when = `${lang}${darkMode ? '-dark' : ''}`;
    journey(`the consent texts and a person's own data can be read by everyone, ${when}`, async () => {
      const service = stage.service();
      const cookie = (await service.signIn('banyuwangi', 'petugas')).header;
      const { member } = await toTheCard(service, 'banyuwangi', `Contoh Bahasa ${when}`, cookie, agreed);
      const { page, shot } = await stage.citizen(`/banyuwangi/teks-persetujuan?lang=${lang}`, { darkMode });
      const look = async (name: string) => {
        for (const width of [360, 1440]) {
          await page.setViewportSize({ width, height: 900 });
          await expectNoSidewaysScroll(page);
          await shot(`rights/${name}-${when}-${width}`);
        }
        await expectNoAxeViolations(page);
      };
      expect(await page.getAttribute('html', 'lang')).toBe(lang);
      for (const part of await page.locator('summary').all()) await part.click();
      await look('consent-texts');
      await page.goto(`/banyuwangi/data-saya/kta/${member.token}`);
      await look('own-data');
    });
  }
