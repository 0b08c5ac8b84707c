import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ApplicantData } from '../../src/domain/applicant.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import type { MergeField } from '../../src/domain/member-merge.ts';
import { applyRetention } from '../../src/usecases/apply-retention.ts';
import { changeConsent } from '../../src/usecases/change-consent.ts';
import type { Scope } from '../../src/usecases/context.ts';
import { endMember } from '../../src/usecases/end-member.ts';
import { findCandidates } from '../../src/usecases/find-candidates.ts';
import { findDoubles, tellApart } from '../../src/usecases/find-doubles.ts';
import { findScannedMember } from '../../src/usecases/find-scanned-member.ts';
import { mergeMembers } from '../../src/usecases/merge-members.ts';
import { readKta } from '../../src/usecases/read-kta.ts';
import { readMember } from '../../src/usecases/read-member.ts';
import { recordVisit } from '../../src/usecases/record-visit.ts';
import { reissueKta } from '../../src/usecases/reissue-kta.ts';
import { renewMember } from '../../src/usecases/renew-member.ts';
import { replaceCard } from '../../src/usecases/replace-card.ts';
import { searchAudit } from '../../src/usecases/search-audit.ts';
import { listMembers, readMemberQuery } from '../../src/usecases/search-members.ts';
import { suspendMember } from '../../src/usecases/suspend-member.ts';
import { undoMerge } from '../../src/usecases/undo-merge.ts';
import { type Counter, openCounter } from '../support/counter.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let counter: Counter;
beforeAll(async () => {
  database = await createTestDatabase();
  counter = await openCounter(database, 'banyuwangi');
});
afterAll(() => database.drop());
beforeEach(() => counter.pass(60));

const scope = (role: 'sub_koordinator' | 'petugas' | 'kepala_bidang' | 'admin' = 'sub_koordinator'): Scope =>
  scopeOfRole(counter.library, counter.deps, [role]);
const inHere = <T>(work: Parameters<typeof inLibrary<T>>[2]) =>
  inLibrary(database.db, counter.library.id, work);
const rowOf = (id: MemberId) =>
  inHere((tx) => tx.selectFrom('member').selectAll().where('id', '=', id).executeTakeFirstOrThrow());
const view = async (id: MemberId) => {
  const member = await readMember(database.db, counter.deps, scope(), id);
  if (!member) throw new Error('no such member');
  return member;
};

let made = 0;
/** Two memberships of one person, the second under a misspelt name and without a number of its own. */
async function doubles(changes: Partial<ApplicantData> = {}): Promise<{ winner: MemberId; loser: MemberId }> {
  const n = String(++made).padStart(2, '0');
  const day = `1980-03-${n}` as never;
  const person = { birthDate: day, phone: `+62812345680${n}` as never };
  const nik = `99010143038000${n}`;
  const winner = await memberNamed(
    database,
    counter.deps,
    scope(),
    `Contoh Pertama ${'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[made]}wara`,
    {
      ...person,
      nik: nik as never,
      documentNumber: nik,
    },
  );
  counter.pass(60);
  const loser = await memberNamed(
    database,
    counter.deps,
    scope(),
    `Contoh Pertama ${'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[made]}wara Panjang`,
    {
      ...person,
      documentType: 'kk',
      documentNumber: '9901010101010055',
      nik: null,
      email: `contoh${n}@contoh.example` as never,
      ...changes,
    },
  );
  counter.pass(60);
  return { winner, loser };
}

const merge = (winnerId: MemberId, loserId: MemberId, take: readonly MergeField[] = [], by = scope()) =>
  mergeMembers(database.db, counter.deps, by, { winnerId, loserId, take, reason: 'applied_twice' });
const mergeIdOf = async (loser: MemberId) =>
  (
    await inHere((tx) =>
      tx
        .selectFrom('member_merge')
        .select('id')
        .where('loser_id', '=', loser)
        .where('undone_at', 'is', null)
        .executeTakeFirstOrThrow(),
    )
  ).id;
