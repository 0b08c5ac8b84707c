import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { CardId, ClientId } from '../../src/domain/ids.ts';
import type { LibraryContext } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { listSip2Clients, revokeClient, rotateClient } from '../../src/usecases/manage-client.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';
import { phoneOf, printCode } from '../support/gates.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';
import {
  Device,
  deviceAccount,
  membersOfTranscripts,
  openTestSip2,
  signedIn,
  type TestSip2,
} from '../support/sip2.ts';

const TRANSCRIPTS = join(import.meta.dirname, '..', 'sip2');
const NOW = '20260302    090000';

let database: TestDatabase;
let library: LibraryContext;
let other: LibraryContext;
let sip2: TestSip2;
const deps = testDeps();
const accounts = new Map<string, Awaited<ReturnType<typeof deviceAccount>>>();

beforeAll(async () => {
  database = await createTestDatabase();
  const found = await Promise.all(
    ['banyuwangi', 'jateng'].map((slug) => loadLibrary(database.db, slug, deps.now())),
  );
  if (!found[0] || !found[1]) throw new Error('not seeded');
  [library, other] = [found[0], found[1]];
  await membersOfTranscripts(database, deps, library, other);
  const make = async (name: string, ...more: [object?, object?]) =>
    accounts.set(name, await deviceAccount(database, deps, library, name, ...more));
  await make('gerbang-1');
  await make(
    'mandiri',
    {
      language: 'en',
      charset: 'latin1',
      fields: ['name', 'expiry', 'type', 'birth', 'address', 'email', 'phone'],
      attended: true,
    },
    { scopes: ['patron.read', 'patron.block', 'patron.enable'] },
  );
  await make('ketat', { numbers: false });
  sip2 = await openTestSip2(database, deps);
}, 120_000);
afterAll(async () => {
  await sip2.server.stop(Promise.resolve());
  await database.drop();
});

function account(name: string) {
  const known = accounts.get(name);
  if (!known) throw new Error(`no account ${name}`);
  return known;
}

const ask = (aa: string, ad = '') => `23001${NOW}AObanyuwangi|AA${aa}|AC|AD${ad}|`;
const enter = (name: string) => signedIn(sip2.server.port, account(name));

describe('each pair of messages, byte for byte', async () => {
  for (const file of (await readdir(TRANSCRIPTS)).sort()) {
    it(file.replace('.txt', ''), async () => {
      const text = await readFile(join(TRANSCRIPTS, file), 'utf8');
      let device: Device | undefined;
      let open = false;
      for (const [at, line] of text.split('\n').entries()) {
        const where = `${file}:${at + 1}`;
        const rest = filled(line.slice(2));
        if (line.startsWith('# as ')) {
          device?.destroy();
          const name = line.slice(5).trim();
          device = name === 'nobody' ? await Device.connect(sip2.server.port) : await enter(name);
        } else if (line.startsWith('> ')) {
          open = rest.endsWith('\\');
          const bytes = rest.replace(/\\$/, '').replaceAll('\\r', '\r').replaceAll('\\n', '\n');
          device?.send(open || /[\r\n]$/.test(bytes) ? bytes : `${bytes}\r`);
        } else if (line.startsWith('< ')) {
          const heard = await device?.next();
          expect(Buffer.from(heard ?? 'closed', 'latin1').toString('utf8'), where).toBe(rest);
        }
      }
      device?.destroy();
    });
  }

  function filled(text: string): string {
    return text
      .replace('{password}', account('gerbang-1').password)
      .replace('{library}', library.settings.profile.name)
      .replace('{point}', library.servicePoints[0]?.name ?? '');
  }
});

