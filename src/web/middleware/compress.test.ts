import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { expect, it } from 'vitest';
import { compressPages } from './compress.ts';

const PAGE = `<!doctype html><p>${'Perpustakaan umum. '.repeat(3_000)}</p>`;

function ask(accepted: string) {
  const app = new Hono();
  app.use(compressPages() as never);
  app.get('/daftar', (c) => c.html(PAGE));
  return app.request('/daftar', { headers: { 'accept-encoding': accepted } });
}

async function opened(answer: Response): Promise<string> {
  const bytes = Buffer.from(await answer.arrayBuffer());
  const encoding = answer.headers.get('content-encoding');
  if (encoding === null) return bytes.toString();
  return (encoding === 'br' ? brotliDecompressSync(bytes) : gunzipSync(bytes)).toString();
}

it('packs a page as small as it can for who comes alone, and soon for who comes with many', async () => {
  const together = await Promise.all(Array.from({ length: 6 }, () => ask('gzip, deflate, br')));
  const encodings = together.map(({ headers }) => headers.get('content-encoding'));
  expect(encodings.filter((one) => one === 'br')).toHaveLength(2);
  expect(encodings.filter((one) => one === 'gzip')).toHaveLength(4);
  for (const answer of together) expect(await opened(answer)).toBe(PAGE);
  const alone = await ask('gzip, deflate, br');
  expect(alone.headers.get('content-encoding')).toBe('br');
  expect(await opened(alone)).toBe(PAGE);
});

it('gives nobody what they did not ask for, however many there are', async () => {
  const together = await Promise.all(['br', 'br', 'br', 'gzip', 'identity'].map((accepted) => ask(accepted)));
  const encodings = together.map(({ headers }) => headers.get('content-encoding'));
  expect(encodings).toEqual(['br', 'br', 'br', 'gzip', null]);
  for (const answer of together) expect(await opened(answer)).toBe(PAGE);
});
