import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { MemberKey } from '../../src/db/visit.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import { MERGE_FIELDS, type MergeField } from '../../src/domain/member-merge.ts';
import { changeConsent } from '../../src/usecases/change-consent.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { endMember } from '../../src/usecases/end-member.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { matchColumns } from '../../src/usecases/match-columns.ts';
import { mergeMembers } from '../../src/usecases/merge-members.ts';
import { recordVisit } from '../../src/usecases/record-visit.ts';
import { renewMember } from '../../src/usecases/renew-member.ts';
import { replaceCard } from '../../src/usecases/replace-card.ts';
import { reportMembers } from '../../src/usecases/report-members.ts';
import { resumeMember, suspendMember } from '../../src/usecases/suspend-member.ts';
import { undoMerge } from '../../src/usecases/undo-merge.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

/** A merge that is undone leaves no trace but its own history: proved on random members and whatever happens between. */

let database: TestDatabase;
let admin: pg.Client;
let library: LibraryContext;
let tables: readonly string[];
const deps = testDeps(new Date('2025-06-02T02:00:00Z'));
beforeAll(async () => {
  database = await createTestDatabase();
  admin = new pg.Client(database.addresses.admin);
  await admin.connect();
  const found = await loadLibrary(database.db, 'banyuwangi', deps.now());
  if (!found) throw new Error('not seeded');
  library = found;
  const { rows } = await admin.query<{ name: string }>(
    `select table_name as name from information_schema.columns where table_schema = 'public'
     and column_name = 'library_id'`,
  );
  tables = rows.map(({ name }) => name);
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

const scope = (): Scope => scopeOfRole(library, deps, ['sub_koordinator']);
const pass = (days: number) => {
  deps.clock.now = new Date(deps.clock.now.getTime() + days * 86_400_000);
};
const inHere = <T>(work: Parameters<typeof inLibrary<T>>[2]) => inLibrary(database.db, library.id, work);
const rowOf = (id: MemberId) =>
  inHere((tx) => tx.selectFrom('member').selectAll().where('id', '=', id).executeTakeFirstOrThrow());

/** What may differ after a merge and its undoing: the records of both, and when a row was last written. */
const RECORDS = ['member_merge', 'audit_log', 'member_span', 'library'];

/** Every row of every table that names one of these ids, as text, by table. */
async function everythingOf(ids: readonly string[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const table of tables) {
    if (RECORDS.includes(table)) continue;
    const { rows } = await admin.query<{ row: string }>(
      `select (to_jsonb(t) - 'version' - 'updated_at')::text as row from ${table} t
       where library_id = $1 and to_jsonb(t)::text ~ $2 order by 1`,
      [library.id, ids.join('|')],
    );
    found.set(
      table,
      rows.map(({ row }) => row),
    );
  }
  return found;
}

/** Histories take new rows only: what a merge adds says that it is from a merge. */
const isMergeRecord = (row: string) => /"(reason|evidence)": "(merged|merge_undone)"/.test(row);

async function idsOf(...members: readonly MemberId[]): Promise<readonly string[]> {
  return inHere(async (tx) => {
    const cards = await tx.selectFrom('card').select('id').where('member_id', 'in', members).execute();
    const cases = await tx.selectFrom('application').select('id').where('member_id', 'in', members).execute();
    return [...members, ...cards.map(({ id }) => id), ...cases.map(({ id }) => id)];
  });
}

type Act =
  | { readonly kind: 'visit'; readonly by: 'number' | 'card' }
  | { readonly kind: 'renew' | 'suspend' | 'resume' | 'end' | 'card' | 'print' }
  | { readonly kind: 'consent'; readonly given: boolean; readonly on: 'member' | 'case' }
  | {
      readonly kind: 'correct';
      readonly field: 'phone' | 'email' | 'birth_place' | 'name';
      readonly text: string;
    };

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constant('visit' as const), by: fc.constantFrom('number' as const, 'card' as const) }),
  fc.record({ kind: fc.constantFrom('renew', 'suspend', 'resume', 'end', 'card', 'print') }),
  fc.record({
    kind: fc.constant('consent' as const),
    given: fc.boolean(),
    on: fc.constantFrom('member' as const, 'case' as const),
  }),
  fc.record({
    kind: fc.constant('correct' as const),
    field: fc.constantFrom('phone', 'email', 'birth_place', 'name'),
    text: fc.constantFrom('satu', 'dua', 'tiga', 'empat'),
  }),
) as fc.Arbitrary<Act>;

