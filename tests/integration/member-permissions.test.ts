import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import type { Role } from '../../src/domain/permissions.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { erasePeople } from '../../src/usecases/erase-person.ts';
import { tellApart } from '../../src/usecases/find-doubles.ts';
import { mergeMembers } from '../../src/usecases/merge-members.ts';
import { askRight } from '../../src/usecases/rights-request.ts';
import { createTestApp, type SessionCookie, type TestApp } from '../support/app.ts';
import { CORRECTING, spelled } from '../support/applicants.ts';
import { libraryOf } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

/**
 * Who may do what to a member, and when: written down from `journeys.md` and from nothing in the program. P Petugas,
 * S Sub Koordinator, B Kepala Bidang, K Kepala SKPD, A Admin. Every act is posted about a member in every standing, by
 * every role, by an officer of another library and by nobody: where the line fits something must change, everywhere
 * else nothing may. An address of a member that has no line here fails the test: somebody has to decide.
 */
const STANDINGS = ['active', 'expired', 'suspended', 'cleared', 'ended', 'merged', 'erased'] as const;
type Standing = (typeof STANDINGS)[number];
const IN_USE: readonly Standing[] = ['active', 'expired'];
/** Whose membership has not ended. */
const MEMBERS: readonly Standing[] = [...IN_USE, 'suspended', 'cleared'];
/** Whoever stands for themselves: a merged membership is worked on through the one that stands for both. */
const OWN: readonly Standing[] = [...MEMBERS, 'ended'];
const KNOWN: readonly Standing[] = [...OWN, 'merged'];

type Fields = Readonly<Record<string, string>>;

interface Act {
  /** The route, below `/:library/`. */
  readonly path: string;
  readonly who: string;
  readonly standings: readonly Standing[];
  /** What there must be for the act to be about, made while the member is still active: the parts of the address. */
  readonly before?: (id: MemberId) => Promise<Readonly<Record<string, string>>>;
  /** What is posted; read when the member has reached its standing. */
  readonly fields: Fields | ((id: MemberId, parts: Readonly<Record<string, string>>) => Promise<Fields>);
}

