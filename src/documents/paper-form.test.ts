import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { findProgram } from '../../tests/support/programs.ts';
import { FORM_FIELDS, type FormContext } from '../domain/form-fields.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { type PaperForm, type PaperSection, paperSections } from './paper-form.ts';
import { paperFormPdf } from './paper-form-pdf.ts';

const context: FormContext = {
  today: '2025-01-13' as PlainDate,
  documentsAccepted: ['ktp', 'kk', 'ktm', 'sim'],
  noDocumentReasons: ['lost', 'not_yet_issued'],
  memberTypes: ['umum', 'pelajar'],
  consentVersion: '1',
  channel: 'paper',
};
const words = {
  group: (name: string) => `Bagian ${name}`,
  field: (name: string) => `Isian ${name}`,
  choice: (name: string, code: string) => `${name}:${code}`,
};
const pdftotext = findProgram('pdftotext');

function form(sections: readonly PaperSection[]): PaperForm {
  return {
    title: 'Formulir Pendaftaran Anggota',
    library: { name: 'Perpustakaan Contoh', address: 'Jl. Contoh No. 1', colour: '#14532d' },
    lang: 'id',
    intro: [{ title: 'Yang perlu dibawa', text: 'Salah satu dokumen identitas.' }],
    sections,
    consents: [
      { label: 'Pernyataan', text: 'Saya telah membaca ketentuan keanggotaan.', kind: 'acknowledge' },
      { label: 'Foto pada kartu', text: 'Foto saya boleh dicetak pada kartu.', kind: 'choice' },
    ],
    signatures: [{ label: 'Pemohon' }, { label: 'Orang tua/wali' }],
    ticket: 'J-042',
    onlineUrl: 'https://perpustakaan.contoh.example/daftar',
    now: new Date('2025-01-13T03:00:00Z'),
  };
}

function textOf(bytes: Buffer): string {
  return execFileSync(pdftotext ?? '', ['-layout', '-', '-'], { input: bytes, encoding: 'utf8' });
}

describe('the blank paper form', () => {
  it('asks everything that the screen asks, in the order of the desk', async () => {
    const sections = paperSections(context, words);
    const labels = sections.flatMap((section) => section.fields.map((field) => field.label));
    const asked = FORM_FIELDS.filter((field) => field.kind !== 'checkbox' && field.kind !== 'hidden');
    expect(labels).toEqual(asked.map((field) => `Isian ${field.name}`));
    const choices = sections.flatMap((section) => section.fields).filter((field) => field.kind === 'choice');
    expect(choices[0]?.options).toEqual([
      'document_type:ktp',
      'document_type:kk',
      'document_type:ktm',
      'document_type:sim',
      'document_type:none',
    ]);
  });

  it('prints every field, choice, consent and signature on two sides of one sheet', async (skippable) => {
    skippable.skip(pdftotext === undefined, 'pdftotext is not installed');
    const sections = paperSections(context, words);
    const text = textOf(await paperFormPdf(form(sections)));
    const flat = text.replace(/\s+/g, ' ');
    for (const field of sections.flatMap((section) => section.fields)) {
      expect(flat).toContain(field.label.split(' ')[1]);
      for (const option of field.options ?? []) expect(flat).toContain(option);
    }
    for (const part of [
      'Foto pada kartu',
      'Tidak setuju',
      'Orang tua/wali',
      'Nama terang',
      'J-042',
      'Halaman 2 dari 2',
    ])
      expect(flat).toContain(part);
    expect(flat).toContain('perpustakaan.contoh.example/daftar');
  });

  it('goes on to as many pages as it needs and leaves no heading alone', async (skippable) => {
    skippable.skip(pdftotext === undefined, 'pdftotext is not installed');
    const sections = Array.from({ length: 40 }, (_, index) => ({
      title: `Judul ${index}`,
      fields: [{ label: `Baris ${index}`, kind: 'text' as const, lines: (index % 5) + 1 }],
    }));
    const pages = textOf(await paperFormPdf(form(sections))).split('\f');
    expect(pages.length).toBeGreaterThan(3);
    for (let index = 0; index < 40; index++) {
      const heading = pages.findIndex((page) => new RegExp(`Judul ${index}\\b`).test(page));
      expect(heading).toBeGreaterThanOrEqual(0);
      expect(pages[heading]).toMatch(new RegExp(`Baris ${index}\\b`));
    }
  });
});