const undo = async (loser: MemberId, reason = 'wrong_fields') =>
  undoMerge(database.db, counter.deps, scope(), { mergeId: await mergeIdOf(loser), reason });
const cardOf = (id: MemberId) =>
  inHere((tx) => tx.selectFrom('card').selectAll().where('member_id', '=', id).executeTakeFirstOrThrow());

const visit = async (number: string) => {
  const point = counter.library.servicePoints[0];
  const actor = scope().actor;
  if (!point || actor.kind !== 'officer') throw new Error('no officer');
  const recorded = await recordVisit(
    database.db,
    counter.deps,
    counter.library,
    counter.deps.now(),
    { by: 'officer', officerId: actor.id, servicePointId: point.id },
    {
      visitor: { kind: 'member', member: { by: 'number', number } },
      purpose: counter.library.settings.services[0]?.code ?? '',
      submitKey: `${number} ${Math.random()} at the door`,
    },
  );
  if (!recorded.ok) throw new Error(recorded.reason);
  return recorded;
};

describe('two memberships of one person', () => {
  it('are proposed on the member page with the reasons, and told apart or merged from there', async () => {
    const { winner, loser } = await doubles();
    const found = await findDoubles(database.db, counter.deps, scope(), winner);
    expect(found?.doubles.map(({ member }) => member.id)).toEqual([loser]);
    expect(found?.doubles[0]?.reasons.length).toBeGreaterThan(2);
    const input = { memberId: winner, otherId: loser, reason: 'family' };
    expect(await tellApart(database.db, counter.deps, scope('kepala_bidang'), input)).toMatchObject({
      ok: false,
    });
    expect(await tellApart(database.db, counter.deps, scope('petugas'), input)).toEqual({ ok: true });
    expect((await findDoubles(database.db, counter.deps, scope(), loser))?.doubles).toEqual([]);
    // What was said stands until it is taken back.
    expect(await merge(winner, loser)).toEqual({ ok: false, reason: 'told-apart' });
  });

  it('become one: everything of the other is found with the member, and the chosen fields are taken over', async () => {
    const { winner, loser } = await doubles();
    const [one, other] = [await rowOf(winner), await rowOf(loser)];
    await visit(one.number);
    await visit(other.number);
    counter.pass(86_400);
    expect(await merge(winner, loser, ['name', 'email', 'sex'])).toMatchObject({ ok: true, repeated: false });
    const member = await view(winner);
    expect(member.values).toMatchObject({ name: other.name, email: other.email });
    expect(member.number).toBe(one.number);
    expect(member.visits.total).toBe(2);
    expect(member.cards).toHaveLength(2);
    expect(member.merges).toMatchObject([
      { number: other.number, fields: ['name', 'email'], undoable: true },
    ]);
    expect(member.events.filter(({ of }) => of === other.number).map(({ kind }) => kind)).toEqual([
      'ended',
      'joined',
    ]);
    expect(member.consents.length).toBeGreaterThan(
      (await inHere((tx) => tx.selectFrom('consent').selectAll().where('member_id', '=', winner).execute()))
        .length,
    );
    expect(await rowOf(loser)).toMatchObject({
      state: 'ended',
      state_reason: 'merged',
      merged_into: winner,
      name: other.name,
    });
    expect((await view(loser)).allowed.size).toBe(0);
  });

  it('the old number, the old card and the old KTA address lead to the member', async () => {
    const { winner, loser } = await doubles();
    const [one, other] = [await rowOf(winner), await rowOf(loser)];
    const card = await cardOf(loser);
    const token = counter.deps.vault.token(counter.library.id, 'kta', card.id, card.access_generation);
    await merge(winner, loser);
    const hits = await listMembers(database.db, counter.deps, scope(), {
      query: readMemberQuery(other.number),
      filter: { status: null, type: null, servicePointId: null },
      after: null,
    });
    expect(hits).toMatchObject({ ok: true, page: { members: [{ id: winner, number: one.number }] } });
    for (const scanned of [
      { kind: 'member_number', text: other.number },
      { kind: 'kta', library: 'banyuwangi', token },
    ] as const)
      expect(await findScannedMember(database.db, counter.deps, scope(), scanned)).toBe(winner);
    const kta = await readKta(database.db, counter.deps, scope(), token);
    expect(kta).toMatchObject({ ok: true, kta: { memberId: winner, number: one.number, status: 'active' } });
    // At the door it is one person: the second check-in of the day does not count.
    expect(await visit(other.number)).toMatchObject({ memberId: loser, counted: true });
    expect(await visit(one.number)).toMatchObject({ memberId: winner, counted: false });
    // The NIK of either finds the one who stands for both, once.
    const candidates = await inHere((tx) =>
      findCandidates(tx, counter.deps, scope(), {
        ...other,
        merged_into: null,
        id: counter.deps.uuid(new Date()) as never,
      }),
    );
    const found = candidates.map(({ id }) => id);
    expect(found.filter((id) => id === winner)).toHaveLength(1);
    expect(found).not.toContain(loser);
  });

  it('"ponsel hilang" ends the cards of both numbers', async () => {
    const { winner, loser } = await doubles();
    await merge(winner, loser);
    await replaceCard(database.db, counter.deps, scope(), { memberId: winner, reason: 'phone_lost' });
    expect((await cardOf(loser)).revoked_at).not.toBeNull();
    await undo(loser);
    // A lost card stays lost.
    expect((await cardOf(loser)).revoked_at).not.toBeNull();
  });

  it('a KTA that is handed out again ends the addresses of both numbers, and makes no second card', async () => {
    for (const ownCard of [true, false]) {
      const { winner, loser } = await doubles();
      const [own, merged] = [await cardOf(winner), await cardOf(loser)];
      if (!ownCard)
        await inHere((tx) =>
          tx.updateTable('card').set({ revoked_at: new Date() }).where('id', '=', own.id).execute(),
        );
      await merge(winner, loser);
      const again = await reissueKta(database.db, counter.deps, scope('petugas'), { memberId: winner });
      expect(again).toMatchObject({ ok: true, cardId: ownCard ? own.id : merged.id });
      const cards = await inHere((tx) =>
        tx
          .selectFrom('card')
          .select(['token_hash', 'access_generation', 'pickup_hash'])
          .where('member_id', 'in', [winner, loser])
          .where('revoked_at', 'is', null)
          .execute(),
      );
      expect(cards).toHaveLength(ownCard ? 2 : 1);
      for (const card of cards) {
        expect(card.access_generation).toBe(1);
        for (const old of [own, merged]) expect(card.token_hash.equals(old.token_hash)).toBe(false);
      }
      // The short code at the counter opens the one that is handed out.
      expect(cards.filter(({ pickup_hash }) => pickup_hash !== null)).toHaveLength(1);
    }
  });

  it('a word on consent through either page holds for the person', async () => {
    const { winner, loser } = await doubles();
    const { application_id: caseOfLoser } = await rowOf(loser);
    await merge(winner, loser);
    await changeConsent(
      database.db,
      counter.deps,
      { ...scope(), actor: { kind: 'applicant' } },
      {
        applicationId: caseOfLoser as never,
        kind: 'photo_on_card',
        given: false,
        channel: 'phone',
      },
    );
    const said = (await view(winner)).consents.find(({ purpose }) => purpose === 'photo_on_card');
    expect(said).toMatchObject({ given: false });
  });

  it('a suspension is not shaken off by merging', async () => {
    const { winner, loser } = await doubles();
    await suspendMember(database.db, counter.deps, scope(), {
      memberId: loser,
      reason: 'overdue',
      effectiveOn: null,
    });
    counter.pass(60);
    expect(await merge(winner, loser, ['state'])).toMatchObject({ ok: true });
    expect(await rowOf(winner)).toMatchObject({ state: 'suspended', state_reason: 'overdue' });
    counter.pass(60);
    expect(await undo(loser)).toMatchObject({ ok: true, kept: [] });
    expect(await rowOf(winner)).toMatchObject({ state: 'active', state_reason: null });
    expect(await rowOf(loser)).toMatchObject({ state: 'suspended', state_reason: 'overdue' });
    const spans = await inHere((tx) =>
      tx.selectFrom('member_event').select('kind').where('member_id', '=', loser).orderBy('id').execute(),
    );
    expect(spans.map(({ kind }) => kind)).toEqual([
      'joined',
      'suspended',
      'ended',
      'reactivated',
      'suspended',
    ]);
  });
});

