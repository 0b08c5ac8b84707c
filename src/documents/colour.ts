/** Red, green, blue, each 0 to 255. */
type Rgb = readonly [number, number, number];

export const INK = '#1b1f23';
export const MUTED = '#5a6270';
const FALLBACK: Rgb = [0x1f, 0x4e, 0x79];

/** `#rrggbb` of a library's colour; a calm blue where the setting holds no colour. */
export function hexColour(colour: string): string {
  return toHex(parse(colour));
}

/** Black or white, whichever is easier to read on a colour (WCAG 2 contrast). */
export function textOn(colour: string): '#ffffff' | typeof INK {
  const ground = luminance(parse(colour));
  const white = 1.05 / (ground + 0.05);
  const ink = (ground + 0.05) / (luminance(parse(INK)) + 0.05);
  return white >= ink ? '#ffffff' : INK;
}

/** A colour mixed with another; share 0 is the colour, 1 the other. */
export function mix(colour: string, other: string, share: number): string {
  const from = parse(colour);
  const to = parse(other);
  return toHex([
    from[0] + (to[0] - from[0]) * share,
    from[1] + (to[1] - from[1]) * share,
    from[2] + (to[2] - from[2]) * share,
  ]);
}

/** The colour, darkened until it reads as text on white (4.5 to 1). */
export function readableOnWhite(colour: string): string {
  for (let share = 0; share < 1; share += 0.1) {
    const darker = mix(colour, INK, share);
    if (1.05 / (luminance(parse(darker)) + 0.05) >= 4.5) return darker;
  }
  return INK;
}

function parse(colour: string): Rgb {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour.trim());
  if (!match) return FALLBACK;
  return [
    Number.parseInt(match[1] ?? '', 16),
    Number.parseInt(match[2] ?? '', 16),
    Number.parseInt(match[3] ?? '', 16),
  ];
}

function toHex(rgb: Rgb): string {
  return `#${rgb.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;
}

function luminance(rgb: Rgb): number {
  const [red, green, blue] = rgb.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}
