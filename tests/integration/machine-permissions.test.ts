import { sql } from 'kysely';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { type Program, programOf } from '../support/api-keys.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { pairingCode } from '../support/gates.ts';
import {
  type Act,
  endOf,
  type Fields,
  type KindName,
  type Machines,
  machinesOf,
  SLUGS,
  type Slug,
  type Thing,
} from '../support/machine-acts.ts';

/**
 * Machines, programs, receivers, services, the identity provider, lending systems and keys, in everybody's hands: every
 * act of `machine-acts.ts`, on what is in each of its states, by every role of both libraries, by nobody, by kiosks, gates
 * and programs. What is answered and what changes is the table's, for both libraries.
 */
const ROLES = { P: 'petugas', S: 'subkoordinator', B: 'kabid', K: 'kepala', A: 'admin' } as const;
type Letter = keyof typeof ROLES;
const LETTERS = Object.keys(ROLES) as readonly Letter[];

/** Routes that the table has to know. What is everybody's own is tried further below. */
const COVERED =
  /^(pengaturan\/(sambungan|kunci-program|webhook|masuk-layanan|penyedia|peminjaman|kunci)(\/|$)|pengaturan\/petugas\/:id\/penyedia|pengaturan\/ekspor\/umpan\/|anggota\/:id\/beda\/:sistem)/;

let database: TestDatabase;
let site: TestApp;
let machines: Machines;
let tried = 0;
const cookies = new Map<string, string>();
const devices = new Map<string, string>();
const programs = new Map<Slug, Program>();

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  machines = machinesOf(database, site);
  for (const slug of SLUGS) {
    for (const letter of LETTERS)
      cookies.set(`${letter} of ${slug}`, (await site.signIn(slug, ROLES[letter])).header);
    for (const [kind, path] of [
      ['kiosk', 'buku-tamu'],
      ['gate', 'gerbang'],
    ] as const) {
      const { code } = await pairingCode(site, slug, `Contoh ${kind}`, kind);
      const paired = await site.post(`/${slug}/${path}/pasang`, { kode: code });
      devices.set(`${kind} of ${slug}`, paired.headers.getSetCookie()[0]?.split(';')[0] ?? '');
    }
    programs.set(slug, await programOf(site, slug));
  }
}, 60_000);
afterAll(async () => {
  console.log(`machine_permission_tries: ${tried}`);
  await database.drop();
});

const TABLES = [
  'client',
  'webhook',
  'webhook_message',
  'feed',
  'lending_link',
  'sign_on_provider',
  'officer_identity',
  'oidc_key',
  'library_key',
  'setting',
  'officer',
  'device',
];

/** Everything that an act here could leave of itself, in these libraries. */
async function traces(slugs: readonly Slug[]): Promise<string> {
  const left = await Promise.all(
    slugs.map((slug) =>
      inLibrary(database.db, database.libraryIds[slug], async (tx) => {
        const sums = TABLES.map(
          (table) => sql`(select md5(string_agg(t::text, ',' order by t::text)) from ${sql.table(table)} t)`,
        );
        // Looks, refusals and proofs of who sits there are written down in any case.
        const { rows } = await sql<{ left: string }>`
          select concat_ws('|', ${sql.join(sums)}, (select count(*) from audit_log
            where action not like '%.view' and action not like '%.refuse' and action not like 'session.%')) as left
        `.execute(tx);
        return rows[0]?.left ?? '';
      }),
    ),
  );
  return left.join('\n');
}

const KEYED = /:(id|key)/;
/** @param id in place of the thing's own */
function addressOf({ path }: Act, slug: Slug, id: string): string {
  const filled = path.replace(KEYED, id).replace(':sistem', 'koha-rest').replace(':format', 'slims');
  return `/${slug}/${filled}`;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly to: string;
}

const GONE: Answer = { status: 500, text: '', to: '' };

interface Sender {
  readonly cookie?: string;
  /** A program's key, as at `/api/v1`. */
  readonly key?: string;
}

