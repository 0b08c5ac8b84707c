import { encode } from 'uqr';

const SVG = 'http://www.w3.org/2000/svg';
/** Modules of white that ISO/IEC 18004 wants around a code. */
const QUIET = 4;

export interface QrPicture {
  readonly side: number;
  readonly path: string;
}

/**
 * The QR code of a text in capitals and digits, as one path. The weakest error correction: a screen has no stains, and
 * every module more is a smaller one. The mask is fixed: trying all eight takes an old phone half a second.
 */
export function qrPicture(text: string): QrPicture {
  const { size, data } = encode(text, { ecc: 'L', maskPattern: 3, border: 0 });
  let path = '';
  data.forEach((row, y) => {
    for (let x = 0; x < size; x++) {
      if (!row[x]) continue;
      const from = x;
      while (row[x + 1]) x++;
      path += `M${from + QUIET} ${y + QUIET}h${x - from + 1}v1h-${x - from + 1}z`;
    }
  });
  return { side: size + 2 * QUIET, path };
}

/** Draws it into an element, as large as there is room. @param label for screen readers @param room pixels of the page */
export function drawQr(host: Element, { side, path }: QrPicture, label: string, room: number): void {
  let svg = host.querySelector<SVGElement>(':scope > svg');
  if (!svg) {
    svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', label);
    svg.setAttribute('shape-rendering', 'crispEdges');
    svg.append(document.createElementNS(SVG, 'path'));
    host.append(svg);
  }
  svg.setAttribute('viewBox', `0 0 ${side} ${side}`);
  svg.firstElementChild?.setAttribute('d', path);
  sizeQr(svg, side, room);
}

/** In whole points of the screen: in a stretched code modules are of uneven size. @param side modules, quiet zone included */
export function sizeQr(svg: SVGElement, side: number, room: number): void {
  const points = Math.max(1, Math.floor((room * devicePixelRatio) / side));
  const width = `${(side * points) / devicePixelRatio}px`;
  svg.style.width = width;
  svg.style.height = width;
}