describe('undoing a merge', () => {
  it('gives each back what was theirs, and leaves what was done since where it was done', async () => {
    const { winner, loser } = await doubles();
    const [one, other] = [await rowOf(winner), await rowOf(loser)];
    await merge(winner, loser, ['name', 'email']);
    counter.pass(86_400);
    await visit(other.number);
    await renewMember(database.db, counter.deps, scope(), { memberId: winner });
    // A correction of a field that the merge had set.
    await inHere((tx) =>
      tx.updateTable('member').set({ email: 'baru@contoh.example' }).where('id', '=', winner).execute(),
    );
    counter.pass(60);
    expect(await undo(loser)).toMatchObject({ ok: true, kept: ['email'] });
    const back = await rowOf(winner);
    expect(back).toMatchObject({
      name: one.name,
      name_key: one.name_key,
      email: 'baru@contoh.example',
      former_name_keys: [],
    });
    expect(back.valid_until).not.toBe(one.valid_until);
    expect((await view(winner)).visits.total).toBe(0);
    expect((await view(loser)).visits.total).toBe(1);
    const { version, updated_at, ...rest } = await rowOf(loser);
    expect(other).toMatchObject(rest);
  });

  it('goes from the last back, also through chains', async () => {
    const { winner: b, loser: c } = await doubles();
    const { winner: a } = await doubles();
    expect(await merge(b, c)).toMatchObject({ ok: true });
    counter.pass(60);
    expect(await merge(a, b)).toMatchObject({ ok: true });
    expect((await rowOf(c)).merged_into).toBe(a);
    expect((await view(a)).cards).toHaveLength(3);
    expect((await view(a)).merges.map(({ undoable }) => undoable)).toEqual([true, false]);
    expect(await undo(c)).toEqual({ ok: false, reason: 'later-first' });
    counter.pass(60);
    expect(await undo(b)).toMatchObject({ ok: true });
    expect((await rowOf(c)).merged_into).toBe(b);
    expect((await rowOf(b)).merged_into).toBeNull();
    expect(await undo(c)).toMatchObject({ ok: true });
    expect((await rowOf(c)).merged_into).toBeNull();
  });

  it('because they are two people is remembered', async () => {
    const { winner, loser } = await doubles();
    await merge(winner, loser);
    await undo(loser, 'different_people');
    const found = await findDoubles(database.db, counter.deps, scope(), winner);
    expect(found?.doubles.map(({ member }) => member.id)).not.toContain(loser);
    expect((await view(loser)).toldApart).toMatchObject([{ other: { id: winner } }]);
  });

  it('lets no later act be dated before it', async () => {
    const { winner, loser } = await doubles();
    await merge(winner, loser);
    counter.pass(10 * 86_400);
    await undo(loser);
    counter.pass(86_400);
    const day = '2026-03-05' as never;
    const ended = await endMember(database.db, counter.deps, scope(), {
      memberId: loser,
      reason: 'request',
      effectiveOn: day,
    });
    expect(ended).toEqual({ ok: false, reason: 'effective-date' });
  });
});

