/**
 * What of an error is the database's state rather than the program's mistake: pages answer it with "try again", and
 * nothing of it is a defect to report.
 */
import pg from 'pg';

/**
 * `unreachable`: nobody answers, or the connection broke while it answered, so that only the database knows whether the
 * last statement was kept. `full`: nothing more can be written. `busy`: more is asked at once than it can do.
 */
export type Outage = 'unreachable' | 'full' | 'busy';

/** The connection could not be made, or broke: never an answer of the database itself. */
export class DatabaseUnreachable extends Error {
  override readonly name = 'DatabaseUnreachable';
}

/** Classes and codes of SQLSTATE (PostgreSQL, appendix A), the longer one first. */
const STATES: readonly (readonly [string, Outage])[] = [
  ['53100', 'full'],
  ['53', 'busy'],
  // A statement that took too long, or a lock that did not come free.
  ['57014', 'busy'],
  ['55P03', 'busy'],
  ['40001', 'busy'],
  ['40P01', 'busy'],
  ['57P', 'unreachable'],
  ['08', 'unreachable'],
  // The disk failed it.
  ['58030', 'unreachable'],
  // Ended for idling in a transaction: this process, or the way to the database, stood still.
  ['25P03', 'unreachable'],
  // A server that was the primary a moment ago.
  ['25006', 'unreachable'],
];

/** Why the database could not do what was asked; undefined for every other error. */
export function outageOf(error: unknown): Outage | undefined {
  if (error instanceof DatabaseUnreachable) return 'unreachable';
  if (error instanceof PoolExhausted) return 'busy';
  if (!(error instanceof pg.DatabaseError)) return undefined;
  const { code = '' } = error;
  return STATES.find(([start]) => code.startsWith(start))?.[1];
}

/** Every connection was in use for as long as somebody may be kept waiting. */
export class PoolExhausted extends Error {
  override readonly name = 'PoolExhausted';
}

/** What `pg` and the system throw where the server said nothing, by a name that the pages know. */
export function namedTrouble(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error instanceof pg.DatabaseError)
    return isOutdatedPlan(error) ? new DatabaseUnreachable(error.message, { cause: error }) : error;
  if (error instanceof DatabaseUnreachable) return error;
  // The pool's words while it waits for one of its own connections to come free.
  if (error.message === 'timeout exceeded when trying to connect')
    return new PoolExhausted(error.message, { cause: error });
  return isOfTheConnection(error) ? new DatabaseUnreachable(error.message, { cause: error }) : error;
}

/**
 * A newer program has changed a table that this connection has statements prepared for. Nothing was done, and the next
 * connection knows the table as it is.
 */
function isOutdatedPlan(error: pg.DatabaseError): boolean {
  return error.code === '0A000' && error.routine === 'RevalidateCachedQuery';
}

const OF_THE_SYSTEM = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  // The folder of a Unix socket, and the socket, while the server is down.
  'ENOENT',
  'EACCES',
]);

function isOfTheConnection(error: Error): boolean {
  if ('code' in error && OF_THE_SYSTEM.has(String(error.code))) return true;
  if (error instanceof AggregateError)
    return error.errors.some((each) => each instanceof Error && isOfTheConnection(each));
  // `pg` gives these no code.
  return /connection terminated|connection timeout|timeout expired|query read timeout|connection ended|not queryable|client was closed|connection error/i.test(
    error.message,
  );
}

/**
 * Remembers that the server could not be reached, so that while it is plainly down one request at a time waits to find
 * out and the others are told at once.
 */
export interface Reachability {
  /** Throws `DatabaseUnreachable` where a try failed a moment ago, or one is under way since the last one failed. */
  check(): void;
  /** Notes how a try to connect ends. */
  watch<T>(attempt: Promise<T>): Promise<T>;
}

/** Between two tries to reach a server that is down. */
const AGAIN_AFTER_MS = 250;

/** @param now monotonic milliseconds */
export function openReachability(now: () => number = () => performance.now()): Reachability {
  let failedAt: number | undefined;
  let trying = 0;
  return {
    check() {
      if (failedAt === undefined) return;
      if (trying === 0 && now() - failedAt >= AGAIN_AFTER_MS) return;
      throw new DatabaseUnreachable('the database could not be reached a moment ago');
    },
    async watch(attempt) {
      trying++;
      try {
        const made = await attempt;
        failedAt = undefined;
        return made;
      } catch (error) {
        // Too many connections is an answer; starting up or shutting down (57P0x) is none that helps.
        const trouble = namedTrouble(error);
        if (outageOf(trouble) === 'unreachable') failedAt = now();
        throw trouble;
      } finally {
        trying--;
      }
    },
  };
}
