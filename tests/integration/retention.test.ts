/** Every rule of retention at its edge: what is due goes, what is not stays, and the preview said so beforehand. */
import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CERTIFICATE_DAYS } from '../../src/domain/moving-code.ts';
import { addDays, addMonths, type PlainDate, plainDateIn } from '../../src/domain/plain-date.ts';
import { WEBHOOK_DAYS } from '../../src/domain/webhook.ts';
import { applyRetention } from '../../src/usecases/apply-retention.ts';
import type { LibraryContext } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { mergeMembers } from '../../src/usecases/merge-members.ts';
import { readRetention } from '../../src/usecases/read-retention.ts';
import { RETENTION_KINDS, type RetentionKind } from '../../src/usecases/retention-rules.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';
import { applicantOf, approvedMember, scopeOfRole } from '../support/members.ts';

const DAY_MS = 86_400_000;
const deps = testDeps();
const now = deps.now();

let database: TestDatabase;
let library: LibraryContext;
/** Past row-level security and history's locks, to make things as old as they have to be. */
let admin: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  const found = await loadLibrary(database.db, 'jateng', now);
  if (!found) throw new Error('not seeded');
  const { settings } = found;
  library = {
    ...found,
    settings: {
      ...settings,
      retention: {
        ...settings.retention,
        lapseDays: 30,
        scanUntil: 'decided',
        scanAfterDecision: { days: 7 },
        visitorMonths: 24,
        rejectedMonths: 12,
        endedMemberMonths: 24,
      },
    },
  };
  admin = new pg.Client({ ...database.addresses.admin });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

const scope = () => scopeOfRole(library, deps, ['sub_koordinator']);
const ago = (days: number, hours = 0) => new Date(now.getTime() - days * DAY_MS - hours * 3_600_000);
const today = () => plainDateIn(library.settings.profile.timezone, now);
/** The first moment of the day so many months ago, where what is older is due. */
const monthsAgo = (months: number) => new Date(`${addMonths(today(), -months)}T00:00:00Z`);
const hour = (at: Date, hours: number) => new Date(at.getTime() + hours * 3_600_000);

let made = 0;
async function applied(): Promise<string> {
  const name = `Contoh Simpan ${'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[made++ % 26] ?? ''}${made}`;
  return (await applicantOf(database, deps, scope(), name)).applicationId;
}

async function insert(table: string, values: Readonly<Record<string, unknown>>): Promise<void> {
  const all = { library_id: library.id, ...values };
  const names = Object.keys(all);
  const places = names.map((_, at) => `$${at + 1}`).join(', ');
  await admin.query(`insert into ${table} (${names.join(', ')}) values (${places})`, Object.values(all));
}

/** Whether a row answers the question. */
async function holds(question: string, id: unknown): Promise<boolean> {
  const { rows } = await admin.query<{ yes: boolean }>(`select exists (${question}) as yes`, [id]);
  return rows[0]?.yes === true;
}

async function closedAt(at: Date): Promise<string> {
  const id = await applied();
  await admin.query(
    `update application set state = 'rejected', state_effective_at = $2, closed_at = $2 where id = $1`,
    [id, at],
  );
  return id;
}

async function importAt(at: Date, state: string): Promise<string> {
  const id = randomUUID();
  await insert('import', {
    id,
    format: 'csv',
    file_name: 'lama.csv',
    source_hash: randomBytes(16),
    file_facts: '{}',
    mapping: '{}',
    state,
    size: 1,
    created_at: at,
  });
  await insert('import_row', {
    import_id: id,
    n: 1,
    content: deps.vault.seal(library.id, 'import', 'baris'),
    row_hash: randomBytes(16),
    outcome: 'look',
    reasons: [],
    candidates: '["x"]',
  });
  return id;
}

interface Line {
  /** The younger of the two is kept. */
  readonly due: Date;
  readonly kept: Date;
  /** Makes one of that age; @returns by what it is found again. */
  make(at: Date): Promise<unknown>;
  /** What retention takes away of it. */
  readonly question: string;
}

