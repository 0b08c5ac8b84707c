/**
 * `kill -9` at random moments: of the service, of its database, of both, of one process within the database, of one that
 * serves pages beside the service's own.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { databasePid, type Stage } from './stage.ts';

export type Victim = 'app' | 'database' | 'both' | 'backend' | 'pages';

/** In turn, so that also few rounds meet each; those that `--rounds` counts, and the others between them. */
const VICTIMS: readonly Victim[] = ['app', 'database', 'both', 'pages', 'app', 'database', 'both', 'backend'];
const COUNTED: readonly Victim[] = ['app', 'database', 'both'];
/** Longer than any of them takes to be there again after the kill before. */
const PATIENCE_MS = 60_000;

export interface Survived {
  /** How often each was killed: who was gone already is none. */
  readonly killed: Readonly<Record<Victim, number>>;
  /** From the kill to the first act that was told to be done after it. */
  readonly worstRecoveryMs: number;
}

/**
 * @param rounds how often the service, its database or both are killed; what else is killed comes on top of it
 * @param random 0 to below 1, of the seed
 */
export async function killAgainAndAgain(
  stage: Stage,
  rounds: number,
  random: () => number,
  say: (line: string) => void,
): Promise<Survived> {
  let worst = 0;
  const killed = { app: 0, database: 0, both: 0, pages: 0, backend: 0 };
  const counted = (): number => COUNTED.reduce((sum, victim) => sum + killed[victim], 0);
  for (let round = 0; counted() < rounds; round++) {
    const victim = VICTIMS[round % VICTIMS.length] ?? 'both';
    await sleep(30 + random() * 1_200);
    const taken = await killOnce(stage, victim, random);
    killed[victim]++;
    worst = Math.max(worst, taken);
    const { startMs } = stage.service();
    const start = victim === 'app' || victim === 'both' ? `, of these ${Math.round(startMs)} to start` : '';
    say(`round ${round + 1}: ${victim}, ${Math.round(taken)} ms${start}`);
  }
  return { killed, worstRecoveryMs: worst };
}

async function killOnce(stage: Stage, victim: Victim, random: () => number): Promise<number> {
  const service = stage.service();
  let at = Date.now();
  let database: number | undefined;
  const hit = (): boolean => {
    at = Date.now();
    database = databasePid(stage.dataDir);
    switch (victim) {
      case 'app':
        return kill(service.pid);
      case 'database':
        return kill(database);
      case 'both':
        // Without its database the service is left alone: this round is about both.
        return kill(database) && kill(service.pid);
      case 'pages':
        return kill(pageProcessesOf(service.pid)[0]);
      case 'backend':
        return kill(oneOf(childrenOf(database ?? 0), random));
    }
  };
  // Who is still gone since the round before is waited for.
  for (const until = performance.now() + PATIENCE_MS; !hit(); await sleep(20))
    if (performance.now() > until) throw new Error(`there is no ${victim} to kill`);
  if (victim === 'app' || victim === 'both') {
    await service.ended;
    await stage.start();
  } else if (random() < 0.3) {
    // Again while it recovers; on top of what is counted.
    await sleep(random() * 400);
    const next = databasePid(stage.dataDir);
    if (next !== database) kill(next);
  }
  return (await stage.doneAfter(at)) - at;
}

/** @returns whether it was there to be killed */
export function kill(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

function oneOf(pids: readonly number[], random: () => number): number | undefined {
  return pids[Math.floor(random() * pids.length)];
}

/** Those that serve pages beside the service's own. */
export function pageProcessesOf(service: number): readonly number[] {
  return childrenOf(service).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('page-process');
    } catch {
      return false;
    }
  });
}

function childrenOf(pid: number): readonly number[] {
  try {
    const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return list === '' ? [] : list.split(' ').map(Number);
  } catch {
    return [];
  }
}
