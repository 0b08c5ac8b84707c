import { describe, expect, it } from 'vitest';
import writeXlsxFile from 'write-excel-file/node';
import type { IncomingMember } from '../domain/importing/incoming-member.ts';
import { type ByteSource, bytesInMemory } from './byte-source.ts';
import { INLISLITE_32, INLISLITE_33 } from './inlislite/columns.ts';
import { readMembers, recognise } from './recognise.ts';
import { SLIMS_EXPORT, SLIMS_IMPORT } from './slims/columns.ts';

const csv = (text: string) => bytesInMemory(new TextEncoder().encode(text));

async function members(source: ByteSource): Promise<IncomingMember[]> {
  const file = await recognise(source);
  if (!file.ok) throw new Error(file.reason);
  const all: IncomingMember[] = [];
  for await (const member of readMembers(source, file, file.mapping)) all.push(member);
  return all;
}

async function xlsx(rows: readonly (readonly (string | number | Date | null)[])[]): Promise<ByteSource> {
  const data = rows.map((row) =>
    row.map((value) =>
      value === null
        ? null
        : value instanceof Date
          ? { value, type: Date, format: 'dd-mm-yyyy' }
          : typeof value === 'number'
            ? { value, type: Number }
            : { value, type: String },
    ),
  );
  return bytesInMemory(await writeXlsxFile(data as never).toBuffer());
}

const VALUES: Readonly<Record<string, string | number | Date>> = {
  'NO ANGGOTA': '16010100001',
  NAMA: 'Siti Contoh <&> "Putri"',
  'TANGGAL LAHIR': '17-05-1990',
  'NO. IDENTITAS': '9901015705900001',
  'nomor identitas': '9901015705900001',
  'KELURAHAN SESUAI KTP': 'Sukacontoh',
  'KABUPATEN / KOTA SESUAI KTP': 'Kabupaten Contoh',
  'kabupaten/kota sesuai ktp': 'Kabupaten Contoh',
  AGAMA: 'Islam',
  'JENIS ANGGOTA': 'Pelajar',
};

