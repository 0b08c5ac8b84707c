/** What all actors of the load share: how an act is timed, how long people think, what they know of each other. */
import { performance } from 'node:perf_hooks';
import type { FormSetting } from '../people.ts';
import {
  Broken,
  type Browser,
  type File,
  type Net,
  openBrowser,
  type Page,
  pause,
  Stopped,
} from './browser.ts';
import { Cut } from './connection.ts';
import { type Kind, noteTrouble, type Written } from './tally.ts';

/** A library as the actors know it: what stands on its forms, who belongs to it. */
export interface LibraryGround {
  readonly slug: string;
  readonly form: FormSetting;
  /** Fields of people who are like somebody on file, or nobody; they take turns. Empty: made-up people only. */
  readonly applicants: readonly Readonly<Record<string, string>>[];
  readonly kiosks: readonly string[];
  readonly gates: readonly string[];
  readonly officers: readonly { readonly username: string; readonly session: string }[];
  readonly password: string;
  /** Numbers of members who come. */
  readonly members: readonly string[];
  /** Codes of printed cards, and secrets of KTA addresses, of the same members. */
  readonly cards: readonly { readonly code: string; readonly kta: string; readonly id: string }[];
  /** What is typed into the search for members. */
  readonly searches: readonly string[];
  /** What is typed into the search for villages. */
  readonly places: readonly string[];
}

export interface Crowd {
  readonly web: Net;
  /** By library: status pages of people who came to the counter. */
  readonly waiting: ReadonlyMap<string, string[]>;
  readonly photos: readonly Buffer[];
  /** The number of the next person who registers. */
  nextPerson(): number;
  /** Mean time between two acts of one person, in milliseconds. */
  readonly thinkMs: number;
}

export interface Actor {
  readonly crowd: Crowd;
  readonly library: LibraryGround;
  readonly browser: Browser;
  /** Which of its kind it is. */
  readonly index: number;
  /** Times one act; what fails in it is counted as an error and ends the errand. */
  act(action: string, kind: Kind, run: () => Promise<Page>): Promise<Page>;
  /** Sits before a page for a while. */
  think(share?: number): Promise<void>;
  acknowledge(what: Written): void;
  photo(): File['bytes'];
}

/** An errand that somebody else's act ended: told, and not an error. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
}

export type Script = (actor: Actor) => Promise<void>;

/** Lives until told to stop: one errand after the other. */
export async function live(
  crowd: Crowd,
  library: LibraryGround,
  index: number,
  address: string,
  script: Script,
  prepare: (browser: Browser) => void,
): Promise<void> {
  const { web } = crowd;
  const { tally } = web;
  const browser = openBrowser(web, address);
  prepare(browser);
  const actor: Actor = {
    crowd,
    library,
    browser,
    index,
    async act(action, kind, run) {
      // What somebody has begun to send is brought to its end; nothing new is begun.
      if (web.stopping.aborted) throw new Stopped();
      const begunAt = Date.now();
      const began = performance.now();
      const waited = browser.waited();
      const page = await run().catch((error: unknown) => {
        throw named(action, error);
      });
      const taken = performance.now() - began - (browser.waited() - waited);
      if (page.status === 409) {
        tally.conflicts[action] = (tally.conflicts[action] ?? 0) + 1;
        throw new Conflict(action);
      }
      if (page.status >= 400) throw new Broken(`${action}: ${page.status} ${withoutIds(page.path)}`);
      tally.times.push({ action, kind, phase: web.phase(), taken, begunAt, endedAt: Date.now() });
      return page;
    },
    // Nobody is as regular as a clock: half as long to half as long again.
    think: (share = 1) => pause(crowd.thinkMs * share * (0.5 + Math.random()), web.stopping),
    acknowledge: (what) => void tally.acknowledged[what]++,
    photo: () => crowd.photos[Math.floor(Math.random() * crowd.photos.length)] ?? Buffer.alloc(0),
  };
  try {
    // They do not all come in at the same instant.
    await pause(crowd.thinkMs * 2 * Math.random(), web.stopping);
    for (;;) {
      try {
        await script(actor);
      } catch (error) {
        if (error instanceof Stopped) return;
        if (!(error instanceof Conflict)) noteTrouble(tally, web.phase(), messageOf(error));
        await actor.think();
      }
    }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  } finally {
    browser.close();
  }
}

function named(action: string, error: unknown): unknown {
  if (error instanceof Stopped) return error;
  return new Broken(`${action}: ${messageOf(error)}`);
}

function messageOf(error: unknown): string {
  if (error instanceof Broken) return error.message;
  if (error instanceof Cut) return `cut: ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** The same trouble of many people is one line. */
export function withoutIds(path: string): string {
  return path.replace(/[0-9a-f-]{36}/g, ':id').replace(/[\w-]{22,}/g, ':secret');
}

/** One of them, anyone. */
export function oneOf<T>(list: readonly T[]): T {
  const found = list[Math.floor(Math.random() * list.length)];
  if (found === undefined) throw new Broken('nothing to choose from');
  return found;
}
