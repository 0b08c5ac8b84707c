/** The figures of a run, as all benches print them. */
import { percentile } from '../closed-loop.ts';
import type { CpuTime } from '../service.ts';
import type { Word } from './client.ts';
import type { Limits } from './limits.ts';
import {
  backlogSeconds,
  growthPerMinute,
  type Phase,
  recoverySeconds,
  type Timed,
  timesOf,
  WRITTEN,
  type Written,
} from './tally.ts';

export type Print = (name: string, value: number, unit: string) => void;

export type Samples = readonly {
  readonly at: number;
  readonly phase: Phase | 'drain';
  readonly memory: { readonly app: number; readonly database: number } | undefined;
  readonly cpu: CpuTime;
  readonly busy: number;
}[];

/** Issue 5, 12. */
const AIMS = { look: 50, write: 150, recoveryS: 10 } as const;
/** A service whose memory grows by less than this in a minute would run for a day on what a small computer has. */
const FLAT_MB_PER_MINUTE = 2;

export interface Run extends Extract<Word, { kind: 'end' }> {
  readonly samples: Samples;
  readonly written: Readonly<Record<Written, number>>;
  readonly limits: Limits;
  readonly minutes: number;
}

export function printFigures(run: Run, print: Print): void {
  const { tally, samples, limits } = run;
  const normal = tally.times.filter(({ phase }) => phase === 'normal');
  printActions(normal, print);
  print('load_errors', tally.errors.normal, 'errors');
  print('load_refused', all(tally.refused.normal), 'requests');
  print(
    'load_conflicts',
    Object.values(tally.conflicts).reduce((sum, count) => sum + count, 0),
    'acts',
  );
  const acts = normal.filter(({ kind }) => kind !== 'refresh');
  print('load_actions_per_s', acts.length / (run.minutes * 60), 'acts/s');
  printPercentiles('load_read', normal, 'look', print);
  printPercentiles('load_write', normal, 'write', print);
  printPercentiles('load_refresh', normal, 'refresh', print);
  print('load_limit_http', limits.httpPerSecond, 'req/s');
  print('load_limit_http_p95', limits.httpP95, 'ms');
  print('load_limit_write', limits.writesPerSecond, 'tx/s');
  print('load_limit_write_p95', limits.writeP95, 'ms');
  printProcessor(samples, acts.length, run, print);
  printMemory(samples, print);
  if (tally.times.some(({ phase }) => phase === 'spike')) printSpike(run, print);
  printLost(run, print);
  for (const [text, count] of tally.troubles) console.log(`  error, ${count} times: ${text}`);
  for (const [action, count] of Object.entries(tally.conflicts))
    console.log(`  somebody else was first, ${count} times: ${action}`);
  const aims = [
    at(normal, 'look', 95) <= AIMS.look,
    at(normal, 'write', 95) <= AIMS.write,
    tally.errors.normal === 0,
  ];
  console.log(aims.every(Boolean) ? '  the aims of the load are met' : '  not all aims of the load are met');
}

function printActions(times: readonly Timed[], print: Print): void {
  for (const action of [...new Set(times.map((one) => one.action))].sort()) {
    const taken = timesOf(times, (one) => one.action === action);
    const [p50, p95, p99] = [50, 95, 99].map((percent) => percentile({ times: taken }, percent).toFixed(1));
    console.log(
      `  ${action.padEnd(18)} ${String(taken.length).padStart(7)} times, p50 ${p50}, p95 ${p95}, p99 ${p99} ms`,
    );
    print(`load_${action}_p95`, percentile({ times: taken }, 95), 'ms');
  }
}

function at(times: readonly Timed[], kind: Timed['kind'], percent: number): number {
  return percentile({ times: timesOf(times, (one) => one.kind === kind) }, percent);
}

function printPercentiles(name: string, times: readonly Timed[], kind: Timed['kind'], print: Print): void {
  for (const percent of [50, 95, 99]) print(`${name}_p${percent}`, at(times, kind, percent), 'ms');
}

function printProcessor(samples: Samples, acts: number, run: Run, print: Print): void {
  const [first, last] = [samples.find(isNormal), samples.findLast(isNormal)];
  if (!first || !last || acts === 0) return;
  const seconds = (last.at - first.at) / 1000;
  print('load_cpu_app', (last.cpu.app - first.cpu.app) / 1000 / seconds, 'cores');
  print('load_cpu_db', (last.cpu.database - first.cpu.database) / 1000 / seconds, 'cores');
  print('load_cpu_client', run.cpuMs / 1000 / (run.minutes * 60), 'cores');
  const busy = samples.filter(isNormal).reduce((sum, one) => sum + one.busy, 0);
  print('load_average', busy / samples.filter(isNormal).length, 'processes');
}

function isNormal({ phase }: Samples[number]): boolean {
  return phase === 'normal';
}

function printMemory(samples: Samples, print: Print): void {
  const normal = samples.filter((one) => isNormal(one) && one.memory !== undefined);
  const of = (share: number) => normal[Math.floor((normal.length - 1) * share)]?.memory;
  for (const [name, share] of [
    ['start', 0],
    ['middle', 0.5],
    ['end', 1],
  ] as const) {
    print(`load_rss_${name}`, of(share)?.app ?? 0, 'MB');
    print(`load_rss_db_${name}`, of(share)?.database ?? 0, 'MB');
  }
  const second = normal.slice(Math.floor(normal.length / 2));
  const growth = growthPerMinute(
    second.map(({ at: when, memory }) => ({ at: when, value: memory?.app ?? 0 })),
  );
  print('load_rss_growth', Math.max(0, growth), 'MB/min');
  console.log(`  the memory of the second half ${growth <= FLAT_MB_PER_MINUTE ? 'is flat' : 'grows'}`);
}

function printSpike(run: Run, print: Print): void {
  const { tally, spikeEnded } = run;
  const spike = tally.times.filter(({ phase }) => phase === 'spike');
  print('load_spike_errors', tally.errors.spike + tally.errors.after, 'errors');
  print('load_spike_acts', spike.length, 'acts');
  const { spike: during, after } = tally.refused;
  print('load_spike_refused', all(during) + all(after), 'requests');
  print('load_spike_refused_submits', during.submits + after.submits, 'requests');
  print('load_spike_read_p95', at(spike, 'look', 95), 'ms');
  print('load_spike_write_p95', at(spike, 'write', 95), 'ms');
  print('load_spike_slowest_submit', tally.slowestArrival / 1000, 's');
  const recovery = recoverySeconds(tally.times, spikeEnded, AIMS.write);
  if (recovery === null) console.log('  writes did not come back under their limit');
  else print('load_recovery_s', recovery, 's');
  print('load_spike_backlog', backlogSeconds(tally.times, spikeEnded), 's');
}

/** Lost: begun and never answered, or answered and not there. Doubled: there and nobody was told of it. */
function printLost({ tally, written }: Run, print: Print): void {
  const missing = WRITTEN.map((what) => tally.acknowledged[what] - written[what]);
  const lost =
    tally.submits.begun - tally.submits.arrived + missing.reduce((sum, one) => sum + Math.max(0, one), 0);
  print('load_lost', lost, 'submits');
  print(
    'load_doubled',
    missing.reduce((sum, one) => sum + Math.max(0, -one), 0),
    'submits',
  );
  for (const what of WRITTEN)
    console.log(`  ${what}: ${tally.acknowledged[what]} answered, ${written[what]} there`);
}

function all({ looks, submits }: { readonly looks: number; readonly submits: number }): number {
  return looks + submits;
}
