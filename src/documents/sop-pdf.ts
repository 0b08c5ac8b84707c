import { type Official, type Procedure, sumOfStandards } from '../domain/procedure.ts';
import { formatDate, formatDuration } from '../i18n/format.ts';
import { emblemSource } from './emblem-mark.ts';
import { wrapText } from './fit-text.ts';
import { FONTS, type FontName } from './fonts.ts';
import { A4, bytesOf, newPdf, type Pdf } from './pdf.ts';
import { drawFlowTable } from './sop-flow.ts';
import { drawArrow, drawPentagon, drawSymbol } from './sop-symbols.ts';
import { MM } from './units.ts';

export interface SopPdfInput {
  readonly procedure: Procedure;
  /** PNG or JPEG of the government's emblem; its place stays empty without one. */
  readonly emblem?: Buffer;
  readonly now: Date;
}

/** A4 lying, as these documents are. */
const PAGE = { width: A4.height, height: A4.width } as const;
const MARGIN = 15 * MM;
const WIDTH = PAGE.width - 2 * MARGIN;
const BOTTOM = PAGE.height - 14 * MM;
const SIZE = 9.5;
const LEADING = 12;
const PAD = 2 * MM;
/** Times, a remark and the legend below the flow table. */
const CLOSING = 22 * MM;

/**
 * The procedure as an official SOP AP (PermenPANRB 35/2012): identity block, then the flow table. Indonesian
 * always. Actors that are inferred are printed blank until the library confirms them.
 */
export async function sopPdf(input: SopPdfInput): Promise<Buffer> {
  const { procedure } = input;
  const { identity } = procedure;
  const doc = newPdf({
    title: `SOP ${identity.title}`,
    author: identity.unit,
    lang: 'id',
    now: input.now,
    bufferPages: true,
  });
  const bytes = bytesOf(doc);
  const addPage = () => {
    doc.addPage({ size: [PAGE.width, PAGE.height], margin: 0 });
  };
  addPage();
  const y = drawIdentity(doc, procedure, emblemSource(input.emblem));
  drawConditions(doc, procedure, y, addPage);
  const frame = { left: MARGIN, width: WIDTH, top: MARGIN, bottom: BOTTOM, closing: CLOSING, addPage };
  drawClosing(doc, procedure, drawFlowTable(doc, procedure, frame), addPage);
  drawFooters(doc, identity.title);
  doc.end();
  return bytes;
}

function drawIdentity(doc: Pdf, procedure: Procedure, emblem: string | undefined): number {
  const { identity } = procedure;
  const date = (value: string | null) => (value === null ? '' : formatDate('id', value));
  const left = WIDTH * 0.44;
  const label = 38 * MM;
  const valueWidth = WIDTH - left - label - 2 * PAD;
  const rows: { label: string; lines: readonly SignedLine[]; height?: number }[] = [
    { label: 'Nomor SOP', lines: plain(doc, identity.number, valueWidth) },
    { label: 'Tanggal Pembuatan', lines: plain(doc, date(identity.createdOn), valueWidth) },
    { label: 'Tanggal Revisi', lines: plain(doc, date(identity.revisedOn) || identity.revision, valueWidth) },
    { label: 'Tanggal Efektif', lines: plain(doc, date(identity.effectiveOn), valueWidth) },
    { label: 'Disahkan oleh', lines: signature(doc, identity.ratifiedBy, valueWidth), height: 36 * MM },
    { label: 'Nama SOP', lines: plain(doc, identity.title, valueWidth, FONTS.bold) },
  ];
  let y = MARGIN;
  for (const row of rows) {
    const height = Math.max(row.height ?? 0, row.lines.length * LEADING + 2 * PAD, 7 * MM);
    write(doc, row.label, MARGIN + left + PAD, y + PAD, FONTS.regular);
    row.lines.forEach((line, index) => {
      write(doc, line.text, MARGIN + left + label + PAD, y + PAD + index * LEADING, line.font);
    });
    box(doc, MARGIN + left, y, label, height);
    box(doc, MARGIN + left + label, y, WIDTH - left - label, height);
    y += height;
  }
  box(doc, MARGIN, MARGIN, left, y - MARGIN);
  drawIssuer(doc, procedure, emblem, left, y);
  return y;
}

/** The government and its unit, in the middle of the block's left half. */
function drawIssuer(
  doc: Pdf,
  procedure: Procedure,
  emblem: string | undefined,
  width: number,
  bottom: number,
): void {
  const { government, unit } = procedure.identity;
  const lines = [
    ...wrapText(doc, government, FONTS.medium, 12, width - 4 * PAD).map((text) => ({
      text,
      font: FONTS.medium,
    })),
    ...wrapText(doc, unit, FONTS.bold, 12, width - 4 * PAD).map((text) => ({ text, font: FONTS.bold })),
  ];
  const picture = emblem === undefined ? 0 : 24 * MM;
  const height = picture + lines.length * 15.5;
  let y = MARGIN + (bottom - MARGIN - height) / 2;
  if (emblem !== undefined) {
    const side = 21 * MM;
    doc.image(emblem, MARGIN + (width - side) / 2, y, {
      fit: [side, side],
      align: 'center',
      valign: 'center',
    });
    y += picture;
  }
  for (const { text, font } of lines) {
    doc.font(font).fontSize(12).fillColor('#000000');
    doc.text(text, MARGIN + (width - doc.widthOfString(text)) / 2, y, { lineBreak: false });
    y += 15.5;
  }
}

