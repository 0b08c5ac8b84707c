import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { APPLICATION_STATES, type ApplicationState } from '../../src/domain/application.ts';
import type { ApplicationId, MemberId, OfficerId } from '../../src/domain/ids.ts';
import type { StepAct } from '../../src/domain/procedure.ts';
import { createTestApp, type SessionCookie, type TestApp } from '../support/app.ts';
import { CORRECTING, spelled } from '../support/applicants.ts';
import { libraryOf, phoneCase, portrait, toTheCard } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

/**
 * Who may do what to a case, when, and in whose hands: written down from `journeys.md` and from nothing in the program.
 * P Petugas, S Sub Koordinator, B Kepala Bidang, K Kepala SKPD, A Admin. Every act is posted in every state, held by
 * nobody, by the one who posts, and by a colleague, by every role, by an officer of another library and by nobody:
 * where the line fits something must change, everywhere else nothing may.
 */
interface Line {
  readonly who: string;
  readonly states: readonly ApplicationState[];
  /** Whose hands the case must lie in. */
  readonly hold: 'any' | 'mine' | 'others' | 'nobody';
}
interface Act {
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
  /** What the procedure has behind it when this act is next. */
  readonly done: readonly StepAct[];
  /** One that fits is enough. */
  readonly line: Line | readonly Line[];
  /** Put before the Sub Koordinator by a colleague. */
  readonly escalated?: true;
  /** Sent as a form with files. */
  readonly files?: () => Promise<Readonly<Record<string, File>>>;
  /** A photo was sent from home. */
  readonly photo?: true;
  /** Of whom the case was found to be: a member whose membership has lapsed. */
  readonly member?: true;
  /** So many minutes before each state: numbers opened one after the other are limited. */
  readonly pass?: number;
}

const COME: readonly StepAct[] = ['arrive', 'fill_form'];
const SEEN: readonly StepAct[] = [...COME, 'see_identity'];
const READY: readonly StepAct[] = [...SEEN, 'cross_check', 'photo'];
/** At the counter, sent in, or waiting for what somebody else brings; not decided. */
const UNDECIDED: readonly ApplicationState[] = [
  'waiting_guardian',
  'submitted',
  'in_review',
  'needs_correction',
];

let drawn: Promise<File> | undefined;
const picture = (): Promise<File> => (drawn ??= portrait());

/** What is brought for a case may come while nobody has taken it; from then on by the hand that holds it. */
const BROUGHT: readonly Line[] = [
  { who: 'PS', states: ['waiting_guardian', 'submitted', 'needs_correction'], hold: 'any' },
  { who: 'PS', states: ['in_review'], hold: 'mine' },
];

