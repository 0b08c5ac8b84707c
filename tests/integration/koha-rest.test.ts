import { afterEach, describe, expect, it } from 'vitest';
import type { KohaAccess } from '../../src/domain/exporting/feed.ts';
import { openKoha } from '../../src/interop/koha/rest.ts';
import { kohaPatron } from '../../src/interop/koha/write.ts';
import { type FakeKoha, KOHA_USER, fakeKoha as openFakeKoha } from '../support/fake-koha.ts';
import { outgoingNamed } from '../support/outgoing.ts';

const BASIC: KohaAccess = { kind: 'basic', ...KOHA_USER };
const CODES = { branch: 'UTAMA', categories: {} };
const servers: FakeKoha[] = [];
afterEach(async () => {
  for (const one of servers.splice(0)) await one.close();
});

async function fakeKoha(): Promise<FakeKoha> {
  const koha = await openFakeKoha();
  servers.push(koha);
  return koha;
}

function patron(name: string, changes: Parameters<typeof outgoingNamed>[1] = {}) {
  const fitted = kohaPatron(outgoingNamed(name, changes), CODES);
  if (!fitted.ok) throw new Error(fitted.misfits.join());
  return fitted.value;
}

const client = (koha: FakeKoha, access: KohaAccess = BASIC, pauses: number[] = []) =>
  openKoha({ url: koha.url, access }, { fetch, wait: async (ms) => void pauses.push(ms) });

describe('members sent to Koha', () => {
  it('makes a patron of a member', async () => {
    const koha = await fakeKoha();
    expect(await client(koha).put(patron('Dewi Contoh'))).toEqual({ kind: 'created' });
    expect([...koha.patrons.values()]).toEqual([
      {
        patron_id: 1,
        cardnumber: '26112200001',
        surname: 'Dewi Contoh',
        category_id: 'UMUM',
        library_id: 'UTAMA',
        date_of_birth: '1990-05-17',
        date_enrolled: '2026-01-02',
        expiry_date: '2027-01-02',
        gender: 'F',
        address: 'Jl. Contoh 1, RT 001/RW 002, Sukacontoh',
        phone: '081234567890',
      },
    ]);
  });

  it('brings a member who is there already up to date, and never makes a second one', async () => {
    const koha = await fakeKoha();
    const one = client(koha);
    await one.put(patron('Dewi Contoh'));
    expect(await one.put(patron('DEWI  contoh', { email: 'dewi@contoh.id' }))).toEqual({ kind: 'updated' });
    expect([...koha.patrons.values()]).toMatchObject([{ email: 'dewi@contoh.id' }]);
  });

  it('leaves alone whoever else has the number, and says so', async () => {
    const koha = await fakeKoha();
    const one = client(koha);
    await one.put(patron('Dewi Contoh'));
    const other = patron('Agus Lain', { birthDate: '1975-01-01' as never });
    expect(await one.put(other)).toEqual({ kind: 'refused', misfits: ['number_taken'] });
    expect([...koha.patrons.values()]).toMatchObject([{ surname: 'Dewi Contoh' }]);
  });

  it('tells which field was refused, without the words of the server that repeat a name', async () => {
    const koha = await fakeKoha();
    expect(await client(koha).put(patron('Salah'))).toEqual({
      kind: 'refused',
      misfits: ['refused:/body/surname'],
    });
  });

  it('tries again while the server is busy or away, and finds what had arrived', async () => {
    const koha = await fakeKoha();
    const pauses: number[] = [];
    let n = 0;
    koha.before = () => [{ status: 503 }, 'drop' as const][n++];
    expect(await client(koha, BASIC, pauses).put(patron('Dewi Contoh'))).toEqual({ kind: 'created' });
    expect(pauses).toEqual([1_000, 2_000]);
    expect(koha.patrons.size).toBe(1);
    koha.before = () => ({ status: 502 });
    expect(await client(koha).put(patron('Agus Contoh'))).toEqual({
      kind: 'stop',
      reason: 'koha-unreachable',
    });
  });

  it('stops where it is not let in', async () => {
    const koha = await fakeKoha();
    const wrong: KohaAccess = { kind: 'basic', user: 'daftar', password: 'salah' };
    expect(await client(koha, wrong).put(patron('Dewi Contoh'))).toEqual({
      kind: 'stop',
      reason: 'koha-denied',
    });
    expect(koha.asked).toHaveLength(1);
  });

  it('asks for a token once, and for a new one when it has ended', async () => {
    const koha = await fakeKoha();
    const one = client(koha, { kind: 'oauth', clientId: 'daftar', clientSecret: 'rahasia' });
    expect(await one.put(patron('Dewi Contoh'))).toEqual({ kind: 'created' });
    expect(await one.put(patron('Agus Contoh', { number: 'B-2' }))).toEqual({ kind: 'created' });
    expect(koha.asked.filter((each) => each.endsWith('/oauth/token'))).toHaveLength(1);
    let ended = true;
    koha.before = (request) => {
      if (!ended || request.url?.endsWith('/token')) return undefined;
      ended = false;
      return { status: 401 };
    };
    expect(await one.put(patron('Siti Contoh', { number: 'B-3' }))).toEqual({ kind: 'created' });
    expect(koha.asked.filter((each) => each.endsWith('/oauth/token'))).toHaveLength(2);
    const wrong = client(koha, { kind: 'oauth', clientId: 'daftar', clientSecret: 'salah' });
    expect(await wrong.put(patron('Siti Contoh'))).toEqual({ kind: 'stop', reason: 'koha-denied' });
  });

  it('blames the address, and no member, where no Koha answers', async () => {
    const koha = await fakeKoha();
    koha.before = () => ({ status: 404, body: '<h1>Not found</h1>' });
    expect(await client(koha).put(patron('Dewi Contoh'))).toEqual({ kind: 'stop', reason: 'koha-absent' });
    expect(await client(koha).tryOut('UTAMA')).toBe('koha-absent');
  });

  it('is tried out without sending anybody', async () => {
    const koha = await fakeKoha();
    expect(await client(koha).tryOut('UTAMA')).toBe('ok');
    expect(await client(koha).tryOut('LAIN')).toBe('branch-unknown');
    const wrong: KohaAccess = { kind: 'basic', user: 'daftar', password: 'salah' };
    expect(await client(koha, wrong).tryOut('UTAMA')).toBe('koha-denied');
    koha.before = () => 'drop';
    expect(await client(koha).tryOut('UTAMA')).toBe('koha-unreachable');
    expect(koha.patrons.size).toBe(0);
  });
});
