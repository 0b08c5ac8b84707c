/** What happens to a card between the printer and the scanner, as pictures: each takes a sharp print and gives one to read. */
import sharp, { type Sharp } from 'sharp';

/** 600 dots an inch: what a card is drawn at before anything happens to it. */
export const DRAWN_DPI = 600;

export interface Picture {
  /** Grey, row by row. */
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

export interface Wear {
  readonly name: string;
  /** Counts into the share that the aim is about: 300 dpi with the wear of a year in a wallet. */
  readonly mild: boolean;
  /** @param random from 0 to 1, the same for the same seed */
  readonly apply: (card: Picture, random: () => number) => Promise<Picture>;
}

const grey = (picture: Picture) =>
  sharp(picture.data, { raw: { width: picture.width, height: picture.height, channels: 1 } });

async function taken(image: Sharp): Promise<Picture> {
  const { data, info } = await image.greyscale().raw().toBuffer({ resolveWithObject: true });
  // Some steps answer with three equal channels.
  if (info.channels === 1) return { data, width: info.width, height: info.height };
  const one = Buffer.alloc(info.width * info.height);
  for (let at = 0; at < one.length; at++) one[at] = data[at * info.channels] ?? 0;
  return { data: one, width: info.width, height: info.height };
}

/** Printed or scanned at so many dots an inch. */
async function atDpi(card: Picture, dpi: number): Promise<Picture> {
  return taken(
    grey(card).resize(Math.round((card.width * dpi) / DRAWN_DPI), undefined, { kernel: 'lanczos3' }),
  );
}

async function blurred(card: Picture, sigma: number): Promise<Picture> {
  return taken(grey(card).blur(sigma));
}

async function turned(card: Picture, degrees: number): Promise<Picture> {
  return taken(grey(card).rotate(degrees, { background: '#8a8a8a' }));
}

async function asJpeg(card: Picture, quality: number): Promise<Picture> {
  return taken(sharp(await grey(card).jpeg({ quality }).toBuffer()));
}

function eachPoint(card: Picture, change: (value: number, x: number, y: number) => number): Picture {
  const data = Buffer.alloc(card.data.length);
  for (let y = 0; y < card.height; y++)
    for (let x = 0; x < card.width; x++) {
      const at = y * card.width + x;
      data[at] = Math.max(0, Math.min(255, Math.round(change(card.data[at] ?? 0, x, y))));
    }
  return { ...card, data };
}

/** The grain of a sensor. */
function grained(card: Picture, strength: number, random: () => number): Picture {
  return eachPoint(card, (value) => value + (random() + random() + random() - 1.5) * strength);
}

/** Less black and less white: a tired ribbon, a grey plastic. */
function faded(card: Picture, black: number, white: number): Picture {
  return eachPoint(card, (value) => black + (value * (white - black)) / 255);
}

/** Fine lines that the card got beside keys and coins. */
function scratched(card: Picture, many: number, random: () => number): Picture {
  const data = Buffer.from(card.data);
  const thick = Math.max(1, Math.round(card.width / 1000));
  for (let line = 0; line < many; line++) {
    const angle = random() * Math.PI;
    const length = card.width * (0.15 + random() * 0.4);
    let x = random() * card.width;
    let y = random() * card.height;
    for (let step = 0; step < length; step++) {
      x += Math.cos(angle);
      y += Math.sin(angle);
      for (let wide = 0; wide < thick; wide++) {
        const [column, row] = [Math.round(x) + wide, Math.round(y)];
        if (column < 0 || row < 0 || column >= card.width || row >= card.height) continue;
        const at = row * card.width + column;
        data[at] = Math.min(255, (data[at] ?? 0) + 90);
      }
    }
  }
  return { ...card, data };
}

/** A lamp in the lamination: a soft white spot that takes contrast, not quite all of it. */
function glared(card: Picture, strength: number, random: () => number): Picture {
  const [cx, cy] = [card.width * (0.2 + random() * 0.6), card.height * (0.2 + random() * 0.6)];
  const radius = card.width * 0.22;
  return eachPoint(card, (value, x, y) => {
    const far = ((x - cx) ** 2 + (y - cy) ** 2) / radius ** 2;
    const light = strength * Math.exp(-far * 2);
    return value + (255 - value) * light;
  });
}

/** A phone's screen before a camera: its grid beats with the sensor's, the backlight fades to the edges. */
function onScreen(card: Picture, random: () => number): Picture {
  const phase = random() * Math.PI * 2;
  return eachPoint(card, (value, x, y) => {
    const grid = 6 * Math.sin(x * 0.9 + phase) * Math.sin(y * 0.9) + 5 * Math.sin((x + y) * 0.11 + phase);
    const edge = 1 - 0.18 * (((2 * x) / card.width - 1) ** 2 + ((2 * y) / card.height - 1) ** 2);
    return 24 + value * 0.84 * edge + grid;
  });
}

const between = (random: () => number, least: number, most: number): number =>
  least + (most - least) * random();

export const WEARS: readonly Wear[] = [
  {
    name: '300dpi_mild',
    mild: true,
    async apply(card, random) {
      const printed = scratched(faded(await atDpi(card, 300), 18, 242), 3, random);
      const held = await turned(printed, between(random, -3, 3));
      return grained(await blurred(held, between(random, 0.4, 0.7)), 5, random);
    },
  },
  { name: '600dpi', mild: false, apply: async (card, random) => grained(card, 8, random) },
  { name: '200dpi', mild: false, apply: async (card, random) => grained(await atDpi(card, 200), 10, random) },
  { name: '150dpi', mild: false, apply: async (card, random) => grained(await atDpi(card, 150), 8, random) },
  {
    name: 'blur',
    mild: false,
    apply: async (card, random) => blurred(await atDpi(card, 300), between(random, 0.9, 1.3)),
  },
  {
    name: 'rotation',
    mild: false,
    apply: async (card, random) => turned(await atDpi(card, 300), between(random, -25, 25)),
  },
  {
    name: 'glare',
    mild: false,
    apply: async (card, random) => grained(glared(await atDpi(card, 300), 0.8, random), 10, random),
  },
  {
    name: 'jpeg',
    mild: false,
    apply: async (card, random) => asJpeg(grained(await atDpi(card, 300), 10, random), 30),
  },
  {
    name: 'screen',
    mild: false,
    apply: async (card, random) =>
      asJpeg(
        await blurred(onScreen(await turned(await atDpi(card, 300), between(random, -4, 4)), random), 0.6),
        70,
      ),
  },
  {
    name: 'worn',
    mild: false,
    async apply(card, random) {
      const printed = scratched(faded(await atDpi(card, 300), 60, 225), 25, random);
      return grained(await blurred(printed, 0.6), 18, random);
    },
  },
];