const ACTS: readonly Act[] = [
  {
    path: 'ambil',
    fields: {},
    done: COME,
    line: { who: 'PS', states: [...UNDECIDED, 'approved'], hold: 'nobody' },
  },
  {
    path: 'ambil-alih',
    fields: { alasan: 'absent' },
    done: COME,
    line: { who: 'PS', states: ['in_review', 'approved'], hold: 'others' },
  },
  {
    path: 'lepas',
    fields: {},
    done: COME,
    line: { who: 'PS', states: ['in_review', 'approved'], hold: 'mine' },
  },
  {
    path: 'identitas',
    fields: { dokumen: 'ktp:original' },
    done: COME,
    line: { who: 'PS', states: ['in_review'], hold: 'mine' },
  },
  {
    path: 'kros-cek',
    fields: { alasan: 'other_person' },
    done: SEEN,
    line: { who: 'PS', states: ['in_review'], hold: 'mine' },
  },
  {
    path: 'minta-perbaikan',
    fields: { bagian: 'name', alasan: 'differs' },
    done: SEEN,
    line: { who: 'PS', states: ['in_review'], hold: 'mine' },
  },
  {
    path: 'ke-koordinator',
    fields: { jenis: 'other', alasan: '' },
    done: SEEN,
    line: { who: 'PS', states: ['in_review'], hold: 'mine' },
  },
  {
    path: 'putusan',
    fields: { putusan: 'return' },
    done: SEEN,
    escalated: true,
    line: { who: 'S', states: ['in_review'], hold: 'any' },
  },
  {
    path: 'tolak',
    fields: { alasan: 'no_document' },
    done: SEEN,
    line: { who: 'S', states: ['waiting_guardian', 'in_review', 'needs_correction'], hold: 'any' },
  },
  {
    path: 'batal',
    fields: {},
    done: SEEN,
    line: { who: 'PS', states: ['draft', ...UNDECIDED], hold: 'any' },
  },
  // This procedure asks nobody for an approval before the card.
  { path: 'persetujuan', fields: {}, done: READY, line: { who: '', states: [], hold: 'any' } },
  { path: 'setujui', fields: {}, done: READY, line: { who: 'PS', states: ['in_review'], hold: 'mine' } },
  {
    path: 'perbaiki',
    fields: {
      ...CORRECTING,
      name: 'Contoh Diperbaiki',
      address_line: 'Jl. Contoh 9',
    },
    done: SEEN,
    line: { who: 'PS', states: ['waiting_guardian', 'in_review', 'needs_correction'], hold: 'mine' },
  },
  {
    path: 'wali',
    fields: { nama: 'Contoh Wali', hubungan: 'mother', cara: 'desk', foto: 'ya', pesan: 'tidak' },
    files: async () => ({}),
    done: COME,
    line: [
      { who: 'PS', states: ['waiting_guardian'], hold: 'any' },
      { who: 'PS', states: ['in_review'], hold: 'mine' },
    ],
  },
  {
    path: 'pindaian',
    fields: {},
    files: async () => ({ berkas: await picture() }),
    done: COME,
    line: BROUGHT,
  },
  { path: 'foto', fields: {}, files: async () => ({ foto: await picture() }), done: SEEN, line: BROUGHT },
  { path: 'foto/terima', fields: {}, photo: true, done: SEEN, line: BROUGHT },
  { path: 'foto/ponsel', fields: {}, done: SEEN, line: BROUGHT },
  {
    // A stated purpose opens the numbers of any case, and the log keeps who asked.
    path: 'nomor',
    fields: { tujuan: 'request' },
    done: READY,
    pass: 30,
    line: { who: 'PS', states: APPLICATION_STATES, hold: 'any' },
  },
  {
    path: 'sudah-anggota',
    fields: { anggota: ':member' },
    done: SEEN,
    member: true,
    line: { who: 'PS', states: ['in_review'], hold: 'mine' },
  },
  {
    path: 'perpanjang',
    fields: {},
    done: SEEN,
    member: true,
    line: { who: 'PS', states: ['already_member'], hold: 'any' },
  },
  {
    path: 'kta-lagi',
    fields: {},
    done: SEEN,
    member: true,
    line: { who: 'PS', states: ['already_member'], hold: 'any' },
  },
];
/** Of a case that has its member and card. */
const CARD_ACTS: readonly Act[] = [
  {
    path: 'cetak',
    fields: {},
    done: [...READY, 'issue_card'],
    line: { who: 'PS', states: ['approved', 'completed'], hold: 'any' },
  },
  {
    path: 'serahkan',
    fields: {},
    done: [...READY, 'issue_card', 'print_card'],
    line: { who: 'PS', states: ['approved', 'completed'], hold: 'any' },
  },
];

const ROLES = { P: 'petugas', S: 'subkoordinator', B: 'kabid', K: 'kepala', A: 'admin' } as const;
type Letter = keyof typeof ROLES;
const HOLDS = ['nobody', 'mine', 'others'] as const;

