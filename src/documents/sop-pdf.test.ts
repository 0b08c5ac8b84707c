import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findProgram } from '../../tests/support/programs.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import type { Procedure, ProcedureStep } from '../domain/procedure.ts';
import { sopPdf } from './sop-pdf.ts';

const now = new Date('2025-01-13T03:00:00Z');
const pdftotext = findProgram('pdftotext');
const pdftoppm = findProgram('pdftoppm');

function step(no: number, more: Partial<ProcedureStep> = {}): ProcedureStep {
  return {
    no,
    text: `Langkah ke-${no}`,
    kind: 'process',
    actors: [no % 2 === 0 ? 'petugas' : 'pemustaka'],
    actorsInferred: false,
    completeness: ['KTP/KIA/FC KK'],
    standardSeconds: 60,
    output: 'Kelengkapan data',
    note: '',
    branches: [],
    acts: [],
    ...more,
  };
}

const procedure: Procedure = {
  serviceName: 'Pendaftaran',
  identity: {
    title: 'Pendaftaran Anggota Contoh',
    unit: 'Dinas Contoh',
    government: 'Pemerintah Kabupaten Contoh',
    number: '188/CONTOH/2025',
    createdOn: '2025-01-13' as PlainDate,
    revisedOn: null,
    revision: '-',
    effectiveOn: '2025-01-14' as PlainDate,
    ratifiedBy: {
      role: 'kepala_skpd',
      title: 'Kepala Dinas Contoh',
      name: 'Pejabat Contoh, M.Si.',
      rank: 'Pembina Utama Muda',
      nip: '99990101 999901 1 001',
      from: null,
      until: null,
      acting: 'plt',
    },
  },
  legalBasis: ['UU No. 43 Tahun 2007 tentang Perpustakaan', 'Peraturan Contoh'],
  qualifications: ['Memahami sistem layanan'],
  relatedProcedures: ['SOP Perpanjangan'],
  equipment: ['Komputer', 'Internet'],
  warning: 'Jika persyaratan tidak dipenuhi maka permohonan tidak dikabulkan',
  records: ['Jumlah keanggotaan'],
  actorColumns: [
    { actor: 'pemustaka', label: 'Pemustaka' },
    { actor: 'petugas', label: 'Petugas' },
    { actor: 'kepala_skpd', label: 'Kepala SKPD' },
  ],
  steps: [
    step(1, { kind: 'start', text: 'Mulai' }),
    step(2, { actors: ['pemustaka', 'petugas'] }),
    step(3, {
      kind: 'decision',
      branches: [
        { label: 'revisi', to: 2 },
        { label: 'tanpa revisi', to: 5 },
        { label: 'ulang', to: 3 },
        { label: 'periksa', to: 4 },
      ],
    }),
    step(4),
    step(5, { kind: 'end', text: 'Selesai', standardSeconds: null }),
  ],
  publicSteps: [1, 2],
  documents: [],
  documentsRule: 'any',
  requirements: ['KTP'],
  cost: '',
  product: 'KTA',
  publishedTotalSeconds: 300,
  complaintChannels: [],
  sourceLink: null,
};

function textOf(bytes: Buffer): string {
  return execFileSync(pdftotext ?? '', ['-layout', '-', '-'], { input: bytes, encoding: 'utf8' });
}

/** The pages as pictures. */
function picturesOf(bytes: Buffer): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'sop-'));
  try {
    writeFileSync(join(folder, 'sop.pdf'), bytes);
    execFileSync(pdftoppm ?? '', ['-r', '50', '-png', join(folder, 'sop.pdf'), join(folder, 'page')]);
    const pages = readdirSync(folder).filter((name) => name.endsWith('.png'));
    return pages.sort().map((name) => readFileSync(join(folder, name)).toString('base64'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the procedure as an official document', () => {
  it('has every part that PermenPANRB 35/2012 asks for, and both total times', async (context) => {
    context.skip(pdftotext === undefined, 'pdftotext is not installed');
    const text = textOf(await sopPdf({ procedure, now })).replace(/\s+/g, ' ');
    for (const part of [
      'Nomor SOP 188/CONTOH/2025',
      'Tanggal Pembuatan 13 Januari 2025',
      'Tanggal Efektif 14 Januari 2025',
      'Plt. Kepala Dinas Contoh',
      'Pejabat Contoh, M.Si.',
      'NIP 99990101 999901 1 001',
      'Pendaftaran Anggota Contoh',
      'Dasar Hukum',
      'Kualifikasi Pelaksana',
      'Keterkaitan',
      'Peralatan/Perlengkapan',
      'Peringatan',
      'Pencatatan dan Pendataan',
      'Pelaksana',
      'Mutu Baku',
      'Kelengkapan',
      'Waktu',
      'Output',
      'tanpa revisi',
      'Waktu penyelesaian: 5 menit (jumlah waktu langkah: 4 menit).',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('perlu dipastikan');
  });

  it('prints actors that are only inferred as blank, and says so', async (context) => {
    context.skip(pdftotext === undefined || pdftoppm === undefined, 'poppler-utils is not installed');
    const inferred = {
      ...procedure,
      steps: procedure.steps.map((each) => ({ ...each, actorsInferred: true })),
    };
    const empty = { ...inferred, steps: inferred.steps.map((each) => ({ ...each, actors: [] })) };
    const printed = await sopPdf({ procedure: inferred, now });
    expect(textOf(printed)).toContain('perlu dipastikan');
    expect(picturesOf(printed)).toEqual(picturesOf(await sopPdf({ procedure: empty, now })));
    expect(picturesOf(printed)[1]).not.toBe(picturesOf(await sopPdf({ procedure, now }))[1]);
  });

  it('goes on over pages with the number of the step beside the pentagon', async (context) => {
    context.skip(pdftotext === undefined, 'pdftotext is not installed');
    const long = { ...procedure, steps: Array.from({ length: 30 }, (_, index) => step(index + 1)) };
    const pages = textOf(await sopPdf({ procedure: long, now })).split('\f');
    const flow = pages.slice(1, -1);
    expect(flow.length).toBeGreaterThan(2);
    const all = flow.join('\n');
    for (let no = 1; no <= 30; no++) expect(all).toContain(`Langkah ke-${no}`);
    for (const page of flow) expect(page).toContain('Mutu Baku');
  });

  it('draws any procedure, also one with loops, no columns, long words and empty parts', async () => {
    const kinds = fc.constantFrom('start', 'process', 'decision', 'end');
    const steps = fc.array(
      fc.record({
        kind: kinds,
        actors: fc.subarray(['pemustaka', 'petugas', 'kepala_skpd', 'admin'] as const),
        actorsInferred: fc.boolean(),
        text: fc.string({ maxLength: 300 }),
        branches: fc.array(fc.record({ label: fc.string({ maxLength: 20 }), to: fc.nat(30) }), {
          maxLength: 3,
        }),
      }),
      { maxLength: 25 },
    );
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(3), async (drawn, columns) => {
        const bytes = await sopPdf({
          procedure: {
            ...procedure,
            legalBasis: [],
            warning: '',
            identity: { ...procedure.identity, ratifiedBy: null, createdOn: null, number: '' },
            actorColumns: procedure.actorColumns.slice(0, columns),
            steps: drawn.map((more, index) => step(index + 1, more)),
          },
          now,
        });
        expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
      }),
      { numRuns: 25 },
    );
  });
});
