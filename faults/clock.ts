/**
 * The computer's clock jumps, forward and back. What jumps is the time that the service's own process reads (a wrapped
 * `Date`, loaded before it): the program itself has no switch for it. The database keeps its own time, as on a server of
 * its own. That it jumped is read from what the service wrote meanwhile.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import type { DatabaseAddress } from '../src/db/connection.ts';
import type { FaultOptions, Outcome } from './faults.ts';
import { openStage } from './stage.ts';

const WRAPPED = `import { readFileSync } from 'node:fs';
const Real = globalThis.Date;
let offset = 0;
const look = () => { try { offset = Number(readFileSync(process.env.FAULTS_CLOCK, 'utf8')) || 0; } catch { offset = 0; } };
look();
setInterval(look, 50).unref();
const now = () => Real.now() + offset;
globalThis.Date = new Proxy(Real, {
  construct: (target, args) => Reflect.construct(target, args.length === 0 ? [now()] : args),
  apply: () => new Real(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
`;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Forward and back: daylight saving by mistake, an empty battery, a sync after a night. In minutes from the true time. */
const JUMPS = [90 * MINUTE, -3 * HOUR, 26 * HOUR, -26 * HOUR, 5 * MINUTE, 0] as const;
const FURTHEST = 26 * HOUR;

export async function jumpClock(options: FaultOptions, pauseMs: number): Promise<Outcome> {
  const program = path.join(options.folder, 'clock.mjs');
  const file = path.join(options.folder, 'offset');
  writeFileSync(program, WRAPPED);
  writeFileSync(file, '0');
  const stage = await openStage({
    folder: options.folder,
    settings: { NODE_OPTIONS: `--import=${pathToFileURL(program).href}`, FAULTS_CLOCK: file },
    pauseMs,
  });
  options.atEnd(stage.stop);
  const began = Date.now();
  let worst = 0;
  for (const jump of JUMPS) {
    await sleep(100 + options.random() * 500);
    writeFileSync(file, String(jump));
    // Everybody meets it: those under way, and those who begin in the new time.
    const at = Date.now() + 60;
    const taken = (await stage.doneAfter(at)) - at;
    await sleep((options.seconds * 1000) / JUMPS.length);
    worst = Math.max(worst, taken);
    options.say(`clock ${jump / MINUTE} minutes off: done after ${Math.round(taken)} ms`);
  }
  const spread = await writtenFrom(stage.admin);
  return {
    stage,
    survived: JUMPS.length,
    worstRecoveryMs: worst,
    figures: {
      clock_written_hours_back: Math.round((began - spread.first) / HOUR),
      clock_written_hours_ahead: Math.round((spread.last - began) / HOUR),
    },
    notShown: [
      ...(began - spread.first < FURTHEST - HOUR
        ? ['nothing was written by a clock that had jumped back']
        : []),
      ...(spread.last - began < FURTHEST - HOUR
        ? ['nothing was written by a clock that had jumped forward']
        : []),
    ],
  };
}

/** The first and last time that the service wrote beside what people did, in milliseconds since 1970. */
async function writtenFrom(
  admin: DatabaseAddress,
): Promise<{ readonly first: number; readonly last: number }> {
  const client = new pg.Client(admin);
  await client.connect();
  try {
    const { rows } = await client.query<{ first: number; last: number }>(
      `select extract(epoch from min(at))::float8 * 1000 as first, extract(epoch from max(at))::float8 * 1000 as last
       from audit_log where action like 'application.%'`,
    );
    return rows[0] ?? { first: Number.NaN, last: Number.NaN };
  } finally {
    await client.end();
  }
}
