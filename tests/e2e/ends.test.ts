import { expect } from 'vitest';
import { expectNoAxeViolations, journey } from '../support/browser.ts';
import { ADULT, CHILD, enterUntil, openCase, register, stubPrinting, takePhoto, useStage } from './people.ts';

const stage = useStage();

journey(
  'a child waits for the mother, who agrees on her own phone; the counter ends it with a card',
  async () => {
    const { visitor, ticket, url } = await register(stage, 'banyuwangi', CHILD);
    expect(await visitor.page.innerText('main')).toMatch(/orang tua/i);
    await visitor.shot('child/1-waiting');
    const mother = await stage.citizen(`${new URL(url).pathname}/wali`);
    await mother.page.getByRole('checkbox').first().check();
    await expectNoAxeViolations(mother.page);
    await mother.shot('child/2-guardian');
    await mother.page.locator('main form button[type=submit]:visible').first().click();
    await mother.page
      .getByText(/Terima kasih/)
      .first()
      .waitFor();

    const officer = await stage.officer('banyuwangi', 'petugas');
    await openCase(officer.page, ticket, CHILD.name);
    await officer.page.getByRole('button', { name: /KIA asli/ }).click();
    await officer.page.getByText('KIA, asli').waitFor();
    await takePhoto(officer.page);
    await enterUntil(officer.page, 'Nomor anggota');
    await officer.shot('child/3-card');
  },
);

journey(
  'a correction: the officer names the field, the applicant mends it at home, the loop is counted',
  async () => {
    const { visitor, ticket, url } = await register(stage, 'banyuwangi', {
      ...ADULT,
      name: 'Contoh Perbaikan',
      nik: '9901015708990021',
    });
    const officer = await stage.officer('banyuwangi', 'petugas');
    await openCase(officer.page, ticket, 'Contoh Perbaikan');
    await officer.page.keyboard.press('m');
    await officer.page.locator('[name=bagian][value=address_line]').check();
    await officer.page.locator('form[action$="/minta-perbaikan"] button[name]').first().click();
    await officer.page.getByText('Perlu perbaikan').first().waitFor();
    await officer.shot('correction/1-asked');

    await visitor.page.goto(url);
    await visitor.shot('correction/2-status');
    await visitor.page.getByRole('link', { name: 'Perbaiki sekarang' }).click();
    expect(await visitor.page.locator('[name=name]').count()).toBe(0);
    await visitor.page.fill('[name=address_line]', 'Jl. Contoh Baru No. 22');
    await expectNoAxeViolations(visitor.page);
    await visitor.page.getByRole('button', { name: 'Kirim perbaikan' }).click();
    await visitor.page.getByText('perbaikan Anda sudah kami terima').waitFor();

    await officer.page.goto('/banyuwangi/loket');
    await openCase(officer.page, ticket, 'Contoh Perbaikan');
    expect(await officer.page.innerText('main')).toContain('Jl. Contoh Baru No. 22');
    await officer.shot('correction/3-answered');
  },
);

journey('a rejection by the Sub Koordinator: the citizen reads why and how to apply again', async () => {
  const { visitor, ticket, url } = await register(stage, 'jateng', {
    ...ADULT,
    name: 'Contoh Tidak Dikabulkan',
    nik: '9901015708990031',
  });
  const officer = await stage.officer('jateng', 'subkoordinator');
  await openCase(officer.page, ticket, 'Contoh Tidak Dikabulkan');
  await officer.page.getByRole('link', { name: /^Tolak/ }).click();
  await expectNoAxeViolations(officer.page);
  await officer.shot('rejection/1-reasons');
  await officer.page.locator('form[action$="/tolak"] button[name]').first().click();
  await officer.page.getByText('Ditolak').first().waitFor();
  await visitor.page.goto(url);
  expect(await visitor.page.innerText('main')).toContain('Tidak dikabulkan');
  await expectNoAxeViolations(visitor.page);
  await visitor.shot('rejection/2-citizen');
});

journey('somebody who is a member already is found by the cross-check and keeps the old number', async () => {
  const person = { ...ADULT, name: 'Contoh Sudah Anggota', nik: '9901015708990041' };
  const first = await register(stage, 'jateng', person);
  const officer = await stage.officer('jateng', 'petugas');
  await stubPrinting(officer.page);
  await openCase(officer.page, first.ticket, person.name);
  await enterUntil(officer.page, 'KTP, asli');
  await takePhoto(officer.page);
  await enterUntil(officer.page, 'Nomor anggota');
  const number = /Nomor anggota\s+(\S+)/.exec(await officer.page.innerText('#langkah-card'))?.[1] ?? '';
  expect(number).not.toBe('');

  const again = await register(stage, 'jateng', { ...person, name: 'Contoh Sudah Anggotta' });
  await officer.page.goto('/jateng/loket');
  await openCase(officer.page, again.ticket, 'Contoh Sudah Anggotta');
  await enterUntil(officer.page, 'KTP, asli');
  await officer.page.getByRole('button', { name: /sudah anggota/i }).waitFor();
  await expectNoAxeViolations(officer.page);
  await officer.shot('repeat/1-cross-check');
  await officer.page.getByRole('button', { name: /sudah anggota/i }).click();
  await officer.page.getByText(number).first().waitFor();
  await officer.shot('repeat/2-already-member');
  await again.visitor.page.goto(again.url);
  expect(await again.visitor.page.innerText('main')).toMatch(/sudah .*anggota/i);
  await again.visitor.shot('repeat/3-citizen');
});
