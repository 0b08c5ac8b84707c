import { afterEach, describe, expect, it } from 'vitest';
import type { KohaAccess } from '../../src/domain/exporting/feed.ts';
import { openKoha } from '../../src/interop/koha/rest.ts';
import { kohaTarget } from '../../src/interop/koha/target.ts';
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

/** Who is not there is made; the row that is there is written as a whole. */
async function put(
  koha: ReturnType<typeof client>,
  name: string,
  changes: Parameters<typeof outgoingNamed>[1] = {},
) {
  const member = outgoingNamed(name, changes);
  const target = kohaTarget(koha, CODES);
  const fitted = target.shape(member);
  if (!fitted.ok) throw new Error(fitted.misfits.join());
  const values = fitted.value;
  return target.put({ id: null, number: member.number, values }, (row) =>
    row === null ? { kind: 'insert' } : { kind: 'write', fields: Object.keys(values) },
  );
}

const client = (koha: FakeKoha, access: KohaAccess = BASIC, pauses: number[] = []) =>
  openKoha({ url: koha.url, access }, { fetch, wait: async (ms) => void pauses.push(ms) });

describe('members sent to Koha', () => {
  it('makes a patron of a member', async () => {
    const koha = await fakeKoha();
    expect(await put(client(koha), 'Dewi Contoh')).toMatchObject({ kind: 'done' });
    expect([...koha.patrons.values()]).toEqual([
      {
        patron_id: 1,
        cardnumber: '26112200001',
        surname: 'Dewi Contoh',
        firstname: null,
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
    await put(one, 'Dewi Contoh');
    expect(await put(one, 'DEWI  contoh', { email: 'dewi@contoh.id' })).toMatchObject({ kind: 'done' });
    expect([...koha.patrons.values()]).toMatchObject([{ email: 'dewi@contoh.id' }]);
  });

  it('never takes a patron over whom it was not shown, and says that the number is taken', async () => {
    const koha = await fakeKoha();
    await put(client(koha), 'Dewi Contoh');
    // Somebody there was quicker than our look.
    const made = await client(koha).create({
      cardnumber: '26112200001',
      surname: 'Agus Lain',
      category_id: 'UMUM',
      library_id: 'UTAMA',
    });
    expect(made).toEqual({ kind: 'refused', misfits: ['number_taken'] });
    expect([...koha.patrons.values()]).toMatchObject([{ surname: 'Dewi Contoh' }]);
  });

  it('never sends notes, and says a suspension by the last day', async () => {
    const koha = await fakeKoha();
    await put(client(koha), 'Dewi Contoh');
    const [dewi] = [...koha.patrons.values()];
    if (!dewi) throw new Error('not made');
    koha.patrons.set(1, { ...dewi, staff_notes: 'milik petugas Koha' });
    await put(client(koha), 'Dewi Contoh', { state: 'suspended', stateSince: '2026-03-04' as never });
    expect(koha.patrons.get(1)).toMatchObject({
      staff_notes: 'milik petugas Koha',
      expiry_date: '2026-03-04',
    });
  });

  it('tells which field was refused, without the words of the server that repeat a name', async () => {
    const koha = await fakeKoha();
    expect(await put(client(koha), 'Salah')).toEqual({
      kind: 'refused',
      misfits: ['refused:/body/surname'],
    });
  });

  it('tries again while the server is busy or away, and finds what had arrived', async () => {
    const koha = await fakeKoha();
    const pauses: number[] = [];
    let n = 0;
    koha.before = () => [{ status: 503 }, 'drop' as const][n++];
    expect(await put(client(koha, BASIC, pauses), 'Dewi Contoh')).toMatchObject({ kind: 'done' });
    expect(pauses).toEqual([1_000, 2_000]);
    expect(koha.patrons.size).toBe(1);
    koha.before = () => ({ status: 502 });
    expect(await put(client(koha), 'Agus Contoh')).toEqual({
      kind: 'stop',
      failure: 'koha-unreachable',
      note: null,
    });
  });

  it('stops where it is not let in', async () => {
    const koha = await fakeKoha();
    const wrong: KohaAccess = { kind: 'basic', user: 'daftar', password: 'salah' };
    expect(await put(client(koha, wrong), 'Dewi Contoh')).toEqual({
      kind: 'stop',
      failure: 'koha-denied',
      note: null,
    });
    expect(koha.asked).toHaveLength(1);
  });

  it('asks for a token once, and for a new one when it has ended', async () => {
    const koha = await fakeKoha();
    const one = client(koha, { kind: 'oauth', clientId: 'daftar', clientSecret: 'rahasia' });
    expect(await put(one, 'Dewi Contoh')).toMatchObject({ kind: 'done' });
    expect(await put(one, 'Agus Contoh', { number: 'B-2' })).toMatchObject({ kind: 'done' });
    expect(koha.asked.filter((each) => each.endsWith('/oauth/token'))).toHaveLength(1);
    let ended = true;
    koha.before = (request) => {
      if (!ended || request.url?.endsWith('/token')) return undefined;
      ended = false;
      return { status: 401 };
    };
    expect(await put(one, 'Siti Contoh', { number: 'B-3' })).toMatchObject({ kind: 'done' });
    expect(koha.asked.filter((each) => each.endsWith('/oauth/token'))).toHaveLength(2);
    const wrong = client(koha, { kind: 'oauth', clientId: 'daftar', clientSecret: 'salah' });
    expect(await put(wrong, 'Siti Contoh')).toEqual({ kind: 'stop', failure: 'koha-denied', note: null });
  });

  it('blames the address, and no member, where no Koha answers', async () => {
    const koha = await fakeKoha();
    koha.before = () => ({ status: 404, body: '<h1>Not found</h1>' });
    expect(await put(client(koha), 'Dewi Contoh')).toEqual({
      kind: 'stop',
      failure: 'koha-absent',
      note: null,
    });
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
