import { PassThrough, Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { openWriter } from './audit-sink.ts';

type Out = Parameters<typeof openWriter>[0];

it('lines on standard output have arrived when they are written', async () => {
  const out = new PassThrough();
  await openWriter(out as unknown as Out, 5_000)(['{"n":1}', '{"n":2}']);
  expect(String(out.read())).toBe('{"n":1}\n{"n":2}\n');
});

it('an output whose reader has gone is told as an error, and as nothing else', async () => {
  const gone = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('gone'), { code: 'EPIPE' })),
  });
  const write = openWriter(gone as unknown as Out, 5_000);
  await expect(write(['{}'])).rejects.toMatchObject({ code: 'EPIPE' });
});

it('a full output that nobody reads is waited for until the time is over, or the service ends', async () => {
  const full = () => new Writable({ write: () => undefined }) as unknown as Out;
  await expect(openWriter(full(), 20)(['{}'])).rejects.toThrow('nobody reads');
  const leaving = new AbortController();
  const written = openWriter(full(), 60_000)(['{}'], leaving.signal);
  leaving.abort();
  await expect(written).rejects.toThrow('nobody reads');
  await expect(openWriter(full(), 60_000)(['{}'], leaving.signal)).rejects.toThrow('nobody reads');
});

it('nothing is added to what nobody has read yet', async () => {
  const out = new Writable({ highWaterMark: 1_000, write: () => undefined });
  const write = openWriter(out as unknown as Out, 20);
  for (let n = 0; n < 5; n++) await expect(write(['x'.repeat(2_000)])).rejects.toThrow('nobody reads');
  expect(out.writableLength).toBeLessThan(3_000);
});