/** A kind without a line here does not compile. */
const LINES = (): Readonly<Record<RetentionKind, Line>> => ({
  lapsed_cases: {
    due: ago(30, 1),
    kept: ago(30, -1),
    async make(at) {
      const id = await applied();
      await admin.query(
        `update application set state = 'submitted', state_effective_at = $2, held_by = null where id = $1`,
        [id, at],
      );
      return id;
    },
    question: `select from application where id = $1 and state <> 'lapsed'`,
  },
  drafts: {
    due: ago(0, 1),
    kept: ago(0, -1),
    async make(at) {
      const id = randomUUID();
      await insert('draft', {
        id,
        code_hash: randomBytes(16),
        token_hash: randomBytes(16),
        content: deps.vault.seal(library.id, 'draft', '{}'),
        created_at: ago(14),
        expires_at: at,
      });
      return id;
    },
    question: 'select from draft where id = $1',
  },
  scans: {
    due: ago(7, 1),
    kept: ago(7, -1),
    async make(at) {
      const id = randomUUID();
      await insert('file', {
        id,
        kind: 'scan',
        application_id: await closedAt(at),
        mime: 'image/jpeg',
        bytes: deps.vault.seal(library.id, 'file', 'pindaian'),
        size: 8,
        created_at: at,
      });
      return id;
    },
    question: 'select from file where id = $1 and bytes is not null',
  },
  visit_names: {
    due: new Date(`${addDays(addMonths(today(), -24), -1)}T00:00:00Z`),
    kept: monthsAgo(24),
    async make(at) {
      const id = randomUUID();
      await insert('visit', {
        id,
        submit_key: randomBytes(16),
        at,
        day: at.toISOString().slice(0, 10),
        kind: 'group',
        purpose: 'BACA',
        service_point_id: library.servicePoints[0]?.id,
        name: 'Contoh Tamu',
        group_phone: '+628123456789',
        void_reason: 'wrong: Contoh Tamu bukan Contoh',
      });
      return id;
    },
    question: `select from visit where id = $1 and (name is not null or group_phone is not null or void_reason <> 'wrong')`,
  },
  priorities: {
    due: new Date(`${addDays(today(), -1)}T00:00:00Z`),
    kept: new Date(`${today()}T00:00:00Z`),
    async make(at) {
      const id = randomUUID();
      await insert('queue_ticket', {
        id,
        service_point_id: library.servicePoints[0]?.id,
        day: at.toISOString().slice(0, 10),
        number: 900,
        priority: 'lansia',
        issued_at: at,
      });
      return id;
    },
    question: 'select from queue_ticket where id = $1 and priority is not null',
  },
  imports: {
    due: ago(90, 1),
    kept: ago(90, -1),
    make: (at) => importAt(at, 'checked'),
    question: `select from import where id = $1 and state = 'checked'`,
  },
  import_rows: {
    due: ago(90, 1),
    kept: ago(90, -1),
    make: (at) => importAt(at, 'done'),
    question: `select from import_row where import_id = $1 and (content is not null or candidates <> '[]')`,
  },
  photo_links: {
    due: ago(1, 1),
    kept: ago(1, -1),
    async make(at) {
      const hash = randomBytes(16);
      await insert('photo_link', {
        token_hash: hash,
        code_hash: randomBytes(16),
        generation: 1,
        application_id: randomUUID(),
        created_by: randomUUID(),
        created_at: at,
        expires_at: at,
      });
      return hash;
    },
    question: 'select from photo_link where token_hash = $1',
  },
  sessions: {
    due: ago(30, 1),
    kept: ago(30, -1),
    async make(at) {
      const hash = randomBytes(16);
      await insert('session', {
        token_hash: hash,
        officer_id: randomUUID(),
        created_at: at,
        last_seen_at: at,
        expires_at: at,
      });
      return hash;
    },
    question: 'select from session where token_hash = $1',
  },
  phones: {
    due: ago(CERTIFICATE_DAYS, 1),
    kept: ago(CERTIFICATE_DAYS, -1),
    async make(at) {
      const hash = randomBytes(16);
      await insert('kta_phone', {
        card_id: randomUUID(),
        key_hash: hash,
        generation: 1,
        kept: true,
        since: at,
        certified_at: at,
        ends_at: ago(0, 1),
      });
      return hash;
    },
    question: 'select from kta_phone where key_hash = $1',
  },
  webhooks: {
    due: ago(WEBHOOK_DAYS, 1),
    kept: ago(WEBHOOK_DAYS, -1),
    async make(at) {
      const id = randomUUID();
      await insert('webhook_message', {
        id,
        webhook_id: randomUUID(),
        kind: 'member.created',
        subject: randomUUID(),
        at,
        next_at: at,
        number: 'JTG-01-2020-000001',
      });
      await insert('webhook_attempt', { id: randomUUID(), message_id: id, at, duration_ms: 1 });
      return id;
    },
    question:
      'select from webhook_message m where id = $1 union all select from webhook_attempt where message_id = $1',
  },
  erased_cases: {
    due: hour(monthsAgo(12), -1),
    kept: hour(monthsAgo(12), 1),
    make: closedAt,
    question: `select from application where id = $1 and (person_key <> '' or name <> '' or nik is not null)`,
  },
  erased_members: {
    due: hour(monthsAgo(24), -1),
    kept: hour(monthsAgo(24), 1),
    async make(at) {
      const id = await approvedMember(database, deps, scope(), (await applied()) as never);
      await admin.query(`update member set state = 'ended', state_effective_at = $2 where id = $1`, [id, at]);
      return id;
    },
    question: `select from member where id = $1 and (person_key <> '' or name <> '' or nik is not null)`,
  },
});