const ACTS: readonly Act[] = [
  { path: 'anggota/:id/perpanjang', who: 'PS', standings: IN_USE, fields: {} },
  { path: 'anggota/:id/tercetak', who: 'PS', standings: IN_USE, fields: { alasan: 'worn' } },
  {
    path: 'anggota/:id/ganti-kartu',
    who: 'PS',
    standings: IN_USE,
    fields: { alasan: 'lost', periksa: 'ya' },
  },
  { path: 'anggota/:id/tangguhkan', who: 'S', standings: IN_USE, fields: { alasan: 'overdue' } },
  { path: 'anggota/:id/aktifkan', who: 'S', standings: ['suspended', 'cleared', 'ended'], fields: {} },
  {
    path: 'anggota/:id/bebas-pustaka',
    who: 'S',
    standings: [...IN_USE, 'suspended'],
    fields: { periksa: 'ya' },
  },
  { path: 'anggota/:id/berhenti', who: 'S', standings: MEMBERS, fields: { alasan: 'request' } },
  { path: 'anggota/:id/nomor', who: 'PS', standings: KNOWN, fields: { alasan: 'request' } },
  {
    path: 'anggota/:id/ubah',
    who: 'S',
    standings: OWN,
    fields: async (id) => ({
      ...CORRECTING,
      name: (await nameOf(id)) || 'Contoh Kembali',
      bukti: 'KTP baru',
    }),
  },
  {
    path: 'anggota/:id/persetujuan',
    who: 'PS',
    // Nothing is consented to in the name of a membership that ended; a merged one speaks for who stands for it.
    standings: [...MEMBERS, 'merged'],
    fields: async () => ({
      tujuan: 'messages',
      jawaban: 'setuju',
      saluran: 'counter',
      teks: library.settings.consents.version,
    }),
  },
  {
    path: 'anggota/:id/permintaan',
    who: 'PS',
    standings: OWN,
    fields: { jenis: 'object', keterangan: 'Tidak lagi untuk laporan.' },
  },
  {
    path: 'anggota/:id/persetujuan-sendiri',
    who: 'PS',
    standings: OWN,
    before: async (id) => {
      // As a guardian gave them before this member was of age; the service itself may not rewrite the ledger.
      await inLibrary(database.owner, library.id, (tx) =>
        tx.updateTable('consent').set({ by_guardian: true }).where('member_id', '=', id).execute(),
      );
      return {};
    },
    fields: async () => ({
      dibaca: 'ya',
      photo_on_card: 'ya',
      messages: 'tidak',
      versi: library.settings.consents.version,
    }),
  },
  {
    path: 'anggota/:id/kembar/berbeda',
    who: 'PS',
    standings: KNOWN,
    before: async () => ({ other: await newMember() }),
    fields: async (_id, { other = '' }) => ({ lain: other, alasan: 'other_person' }),
  },
  {
    path: 'anggota/:id/kembar/tanya-lagi',
    who: 'PS',
    standings: KNOWN,
    before: async (id) => {
      const otherId = await newMember();
      const told = await tellApart(database.db, site.deps, hand('petugas'), {
        memberId: id,
        otherId,
        reason: 'other_person',
      });
      if (!told.ok) throw new Error(told.reason);
      const { rows } = await inJateng((tx) =>
        sql<{ id: string }>`select id from told_apart where one_id = ${id} or other_id = ${id}`.execute(tx),
      );
      return { decision: rows[0]?.id ?? '' };
    },
    fields: async (_id, { decision = '' }) => ({ keputusan: decision }),
  },
  {
    path: 'anggota/:id/gabung/:other',
    who: 'S',
    standings: OWN,
    before: async () => ({ other: await newMember() }),
    fields: async (id, { other = '' }) => ({
      tetap: 'one',
      alasan: 'applied_twice',
      'versi.one': String(await versionOf(id)),
      'versi.other': String(await versionOf(other as MemberId)),
    }),
  },
  {
    path: 'anggota/:id/pisah/:merge',
    who: 'S',
    // Of a membership that was not merged there is nothing to separate.
    standings: ['merged'],
    before: async () => ({ merge: '01890000-0000-7000-8000-00000000ffff' }),
    fields: { alasan: 'wrong_fields' },
  },
  {
    path: 'anggota/:id/beda/:sistem',
    who: 'S',
    standings: KNOWN,
    before: async (id) => {
      const { id: libraryId } = library;
      const found = { known: true, row: null, fields: { phone: { ours: '', theirs: '+628120000000' } } };
      await inJateng((tx) =>
        tx
          .insertInto('lending_link')
          .values({
            library_id: libraryId,
            target: 'slims-db',
            member_id: id,
            foreign_id: null,
            state: 'conflict',
            reasons: [],
            memory: JSON.stringify({ left: {}, intended: {}, apart: {}, agreed: {} }),
            differences: site.deps.vault.seal(libraryId, 'lending', JSON.stringify(found)),
            again_at: null,
            changed_at: site.deps.now(),
          })
          .execute(),
      );
      return { sistem: 'slims-db' };
    },
    fields: { f_phone: 'ours', urutan: '1' },
  },
  {
    path: 'permintaan-data/:request',
    who: 'S',
    // What was asked is answered whatever became of the membership, and of the data.
    standings: STANDINGS,
    before: async (id) => {
      const asked = await askRight(database.db, site.deps, hand('petugas'), {
        by: 'counter',
        memberId: id,
        kind: 'erase',
        words: '',
      });
      if (!asked.ok) throw new Error(asked.reason);
      return { request: asked.id };
    },
    fields: { putusan: 'done', mengerti: 'ya' },
  },
];

/** Posts that change nothing: what they answer is asked by `permissions.test.ts`. */
const LOOKS = ['anggota/:id/gabung/cari'];

/** What is only shown, below `/anggota/:id`, with who is shown it of whom. */
const SHOWN: readonly (readonly [path: string, who: string, standings: readonly Standing[]])[] = [
  // Whoever asks for a merged one is led to who stands for both.
  ['', 'PSB', [...OWN, 'erased']],
  ['/ubah', 'S', OWN],
  ['/tangguhkan', 'S', IN_USE],
  ['/aktifkan', 'S', ['suspended', 'cleared', 'ended']],
  ['/bebas-pustaka', 'S', [...IN_USE, 'suspended']],
  ['/berhenti', 'S', MEMBERS],
  ['/ganti-kartu', 'PS', IN_USE],
  ['/kartu.pdf', 'PS', IN_USE],
  ['/nomor', 'PS', KNOWN],
  ['/permintaan', 'PS', OWN],
  ['/persetujuan', 'PS', KNOWN],
];

