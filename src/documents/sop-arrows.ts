import type { ProcedureStep } from '../domain/procedure.ts';
import type { Pdf } from './pdf.ts';
import {
  drawArrow,
  drawBranchLabel,
  drawPentagon,
  drawSymbol,
  type FlowSymbol,
  PENTAGON,
} from './sop-symbols.ts';
import { MM } from './units.ts';

/** A strip at the foot and head of a page for the pentagons of a flow that goes on. */
export const STRIP = 9 * MM;

/** A row with its place on a page. */
export interface PlacedRow {
  readonly step: ProcedureStep;
  readonly top: number;
  readonly bottom: number;
  /** In the order of the step's actors; empty where the marks are not confirmed. */
  readonly symbols: readonly FlowSymbol[];
}

export interface FlowPage {
  readonly rows: readonly PlacedRow[];
  readonly top: number;
  readonly bottom: number;
  readonly actorsLeft: number;
  readonly actorWidth: number;
}

/** The flow from one step to another, with the words of a decision's branch. */
interface Link {
  readonly from: Place;
  readonly to: Place;
  readonly label: string;
}

interface Place {
  readonly page: number;
  readonly index: number;
  readonly row: PlacedRow;
  /** Where the flow enters the step, and where it leaves it. */
  readonly entry: FlowSymbol;
  readonly exit: FlowSymbol;
}

/** Draws all symbols and the arrows between them; a step without symbols (unconfirmed) breaks the chain there. */
export function drawFlow(doc: Pdf, pages: readonly FlowPage[], switchTo: (page: number) => void): void {
  const places = placesOf(pages);
  const links = linksOf(pages, places);
  pages.forEach((page, index) => {
    switchTo(index);
    let lane = 0;
    for (const link of links) {
      if (link.from.page === index && link.to.page === index) {
        if (link.to.index === link.from.index + 1) drawDown(doc, link);
        else drawAround(doc, link, page, lane++);
      } else if (link.from.page === index) drawLeaving(doc, link, page);
      else if (link.to.page === index) drawArriving(doc, link, page);
    }
    for (const row of page.rows) drawRow(doc, row);
  });
}

function placesOf(pages: readonly FlowPage[]): ReadonlyMap<number, Place> {
  const places = new Map<number, Place>();
  let index = 0;
  pages.forEach((page, number) => {
    for (const row of page.rows) {
      const entry = row.symbols[0];
      const exit = row.symbols.at(-1);
      if (entry && exit) places.set(row.step.no, { page: number, index, row, entry, exit });
      index++;
    }
  });
  return places;
}

function linksOf(pages: readonly FlowPage[], places: ReadonlyMap<number, Place>): readonly Link[] {
  const rows = pages.flatMap((page) => page.rows);
  return rows.flatMap((row, index) => {
    const next = rows[index + 1];
    const targets =
      row.step.branches.length > 0
        ? row.step.branches
        : row.step.kind === 'end' || !next
          ? []
          : [{ label: '', to: next.step.no }];
    return targets.flatMap(({ label, to }) => {
      const from = places.get(row.step.no);
      const target = places.get(to);
      return from && target ? [{ from, to: target, label }] : [];
    });
  });
}

/** The symbols of a step, and arrows from one actor to the next. */
function drawRow(doc: Pdf, row: PlacedRow): void {
  row.symbols.forEach((symbol, index) => {
    const next = row.symbols[index + 1];
    if (next) {
      const side = next.x > symbol.x ? 1 : -1;
      drawArrow(doc, [
        { x: symbol.x + side * symbol.halfWidth, y: symbol.y },
        { x: next.x - side * next.halfWidth, y: next.y },
      ]);
    }
    drawSymbol(doc, symbol);
  });
}

