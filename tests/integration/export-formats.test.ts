import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportFile } from '../../src/documents/export-file.ts';
import type { ExportFormat, FileTarget } from '../../src/domain/exporting/outgoing-member.ts';
import type { Phone } from '../../src/domain/ids.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import { bytesInMemory } from '../../src/interop/byte-source.ts';
import { csvRows } from '../../src/interop/csv-rows.ts';
import { exportFormat } from '../../src/interop/export-formats.ts';
import { recognise } from '../../src/interop/recognise.ts';
import { xlsxRows } from '../../src/interop/xlsx-rows.ts';
import { NO_ADDRESS, outgoingNamed } from '../support/outgoing.ts';

const KOHA = { branch: 'UTAMA', categories: { UMUM: 'PT' } };
const of = (target: FileTarget) => exportFormat(target, KOHA);

async function fileOf(target: FileTarget, rows: readonly (readonly string[])[]): Promise<Uint8Array> {
  async function* all() {
    yield of(target).header;
    yield* rows;
  }
  return buffer(exportFile(target, all()).bytes);
}

async function readBack(target: FileTarget, bytes: Uint8Array): Promise<readonly (readonly string[])[]> {
  const source = bytesInMemory(bytes);
  const rows = target.startsWith('inlislite')
    ? xlsxRows(source)
    : csvRows(source, { separator: ',', escape: 'quote' });
  const found: (readonly string[])[] = [];
  for await (const { cells } of rows) if (cells) found.push(cells);
  return found;
}

const fitted = (format: ExportFormat, member: Parameters<ExportFormat['row']>[0]) => {
  const row = format.row(member);
  if (!row.ok) throw new Error(row.misfits.join());
  return row.value;
};

/** Anything a person could have typed: quotes, separators, line breaks, formulas, other scripts. */
const text = fc
  .string({
    unit: fc.constantFrom(...'aé–ß"\';,|\n\r\t=+-@ 漢ا\u{1F600}_x0041_&<>'),
    minLength: 1,
    maxLength: 60,
  })
  .map((one) => `a${one}z`);
const opening = fc.constantFrom('', '=', '+', '-', '@', ' =', "'");

