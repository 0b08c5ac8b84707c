import { expect, test } from 'vitest';
import { thirdLibrary } from '../../tests/support/third-library.ts';
import { fitsAge } from '../domain/library-settings.ts';
import { parseNumberFormat } from '../domain/member-number.ts';
import { actsInOrder, type Procedure, STEP_ACTS, stepsOfAct, sumOfStandards } from '../domain/procedure.ts';
import { procedureProblems } from '../domain/procedure-rules.ts';
import { banyuwangi } from './banyuwangi.ts';
import { jateng } from './jateng.ts';
import { PRESETS } from './presets.ts';

/** The flow tables typed off the documents a second time, independently of the presets. */
const SOP_J = `
| 1 | Mulai | | |
| 2 | Mendaftar kepada petugas | 10 detik | calon anggota menyerahkan syarat-syarat menjadi anggota |
| 3 | Mengisi formulir pendaftaran | 5 menit | formulir, branch tanpa revisi / revisi; calon anggota mengisi secara tertulis |
| 4 | Inputing data calon anggota ke database | 5 menit | inputing; calon anggota mengisi formulir secara online |
| 5 | Kros cek data calon anggota ke database | 1 menit | branch tanpa revisi / revisi; oleh petugas |
| 6 | Revisi data / tanpa revisi | 2 menit | petugas merevisi bila ada kesalahan informasi |
| 7 | Foto kartu anggota | 30 detik | pengambilan foto anggota |
| 8 | Cetak kartu anggota | 10 detik | mencetak kartu anggota |
| 9 | Selesai | | |`;

const SOP_B = `
| 1 | Melaporkan kedatangan kepada petugas dan mengisi daftar kunjungan di komputer (kolom Anggota / non Anggota) | komputer | 2 menit | data dan informasi pemustaka diterima |
| 2 | Meminta identitas (KTP/KIA/FC KK) dan menjelaskan pengisian form | KTP/KIA/FC KK | 3 menit | data dan informasi pemustaka diterima |
| 3 | a. mengisi formulir mandiri melalui tautan, dan/atau b. diisikan petugas | form isian di tautan | 5 menit | kelengkapan data |
| 4 | Verifikasi keterisian data terhadap KTP/KIA/FC KK | KTP/KIA/FC KK | 3 menit | kelengkapan data |
| 5 | Jika isian benar, pemustaka mengirim foto kepada petugas; KTA online diproses | komputer, smartphone | 5 menit | foto pemustaka |
| 6 | Memberikan KTA online kepada pemustaka | KTA online | 1 menit | KTA perpustakaan |`;

