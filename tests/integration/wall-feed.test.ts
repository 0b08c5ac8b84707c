import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const FEED = '/banyuwangi/antrean/siaran';
const PROXY = '127.0.0.1';
let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createTestDatabase();
  app = createTestApp(database, { isTrustedProxy: (address) => address === PROXY });
});
afterAll(() => database.drop());

/** A request of a screen as the proxy before the service hands it on. */
async function ask(address: string, method: 'GET' | 'HEAD' = 'GET'): Promise<Response> {
  const request = new Request(`http://localhost${FEED}`, { method, headers: { 'x-forwarded-for': address } });
  return app.app.fetch(request, { incoming: { socket: { remoteAddress: PROXY } } });
}

async function closeAll(answers: readonly Response[]): Promise<void> {
  await Promise.all(answers.map((answer) => answer.body?.cancel()));
}

describe('the feed of the screen on the wall', () => {
  it('keeps its places although somebody asks for its heads only', async () => {
    for (let asked = 0; asked < 120; asked++) expect((await ask('192.0.2.1', 'HEAD')).status).toBe(200);
    const screen = await ask('192.0.2.1');
    expect(screen.status).toBe(200);
    expect(screen.headers.get('cache-control')).toBe('no-store');
    await closeAll([screen]);
  });

  it('cannot be filled from one network: the other screens of the library still hear', async () => {
    const greedy = await Promise.all(Array.from({ length: 120 }, () => ask('192.0.2.2')));
    const held = greedy.filter((answer) => answer.status === 200);
    expect(held).toHaveLength(30);
    const refused = greedy.find((answer) => answer.status === 503);
    expect(refused?.headers.get('retry-after')).toBe('60');
    const other = await ask('192.0.2.3');
    expect(other.status).toBe(200);
    await closeAll([...held, other]);
    await expect
      .poll(async () => {
        const again = await ask('192.0.2.2');
        await closeAll([again]);
        return again.status;
      })
      .toBe(200);
  });
});
