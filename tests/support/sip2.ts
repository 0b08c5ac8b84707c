/** The door of SIP2 devices on a test's database, and a device that speaks bytes. */
import net from 'node:net';
import tls from 'node:tls';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { Sip2Account } from '../../src/domain/client.ts';
import { DEFAULT_SIP2, PER_MINUTE, type Sip2Settings } from '../../src/domain/client.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import type { Sip2Deps, Sip2Limits } from '../../src/sip2/parts.ts';
import { openSip2, type Sip2Server, type Sip2Tls } from '../../src/sip2/server.ts';
import { openSharedCodes } from '../../src/usecases/check-at-gate.ts';
import type { Deps, LibraryContext } from '../../src/usecases/context.ts';
import { openLibraries } from '../../src/usecases/get-library.ts';
import { createSip2Client } from '../../src/usecases/manage-client.ts';
import type { RateExchange } from '../../src/usecases/shared-counts.ts';
import { openRateLimit } from '../../src/web/rate-limit.ts';
import type { TestDatabase } from './database.ts';
import { memberNamed, scopeOfRole } from './members.ts';

export interface TestSip2 {
  readonly deps: Sip2Deps;
  readonly server: Sip2Server;
  readonly logged: Readonly<Record<string, string | number | boolean | null>>[];
}

export async function openTestSip2(
  database: TestDatabase,
  deps: Deps,
  limits: Partial<Sip2Limits> = {},
  secure?: Sip2Tls,
  rates?: RateExchange,
): Promise<TestSip2> {
  const logged: TestSip2['logged'] = [];
  const all: Sip2Deps = {
    ...deps,
    db: database.db,
    libraries: openLibraries(database.db, deps.now),
    codes: openSharedCodes(),
    refusals: openRateLimit({ points: 10, seconds: 900 }),
    ...(rates ? { rates } : {}),
    log: (entry) => void logged.push(entry),
  };
  const opened = await openSip2(
    all,
    { port: 0, host: '127.0.0.1', tls: secure },
    { refusalMs: 10, ...limits },
  );
  if (!opened.ok) throw new Error(opened.reason);
  return { deps: all, server: opened.server, logged };
}

/** An account as an admin makes it. */
export async function deviceAccount(
  database: TestDatabase,
  deps: Deps,
  library: LibraryContext,
  name: string,
  settings: Partial<Sip2Settings> = {},
  more: Partial<Sip2Account> = {},
): Promise<{ readonly id: string; readonly login: string; readonly password: string }> {
  const made = await createSip2Client(database.db, deps, scopeOfRole(library, deps, ['admin']), {
    name,
    scopes: ['patron.read'],
    settings: { ...DEFAULT_SIP2, ...settings },
    addresses: [],
    perMinute: PER_MINUTE.max,
    servicePointId: null,
    ...more,
  });
  if (!made.ok) throw new Error(made.reason);
  return made;
}

/** A device at the other end of a socket. Bytes are one character each. */
export class Device {
  readonly #socket: net.Socket;
  #heard = '';
  #closed = false;
  readonly #waiting = new Set<() => void>();

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    const wake = () => {
      for (const resolve of this.#waiting) resolve();
      this.#waiting.clear();
    };
    socket.on('data', (chunk: Buffer) => {
      this.#heard += chunk.toString('latin1');
      wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#closed = true;
      wake();
    });
  }

  static async connect(port: number, ca?: string): Promise<Device> {
    const socket =
      ca === undefined
        ? net.connect(port, '127.0.0.1')
        : tls.connect({ port, host: '127.0.0.1', ca, servername: 'localhost' });
    const device = new Device(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once(ca === undefined ? 'connect' : 'secureConnect', () => resolve());
      socket.once('error', reject);
      socket.once('close', resolve);
    });
    return device;
  }

  /** Sends bytes as they are. */
  send(bytes: string | Uint8Array): void {
    this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** The next message without its end; undefined where the line was closed instead. */
  async next(): Promise<string | undefined> {
    for (;;) {
      const end = this.#heard.indexOf('\r');
      if (end >= 0) {
        const message = this.#heard.slice(0, end);
        this.#heard = this.#heard.slice(end + 1);
        return message;
      }
      if (this.#closed) return undefined;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  async ask(message: string): Promise<string | undefined> {
    this.send(`${message}\r`);
    return this.next();
  }

  async closed(): Promise<void> {
    while (!this.#closed) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  hangUp(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

export async function signedIn(
  port: number,
  account: { readonly login: string; readonly password: string },
  ca?: string,
): Promise<Device> {
  const device = await Device.connect(port, ca);
  const answer = await device.ask(`9300CN${account.login}|CO${account.password}|CPlobi|`);
  if (answer !== '941') throw new Error(`not signed in: ${answer}`);
  return device;
}

/** Members with the numbers that the transcripts of `tests/sip2` name. */
export async function membersOfTranscripts(
  database: TestDatabase,
  deps: Deps,
  library: LibraryContext,
  other: LibraryContext,
): Promise<void> {
  const scope = scopeOfRole(library, deps, ['petugas', 'sub_koordinator']);
  const until = '2027-03-01' as PlainDate;
  const make = async (number: string, name: string, set: object = {}) => {
    const id = await memberNamed(database, deps, scope, name, { birthDate: '1999-08-17' as never });
    await inLibrary(database.db, library.id, (tx) =>
      tx
        .updateTable('member')
        .set({ number, valid_until: until, ...set })
        .where('id', '=', id)
        .execute(),
    );
    return id;
  };
  const sari = await make('A-0001', 'Sari Contoh', { email: 'sari@contoh.test', phone: '+6281200000001' });
  await make('A-0002', 'Bima Contoh', {
    birth_date: '2015-05-05',
    email: 'ibu@contoh.test',
    phone: '+6281200000002',
  });
  await make('A-0003', 'Rudi Contoh', { state: 'suspended', state_reason: 'rules' });
  await make('A-0004', 'Tari Contoh', { valid_until: '2026-03-01' });
  await make('A-0005', 'Yoga Contoh', { state: 'ended' });
  await make('A-0006', 'Sari C.', { merged_into: sari });
  await make('A-0007', `Contoh${'a'.repeat(54)}`);
  await make('A-0008', 'Dewi Contoh');
  const there = scopeOfRole(other, deps, ['petugas', 'sub_koordinator']);
  const foreign = await memberNamed(database, deps, there, 'Orang Lain');
  await inLibrary(database.db, other.id, (tx) =>
    tx.updateTable('member').set({ number: 'J-0001' }).where('id', '=', foreign).execute(),
  );
}
