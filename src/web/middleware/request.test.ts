import { Hono } from 'hono';
import { expect, it } from 'vitest';
import type { SiteEnv, WebDeps } from '../env.ts';
import { readRequest } from './request.ts';

async function originOf(proto: string | null, trusted = true): Promise<string> {
  const deps = {
    randomBytes: (length: number) => new Uint8Array(length),
    isTrustedProxy: () => trusted,
    publicUrl: null,
  } as unknown as WebDeps;
  const app = new Hono<SiteEnv>();
  app.use(readRequest(deps));
  app.get('/', (c) => c.text(`${c.get('origin')} ${c.get('secure')}`));
  const headers = proto === null ? {} : { 'x-forwarded-proto': proto };
  const connection = { incoming: { socket: { remoteAddress: '10.0.0.1' } } };
  return (await app.request('http://perpus.example/', { headers }, connection)).text();
}

it('behind one proxy or several the address is the one that the browser shows', async () => {
  expect(await originOf('https')).toBe('https://perpus.example true');
  expect(await originOf('https, http')).toBe('https://perpus.example true');
  expect(await originOf(null)).toBe('http://perpus.example false');
});

it('nobody but a proxy of ours names the scheme, and none that is no scheme of the web', async () => {
  expect(await originOf('https', false)).toBe('http://perpus.example false');
  expect(await originOf('javascript')).toBe('http://perpus.example false');
});