/** Legal basis to records: three rows of two cells, each row whole on a page. */
function drawConditions(doc: Pdf, procedure: Procedure, from: number, addPage: () => void): void {
  const half = WIDTH / 2;
  const cells: [string, readonly string[]][] = [
    ['Dasar Hukum', procedure.legalBasis],
    ['Kualifikasi Pelaksana', procedure.qualifications],
    ['Keterkaitan', procedure.relatedProcedures],
    ['Peralatan/Perlengkapan', procedure.equipment],
    ['Peringatan', procedure.warning === '' ? [] : [procedure.warning]],
    ['Pencatatan dan Pendataan', procedure.records],
  ];
  let y = from;
  for (let index = 0; index < cells.length; index += 2) {
    const pair = cells.slice(index, index + 2).map(([title, items]) => ({
      title,
      items: items.map((item) => wrapText(doc, item, FONTS.regular, SIZE, half - 2 * PAD - 6 * MM)),
    }));
    const height = Math.max(
      14 * MM,
      ...pair.map(
        ({ items }) => (1 + items.reduce((sum, item) => sum + item.length, 0)) * LEADING + 2 * PAD + 2,
      ),
    );
    if (y + height > BOTTOM) {
      addPage();
      y = MARGIN;
    }
    pair.forEach(({ title, items }, column) => {
      const x = MARGIN + column * half;
      write(doc, title, x + PAD, y + PAD, FONTS.bold);
      let at = y + PAD + LEADING + 2;
      items.forEach((lines, number) => {
        if (items.length > 1) write(doc, `${number + 1}.`, x + PAD, at, FONTS.regular);
        for (const text of lines) {
          write(doc, text, x + PAD + (items.length > 1 ? 6 * MM : 0), at, FONTS.regular);
          at += LEADING;
        }
      });
      box(doc, x, y, half, height);
    });
    y += height;
  }
}

/** Times beside each other, what is blank and why, and the meaning of the symbols. */
function drawClosing(doc: Pdf, procedure: Procedure, from: number, addPage: () => void): void {
  const sum = sumOfStandards(procedure);
  const published = formatDuration('id', procedure.publishedTotalSeconds);
  const lines = [
    sum === procedure.publishedTotalSeconds
      ? `Waktu penyelesaian: ${published}.`
      : `Waktu penyelesaian: ${published} (jumlah waktu langkah: ${formatDuration('id', sum)}).`,
  ];
  if (procedure.steps.some((step) => step.actorsInferred))
    lines.push('Kolom Pelaksana yang kosong perlu dipastikan sebelum dokumen ini disahkan.');
  let y = from + 3 * MM;
  // Only where a single row fills the page.
  if (from + CLOSING > BOTTOM) {
    addPage();
    y = MARGIN;
  }
  for (const text of lines) {
    write(doc, text, MARGIN, y, FONTS.regular);
    y += LEADING;
  }
  drawLegend(doc, y + 6 * MM);
}

function drawLegend(doc: Pdf, y: number): void {
  const size = { y, halfWidth: 5 * MM, halfHeight: 2.6 * MM };
  const step = WIDTH / 5;
  const words = ['Mulai/selesai', 'Proses', 'Keputusan', 'Arah', 'Sambungan ke halaman lain'];
  words.forEach((word, index) => {
    const x = MARGIN + index * step + 6 * MM;
    if (index === 0) drawSymbol(doc, { ...size, x, shape: 'capsule' });
    if (index === 1) drawSymbol(doc, { ...size, x, shape: 'box' });
    if (index === 2) drawSymbol(doc, { ...size, x, shape: 'diamond', halfHeight: 3.2 * MM });
    if (index === 3) {
      drawArrow(doc, [
        { x: x - 5 * MM, y },
        { x: x + 5 * MM, y },
      ]);
    }
    if (index === 4) drawPentagon(doc, x, y, '');
    doc.font(FONTS.regular).fontSize(8).fillColor('#000000');
    doc.text(word, x + 7 * MM, y - 5, { lineBreak: false });
  });
}

interface SignedLine {
  readonly text: string;
  readonly font: FontName;
}

function plain(doc: Pdf, text: string, width: number, font: FontName = FONTS.regular): readonly SignedLine[] {
  return text === '' ? [] : wrapText(doc, text, font, SIZE, width).map((line) => ({ text: line, font }));
}

/** Office, room for signature and stamp, name, rank, NIP. */
function signature(doc: Pdf, official: Official | null, width: number): readonly SignedLine[] {
  if (!official) return [];
  const acting = official.acting === null ? '' : `${official.acting === 'plh' ? 'Plh.' : 'Plt.'} `;
  const empty: SignedLine = { text: '', font: FONTS.regular };
  return [
    ...plain(doc, `${acting}${official.title}`, width),
    empty,
    empty,
    empty,
    ...plain(doc, official.name, width, FONTS.bold),
    ...plain(doc, official.rank, width),
    ...(official.nip === '' ? [] : plain(doc, `NIP ${official.nip}`, width)),
  ];
}

function drawFooters(doc: Pdf, title: string): void {
  const { count } = doc.bufferedPageRange();
  for (let page = 0; page < count; page++) {
    doc.switchToPage(page);
    doc.font(FONTS.regular).fontSize(7.5).fillColor('#444444');
    const y = PAGE.height - 9.5 * MM;
    doc.text(`SOP ${title}`, MARGIN, y, { lineBreak: false });
    const text = `Halaman ${page + 1} dari ${count}`;
    doc.text(text, PAGE.width - MARGIN - doc.widthOfString(text), y, { lineBreak: false });
  }
}

function write(doc: Pdf, text: string, x: number, y: number, font: FontName): void {
  if (text === '') return;
  doc.font(font).fontSize(SIZE).fillColor('#000000').text(text, x, y, { lineBreak: false });
}

function box(doc: Pdf, x: number, y: number, width: number, height: number): void {
  doc.rect(x, y, width, height).lineWidth(0.6).stroke('#000000');
}