const ROLES = { P: 'petugas', S: 'subkoordinator', B: 'kabid', K: 'kepala', A: 'admin' } as const;
type Letter = keyof typeof ROLES;

let database: TestDatabase;
let site: TestApp;
let library: LibraryContext;
const cookies = new Map<Letter | 'neighbour' | 'nobody', SessionCookie | undefined>();
let made = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  for (const [letter, username] of Object.entries(ROLES))
    cookies.set(letter as Letter, await site.signIn('jateng', username));
  cookies.set('neighbour', await site.signIn('banyuwangi', 'subkoordinator'));
  cookies.set('nobody', undefined);
  library = await libraryOf(site, 'jateng');
});
afterAll(() => database.drop());

const inJateng = <T>(work: Parameters<typeof inLibrary<T>>[2]) => inLibrary<T>(database.db, library.id, work);
const hand = (role: Role): Scope => scopeOfRole(library, site.deps, [role]);

/** Of a name that nobody takes for another's. */
function newMember(): Promise<MemberId> {
  made++;
  return memberNamed(database, site.deps, hand('petugas'), `Contoh ${spelled(made)}`);
}

async function read<Column extends 'name' | 'version'>(id: MemberId, column: Column) {
  const row = await inJateng((tx) =>
    tx.selectFrom('member').select(column).where('id', '=', id).executeTakeFirstOrThrow(),
  );
  return row;
}
const nameOf = async (id: MemberId) => (await read(id, 'name')).name;
const versionOf = async (id: MemberId) => (await read(id, 'version')).version;

/** Brings an active member to its standing. @returns the parts of addresses that came with it */
async function bring(id: MemberId, standing: Standing): Promise<Readonly<Record<string, string>>> {
  switch (standing) {
    case 'active':
      return {};
    case 'expired':
      await inJateng((tx) =>
        tx
          .updateTable('member')
          .set({ valid_until: '2026-01-01' as never })
          .where('id', '=', id)
          .execute(),
      );
      return {};
    case 'merged': {
      const merged = await mergeMembers(database.db, site.deps, hand('sub_koordinator'), {
        winnerId: await newMember(),
        loserId: id,
        take: [],
        reason: 'applied_twice',
      });
      if (!merged.ok) throw new Error(merged.reason);
      const { rows } = await inJateng((tx) =>
        sql<{ id: string }>`select id from member_merge where loser_id = ${id}`.execute(tx),
      );
      return { merge: rows[0]?.id ?? '' };
    }
    case 'erased':
      await inJateng((tx) =>
        erasePeople(tx, site.deps, hand('sub_koordinator'), { members: [id] }, 'request'),
      );
      return {};
    default:
      await inJateng((tx) =>
        tx
          .updateTable('member')
          .set({
            state: standing,
            state_effective_at: site.deps.now(),
            state_reason: { suspended: 'overdue', cleared: 'lending_confirmed', ended: 'request' }[standing],
          })
          .where('id', '=', id)
          .execute(),
      );
      return {};
  }
}

/** Tables with a column of the member's id, whatever is added later. */
let tables: readonly string[] = [];

