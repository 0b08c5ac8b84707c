import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { OfficerId, ServicePointId } from '../../src/domain/ids.ts';
import { addDays } from '../../src/domain/plain-date.ts';
import { todayOf } from '../../src/usecases/context.ts';
import { delegate } from '../../src/usecases/delegate.ts';
import { createOfficer, setOfficerActive } from '../../src/usecases/manage-officer.ts';
import { createPairing } from '../../src/usecases/pair-device.ts';
import { SECTIONS } from '../../src/web/office/settings-spec.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { spelled } from '../support/applicants.ts';
import { libraryOf, portrait } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { scopeOfRole } from '../support/members.ts';
import { fieldsOf, type PageFields } from '../support/page-form.ts';

/**
 * Who may change the settings, the accounts and the devices of a library: written down from `journeys.md` and from
 * nothing in the program. It is the admin's own work, of this library and of no other. Every act is posted, ready to
 * take effect, by every role of both libraries and by nobody; where it is the admin of that library something must
 * change, everywhere else nothing may. The other library's people knock at their own address as well, where their
 * session counts: there they may change what is theirs, and nothing here.
 */
const WHO = 'admin';
const ROLES = ['petugas', 'subkoordinator', 'kabid', 'kepala', 'admin'] as const;
const SLUGS = ['banyuwangi', 'jateng'] as const;
type Slug = (typeof SLUGS)[number];
type Fields = Readonly<Record<string, string | readonly string[]>>;

/** An act that would take effect now, if it were the admin who sent it. */
interface Ready {
  readonly address: string;
  readonly fields: Fields;
  readonly files?: Readonly<Record<string, File>>;
}
interface Act {
  /** The route, below `/:library/pengaturan/`. */
  readonly path: string;
  readonly ready: (slug: Slug) => Promise<Ready>;
}

/** The rest of what is posted under `pengaturan`: tried by everybody in `machine-permissions`, or at the door (`permissions`) and by these tests beyond it. */
const ELSEWHERE: readonly (readonly [test: string, path: RegExp])[] = [
  ['procedure-editor', /^prosedur(\/|$)/],
  ['import-decide', /^impor(\/|$)/],
  ['machine-permissions', /^ekspor\/umpan\//],
  ['export', /^ekspor(\/|$)/],
  ['rights', /^pelanggaran(\/|$)/],
  [
    'machine-permissions',
    /^(peminjaman|sambungan|kunci-program|webhook|masuk-layanan|penyedia|kunci)(\/|$)|^petugas\/:id\/penyedia/,
  ],
];

let database: TestDatabase;
let site: TestApp;
const cookies = new Map<string, string>();
let made = 0;
let tried = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  for (const slug of SLUGS)
    for (const role of ROLES) cookies.set(`${role} of ${slug}`, (await site.signIn(slug, role)).header);
}, 60_000);
afterAll(async () => {
  console.log(`office_permission_tries: ${tried}`);
  await database.drop();
});

const adminOf = (slug: Slug): string => cookies.get(`admin of ${slug}`) ?? '';
const page = async (slug: Slug, path: string) =>
  (await site.request(`/${slug}/pengaturan/${path}`, { headers: { cookie: adminOf(slug) } })).text();
const adminScope = async (slug: Slug) => scopeOfRole(await libraryOf(site, slug), site.deps, ['admin']);

/** Everything that an act here could leave of itself, in these libraries. */
async function traces(slugs: readonly Slug[]): Promise<string> {
  const left = await Promise.all(
    slugs.map((slug) =>
      inLibrary(database.db, database.libraryIds[slug], async (tx) => {
        const { rows } = await sql<{ left: string }>`
          select concat_ws('|',
            (select md5(string_agg(t::text, ',' order by t.name)) from setting t),
            (select md5(string_agg(t::text, ',' order by t.id)) from officer t),
            (select md5(string_agg(t::text, ',' order by t.id)) from delegation t),
            (select md5(string_agg(t::text, ',' order by t.id)) from device t),
            (select md5(string_agg(t::text, ',' order by t.id)) from service_point t),
            (select md5(string_agg(id::text || (bytes is null), ',' order by id)) from file),
            (select count(*) from audit_log where action not like '%.view' and action not like '%.refuse')) as left
        `.execute(tx);
        return rows[0]?.left ?? '';
      }),
    ),
  );
  return left.join('\n');
}

