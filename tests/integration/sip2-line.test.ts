/** What a line may do to the door of SIP2 devices: be silent, be cut, talk nonsense, talk too much. */
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LONGEST_MESSAGE } from '../../src/domain/sip2-grammar/layout.ts';
import { openTlsFiles } from '../../src/tls-files.ts';
import type { LibraryContext } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';
import {
  Device,
  deviceAccount,
  membersOfTranscripts,
  openTestSip2,
  signedIn,
  type TestSip2,
} from '../support/sip2.ts';
import { selfSigned } from '../support/tls-files.ts';

const NOW = '20260302    090000';
const ask = (aa: string) => `23001${NOW}AObanyuwangi|AA${aa}|AC|AD|`;

let database: TestDatabase;
let library: LibraryContext;
let account: Awaited<ReturnType<typeof deviceAccount>>;
const deps = testDeps();
const opened: TestSip2[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const found = await Promise.all(
    ['banyuwangi', 'jateng'].map((slug) => loadLibrary(database.db, slug, deps.now())),
  );
  if (!found[0] || !found[1]) throw new Error('not seeded');
  [library] = found as [LibraryContext];
  await membersOfTranscripts(database, deps, library, found[1]);
  account = await deviceAccount(database, deps, library, 'gerbang-1');
}, 120_000);
afterAll(async () => {
  for (const one of opened) await one.server.stop(Promise.resolve());
  await database.drop();
});

async function open(
  ...options: Parameters<typeof openTestSip2> extends [unknown, unknown, ...infer Rest] ? Rest : never
) {
  const sip2 = await openTestSip2(database, deps, ...options);
  opened.push(sip2);
  return sip2;
}

describe('a line is closed', () => {
  it('when nobody signs in, when it is silent, and when a message does not end', async () => {
    const { server } = await open({ signInMs: 300 });
    await (await Device.connect(server.port)).closed();
    // Long enough for the slow hash of a password on a busy machine.
    const quiet = await open({ idleMs: 3_000 });
    await (await signedIn(quiet.server.port, account)).closed();
    const patient = await open({ halfMs: 1_000 });
    const slow = await signedIn(patient.server.port, account);
    slow.send('2300120260302');
    await slow.closed();
    await vi.waitFor(() =>
      expect([server.size(), quiet.server.size(), patient.server.size()]).toEqual([0, 0, 0]),
    );
  });

  it('when a message is longer than any, before or after the sign-in', async () => {
    const { server } = await open();
    for (const device of [await Device.connect(server.port), await signedIn(server.port, account)]) {
      device.send('9'.repeat(LONGEST_MESSAGE + 1));
      await device.closed();
    }
  });

  it('when a stranger asks about a member, and after five messages that nobody can read', async () => {
    const { server } = await open();
    expect(await (await Device.connect(server.port)).ask(ask('A-0001'))).toBeUndefined();
    const device = await signedIn(server.port, account);
    for (let at = 0; at < 5; at++) expect(await device.ask('apa ini')).toBe('96');
    expect(await device.next()).toBeUndefined();
  });

  it('when it asks far too fast', async () => {
    const { server } = await open();
    const slow = await deviceAccount(database, deps, library, 'pelan', {}, { perMinute: 10 });
    const device = await signedIn(server.port, slow);
    device.send(`${ask('A-9999')}\r`.repeat(5));
    while ((await device.next()) !== undefined);
  });
});

it('no more lines are taken than allowed, of strangers and of one device', async () => {
  const { server } = await open({ mostStrangers: 3, mostPerClient: 2, mostConnections: 6 });
  const strangers = await Promise.all([0, 1, 2].map(() => Device.connect(server.port)));
  await (await Device.connect(server.port)).closed();
  for (const stranger of strangers) stranger.destroy();
  const first = await entered(server.port);
  const second = await entered(server.port);
  const third = await entered(server.port);
  // The oldest makes room: a device that was switched off leaves its line behind.
  await first.closed();
  expect(await second.ask(ask('A-0001'))).toContain('BLY');
  expect(await third.ask(ask('A-0001'))).toContain('BLY');
  second.destroy();
  third.destroy();
});

it('a script that sends all at once and hangs up gets all its answers', async () => {
  const { server } = await open();
  const device = await Device.connect(server.port);
  const login = `9300CN${account.login}|CO${account.password}|`;
  device.send(
    [login, ask('A-0001'), ask('A-0002'), `35${NOW}AO|AAA-0002|`].map((one) => `${one}\r\n`).join(''),
  );
  device.hangUp();
  const heard = [await device.next(), await device.next(), await device.next(), await device.next()];
  expect(heard.map((one) => one?.slice(0, 2))).toEqual(['94', '24', '24', '36']);
  expect(await device.next()).toBeUndefined();
});

