/** A picture made of black bars on white, as SVG for a page under a strict CSP: no style, no script, no ids. */
export interface BarsSvg {
  /** Spoken by screen readers in place of the picture. */
  readonly title: string;
  /** Size of the drawing in modules, quiet zone included. */
  readonly width: number;
  readonly height: number;
  /** Path data in modules. */
  readonly path: string;
  /** Keeps the picture's shape when the page gives it a width only; false stretches bars to any height. */
  readonly proportional: boolean;
}

/**
 * The SVG element as text. White is drawn as well: in a dark page a code on the page's ground is not read.
 * It has no width of its own but its viewBox; the page's style sheet sizes it.
 */
export function barsSvg(svg: BarsSvg): string {
  const ratio = svg.proportional ? '' : ' preserveAspectRatio="none"';
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${svg.width} ${svg.height}"${ratio} role="img" ` +
    `shape-rendering="crispEdges"><title>${escapeXml(svg.title)}</title>` +
    `<path fill="#fff" d="M0 0h${svg.width}v${svg.height}H0z"/><path fill="#000" d="${svg.path}"/></svg>`
  );
}

/** Text for element content and double-quoted attributes; characters that XML cannot hold are left out. */
export function escapeXml(text: string): string {
  return text
    .replace(
      /[^\t\n\r\u0020-\uFFFF\u{10000}-\u{10FFFF}]|[\uD800-\uDFFF](?![\uDC00-\uDFFF])|\uFFFE|\uFFFF/gu,
      '',
    )
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
