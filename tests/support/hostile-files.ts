/** What people and programs send where a picture, a document or a table is asked for. */
import sharp from 'sharp';
import { ZipFile } from 'yazl';
import { pixelBomb } from './pixel-bomb.ts';

/** Why each is refused, by what the door asks for: the keys of its words. */
export interface HostileFile {
  readonly what: string;
  readonly file: () => File | Promise<File>;
  readonly photo: string;
  /** As `photo` where nothing is said. */
  readonly scan?: string;
  readonly table?: string;
}

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><rect width="9" height="9"/></svg>';
/** Of an iPhone's kind, written by libheif 1.15: HEVC in the boxes of ISO/IEC 23008-12, 256 by 320. */
const HEIC = [
  'AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAkdtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAA',
  'AAAAAA5waXRtAAAAAAABAAAANGlsb2MAAAAAREAAAgABAAAAAAJrAAEAAAAAAAABLQACAAAAAAOYAAEAAAAAAAAANQAAADhp',
  'aW5mAAAAAAACAAAAFWluZmUCAAAAAAEAAGh2YzEAAAAAFWluZmUCAAAAAAIAAGh2YzEAAAABhmlwcnAAAAFhaXBjbwAAAHlo',
  'dmNDAQNwAAAAAAAAAAAAPPAA/P34+AAADwMgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAPLoCQCEAAQAsQgEBA3AAAAMAkAAA',
  'AwAAAwA8oAgIBQWW6kkprm4EBAwIAAADAAgAAAMACEAiAAEAB0QBwXKwYkAAAAAUaXNwZQAAAAAAAAEAAAABQAAAABBwaXhp',
  'AAAAAAMICAgAAABzaHZjQwEECAAAAAAAAAAAADzwAPz8+PgAAA8DIAABABdAAQwB//8ECAAAAwCf+AAAAwAAPLoCQCEAAQAn',
  'QgEBBAgAAAMAn/gAAAMAADzAICAUFlupJKa5sCAAAAMAIAAAAwAhIgABAAdEAcFysGJAAAAAFGlzcGUAAAAAAAABAAAAAUAA',
  'AAAOcGl4aQAAAAABCAAAACdhdXhDAAAAAHVybjptcGVnOmhldmM6MjAxNTphdXhpZDoxAAAAAB1pcG1hAAAAAAAAAAIAAQOB',
  'AoMAAgSEBYaHAAAAGmlyZWYAAAAAAAAADmF1eGwAAgABAAEAAAFqbWRhdAAAASkoAa8ZKct2X2r3fIU3tPtjZEZZu/JBXis/',
  'yxso86gM2Ka3PFbbGpFSdxBhm6p1KDbhBOAgeHT+yyab55SpfK9P3xAZjYVFiUAYBZUl9V6bdgkT5MtNbfl01H4BILn3F0ZN',
  'j/W2WwfFU3lCP5LWv72lsA+I8QFWSHVmUPW38Q5oaftgotZColkNdDbV4gAmN+Nvq8NPtJyAkwG+AGhsj3upp73XLQdTF31C',
  'UwsVdz/+uAX7Rgc0AxTZIP8T5uEbTbB0wI3HBv6YhwHvTw/R5bvogI9juOAZonGcj5HRIF6wqT9xWCoGQt+9V4hx64vIFTt2',
  'dClwx4JPwXPoZa0jkTs07lonqlTxNBLlvGiDQkPvleTrrDOg01Wyy3X91p/QzZsl4AAAAwAACcgAAAAxKAGuMlJzqsDisOD2',
  'n6KOcMyJJT77QZ2qWswGoMt9wJMNtBAFbIcAAAMBsQAAAwAjIA==',
].join('');

/** A name that wants out of its folder and into a page. */
export const FILE_NAME = '../../x"<b>.jpg';
/** What stands behind, or in, a picture that is a program as well: no stored byte may have it. */
export const PAYLOAD = '<?php system($_GET[0])?><script>alert(1)</script>';

function file(content: string | Uint8Array, type: string): File {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  return new File([new Uint8Array(bytes)], FILE_NAME, { type });
}

const plain = () => sharp({ create: { width: 900, height: 1200, channels: 3, background: '#a76' } });