/** Does what may be done; what the state refuses is refused, as at the counter. */
async function perform(id: MemberId, one: Act): Promise<void> {
  const input = { memberId: id, effectiveOn: null };
  switch (one.kind) {
    case 'visit':
      await visit(id, one.by);
      return;
    case 'renew':
      await renewMember(database.db, deps, scope(), { memberId: id });
      return;
    case 'suspend':
      await suspendMember(database.db, deps, scope(), { ...input, reason: 'overdue' });
      return;
    case 'resume':
      await resumeMember(database.db, deps, scope(), input);
      return;
    case 'end':
      await endMember(database.db, deps, scope(), { ...input, reason: 'request' });
      return;
    case 'card':
      await replaceCard(database.db, deps, scope(), { memberId: id, reason: 'lost' });
      return;
    case 'print':
      await inHere((tx) =>
        tx
          .updateTable('card')
          .set({ printed_at: deps.now() })
          .where('member_id', '=', id)
          .where('revoked_at', 'is', null)
          .execute(),
      );
      return;
    case 'consent': {
      const { application_id } = await rowOf(id);
      await changeConsent(
        database.db,
        deps,
        one.on === 'member' ? scope() : { ...scope(), actor: { kind: 'applicant' } },
        {
          ...(one.on === 'member' ? { memberId: id } : { applicationId: application_id as never }),
          kind: 'messages',
          given: one.given,
          channel: 'counter',
        },
      );
      return;
    }
    case 'correct': {
      const row = await rowOf(id);
      const { merged_into, name_key, former_name_keys } = row;
      if (merged_into !== null) return;
      const former = former_name_keys.filter((key) => key !== one.text);
      const patch =
        one.field === 'name'
          ? {
              name: one.text,
              name_key: one.text,
              former_name_keys:
                name_key === one.text || former.includes(name_key) ? former : [...former, name_key],
            }
          : { [one.field]: one.text };
      const keys = matchColumns(deps.vault, library.id, { ...row, ...patch });
      await inHere((tx) =>
        tx
          .updateTable('member')
          .set({ ...patch, ...keys })
          .where('id', '=', id)
          .execute(),
      );
    }
  }
}

async function visit(id: MemberId, by: 'number' | 'card'): Promise<string> {
  const { number } = await rowOf(id);
  const card = await inHere((tx) =>
    tx
      .selectFrom('card')
      .select('id')
      .where('member_id', '=', id)
      .where('revoked_at', 'is', null)
      .executeTakeFirst(),
  );
  const key: MemberKey = by === 'card' && card ? { by: 'card', cardId: card.id } : { by: 'number', number };
  const { actor } = scope();
  const point = library.servicePoints[0];
  if (actor.kind !== 'officer' || !point) throw new Error('no officer');
  const outcome = await recordVisit(
    database.db,
    deps,
    library,
    deps.now(),
    { by: 'officer', officerId: actor.id, servicePointId: point.id },
    {
      visitor: { kind: 'member', member: key },
      purpose: library.settings.services[0]?.code ?? '',
      submitKey: `a visit of ${number}, ${Math.random()}`,
    },
  );
  if (!outcome.ok) throw new Error(outcome.reason);
  expect(outcome.memberId).toBe(id);
  return outcome.visitId;
}

