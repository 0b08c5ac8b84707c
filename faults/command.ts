/**
 * `npm run faults`: the real service under load, killed at random moments, and an independent journal of what people
 * were told; see `docs/architecture.md`. `--rounds 100`, `--seed 1`; other faults by name, several one after the other.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { check } from './check.ts';
import { load } from './client.ts';
import { FAULTS, type FaultName, type Outcome } from './faults.ts';
import { ACTS, type Act } from './journal.ts';

const USAGE = `npm run faults -- [${FAULTS.map(({ name }) => name).join('] [')}] [--rounds 100] [--seed 1] [--seconds 10]`;

export interface Options {
  readonly faults: readonly FaultName[];
  readonly rounds: number;
  readonly seed: number;
  readonly seconds: number;
}

function readOptions(args: readonly string[]): Options | undefined {
  const text = { type: 'string' } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { rounds: text, seed: text, seconds: text },
      allowPositionals: true,
    });
    const asked: readonly string[] = positionals.length === 0 ? ['kill'] : positionals;
    const faults = FAULTS.map(({ name }) => name).filter((name) => asked.includes(name));
    const rounds = Number(values.rounds ?? 100);
    const seed = Number(values.seed ?? Date.now() % 1_000_000);
    const seconds = Number(values.seconds ?? 10);
    const good = faults.length === asked.length && rounds >= 1 && Number.isInteger(seed) && seconds > 0;
    return good ? { faults, rounds, seed, seconds } : undefined;
  } catch {
    return undefined;
  }
}

/** Everything on the way out, last opened first, also when told to stop half-way. */
const endings: (() => Promise<void> | void)[] = [];
let cleaning: Promise<void> | undefined;
function cleanUp(): Promise<void> {
  cleaning ??= (async () => {
    for (const end of endings.splice(0).reverse()) {
      try {
        await end();
      } catch (error) {
        console.error(error);
      }
    }
  })();
  return cleaning;
}

