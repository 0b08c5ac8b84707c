/**
 * `kill -9` at random moments: of the service, of its database, of both, of one process within the database, of one that
 * serves pages beside the service's own.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { databasePid, type Stage } from './stage.ts';

export type Victim = 'app' | 'database' | 'both' | 'backend' | 'pages';

/** In turn, so that also few rounds meet each. */
const VICTIMS: readonly Victim[] = ['app', 'database', 'both', 'pages', 'app', 'database', 'both', 'backend'];

export interface Survived {
  readonly rounds: number;
  /** From the kill to the first act that was told to be done after it. */
  readonly worstRecoveryMs: number;
}

/** @param random 0 to below 1, of the seed */
export async function killAgainAndAgain(
  stage: Stage,
  rounds: number,
  random: () => number,
  say: (line: string) => void,
): Promise<Survived> {
  let worst = 0;
  for (let round = 0; round < rounds; round++) {
    const victim = VICTIMS[round % VICTIMS.length] ?? 'both';
    await sleep(30 + random() * 1_200);
    const taken = await killOnce(stage, victim, random);
    worst = Math.max(worst, taken);
    const { startMs } = stage.service();
    const start = victim === 'app' || victim === 'both' ? `, of these ${Math.round(startMs)} to start` : '';
    say(`round ${round + 1}: ${victim}, ${Math.round(taken)} ms${start}`);
  }
  return { rounds, worstRecoveryMs: worst };
}

async function killOnce(stage: Stage, victim: Victim, random: () => number): Promise<number> {
  const at = Date.now();
  const database = databasePid(stage.dataDir);
  const service = stage.service();
  if (victim === 'pages') kill(pageProcessesOf(service.pid)[0]);
  if (victim === 'backend') kill(oneOf(childrenOf(database ?? 0), random));
  if (victim === 'database' || victim === 'both') kill(database);
  if (victim === 'app' || victim === 'both') {
    kill(service.pid);
    await service.ended;
    await stage.start();
  } else if (random() < 0.3) {
    // Again while it recovers.
    await sleep(random() * 400);
    const next = databasePid(stage.dataDir);
    if (next !== database) kill(next);
  }
  return (await stage.doneAfter(at)) - at;
}

function kill(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone by itself.
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