/** A form of the admin's page in which one value was changed. */
const changedIn = new Map<string, string>();
async function setting(slug: Slug, section: string): Promise<Ready> {
  const address = `/${slug}/pengaturan/${section}`;
  const html = await page(slug, section);
  const fields = fieldsOf(html, address);
  const choices = choicesOf(html);
  const known = changedIn.get(section);
  if (known !== undefined) return { address, fields: otherwise(fields, known, choices) };
  // Which value may be changed freely is found out once, by changing it: by the admin.
  for (const name of new Set([...Object.keys(fields), ...choices.keys()])) {
    if (name === 'versi' || /\.(code|key|jumlah)$/.test(name)) continue;
    const answer = await site.post(address, otherwise(fields, name, choices), adminOf(slug));
    if (answer.headers.get('location') !== `${address}?tersimpan=1`) continue;
    // Saving a page for the first time is a change by itself: somebody has looked at it.
    const again = fieldsOf(await page(slug, section), address);
    const twice = await site.post(address, otherwise(again, name, choices), adminOf(slug));
    if (twice.headers.get('location') !== `${address}?tersimpan=1`) continue;
    changedIn.set(section, name);
    return setting(slug, section);
  }
  throw new Error(`nothing on ${address} can be changed`);
}

/** What can be chosen in the boxes and lists of a page, by the field's name; of a box, to tick it or not. */
function choicesOf(html: string): ReadonlyMap<string, readonly (string | undefined)[]> {
  const choices = new Map<string, readonly (string | undefined)[]>();
  const nameIn = (tag: string) => /\bname="([^"]+)"/.exec(tag)?.[1] ?? '';
  for (const [tag] of html.matchAll(/<input\b[^>]*type="checkbox"[^>]*>/g))
    choices.set(nameIn(tag), [undefined, 'ya']);
  for (const [, tag = '', options = ''] of html.matchAll(/<select\b([^>]*)>([\s\S]*?)<\/select>/g))
    choices.set(
      nameIn(tag),
      [...options.matchAll(/<option\b[^>]*\bvalue="([^"]*)"/g)].map(([, value]) => value),
    );
  return choices;
}

function otherwise(fields: PageFields, name: string, choices: ReturnType<typeof choicesOf>): Fields {
  const { [name]: now, ...rest } = fields;
  const [value = ''] = now ?? [];
  const others = choices.get(name)?.filter((choice) => choice !== now?.[0]);
  if (others !== undefined) return others[0] === undefined ? rest : { ...rest, [name]: others[0] };
  if (/^\d{1,4}$/.test(value))
    return { ...rest, [name]: String(Number(value) + (made++ % 2 === 0 ? 1 : -1)) };
  if (/^\d\d\.\d\d$/.test(value)) return { ...rest, [name]: `${value.slice(0, 3)}${10 + (made++ % 40)}` };
  if (value.includes('@') || name.endsWith('email')) return { ...rest, [name]: `a${++made}@contoh.id` };
  return { ...rest, [name]: `Contoh ${spelled(++made)}` };
}

async function account(slug: Slug): Promise<OfficerId> {
  const officer = await createOfficer(database.db, site.deps, await adminScope(slug), {
    username: `contoh${++made}`,
    name: 'Contoh Petugas',
    roles: ['petugas'],
    servicePointId: null,
  });
  if (!officer.ok) throw new Error(officer.reason);
  return officer.officerId;
}

async function ofAccount(slug: Slug, below: string, fields: Fields = {}): Promise<Ready> {
  return { address: `/${slug}/pengaturan/petugas/${await account(slug)}${below}`, fields };
}

async function delegation(slug: Slug) {
  const scope = await adminScope(slug);
  const [from, until] = [todayOf(scope), addDays(todayOf(scope), 7)];
  return { role: 'kepala_bidang', kind: 'plh', from, until } as const;
}