async function run(options: Options): Promise<number> {
  const say = (text: string) => console.log(`  ${text}`);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'daftar-kegagalan-'));
  endings.push(() => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
  }
  console.log(`seed: ${options.seed}`);
  const sum = {
    survived: 0,
    acknowledged: 0,
    lost: 0,
    doubled: 0,
    half: 0,
    same: 0,
    unaudited: 0,
    chain: 0,
    late: 0,
  };
  const people = {
    pages: 0,
    unclear: 0,
    refused: 0,
    unknown: 0,
    looks: 0,
    unseen: 0,
    hung: 0,
    longestLook: 0,
  };
  const acts = new Map<Act, number>(ACTS.map((act) => [act, 0]));
  const figures: Record<string, number> = {};
  const notShown: string[] = [];
  let worst = 0;
  let longestWait: number | undefined;
  /** Of so many runs the audit log has a chain. */
  let chained = 0;
  try {
    for (const name of options.faults) {
      const fault = FAULTS.find((each) => each.name === name);
      if (!fault) continue;
      console.log(`${name}: ${fault.about}`);
      const random = randomOf(options.seed);
      const outcome: Outcome | string = await fault.run({
        ...options,
        folder: mkdtempSync(path.join(folder, `${name}-`)),
        random,
        say,
        atEnd: (end) => void endings.push(end),
      });
      if (typeof outcome === 'string') {
        console.log(`${name.replace('-', '_')}_skipped: ${outcome}`);
        continue;
      }
      const { tally, told, missing } = await outcome.stage.endLoad();
      const verdict = await check(outcome.stage.admin, told);
      for (const finding of verdict.findings) console.error(`  ! ${finding}`);
      for (const page of tally.unclear.slice(0, 5)) console.error(`  ! unclear: ${page}`);
      for (const refusal of tally.refused.slice(0, 5)) console.error(`  ! refused: ${refusal}`);
      const chain = await outcome.stage.auditChain();
      if (chain.breaks !== null && chain.breaks > 0) console.error(`  ! audit chain: ${chain.said}`);
      await outcome.stage.stop();
      await outcome.end?.();
      sum.survived += outcome.survived;
      sum.acknowledged += verdict.acknowledged;
      sum.lost += verdict.lost;
      sum.doubled += verdict.doubled;
      sum.half += verdict.halfDone;
      sum.same += verdict.sameNumber;
      sum.unaudited += verdict.unaudited;
      sum.chain += chain.breaks ?? 0;
      sum.late += outcome.late ?? 0;
      if (chain.breaks !== null) chained++;
      people.pages += tally.outagePages;
      people.unclear += tally.unclear.length;
      people.refused += tally.refused.length;
      people.unknown += tally.unknown;
      people.looks += tally.looks;
      people.unseen += tally.unseen;
      people.hung += tally.hung;
      people.longestLook = Math.max(people.longestLook, tally.longestLookMs);
      for (const act of ACTS) acts.set(act, (acts.get(act) ?? 0) + (tally.acknowledged[act] ?? 0));
      Object.assign(figures, outcome.figures);
      notShown.push(...missing.map((act) => `${name}: no ${act} was done since the trouble began`));
      notShown.push(...(outcome.notShown ?? []).map((what) => `${name}: ${what}`));
      if (outcome.nobodyHangs && tally.hung > 0)
        notShown.push(`${name}: ${tally.hung} requests hung without a page`);
      if (tally.looks === 0) notShown.push(`${name}: no page was looked at`);
      worst = Math.max(worst, outcome.worstRecoveryMs);
      if (outcome.longestWaitMs !== undefined)
        longestWait = Math.max(longestWait ?? 0, outcome.longestWaitMs);
    }
  } finally {
    await cleanUp();
  }
  // Where nothing could be tried, there is nothing to demand.
  if (sum.survived > 0) {
    const most = mostRefused(sum.acknowledged);
    if (people.refused > most) notShown.push(`${people.refused} acts were refused, at most ${most} may be`);
  }
  for (const what of notShown) console.error(`  ! not shown: ${what}`);
  console.log(`faults_survived: ${sum.survived}`);
  for (const [name, value] of Object.entries(figures)) console.log(`${name}: ${value}`);
  console.log(`acknowledged: ${sum.acknowledged}`);
  for (const [act, n] of acts) console.log(`acknowledged_${act}: ${n}`);
  console.log(`lost: ${sum.lost}`);
  console.log(`doubled: ${sum.doubled}`);
  console.log(`half_done: ${sum.half}`);
  console.log(`same_number: ${sum.same}`);
  console.log(`without_audit: ${sum.unaudited}`);
  console.log(`audit_chain_breaks: ${chained === 0 ? 'no chain' : sum.chain}`);
  console.log(`unknown_results: ${people.unknown}`);
  console.log(`outage_pages: ${people.pages}`);
  console.log(`unclear_pages: ${people.unclear}`);
  console.log(`refused: ${people.refused}`);
  console.log(`pages_looked_at: ${people.looks}`);
  console.log(`pages_unseen: ${people.unseen}`);
  console.log(`longest_look_ms: ${Math.round(people.longestLook)} ms`);
  console.log(`hung: ${people.hung}`);
  console.log(`not_shown: ${notShown.length}`);
  console.log(`recovered_too_late: ${sum.late}`);
  console.log(`worst_recovery_ms: ${Math.round(worst)} ms`);
  if (longestWait !== undefined) console.log(`longest_wait_ms: ${Math.round(longestWait)} ms`);
  const { lost, doubled, half, same, unaudited, chain, late } = sum;
  const wrong = lost + doubled + half + same + unaudited + chain + late + people.unclear + notShown.length;
  return wrong === 0 && (sum.acknowledged > 0 || sum.survived === 0) ? 0 : 1;
}

/**
 * The load asks for nothing that is not allowed. What an officer repeats after a break can meet a case that has gone on
 * meanwhile: none in most runs. More than one in two hundred would be a service that refuses work.
 */
function mostRefused(acknowledged: number): number {
  return Math.max(3, Math.floor(acknowledged / 200));
}

/** mulberry32: the same moments for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

if (process.argv[2] === 'client') load();
else {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    console.error(USAGE);
    process.exitCode = 2;
  } else {
    process.exitCode = await run(options);
  }
}