/** To the step right below: straight, or along the line between the rows. */
function drawDown(doc: Pdf, { from, to, label }: Link): void {
  const start = { x: from.exit.x, y: from.exit.y + from.exit.halfHeight };
  const end = { x: to.entry.x, y: to.entry.y - to.entry.halfHeight };
  const between = from.row.bottom - 1.2 * MM;
  const bend =
    start.x === end.x
      ? []
      : [
          { x: start.x, y: between },
          { x: end.x, y: between },
        ];
  drawArrow(doc, [start, ...bend, end]);
  if (label !== '') drawBranchLabel(doc, label, start.x + 1.2 * MM, start.y + 1, 'left');
}

/** Past other steps on the right, or back on the left; each on a lane of its own. */
function drawAround(doc: Pdf, { from, to, label }: Link, page: FlowPage, lane: number): void {
  const back = to.index <= from.index;
  const side = back ? -1 : 1;
  const source = from.exit;
  const target = to.entry;
  const reach = Math.max(source.halfWidth, target.halfWidth) + 2.2 * MM + (lane % 3) * 1.4 * MM;
  const edge = back ? Math.min(source.x, target.x) - reach : Math.max(source.x, target.x) + reach;
  const columnEdge = back ? page.actorsLeft + 0.8 * MM : Number.POSITIVE_INFINITY;
  const x = back ? Math.max(edge, columnEdge) : edge;
  const start = { x: source.x + side * source.halfWidth, y: source.y };
  if (to.index === from.index) {
    // Back to the step itself: into the line that leads to it.
    const y = target.y - target.halfHeight - 1.6 * MM;
    drawArrow(doc, [start, { x, y: start.y }, { x, y }, { x: target.x, y }]);
  } else {
    drawArrow(doc, [
      start,
      { x, y: start.y },
      { x, y: target.y },
      { x: target.x + side * target.halfWidth, y: target.y },
    ]);
  }
  // Beside the diamond's slope, where neither the lane nor the next column is.
  if (label === '') return;
  const beside = source.x + side * source.halfWidth * 0.8;
  drawBranchLabel(doc, label, beside, start.y + (back ? 1.2 * MM : -4.2 * MM), back ? 'right' : 'left');
}

/** The flow goes on on another page: a pentagon with the number of the step it goes to. */
function drawLeaving(doc: Pdf, { from, to, label }: Link, page: FlowPage): void {
  const next = to.index === from.index + 1;
  const source = from.exit;
  const number = String(to.row.step.no);
  if (next) {
    const y = page.bottom - STRIP / 2;
    drawArrow(doc, [
      { x: source.x, y: source.y + source.halfHeight },
      { x: source.x, y: y - PENTAGON.halfHeight },
    ]);
    drawPentagon(doc, source.x, y, number);
    if (label !== '')
      drawBranchLabel(doc, label, source.x + 1.2 * MM, source.y + source.halfHeight + 1, 'left');
    return;
  }
  const x = source.x + source.halfWidth + 3 * MM + PENTAGON.halfWidth;
  drawArrow(doc, [
    { x: source.x + source.halfWidth, y: source.y },
    { x: x - PENTAGON.halfWidth, y: source.y },
  ]);
  drawPentagon(doc, x, source.y, number);
  if (label !== '') drawBranchLabel(doc, label, x - PENTAGON.halfWidth, source.y - 6.4 * MM, 'left');
}

/** The flow comes from another page: a pentagon with the number of the step it comes from. */
function drawArriving(doc: Pdf, { from, to }: Link, page: FlowPage): void {
  const target = to.entry;
  const number = String(from.row.step.no);
  if (to.index === from.index + 1) {
    const y = page.top + STRIP / 2;
    drawArrow(doc, [
      { x: target.x, y: y + PENTAGON.halfHeight },
      { x: target.x, y: target.y - target.halfHeight },
    ]);
    drawPentagon(doc, target.x, y, number);
    return;
  }
  const x = target.x + target.halfWidth + 3 * MM + PENTAGON.halfWidth;
  drawArrow(doc, [
    { x: x - PENTAGON.halfWidth, y: target.y },
    { x: target.x + target.halfWidth, y: target.y },
  ]);
  drawPentagon(doc, x, target.y, number);
}