describe('a merge', () => {
  it('is the Sub Koordinator’s alone, and stands in the audit log of both without a value', async () => {
    const { winner, loser } = await doubles();
    for (const role of ['petugas', 'kepala_bidang', 'admin'] as const)
      expect(await merge(winner, loser, [], scope(role))).toEqual({ ok: false, reason: 'not-allowed' });
    const other = await rowOf(loser);
    await merge(winner, loser, ['name']);
    await undo(loser);
    const found = await searchAudit(database.db, counter.deps, scope('admin'), {
      filter: { from: null, until: null, actorId: null, action: 'member', subjectId: other.number },
      after: null,
    });
    if (!found.ok) throw new Error(found.reason);
    expect(found.page.rows.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['member.merged', 'member.unmerged']),
    );
    const log = await inHere((tx) =>
      tx.selectFrom('audit_log').selectAll().where('action', 'like', 'member.%merge%').execute(),
    );
    expect(log.filter(({ subject_id }) => subject_id === winner)).toMatchObject([
      { action: 'member.merge', fields: ['name'], purpose: 'applied_twice' },
      { action: 'member.unmerge', purpose: 'wrong_fields' },
    ]);
    expect(JSON.stringify(log)).not.toContain(other.name);
  });

  it('pressed twice, or by two officers at once, or crosswise, is done once', async () => {
    const { winner, loser } = await doubles();
    const same = await Promise.all([merge(winner, loser), merge(winner, loser), merge(loser, winner)]);
    const done = same.filter((outcome) => outcome.ok && !outcome.repeated);
    expect(done).toHaveLength(1);
    const rows = await inHere((tx) =>
      tx.selectFrom('member_merge').selectAll().where('loser_id', 'in', [winner, loser]).execute(),
    );
    expect(rows).toHaveLength(1);
    const id = rows[0]?.id ?? '';
    const undone = await Promise.all(
      [1, 2].map(() =>
        undoMerge(database.db, counter.deps, scope(), { mergeId: id, reason: 'wrong_fields' }),
      ),
    );
    expect(undone.every((outcome) => outcome.ok)).toBe(true);
    const events = await inHere((tx) =>
      tx
        .selectFrom('member_event')
        .select('kind')
        .where('member_id', '=', rows[0]?.loser_id ?? loser)
        .execute(),
    );
    expect(events.filter(({ kind }) => kind === 'reactivated')).toHaveLength(1);
  });

  it('is refused where the page is old, one of them is gone, or both are one', async () => {
    const { winner, loser } = await doubles();
    const versions = { winner: 0, loser: 7 };
    expect(
      await mergeMembers(database.db, counter.deps, scope(), {
        winnerId: winner,
        loserId: loser,
        take: [],
        reason: 'mistyped',
        versions,
      }),
    ).toEqual({ ok: false, reason: 'changed-meanwhile' });
    expect(await merge(winner, winner)).toEqual({ ok: false, reason: 'same-member' });
    expect(
      await mergeMembers(database.db, counter.deps, scope(), {
        winnerId: winner,
        loserId: loser,
        take: [],
        reason: 'x',
      }),
    ).toEqual({ ok: false, reason: 'no-reason' });
    const { winner: third } = await doubles();
    await merge(winner, loser);
    expect(await merge(third, loser)).toEqual({ ok: false, reason: 'already-merged' });
    const acted = await renewMember(database.db, counter.deps, scope(), { memberId: loser });
    expect(acted).toMatchObject({ ok: false, reason: 'not-allowed' });
  });

  it('goes with the person: who is erased takes the merged membership along, and nothing brings it back', async () => {
    const { winner, loser } = await doubles();
    await merge(winner, loser);
    const id = await mergeIdOf(loser);
    const retention = { ...counter.library.settings.retention, endedMemberMonths: 12 };
    const library = { ...counter.library, settings: { ...counter.library.settings, retention } };
    const old = { state: 'ended' as const, state_effective_at: new Date('2020-01-01T00:00:00Z') };
    // The merged one alone never is.
    await inHere((tx) => tx.updateTable('member').set(old).where('id', '=', loser).execute());
    await applyRetention(database.db, counter.deps, library);
    expect((await rowOf(loser)).name).not.toBe('');
    await inHere((tx) => tx.updateTable('member').set(old).where('id', '=', winner).execute());
    await applyRetention(database.db, counter.deps, library);
    expect(await rowOf(winner)).toMatchObject({ name: '' });
    expect(await rowOf(loser)).toMatchObject({ name: '', nik: null });
    expect(
      await undoMerge(database.db, counter.deps, scope(), { mergeId: id, reason: 'wrong_fields' }),
    ).toEqual({ ok: false, reason: 'erased' });
  });
});