const nothing = Object.fromEntries(RETENTION_KINDS.map((kind) => [kind, 0]));

async function preview(): Promise<Readonly<Record<string, number>>> {
  const view = await readRetention(database.db, scopeOfRole(library, deps, ['admin']));
  if (!view) throw new Error('not allowed');
  return Object.fromEntries(view.due.map(({ kind, count }) => [kind, count]));
}

it.each(RETENTION_KINDS)(
  '%s: what is due goes and is counted as the preview counted it, what is a little younger stays',
  async (kind) => {
    expect(await preview()).toEqual(nothing);
    const { make, question, ...at } = LINES()[kind];
    const [due, kept] = [await make(at.due), await make(at.kept)];
    expect([await holds(question, due), await holds(question, kept)]).toEqual([true, true]);
    expect(await preview()).toEqual({ ...nothing, [kind]: 1 });
    expect(await applyRetention(database.db, deps, library)).toMatchObject({ removed: 1, complete: true });
    const { rows } = await admin.query<{ counts: unknown }>(
      'select counts from retention_run where library_id = $1 order by id desc limit 1',
      [library.id],
    );
    expect(rows[0]?.counts).toEqual({ ...nothing, [kind]: 1 });
    expect([await holds(question, due), await holds(question, kept)]).toEqual([false, true]);
    expect(await preview()).toEqual(nothing);
  },
);

it('what of a kind the library keeps for good is never due, and of another library nothing went', async () => {
  const forGood = {
    ...library,
    settings: {
      ...library.settings,
      retention: { ...library.settings.retention, endedMemberMonths: null },
    },
  };
  const id = await LINES().erased_members.make(new Date('2001-01-01T00:00:00Z'));
  expect(await applyRetention(database.db, deps, forGood)).toMatchObject({ removed: 0 });
  expect(await holds(`select from member where id = $1 and person_key <> ''`, id)).toBe(true);
  const other = await loadLibrary(database.db, 'banyuwangi', now);
  if (!other) throw new Error('not seeded');
  expect(await applyRetention(database.db, deps, other)).toMatchObject({ removed: 0 });
  expect(await preview()).toEqual({ ...nothing, erased_members: 1 });
});