async function send(
  act: Act,
  address: string,
  fields: Fields,
  { cookie, key }: Sender,
  at = site,
): Promise<Answer> {
  tried++;
  const headers = new Headers({ origin: 'http://localhost' });
  if (cookie !== undefined) headers.set('cookie', cookie);
  if (key !== undefined) headers.set('authorization', `Bearer ${key}`);
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    for (const one of typeof value === 'string' ? [value] : value) body.append(name, one);
  const answer = await at.request(address, {
    method: act.method,
    headers,
    ...(act.method === 'POST' ? { body } : {}),
  });
  return {
    status: answer.status,
    text: await answer.text(),
    to: answer.headers.get('location') ?? '',
  };
}

/** One who tries it, from where, and what the table says of them. */
interface Caller {
  readonly who: string;
  readonly sender: Sender;
  readonly expects: 'its end' | 'no such page' | 'sign in first' | 'no such thing';
  readonly letter?: Letter;
  /** At the own address instead of the thing's, with everything in it that is named of this one. */
  readonly at?: Slug;
}

function callersFor(act: Act, slug: Slug): readonly Caller[] {
  const other: Slug = slug === 'jateng' ? 'banyuwangi' : 'jateng';
  const cookieOf = (letter: Letter, of: Slug) => cookies.get(`${letter} of ${of}`) ?? '';
  const out = 'sign in first' as const;
  return [
    { who: 'nobody', sender: {}, expects: out },
    ...SLUGS.flatMap((of): readonly Caller[] => [
      ...['kiosk', 'gate'].map((kind) => ({
        who: `${kind} of ${of}`,
        sender: { cookie: devices.get(`${kind} of ${of}`) ?? '' },
        expects: out,
      })),
      { who: `program of ${of}`, sender: { key: programs.get(of)?.key ?? '' }, expects: out },
    ]),
    ...LETTERS.flatMap((letter): readonly Caller[] => {
      const may = act.who.includes(letter);
      const cookie = cookieOf(letter, other);
      return [
        { who: `${letter} of ${other}`, sender: { cookie }, expects: out },
        {
          who: `${letter} of ${other} with the cookie renamed`,
          sender: { cookie: cookie.replace(`sesi-${other}=`, `sesi-${slug}=`) },
          expects: out,
        },
        {
          who: `${letter} of ${other} at the own address`,
          sender: { cookie },
          at: other,
          expects: may ? 'no such thing' : 'no such page',
        },
        {
          who: `${letter} of ${slug}`,
          letter,
          sender: { cookie: cookieOf(letter, slug) },
          expects: may ? 'its end' : 'no such page',
        },
      ];
    }),
  ];
}

/** What a page says beside its own address and the request's number. */
const saidBy = ({ status, text, to }: Answer, ids: readonly string[]) =>
  ids
    .filter((id) => id !== '')
    .reduce((said, id) => said.replaceAll(id, '@'), `${status} ${to} ${text}`)
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}|data-options="[^"]*"|name="tugas" value="[^"]*"/g, '#');

/** Everybody's own, of whatever role. */
const OWN = { who: LETTERS.join(''), asks: 'whole', kind: 'nothing', ends: {} } as const;

const NOBODY = '01890000-0000-7000-8000-00000000ffff';
/** Of the same shape as the ids of this kind. */
const unknownOf = (act: Act) => (act.path.includes(':key') ? 'ffffffff' : NOBODY);

/** Answered as what nobody has. A difference that is settled by now leads to the list of those that wait. */
const isUnknown = (act: Act, { status, to }: Answer) =>
  status === 404 || (act.kind === 'difference' && to.endsWith('/tunggu'));