describe('a file is recognised by what is in it', () => {
  it('INLISLite 3.2 as XLSX, all 49 columns', async () => {
    expect(INLISLITE_32).toHaveLength(49);
    const titles = INLISLITE_32.map((column) => column.title);
    const source = await xlsx([titles, titles.map((title) => VALUES[title] ?? null)]);
    expect(await recognise(source)).toMatchObject({ ok: true, format: 'inlislite-3.2' });
    const [member] = await members(source);
    expect(member).toMatchObject({
      row: 2,
      facts: {
        number: '16010100001',
        name: 'Siti Contoh <&> "Putri"',
        birth_date: '17-05-1990',
        identity_number: '9901015705900001',
        address_regency: 'Kabupaten Contoh',
        member_type: 'Pelajar',
      },
      leftOver: ['AGAMA'],
    });
  });

  it('INLISLite 3.3 by the titles that differ, in any case', async () => {
    const titles = INLISLITE_33.map((column) => column.title.toUpperCase());
    const source = await xlsx([
      titles,
      INLISLITE_33.map(({ title }) => VALUES[title] ?? VALUES[title.toUpperCase()] ?? null),
    ]);
    expect(await recognise(source)).toMatchObject({ ok: true, format: 'inlislite-3.3' });
    const [member] = await members(source);
    expect(member?.facts).toMatchObject({
      identity_number: '9901015705900001',
      address_regency: 'Kabupaten Contoh',
      name: 'Siti Contoh <&> "Putri"',
    });
  });

  it('the import of SLiMS with and without its header, the password never', async () => {
    const row = `"A-001","Contoh, Budi",1,"Umum","b@contoh.id","Jl. ""Contoh"" 1","68411","",0,"a.jpg","9901011705900002","0812000111","",2020-01-02,2020-01-02,2027-01-02,1990-05-17,"suka novel","rahasia"`;
    const header = SLIMS_IMPORT.map((column) => column.title).join(',');
    for (const text of [`${header}\n${row}\n`, `${row}\n${row}\n`]) {
      expect(await recognise(csv(text))).toMatchObject({ ok: true, format: 'slims-csv' });
      const [member] = await members(csv(text));
      expect(member?.facts).toMatchObject({
        number: 'A-001',
        name: 'Contoh, Budi',
        sex: 'L',
        address_line: 'Jl. "Contoh" 1',
        identity_number: '9901011705900002',
        valid_until: '2027-01-02',
      });
      expect(member?.leftOver).toEqual(['is_new', 'register_date', 'member_notes', 'mpasswd']);
      expect(JSON.stringify(member)).not.toContain('rahasia');
    }
  });

  it('the export of SLiMS, escaped with backslashes, with the stray separator of its header', async () => {
    const header = `${SLIMS_EXPORT.map((column) => `"${column.title}"`).join(',')},`;
    const row = `"A-002","Dewi \\"Contoh\\" D\\'Arc","0","Umum","","Jl. A\\nRT 1 C:\\\\x","","SMA","0","","","0812","","2020-01-02","2020-01-02","2027-01-02","1991-02-03",""`;
    const source = csv(`${header}\n${row}\n`);
    expect(await recognise(source)).toMatchObject({
      ok: true,
      format: 'slims-csv',
      dialect: { escape: 'backslash' },
    });
    expect((await members(source))[0]).toMatchObject({
      facts: { name: `Dewi "Contoh" D'Arc`, sex: 'P', address_line: 'Jl. A\nRT 1 C:\\x' },
      problems: [],
    });
  });

  it('patrons of Koha by their header, the two halves of a name put together', async () => {
    const source = csv(
      'cardnumber,firstname,surname,categorycode,dateexpiry\n23,Budi,Contoh,PT,2027-01-02\n',
    );
    expect(await recognise(source)).toMatchObject({ ok: true, format: 'koha-csv' });
    expect((await members(source))[0]?.facts).toEqual({
      number: '23',
      name: 'Budi Contoh',
      member_type: 'Umum',
      valid_until: '2027-01-02',
    });
  });

  it('any other table with a proposal for its columns', async () => {
    const file = await recognise(
      csv('No;Nama Lengkap;Tgl Lahir;JK;Kode\n1;Contoh;17/5/1990;L;9901011705900002\n'),
    );
    expect(file).toMatchObject({
      ok: true,
      format: 'csv',
      mapping: { 'Nama Lengkap': 'name', 'Tgl Lahir': 'birth_date', JK: 'sex', Kode: 'identity_number' },
      sample: [['1', 'Contoh', '17/5/1990', 'L', '9901011705900002']],
    });
  });

  it('and what is no table is said to be none', async () => {
    expect(await recognise(csv(''))).toEqual({ ok: false, reason: 'empty' });
    expect(await recognise(csv('%PDF-1.7\n%âã'))).toEqual({ ok: false, reason: 'not-a-table' });
    expect(await recognise(bytesInMemory(Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0, 0, 0)))).toEqual({
      ok: false,
      reason: 'not-a-table',
    });
    expect(await recognise(bytesInMemory(Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0)))).toEqual({
      ok: false,
      reason: 'old-excel',
    });
  });
});

describe('cells of a spreadsheet', () => {
  it('keep dates as days and show that a NIK typed as a number lost its end', async () => {
    const source = await xlsx([
      ['Nama', 'Tanggal Lahir', 'NIK', 'Nomor HP'],
      ['Contoh', new Date(Date.UTC(1990, 4, 17)), Number('9901015705900001'), 81200011122],
    ]);
    const [member] = await members(source);
    expect(member?.facts).toMatchObject({ birth_date: '33010', phone: '81200011122' });
    expect(member?.facts.identity_number).toMatch(/e\+15$/);
  });

  it('may be missing, and rows may be', async () => {
    const source = await xlsx([
      ['Nama', 'Alamat', 'Email'],
      ['Satu', null, 's@contoh.id'],
      [null, null, null],
      ['Dua', null, null],
    ]);
    expect((await members(source)).map(({ row, facts }) => [row, facts.name, facts.email])).toEqual([
      [2, 'Satu', 's@contoh.id'],
      [4, 'Dua', undefined],
    ]);
  });
});
