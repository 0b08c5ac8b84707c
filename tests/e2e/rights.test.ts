import { sql } from 'kysely';
import type { Page } from 'playwright-core';
import { inLibrary } from '../../src/db/tenancy.ts';
import { saveBreach } from '../../src/usecases/breach-record.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { expectNoAxeViolations, expectNoSidewaysScroll, journey } from '../support/browser.ts';
import { toTheCard } from '../support/cases.ts';
import { scopeOfRole } from '../support/members.ts';
import { useStage } from './people.ts';

const stage = useStage();
const agreed = { consents: { photo_on_card: true, messages: true } };
const WIDTHS = [360, 768, 1440] as const;

async function look(page: Page, shot: (name: string) => Promise<unknown>, name: string): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await expectNoSidewaysScroll(page);
    await shot(`rights/${name.replace('%', String(width))}`);
  }
  await expectNoAxeViolations(page);
}

for (const darkMode of [false, true]) {
  const when = darkMode ? 'in the dark' : 'by day';
  const dark = darkMode ? '-dark' : '';

  journey(
    `a member sees who read what, asks for erasure, and gets the answer, without script, ${when}`,
    async () => {
      const service = stage.service();
      const cookie = (await service.signIn('banyuwangi', 'petugas')).header;
      const { member } = await toTheCard(service, 'banyuwangi', `Contoh Hak${dark}`, cookie, agreed);
      const person = await stage.citizen(`/banyuwangi/kta/${member.token}`, { javaScript: false, darkMode });
      await person.page.getByRole('link', { name: 'Data saya dan hak saya' }).click();
      await person.page.getByRole('heading', { name: 'Yang disimpan' }).waitFor();
      await person.page.getByRole('button', { name: 'Kirim permintaan' }).click();
      await person.page.getByText('Pilih apa yang diminta.').first().waitFor();
      await look(person.page, person.shot, `my-data-refused-%${dark}`);
      await person.page.getByLabel('Penghapusan data').check();
      await person.page.getByLabel('Keterangan').fill('Pindah kota.');
      await person.page.getByRole('button', { name: 'Kirim permintaan' }).click();
      await person.page.getByText('Permintaan diterima.').waitFor();
      await look(person.page, person.shot, `my-data-%${dark}`);

      const office = await stage.officer('banyuwangi', 'subkoordinator', '/anggota', {
        darkMode,
        javaScript: false,
      });
      await office.page.getByRole('link', { name: /Permintaan subjek data: \d+ menunggu/ }).click();
      await look(office.page, office.shot, `requests-%${dark}`);
      await office.page.getByRole('link', { name: 'Penghapusan data' }).first().click();
      await office.page.getByRole('button', { name: 'Simpan jawaban' }).click();
      await office.page.getByText('Pilih jawabannya.').first().waitFor();
      await look(office.page, office.shot, `request-%${dark}`);
      await office.page.getByLabel('Ditahan', { exact: true }).check();
      await office.page.getByLabel(/^Alasan menahan/).selectOption('archive');
      await office.page.getByRole('button', { name: 'Simpan jawaban' }).click();
      await office.page.getByText('Jawaban tersimpan').waitFor();
      await person.page.reload();
      await person.page.getByText('Ditahan karena retensi arsip').waitFor();
      await office.page.goto('/banyuwangi/anggota');
      await office.page.getByRole('link', { name: 'Permintaan subjek data' }).click();
      await office.page.getByRole('link', { name: 'Penghapusan data' }).first().click();
      await office.page.getByLabel('Hapus data sekarang').check();
      await office.page.getByLabel(/Saya mengerti/).check();
      await office.page.getByRole('button', { name: 'Simpan jawaban' }).click();
      await office.page.getByText('sudah dihapus').first().waitFor();
      await person.page.reload();
      await person.page.getByRole('heading', { name: 'Data Anda sudah dihapus' }).waitFor();
      await look(person.page, person.shot, `erased-%${dark}`);
    },
  );

  journey(
    `older looks are pages behind each other, and a name of one word is looked at before it is erased, ${when}`,
    async () => {
      const service = stage.service();
      const { db, libraryIds } = stage.database();
      const cookie = (await service.signIn('banyuwangi', 'petugas')).header;
      const name = darkMode ? 'Lestari' : 'Bulan';
      const { member } = await toTheCard(service, 'banyuwangi', name, cookie, agreed);
      await inLibrary(db, libraryIds.banyuwangi, (tx) =>
        sql`insert into audit_log (library_id, id, at, actor_kind, actor_id, action, subject_kind, subject_id, purpose, request_id)
          select ${libraryIds.banyuwangi}, gen_random_uuid(), now() - make_interval(hours => n), 'officer',
            '01890000-0000-7000-8000-00000000000a', 'member.view', 'member', ${member.id}, 'view_member', 't'
          from generate_series(1, 150) n`.execute(tx),
      );
      const library = await loadLibrary(db, 'banyuwangi', service.deps.now());
      if (!library) throw new Error('not seeded');
      const saved = await saveBreach(db, service.deps, scopeOfRole(library, service.deps, ['admin']), {
        id: null,
        version: undefined,
        title: `Berkas ${name} tercecer`,
        foundAt: service.deps.now(),
        happened: `Sejak kemarin berkas milik ${name.toLowerCase()} tidak ditemukan di loket; dicari di ruang arsip dan di meja petugas.`,
        cause: 'Kelalaian.',
        dataKinds: ['name'],
        persons: '1',
        measures: 'Dicari.',
        contact: 'Loket',
      });
      if (!saved.ok) throw new Error(saved.reason);

      const person = await stage.citizen(`/banyuwangi/kta/${member.token}`, { javaScript: false, darkMode });
      await person.page.getByRole('link', { name: 'Data saya dan hak saya' }).click();
      await person.page.getByRole('link', { name: 'Lihat yang sebelumnya' }).click();
      await look(person.page, person.shot, `looks-%${dark}`);
      await person.page.getByRole('link', { name: 'Kembali ke data saya' }).click();
      await person.page.getByLabel('Penghapusan data').check();
      await person.page.getByRole('button', { name: 'Kirim permintaan' }).click();
      await person.page.getByText('Permintaan diterima.').waitFor();

      const office = await stage.officer('banyuwangi', 'subkoordinator', '/permintaan-data', {
        darkMode,
        javaScript: false,
      });
      await office.page
        .getByRole('row', { name: new RegExp(`^${name}|${name}`) })
        .getByRole('link', { name: 'Penghapusan data' })
        .first()
        .click();
      await office.page.getByLabel('Hapus data sekarang').check();
      await office.page.getByLabel(/Saya mengerti/).check();
      await office.page.getByRole('button', { name: 'Simpan jawaban' }).click();
      await office.page.getByText('Pilih dahulu untuk setiap catatan').first().waitFor();
      await look(office.page, office.shot, `mentions-%${dark}`);
      // A second try of the journey finds the record of the first as well.
      for (const choice of await office.page.getByLabel('Orang ini: hapus namanya').all())
        await choice.check();
      await office.page.getByLabel(/Saya mengerti/).check();
      await office.page.getByRole('button', { name: 'Simpan jawaban' }).click();
      await office.page.getByText(/Namanya dihapus dari [12],/).waitFor();
      await look(office.page, office.shot, `looked-%${dark}`);
    },
  );

  journey(`at 18 the member answers for themselves, from the KTA, without script, ${when}`, async () => {
    const service = stage.service();
    const cookie = (await service.signIn('banyuwangi', 'petugas')).header;
    const { member } = await toTheCard(service, 'banyuwangi', `Contoh Dewasa${dark}`, cookie, agreed);
    // As it stands for who registered as a child and has had the birthday since.
    await inLibrary(stage.database().db, stage.database().libraryIds.banyuwangi, async (tx) => {
      const own = await tx
        .selectFrom('consent')
        .selectAll()
        .where('member_id', '=', member.id as never)
        .execute();
      await tx
        .insertInto('consent')
        .values(
          own.map((row) => ({
            ...row,
            id: service.deps.uuid(service.deps.now()),
            by_guardian: true,
          })),
        )
        .execute();
    });
    const { page, shot } = await stage.citizen(`/banyuwangi/kta/${member.token}`, {
      javaScript: false,
      darkMode,
    });
    await page.getByText('Kini persetujuan Anda sendiri').waitFor();
    await page.getByRole('link', { name: 'Beri jawaban saya' }).click();
    await page.getByRole('button', { name: 'Simpan jawaban saya' }).click();
    await page.getByText('pilih setuju atau tidak setuju.').first().waitFor();
    await look(page, shot, `own-consent-%${dark}`);
    await page.locator('input[name=dibaca]').check();
    await page.locator('input[name=photo_on_card][value=ya]').check();
    await page.locator('input[name=messages][value=tidak]').check();
    await page.getByRole('button', { name: 'Simpan jawaban saya' }).click();
    await page.getByText('yang berlaku kini jawaban Anda sendiri').waitFor();
  });

  journey(`the admin reads the retention report and records a breach, without script, ${when}`, async () => {
    const { page, shot } = await stage.officer('banyuwangi', 'admin', '/pengaturan', {
      darkMode,
      javaScript: false,
    });
    await page.getByRole('link', { name: 'Masa simpan: pratinjau dan laporan' }).click();
    await page.getByRole('heading', { name: 'Akan dihapus pada putaran berikut' }).waitFor();
    await look(page, shot, `retention-%${dark}`);
    await page.goto('/banyuwangi/pengaturan/pelanggaran');
    await page.getByRole('link', { name: 'Catat kegagalan' }).click();
    await page.getByRole('button', { name: 'Simpan catatan' }).click();
    await page
      .getByText(/Pilih paling sedikit satu/)
      .first()
      .waitFor();
    await look(page, shot, `breach-form-%${dark}`);
    await page.getByLabel('Judul').fill(`Laptop loket hilang${dark}`);
    await page.getByLabel('Kapan dan bagaimana').fill('Diambil dari meja loket saat tutup.');
    await page.getByLabel('Penyebab').fill('Ruang tidak dikunci.');
    await page.getByLabel('Nama', { exact: true }).check();
    await page.getByLabel('Alamat', { exact: true }).check();
    await page.getByLabel('Berapa orang').fill('120');
    await page
      .getByLabel('Upaya penanganan')
      .fill('Sesi diakhiri, kata sandi diganti, kunci ruang dipasang.');
    await page.getByLabel('Narahubung').fill('Loket pelayanan');
    await page.getByRole('button', { name: 'Simpan catatan' }).click();
    await page.getByText('Tersimpan.').waitFor();
    await look(page, shot, `breach-%${dark}`);
    await page.getByRole('link', { name: 'Semua catatan' }).click();
    await look(page, shot, `breaches-%${dark}`);
  });
}