it('a service that stops answers what has arrived, and takes nothing more', async () => {
  const { server } = await openTestSip2(database, deps);
  const device = await signedIn(server.port, account);
  const idle = await signedIn(server.port, account);
  device.send(`${ask('A-0001')}\r${ask('A-0002')}\r`);
  // In one piece: when the first is answered, the second has arrived.
  expect(await device.next()).toContain('AAA-0001');
  await Promise.all([server.stop(), idle.closed(), device.closed()]);
  expect(await device.next()).toContain('AAA-0002');
  await expect(signedIn(server.port, account)).rejects.toThrow();
});

it('speaks TLS where it is set up, and nothing else then', async () => {
  const secure = selfSigned();
  const { server } = await open({ signInMs: 5_000 }, secure);
  const device = await signedIn(server.port, account, secure.cert);
  expect(await device.ask(ask('A-0001'))).toContain('|AESari Contoh|BLY|');
  device.destroy();
  const plain = await Device.connect(server.port);
  plain.send('9900802.00\r');
  await plain.closed();
});

it('presents a certificate that was replaced at the next line, and the one before until both files fit', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'daftar-tls-'));
  const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  const put = async (name: keyof typeof files, text: string) => {
    await writeFile(`${files[name]}.new`, text);
    await rename(`${files[name]}.new`, files[name]);
  };
  const [old, next] = [selfSigned(), selfSigned()];
  await put('certFile', old.cert);
  await put('keyFile', old.key);
  const told: object[] = [];
  const { server } = await open(
    {},
    openTlsFiles(files, (entry) => void told.push(entry)),
  );
  const before = await signedIn(server.port, account, old.cert);
  await put('certFile', next.cert);
  // The key is still the old one's: nobody is turned away.
  (await signedIn(server.port, account, old.cert)).destroy();
  await put('keyFile', next.key);
  const device = await signedIn(server.port, account, next.cert);
  expect(await device.ask(ask('A-0001'))).toContain('|AESari Contoh|BLY|');
  await expect(signedIn(server.port, account, old.cert)).rejects.toThrow();
  // A line that is open goes on.
  expect(await before.ask(ask('A-0001'))).toContain('|AESari Contoh|BLY|');
  await rm(files.certFile);
  (await signedIn(server.port, account, next.cert)).destroy();
  expect(told.map((entry) => ('reason' in entry ? entry.reason : entry))).toEqual([
    expect.stringMatching(/^ERR_OSSL/),
    { event: 'certificate-renewed', file: files.certFile },
    'ENOENT',
  ]);
  device.destroy();
  before.destroy();
  await rm(folder, { recursive: true });
});

it('whatever a device sends, changed at random or made by the grammar, leaves the service well', async () => {
  const { server, logged } = await open({ mostPerClient: 64 });
  const seeds = await requests();
  const change = fc.record({
    at: fc.nat(),
    by: fc.integer({ min: 0, max: 255 }),
    kind: fc.constantFrom('set', 'cut', 'add'),
  });
  const cases = fc.sample(
    fc.tuple(fc.constantFrom(...seeds), fc.array(change, { minLength: 1, maxLength: 6 }), fc.nat(40)),
    { numRuns: 600, seed: 20260302 },
  );
  let device = await signedIn(server.port, account);
  const before = memory();
  for (const [at, [seed, changes, cut]] of cases.entries()) {
    let sent = [...seed];
    for (const { at: place, by, kind } of changes) {
      const index = place % (sent.length + 1);
      const byte = String.fromCharCode(by);
      sent =
        kind === 'cut'
          ? sent.toSpliced(index, 1 + (by % 4))
          : sent.toSpliced(index, kind === 'set' ? 1 : 0, byte);
    }
    const text = `${sent.join('')}\r`;
    device.send(text.slice(0, cut));
    device.send(text.slice(cut));
    // The next known message is answered, or the line was closed: never neither.
    if (at % 5 === 4) device = await answered(device);
  }
  device.destroy();
  await (await signedIn(server.port, account)).ask(ask('A-0001'));
  expect(logged.filter(({ event }) => event === 'sip2-failed' || event === 'sip2-line-failed')).toEqual([]);
  expect(memory() - before).toBeLessThan(60);

  async function answered(known: Device): Promise<Device> {
    known.send(`${ask('A-0007')}\r`);
    for (;;) {
      const heard = await known.next();
      if (heard === undefined) return signedIn(server.port, account);
      if (heard.includes('AAA-0007')) return known;
    }
  }
}, 120_000);

/** What the transcripts send. */
async function requests(): Promise<string[]> {
  const folder = join(import.meta.dirname, '..', 'sip2');
  const files = (await readdir(folder)).filter((file) => file !== 'login.txt');
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts.flatMap((text) =>
    text
      .split('\n')
      .flatMap((line) => (line.startsWith('> ') && !line.includes('\\') ? [line.slice(2)] : [])),
  );
}

/** Megabytes in use. */
function memory(): number {
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/** A line that was destroyed may still be counted for a moment. */
async function entered(port: number): Promise<Device> {
  for (;;) {
    try {
      return await signedIn(port, account);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