let database: TestDatabase;
let site: TestApp;
const officers = new Map<Letter, { readonly id: OfficerId; readonly cookie: SessionCookie }>();
let colleague: OfficerId;
let neighbour: SessionCookie;
/** Whom cases are found to be of. */
let lapsed: MemberId;
let made = 0;
let tried = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  for (const [letter, username] of Object.entries(ROLES)) {
    const cookie = await site.signIn('jateng', username);
    officers.set(letter as Letter, { id: await officerId(username), cookie });
  }
  neighbour = await site.signIn('banyuwangi', 'subkoordinator');
  colleague = '01890000-0000-7000-8000-0000000000cc' as OfficerId;
  const scope = scopeOfRole(await libraryOf(site, 'jateng'), site.deps, ['petugas']);
  lapsed = await memberNamed(database, site.deps, scope, 'Contoh Anggota Lama');
});
afterAll(() => database.drop());

const inJateng = <T>(work: Parameters<typeof inLibrary<T>>[2]) =>
  inLibrary<T>(database.db, database.libraryIds.jateng, work);

function officerId(username: string): Promise<OfficerId> {
  return inJateng(async (tx) => {
    const row = await tx
      .selectFrom('officer')
      .select('id')
      .where('username', '=', username)
      .executeTakeFirstOrThrow();
    return row.id;
  });
}

/** Everything that an act could leave of itself on a case, in one question: it is asked some five thousand times. */
function traces(id: ApplicationId): Promise<string> {
  return inJateng(async (tx) => {
    // That somebody looked, or was shown the numbers of the case in hand, is no trace of an act.
    const { rows } = await sql<{ left: string }>`
      select concat_ws('|', a,
        (select count(*) from application_event where application_id = a.id),
        (select count(*) from audit_log where subject_id = ${id}
          and action not like '%.view' and action <> 'access.refuse' and purpose is distinct from 'identity_step'),
        (select string_agg(concat_ws(' ', member.version, card.id, card.access_generation), ',' order by card.id)
          from member join card on card.member_id = member.id where member.id = a.member_id)) as left
      from application a where a.id = ${id}`.execute(tx);
    const [row] = rows;
    if (row === undefined) throw new Error('no such case');
    return row.left;
  });
}

function freshCase(): Promise<{ applicationId: ApplicationId; token: string }> {
  return phoneCase(site, 'jateng', `Contoh ${spelled(++made)}`);
}

async function put(
  id: ApplicationId,
  act: Act,
  state: ApplicationState,
  holder: OfficerId | null,
): Promise<void> {
  const photo = site.deps.uuid(site.deps.now()) as never;
  const hasPhoto = act.photo ?? (act.done.includes('photo') && !act.done.includes('issue_card'));
  if (act.member)
    await inJateng((tx) =>
      tx
        .updateTable('member')
        .set({ valid_until: '2026-01-01' as never })
        .where('id', '=', lapsed)
        .execute(),
    );
  await inJateng((tx) =>
    tx
      .updateTable('application')
      .set({
        state,
        done_acts: [...act.done],
        held_by: holder,
        held_at: holder === null ? null : site.deps.now(),
        escalated_at: act.escalated ? site.deps.now() : null,
        escalated_by: act.escalated ? colleague : null,
        escalation_reason: act.escalated ? 'other' : null,
        closed_at: null,
        ...(hasPhoto ? { photo_id: photo } : {}),
        ...(act.member ? { member_id: lapsed } : {}),
      })
      .where('id', '=', id)
      .execute(),
  );
}

