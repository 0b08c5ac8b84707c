/**
 * Connections that carry several statements at once. A statement that is a transaction of its own needs no connection
 * for itself: sent behind the others it wakes nobody, neither here nor in the database, and waking is what the two spend
 * most of a short statement on (docs/decisions/010).
 */
import net from 'node:net';
import pg from 'pg';
import { askDescribed, type PreparedStatement } from './described-query.ts';
import {
  DatabaseUnreachable,
  namedTrouble,
  openReachability,
  outageOf,
  type Reachability,
} from './outage.ts';
import { isDoubtful, Unconfirmed, watchCommits } from './standby.ts';

/** How many statements a connection carries before another one is opened: a slow disk fills them, a fast one does not. */
const DEPTH = 4;
const IDLE_MS = 60_000;

export interface Pipeline {
  /**
   * Runs one statement that begins and ends its own transaction. One that fails leaves those behind it alone; when the
   * connection breaks, every statement on it fails, and whether it was kept is then known to the database only.
   */
  query(statement: PreparedStatement): Promise<pg.QueryResult>;
  /** Waits for what was sent. */
  close(): Promise<void>;
}

interface Lane {
  readonly client: pg.Client;
  readonly socket: net.Socket;
  readonly connected: Promise<unknown>;
  underWay: number;
  usedAt: number;
  /** Statements wait in the socket for the end of this turn of the event loop. */
  readonly holdWrites: () => void;
}

/**
 * What is written to the socket after a call waits for the others of the moment and leaves with them in one write.
 * @param soon when the moment is over
 */
export function holder(socket: net.Socket, soon: (release: () => void) => void): () => void {
  let holds = false;
  return () => {
    if (holds) return;
    holds = true;
    socket.cork();
    soon(() => {
      holds = false;
      socket.uncork();
    });
  };
}

/** @param most connections at the most; they are opened at need and closed after a minute without any */
export function openPipeline(
  config: pg.ClientConfig,
  most: number,
  reachable: Reachability = openReachability(),
): Pipeline {
  const lanes = new Set<Lane>();
  let closed = false;
  const idle = setInterval(closeIdle, IDLE_MS / 2).unref();

  function openLane(): Lane {
    reachable.check();
    const socket = new net.Socket();
    const client = new pg.Client({ ...config, pipeline: true, stream: () => socket });
    watchCommits(client);
    const lane: Lane = {
      client,
      socket,
      connected: reachable.watch(client.connect()),
      underWay: 0,
      usedAt: Date.now(),
      holdWrites: holder(socket, setImmediate),
    };
    lanes.add(lane);
    // The statements on it are told by their own failure; without a listener this would end the process.
    client.on('error', () => lanes.delete(lane));
    client.on('end', () => lanes.delete(lane));
    return lane;
  }

  function pick(): Lane {
    let least: Lane | undefined;
    for (const lane of lanes) {
      if (lane.underWay < DEPTH) return lane;
      if (least === undefined || lane.underWay < least.underWay) least = lane;
    }
    return least === undefined || lanes.size < most ? openLane() : least;
  }

  function closeIdle(): void {
    for (const lane of lanes) {
      if (lane.underWay > 0 || Date.now() - lane.usedAt < IDLE_MS) continue;
      lanes.delete(lane);
      void lane.client.end();
    }
  }

  return {
    async query(statement) {
      if (closed) throw new Error('the database connections are closed');
      const lane = pick();
      lane.underWay++;
      try {
        await lane.connected;
        lane.holdWrites();
        const answer = await askDescribed(lane.client, statement);
        if (isDoubtful(lane.client)) throw new Unconfirmed();
        return answer;
      } catch (error) {
        // No error of the statement but of the connection, or the server's last word before it closes, or one that
        // only reads since it is no primary any more.
        const trouble = namedTrouble(error);
        if (
          !(error instanceof pg.DatabaseError) ||
          error.severity === 'FATAL' ||
          outageOf(trouble) === 'unreachable'
        )
          lanes.delete(lane);
        // Nothing more comes on it: whoever waits behind is told now, and the socket does not stay open for ever.
        if (trouble instanceof DatabaseUnreachable) lane.socket.destroy();
        throw trouble;
      } finally {
        lane.underWay--;
        lane.usedAt = Date.now();
        if (lane.underWay === 0 && !lanes.has(lane)) void lane.client.end().catch(() => undefined);
      }
    },
    async close() {
      closed = true;
      clearInterval(idle);
      await Promise.all([...lanes].map((lane) => lane.client.end()));
    },
  };
}
