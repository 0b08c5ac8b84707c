import { defaultSettings } from '../../src/domain/default-settings.ts';
import type { Procedure, ProcedureStep } from '../../src/domain/procedure.ts';
import type { LibraryPreset } from '../../src/presets/preset.ts';

function step(
  no: number,
  text: string,
  standardSeconds: number,
  rest: Pick<ProcedureStep, 'actors' | 'acts'> & Partial<ProcedureStep>,
): ProcedureStep {
  return {
    no,
    text,
    kind: 'process',
    actorsInferred: false,
    completeness: [],
    standardSeconds,
    output: '',
    note: '',
    branches: [],
    ...rest,
  };
}

/**
 * A library unlike both presets, which must run without a change of code: no visit log, the form comes
 * first, the document is seen and the data verified after the cross-check, the Kepala Bidang approves before
 * the card, and nobody is photographed. Fictional, like everything under region 99.
 */
const procedure: Procedure = {
  serviceName: 'Pendaftaran Anggota Perpustakaan Contoh',
  identity: {
    title: 'Pendaftaran Anggota',
    unit: 'Dinas Perpustakaan Contoh',
    government: 'Pemerintah Kabupaten Contoh',
    number: '001/CONTOH/2025',
    createdOn: null,
    revisedOn: null,
    revision: '1',
    effectiveOn: null,
    ratifiedBy: null,
  },
  legalBasis: ['UU No. 43 Tahun 2007 tentang Perpustakaan'],
  qualifications: [],
  relatedProcedures: [],
  equipment: ['Komputer'],
  warning: '',
  records: ['Jumlah anggota'],
  actorColumns: [
    { actor: 'pemustaka', label: 'Pemustaka' },
    { actor: 'petugas', label: 'Petugas' },
    { actor: 'kepala_bidang', label: 'Kepala Bidang' },
  ],
  steps: [
    step(1, 'Mengisi formulir', 240, { actors: ['pemustaka', 'petugas'], acts: ['fill_form'] }),
    step(2, 'Memeriksa data ganda', 60, { actors: ['petugas'], acts: ['cross_check'] }),
    step(3, 'Memeriksa dokumen dan isian', 120, { actors: ['petugas'], acts: ['see_identity', 'verify'] }),
    step(4, 'Persetujuan Kepala Bidang', 600, { actors: ['kepala_bidang'], acts: ['endorse'] }),
    step(5, 'Menerbitkan kartu', 60, { actors: ['petugas'], acts: ['issue_card'] }),
    step(6, 'Menyerahkan kartu', 30, { actors: ['petugas'], acts: ['hand_over'] }),
  ],
  publicSteps: [1, 2, 3, 4, 5, 6],
  documents: [{ type: 'ktp', forms: ['original'] }],
  documentsRule: 'all',
  requirements: ['KTP'],
  cost: 'Gratis',
  product: 'Kartu anggota',
  publishedTotalSeconds: 1200,
  complaintChannels: [{ kind: 'counter', value: 'Loket layanan' }],
  sourceLink: null,
};

const settings = defaultSettings(
  {
    name: 'Perpustakaan Contoh',
    shortName: 'Contoh',
    government: 'Pemerintah Kabupaten Contoh',
    unit: 'Dinas Perpustakaan Contoh',
    address: 'Jalan Contoh 1',
    city: 'Kota Contoh',
    postalCode: '99999',
    phone: '',
    website: '',
    email: '',
    npp: null,
    timezone: 'Asia/Jayapura',
    locale: 'id-ID',
  },
  {
    homeRegion: '99.01',
    numberFormat: { pattern: 'YYYYMM999', prefix: '' },
    card: {
      rules: ['Kartu ini hanya contoh.'],
      photoRequired: false,
      photoBackground: 'any',
    },
  },
);

/** Fixture of the third library, seeded by tests beside `jateng` and `banyuwangi`. */
export const thirdLibrary: LibraryPreset = { slug: 'contoh', procedure, settings };
