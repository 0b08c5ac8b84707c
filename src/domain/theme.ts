/**
 * The look of one library from its one colour. Every token is a tone of a hue at a fixed WCAG luminance, so the
 * contrast between any two tokens is decided by this table and not by the colour somebody picks. Names are the
 * tokens of Designsystemet. Colour maths: OKLCH (Björn Ottosson), relative luminance as in WCAG 2.2.
 */

export type ThemeScheme = 'light' | 'dark';
export type ThemeColour = 'accent' | 'neutral' | 'info' | 'success' | 'warning' | 'danger';

/** Token: luminance (0 to 1) and share of the seed's chroma, for light and for dark pages. */
const TONES = {
  'background-default': { light: [1, 0], dark: [0.0105, 0.25] },
  'background-tinted': { light: [0.925, 0.1], dark: [0.0155, 0.3] },
  'surface-default': { light: [1, 0], dark: [0.02, 0.3] },
  'surface-tinted': { light: [0.86, 0.18], dark: [0.028, 0.34] },
  'surface-hover': { light: [0.75, 0.28], dark: [0.038, 0.4] },
  'surface-active': { light: [0.62, 0.45], dark: [0.055, 0.5] },
  'border-subtle': { light: [0.66, 0.3], dark: [0.07, 0.5] },
  'border-default': { light: [0.19, 0.75], dark: [0.22, 0.6] },
  'border-strong': { light: [0.1, 0.95], dark: [0.42, 0.7] },
  'text-subtle': { light: [0.092, 0.95], dark: [0.45, 0.7] },
  'text-default': { light: [0.02, 0.6], dark: [0.84, 0.18] },
} as const satisfies Record<string, Record<ThemeScheme, readonly [number, number]>>;

/** The fill of buttons and bands keeps the library's own colour as far as white (dark) text stays readable on it. */
const BASE_LIMIT = { light: 0.178, dark: 0.3 } as const;

export const THEME_TOKENS = [
  ...(Object.keys(TONES) as (keyof typeof TONES)[]),
  'base-default',
  'base-hover',
  'base-active',
  'base-contrast-subtle',
  'base-contrast-default',
] as const;
export type ThemeToken = (typeof THEME_TOKENS)[number];
export type Palette = Readonly<Record<ThemeToken, string>>;

/** Hue and chroma of the sets that mean the same in every library. */
const SEEDS = {
  info: '#1465a8',
  success: '#14713c',
  warning: '#96600a',
  danger: '#b3261e',
} as const satisfies Partial<Record<ThemeColour, string>>;

/** Neutral greys lean this little towards the library's hue. */
const NEUTRAL_CHROMA = 0.011;

/** `#rrggbb` in small letters from `#rgb` or `#rrggbb`, with or without `#`; undefined for anything else. */
export function parseHexColour(text: string): string | undefined {
  const digits = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text.trim())?.[1]?.toLowerCase();
  if (digits === undefined) return undefined;
  return `#${digits.length === 3 ? digits.replace(/./g, '$&$&') : digits}`;
}

type Triple = readonly [number, number, number];