describe('files of the lending systems', () => {
  it.each(['inlislite-3.2', 'inlislite-3.3', 'slims', 'koha'] as const)(
    '%s: every cell is read back as it was written, whatever stands in it',
    async (target) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(opening, text, text), { minLength: 1, maxLength: 4 }),
          async (people) => {
            const rows = people.map(([first, name, line]) =>
              fitted(of(target), outgoingNamed(name, { address: { ...NO_ADDRESS, line: first + line } })),
            );
            const [header, ...found] = await readBack(target, await fileOf(target, rows));
            expect(header).toEqual(of(target).header);
            expect(found).toHaveLength(rows.length);
            for (const [at, row] of rows.entries()) {
              const width = row.length;
              const cells = Array.from({ length: width }, (_, n) => found[at]?.[n] ?? '');
              // A guard stands before what a spreadsheet would run; it is taken off where members are read.
              expect(cells.map((cell, n) => (cell === row[n] ? cell : cell.replace(/^'/, '')))).toEqual(row);
            }
          },
        ),
        { numRuns: 60 },
      );
    },
  );

  it.each([
    ['inlislite-3.2', 'inlislite-3.2'],
    ['inlislite-3.3', 'inlislite-3.3'],
    ['slims', 'slims-csv'],
    ['koha', 'koha-csv'],
  ] as const)('%s is recognised by what is in it', async (target, format) => {
    const bytes = await fileOf(target, [fitted(of(target), outgoingNamed('Dewi Contoh'))]);
    expect(await recognise(bytesInMemory(bytes))).toMatchObject({ ok: true, format });
  });

  it('INLISLite 3.2 gets its 49 columns A to AW, dates day first, words of its lists', () => {
    const cells = fitted(
      of('inlislite-3.2'),
      outgoingNamed('Dewi Contoh', { validUntil: null, state: 'suspended' }),
    );
    const { header } = of('inlislite-3.2');
    expect(header).toHaveLength(49);
    const cell = (title: string) => cells[header.indexOf(title)];
    expect(cell('TANGGAL LAHIR')).toBe('17-05-1990');
    expect(cell('JENIS KELAMIN')).toBe('Perempuan');
    expect(cell('TANGGAL AKHIR BERLAKU')).toBe('31-12-9999');
    expect(cell('STATUS ANGGOTA')).toBe('Suspend');
    expect(cell('JENIS PERMOHONAN')).toBe('Baru');
    expect(cell('NO. HP')).toBe('081234567890');
    expect(cell('AGAMA')).toBe('');
  });

  it('INLISLite 3.3 gets its own titles, and no list is left to choose by itself', () => {
    const { header } = of('inlislite-3.3');
    const cells = fitted(of('inlislite-3.3'), outgoingNamed('Dewi Contoh'));
    expect(header).toEqual(
      expect.arrayContaining([
        'nomor identitas',
        'kabupaten/kota sesuai ktp',
        'kabupaten/kota sekarang',
        'kelas',
        'phone',
      ]),
    );
    expect(header.join()).not.toMatch(/jurusan|darurat|no\. identitas/i);
    for (const title of [
      'agama',
      'status perkawinan',
      'pekerjaan',
      'pendidikan terakhir',
      'jenis identitas',
      'kelas',
    ])
      expect([title, cells[header.indexOf(title)]]).toEqual([title, 'Tidak dicatat']);
  });

  it('says which letters INLISLite does not keep, and sends the member all the same', () => {
    expect(of('inlislite-3.2').row(outgoingNamed('Hélène Müller'))).toMatchObject({ ok: true, notes: [] });
    expect(of('inlislite-3.2').row(outgoingNamed('Đặng Văn Contoh'))).toMatchObject({
      ok: true,
      notes: ['letters_lost'],
    });
  });

  it('SLiMS: who does not fit is told with every reason, nobody is cut', () => {
    const misfits = (changes: Parameters<typeof outgoingNamed>[1]) => {
      const row = of('slims').row(outgoingNamed('Dewi Contoh', changes));
      return row.ok ? [] : row.misfits;
    };
    expect(misfits({})).toEqual([]);
    expect(misfits({ number: '1'.repeat(20) })).toEqual([]);
    expect(misfits({ number: '1'.repeat(21) })).toEqual(['number_too_long']);
    expect(misfits({ name: 'A'.repeat(101), sex: null })).toEqual(['name_too_long', 'sex_missing']);
    expect(misfits({ address: { ...NO_ADDRESS, line: 'RT 02\\05' } })).toEqual(['backslash']);
    expect(misfits({ address: { ...NO_ADDRESS, line: 'x'.repeat(256) } })).toEqual(['address_too_long']);
    expect(misfits({ address: { ...NO_ADDRESS, line: '"'.repeat(5_000) } })).toEqual([
      'address_too_long',
      'row_too_long',
    ]);
  });

  it('SLiMS: no row that is written is longer than what its importer reads, and none is two lines', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 255 }), async (line) => {
        const row = of('slims').row(outgoingNamed('Dewi Contoh', { address: { ...NO_ADDRESS, line } }));
        if (!row.ok) return;
        const lines = Buffer.from(await fileOf('slims', [row.value]))
          .toString('utf8')
          .split('\r\n');
        expect(lines).toHaveLength(3);
        expect(Buffer.byteLength(`${lines[1]}\r\n`)).toBeLessThanOrEqual(4096);
      }),
      { numRuns: 60 },
    );
  });

  it('SLiMS: gender is a digit, the end is never empty, a suspension stands in the notes', () => {
    const cells = fitted(
      of('slims'),
      outgoingNamed('Agus Contoh', { sex: 'L', validUntil: null, state: 'suspended' }),
    );
    expect(cells).toHaveLength(19);
    expect([cells[2], cells[15], cells[16], cells[17], cells[18]]).toEqual([
      '1',
      '9999-12-31',
      '1990-05-17',
      'Ditangguhkan di perpustakaan',
      '',
    ]);
  });

  it('a formula does not run, and a foreign phone number stays one', async () => {
    const rows = [
      fitted(
        of('koha'),
        outgoingNamed('Dewi Contoh', {
          phone: '+6591234567' as Phone,
          address: { ...NO_ADDRESS, line: '=HYPERLINK("http://x")' },
        }),
      ),
    ];
    const csv = Buffer.from(await fileOf('koha', rows)).toString('utf8');
    expect(csv.startsWith('cardnumber,surname,')).toBe(true);
    expect(csv).toContain(`"'=HYPERLINK(""http://x"")"`);
    expect(csv).toContain(',+6591234567,');
  });

  it('Koha: categories are the library’s, dates ISO, life has an end of its own', () => {
    const { header } = of('koha');
    const member = outgoingNamed('Dewi Contoh', { validUntil: null, birthDate: '2000-02-29' as PlainDate });
    const cells = fitted(of('koha'), member);
    const cell = (title: string) => cells[header.indexOf(title)];
    expect([
      cell('categorycode'),
      cell('branchcode'),
      cell('dateexpiry'),
      cell('dateofbirth'),
      cell('sex'),
    ]).toEqual(['PT', 'UTAMA', '9999-12-31', '2000-02-29', 'F']);
    const other = { code: 'PEGAWAI-DAERAH', name: 'Pegawai' };
    expect(of('koha').row({ ...member, memberType: other })).toEqual({
      ok: false,
      misfits: ['category_missing'],
    });
  });

  it('a sheet of many rows is written without being held', async () => {
    const row = fitted(of('inlislite-3.2'), outgoingNamed('Dewi Contoh'));
    const many = 20_000;
    async function* all() {
      yield of('inlislite-3.2').header;
      for (let n = 0; n < many; n++) yield row;
    }
    let bytes = 0;
    let largest = 0;
    for await (const piece of exportFile('inlislite-3.2', all()).bytes) {
      bytes += piece.length;
      largest = Math.max(largest, piece.length);
    }
    expect(bytes).toBeGreaterThan(100_000);
    expect(largest).toBeLessThanOrEqual(1024 * 1024);
  });
});