function rowsOf(table: string): string[][] {
  return table
    .trim()
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

function secondsOf(text: string | undefined): number | null {
  const match = /^(\d+) (detik|menit)$/.exec(text ?? '');
  return match ? Number(match[1]) * (match[2] === 'menit' ? 60 : 1) : null;
}

const lower = (text: string) => text.toLowerCase();

test('SOP-J has the nine steps of Jawa Tengah, word for word and second for second', () => {
  const rows = rowsOf(SOP_J);
  expect(jateng.procedure.steps).toHaveLength(9);
  rows.forEach(([no, text, time, note], index) => {
    const step = jateng.procedure.steps[index];
    expect([step?.no, step?.text, step?.standardSeconds]).toEqual([Number(no), text, secondsOf(time)]);
    const branches = step?.branches.map((branch) => branch.label).join(' / ') ?? '';
    const told = lower(`${branches ? `branch ${branches}` : ''}; ${step?.note ?? ''}`);
    for (const part of (note ?? '').split(/[;,]/)) expect(told).toContain(lower(part.trim()));
  });
  expect(jateng.procedure.steps.flatMap((step) => [...step.completeness, step.output]).join('')).toBe('');
});

test('SOP-B has the six steps of Banyuwangi, word for word and second for second', () => {
  const rows = rowsOf(SOP_B);
  expect(banyuwangi.procedure.steps).toHaveLength(6);
  rows.forEach(([no, text, completeness, time, output], index) => {
    const step = banyuwangi.procedure.steps[index];
    expect([step?.no, step?.text, step?.standardSeconds]).toEqual([Number(no), text, secondsOf(time)]);
    expect(lower(step?.completeness.join(', ') ?? '')).toBe(lower(completeness ?? ''));
    expect(lower(step?.output ?? '')).toBe(lower(output ?? ''));
  });
});

test('the steps of SOP-J add up to 13 minutes 50 seconds beside the published 14 minutes', () => {
  expect(sumOfStandards(jateng.procedure)).toBe(13 * 60 + 50);
  expect(jateng.procedure.publishedTotalSeconds).toBe(14 * 60);
});

test('the steps of SOP-B add up to the published 19 minutes', () => {
  expect(sumOfStandards(banyuwangi.procedure)).toBe(19 * 60);
  expect(banyuwangi.procedure.publishedTotalSeconds).toBe(19 * 60);
});

test('SOP-J carries its title, address, requirements, cost, product, complaints and official', () => {
  const { procedure, settings } = jateng;
  expect(procedure.serviceName).toBe('Pembuatan Kartu Anggota');
  expect(procedure.identity.title).toBe('Pendaftaran Anggota Perpustakaan Daerah');
  expect(procedure.identity.unit).toBe('Bidang Pengelolaan Perpustakaan, Dinas Kearsipan dan Perpustakaan');
  expect(procedure.identity.government).toBe('Pemerintah Provinsi Jawa Tengah');
  expect(procedure.identity.number).toBe('');
  expect(settings.profile).toMatchObject({
    name: 'Perpustakaan Daerah Provinsi Jawa Tengah',
    address: 'Jl. Sriwijaya No. 49A',
    city: 'Semarang',
    postalCode: '50263',
    phone: '6285641000000',
    website: 'https://perpus.jatengprov.go.id',
  });
  expect(procedure.requirements.join(', ')).toBe('KTP, KK, KTM, SIM');
  expect(procedure.documents.map(({ type }) => type)).toEqual(['ktp', 'kk', 'ktm', 'sim']);
  expect(procedure.documentsRule).toBe('any');
  expect(lower(procedure.cost)).toBe('tidak dipungut biaya');
  expect(procedure.product).toBe('Kartu Anggota Perpustakaan');
  expect(procedure.complaintChannels).toEqual([
    { kind: 'phone', value: '024-8317963' },
    { kind: 'sms', value: '08179504572' },
    { kind: 'email', value: 'perpusdajateng@yahoo.com' },
  ]);
  expect(procedure.identity.ratifiedBy).toMatchObject({
    name: 'PRJO ANGGORO, SH, M.Si',
    rank: 'Pembina Utama Madya',
    nip: '19610822 199003 1 005',
  });
  expect(procedure.actorColumns.map(({ label }) => label)).toEqual(['Pengolahan']);
  expect(procedure.publicSteps).toEqual([2, 3, 4, 5]);
});

test('SOP-B carries its number, dates, legal basis, qualifications, related SOPs, equipment and warning', () => {
  const { identity, ...procedure } = banyuwangi.procedure;
  expect(identity).toMatchObject({
    title: 'Layanan Pendaftaran Anggota Perpustakaan Online',
    unit: 'Dinas Perpustakaan dan Kearsipan',
    government: 'Pemerintah Kabupaten Banyuwangi',
    number: '188/OU/429.118/2025',
    createdOn: '2025-01-13',
    effectiveOn: '2025-01-13',
    revision: '-',
    ratifiedBy: {
      name: 'Drs. Zen Kostolani, M.Si.',
      rank: 'Pembina Utama Muda',
      nip: '19650908 199303 1 009',
    },
  });
  expect(procedure.legalBasis.join('; ')).toBe(
    'UU No. 43 Tahun 2007 tentang Perpustakaan; Peraturan Bupati Banyuwangi Nomor 30 Tahun 2024 tentang Kedudukan, Susunan Organisasi, Tugas dan Fungsi serta Tata Kerja Dinas Perpustakaan dan Kearsipan',
  );
  expect(lower(procedure.qualifications.join('; '))).toBe(
    'pendidikan minimal slta; memahami sistem layanan perpustakaan; memahami pengoperasian komputer dan android',
  );
  expect(procedure.relatedProcedures.join('; ')).toBe(
    'SOP Perpanjangan Keanggotaan; Layanan Baca di Tempat; Peminjaman Buku; Perpanjangan/Pengembalian Buku; Layanan DIRECT (Digital Reading Counter); Layanan Referensi/Konten Lokal; Layanan KLIK (Klinik Kepustakawanan); Lare Osing (Layanan Referensi Online Singkat); POCADI (Pojok Baca Digital)',
  );
  expect(lower(procedure.equipment.join(', '))).toBe('komputer/laptop, smartphone, internet, ktp/kia/fc kk');
  expect(lower(procedure.warning)).toBe(
    'jika prosedur dan persyaratan tidak dipenuhi maka permohonan tidak akan dikabulkan',
  );
  expect(lower(procedure.records.join())).toBe('jumlah keanggotaan perpustakaan');
  expect(procedure.actorColumns.map(({ label }) => label)).toEqual([
    'Pemustaka',
    'Petugas',
    'Sub Koord',
    'Kepala Bidang',
    'Kepala SKPD',
  ]);
  expect(procedure.steps.every((step) => step.actorsInferred)).toBe(true);
  expect(procedure.steps.map((step) => step.actors.join('+'))).toEqual([
    'pemustaka',
    'petugas',
    'pemustaka+petugas',
    'petugas',
    'pemustaka+petugas',
    'petugas',
  ]);
  expect(procedure.sourceLink).toBe('https://inlisite.ebookbanyuwangi.id/pendaftaran');
});

test('a copy of the family card is enough in Banyuwangi, a student card or driving licence in Jawa Tengah', () => {
  const accepts = (procedure: Procedure, type: string, form: string) =>
    procedure.documents.some((item) => item.type === type && item.forms.some((each) => each === form));
  expect(accepts(banyuwangi.procedure, 'kk', 'copy')).toBe(true);
  expect(accepts(banyuwangi.procedure, 'kia', 'original')).toBe(true);
  expect(accepts(banyuwangi.procedure, 'sim', 'original')).toBe(false);
  expect(accepts(jateng.procedure, 'ktm', 'original')).toBe(true);
  expect(accepts(jateng.procedure, 'sim', 'original')).toBe(true);
  expect(accepts(jateng.procedure, 'kk', 'copy')).toBe(false);
});

test('filling the form once fulfils steps 3 and 4 of SOP-J', () => {
  expect(stepsOfAct(jateng.procedure, 'fill_form').map((step) => step.no)).toEqual([3, 4]);
});

test.each(PRESETS.map((preset) => [preset.slug, preset] as const))(
  '%s is plain data that survives the database, with steps numbered in order and branches that lead somewhere',
  (_slug, preset) => {
    expect(JSON.parse(JSON.stringify(preset))).toEqual(preset);
    const { steps, publicSteps } = preset.procedure;
    expect(steps.map((step) => step.no)).toEqual(steps.map((_step, index) => index + 1));
    const numbers = new Set(steps.map((step) => step.no));
    for (const branch of steps.flatMap((step) => step.branches)) expect(numbers.has(branch.to)).toBe(true);
    for (const no of publicSteps) expect(numbers.has(no)).toBe(true);
    for (const act of actsInOrder(preset.procedure)) expect(STEP_ACTS).toContain(act);
    expect(actsInOrder(preset.procedure)).toContain('issue_card');
  },
);

test.each(PRESETS.map((preset) => [preset.slug, preset] as const))(
  'nobody is too young or too old for every member type of %s',
  (_slug, preset) => {
    for (let age = 0; age <= 110; age++)
      expect(preset.settings.memberTypes.some((type) => type.active && fitsAge(type, age))).toBe(true);
  },
);

test.each(PRESETS.map((preset) => [preset.slug, preset] as const))(
  'the codes of each list of %s differ, and both languages are written',
  (_slug, { settings }) => {
    const lists = [
      settings.servicePoints,
      settings.memberTypes,
      settings.services,
      settings.correctionReasons,
      settings.rejectionReasons,
      settings.noDocumentReasons,
      settings.revealReasons,
      settings.suspensionReasons,
      settings.replacementReasons,
    ];
    for (const list of lists) {
      const codes = list.map((item) => item.code);
      expect(new Set(codes).size).toBe(codes.length);
    }
    for (const text of [
      ...Object.values(settings.consents.notice),
      ...settings.consents.items.map((item) => item.text),
      settings.consents.acknowledgement,
      settings.consents.guardianConsent,
      ...settings.rejectionReasons,
    ]) {
      expect(text.id.length).toBeGreaterThan(10);
      expect(text.en.length).toBeGreaterThan(10);
      expect(`${text.id}${text.en}`).not.toMatch(/undefined|, ,|null/);
    }
    // One-key lists: keys 1 to 9.
    for (const list of [settings.correctionReasons, settings.rejectionReasons, settings.noDocumentReasons])
      expect(list.length).toBeLessThanOrEqual(9);
  },
);

test('the number format of every preset can be read by the member numbers', () => {
  for (const { settings } of [...PRESETS, thirdLibrary]) {
    const { pattern, prefix } = settings.numberFormat;
    expect(parseNumberFormat(pattern, prefix).ok).toBe(true);
  }
});

test.each(PRESETS.map((preset) => [preset.slug, preset] as const))(
  'the procedure of %s could go into force as it stands',
  (_slug, { procedure }) => {
    expect(procedureProblems(procedure)).toEqual([]);
  },
);