export const HOSTILE: readonly HostileFile[] = [
  { what: 'nothing in it', file: () => file('', 'image/jpeg'), photo: 'empty', table: 'empty' },
  {
    what: 'a page that calls itself a picture',
    file: () => file(`<html>${PAYLOAD}`, 'image/jpeg'),
    photo: 'not-an-image',
  },
  { what: 'an SVG with script', file: () => file(SVG, 'image/svg+xml'), photo: 'unsupported' },
  { what: 'an SVG that calls itself a PNG', file: () => file(SVG, 'image/png'), photo: 'unsupported' },
  {
    what: 'an SVG behind a long comment',
    file: () => file(`<!--${'x'.repeat(5_000)}-->${SVG}`, 'image/png'),
    photo: 'not-an-image',
  },
  {
    what: 'a GIF that is a script',
    file: () => file(`GIF89a=alert(1)${PAYLOAD}`, 'image/jpeg'),
    photo: 'unsupported',
  },
  {
    what: 'a HEIC photo',
    file: () => file(Buffer.from(HEIC, 'base64'), 'image/heic'),
    photo: 'unsupported',
  },
  {
    what: 'a HEIC photo that calls itself a JPEG',
    file: () => file(Buffer.from(HEIC, 'base64'), 'image/jpeg'),
    photo: 'unsupported',
  },
  {
    what: 'a photo that was cut off',
    file: async () => file((await plain().jpeg().toBuffer()).subarray(0, 500), 'image/jpeg'),
    photo: 'damaged',
  },
  {
    what: 'a photo with a hole in it',
    file: async () => {
      const png = await plain().png({ compressionLevel: 0 }).toBuffer();
      png.fill(0xff, 1_000, 200_000);
      return file(png, 'image/png');
    },
    photo: 'damaged',
  },
  {
    what: 'a small PNG that unpacks to four gigabytes',
    file: () => file(pixelBomb(40_000, 40_000), 'image/png'),
    photo: 'too-many-pixels',
  },
  {
    what: 'a JPEG that says it has four thousand million pixels',
    file: async () => {
      const jpeg = await plain().jpeg().toBuffer();
      const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
      jpeg.writeUInt16BE(65_000, frame + 5);
      jpeg.writeUInt16BE(65_000, frame + 7);
      return file(jpeg, 'image/jpeg');
    },
    photo: 'too-many-pixels',
  },
  { what: 'a picture of one pixel', file: () => file(pixelBomb(1, 1), 'image/png'), photo: 'too-small' },
  {
    what: 'a PDF that was cut off',
    file: () => file('%PDF-1.7\n1 0 obj <</Type/Catalog/OpenAction<</S/JavaScript/JS(alert)>>', 'image/jpeg'),
    photo: 'unsupported',
    scan: 'damaged',
  },
  { what: 'a program', file: () => file('MZ\x90\x00\x03\x00\x00\x00', 'image/jpeg'), photo: 'not-an-image' },
  {
    what: 'an old workbook',
    file: () => file('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'application/vnd.ms-excel'),
    photo: 'not-an-image',
    table: 'old-excel',
  },
  {
    what: 'a workbook that unpacks to a hundred megabytes in one row',
    file: async () =>
      file(await workbookBomb(), 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'),
    photo: 'not-an-image',
  },
  {
    what: 'a workbook that was cut off',
    file: async () => file((await workbookBomb()).subarray(0, 2_000), 'text/csv'),
    photo: 'not-an-image',
  },
  {
    what: 'sixteen megabytes',
    file: () => file(Buffer.alloc(16 * 1024 * 1024, 0xff), 'image/jpeg'),
    photo: 'too-large',
  },
];

/** Pictures that are something else as well: taken, and nothing but the picture of them. */
export const POLYGLOTS: readonly { readonly what: string; readonly file: () => Promise<File> }[] = [
  {
    what: 'a JPEG with an archive and a program behind it',
    file: async () => {
      const jpeg = await plain().jpeg().toBuffer();
      return file(Buffer.concat([jpeg, Buffer.from(`PK\x03\x04${PAYLOAD}`, 'latin1')]), 'image/jpeg');
    },
  },
  {
    what: 'a JPEG with a program in its metadata',
    file: async () =>
      file(
        await plain()
          .withExif({ IFD0: { ImageDescription: PAYLOAD, Artist: PAYLOAD } })
          .jpeg()
          .toBuffer(),
        'text/html',
      ),
  },
  {
    what: 'a PNG with a program in its metadata',
    file: async () =>
      file(
        await plain()
          .withXmp(
            `<x:xmpmeta xmlns:x="adobe:ns:meta/">${PAYLOAD.replaceAll('<?', '').replaceAll('?>', '')}</x:xmpmeta>`,
          )
          .png()
          .toBuffer(),
        'image/png',
      ),
  },
];

let bomb: Promise<Buffer> | undefined;
/** A workbook whose one row never ends: a hundred kilobytes on the way. */
function workbookBomb(): Promise<Buffer> {
  bomb ??= (async () => {
    const zip = new ZipFile();
    const begun = '<worksheet><sheetData><row><c t="inlineStr"><is><t>';
    const sheet = Buffer.concat([Buffer.from(begun), Buffer.alloc(100 * 1024 * 1024, 'A')]);
    zip.addBuffer(sheet, 'xl/worksheets/sheet1.xml');
    zip.end();
    const pieces: Buffer[] = [];
    for await (const piece of zip.outputStream) pieces.push(Buffer.from(piece));
    return Buffer.concat(pieces);
  })();
  return bomb;
}