/** @returns what went otherwise than the line says */
async function tryAll(act: Act, fresh: () => Promise<ApplicationId>): Promise<readonly string[]> {
  const wrong: string[] = [];
  let id = await fresh();
  for (const state of APPLICATION_STATES) {
    site.clock.now = new Date(site.clock.now.getTime() + (act.pass ?? 0) * 60_000);
    for (const hold of HOLDS) {
      /** As it was put, if nothing has happened to it since. */
      let before: string | undefined;
      for (const who of [...officers.keys(), 'neighbour', 'nobody'] as const) {
        const officer = officers.get(who as Letter);
        const holder = hold === 'nobody' ? null : hold === 'others' ? colleague : (officer?.id ?? null);
        if (before === undefined || hold === 'mine') {
          await put(id, act, state, holder);
          before = await traces(id);
        }
        const cookie = officer?.cookie ?? (who === 'neighbour' ? neighbour : undefined);
        // The neighbour asks at the own library's address as well as at this one's.
        const bases = who === 'neighbour' ? ['banyuwangi', 'jateng'] : ['jateng'];
        let status = 0;
        for (const base of bases) {
          const answer = await send(act, `/${base}/loket/${id}/${act.path}`, cookie?.header);
          status = answer.status;
        }
        const changed = (await traces(id)) !== before;
        const fits = [act.line]
          .flat()
          .some(
            (line) =>
              line.who.includes(who) &&
              line.states.includes(state) &&
              (line.hold === 'any' || line.hold === hold),
          );
        tried++;
        if (changed !== fits || status >= 500)
          wrong.push(
            `${act.path} in ${state} held by ${hold}, by ${who}: ${changed ? 'done' : 'refused'} (${status})`,
          );
        if (!changed) continue;
        id = await fresh();
        before = undefined;
      }
    }
  }
  return wrong;
}

async function send(act: Act, address: string, cookie: string | undefined): Promise<Response> {
  const fields = Object.fromEntries(
    Object.entries(act.fields).map(([name, value]) => [name, value === ':member' ? lapsed : value]),
  );
  return act.files
    ? site.upload(address, { ...fields, ...(await act.files()) }, cookie)
    : site.post(address, fields, cookie);
}

describe('a case, in every state, in everybody’s hands', () => {
  // Every act in every state, in three hands, by five roles, a neighbour and nobody: none left out.
  afterAll(() => {
    console.log(`permission_tries: ${tried}`);
  });

  it('has a line here for everything that is posted about one', () => {
    const posts = site.app.routes
      .filter(({ method, path }) => method === 'POST' && path.startsWith('/:library/loket/:id/'))
      .map(({ path }) => path.replace('/:library/loket/:id/', ''));
    expect([...new Set(posts)].sort()).toEqual([...ACTS, ...CARD_ACTS].map(({ path }) => path).sort());
  });

  for (const act of ACTS)
    it(`“${act.path}” changes it only where journeys.md says so`, async () => {
      expect(await tryAll(act, async () => (await freshCase()).applicationId)).toEqual([]);
    }, 120_000);

  for (const act of CARD_ACTS)
    it(`“${act.path}” changes it only where journeys.md says so`, async () => {
      const cookie = officers.get('P')?.cookie.header ?? '';
      const fresh = async () =>
        (await toTheCard(site, 'jateng', `Contoh ${spelled(++made)}`, cookie)).applicationId;
      expect(await tryAll(act, fresh)).toEqual([]);
    }, 120_000);

  it('is cancelled from its secret address while it is undecided, and by no other address', async () => {
    const { applicationId, token } = await freshCase();
    const other = await phoneCase(site, 'banyuwangi', 'Contoh Tetangga');
    const CANCELLABLE: Line = { who: '', states: ['draft', ...UNDECIDED], hold: 'any' };
    const act: Act = {
      path: 'batal',
      fields: {},
      done: COME,
      line: CANCELLABLE,
    };
    const wrong: string[] = [];
    for (const state of APPLICATION_STATES)
      for (const address of [
        `/jateng/permohonan/${other.token}/batal`,
        `/banyuwangi/permohonan/${token}/batal`,
        `/jateng/permohonan/${applicationId}/batal`,
        `/jateng/permohonan/${token}/batal`,
      ]) {
        await put(applicationId, act, state, null);
        const before = await traces(applicationId);
        await site.post(address, {});
        const changed = (await traces(applicationId)) !== before;
        const fits = address === `/jateng/permohonan/${token}/batal` && CANCELLABLE.states.includes(state);
        if (changed !== fits) wrong.push(`${address} in ${state}: ${changed ? 'done' : 'refused'}`);
      }
    expect(wrong).toEqual([]);
  }, 60_000);
});
