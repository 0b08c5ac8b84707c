import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import type { SiteEnv, WebDeps } from '../env.ts';
import { backPressure } from './back-pressure.ts';
import { compressPages } from './compress.ts';
import { readRequest } from './request.ts';

const deps = { randomBytes, isTrustedProxy: () => false, publicUrl: null } as unknown as WebDeps;

/** A service whose answers wait until the test lets them go, and where so many of each kind may be under way. */
function open(
  most: { visitors: number; looks: number; writes: number },
  calm?: { underWay: number; longestMs: number },
) {
  const app = new Hono<SiteEnv>();
  app.use(readRequest(deps), compressPages(), backPressure(most, calm));
  const waiting: (() => void)[] = [];
  app.all('*', async (c) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return c.text('done');
  });
  return { app, waiting };
}

const PAGE = { accept: 'text/html,*/*;q=0.8', host: 'pustaka.example' };
const NOBODY = { visitors: 0, looks: 0, writes: 0 };

describe('who is asked to come again', () => {
  it('gets one page, drawn once for all who only look, that leads back to where each is', async () => {
    const { app } = open(NOBODY);
    const answers: Response[] = [];
    for (const path of ['/b/permohonan/RAHASIA?x=1', '/b/daftar', '/j/kta/secret'])
      answers.push(await app.request(path, { headers: PAGE }));
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
    const { app } = open(NOBODY);
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
  });

  it('hears nothing that was meant for another', async () => {
    const { app } = open(NOBODY);
    const program = await app.request('/b/daftar', {
      headers: { ...PAGE, 'content-type': 'application/json' },
    });
    expect(await program.json()).toEqual({ error: 'unavailable', reason: 'crowded' });
    const english = await app.request('/b/daftar?lang=%65n', { headers: PAGE });
    expect(english.headers.get('Set-Cookie')).toContain('bahasa=en');
    const other = await app.request('/b/daftar', { headers: PAGE });
    expect(other.headers.get('Set-Cookie')).toBeNull();
    expect(other.headers.get('X-Request-Id')).not.toBe(english.headers.get('X-Request-Id'));
    expect(await other.text()).toContain('lang="id"');
    for (let n = 0; n < 150; n++) await app.request(`/k${n}/buku-tamu`, { headers: PAGE });
    expect(await (await app.request('/b/daftar', { headers: PAGE })).text()).toContain('lang="id"');
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

  it('is first who looks at public pages, then who looks at all, and last who sends something', async () => {
    const { app, waiting } = open({ visitors: 1, looks: 2, writes: 3 });
    const ask = (method: string, cookie?: string) =>
      app.request('/b/slow', {
        method,
        headers: { ...PAGE, ...(cookie === undefined ? {} : { cookie }) },
        ...(method === 'POST' ? { body: new URLSearchParams({ nama: 'Contoh Ramai' }) } : {}),
      });
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
    const page = await refused.text();
    expect(page).toContain('Data Anda belum terkirim');
    expect(page).toContain('value="Contoh Ramai"');
    for (const go of waiting) go();
    expect(await Promise.all([first, second, third].map(async (one) => (await one).status))).toEqual([
      200, 200, 200,
    ]);
    // Room again, also for whom an answer is kept.
    const after = ask('GET');
    await expect.poll(() => waiting.length).toBe(4);
    waiting[3]?.();
    expect((await after).status).toBe(200);
  });
});

describe('a page that looks again by itself', () => {
  const PLENTY = { visitors: 3, looks: 3, writes: 3 };
  const byItself = { ...PAGE, cookie: 'sesi-b=x', 'X-Sendiri': 'sabar' };
  const soon = () => new Promise((resolve) => setTimeout(resolve, 20));

  it('lets people go first, and comes in its turn as soon as there is room', async () => {
    const { app, waiting } = open(PLENTY, { underWay: 1, longestMs: 60_000 });
    const person = app.request('/b/loket', { headers: PAGE });
    await expect.poll(() => waiting.length).toBe(1);
    const pages = [1, 2].map(() => app.request('/b/loket', { headers: byItself }));
    await soon();
    expect(waiting).toHaveLength(1);
    const other = app.request('/b/loket', { headers: PAGE });
    await expect.poll(() => waiting.length).toBe(2);
    for (let n = 0; n < 4; n++) {
      await expect.poll(() => waiting.length).toBeGreaterThan(n);
      waiting[n]?.();
    }
    const answers = await Promise.all([person, other, ...pages]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it('waits for no file that is on its way, nor before the screen in the hall, nor with the progress of a print', async () => {
    const { app, waiting } = open(PLENTY, { underWay: 1, longestMs: 60_000 });
    const form = new FormData();
    form.set('foto', new File(['x'], 'foto.jpg'));
    const answers = [app.request('/b/foto', { method: 'POST', headers: PAGE, body: form })];
    await expect.poll(() => waiting.length).toBe(1);
    answers.push(app.request('/b/loket', { headers: byItself }));
    await expect.poll(() => waiting.length).toBe(2);
    // From here on somebody is served who brings no file.
    answers.push(app.request('/b/antrean', { headers: { ...PAGE, 'X-Sendiri': 'sabar' } }));
    await expect.poll(() => waiting.length).toBe(3);
    for (const go of waiting) go();
    await Promise.all(answers);
    const person = app.request('/b/loket', { headers: PAGE });
    await expect.poll(() => waiting.length).toBe(4);
    const progress = app.request('/b/cetak', { headers: { ...byItself, 'X-Sendiri': '1' } });
    await expect.poll(() => waiting.length).toBe(5);
    for (const go of waiting) go();
    await Promise.all([person, progress]);
  });

  it('waits for no longer than it is told to', async () => {
    const { app, waiting } = open(PLENTY, { underWay: 0, longestMs: 1 });
    const page = app.request('/b/loket', { headers: byItself });
    await expect.poll(() => waiting.length).toBe(1);
    waiting[0]?.();
    expect((await page).status).toBe(200);
  });

  it('is asked no more once it was left, and of too many the last are told to come again', async () => {
    const { app, waiting } = open(PLENTY, { underWay: 1, longestMs: 60_000 });
    const person = app.request('/b/loket', { headers: PAGE });
    await expect.poll(() => waiting.length).toBe(1);
    const left = new AbortController();
    const pages = Array.from({ length: 3 }, () =>
      app.request(new Request('http://pustaka.example/b/loket', { headers: byItself, signal: left.signal })),
    );
    await soon();
    expect((await app.request('/b/loket', { headers: byItself })).status).toBe(503);
    left.abort();
    expect((await Promise.all(pages)).map(({ status }) => status)).toEqual([204, 204, 204]);
    waiting[0]?.();
    expect((await person).status).toBe(200);
    expect(waiting).toHaveLength(1);
  });
});
