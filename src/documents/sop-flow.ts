import type { Procedure, ProcedureStep } from '../domain/procedure.ts';
import { formatDuration } from '../i18n/format.ts';
import { wrapText } from './fit-text.ts';
import { FONTS } from './fonts.ts';
import type { Pdf } from './pdf.ts';
import { drawFlow, type FlowPage, type PlacedRow, STRIP } from './sop-arrows.ts';
import { type FlowSymbol, type Shape, symbolIn } from './sop-symbols.ts';
import { MM } from './units.ts';

const SIZE = 8.5;
const LEADING = 10.4;
const PAD = 1.6 * MM;
const LEAST_ROW = 14 * MM;
const HEADER = { upper: 6 * MM, lower: 9 * MM } as const;

interface Column {
  readonly title: string;
  readonly x: number;
  readonly width: number;
}

interface FlowRow {
  readonly step: ProcedureStep;
  readonly height: number;
  readonly cells: readonly {
    readonly x: number;
    readonly lines: readonly string[];
    readonly centre: number | null;
  }[];
}

export interface FlowFrame {
  readonly left: number;
  readonly width: number;
  /** Where the table begins on every page, and where it must have ended. */
  readonly top: number;
  readonly bottom: number;
  /** Room to leave below the table on its last page. */
  readonly closing: number;
  readonly addPage: () => void;
}

/**
 * Draws the flow table on new pages: No, Kegiatan, one column per Pelaksana with symbols and arrows, Mutu Baku,
 * Keterangan. Returns the y below the table on its last page.
 */
export function drawFlowTable(doc: Pdf, procedure: Procedure, frame: FlowFrame): number {
  const table = columnsOf(procedure, frame);
  const rows = procedure.steps.map((step) => measureRow(doc, step, table));
  const groups = paginate(rows, frame.bottom - frame.top - HEADER.upper - HEADER.lower, frame.closing);
  const pages: FlowPage[] = [];
  let bottom = frame.top;
  groups.forEach((group, index) => {
    frame.addPage();
    drawHeader(doc, table, frame);
    const bodyTop = frame.top + HEADER.upper + HEADER.lower;
    let y = bodyTop + (index > 0 ? STRIP : 0);
    const placed: PlacedRow[] = [];
    for (const row of group) {
      drawCells(doc, row, y);
      placed.push({
        step: row.step,
        top: y,
        bottom: y + row.height,
        symbols: symbolsOf(row.step, procedure, table, y, row.height),
      });
      y += row.height;
      if (row !== group.at(-1)) line(doc, frame.left, y, frame.left + frame.width, y);
    }
    bottom = y + (index < groups.length - 1 ? STRIP : 0);
    drawGrid(doc, table, frame, bodyTop, bottom);
    pages.push({
      rows: placed,
      top: bodyTop,
      bottom,
      actorsLeft: table.actorsLeft,
      actorWidth: table.actorWidth,
    });
  });
  drawFlow(doc, pages, (page) => doc.switchToPage(doc.bufferedPageRange().count - groups.length + page));
  doc.switchToPage(doc.bufferedPageRange().count - 1);
  return bottom;
}

interface TableColumns {
  readonly before: readonly Column[];
  readonly actors: readonly Column[];
  readonly quality: readonly Column[];
  readonly note: Column;
  readonly actorsLeft: number;
  readonly actorWidth: number;
}

function columnsOf(procedure: Procedure, frame: FlowFrame): TableColumns {
  const count = Math.max(1, procedure.actorColumns.length);
  const actorWidth = Math.min(46 * MM, Math.max(15 * MM, (92 * MM) / count));
  const number = 9 * MM;
  const time = 19 * MM;
  const rest = frame.width - number - time - count * actorWidth;
  // A column that the source left empty gives its room to the others.
  const { steps } = procedure;
  const share = {
    activity: 0.42,
    completeness: steps.some((step) => step.completeness.length > 0) ? 0.2 : 0.12,
    output: steps.some((step) => step.output !== '') ? 0.2 : 0.12,
    note: steps.some((step) => step.note !== '') ? 0.22 : 0.1,
  };
  const unit = rest / Object.values(share).reduce((sum, part) => sum + part, 0);
  let x = frame.left;
  const column = (title: string, width: number): Column => {
    const made = { title, x, width };
    x += width;
    return made;
  };
  const before = [column('No', number), column('Kegiatan', unit * share.activity)];
  const actorsLeft = x;
  const actors = procedure.actorColumns.map(({ label }) => column(label, actorWidth));
  const quality = [
    column('Kelengkapan', unit * share.completeness),
    column('Waktu', time),
    column('Output', unit * share.output),
  ];
  return { before, actors, quality, note: column('Ket.', unit * share.note), actorsLeft, actorWidth };
}

function measureRow(doc: Pdf, step: ProcedureStep, table: TableColumns): FlowRow {
  const [number, activity] = table.before;
  const [completeness, time, output] = table.quality;
  const texts: [Column | undefined, string, boolean][] = [
    [number, String(step.no), true],
    [activity, step.text, false],
    [completeness, step.completeness.join(', '), false],
    [time, step.standardSeconds === null ? '' : formatDuration('id', step.standardSeconds), true],
    [output, step.output, false],
    [table.note, step.note, false],
  ];
  const cells = texts.flatMap(([column, text, centred]) =>
    column && text !== ''
      ? [
          {
            x: column.x + PAD,
            lines: wrapText(doc, text, FONTS.regular, SIZE, column.width - 2 * PAD),
            centre: centred ? column.width - 2 * PAD : null,
          },
        ]
      : [],
  );
  const lines = Math.max(1, ...cells.map((cell) => cell.lines.length));
  const least = LEAST_ROW + (step.branches.length > 0 ? 4 * MM : 0);
  return { step, cells, height: Math.max(least, lines * LEADING + 2 * PAD) };
}