function problemOf(
  act: Act,
  { expects, letter }: Caller,
  thing: Thing,
  state: string,
  answer: Answer,
  changed: boolean,
): string | undefined {
  const shown = `${changed ? 'changed' : 'unchanged'} (${answer.status} ${answer.to})`;
  const isShown = thing.name !== '' && answer.text.includes(thing.name);
  if (answer.status >= 500) return shown;
  if (expects !== 'its end' && (changed || isShown)) return isShown ? `shown ${shown}` : shown;
  switch (expects) {
    case 'sign in first': {
      const right =
        act.method === 'POST'
          ? answer.status === 401
          : answer.status === 303 && answer.to.startsWith('/masuk?');
      return right ? undefined : shown;
    }
    case 'no such page':
      return answer.status === 404 ? undefined : shown;
    case 'no such thing':
      return !KEYED.test(act.path) || isUnknown(act, answer) ? undefined : shown;
    case 'its end': {
      const end = endOf(act, state);
      if (changed !== (end === 'done')) return shown;
      const isAnswered = answer.status === 200 || answer.status === 303;
      if (end === 'gone' ? answer.status !== 404 : !isAnswered) return shown;
      if (act.method === 'POST' || thing.name === '') return undefined;
      const mayShow = end === 'stands' && (act.shows ?? act.who).includes(letter ?? '-');
      return isShown === mayShow ? undefined : `${isShown ? 'shown' : 'hidden'} ${shown}`;
    }
  }
}

const noFields = (): Fields => ({});

describe('machines and ways in, in everybody’s hands', () => {
  it('have a line in the table for every route there is', () => {
    const routes = site.app.routes
      .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/:library/'))
      .map(({ method, path }) => `${method} ${path.replace('/:library/', '')}`)
      .filter((route) => COVERED.test(route.replace(/^\w+ /, '')));
    const lines = machines.acts.map(({ method, path }) => `${method} ${path}`);
    expect([...new Set(routes)].sort()).toEqual([...lines].sort());
  });

  it('are theirs whose the table says, in every state, and nobody else’s', async () => {
    const wrong: string[] = [];
    for (const act of machines.acts)
      for (const slug of SLUGS)
        for (const state of machines.kinds[act.kind].states) {
          const kind = machines.kinds[act.kind];
          let thing = await kind.make(slug, state);
          let fields = await (act.fields ?? noFields)(thing, slug);
          /** Whoever is refused uses nothing up: all who must be try the same. */
          const tryAs = async (callers: readonly Caller[], watched: readonly Slug[]): Promise<boolean> => {
            const before = await traces(watched);
            const answers: Answer[] = [];
            for (const { at, sender } of callers)
              answers.push(await send(act, addressOf(act, at ?? slug, thing.id), fields, sender));
            const changed = (await traces(watched)) !== before;
            if (changed && callers.length > 1) {
              // Somebody of them did it: who, shows when each tries alone.
              for (const caller of callers) {
                thing = await kind.make(slug, state);
                fields = await (act.fields ?? noFields)(thing, slug);
                await tryAs([caller], watched);
              }
              return true;
            }
            for (const [n, caller] of callers.entries()) {
              const problem = problemOf(act, caller, thing, state, answers[n] ?? GONE, changed);
              if (problem)
                wrong.push(`${act.method} ${act.path} of ${slug}, ${state}, by ${caller.who}: ${problem}`);
            }
            return changed;
          };
          const callers = callersFor(act, slug);
          // An act at the own address without an id is on what is their own.
          const isOwn = ({ at, expects }: Caller) =>
            at !== undefined && expects === 'no such thing' && !KEYED.test(act.path);
          await tryAs(
            callers.filter((one) => one.expects !== 'its end' && !isOwn(one)),
            SLUGS,
          );
          await tryAs(callers.filter(isOwn), [slug]);
          for (const caller of callers.filter(({ expects }) => expects === 'its end'))
            if (await tryAs([caller], SLUGS)) {
              thing = await kind.make(slug, state);
              fields = await (act.fields ?? noFields)(thing, slug);
            }
        }
    expect(wrong).toEqual([]);
  }, 300_000);
});

