import { afterEach, describe, expect, it, vi } from 'vitest';
import { gateServer } from './server.ts';

const server = gateServer('/jateng/gerbang', '/.well-known/card-keys/jateng/jwks.json');
const answers = (body: string, status: number) =>
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(body, { status })));
afterEach(() => void vi.unstubAllGlobals());

describe('a gate that is refused', () => {
  it('is no gate any more where the service itself says so', async () => {
    answers('{"reason":"not-enrolled"}', 403);
    expect(await server.state()).toEqual({ ok: false, reason: 'stranger' });
    answers('{"reason":"unreadable"}', 400);
    expect(await server.deliver([])).toEqual({ ok: false, reason: 'unreadable' });
  });

  it('stays one, offline, where a filter or a portal on the way answered', async () => {
    for (const [body, status] of [
      ['<h1>Akses diblokir</h1>', 403],
      ['{"reason":"policy"}', 403],
      ['null', 403],
      ['<h1>Permintaan tidak sah</h1>', 400],
      ['<h1>Silakan masuk ke Wi-Fi</h1>', 200],
    ] as const) {
      answers(body, status);
      expect([body, await server.state()]).toEqual([body, { ok: false, reason: 'away' }]);
    }
  });
});