/**
 * Rows by page; where the flow goes on, room is kept for the pentagons at the foot and the head, and on the last
 * page for what stands below the table.
 */
function paginate(
  rows: readonly FlowRow[],
  height: number,
  closing: number,
): readonly (readonly FlowRow[])[] {
  const pages: FlowRow[][] = [[]];
  let used = 0;
  let left = rows.reduce((sum, row) => sum + row.height, 0);
  for (const row of rows) {
    const whole = height - (pages.length > 1 ? STRIP : 0);
    const ends = row === rows.at(-1) || used + left <= whole - closing;
    if (used > 0 && used + row.height > whole - (ends ? closing : STRIP)) {
      pages.push([]);
      used = 0;
    }
    pages.at(-1)?.push(row);
    used += row.height;
    left -= row.height;
  }
  return pages;
}

const SHAPES: Record<ProcedureStep['kind'], Shape> = {
  start: 'capsule',
  process: 'box',
  decision: 'diamond',
  end: 'capsule',
};

/** No symbol where the source's marks are lost: a guess printed in an official document would become a rule. */
function symbolsOf(
  step: ProcedureStep,
  procedure: Procedure,
  table: TableColumns,
  top: number,
  height: number,
): readonly FlowSymbol[] {
  if (step.actorsInferred) return [];
  const columns = procedure.actorColumns.map(({ actor }) => actor);
  const marked = step.actors.map((actor) => columns.indexOf(actor)).filter((index) => index >= 0);
  return marked.map((index, position) => {
    const x = table.actorsLeft + (index + 0.5) * table.actorWidth;
    // With several actors the last one decides; before that it is their work.
    const shape = step.kind === 'decision' && position < marked.length - 1 ? 'box' : SHAPES[step.kind];
    return symbolIn(shape, x, top + height / 2, table.actorWidth);
  });
}

function drawHeader(doc: Pdf, table: TableColumns, frame: FlowFrame): void {
  const middle = frame.top + HEADER.upper;
  const bottom = middle + HEADER.lower;
  doc.rect(frame.left, frame.top, frame.width, bottom - frame.top).fill('#eceff2');
  for (const column of [...table.before, table.note]) heading(doc, column, frame.top, bottom - frame.top);
  for (const column of [...table.actors, ...table.quality]) heading(doc, column, middle, HEADER.lower);
  const span = (columns: readonly Column[], title: string) => {
    const first = columns[0];
    if (!first) return;
    const width = columns.reduce((sum, column) => sum + column.width, 0);
    heading(doc, { title, x: first.x, width }, frame.top, HEADER.upper);
    line(doc, first.x, middle, first.x + width, middle);
  };
  span(table.actors, 'Pelaksana');
  span(table.quality, 'Mutu Baku');
  line(doc, frame.left, bottom, frame.left + frame.width, bottom);
  const outer = [...table.before, table.actors[0], table.quality[0], table.note];
  for (const column of outer) if (column) line(doc, column.x, frame.top, column.x, bottom);
  for (const column of [...table.actors, ...table.quality]) line(doc, column.x, middle, column.x, bottom);
  doc
    .rect(frame.left, frame.top, frame.width, bottom - frame.top)
    .lineWidth(0.7)
    .stroke('#000000');
}

function heading(doc: Pdf, column: Column, top: number, height: number): void {
  const lines = wrapText(doc, column.title, FONTS.medium, SIZE, column.width - 4);
  doc.font(FONTS.medium).fontSize(SIZE).fillColor('#000000');
  const start = top + (height - lines.length * LEADING) / 2;
  lines.forEach((text, index) => {
    const shift = (column.width - doc.widthOfString(text)) / 2;
    doc.text(text, column.x + shift, start + index * LEADING, { lineBreak: false });
  });
}

function drawCells(doc: Pdf, row: FlowRow, top: number): void {
  doc.font(FONTS.regular).fontSize(SIZE).fillColor('#000000');
  for (const cell of row.cells) {
    const start = top + (row.height - cell.lines.length * LEADING) / 2;
    cell.lines.forEach((text, index) => {
      const shift = cell.centre === null ? 0 : (cell.centre - doc.widthOfString(text)) / 2;
      doc.text(text, cell.x + shift, start + index * LEADING, { lineBreak: false });
    });
  }
}

function drawGrid(doc: Pdf, table: TableColumns, frame: FlowFrame, top: number, bottom: number): void {
  for (const column of [...table.before, ...table.actors, ...table.quality, table.note])
    line(doc, column.x, top, column.x, bottom);
  doc
    .rect(frame.left, top, frame.width, bottom - top)
    .lineWidth(0.7)
    .stroke('#000000');
}

function line(doc: Pdf, fromX: number, fromY: number, toX: number, toY: number): void {
  doc.moveTo(fromX, fromY).lineTo(toX, toY).lineWidth(0.5).stroke('#000000');
}
