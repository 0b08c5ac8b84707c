/**
 * What officers do to machines, programs, lending systems, ways to sign in and keys, each ready to take effect; and who may,
 * written down from `journeys.md` and `docs/security.md` and from nothing in the program.
 */
import type { Tx } from '../../src/db/connection.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import { API_SCOPES, DEFAULT_API } from '../../src/domain/api-scope.ts';
import { type ClientKind, DEFAULT_SIP2, PER_MINUTE } from '../../src/domain/client.ts';
import type { ClientId, MemberId, OfficerId, ServicePointId, WebhookId } from '../../src/domain/ids.ts';
import { DEFAULT_SERVICE, SERVICE_SCOPES } from '../../src/domain/service.ts';
import { WEBHOOK_KINDS, type WebhookState } from '../../src/domain/webhook.ts';
import { createApiKey } from '../../src/usecases/api-key.ts';
import { rotateKey } from '../../src/usecases/library-keys.ts';
import { createSip2Client, revokeClient } from '../../src/usecases/manage-client.ts';
import { createOfficer } from '../../src/usecases/manage-officer.ts';
import { createWebhook, removeWebhook } from '../../src/usecases/manage-webhook.ts';
import { createService } from '../../src/usecases/service.ts';
import type { TestApp } from './app.ts';
import { spelled } from './applicants.ts';
import { libraryOf } from './cases.ts';
import type { TestDatabase } from './database.ts';
import { memberNamed, scopeOfRole } from './members.ts';

export const SLUGS = ['banyuwangi', 'jateng'] as const;
export type Slug = (typeof SLUGS)[number];
export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** What an act meets. Of what a library has one of, like its provider, the id is no part of an address. */
export interface Thing {
  readonly id: string;
  /** Stands on the pages of those who may see it, and on nobody else's. */
  readonly name: string;
}

export interface Kind {
  readonly states: readonly string[];
  /** Puts one there in this state; of what a library has one of, in place of the one before. */
  make(slug: Slug, state: string): Promise<Thing>;
}

/**
 * `done`: answers, and something has changed. `stands`: answers, and nothing has; a page shows the thing. `empty`: the same
 * without it. `gone`: as if there were no such thing, and nothing has changed.
 */
export type End = 'done' | 'stands' | 'empty' | 'gone';

export interface Act {
  readonly method: 'GET' | 'POST';
  /** The route, below `/:library/`. */
  readonly path: string;
  /** P Petugas, S Sub Koordinator, B Kepala Bidang, K Kepala SKPD, A Admin. */
  readonly who: string;
  /** Of those, who sees the thing's name on the page; default all. */
  readonly shows?: string;
  /** What the page asks for again after ten minutes: nothing, one proof of who sits there, or a whole sign-in. */
  readonly asks: 'nothing' | 'one' | 'whole';
  readonly kind: KindName;
  /** By the thing's state; `else`: in all others. */
  readonly ends: Readonly<Record<string, End>>;
  readonly fields?: (thing: Thing, slug: Slug) => Fields | Promise<Fields>;
}

export type KindName =
  | 'nothing'
  | 'device account'
  | 'program key'
  | 'webhook'
  | 'service'
  | 'provider'
  | 'provider account'
  | 'connection'
  | 'difference'
  | 'feed token'
  | 'card key';

export interface Machines {
  readonly kinds: Readonly<Record<KindName, Kind>>;
  readonly acts: readonly Act[];
  /** These officers have come in through the provider. */
  linkAll(slug: Slug, usernames: readonly string[]): Promise<void>;
}

/** Nobody listens there; nothing of these tests goes out. */
const ELSEWHERE = 'https://kabar.contoh.test/terima';