async function device(slug: Slug) {
  const scope = await adminScope(slug);
  const paired = await createPairing(database.db, site.deps, scope, {
    name: `Contoh ${++made}`,
    kind: 'kiosk',
    servicePointId: scope.library.servicePoints[0]?.id ?? ('' as ServicePointId),
  });
  if (!paired.ok) throw new Error(paired.reason);
  return paired.deviceId;
}

const DESIGNS = 'kartu-desain';
/** An own design of the library, by the admin. */
async function design(slug: Slug): Promise<string> {
  const copy = `/${slug}/pengaturan/${DESIGNS}/seal/salin`;
  const fields = { ...fieldsOf(await page(slug, DESIGNS), copy), 'salin.seal': `Contoh ${++made}` };
  const answer = await site.post(copy, fields, adminOf(slug));
  const code = /kartu-desain\/([^?]+)/.exec(answer.headers.get('location') ?? '')?.[1];
  if (code === undefined) throw new Error(`no copy: ${answer.status}`);
  return code;
}

async function ofDesign(slug: Slug, code: string, below: string, fields: Fields): Promise<Ready> {
  const address = `/${slug}/pengaturan/${DESIGNS}/${code}${below}`;
  const html = await page(slug, below === '' ? `${DESIGNS}/${code}` : DESIGNS);
  return { address, fields: { ...fieldsOf(html, address), ...fields } };
}

const ACTS: readonly Act[] = [
  ...SECTIONS.map(({ slug: section }): Act => ({ path: section, ready: (slug) => setting(slug, section) })),
  {
    path: 'tampilan/lambang',
    ready: async (slug) => ({
      address: `/${slug}/pengaturan/tampilan/lambang`,
      fields: {},
      files: { berkas: await portrait() },
    }),
  },
  {
    path: 'tampilan/lambang/hapus',
    ready: async (slug) => ({ address: `/${slug}/pengaturan/tampilan/lambang/hapus`, fields: {} }),
  },
  {
    path: DESIGNS,
    ready: async (slug) => {
      const address = `/${slug}/pengaturan/${DESIGNS}`;
      const fields = fieldsOf(await page(slug, DESIGNS), address);
      return { address, fields: { ...fields, usual: await design(slug), versi: await versionOf(slug) } };
    },
  },
  {
    path: `${DESIGNS}/:code/salin`,
    ready: (slug) => ofDesign(slug, 'seal', '/salin', { 'salin.seal': `Contoh ${++made}` }),
  },
  {
    path: `${DESIGNS}/:code/nama`,
    ready: async (slug) => {
      const code = await design(slug);
      return ofDesign(slug, code, '/nama', { [`nama.${code}`]: `Contoh ${++made}` });
    },
  },
  {
    path: `${DESIGNS}/:code/hapus`,
    ready: async (slug) => ofDesign(slug, await design(slug), '/hapus', {}),
  },
  {
    path: `${DESIGNS}/:code`,
    ready: async (slug) => {
      const { address, fields } = await ofDesign(slug, await design(slug), '', { aksi: 'gambar' });
      return { address, fields, files: { berkas: await portrait() } };
    },
  },
  {
    path: 'petugas/baru',
    ready: async (slug) => ({
      address: `/${slug}/pengaturan/petugas/baru`,
      fields: { 'nama-pengguna': `contoh${++made}`, nama: 'Contoh Baru', peran: ['petugas'], titik: '' },
    }),
  },
  {
    path: 'petugas/:id',
    ready: async (slug) => {
      const id = await account(slug);
      const address = `/${slug}/pengaturan/petugas/${id}`;
      const fields = fieldsOf(await page(slug, `petugas/${id}`), address);
      return {
        address,
        fields: { ...fields, nama: `Contoh ${spelled(++made)}`, peran: ['petugas', 'admin'] },
      };
    },
  },
  { path: 'petugas/:id/tutup', ready: (slug) => ofAccount(slug, '/tutup') },
  {
    path: 'petugas/:id/buka',
    ready: async (slug) => {
      const officerId = await account(slug);
      await setOfficerActive(database.db, site.deps, await adminScope(slug), { officerId, active: false });
      return { address: `/${slug}/pengaturan/petugas/${officerId}/buka`, fields: {} };
    },
  },
  { path: 'petugas/:id/sandi', ready: (slug) => ofAccount(slug, '/sandi') },
  {
    path: 'petugas/:id/faktor-kedua',
    ready: async (slug) => {
      const id = await account(slug);
      await inLibrary(database.db, database.libraryIds[slug], (tx) =>
        tx
          .updateTable('officer')
          .set({ totp_secret: Buffer.from('sealed') })
          .where('id', '=', id)
          .execute(),
      );
      return {
        address: `/${slug}/pengaturan/petugas/${id}/faktor-kedua`,
        fields: { dikenali: 'recognised_in_person' },
      };
    },
  },
  {
    path: 'petugas/:id/delegasi',
    ready: async (slug) => {
      const { role, kind, from, until } = await delegation(slug);
      return ofAccount(slug, '/delegasi', {
        peran: role,
        jenis: kind,
        ...dateFields('dari', from),
        ...dateFields('sampai', until),
      });
    },
  },
  {
    path: 'petugas/:id/delegasi/:delegation/akhiri',
    ready: async (slug) => {
      const officerId = await account(slug);
      const given = await delegate(database.db, site.deps, await adminScope(slug), {
        officerId,
        ...(await delegation(slug)),
      });
      if (!given.ok) throw new Error(given.reason);
      return { address: `/${slug}/pengaturan/petugas/${officerId}/delegasi/${given.id}/akhiri`, fields: {} };
    },
  },
  {
    path: 'perangkat',
    ready: async (slug) => {
      const { library } = await adminScope(slug);
      return {
        address: `/${slug}/pengaturan/perangkat`,
        fields: { nama: `Contoh ${++made}`, jenis: 'kiosk', titik: library.servicePoints[0]?.id ?? '' },
      };
    },
  },
  {
    path: 'perangkat/:id/kode',
    ready: async (slug) => ({
      address: `/${slug}/pengaturan/perangkat/${await device(slug)}/kode`,
      fields: {},
    }),
  },
  {
    path: 'perangkat/:id/cabut',
    ready: async (slug) => ({
      address: `/${slug}/pengaturan/perangkat/${await device(slug)}/cabut`,
      fields: {},
    }),
  },
];