describe('an id that is not theirs', () => {
  /** Ids that a page of this kind must not know. */
  async function strangersTo(
    act: Act,
    slug: Slug,
  ): Promise<readonly (readonly [what: string, id: string])[]> {
    const other: Slug = slug === 'jateng' ? 'banyuwangi' : 'jateng';
    const kinds: readonly KindName[] = [
      'device account',
      'program key',
      'service',
      'webhook',
      'provider account',
    ];
    const state = machines.kinds[act.kind].states[0] ?? '';
    const foreign = (await machines.kinds[act.kind].make(other, state)).id;
    const ofOtherKinds = await Promise.all(
      kinds
        .filter((kind) => kind !== act.kind && !(kind === 'provider account' && act.kind === 'difference'))
        .map(async (kind) => {
          const first = machines.kinds[kind].states[0] ?? '';
          return [`a ${kind}`, (await machines.kinds[kind].make(slug, first)).id] as const;
        }),
    );
    return [['the neighbour’s', foreign], ['no id', 'bukan-id'], ...ofOtherKinds];
  }

  it('is answered like one that nobody has, and nothing changes', async () => {
    const wrong: string[] = [];
    for (const act of machines.acts.filter(({ path }) => KEYED.test(path)))
      for (const slug of SLUGS) {
        const letter = LETTERS.find((one) => act.who.includes(one)) ?? 'A';
        const sender = { cookie: cookies.get(`${letter} of ${slug}`) ?? '' };
        const unknown = unknownOf(act);
        const strangers = await strangersTo(act, slug);
        const own = await machines.kinds[act.kind].make(slug, machines.kinds[act.kind].states[0] ?? '');
        const fields = await (act.fields ?? noFields)(own, slug);
        const before = await traces(SLUGS);
        const usual = await send(act, addressOf(act, slug, unknown), fields, sender);
        // A difference that is settled by now leads to the list of those that wait.
        const isRight = usual.status === 404 || (act.kind === 'difference' && usual.to.endsWith('/tunggu'));
        if (!isRight)
          wrong.push(`${act.method} ${act.path} of ${slug}, unknown: ${usual.status} ${usual.to}`);
        for (const [what, id] of strangers) {
          const answer = await send(act, addressOf(act, slug, id), fields, sender);
          const changed = (await traces(SLUGS)) !== before;
          const same = saidBy(answer, [id]) === saidBy(usual, [unknown]);
          // What cannot be a member's id is no difference's.
          if (changed || (!same && !(act.kind === 'difference' && what === 'no id' && answer.status === 404)))
            wrong.push(
              `${act.method} ${act.path} of ${slug}, ${what}: ${changed ? 'changed' : 'told'} (${answer.status} ${answer.to})`,
            );
        }
      }
    expect(wrong).toEqual([]);
  }, 120_000);
});