let made = 0;
async function makePair(before: readonly { readonly who: boolean; readonly act: Act }[]) {
  const n = ++made;
  const member = (name: string, serial: number) =>
    memberNamed(database, deps, scope(), name, {
      birthDate:
        `19${String(50 + (n % 50)).padStart(2, '0')}-05-${String(1 + serial).padStart(2, '0')}` as never,
      nik: `990101${String(n).padStart(6, '0')}${String(serial).padStart(4, '0')}` as never,
      documentNumber: `990101${String(n).padStart(6, '0')}${String(serial).padStart(4, '0')}`,
      phone: `+62812${String(n * 10 + serial).padStart(8, '0')}` as never,
      memberType: serial === 1 ? 'UMUM' : 'MAHASISWA',
      institution: serial === 1 ? null : 'Universitas Contoh',
      sex: serial === 1 ? 'P' : 'L',
    });
  const winner = await member(
    `Contoh Tetap ${n}`.replace(/\d/g, (d) => 'ABCDEFGHIJ'[Number(d)] ?? ''),
    1,
  );
  pass(1);
  const loser = await member(
    `Contoh Lepas ${n}`.replace(/\d/g, (d) => 'ABCDEFGHIJ'[Number(d)] ?? ''),
    2,
  );
  // Cards are out there: a merge that changes what they show must not leave them to be printed again.
  for (const id of [winner, loser]) await perform(id, { kind: 'print' });
  for (const { who, act: one } of before) {
    pass(0.5);
    await perform(who ? winner : loser, one);
  }
  return { winner, loser };
}

async function merge(winnerId: MemberId, loserId: MemberId, take: readonly MergeField[]): Promise<string> {
  const merged = await mergeMembers(database.db, deps, scope(), {
    winnerId,
    loserId,
    take,
    reason: 'applied_twice',
  });
  expect(merged).toMatchObject({ ok: true });
  const { id } = await inHere((tx) =>
    tx
      .selectFrom('member_merge')
      .select('id')
      .where('loser_id', '=', loserId)
      .where('undone_at', 'is', null)
      .executeTakeFirstOrThrow(),
  );
  return id;
}

const undo = (mergeId: string) => undoMerge(database.db, deps, scope(), { mergeId, reason: 'wrong_fields' });

const month = () => {
  const [year, number] = deps.clock.now.toISOString().slice(0, 7).split('-').map(Number);
  return { kind: 'month' as const, year: year ?? 0, month: number ?? 0 };
};
/** The figures of a month, whose sums must hold whenever they are read. */
async function figures(period: ReturnType<typeof month>) {
  const { movement, groups } = await reportMembers(database.db, scope(), { period, servicePointId: null });
  const { opening, closing, registered, active } = movement;
  const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);
  expect(opening.registered + registered.joined + registered.reactivated - registered.ended).toBe(
    closing.registered,
  );
  expect(opening.active + sum(active.in) - sum(active.out)).toBe(closing.active);
  for (const rows of Object.values(groups))
    for (const { opening: from, joined, reactivated, ended, moved, closing: to } of rows)
      expect(from + joined + reactivated - ended + moved).toBe(to);
  return { movement, groups };
}
/** To the second day of the next month: the one before is closed. */
const nextMonth = () => {
  const { now } = deps.clock;
  deps.clock.now = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 2, 2));
};

const history = fc.array(fc.record({ who: fc.boolean(), act }), { maxLength: 8 });
const chosen = fc.subarray([...MERGE_FIELDS]);

