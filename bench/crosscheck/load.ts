/** Fills a library with millions by COPY: indexes off, each core with chunks of its own, indexes on again. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { reach } from '../ground.ts';
import { CHUNK, chunkOf, copyLines, type Place } from './chunk.ts';

/** What a loading process is told. */
export interface LoadOrder {
  readonly dataDir: string;
  readonly place: Place;
  readonly chunk: number;
  readonly members: number;
}

/** @returns seconds: rows, then their indexes */
export async function loadMembers(
  dataDir: string,
  place: Place,
  members: number,
  tell: (text: string) => void,
): Promise<{ readonly rows: number; readonly indexes: number }> {
  const installation = await reach(dataDir);
  const owner = new pg.Client({ ...installation.owner, statement_timeout: 0 });
  await owner.connect();
  try {
    const { rows: indexes } = await owner.query<{ name: string; text: string }>(
      `select indexname as name, indexdef as text from pg_indexes
       where schemaname = 'public' and tablename = 'member' and indexname <> 'member_pkey'`,
    );
    // COPY does not go through row-level security; its owner may step around it while nothing else is there.
    await owner.query('alter table member no force row level security');
    for (const { name } of indexes) await owner.query(`drop index ${name}`);
    const began = performance.now();
    await copyAll(dataDir, place, members, tell);
    const copied = performance.now();
    await owner.query(`set maintenance_work_mem = '1GB'`);
    for (const { name, text } of indexes) {
      tell(`${name} …`);
      await owner.query(text);
    }
    await owner.query('alter table member force row level security');
    await owner.query('vacuum (analyze) member');
    return { rows: (copied - began) / 1000, indexes: (performance.now() - copied) / 1000 };
  } finally {
    await owner.end();
  }
}

async function copyAll(dataDir: string, place: Place, members: number, tell: (text: string) => void) {
  const orders = Array.from(
    { length: Math.ceil(members / CHUNK) },
    (_, chunk): LoadOrder => ({ dataDir, place, chunk, members: Math.min(CHUNK, members - chunk * CHUNK) }),
  );
  let done = 0;
  const processes = Array.from({ length: Math.min(availableParallelism(), orders.length) }, async () => {
    const child = fork(process.argv[1] ?? '', ['crosscheck-loader'], { serialization: 'advanced' });
    const ended = once(child, 'exit');
    for (let order = orders.shift(); order !== undefined; order = orders.shift()) {
      child.send(order);
      await Promise.race([
        once(child, 'message'),
        ended.then(() => {
          throw new Error('a loading process ended');
        }),
      ]);
      done += order.members;
      tell(`${done.toLocaleString('en')} of ${members.toLocaleString('en')} members`);
    }
    child.disconnect();
  });
  await Promise.all(processes);
}

/** The loading process: answers orders until the parent is gone. */
export function loader(): void {
  process.on('message', (order: LoadOrder) => {
    copyChunk(order).then(
      () => process.send?.('done'),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.on('disconnect', () => process.exit(0));
}

async function copyChunk({ dataDir, place, chunk, members }: LoadOrder): Promise<void> {
  const installation = await reach(dataDir);
  const client = new pg.Client({ ...installation.owner, statement_timeout: 0 });
  await client.connect();
  try {
    await client.query('set synchronous_commit = off');
    const lines = copyLines(chunkOf(chunk, members).existing, chunk, place, installation.vault);
    const first = lines.next();
    const columns = first.done === true ? [] : first.value;
    await pipeline(
      Readable.from(batches(lines)),
      client.query(copyFrom(`copy member (${columns.join(', ')}) from stdin`)),
    );
  } finally {
    await client.end();
  }
}

function* batches(lines: Iterable<readonly string[]>): Generator<string> {
  let text = '';
  for (const line of lines) {
    text += `${line.join('\t')}\n`;
    if (text.length < 65_536) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}
