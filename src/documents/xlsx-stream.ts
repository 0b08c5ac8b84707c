import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { xmlText } from './table-xlsx.ts';

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const SHEETS = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPES = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/**
 * A workbook with one sheet of texts, row by row (ECMA-376): in memory is what the receiver has not taken yet, whatever
 * the number of rows. Texts stand in their cells, so that a number keeps its zeros and nothing runs as a formula.
 */
export function xlsxStream(sheet: string, rows: AsyncIterable<readonly string[]>): Readable {
  const zip = new ZipFile();
  const part = (name: string, xml: string) => zip.addBuffer(Buffer.from(HEAD + xml), name);
  part(
    '[Content_Types].xml',
    `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPES}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${TYPES}.worksheet+xml"/></Types>`,
  );
  part(
    '_rels/.rels',
    `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  );
  part(
    'xl/workbook.xml',
    `<workbook xmlns="${SHEETS}" xmlns:r="${RELATIONS}"><sheets><sheet name="${escaped(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  );
  part(
    'xl/_rels/workbook.xml.rels',
    `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
  );
  const content = Readable.from(sheetXml(rows), { objectMode: false });
  const out = zip.outputStream as Readable;
  // A row that cannot be read ends the download; whoever gives up the download stops the reading.
  content.on('error', (error) => out.destroy(error));
  out.on('close', () => content.destroy());
  zip.addReadStream(content, 'xl/worksheets/sheet1.xml');
  zip.end();
  return out;
}

async function* sheetXml(rows: AsyncIterable<readonly string[]>): AsyncGenerator<string> {
  yield `${HEAD}<worksheet xmlns="${SHEETS}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>`;
  let n = 0;
  for await (const cells of rows) {
    n++;
    yield `<row r="${n}">${cells.map((text, at) => cellXml(text, `${columnName(at)}${n}`)).join('')}</row>`;
  }
  yield '</sheetData></worksheet>';
}

function cellXml(text: string, place: string): string {
  return text === ''
    ? ''
    : `<c r="${place}" t="inlineStr"><is><t xml:space="preserve">${escaped(xmlText(text))}</t></is></c>`;
}

/** `_x0041_` in a text would be read as an A: its first mark is written as what it is. */
function escaped(text: string): string {
  return text
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(/[&<>"]/g, (mark) => `&${{ '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot' }[mark] ?? ''};`)
    .replaceAll('\r', '_x000D_');
}

/** A, B, …, Z, AA */
function columnName(at: number): string {
  return at < 26
    ? String.fromCharCode(65 + at)
    : `${columnName(Math.floor(at / 26) - 1)}${columnName(at % 26)}`;
}
