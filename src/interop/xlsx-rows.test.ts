import { crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { type ByteSource, bytesInMemory } from './byte-source.ts';
import { xlsxRows } from './xlsx-rows.ts';

/** A ZIP whose parts are not packed (APPNOTE 4.3). */
function zipOf(parts: Readonly<Record<string, string>>): Buffer {
  const files: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(parts)) {
    const [title, bytes] = [Buffer.from(name), Buffer.from(text)];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(title.length, 22);
    const entry = Buffer.alloc(20);
    entry.writeUInt32LE(offset, 10);
    entries.push(Buffer.from('PK\x01\x02\x14\0', 'latin1'), common, entry.subarray(0, 14), title);
    files.push(Buffer.from('PK\x03\x04', 'latin1'), common, title, bytes);
    offset += 30 + title.length + bytes.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(Object.keys(parts).length, 8);
  end.writeUInt16LE(Object.keys(parts).length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, directory, end]);
}

function workbook(properties: string): ByteSource {
  const bytes = zipOf({
    'xl/workbook.xml': `<workbook>${properties}<sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels':
      '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
    'xl/styles.xml': `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>
      <numFmt numFmtId="165" formatCode="&quot;dari &quot;0"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
      <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"><alignment/></xf><xf numFmtId="165"/></cellXfs></styleSheet>`,
    'xl/worksheets/sheet1.xml': `<worksheet><sheetData><row r="1"><c r="A1"><v>33000</v></c><c r="B1" s="1"><v>33000</v></c>
      <c r="C1" s="2"><v>33000.5</v></c><c r="D1" s="3"><v>33000</v></c><c r="E1" s="1"/></row></sheetData></worksheet>`,
  });
  return bytesInMemory(bytes);
}

async function firstRow(source: ByteSource): Promise<readonly string[] | null> {
  for await (const { cells } of xlsxRows(source)) return cells;
  return null;
}

it('a date of a workbook that counts from 1904 is the day that was written, and no other number changes', async () => {
  const row = await firstRow(workbook('<workbookPr date1904="1"/>'));
  expect(row).toEqual(['33000', '34462', '34462.5', '33000', '']);
});

it('a workbook that counts from 1900 is read as it is', async () => {
  const row = await firstRow(workbook('<workbookPr defaultThemeVersion="124226"/>'));
  expect(row).toEqual(['33000', '33000', '33000.5', '33000', '']);
});
