import { exchangeCounts, forgetOldWindows } from '../db/rate-window.ts';
import type { LibraryId } from '../domain/ids.ts';
import type { CountOf, RateExchange, SharedCounts } from '../usecases/shared-counts.ts';
import type { WebDeps } from './env.ts';

const EVERY_MS = 1_000;
const SWEEP_MS = 10 * 60_000;
/** So many keys go at once: a flood of addresses must not make one long statement. */
const AT_ONCE = 5_000;
/** The limits stand above the libraries. */
const SITE = 0 as LibraryId;

export interface RunningExchange extends RateExchange {
  /** Tells and hears once; null where the database did not answer, which the next time makes up for. */
  exchange(): Promise<number | null>;
  stop(): Promise<void>;
}

/**
 * Brings the counts of all processes together in the database (decision 022): about each second this process's new
 * counts in one statement, away from every request. While the database is slow or gone, each process counts on by
 * itself and tells later.
 */
export function openRateExchange(
  deps: Pick<WebDeps, 'db' | 'vault' | 'now' | 'log'>,
  options: { readonly timer: boolean } = { timer: true },
): RunningExchange {
  const limits = new Map<string, SharedCounts>();
  let running: Promise<number | null> | undefined;
  let sweptAt = deps.now().getTime();
  let failing = false;

  async function once(): Promise<number | null> {
    const told = [...limits].map(([name, limit]) => ({ limit, name, ...limit.tell() }));
    const byHash = new Map<string, { readonly limit: SharedCounts; readonly key: string }>();
    const hashOf = (name: string, limit: SharedCounts, key: string) => {
      const hash = deps.vault.hash(SITE, 'rate', `${name}|${key}`);
      byHash.set(hash.toString('latin1'), { limit, key });
      return hash;
    };
    const counts = told.flatMap(({ limit, name, counts: own }) =>
      own.map((one) => ({
        key: hashOf(name, limit, one.key),
        count: one.count,
        endsAt: new Date(one.endsAt),
      })),
    );
    const forgotten = told.flatMap((one) => one.forgotten.map((key) => hashOf(one.name, one.limit, key)));
    const now = new Date();
    try {
      const heard = new Map<SharedCounts, CountOf[]>();
      for (let at = 0; at < Math.max(counts.length, forgotten.length); at += AT_ONCE) {
        const rows = await exchangeCounts(
          deps.db,
          counts.slice(at, at + AT_ONCE),
          forgotten.slice(at, at + AT_ONCE),
          now,
        );
        for (const row of rows) {
          const whose = byHash.get(row.key.toString('latin1'));
          if (!whose) continue;
          const list = heard.get(whose.limit) ?? [];
          list.push({ key: whose.key, count: row.count, endsAt: row.endsAt.getTime() });
          heard.set(whose.limit, list);
        }
      }
      for (const [limit, list] of heard) limit.hear(list);
      if (now.getTime() - sweptAt > SWEEP_MS) {
        sweptAt = now.getTime();
        await forgetOldWindows(deps.db, now);
      }
      failing = false;
      return counts.length;
    } catch {
      for (const one of told) one.limit.keep(one.counts, one.forgotten);
      if (!failing) deps.log({ level: 'warn', event: 'rate-exchange-failed' });
      failing = true;
      return null;
    }
  }

  const exchange = () => {
    running ??= once().finally(() => {
      running = undefined;
    });
    return running;
  };
  const timer = options.timer ? setInterval(() => void exchange(), EVERY_MS).unref() : undefined;
  return {
    join(name, counts) {
      // Two of one name would be one count, of which only the second is told.
      if (limits.has(name)) throw new Error(`two limits are called “${name}”`);
      limits.set(name, counts);
    },
    exchange,
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
