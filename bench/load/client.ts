/** The load, a process of its own: everybody who is there, and the clock of the run. */
import { setMaxListeners } from 'node:events';
import sharp from 'sharp';
import { type Net, openBrowser, pause } from './browser.ts';
import { type Crowd, type LibraryGround, live } from './crowd.ts';
import { counter, office } from './officers.ts';
import { registerBefore } from './registering.ts';
import { newTally, type Phase, type Tally } from './tally.ts';
import { citizen, gate, kiosk } from './visitors.ts';

export interface LoadOrder {
  readonly url: string;
  readonly libraries: readonly LibraryGround[];
  readonly actors: number;
  readonly thinkMs: number;
  readonly warmMs: number;
  readonly normalMs: number;
  /** 0: no spike. */
  readonly spikeMs: number;
  readonly afterMs: number;
  /** The first person to register: none before was anybody's. */
  readonly firstPerson: number;
}

/** What the parent hears: each phase as it begins, and at the end what was counted. */
export type Word =
  | { readonly kind: 'phase'; readonly phase: Phase | 'drain'; readonly at: number }
  | { readonly kind: 'end'; readonly tally: Tally; readonly spikeEnded: number; readonly cpuMs: number };

/** So much more people come in the spike, all at once. */
const SPIKE = 5;
/** Who does what: of a hundred, those before `upTo`. */
const SHARES = [
  { upTo: 36, script: kiosk, kind: 'kiosk' },
  { upTo: 42, script: gate, kind: 'gate' },
  { upTo: 52, script: citizen, kind: 'phone' },
  { upTo: 82, script: counter, kind: 'officer' },
  { upTo: 100, script: office, kind: 'officer' },
] as const;
/** Of each library in its queue before anybody takes a case. */
const STOCK = 60;
/** What was begun to be sent has this long to arrive when all is over. */
const DRAIN_MS = 90_000;

/** Begins at the parent's order. */
export function load(): void {
  process.once('message', (order: LoadOrder) => {
    run(order).catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  });
  process.on('disconnect', () => process.exit(0));
}

async function run(order: LoadOrder): Promise<void> {
  const tally = newTally();
  let phase: Phase = 'warm';
  const [stopping, over] = [controller(), controller()];
  const web: Net = {
    url: new URL(order.url),
    tally,
    phase: () => phase,
    stopping: stopping.signal,
    over: over.signal,
  };
  let person = order.firstPerson;
  const crowd: Crowd = {
    web,
    waiting: new Map(order.libraries.map(({ slug }) => [slug, []])),
    photos: await portraits(),
    nextPerson: () => person++,
    thinkMs: order.thinkMs,
  };
  await stock(crowd, order.libraries);
  const begin = (next: Phase): void => {
    phase = next;
    say({ kind: 'phase', phase: next, at: Date.now() });
  };
  begin('warm');
  const everybody = gather(crowd, order, 0, order.actors);
  await pause(order.warmMs, over.signal);
  begin('normal');
  const before = process.cpuUsage();
  await pause(order.normalMs, over.signal);
  const used = process.cpuUsage(before);
  let spikeEnded = 0;
  let guests: readonly Promise<void>[] = [];
  if (order.spikeMs > 0) {
    begin('spike');
    const leaving = controller();
    const spike = { ...crowd, web: { ...web, stopping: leaving.signal } };
    guests = gather(spike, order, order.actors, order.actors * (SPIKE - 1));
    await pause(order.spikeMs, over.signal);
    leaving.abort();
    spikeEnded = Date.now();
    begin('after');
    await pause(order.afterMs, over.signal);
  }
  stopping.abort();
  say({ kind: 'phase', phase: 'drain', at: Date.now() });
  const patience = setTimeout(() => over.abort(), DRAIN_MS);
  await Promise.all([...everybody, ...guests]);
  clearTimeout(patience);
  say({ kind: 'end', tally, spikeEnded, cpuMs: (used.user + used.system) / 1000 });
}

function say(word: Word): void {
  process.send?.(word);
}

function controller(): AbortController {
  const made = new AbortController();
  setMaxListeners(0, made.signal);
  return made;
}

/** So many more people of each kind, in both libraries. */
function gather(crowd: Crowd, order: LoadOrder, from: number, count: number): readonly Promise<void>[] {
  return Array.from({ length: count }, (_, n) => {
    const index = from + n;
    // Every hundred in a row has its shares, whatever the number of all.
    const lot = (index * 37) % 100;
    const { script, kind } = SHARES.find(({ upTo }) => upTo > lot) ?? SHARES[0];
    const library = order.libraries[Math.floor(index / 100 + index) % order.libraries.length];
    if (!library) throw new Error('no library to go to');
    const address = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
    return live(crowd, library, index, address, script, (browser) => {
      const { slug, kiosks, gates, officers } = library;
      const of = <T>(list: readonly T[]) => list[index % list.length];
      if (kind === 'kiosk') browser.setCookie(`perangkat-${slug}`, of(kiosks) ?? '');
      if (kind === 'gate') browser.setCookie(`gerbang-${slug}`, of(gates) ?? '');
      if (kind === 'officer') browser.setCookie(`sesi-${slug}`, of(officers)?.session ?? '');
    });
  });
}

/** Cases that lie in the queue in the morning. */
async function stock(crowd: Crowd, libraries: readonly LibraryGround[]): Promise<void> {
  for (const library of libraries) {
    const browser = openBrowser(crowd.web, '10.252.0.1');
    const queue = crowd.waiting.get(library.slug);
    for (let n = 0; n < STOCK; n++) {
      const page = await registerBefore(browser, library, crowd.nextPerson());
      if (n % 2 === 0) queue?.push(page.path);
      crowd.web.tally.acknowledged.registrations++;
    }
    browser.close();
  }
}

/** Faces as phones and counters send them after their own script made them smaller: some 60 kB each. */
async function portraits(): Promise<readonly Buffer[]> {
  const grain = {
    create: {
      width: 600,
      height: 800,
      channels: 3 as const,
      background: '#808080',
      noise: { type: 'gaussian' as const, mean: 128, sigma: 12 },
    },
  };
  const noise = await sharp(grain).png().toBuffer();
  return await Promise.all(
    ['#b9d0de', '#d8cbb0', '#c7d8bd', '#e0c0c0'].map(async (wall) => {
      const face = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 120" width="600" height="800">
        <rect width="90" height="120" fill="${wall}"/><path d="M8 120c2-28 18-36 37-36s35 8 37 36z" fill="#33508a"/>
        <ellipse cx="45" cy="50" rx="19" ry="25" fill="#d9a77f"/></svg>`;
      return await sharp(Buffer.from(face))
        .composite([{ input: noise, blend: 'soft-light' }])
        .jpeg({ quality: 80 })
        .toBuffer();
    }),
  );
}
