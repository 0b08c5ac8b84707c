import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import type { KohaAccess } from '../../src/domain/exporting/feed.ts';
import { openKoha } from '../../src/interop/koha/rest.ts';
import { kohaPatron } from '../../src/interop/koha/write.ts';
import { outgoingNamed } from '../support/outgoing.ts';

type Patron = Record<string, unknown> & { cardnumber: string; patron_id: number };

interface FakeKoha {
  readonly url: string;
  readonly patrons: Map<number, Patron>;
  readonly asked: string[];
  /** Answers before anything else looks at the request; undefined goes on. */
  before: (request: IncomingMessage) => { status: number; body?: unknown } | 'drop' | undefined;
}

const BASIC: KohaAccess = { kind: 'basic', user: 'daftar', password: 'sandi:contoh' };
const CODES = { branch: 'UTAMA', categories: {} };
let server: Server | undefined;
afterEach(() => new Promise((resolve) => server?.close(resolve) ?? resolve(undefined)));

/** As the documentation of `/api/v1/patrons` and `/api/v1/oauth/token` says. */
async function fakeKoha(): Promise<FakeKoha> {
  const patrons = new Map<number, Patron>();
  const asked: string[] = [];
  let tokens = 0;
  const answer = async (request: IncomingMessage): Promise<{ status: number; body?: unknown } | 'drop'> => {
    const url = new URL(request.url ?? '/', 'http://koha');
    asked.push(`${request.method} ${url.pathname}`);
    const early = koha.before(request);
    if (early !== undefined) return early;
    const content = await text(request);
    if (url.pathname === '/api/v1/oauth/token') {
      const form = new URLSearchParams(content);
      const known =
        form.get('grant_type') === 'client_credentials' && form.get('client_secret') === 'rahasia';
      return known
        ? { status: 200, body: { access_token: `token${++tokens}`, token_type: 'Bearer', expires_in: 3600 } }
        : { status: 403, body: { error: 'unauthorized_client' } };
    }
    const { authorization } = request.headers;
    const basic = `Basic ${Buffer.from('daftar:sandi:contoh').toString('base64')}`;
    if (authorization !== basic && authorization !== `Bearer token${tokens}`)
      return { status: 401, body: { error: 'Authentication failure.' } };
    if (request.method === 'GET') {
      const wanted = JSON.parse(url.searchParams.get('q') ?? '{}') as { cardnumber: string };
      return {
        status: 200,
        body: [...patrons.values()].filter((one) => one.cardnumber === wanted.cardnumber),
      };
    }
    const sent = JSON.parse(content) as Patron;
    if (!/^[^@]*@?[^@]*$/.test(String(sent.email ?? '')) || sent.surname === 'Salah')
      return {
        status: 400,
        body: { errors: [{ message: `${sent.surname} is wrong`, path: '/body/surname' }], status: 400 },
      };
    const id = Number(/^\/api\/v1\/patrons\/(\d+)$/.exec(url.pathname)?.[1] ?? patrons.size + 1);
    if ([...patrons.values()].some((one) => one.cardnumber === sent.cardnumber && one.patron_id !== id))
      return {
        status: 409,
        body: { error: 'A patron record matching these details already exists', conflict: 'cardnumber' },
      };
    const patron = { ...patrons.get(id), ...sent, patron_id: id };
    patrons.set(id, patron);
    return { status: request.method === 'POST' ? 201 : 200, body: patron };
  };
  server = createServer((request, response) => {
    void answer(request).then((result) => {
      if (result === 'drop') return request.destroy();
      response.writeHead(result.status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(result.body ?? {}));
      return undefined;
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const koha: FakeKoha = { url: `http://127.0.0.1:${port}/`, patrons, asked, before: () => undefined };
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
});
