/**
 * The load, a process of its own that no fault touches: what it was told stands in its journal, whatever becomes of the
 * service.
 */
import { setMaxListeners } from 'node:events';
import sharp from 'sharp';
import type { FormSetting } from '../bench/people.ts';
import type { VisitSetting } from '../bench/tasks.ts';
import { type Act, openJournal } from './journal.ts';
import { type DeskSetting, desk, kiosk, onlookers, registrar, type Street } from './people.ts';
import { newTally, openSender, Stopped, type Tally } from './sender.ts';

export interface LoadOrder {
  readonly origin: string;
  readonly journal: string;
  readonly forms: readonly FormSetting[];
  readonly visits: VisitSetting;
  readonly desks: readonly DeskSetting[];
  readonly pauseMs: number;
}

/**
 * What the parent hears: which act is done, which was last sent at this time and took so long from its first sending,
 * that somebody was shown a page that says to come again, and at the end what was counted.
 */
export type Word =
  | { readonly kind: 'done'; readonly act: Act; readonly at: number; readonly waitedMs: number }
  | { readonly kind: 'outage-page' }
  | { readonly kind: 'end'; readonly tally: Tally; readonly error: string | null };

/** Begins at the parent's order, ends at its next word. */
export function load(): void {
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  let begun = false;
  process.on('message', (order: LoadOrder | 'stop') => {
    if (order === 'stop') stopping.abort();
    else if (!begun) {
      begun = true;
      void run(order, stopping);
    }
  });
  process.on('disconnect', () => process.exit(0));
}

async function run(order: LoadOrder, stopping: AbortController): Promise<void> {
  const journal = openJournal(order.journal);
  const tally = newTally();
  const say = (word: Word) => void process.send?.(word);
  const street: Street = {
    sender: openSender(order.origin, tally, stopping.signal, () => say({ kind: 'outage-page' })),
    journal,
    tally,
    done: (act, at, waitedMs) => say({ kind: 'done', act, at, waitedMs }),
    stopping: stopping.signal,
    pauseMs: order.pauseMs,
    waiting: new Map(order.forms.map(({ slug }) => [slug, []])),
  };
  const photo = await portrait();
  const errors: unknown[] = [];
  const all = [
    ...order.forms.map((setting, at) => registrar(street, setting, at, order.forms.length)),
    kiosk(street, order.visits, 0),
    ...order.desks.map((setting) => desk(street, setting, photo)),
    ...order.forms.slice(0, 1).map(({ slug }) => onlookers(street, slug)),
  ].map((person) =>
    person.catch((error: unknown) => {
      if (!(error instanceof Stopped)) errors.push(error);
    }),
  );
  await Promise.all(all);
  journal.close();
  const [first] = errors;
  say({ kind: 'end', tally, error: first === undefined ? null : String(first) });
}

/** A drawn face, as a counter's camera would send one. */
async function portrait(): Promise<Uint8Array<ArrayBuffer>> {
  const face = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 120" width="450" height="600">
    <rect width="90" height="120" fill="#b9d0de"/><path d="M8 120c2-28 18-36 37-36s35 8 37 36z" fill="#33508a"/>
    <ellipse cx="45" cy="50" rx="19" ry="25" fill="#d9a77f"/></svg>`;
  return new Uint8Array(await sharp(Buffer.from(face)).jpeg({ quality: 80 }).toBuffer());
}
