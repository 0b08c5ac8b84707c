/**
 * The measuring side, a process of its own: it plays the citizens, or asks the database the same without the service
 * in between. One order at a time, told by the parent.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { openDatabase } from '../src/db/connection.ts';
import type { Installation } from '../src/db/installation.ts';
import { documents } from '../src/documents/port.ts';
import { risingUuids } from '../src/domain/ids.ts';
import { lendingSystems } from '../src/lending-systems.ts';
import { openLibraries } from '../src/usecases/get-library.ts';
import { createApp } from '../src/web/app.ts';
import { closedLoop, type Measured, steadyPace } from './closed-loop.ts';
import { reach } from './ground.ts';
import { openConnection, postOf } from './http-client.ts';
import { openRecorder, type Statement } from './recorded-statements.ts';
import { isDone, postOfTask, type Task } from './tasks.ts';

/** What the parent asks for. */
export interface Order {
  readonly task: Task;
  /** `service`: over HTTP; `database`: the same statements sent straight to the database. */
  readonly to: 'service' | 'database';
  readonly concurrency: number;
  readonly seconds: number;
  /** Requests a second at a steady pace; as many as are answered unless told. */
  readonly perSecond?: number | undefined;
  /** Number of the first person. */
  readonly from: number;
  readonly url: string;
  readonly dataDir: string;
}

export interface Outcome {
  readonly measured: Measured;
  /** The next order begins with this person. */
  readonly next: number;
}

/** Made before the clock runs, so that only sending is left: more than a small machine answers; a fast one ends early. */
const PREPARED_PER_SECOND = { service: 3_500, database: 3_500 } as const;

/** Answers orders until the parent is gone. */
export function work(): void {
  process.on('message', (order: Order) => {
    const run = order.to === 'service' ? askService : askDatabase;
    run(order).then(
      (outcome) => process.send?.(outcome),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.on('disconnect', () => process.exit(0));
}

async function askService(order: Order): Promise<Outcome> {
  const { task } = order;
  const url = new URL(order.url);
  let next = order.from;
  const request = () => postOf(url, postOfTask(task, next++));
  const prepared = Array.from({ length: Math.ceil(order.seconds * PREPARED_PER_SECOND.service) }, request);
  const connections = await Promise.all(Array.from({ length: order.concurrency }, () => openConnection(url)));
  try {
    const clients = connections.map((connection) => async () => {
      const answer = await connection.send(prepared.pop() ?? request());
      return isDone(task, answer.status, answer.location);
    });
    const { seconds, perSecond } = order;
    const measured =
      perSecond === undefined
        ? await closedLoop(clients, seconds)
        : await steadyPace(clients, perSecond, seconds);
    return { measured, next };
  } finally {
    for (const connection of connections) connection.close();
  }
}

async function askDatabase(order: Order): Promise<Outcome> {
  const installation = await reach(order.dataDir);
  const prepared = await record(installation, order);
  const next = order.from + prepared.length;
  const pool = Array.from({ length: order.concurrency }, () => new pg.Client(installation.app));
  // A connection that ends tells its query; without a listener it would end this process as well.
  for (const client of pool) client.on('error', () => undefined);
  await Promise.all(pool.map((client) => client.connect()));
  await Promise.all(pool.map((client, at) => plan(client, prepared.slice(at * PLANNED, (at + 1) * PLANNED))));
  try {
    const clients = pool.map((client) => async () => {
      const statements = prepared.pop();
      if (statements === undefined) return undefined;
      for (const { name, text, values } of statements)
        await client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) });
      return true;
    });
    return { measured: await closedLoop(clients, order.seconds), next };
  } finally {
    await Promise.all(pool.map((client) => client.end()));
  }
}

/** PostgreSQL plans a prepared statement so often before it keeps one plan for all values. */
const PLANNED = 6;

/** The service has planned its statements long before it is measured; so has a connection here. Nothing is kept. */
async function plan(client: pg.Client, requests: readonly (readonly Statement[])[]): Promise<void> {
  await client.query('begin');
  for (const { name, text, values } of requests.flat())
    if (name !== undefined) await client.query({ name, text, values: [...values] });
  await client.query('rollback');
}

/** The statements of so many requests, as the service itself makes them. */
async function record(installation: Installation, order: Order): Promise<(readonly Statement[])[]> {
  const { task } = order;
  const real = openDatabase({ address: installation.app, poolSize: 1 });
  const recorder = openRecorder(real.db);
  try {
    const now = () => new Date();
    const app = createApp({
      now,
      randomBytes,
      uuid: risingUuids(randomBytes),
      vault: installation.vault,
      wake: () => undefined,
      db: recorder.db,
      libraries: openLibraries(real.db, now),
      documents,
      feed: {
        publish: () => undefined,
        subscribe: () => () => undefined,
        mark: () => '',
        hasMissed: () => false,
      },
      imports: {
        run: () => Promise.resolve('running'),
        goOn: () => Promise.resolve(),
        stop: () => Promise.resolve(),
      },
      publicUrl: null,
      tryLending: lendingSystems([]).tryOut,
      isTrustedProxy: () => false,
      log: () => undefined,
    });
    const recorded: (readonly Statement[])[] = [];
    for (let count = order.seconds * PREPARED_PER_SECOND.database; recorded.length < count; ) {
      const { path, body, cookie, clientAddress } = postOfTask(task, order.from + recorded.length);
      const headers = {
        origin: 'http://localhost',
        'content-type': 'application/x-www-form-urlencoded',
        cookie,
      };
      // Where a connection would say who asks: the limits count each address apart.
      const peer = { incoming: { socket: { remoteAddress: clientAddress } } };
      const answer = await app.request(path, { method: 'POST', body, headers }, peer);
      if (!isDone(task, answer.status, answer.headers.get('location') ?? ''))
        throw new Error(`a form of the benchmark was refused: ${answer.status}`);
      recorded.push(recorder.take());
    }
    return recorded.reverse();
  } finally {
    await real.close();
  }
}
