import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Bridge, openBridge } from '../../src/db/notify.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

interface Note {
  readonly n: number;
}

let database: TestDatabase;
let bridges: Bridge<Note>[];
const heard: [number[], number[]] = [[], []];

beforeAll(async () => {
  database = await createTestDatabase();
  bridges = ['one', 'two'].map((name) => openBridge<Note>(() => new pg.Client(database.addresses.app), name));
  bridges.forEach((bridge, index) => {
    bridge.onReceive(({ n }) => heard[index]?.push(n));
  });
  await until(async () => {
    bridges[0]?.send({ n: -1 });
    return heard[1].length > 0;
  });
  heard[1].length = 0;
});
afterAll(async () => {
  await Promise.all(bridges.map((bridge) => bridge.stop()));
  await database.drop();
});

async function until(happened: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await happened()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('did not happen within ten seconds');
}

it('a change saved by one process is heard by the other, however many at once, and not by itself', async () => {
  for (let n = 0; n < 2_000; n++) bridges[0]?.send({ n });
  await until(() => heard[1].filter((n) => n >= 0).length >= 2_000);
  expect(heard[1].filter((n) => n >= 0)).toEqual(Array.from({ length: 2_000 }, (_, n) => n));
  expect(heard[0]).toEqual([]);
});

it('a lost connection is opened again', async () => {
  const admin = new pg.Client(database.addresses.admin);
  await admin.connect();
  await admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'listen %'`,
  );
  await admin.end();
  heard[1].length = 0;
  await until(() => {
    bridges[0]?.send({ n: 7 });
    return heard[1].includes(7);
  });
});