function linearOf(hex: string): Triple {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function hexOf(linear: Triple): string {
  const digits = linear.map((value) => {
    const clipped = Math.min(1, Math.max(0, value));
    const encoded = clipped <= 0.0031308 ? clipped * 12.92 : 1.055 * clipped ** (1 / 2.4) - 0.055;
    return Math.round(encoded * 255)
      .toString(16)
      .padStart(2, '0');
  });
  return `#${digits.join('')}`;
}

/** WCAG relative luminance, 0 (black) to 1 (white), of `#rrggbb`. */
export function luminance(hex: string): number {
  const [red, green, blue] = linearOf(hex);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG contrast ratio of two `#rrggbb`, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Chroma and hue direction (unit vector in OKLab's a and b) of a colour. */
interface Seed {
  readonly chroma: number;
  readonly a: number;
  readonly b: number;
}

function seedOf(hex: string): Seed {
  const [red, green, blue] = linearOf(hex);
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const b = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  const chroma = Math.hypot(a, b);
  return chroma < 1e-4 ? { chroma: 0, a: 0, b: 0 } : { chroma, a: a / chroma, b: b / chroma };
}

function linearOfLab(lightness: number, a: number, b: number): Triple {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

const inGamut = (colour: Triple): boolean => colour.every((value) => value >= -1e-4 && value <= 1 + 1e-4);

/** The colour of this lightness and hue with as much of the chroma as a screen can show. */
function colourAt(lightness: number, chroma: number, seed: Seed): Triple {
  const at = (part: number): Triple => linearOfLab(lightness, seed.a * part, seed.b * part);
  if (inGamut(at(chroma))) return at(chroma);
  let low = 0;
  let high = chroma;
  for (let step = 0; step < 12; step++) {
    const middle = (low + high) / 2;
    if (inGamut(at(middle))) low = middle;
    else high = middle;
  }
  return at(low);
}

/** `#rrggbb` of the seed's hue with this WCAG luminance (to the rounding of eight bits) and chroma. */
function tone(seed: Seed, target: number, chroma: number): string {
  if (target >= 1) return '#ffffff';
  let low = 0;
  let high = 1;
  for (let step = 0; step < 18; step++) {
    const middle = (low + high) / 2;
    const [red, green, blue] = colourAt(middle, chroma, seed);
    if (0.2126 * red + 0.7152 * green + 0.0722 * blue < target) low = middle;
    else high = middle;
  }
  return hexOf(colourAt((low + high) / 2, chroma, seed));
}

function paletteOf(seed: Seed, own: number, scheme: ThemeScheme): Palette {
  const light = scheme === 'light';
  const base = light ? Math.min(own, BASE_LIMIT.light) : Math.max(Math.min(own, 0.6), BASE_LIMIT.dark);
  const share = light ? 1 : 0.8;
  const steps = light ? [1, 0.72, 0.5] : [1, 1.22, 1.45];
  const [rest = base, hover = base, active = base] = steps.map((factor) =>
    tone(seed, Math.min(0.9, base * factor), seed.chroma * share),
  );
  const onBase = light ? Math.min(1, Math.max(0.86, 4.7 * (base + 0.05) - 0.05)) : 0.012;
  return {
    ...(Object.fromEntries(
      Object.entries(TONES).map(([name, { [scheme]: pair }]) => [
        name,
        tone(seed, pair[0], seed.chroma * pair[1]),
      ]),
    ) as Record<keyof typeof TONES, string>),
    'base-default': String(rest),
    'base-hover': String(hover),
    'base-active': String(active),
    'base-contrast-subtle': tone(seed, onBase, seed.chroma * 0.15),
    'base-contrast-default': light ? '#ffffff' : tone(seed, 0.004, seed.chroma * 0.2),
  };
}

/**
 * The tokens of one set on light or dark pages. `hex` is the library's colour, `#rrggbb`; the four sets with a
 * meaning (info, success, warning, danger) do not depend on it.
 */
export function palette(hex: string, colour: ThemeColour, scheme: ThemeScheme): Palette {
  if (colour === 'accent') return paletteOf(seedOf(hex), luminance(hex), scheme);
  if (colour === 'neutral') {
    const seed = seedOf(hex);
    const chroma = Math.min(NEUTRAL_CHROMA, seed.chroma);
    return paletteOf({ ...seed, chroma }, 0.02, scheme);
  }
  return paletteOf(seedOf(SEEDS[colour]), luminance(SEEDS[colour]), scheme);
}

export interface LibraryColours {
  readonly fill: string;
  readonly onFill: string;
}

/** Asked for with every page, and the same for as long as nobody changes the library's colour. */
const known = new Map<string, LibraryColours>();
const MOST_KNOWN = 500;

/** Colours for one picture of a library (emblem, printed card): the fill and what is readable on it. */
export function libraryColours(hex: string): LibraryColours {
  const before = known.get(hex);
  if (before) return before;
  const light = palette(hex, 'accent', 'light');
  const colours = { fill: light['base-default'], onFill: light['base-contrast-default'] };
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(hex, colours);
  return colours;
}

function declarations(hex: string, colours: readonly ThemeColour[], scheme: ThemeScheme): string {
  return colours
    .flatMap((colour) =>
      Object.entries(palette(hex, colour, scheme)).map(
        ([token, value]) => `--ds-color-${colour}-${token}:${shortHex(value)}`,
      ),
    )
    .join(';');
}

const shortHex = (hex: string): string => hex.replace(/^#(.)\1(.)\2(.)\3$/, '#$1$2$3');

function bothSchemes(hex: string, colours: readonly ThemeColour[]): string {
  // Paper is always light; a kiosk may pin its scheme by the attribute.
  return `:root{${declarations(hex, colours, 'light')}}@media screen and (prefers-color-scheme:dark){:root:not([data-color-scheme=light]){${declarations(hex, colours, 'dark')}}}`;
}

/** The style sheet of a library: accent and neutral tokens. `hex` as `parseHexColour` gives it. */
export function themeCss(hex: string): string {
  return bothSchemes(hex, ['accent', 'neutral']);
}

/** The sets that mean the same everywhere; part of the shared bundle. */
export function semanticCss(): string {
  return bothSchemes('#000000', ['info', 'success', 'warning', 'danger']);
}