const hold = (whose: Readonly<Record<string, unknown>>, until: PlainDate) =>
  insert('rights_request', {
    id: randomUUID(),
    kind: 'erase',
    ...whose,
    channel: 'phone',
    received_at: now,
    due_at: now,
    state: 'held',
    reason: 'archive',
    decided_at: now,
    held_until: until,
  });

it('an applicant who was told that it is held is left until somebody answers anew, also when the day has come', async () => {
  await applyRetention(database.db, deps, library);
  const rejected = await LINES().erased_cases.make(LINES().erased_cases.due);
  expect(await preview()).toEqual({ ...nothing, erased_cases: 1 });
  await hold({ application_id: rejected }, addDays(today(), -400));
  expect(await preview()).toEqual(nothing);
  expect(await applyRetention(database.db, deps, library)).toMatchObject({ removed: 0 });
  await admin.query(
    `update rights_request set state = 'refused', held_until = null where application_id = $1`,
    [rejected],
  );
  expect(await applyRetention(database.db, deps, library)).toMatchObject({ removed: 1 });
  expect(await holds(LINES().erased_cases.question, rejected)).toBe(false);
});

/** Who carries the hold of a person with two memberships made one and a case that was found to be theirs. */
const HOLDERS: Readonly<Record<string, (of: Family) => Readonly<Record<string, unknown>>>> = {
  'who stands for both': ({ winner }) => ({ member_id: winner }),
  'who was merged': ({ loser }) => ({ member_id: loser }),
  'the case of who stands for both': ({ winnerCase }) => ({ application_id: winnerCase }),
  'the case of who was merged': ({ loserCase }) => ({ application_id: loserCase }),
  'a later case of who was merged': ({ laterCase }) => ({ application_id: laterCase }),
};

interface Family {
  readonly winner: string;
  readonly winnerCase: string;
  readonly loser: string;
  readonly loserCase: string;
  /** Closed: a member already. */
  readonly laterCase: string;
}

async function familyEndedLongAgo(): Promise<Family> {
  const winnerCase = await applied();
  const winner = await approvedMember(database, deps, scope(), winnerCase as never);
  const loserCase = await applied();
  const loser = await approvedMember(database, deps, scope(), loserCase as never);
  const laterCase = await applied();
  const old = new Date('2001-01-01T00:00:00Z');
  await admin.query(
    `update application set state = 'already_member', member_id = $2, state_effective_at = $3, closed_at = $3 where id = $1`,
    [laterCase, loser, old],
  );
  const merged = await mergeMembers(database.db, deps, scope(), {
    winnerId: winner,
    loserId: loser,
    take: [],
    reason: 'applied_twice',
  });
  expect(merged).toMatchObject({ ok: true });
  await admin.query(`update member set state = 'ended', state_effective_at = $2 where id = $1`, [
    winner,
    old,
  ]);
  return { winner, winnerCase, loser, loserCase, laterCase };
}

it.each(Object.entries(HOLDERS))('a hold on %s holds all of the family and its cases', async (_who, of) => {
  await applyRetention(database.db, deps, library);
  const family = await familyEndedLongAgo();
  expect(await preview()).toEqual({ ...nothing, erased_members: 1, erased_cases: 1 });
  await hold(of(family), addDays(today(), -1));
  // Of others nothing is held.
  const other = await LINES().erased_members.make(LINES().erased_members.due);
  expect(await preview()).toEqual({ ...nothing, erased_members: 1 });
  await applyRetention(database.db, deps, library);
  const living = async (table: string, id: unknown) =>
    holds(`select from ${table} where id = $1 and person_key <> ''`, id);
  expect(await living('member', other)).toBe(false);
  for (const id of [family.winner, family.loser]) expect(await living('member', id)).toBe(true);
  for (const id of [family.winnerCase, family.loserCase, family.laterCase])
    expect(await living('application', id)).toBe(true);
});
