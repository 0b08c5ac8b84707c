import { expect } from 'vitest';
import { expectNoAxeViolations, expectNoSidewaysScroll, journey } from '../support/browser.ts';
import { ADULT, countActs, fillForm, photoFile, scan, sendForm, ticketOn, useStage } from './people.ts';

const stage = useStage();

journey(
  'SOP-B: registered on the phone at home, four acts at the counter, the KTA on the phone',
  async () => {
    const citizen = await stage.citizen('/banyuwangi');
    await expectNoAxeViolations(citizen.page);
    await expectNoSidewaysScroll(citizen.page);
    await citizen.shot('sop-b-phone/1-service');
    await citizen.page.getByRole('link', { name: 'Daftar di sini' }).first().click();
    await expectNoAxeViolations(citizen.page);
    await fillForm(citizen.page, ADULT);
    await citizen.shot('sop-b-phone/2-form');
    await sendForm(citizen.page);
    await expectNoAxeViolations(citizen.page);
    const ticket = await ticketOn(citizen.page);
    await citizen.page.setInputFiles('input[type=file][name=foto-berkas]', await photoFile());
    await citizen.page.getByRole('button', { name: 'Kirim foto' }).click();
    await citizen.page.waitForSelector('img.dp-photo');
    await citizen.shot('sop-b-phone/3-status');
    const statusUrl = citizen.page.url();

    const officer = await stage.officer('banyuwangi', 'petugas');
    await expectNoAxeViolations(officer.page);
    await officer.shot('sop-b-phone/4-queue');
    const acts = countActs(officer.page);
    await scan(officer.page, ticket);
    await officer.page.waitForURL(/\/loket\/[0-9a-f-]{36}/);
    await expectNoAxeViolations(officer.page);
    await officer.shot('sop-b-phone/5-case');
    for (const next of ['Foto cocok', 'Setujui, tampilkan']) {
      await officer.page.keyboard.press('Enter');
      await officer.page
        .getByRole('button', { name: new RegExp(next) })
        .first()
        .waitFor();
    }
    await officer.page.keyboard.press('Enter');
    await officer.page
      .getByText(/Nomor anggota/i)
      .first()
      .waitFor();
    expect(acts()).toBe(4);
    await expectNoAxeViolations(officer.page);
    await officer.shot('sop-b-phone/6-card');

    await citizen.page.goto(statusUrl);
    await citizen.shot('sop-b-phone/7-approved');
    await expectNoAxeViolations(citizen.page);
    await citizen.page.getByRole('link', { name: /KTA/ }).first().click();
    await citizen.page.waitForURL(/\/kta\//);
    await expectNoAxeViolations(citizen.page);
    await expectNoSidewaysScroll(citizen.page);
    await citizen.shot('sop-b-phone/8-kta');
    expect(await citizen.page.textContent('main')).toContain('Siti Contoh Rahmawati');
    expect(await citizen.page.content()).not.toContain('9901015708990001');

    // Opening the KTA on the own phone is the hand-over: the case is complete without another key.
    await expect
      .poll(async () => {
        await officer.page.reload();
        return officer.page.textContent('main');
      })
      .toContain('Selesai');
    await officer.shot('sop-b-phone/9-completed');
  },
);