describe('merging two members and undoing it', () => {
  it('is the identity on every table, and no closed month ever changes', async () => {
    await fc.assert(
      fc.asyncProperty(history, chosen, async (before, take) => {
        const { winner, loser } = await makePair(before);
        const joined = month();
        nextMonth();
        const ids = await idsOf(winner, loser);
        const [rows, closed] = [await everythingOf(ids), await figures(joined)];
        const mergedIn = month();
        const id = await merge(winner, loser, take);
        expect(await figures(joined)).toEqual(closed);
        nextMonth();
        const closedMerged = await figures(mergedIn);
        expect(await undo(id)).toMatchObject({ ok: true, kept: [] });
        const after = await everythingOf(ids);
        for (const [table, was] of rows)
          expect(
            (after.get(table) ?? []).filter((row) => !isMergeRecord(row) || was.includes(row)),
            table,
          ).toEqual(was);
        expect(await figures(joined)).toEqual(closed);
        expect(await figures(mergedIn)).toEqual(closedMerged);
        await figures(month());
      }),
      { numRuns: 25 },
    );
  }, 180_000);

  it('loses nothing that happened between: it lands with whose number, card or page it was', async () => {
    await fc.assert(
      fc.asyncProperty(history, chosen, history, async (before, take, between) => {
        const { winner, loser } = await makePair(before);
        pass(1);
        const [wasWinner, wasLoser] = [await rowOf(winner), await rowOf(loser)];
        const id = await merge(winner, loser, take);
        const asMerged = await rowOf(winner);
        const visits = new Map<string, MemberId>();
        for (const { who, act: one } of between) {
          pass(0.5);
          const whose = who ? winner : loser;
          if (one.kind === 'visit') visits.set(await visit(whose, one.by), whose);
          else await perform(whose, one);
        }
        pass(0.5);
        const asLeft = await rowOf(winner);
        const ids = await idsOf(winner, loser);
        const kept = await everythingOf(ids);
        expect(await undo(id)).toMatchObject({ ok: true });

        // The loser comes back as it was, whatever happened under the other name.
        const { version: _v, updated_at: _u, ...nowLoser } = await rowOf(loser);
        expect(wasLoser).toMatchObject(nowLoser);
        // A field changed since stands with the winner; every other is what it was before the merge.
        const nowWinner = await rowOf(winner);
        const text = (value: unknown) => JSON.stringify(value);
        for (const column of [
          'birth_place',
          'birth_date',
          'sex',
          'nik_hash',
          'document_hash',
          'phone',
          'email',
          'photo_id',
          'member_type',
          'member_since',
          'valid_until',
          'name',
        ] as const) {
          const changed = text(asLeft[column]) !== text(asMerged[column]);
          expect(text(nowWinner[column]), column).toBe(text(changed ? asLeft[column] : wasWinner[column]));
        }
        // Nothing is lost: every row of before is there, but for the two memberships and what is printed on a card.
        const after = await everythingOf(ids);
        for (const [table, rows] of kept) {
          if (table === 'member') continue;
          const now = after.get(table) ?? [];
          if (table === 'card') expect(now).toHaveLength(rows.length);
          else expect(now, table).toEqual(expect.arrayContaining(rows));
        }
        // And each visit is theirs through whom it was made.
        for (const [visitId, whose] of visits) {
          const row = await inHere((tx) =>
            tx
              .selectFrom('visit')
              .select('member_id')
              .where('id', '=', visitId as never)
              .executeTakeFirstOrThrow(),
          );
          expect(row.member_id).toBe(whose);
        }
        const [state] = await inHere((tx) =>
          tx
            .selectFrom('member_span')
            .select('status')
            .where('member_id', '=', loser)
            .orderBy('n', 'desc')
            .limit(1)
            .execute(),
        );
        const expected = wasLoser.state === 'active' ? ['active', 'expired'] : [wasLoser.state];
        expect(expected).toContain(state?.status);
        await figures(month());
      }),
      { numRuns: 25 },
    );
  }, 180_000);

  it('is the identity also along a chain, undone from the last back', async () => {
    const { winner: b, loser: c } = await makePair([]);
    const { winner: a } = await makePair([]);
    const ids = await idsOf(a, b, c);
    const before = await everythingOf(ids);
    const first = await merge(b, c, ['name', 'phone']);
    pass(1);
    const second = await merge(a, b, ['name', 'identity', 'phone', 'photo']);
    pass(1);
    expect(await undo(first)).toEqual({ ok: false, reason: 'later-first' });
    expect(await undo(second)).toMatchObject({ ok: true, kept: [] });
    pass(1);
    expect(await undo(first)).toMatchObject({ ok: true, kept: [] });
    const after = await everythingOf(ids);
    for (const [table, was] of before)
      expect(
        (after.get(table) ?? []).filter((row) => !isMergeRecord(row)),
        table,
      ).toEqual(was);
  });
});