/** Everything that an act could leave of itself on a member; that somebody looked is no trace of an act. */
function traces(id: MemberId): Promise<string> {
  return inJateng(async (tx) => {
    // What is said to a merged one is said to who stands for both.
    const { rows: family } = await sql<{ id: MemberId }>`
      select unnest(array[id, coalesce(merged_into, id)]) as id from member where id = ${id}`.execute(tx);
    const ids = sql`any(${family.map((one) => one.id)}::uuid[])`;
    if (tables.length === 0) {
      const { rows } = await sql<{ name: string }>`
        select table_name as name from information_schema.columns
        where column_name = 'member_id' and table_schema = current_schema()
          and table_name in (select tablename from pg_tables where schemaname = current_schema())`.execute(
        tx,
      );
      tables = rows.map(({ name }) => name);
      expect(tables).toEqual(expect.arrayContaining(['card', 'consent', 'member_event', 'lending_link']));
    }
    const found = [
      sql`select string_agg(md5(member::text), ' ' order by id) from member where id = ${ids}`,
      sql`select count(*) from told_apart where one_id = ${ids} or other_id = ${ids}`,
      sql`select count(*) from member_merge where (winner_id = ${ids} or loser_id = ${ids}) and undone_at is null`,
      sql`select count(*) from audit_log where subject_id = any(${family.map((one) => one.id)}::text[]) and action not like '%.view' and action <> 'access.refuse'`,
      ...tables.map(
        (name) => sql`select md5(coalesce(string_agg(t::text, ' ' order by t::text), ''))
          from ${sql.table(name)} t where t.member_id = ${ids}`,
      ),
    ];
    const { rows } = await sql<{ all: string }>`
      select concat_ws(' ', ${sql.join(found.map((one) => sql`(${one})`))}) as all`.execute(tx);
    return rows[0]?.all ?? '';
  });
}

function addressOf(slug: string, path: string, parts: Readonly<Record<string, string>>): string {
  return `/${slug}/${path.replace(/:(\w+)/g, (_, name: string) => parts[name] ?? '')}`;
}

/** @returns what went otherwise than the line says */
async function tryAll(act: Act): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const standing of STANDINGS) {
    let ready: { id: MemberId; parts: Readonly<Record<string, string>> } | undefined;
    for (const [who, cookie] of cookies) {
      if (ready === undefined) {
        const id = await newMember();
        const parts = { id, ...(await act.before?.(id)) };
        ready = { id, parts: { ...parts, ...(await bring(id, standing)) } };
      }
      const { id, parts } = ready;
      const before = await traces(id);
      const fields = typeof act.fields === 'function' ? await act.fields(id, parts) : act.fields;
      let status = 0;
      // The neighbour asks at the own library's address as well as at this one's.
      for (const slug of who === 'neighbour' ? ['banyuwangi', 'jateng'] : ['jateng']) {
        const answer = await site.post(addressOf(slug, act.path, parts), fields, cookie?.header);
        status = answer.status;
        await answer.body?.cancel();
      }
      const changed = (await traces(id)) !== before;
      const fits = act.who.includes(who) && act.standings.includes(standing);
      if (changed !== fits || status >= 500)
        wrong.push(`${act.path} of one ${standing}, by ${who}: ${changed ? 'done' : 'refused'} (${status})`);
      if (changed) ready = undefined;
    }
  }
  return wrong;
}

describe('a member, in every standing, in everybody’s hands', () => {
  it('has a line here for everything that is posted about one', () => {
    const posts = site.app.routes
      .filter(
        ({ method, path }) => method === 'POST' && /^\/:library\/(anggota|permintaan-data)\/:/.test(path),
      )
      .map(({ path }) =>
        path.replace('/:library/', '').replace('permintaan-data/:id', 'permintaan-data/:request'),
      );
    expect([...new Set(posts)].sort()).toEqual([...ACTS.map(({ path }) => path), ...LOOKS].sort());
  });

  for (const act of ACTS)
    it(`“${act.path}” changes it only where journeys.md says so`, async () => {
      expect(await tryAll(act)).toEqual([]);
    }, 120_000);

  it('is shown, and what could be done with it, to those who may', async () => {
    const wrong: string[] = [];
    for (const standing of STANDINGS) {
      const id = await newMember();
      await bring(id, standing);
      for (const [path, may, standings] of SHOWN)
        for (const [who, cookie] of cookies) {
          const headers = cookie ? { cookie: cookie.header } : undefined;
          const answer = await site.request(`/jateng/anggota/${id}${path}`, headers && { headers });
          await answer.body?.cancel();
          const fits = may.includes(who) && standings.includes(standing);
          if ((answer.status === 200) !== fits || answer.status >= 500)
            wrong.push(`${path} of one ${standing} for ${who}: ${answer.status}`);
        }
    }
    expect(wrong).toEqual([]);
  }, 120_000);
});
