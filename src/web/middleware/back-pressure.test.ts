import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import type { SiteEnv } from '../env.ts';
import { backPressure } from './back-pressure.ts';
import { readRequest } from './request.ts';

/** A service whose answers wait until the test lets them go. */
function slowService() {
  const app = new Hono<SiteEnv>();
  const waiting: (() => void)[] = [];
  app.use(
    readRequest({
      publicUrl: null,
      isTrustedProxy: () => false,
      randomBytes: (n: number) => Buffer.alloc(n),
    } as never),
    backPressure({ visitors: 1, looks: 2, writes: 3 }),
  );
  app.all('*', async (c) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return c.text('done');
  });
  const ask = (method: string, cookie?: string, path = '/x') =>
    app.request(path, {
      method,
      headers: {
        ...(cookie === undefined ? {} : { cookie }),
        ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      },
      ...(method === 'POST' ? { body: 'nama=Contoh+Ramai' } : {}),
    });
  return { ask, waiting };
}

describe('a crowd', () => {
  it('first asks visitors to wait, then those who only look, and last those who send something', async () => {
    const { ask, waiting } = slowService();
    const first = ask('GET');
    await expect.poll(() => waiting.length).toBe(1);
    expect((await ask('GET')).status).toBe(503);
    const second = ask('GET', '__Host-sesi-jateng=x');
    await expect.poll(() => waiting.length).toBe(2);
    expect((await ask('GET', 'sesi-jateng=x')).status).toBe(503);
    const third = ask('POST');
    await expect.poll(() => waiting.length).toBe(3);

    const refused = await ask('POST');
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('5');
    const page = await refused.text();
    expect(page).toContain('Data Anda belum terkirim');
    expect(page).toContain('value="Contoh Ramai"');

    // One page is drawn for all who look; each leads back to the own address.
    for (const [path, link] of [
      ['/a/b?c=d&e=%22%3E', 'href="/a/b?c=d&amp;e=%22%3E"'],
      ["/g'h", 'href="/g&#39;h"'],
    ] as const)
      expect(await (await ask('GET', undefined, path)).text()).toContain(link);

    for (const go of waiting) go();
    expect(await Promise.all([first, second, third].map(async (one) => (await one).status))).toEqual([
      200, 200, 200,
    ]);
    // Room again.
    const after = ask('GET');
    await expect.poll(() => waiting.length).toBe(4);
    waiting[3]?.();
    expect((await after).status).toBe(200);
  });
});