/** Draws the preview of the editor and changes nothing. */
const CHANGES_NOTHING = [`${DESIGNS}/:code/pratinjau`];

async function versionOf(slug: Slug): Promise<string> {
  const [version = ''] = fieldsOf(await page(slug, DESIGNS), `/${slug}/pengaturan/${DESIGNS}`).versi ?? [];
  return version;
}

function dateFields(name: string, date: string): Fields {
  const [year = '', month = '', day = ''] = date.split('-').map((part) => String(Number(part)));
  return { [name]: date, [`${name}.day`]: day, [`${name}.month`]: month, [`${name}.year`]: year };
}

async function send({ address, fields, files }: Ready, cookie: string | undefined): Promise<number> {
  const single = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : (value[0] ?? ''),
    ]),
  );
  const answer = files
    ? await site.upload(address, { ...single, ...files }, cookie)
    : await site.post(address, fields, cookie);
  await answer.body?.cancel();
  return answer.status;
}

/** One who tries it, and from where. */
interface Caller {
  readonly who: string;
  /** Whose officer it is; undefined for nobody. */
  readonly of: Slug | undefined;
  readonly cookie: string | undefined;
}

const callers = (): readonly Caller[] => [
  { who: 'nobody', of: undefined, cookie: undefined },
  ...[...cookies].map(([who, cookie]) => ({ who, of: SLUGS.find((slug) => who.endsWith(slug)), cookie })),
];

/**
 * Sends it as this caller can. The other library's officer sends it here, with the own cookie and with its secret under
 * the name that is read here, and at the own library's address, with everything in it that is named of this one.
 * @returns what each was answered
 */