describe('what a form names', () => {
  const by = (slug: Slug, letter: Letter = 'A') => ({ cookie: cookies.get(`${letter} of ${slug}`) ?? '' });
  const lineOf = (path: string) => {
    const act = machines.acts.find((one) => one.method === 'POST' && one.path === path);
    if (act === undefined) throw new Error(`${path}: no such line`);
    return act;
  };

  it('is of the same library: no device works at a neighbour’s service point', async () => {
    const points = await Promise.all(
      SLUGS.map(async (slug) => (await site.deps.libraries.find(slug))?.servicePoints[0]?.id ?? ''),
    );
    for (const path of ['pengaturan/sambungan', 'pengaturan/sambungan/:id']) {
      const act = lineOf(path);
      const thing = await machines.kinds['device account'].make('banyuwangi', 'active');
      const usual = await (act.fields ?? noFields)(thing, 'banyuwangi');
      expect(usual.titik).toBe(points[0]);
      const before = await traces(SLUGS);
      const said = await Promise.all(
        [points[1] ?? '', NOBODY].map((titik) =>
          send(act, addressOf(act, 'banyuwangi', thing.id), { ...usual, titik }, by('banyuwangi')),
        ),
      );
      expect(said.map(({ status }) => status)).toEqual([422, 422]);
      expect(await traces(SLUGS)).toBe(before);
    }
  });

  it('is of the same receiver: nobody’s message is sent again to another’s', async () => {
    const [again, test] = [lineOf('pengaturan/webhook/:id/ulang'), lineOf('pengaturan/webhook/:id/uji')];
    const [here, there] = [
      await machines.kinds.webhook.make('banyuwangi', 'active'),
      await machines.kinds.webhook.make('jateng', 'active'),
    ];
    await send(test, addressOf(test, 'jateng', there.id), {}, by('jateng'));
    const { id } = await inLibrary(database.db, database.libraryIds.jateng, (tx) =>
      tx.selectFrom('webhook_message').select('id').executeTakeFirstOrThrow(),
    );
    const before = await traces(SLUGS);
    const replay = (kejadian: string) =>
      send(again, addressOf(again, 'banyuwangi', here.id), { kejadian }, by('banyuwangi'));
    const [foreign, unknown] = [await replay(id), await replay(NOBODY)];
    expect(unknown.status).toBe(404);
    expect(saidBy(foreign, [id])).toBe(saidBy(unknown, [NOBODY]));
    expect(await traces(SLUGS)).toBe(before);
    const own = await send(again, addressOf(again, 'jateng', there.id), { kejadian: id }, by('jateng'));
    expect(own.status).toBe(303);
  });
});

describe('an officer’s own account at the provider', () => {
  const LINES = ['akun-penyedia/lepas', 'akun-penyedia/tautkan'].map(
    (path): Act => ({ ...OWN, method: 'POST', path }),
  );
  const linked = async () =>
    (
      await Promise.all(
        SLUGS.map((slug) =>
          inLibrary(database.db, database.libraryIds[slug], (tx) =>
            tx
              .selectFrom('officer_identity')
              .innerJoin('officer', (join) =>
                join
                  .onRef('officer.library_id', '=', 'officer_identity.library_id')
                  .onRef('officer.id', '=', 'officer_identity.officer_id'),
              )
              .select('username')
              .where('linked_at', 'is not', null)
              .orderBy('username')
              .execute(),
          ),
        ),
      )
    ).flatMap((rows, n) => rows.map(({ username }) => `${username} of ${SLUGS[n]}`));

  it('is taken away by its officer, and by nobody in another’s name', async () => {
    for (const slug of SLUGS) await machines.linkAll(slug, Object.values(ROLES));
    const everybody = await linked();
    expect(everybody).toHaveLength(10);
    for (const slug of SLUGS)
      for (const act of LINES) {
        const out = callersFor(act, slug).filter(({ expects }) => expects === 'sign in first');
        expect(out.length).toBeGreaterThan(15);
        for (const { who, sender } of out)
          expect((await send(act, addressOf(act, slug, ''), {}, sender)).status, who).toBe(401);
        const page = await send({ ...act, method: 'GET' }, `/${slug}/akun-penyedia`, {}, {});
        expect(page.to).toContain('/masuk?');
      }
    expect(await linked()).toEqual(everybody);
    // Left open for ten minutes it is asked about anew, by each of all ways in.
    const moved = createTestApp(database, { start: new Date(site.clock.now.getTime() + 11 * 60_000) });
    for (const [who, cookie] of cookies)
      for (const act of LINES) {
        const slug = SLUGS.find((one) => who.endsWith(one)) ?? 'jateng';
        const asked = await send(act, addressOf(act, slug, ''), {}, { cookie }, moved);
        expect([who, asked.text.includes('name="konfirmasi-sandi"')]).toEqual([who, true]);
      }
    expect(await linked()).toEqual(everybody);
    const left = new Set(everybody);
    const [unlink] = LINES;
    for (const slug of SLUGS)
      for (const letter of LETTERS) {
        if (unlink === undefined) continue;
        const cookie = cookies.get(`${letter} of ${slug}`) ?? '';
        expect((await send(unlink, addressOf(unlink, slug, ''), {}, { cookie })).status).toBe(303);
        left.delete(`${ROLES[letter]} of ${slug}`);
        expect(await linked()).toEqual([...left]);
      }
  });
});