export function machinesOf(database: TestDatabase, site: TestApp): Machines {
  let made = 0;
  const next = () => `contoh-${++made}`;
  const { deps } = site;
  const libraryIn = (slug: Slug) => {
    deps.libraries.forget(slug);
    return libraryOf(site, slug);
  };
  const scopeIn = async (slug: Slug, roles: Parameters<typeof scopeOfRole>[2] = ['admin']) =>
    scopeOfRole(await libraryIn(slug), deps, roles);
  const within = <T>(slug: Slug, work: (tx: Tx) => Promise<T>) =>
    inLibrary(database.db, database.libraryIds[slug], work);
  const someOfficer = async (slug: Slug) =>
    (await within(slug, (tx) => tx.selectFrom('officer').select('id').executeTakeFirstOrThrow())).id;
  const got = <T extends { readonly ok: boolean }>(outcome: T): Extract<T, { ok: true }> => {
    if (!outcome.ok) throw new Error(JSON.stringify(outcome));
    return outcome as Extract<T, { ok: true }>;
  };
  const account = (name: string, servicePointId: ServicePointId | null = null) => ({
    name,
    addresses: [],
    perMinute: PER_MINUTE.usual,
    servicePointId,
  });
  async function revokedIf(state: string, slug: Slug, kind: ClientKind, id: ClientId): Promise<void> {
    if (state === 'revoked') got(await revokeClient(database.db, deps, await scopeIn(slug), { kind, id }));
  }
  const versionOf = async (slug: Slug, table: 'feed' | 'sign_on_provider') =>
    String(
      (await within(slug, (tx) => tx.selectFrom(table).select('version').executeTakeFirst()))?.version ?? 0,
    );

  const kinds: Machines['kinds'] = {
    nothing: { states: ['there'], make: async () => ({ id: '', name: '' }) },
    'device account': {
      states: ['active', 'revoked'],
      async make(slug, state) {
        const name = next();
        const settings = { ...DEFAULT_SIP2, blockReason: null };
        const input = { ...account(name), scopes: ['patron.read'] as const, settings };
        const { id } = got(await createSip2Client(database.db, deps, await scopeIn(slug), input));
        await revokedIf(state, slug, 'sip2', id);
        return { id, name };
      },
    },
    'program key': {
      states: ['active', 'revoked'],
      async make(slug, state) {
        const name = next();
        const input = { ...account(name), scopes: API_SCOPES, settings: DEFAULT_API };
        const { id } = got(await createApiKey(database.db, deps, await scopeIn(slug), input));
        await revokedIf(state, slug, 'api', id);
        return { id, name };
      },
    },
    webhook: {
      states: ['active', 'paused', 'failing'],
      async make(slug, state) {
        const scope = await scopeIn(slug);
        // A library has ten at the most.
        const before = await within(slug, (tx) => tx.selectFrom('webhook').select('id').execute());
        for (const { id } of before) await removeWebhook(database.db, deps, scope, id);
        const name = next();
        const choice = { name, url: ELSEWHERE, inside: false, kinds: WEBHOOK_KINDS };
        const { id } = got(await createWebhook(database.db, deps, scope, choice));
        await within(slug, (tx) =>
          tx
            .updateTable('webhook')
            .set({ state: state as WebhookState })
            .where('id', '=', id)
            .execute(),
        );
        return { id, name };
      },
    },
    service: {
      states: ['active', 'paused', 'revoked'],
      async make(slug, state) {
        const name = next();
        const { id } = got(
          await createService(database.db, deps, await scopeIn(slug), {
            name,
            scopes: SERVICE_SCOPES,
            settings: {
              ...DEFAULT_SERVICE,
              title: name,
              redirects: ['https://layanan.contoh.test/kembali'],
              paused: state === 'paused',
            },
          }),
        );
        await revokedIf(state, slug, 'oidc', id);
        return { id, name };
      },
    },
    provider: { states: ['none', 'set'], make: provider },
    'provider account': {
      states: ['plain', 'expected', 'linked'],
      async make(slug, state) {
        await provider(slug, 'set');
        const name = `Contoh ${spelled(++made)}`;
        const input = {
          username: `contoh${++made}`,
          name,
          roles: ['petugas'] as const,
          servicePointId: null,
        };
        const { officerId } = got(await createOfficer(database.db, deps, await scopeIn(slug), input));
        if (state !== 'plain') await identity(slug, officerId, state === 'linked');
        return { id: officerId, name };
      },
    },
    connection: { states: ['none', 'active', 'paused'], make: connection },
    difference: {
      states: ['conflict', 'settled'],
      async make(slug, state) {
        await connection(slug, 'active');
        const scope = await scopeIn(slug, ['petugas', 'sub_koordinator']);
        const name = `Contoh ${spelled(++made)}`;
        const id = await memberNamed(database, deps, scope, name);
        const differences = {
          row: '7',
          known: true,
          fields: { name: { ours: name, theirs: 'Contoh Lain' } },
        };
        const open = state === 'conflict';
        await within(slug, (tx) =>
          tx
            .insertInto('lending_link')
            .values({
              library_id: database.libraryIds[slug],
              target: 'koha-rest',
              member_id: id,
              state: open ? 'conflict' : 'done',
              memory: JSON.stringify({ left: {}, intended: {}, apart: {}, agreed: {} }),
              differences: open
                ? deps.vault.seal(database.libraryIds[slug], 'lending', JSON.stringify(differences))
                : null,
              changed_at: deps.now(),
            })
            .execute(),
        );
        return { id, name };
      },
    },
    'feed token': {
      states: ['none', 'made'],
      async make(slug, state) {
        await within(slug, async (tx) => {
          await tx.deleteFrom('feed').where('target', '=', 'slims').execute();
        });
        if (state === 'made') {
          const made_by = await someOfficer(slug);
          const token_hash = deps.vault.hash(database.libraryIds[slug], 'feed_token', next());
          await within(slug, (tx) =>
            tx
              .insertInto('feed')
              .values({
                library_id: database.libraryIds[slug],
                target: 'slims',
                token_hash,
                made_at: deps.now(),
                made_by,
              })
              .execute(),
          );
        }
        return { id: 'slims', name: '' };
      },
    },
    'card key': {
      states: ['active', 'retired', 'revoked'],
      async make(slug, state) {
        const active = async () => {
          const library = await libraryIn(slug);
          return hexOf(library.keys.find((key) => key.state === 'active')?.keyId);
        };
        const before = await active();
        got(await rotateKey(database.db, deps, await scopeIn(slug), before));
        const id = state === 'active' ? await active() : before;
        if (state === 'revoked')
          await within(slug, (tx) =>
            tx
              .updateTable('library_key')
              .set({ state: 'revoked', revoked_at: deps.now(), sealed_seed: null })
              .where('key_id', '=', Buffer.from(id, 'hex'))
              .execute(),
          );
        deps.libraries.forget(slug);
        // As pages write it; an address has no blank.
        return { id, name: id.replace(/^(.{4})/, '$1 ') };
      },
    },
  };

  async function provider(slug: Slug, state: string): Promise<Thing> {
    const name = `Portal ${spelled(++made)}`;
    const set_by = await someOfficer(slug);
    await within(slug, async (tx) => {
      await tx.deleteFrom('officer_identity').execute();
      await tx.deleteFrom('sign_on_provider').execute();
      if (state === 'set')
        await tx
          .insertInto('sign_on_provider')
          .values({
            library_id: database.libraryIds[slug],
            issuer: PROVIDER,
            name,
            client_id: 'daftar',
            client_secret: deps.vault.seal(database.libraryIds[slug], 'sign_on', 'rahasia-contoh'),
            scopes: ['openid'],
            claim: 'nip',
            email_domain: null,
            second_factor: [],
            required: false,
            private_address: false,
            active: true,
            set_at: deps.now(),
            set_by,
          })
          .execute();
    });
    return { id: '', name: state === 'set' ? name : '' };
  }

  async function identity(slug: Slug, officer_id: OfficerId, linked: boolean): Promise<void> {
    const hash = deps.vault.hash(database.libraryIds[slug], 'token', next());
    await within(slug, (tx) =>
      tx
        .insertInto('officer_identity')
        .values({
          library_id: database.libraryIds[slug],
          officer_id,
          issuer: PROVIDER,
          expected_hash: linked ? null : hash,
          subject_hash: linked ? hash : null,
          set_at: deps.now(),
          linked_at: linked ? deps.now() : null,
        })
        .execute(),
    );
  }

  async function connection(slug: Slug, state: string): Promise<Thing> {
    const name = next();
    const made_by = await someOfficer(slug);
    await within(slug, async (tx) => {
      await tx.deleteFrom('lending_link').execute();
      await tx.deleteFrom('feed').where('target', '=', 'koha-rest').execute();
      if (state === 'none') return;
      await tx
        .insertInto('feed')
        .values({
          library_id: database.libraryIds[slug],
          target: 'koha-rest',
          url: KOHA,
          access: 'basic',
          account: name,
          secret: deps.vault.seal(database.libraryIds[slug], 'feed', 'rahasia-contoh'),
          every_minutes: 60,
          active: state === 'active',
          inside: false,
          first_meeting: 'ask',
          made_at: deps.now(),
          made_by,
          next_at: deps.now(),
        })
        .execute();
    });
    return { id: 'koha-rest', name: state === 'none' ? '' : name };
  }

  const deviceFields = async (slug: Slug): Promise<Fields> => ({
    nama: next(),
    isi: ['name'],
    hak: ['numbers'],
    alasan: '',
    bahasa: 'id',
    karakter: 'utf8',
    alamat: '10.1.0.0/16',
    laju: '60',
    titik: (await libraryIn(slug)).servicePoints[0]?.id ?? '',
  });
  const keyFields = { hak: ['cards.verify'], bahasa: 'id', alamat: '', laju: '60' };
  const serviceFields = {
    judul: 'Contoh Layanan',
    cara: 'basic',
    kunci_publik: '',
    kembali: 'https://layanan.contoh.test/lain',
    keluar: '',
    data: ['profile'],
    izin: 'always',
    siapa: 'active',
    algoritma: 'RS256',
  };
  const connectionFields = async (slug: Slug): Promise<Fields> => ({
    versi: await within(slug, async (tx) => {
      const row = await tx
        .selectFrom('feed')
        .select('version')
        .where('target', '=', 'koha-rest')
        .executeTakeFirst();
      return String(row?.version ?? 0);
    }),
    alamat: KOHA,
    akses: 'basic',
    akun: next(),
    rahasia: 'rahasia-contoh',
    menit: '30',
    pertama: 'ask',
    aktif: 'ya',
  });

  const ANY = { there: 'done' } as const;
  const acts: readonly Act[] = [
    // SIP2 devices.
    look('pengaturan/sambungan', 'A', 'device account', { active: 'stands', revoked: 'stands' }),
    look('pengaturan/sambungan/:id', 'A', 'device account', { active: 'stands', revoked: 'gone' }),
    press('pengaturan/sambungan', 'A', 'one', 'nothing', ANY, (_, slug) => deviceFields(slug)),
    press(
      'pengaturan/sambungan/:id',
      'A',
      'one',
      'device account',
      { active: 'done', revoked: 'gone' },
      (_, slug) => deviceFields(slug),
    ),
    press('pengaturan/sambungan/:id/sandi', 'A', 'one', 'device account', {
      active: 'done',
      revoked: 'gone',
    }),
    press('pengaturan/sambungan/:id/cabut', 'A', 'one', 'device account', {
      active: 'done',
      revoked: 'stands',
    }),
    // Programs.
    look('pengaturan/kunci-program', 'A', 'program key', { active: 'stands', revoked: 'stands' }),
    look('pengaturan/kunci-program/:id', 'A', 'program key', { active: 'stands', revoked: 'gone' }),
    press('pengaturan/kunci-program', 'A', 'one', 'nothing', ANY, () => ({ ...keyFields, nama: next() })),
    press(
      'pengaturan/kunci-program/:id',
      'A',
      'one',
      'program key',
      { active: 'done', revoked: 'gone' },
      () => keyFields,
    ),
    press('pengaturan/kunci-program/:id/cabut', 'A', 'one', 'program key', {
      active: 'done',
      revoked: 'stands',
    }),
    // Receivers of webhooks: where they are and their secrets are asked about, holding and repeating are not.
    look('pengaturan/webhook', 'A', 'webhook', { else: 'stands' }),
    look('pengaturan/webhook/:id', 'A', 'webhook', { else: 'stands' }),
    press('pengaturan/webhook', 'A', 'one', 'nothing', ANY, () => ({
      nama: next(),
      alamat: ELSEWHERE,
      kejadian: [...WEBHOOK_KINDS],
    })),
    press('pengaturan/webhook/:id', 'A', 'one', 'webhook', { else: 'done' }, async ({ id }, slug) => ({
      nama: next(),
      alamat: `${ELSEWHERE}/${next()}`,
      kejadian: [...WEBHOOK_KINDS],
      versi: await within(slug, async (tx) => {
        const found = tx
          .selectFrom('webhook')
          .select('version')
          .where('id', '=', id as WebhookId);
        return String((await found.executeTakeFirst())?.version ?? 1);
      }),
    })),
    press('pengaturan/webhook/:id/rahasia', 'A', 'one', 'webhook', { else: 'done' }),
    press('pengaturan/webhook/:id/hapus', 'A', 'one', 'webhook', { else: 'done' }),
    press('pengaturan/webhook/:id/jeda', 'A', 'nothing', 'webhook', { else: 'done', paused: 'stands' }),
    press('pengaturan/webhook/:id/teruskan', 'A', 'nothing', 'webhook', { else: 'done', active: 'stands' }),
    press('pengaturan/webhook/:id/uji', 'A', 'nothing', 'webhook', { else: 'stands', active: 'done' }),
    press('pengaturan/webhook/:id/ulang', 'A', 'nothing', 'webhook', { else: 'done' }, () => ({
      sejak: '2026-01-05',
      'sejak.day': '5',
      'sejak.month': '1',
      'sejak.year': '2026',
    })),
    // Services that members sign in to, and the keys that sign for them.
    look('pengaturan/masuk-layanan', 'A', 'service', { else: 'stands' }),
    look('pengaturan/masuk-layanan/:id', 'A', 'service', { else: 'stands', revoked: 'gone' }),
    press('pengaturan/masuk-layanan', 'A', 'one', 'nothing', ANY, () => ({ ...serviceFields, nama: next() })),
    press('pengaturan/masuk-layanan/kunci', 'A', 'one', 'nothing', ANY),
    press(
      'pengaturan/masuk-layanan/:id',
      'A',
      'whole',
      'service',
      { else: 'done', revoked: 'gone' },
      () => serviceFields,
    ),
    press('pengaturan/masuk-layanan/:id/cabut', 'A', 'one', 'service', { else: 'done', revoked: 'stands' }),
    // The identity provider of staff.
    look('pengaturan/penyedia', 'A', 'provider', { else: 'stands' }),
    press('pengaturan/penyedia', 'A', 'whole', 'provider', { else: 'done' }, async (_, slug) => ({
      versi: await versionOf(slug, 'sign_on_provider'),
      nama: `Portal ${spelled(++made)}`,
      penerbit: PROVIDER,
      klien: 'daftar',
      rahasia: 'rahasia-lain',
      cakupan: 'openid',
      klaim: 'nip',
      ranah: '',
      faktor: '',
      aturan: ['aktif'],
    })),
    press('pengaturan/penyedia/uji', 'A', 'nothing', 'provider', { none: 'stands', set: 'done' }),
    press('pengaturan/penyedia/hapus', 'A', 'whole', 'provider', { none: 'stands', set: 'done' }),
    press('pengaturan/petugas/:id/penyedia', 'A', 'whole', 'provider account', { else: 'done' }, () => ({
      pengenal: `99${++made}`,
    })),
    press('pengaturan/petugas/:id/penyedia/lepas', 'A', 'whole', 'provider account', {
      else: 'done',
      plain: 'gone',
    }),
    // Lending systems: where they are is the admin's; what goes there is held and sent by the Sub Koordinator as well.
    // As whom is the admin's to know.
    { ...look('pengaturan/peminjaman', 'SA', 'connection', { else: 'stands' }), shows: 'A' },
    look('pengaturan/peminjaman/:sistem/tunggu', 'S', 'difference', { conflict: 'stands', settled: 'empty' }),
    press('pengaturan/peminjaman/:sistem', 'A', 'one', 'connection', { else: 'done' }, (_, slug) =>
      connectionFields(slug),
    ),
    press('pengaturan/peminjaman/:sistem/coba', 'A', 'nothing', 'connection', {
      else: 'done',
      none: 'stands',
    }),
    press('pengaturan/peminjaman/:sistem/kirim', 'SA', 'nothing', 'connection', {
      else: 'done',
      none: 'stands',
    }),
    press('pengaturan/peminjaman/:sistem/jeda', 'SA', 'nothing', 'connection', {
      else: 'done',
      none: 'stands',
    }),
    press('pengaturan/peminjaman/:sistem/lanjut', 'SA', 'nothing', 'connection', {
      else: 'done',
      none: 'stands',
    }),
    press('pengaturan/peminjaman/:sistem/hapus', 'A', 'one', 'connection', { else: 'done', none: 'stands' }),
    look('anggota/:id/beda/:sistem', 'S', 'difference', { conflict: 'stands', settled: 'empty' }),
    press(
      'anggota/:id/beda/:sistem',
      'S',
      'nothing',
      'difference',
      { conflict: 'done', settled: 'stands' },
      async ({ id }, slug) => ({
        f_name: 'ours',
        urutan: await within(slug, async (tx) => {
          const found = tx
            .selectFrom('lending_link')
            .select('seq')
            .where('member_id', '=', id as MemberId);
          return String((await found.executeTakeFirst())?.seq ?? 0);
        }),
      }),
    ),
    press('pengaturan/ekspor/umpan/:format/token', 'S', 'one', 'feed token', { else: 'done' }),
    press('pengaturan/ekspor/umpan/:format/cabut', 'S', 'one', 'feed token', {
      none: 'stands',
      made: 'done',
    }),
    // Keys that sign cards.
    look('pengaturan/kunci', 'A', 'card key', { else: 'stands' }),
    look('pengaturan/kunci/:key/cabut', 'A', 'card key', { else: 'stands', revoked: 'gone' }),
    press('pengaturan/kunci', 'A', 'one', 'nothing', ANY, async (_, slug) => {
      const library = await libraryIn(slug);
      return { kunci_aktif: hexOf(library.keys.find((key) => key.state === 'active')?.keyId) };
    }),
    press('pengaturan/kunci/:key/cabut', 'A', 'one', 'card key', { else: 'done', revoked: 'gone' }),
  ];
  return {
    kinds,
    acts,
    async linkAll(slug, usernames) {
      await provider(slug, 'set');
      const officers = await within(slug, (tx) =>
        tx.selectFrom('officer').select(['id', 'username']).execute(),
      );
      for (const { id, username } of officers)
        if (usernames.includes(username)) await identity(slug, id, true);
    },
  };
}

/** Refused before anything goes out: it is this machine. */
const PROVIDER = 'https://127.0.0.1/realms/contoh';
const KOHA = 'https://koha.contoh.test';

function hexOf(keyId: Uint8Array | undefined): string {
  return Buffer.from(keyId ?? []).toString('hex');
}

/** How an act on a thing in this state ends for those who may. */
export function endOf({ path, ends }: Act, state: string): End {
  const end = ends[state] ?? ends.else;
  if (end === undefined) throw new Error(`${path}: nobody decided what happens to what is ${state}`);
  return end;
}

function look(path: string, who: string, kind: KindName, ends: Act['ends']): Act {
  return { method: 'GET', path, who, asks: 'nothing', kind, ends };
}

function press(
  path: string,
  who: string,
  asks: Act['asks'],
  kind: KindName,
  ends: Act['ends'],
  fields?: Act['fields'],
): Act {
  return { method: 'POST', path, who, asks, kind, ends, ...(fields ? { fields } : {}) };
}
