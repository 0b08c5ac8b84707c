import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import type { SiteEnv, WebDeps } from '../env.ts';
import { openPressure } from './back-pressure.ts';
import { compressPages } from './compress.ts';
import { readRequest } from './request.ts';

const deps = { randomBytes, isTrustedProxy: () => false, publicUrl: null } as unknown as WebDeps;

/** An app where so many requests of each kind may be under way. */
function open(most: { visitors: number; looks: number; writes: number }) {
  const app = new Hono<SiteEnv>();
  const pressure = openPressure(most);
  let drawn = 0;
  app.use(pressure.door);
  app.use(async (_, next) => {
    drawn++;
    await next();
  });
  app.use(readRequest(deps), compressPages(), pressure.limit);
  let finish = (): void => undefined;
  const slow = new Promise<void>((resolve) => {
    finish = resolve;
  });
  app.get('/b/slow', async (c) => {
    await slow;
    return c.html('<p>slow</p>');
  });
  app.all('*', (c) => c.html('<p>there</p>'));
  return { app, finish: () => finish(), drawn: () => drawn };
}

const PAGE = { accept: 'text/html,*/*;q=0.8', host: 'pustaka.example' };
const NOBODY = { visitors: 0, looks: 0, writes: 0 };

describe('who is asked to come again', () => {
  it('gets one page, drawn once for all who only look, that leads back to where each is', async () => {
    const { app, drawn } = open(NOBODY);
    const answers: Response[] = [];
    for (const path of ['/b/permohonan/RAHASIA?x=1', '/b/daftar', '/j/kta/secret'])
      answers.push(await app.request(path, { headers: PAGE }));
    expect(drawn()).toBe(1);
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    for (const [n, answer] of answers.entries()) {
      expect(answer.status).toBe(503);
      expect(answer.headers.get('Retry-After')).toBe('5');
      expect(answer.headers.get('Cache-Control')).toBe('no-store');
      expect(texts[n]).toBe(texts[0]);
      expect(texts[n]).toContain('href=""');
      expect(texts[n]).not.toMatch(/RAHASIA|secret|x=1/);
    }
  });

  it('is told in the own language, as packed as asked for, and at a kiosk with the way to its start', async () => {
    const { app, drawn } = open(NOBODY);
    const ask = (path: string, headers: Record<string, string> = {}) =>
      app.request(path, { headers: { ...PAGE, ...headers } });
    for (let round = 0; round < 2; round++) {
      expect(await (await ask('/b/daftar')).text()).toContain('Layanan sedang padat');
      expect(await (await ask('/b/daftar', { cookie: 'a=1; bahasa=en' })).text()).toContain('lang="en"');
      expect(await (await ask('/b/daftar?lang=en')).text()).toContain('lang="en"');
      const packed = await ask('/b/daftar', { 'accept-encoding': 'gzip, br' });
      expect(packed.headers.get('Content-Encoding')).toBe('gzip');
      expect(gunzipSync(Buffer.from(await packed.arrayBuffer())).toString()).toContain(
        'Layanan sedang padat',
      );
      expect(await (await ask('/b/buku-tamu/anggota')).text()).toContain('href="/b/buku-tamu"');
    }
    expect(drawn()).toBe(5);
  });

  it('keeps what was typed, and a program is told as a program', async () => {
    const { app } = open(NOBODY);
    await app.request('/b/daftar', { headers: PAGE });
    const sent = await app.request('/b/daftar', {
      method: 'POST',
      body: 'nama=Contoh&kunci=k',
      headers: { ...PAGE, 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(sent.status).toBe(503);
    expect(await sent.text()).toContain('value="Contoh"');
    const told = await app.request('/b/wilayah?q=a', { headers: { accept: 'application/json' } });
    expect(await told.json()).toEqual({ error: 'unavailable', reason: 'crowded' });
  });

  it('is who looks at public pages first, and nobody once there is room again', async () => {
    const { app, finish } = open({ visitors: 1, looks: 2, writes: 3 });
    const first = app.request('/b/slow', { headers: PAGE });
    expect((await app.request('/b/x', { headers: PAGE })).status).toBe(503);
    expect((await app.request('/b/x', { headers: { ...PAGE, cookie: 'sesi-b=1' } })).status).toBe(200);
    expect((await app.request('/b/x', { method: 'POST', headers: PAGE })).status).toBe(200);
    finish();
    expect((await first).status).toBe(200);
    expect((await app.request('/b/x', { headers: PAGE })).status).toBe(200);
  });
});