async function sendAs({ of, cookie }: Caller, slug: Slug, act: Ready): Promise<readonly number[]> {
  const statuses = [await send(act, cookie)];
  if (of === undefined || of === slug || cookie === undefined) return statuses;
  const renamed = cookie.replace(`sesi-${of}=`, `sesi-${slug}=`);
  if (renamed === cookie) throw new Error('the cookie is called otherwise');
  statuses.push(await send(act, renamed));
  statuses.push(await send({ ...act, address: act.address.replace(`/${slug}/`, `/${of}/`) }, cookie));
  return statuses;
}

describe('settings, accounts and devices, in everybody’s hands', () => {
  it('have a line here for everything that is posted about them', () => {
    const posts = site.app.routes
      .filter(({ method, path }) => method === 'POST' && path.startsWith('/:library/pengaturan/'))
      .map(({ path }) => path.replace('/:library/pengaturan/', ''))
      .filter((path) => !ELSEWHERE.some(([, pattern]) => pattern.test(path)));
    expect([...new Set(posts)].sort()).toEqual([...ACTS.map(({ path }) => path), ...CHANGES_NOTHING].sort());
  });

  for (const { path, ready } of ACTS)
    it(`“${path}” is the admin’s of that library, and nobody else’s`, async () => {
      const wrong: string[] = [];
      for (const slug of SLUGS) {
        /** Whoever was refused used nothing up: the next one sends the same. */
        let act: Ready | undefined;
        for (const caller of callers()) {
          const { who, of } = caller;
          act ??= await ready(slug);
          // At their own address the others may change what is theirs.
          const isNeighbour = of !== undefined && of !== slug;
          const watched = isNeighbour ? [slug] : SLUGS;
          const before = await traces(watched);
          const statuses = await sendAs(caller, slug, act);
          const changed = (await traces(watched)) !== before;
          tried += statuses.length;
          // Who is turned away at the own door as well has tried nothing.
          const isLost = isNeighbour && who.startsWith(WHO) && statuses[2] === 401;
          if (changed !== (who === `${WHO} of ${slug}`) || isLost || statuses.some((status) => status >= 500))
            wrong.push(
              `${path} of ${slug}, by ${who}: ${changed ? 'done' : 'refused'} (${statuses.join(' ')})`,
            );
          if (changed) act = undefined;
        }
      }
      expect(wrong).toEqual([]);
    }, 60_000);
});

describe('an account or a device that is not of this library', () => {
  const PARAM = /:(id|delegation)/;
  /** The address with the ids of another one, or of nobody. */
  const withIds = (path: string, address: string, from: readonly string[]) =>
    path
      .split('/')
      .reduce(
        (parts, part, n) => (PARAM.test(part) ? parts.with(n + 3, from[n + 3] ?? '') : parts),
        address.split('/'),
      )
      .join('/');
  const NOBODY = '01890000-0000-7000-8000-00000000ffff';

  it('is answered like one that nobody has, and nothing changes', async () => {
    const wrong: string[] = [];
    for (const { path, ready } of ACTS.filter((act) => PARAM.test(act.path)))
      for (const slug of SLUGS) {
        const other: Slug = slug === 'jateng' ? 'banyuwangi' : 'jateng';
        const [own, foreign] = [await ready(slug), await ready(other)];
        const nobodys = own.address.split('/').map(() => NOBODY);
        const before = await traces(SLUGS);
        const said = await Promise.all(
          [nobodys, foreign.address.split('/')].map(async (from) => {
            const answer = await site.post(withIds(path, own.address, from), own.fields, adminOf(slug));
            tried++;
            const said = `${answer.status} ${answer.headers.get('location')} ${await answer.text()}`;
            return said.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '#');
          }),
        );
        const changed = (await traces(SLUGS)) !== before;
        if (changed || said[0] !== said[1] || !said[0]?.startsWith('404 '))
          wrong.push(`${path} of ${slug}: ${said.map((one) => one.slice(0, 60)).join(' / ')}`);
      }
    expect(wrong).toEqual([]);
  }, 60_000);
});
