/** The kinds of trouble, each on a stage of its own. */
import { jumpClock } from './clock.ts';
import { troubleCluster } from './cluster/command.ts';
import { fillDisk } from './disk-full.ts';
import { killAgainAndAgain } from './kill.ts';
import { cutWay, restartDatabase } from './outside.ts';
import { openStage, type Stage } from './stage.ts';

export interface FaultOptions {
  readonly folder: string;
  readonly rounds: number;
  /** How long one state of trouble lasts in all. */
  readonly seconds: number;
  readonly random: () => number;
  readonly say: (line: string) => void;
  /** Called at the end, whatever happens. */
  readonly atEnd: (end: () => Promise<void> | void) => void;
}

export interface Outcome {
  readonly stage: Pick<Stage, 'admin' | 'auditChain' | 'endLoad' | 'stop'>;
  readonly survived: number;
  readonly worstRecoveryMs: number;
  /** Further figures of this kind of trouble, by the name they are printed under. */
  readonly figures?: Readonly<Record<string, number>>;
  /** What the run was to show and did not: with any of it the run fails. */
  readonly notShown?: readonly string[];
  /** How often it took longer than it may until people could write again, where that is limited. */
  readonly late?: number;
  /** The longest that one person waited from the first sending to the answer, where that was measured. */
  readonly longestWaitMs?: number;
  /** Whether everybody must be answered in time, if only with a page that says to come again. */
  readonly nobodyHangs?: true;
  /** After the stage has ended. */
  readonly end?: () => Promise<void>;
}

const PAUSE_MS = 15;

interface Fault {
  readonly name: string;
  readonly about: string;
  /** A text: why it cannot be done here. */
  run(options: FaultOptions): Promise<Outcome | string>;
}

async function kill(options: FaultOptions): Promise<Outcome> {
  const stage = await openStage({ folder: options.folder, pauseMs: PAUSE_MS });
  options.atEnd(stage.stop);
  const { killed, worstRecoveryMs } = await killAgainAndAgain(
    stage,
    options.rounds,
    options.random,
    options.say,
  );
  const { app, database, both, pages, backend } = killed;
  return {
    stage,
    survived: app + database + both + pages + backend,
    worstRecoveryMs,
    figures: { killed_app: app, killed_database: database, killed_both: both },
    notShown: app + database + both < options.rounds ? [`fewer than ${options.rounds} kills`] : [],
  };
}

export const FAULTS = [
  { name: 'kill', about: 'kill -9 of the service, its database, both', run: kill },
  {
    name: 'cut',
    about: 'the way to an external database is cut, slow, silent',
    run: (options) => cutWay(options, PAUSE_MS),
  },
  {
    name: 'restart',
    about: 'an external database is started again',
    run: (options) => restartDatabase(options, PAUSE_MS),
  },
  {
    name: 'clock',
    about: 'the clock of the service jumps forward and back',
    run: (options) => jumpClock(options, PAUSE_MS),
  },
  {
    name: 'disk-full',
    about: 'the disk has no room, then has room again',
    run: (options) => fillDisk(options, PAUSE_MS),
  },
  {
    name: 'cluster',
    about: 'a PostgreSQL cluster, two apps, and everything that can happen to one of their computers',
    run: (options) => troubleCluster(options, PAUSE_MS),
  },
] as const satisfies readonly Fault[];

export type FaultName = (typeof FAULTS)[number]['name'];