describe('after ten quiet minutes', () => {
  it('is asked for again what the table says, no less and no more', async () => {
    const slug: Slug = 'banyuwangi';
    const wrong: string[] = [];
    for (const letter of ['A', 'S'] as const) {
      const acts = machines.acts.filter(
        ({ method, who }) => method === 'POST' && LETTERS.find((one) => who.includes(one)) === letter,
      );
      const username = ROLES[letter];
      const password = database.signIns(slug).find((one) => one.username === username)?.password ?? '';
      let cookie = (await site.signIn(slug, username)).header;
      const pass = (seconds: number) => {
        site.clock.now = new Date(site.clock.now.getTime() + seconds * 1000);
      };
      const form = await site.request(`/${slug}/faktor-kedua`, { headers: { cookie } });
      const html = await form.text();
      const secret = (/dp-key-text">([A-Z2-7 ]+)</.exec(html)?.[1] ?? '').replace(/ /g, '');
      const totp = new TOTP({ secret: Secret.fromBase32(secret), algorithm: 'SHA1', digits: 6, period: 30 });
      const code = () => {
        // Each code is good once.
        pass(60);
        return totp.generate({ timestamp: site.clock.now.getTime() });
      };
      const kunci = /name="kunci" value="([^"]+)"/.exec(html)?.[1] ?? '';
      const on = await site.post(`/${slug}/faktor-kedua`, { kunci, kode: code() }, cookie);
      expect(on.status).toBe(303);
      for (const act of acts) {
        pass(11 * 60);
        // Wrong proofs are counted by the process: each act begins in a new one.
        const here = createTestApp(database, { start: site.clock.now });
        const state =
          machines.kinds[act.kind].states.find((one) => endOf(act, one) === 'done') ?? 'never done';
        const thing = await machines.kinds[act.kind].make(slug, state);
        const fields = await (act.fields ?? noFields)(thing, slug);
        const address = addressOf(act, slug, thing.id);
        const before = await traces(SLUGS);
        const submit = async (more: Fields) => {
          here.clock.now = site.clock.now;
          const headers = new Headers({ cookie, origin: 'http://localhost' });
          const body = new URLSearchParams();
          for (const [name, value] of Object.entries({ ...fields, ...more }))
            for (const one of typeof value === 'string' ? [value] : value) body.append(name, one);
          tried++;
          const answer = await here.request(address, { method: 'POST', headers, body });
          const renewed = answer.headers.getSetCookie().find((one) => one.startsWith(`sesi-${slug}=`));
          cookie = renewed?.split(';')[0] ?? cookie;
          const text = await answer.text();
          const done = (await traces(SLUGS)) !== before;
          const asked = ['sandi', 'kode']
            .filter((one) => text.includes(`name="konfirmasi-${one}"`))
            .join('+');
          return done ? 'done' : `${answer.status} ${asked}`;
        };
        const whole = { 'konfirmasi-sandi': password, 'konfirmasi-kode': '000000' };
        const went: string[] = [await submit({})];
        if (act.asks !== 'nothing') {
          went.push(await submit({ 'konfirmasi-sandi': 'salah sekali' }));
          if (act.asks === 'whole') went.push(await submit(whole));
          went.push(await submit({ 'konfirmasi-sandi': password }));
          if (act.asks === 'whole') went.push(await submit({ 'konfirmasi-kode': code() }));
        }
        const expected = {
          nothing: ['done'],
          one: ['200 sandi+kode', '422 sandi+kode', 'done'],
          whole: ['200 sandi+kode', '422 sandi+kode', '422 sandi+kode', '200 kode', 'done'],
        }[act.asks];
        if (went.join() !== expected.join()) wrong.push(`${act.path}: ${went.join(', ')}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 120_000);
});