describe('codes of cards and phones', () => {
  async function holder(name: string) {
    const scope = scopeOfRole(library, deps, ['petugas', 'sub_koordinator']);
    const memberId = await memberNamed(database, deps, scope, name);
    const card = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('card').select('id').where('member_id', '=', memberId).executeTakeFirstOrThrow(),
    );
    return { memberId, card: card.id as CardId };
  }

  it('are enough where numbers are not, and a revoked card is "reported lost"', async () => {
    const { card } = await holder('Kartu Contoh');
    const code = printCode(deps, library, card);
    const device = await enter('ketat');
    expect(await device.ask(ask(code))).toContain('|AEKartu Contoh|BLY|');
    await inLibrary(database.db, library.id, (tx) =>
      tx.updateTable('card').set({ revoked_at: deps.now() }).where('id', '=', card).execute(),
    );
    expect(await device.ask(ask(code))).toMatch(/^24YYYYY {9}000.*\|AE\|BLN\|AFKartu ini sudah dicabut\.\|$/);
    device.destroy();
  });

  it('of another library are refused, and forged ones', async () => {
    const { card } = await holder('Tamu Contoh');
    const device = await enter('ketat');
    const foreign = await device.ask(ask(printCode(deps, other, card)));
    expect(foreign).toMatch(/\|AE\|BLN\|AFKartu ini milik perpustakaan lain\.\|$/);
    const code = printCode(deps, library, card);
    const forged = `${code.slice(0, -4)}${code.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
    expect(await device.ask(ask(forged))).toMatch(/\|AE\|BLN\|/);
    device.destroy();
  });

  it('that move are one scan within one turn, and taken once', async () => {
    const { card } = await holder('Ponsel Contoh');
    const code = await (await phoneOf(deps, library, card))(deps.now().getTime());
    const device = await enter('gerbang-1');
    expect(await device.ask(ask(code))).toContain('|BLY|');
    expect(await device.ask(`63001${NOW}${' '.repeat(10)}AObanyuwangi|AA${code}|`)).toContain('|BLY|');
    await device.ask(`35${NOW}AObanyuwangi|AA${code}|`);
    expect(await device.ask(ask(code))).toMatch(/\|BLN\|AFKode ini baru saja dipakai\.\|$/);
    device.destroy();
  });

  it('prove as a "patron password" that the holder is there, and for nobody else', async () => {
    const { memberId, card } = await holder('Hadir Contoh');
    const phone = await phoneOf(deps, library, card);
    const { number } = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('member').select('number').where('id', '=', memberId).executeTakeFirstOrThrow(),
    );
    const device = await enter('gerbang-1');
    const code = await phone(deps.now().getTime());
    expect(await device.ask(ask(number, code))).toContain('|BLY|CQY|');
    expect(await device.ask(ask('A-0001', code))).toContain('|BLY|CQN|');
    device.destroy();
  });
});

describe('letters', () => {
  it('arrive in the character set of the device, and a name of one word and sixty letters whole', async () => {
    const scope = scopeOfRole(library, deps, ['petugas', 'sub_koordinator']);
    const name = `Né${'ü'.repeat(57)}ā`;
    const id = await memberNamed(database, deps, scope, name);
    await inLibrary(database.db, library.id, (tx) =>
      tx.updateTable('member').set({ number: 'A-0060' }).where('id', '=', id).execute(),
    );
    const utf8 = await enter('gerbang-1');
    const plain = Buffer.from((await utf8.ask(ask('A-0060'))) ?? '', 'latin1').toString('utf8');
    expect(plain).toContain(`|AE${name}|`);
    const latin1 = await enter('mandiri');
    expect(await latin1.ask(ask('A-0060'))).toContain(`|AENé${'ü'.repeat(57)}a|`);
    utf8.destroy();
    latin1.destroy();
  });
});

describe('an account', () => {
  it('is made by an admin, signs in as its library and name, and is counted without saying whom it asked about', async () => {
    const made = await deviceAccount(database, deps, library, 'hitung');
    expect(made.login).toBe('banyuwangi.hitung');
    const device = await signedIn(sip2.server.port, made);
    for (let at = 0; at < 3; at++) await device.ask(ask('A-0001'));
    device.hangUp();
    await device.closed();
    // The end of the line writes what was counted.
    const row = await until(async () => {
      const rows = await listSip2Clients(database.db, scopeOfRole(library, deps, ['admin']));
      const found = rows.find(({ name }) => name === 'hitung');
      return found?.lookupsToday === 3 ? found : undefined;
    });
    expect(row).toMatchObject({ messagesToday: 4, lastAddress: '127.0.0.1' });
    expect(JSON.stringify(row)).not.toContain(made.password);
  });

  it('whose password was changed, or which was revoked, is sent away and not let in again', async () => {
    const scope = scopeOfRole(library, deps, ['admin']);
    const made = await deviceAccount(database, deps, library, 'dicabut');
    const device = await signedIn(sip2.server.port, made);
    const rotated = await rotateClient(database.db, deps, scope, {
      kind: 'sip2',
      id: made.id as ClientId,
    });
    if (!rotated.ok) throw new Error(rotated.reason);
    expect(await sentAway(device)).toBe(true);
    await expect(signedIn(sip2.server.port, made)).rejects.toThrow('940');
    const again = await signedIn(sip2.server.port, rotated);
    await revokeClient(database.db, deps, scope, { kind: 'sip2', name: 'dicabut' });
    expect(await sentAway(again)).toBe(true);
    await expect(signedIn(sip2.server.port, rotated)).rejects.toThrow('940');
    // The name is free for the next device.
    await deviceAccount(database, deps, library, 'dicabut');
  });

  it('comes only from its addresses', async () => {
    const far = await deviceAccount(database, deps, library, 'jauh', {}, { addresses: ['10.0.0.0/8'] });
    await expect(signedIn(sip2.server.port, far)).rejects.toThrow('940');
    const near = await deviceAccount(database, deps, library, 'dekat', {}, { addresses: ['127.0.0.0/8'] });
    (await signedIn(sip2.server.port, near)).destroy();
  });

  it('of one library sees nothing of another, whatever institution it names', async () => {
    const made = await deviceAccount(database, deps, other, 'gerbang-1');
    const device = await signedIn(sip2.server.port, made);
    expect(await device.ask(ask('A-0001'))).toMatch(/AOjateng\|AAA-0001\|AE\|BLN\|/);
    expect(await device.ask(ask('J-0001'))).toMatch(/AOjateng\|AAJ-0001\|AEOrang Lain\|BLY\|/);
    device.destroy();
  });

  it('with a wrong password is refused like one that does not exist, and the line is closed after three', async () => {
    const device = await Device.connect(sip2.server.port);
    for (const name of ['gerbang-1', 'tidak-ada', 'gerbang-1'])
      expect(await device.ask(`9300CNbanyuwangi.${name}|COsalah|`)).toBe('940');
    expect(await device.next()).toBeUndefined();
  });

  it('is not locked out by somebody who tries its passwords, once it was in', async () => {
    const made = await deviceAccount(database, deps, library, 'dicoba');
    (await signedIn(sip2.server.port, made)).destroy();
    for (let at = 0; at < 4; at++) {
      const thief = await Device.connect(sip2.server.port);
      for (let guess = 0; guess < 3; guess++) await thief.ask(`9300CN${made.login}|COtebak${at}${guess}|`);
      thief.destroy();
    }
    (await signedIn(sip2.server.port, made)).destroy();
  });

  it('whose contact data go out leaves a trace in the log for each member, one with names alone none', async () => {
    const views = () =>
      inLibrary(database.db, library.id, (tx) =>
        tx
          .selectFrom('audit_log')
          .select(['actor_id', 'subject_kind'])
          .where('action', '=', 'member.tell_device')
          .where('actor_kind', '=', 'device')
          .execute(),
      );
    const seen = (await views()).length;
    const made = await deviceAccount(database, deps, library, 'kontak', { fields: ['name', 'phone'] });
    const device = await signedIn(sip2.server.port, made);
    await device.ask(ask('A-0001'));
    expect(await views()).toHaveLength(seen);
    expect(await device.ask(`63001${NOW}${' '.repeat(10)}AO|AAA-0001|`)).toContain('BF+6281200000001|');
    expect(await views()).toHaveLength(seen + 1);
    expect((await views()).at(-1)).toEqual({ actor_id: made.id, subject_kind: 'member' });
    device.destroy();
  });

  async function sentAway(device: Device): Promise<boolean> {
    // The account is read anew after two seconds of talk at the latest.
    return (
      (await until(async () => ((await device.ask(ask('A-0001'))) === undefined ? true : undefined))) ?? false
    );
  }
});

it('nothing that the service logs names a person, a number or a password', () => {
  const text = JSON.stringify(sip2.logged);
  expect(sip2.logged.length).toBeGreaterThan(0);
  expect(text).not.toMatch(/Contoh|A-000|990101|banyuwangi\.|salah|\+62/);
  for (const { password } of accounts.values()) expect(text).not.toContain(password);
});

/** Asks again until there is an answer: what is written after a line has closed takes its time on a busy machine. */
async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 20_000; Date.now() < end; ) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not come about');
}
