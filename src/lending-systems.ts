import { setTimeout as wait } from 'node:timers/promises';
import { INLISLITE_LIVE } from './db/foreign/inlislite-live.ts';
import { connectLive } from './db/foreign/live-connection.ts';
import { openTable } from './db/foreign/live-table.ts';
import { SLIMS_LIVE } from './db/foreign/slims-live.ts';
import type { FeedTrial } from './domain/exporting/feed.ts';
import type { LiveFailure, LiveSystem } from './domain/exporting/live.ts';
import { isThisComputer } from './domain/network-address.ts';
import type { OutgoingHosts } from './domain/outgoing-hosts.ts';
import { openGuardedFetch } from './interop/guarded-fetch.ts';
import { type KohaPorts, openKoha } from './interop/koha/rest.ts';
import { kohaTarget } from './interop/koha/target.ts';
import { type LendingHosts, reach } from './interop/reach.ts';
import type { FeedPorts, LiveServer } from './usecases/run-feed.ts';

/** An officer waits for a trial; a run of the feed has more patience. */
const TRIAL = { tries: 1, timeoutMs: 10_000 };
const KOHA_TIMEOUT_MS = 30_000;
const OPEN: LiveFailure = { failure: 'koha-plaintext', note: null };
const REFUSED: LiveFailure = { failure: 'address-refused', note: null };

/** How the service speaks to lending systems. */
export interface Lending {
  /** @param cut ends a request that is under way, and every pause */
  readonly open: (cut: AbortSignal) => FeedPorts['open'];
  /** Whether it lets us in and lets us write; sends nobody. */
  readonly tryOut: (
    server: LiveServer,
  ) => Promise<{ readonly trial: FeedTrial; readonly note: string | null }>;
}

/**
 * @param hosts the operator's list of hosts, see `reach`
 * @param outgoing what the service may connect to at all
 * @param plaintext the operator has said that passwords and members may go to other computers without TLS
 */
export function lendingSystems(
  hosts: LendingHosts,
  outgoing: OutgoingHosts = [],
  plaintext = false,
): Lending {
  /** Why we may not or cannot speak to it; null: nothing is in the way. */
  async function kohaAway(url: string, inside: boolean): Promise<LiveFailure | null> {
    if (!plaintext && isOpenKoha(url)) return OPEN;
    // Over http the password can be read on the way: inside a network only.
    if (!url.startsWith('https:') && !isInside(inside, hosts)) return REFUSED;
    const found = await reach(hostOf(url), { inside, hosts, outgoing });
    if (found.ok) return null;
    return found.reason === 'refused' ? REFUSED : { failure: 'koha-unreachable', note: null };
  }

  async function open(server: LiveServer, cut: AbortSignal): Promise<LiveSystem | LiveFailure> {
    const { inside } = server;
    if (server.target === 'koha-rest') {
      const away = await kohaAway(server.server.url, inside);
      if (away !== null) return away;
      return kohaTarget(
        openKoha(server.server, portsOf(cut, isInside(inside, hosts), outgoing)),
        server.codes,
      );
    }
    const found = await reach(server.database.host, { inside, hosts, outgoing });
    if (!found.ok)
      return found.reason === 'refused' ? REFUSED : { failure: 'lending-unreachable', note: null };
    const { address } = found;
    const tls = !plaintext && !isThisComputer(address);
    const database = await connectLive(server.database, { address, tls }, cut);
    if ('failure' in database) return database;
    const plan = server.target === 'inlislite-db' ? INLISLITE_LIVE : SLIMS_LIVE;
    const system = await openTable(database, plan);
    if ('failure' in system) await database.close();
    return system;
  }

  return {
    open: (cut) => (server) => open(server, cut),
    async tryOut(server) {
      const cut = new AbortController();
      if (server.target === 'koha-rest') {
        const away = await kohaAway(server.server.url, server.inside);
        if (away !== null) return { trial: away.failure, note: away.note };
        const koha = openKoha(server.server, {
          ...portsOf(cut.signal, isInside(server.inside, hosts), outgoing),
          patience: TRIAL,
        });
        return { trial: await koha.tryOut(server.codes.branch), note: null };
      }
      const system = await open(server, cut.signal);
      if ('failure' in system) return { trial: system.failure, note: system.note };
      await system.close();
      return { trial: 'ok', note: null };
    },
  };
}

/** @param inside see `isInside`; the name is looked up at each request, and what it leads to is judged each time */
function portsOf(cut: AbortSignal, inside: boolean, outgoing: OutgoingHosts): KohaPorts {
  const send = openGuardedFetch(inside ? 'inside' : 'public', KOHA_TIMEOUT_MS, outgoing);
  return {
    fetch: async (url, { signal, ...request }) => {
      const answer = await send(url, { ...request, signal: AbortSignal.any([signal, cut]) });
      if (answer.status >= 300 && answer.status < 400) throw new Error('a redirect');
      return answer;
    },
    wait: (ms) => wait(ms, undefined, { signal: cut }).catch(() => undefined),
  };
}

/** The operator's list says it for its hosts by name. */
function isInside(inside: boolean, hosts: LendingHosts): boolean {
  return inside || hosts.length > 0;
}

/** Koha on another computer, over http: judged by what was typed, as the name is looked up anew at each request. */
export function isOpenKoha(url: string): boolean {
  return !url.startsWith('https:') && !isThisComputer(hostOf(url));
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}
