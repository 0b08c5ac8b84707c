import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES } from '../../src/domain/permissions.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { editOf } from '../../src/usecases/procedure-schema.ts';
import {
  createDraft,
  listVersions,
  passProcedure,
  saveDraftProcedure,
  signProcedure,
} from '../../src/usecases/procedure-version.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let site: TestApp;
let library: LibraryContext;
let admin: Scope;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  library = await load();
  admin = scopeOfRole(library, site.deps, ['admin']);
});
afterAll(() => database.drop());

async function load(): Promise<LibraryContext> {
  const found = await loadLibrary(database.db, 'banyuwangi', site.clock.now);
  if (!found) throw new Error('not seeded');
  return found;
}

describe('a version of the procedure', () => {
  const role = (name: Parameters<typeof scopeOfRole>[2][number], id: string) =>
    scopeOfRole(library, site.deps, [name], `01890000-0000-7000-8000-0000000000${id}`);

  it('passes three hands, none of them twice, and counts for new cases from its date', async () => {
    const coordinator = role('sub_koordinator', 'c1');
    const draft = await createDraft(database.db, site.deps, admin);
    if (!draft.ok) throw new Error(draft.reason);
    const { version } = draft;
    expect(await createDraft(database.db, site.deps, coordinator)).toMatchObject({
      reason: 'draft-exists',
      version,
    });
    const pass = (scope: Scope, action: 'coordinate' | 'check' | 'return' | 'discard') =>
      passProcedure(database.db, site.deps, scope, { version, edits: 0, action });
    const head = role('kepala_bidang', 'c2');
    const chief = role('kepala_skpd', 'c3');
    const sign = (scope: Scope, effectiveOn: string) =>
      signProcedure(database.db, site.deps, scope, {
        version,
        edits: 0,
        effectiveOn: effectiveOn as PlainDate,
      });

    expect(await pass(head, 'check')).toMatchObject({ reason: 'not-allowed' });
    expect(await pass(admin, 'coordinate')).toMatchObject({ reason: 'not-allowed' });
    expect(await pass(coordinator, 'coordinate')).toEqual({ ok: true });
    // The same person as acting Kepala Bidang may not check what they passed on.
    expect(await pass(role('kepala_bidang', 'c1'), 'check')).toMatchObject({ reason: 'not-allowed' });
    expect(await pass(head, 'check')).toEqual({ ok: true });
    expect(await sign(role('kepala_skpd', 'c2'), '2026-03-10')).toMatchObject({ reason: 'not-allowed' });
    expect(await sign(chief, '2026-03-01')).toMatchObject({ reason: 'effective-date' });
    expect(await sign(chief, '2026-03-10')).toEqual({ ok: true });

    const start = site.clock.now;
    expect((await load()).procedureVersion).toBe(1);
    site.clock.now = new Date('2026-03-10T01:00:00Z');
    expect((await load()).procedureVersion).toBe(version);
    site.clock.now = start;
    const [newest] = await listVersions(database.db, chief);
    expect(newest).toMatchObject({
      version,
      state: 'signed',
      procedure: { identity: { effectiveOn: '2026-03-10' } },
    });
    expect(newest?.allowed.size).toBe(0);
  });

  it('is passed on, checked and signed by people who never wrote in it, whatever offices they act in', async () => {
    const person = (id: string) =>
      scopeOfRole(library, site.deps, [...ROLES], `01890000-0000-7000-8000-0000000000${id}`);
    const [author, editor, coordinator, head, chief] = ['d1', 'd2', 'd3', 'd4', 'd5'].map(person) as [
      Scope,
      Scope,
      Scope,
      Scope,
      Scope,
    ];
    const draft = await createDraft(database.db, site.deps, author);
    if (!draft.ok) throw new Error(draft.reason);
    const { version } = draft;
    const now = async () => {
      const found = (await listVersions(database.db, author)).find((one) => one.version === version);
      if (!found) throw new Error('gone');
      return found;
    };
    const save = async (scope: Scope, cost: string) => {
      const { edits, procedure } = await now();
      const edit = { ...editOf(procedure), cost };
      return saveDraftProcedure(database.db, site.deps, scope, { version, edits, edit });
    };
    const pass = async (scope: Scope, action: 'coordinate' | 'check' | 'return') =>
      passProcedure(database.db, site.deps, scope, { version, edits: (await now()).edits, action });
    const sign = async (scope: Scope) =>
      signProcedure(database.db, site.deps, scope, {
        version,
        edits: (await now()).edits,
        effectiveOn: '2027-01-04' as PlainDate,
      });
    const refused = { ok: false, reason: 'not-allowed' };

    expect(await save(editor, 'Gratis')).toEqual({ ok: true });
    for (const own of [author, editor]) expect(await pass(own, 'coordinate')).toEqual(refused);
    expect(await pass(coordinator, 'coordinate')).toEqual({ ok: true });
    for (const own of [author, editor, coordinator]) expect(await pass(own, 'check')).toEqual(refused);

    // Given back and changed by the one who had passed it on: that is another editor from now on.
    expect(await pass(head, 'return')).toEqual({ ok: true });
    expect(await save(coordinator, 'Tidak dipungut biaya')).toEqual({ ok: true });
    for (const own of [author, editor, coordinator]) expect(await pass(own, 'coordinate')).toEqual(refused);
    expect(await pass(head, 'coordinate')).toEqual({ ok: true });
    for (const own of [author, editor, coordinator, head]) expect(await pass(own, 'check')).toEqual(refused);
    expect(await pass(chief, 'check')).toEqual({ ok: true });
    for (const own of [author, editor, coordinator, head, chief]) expect(await sign(own)).toEqual(refused);
    expect(await sign(person('d6'))).toEqual({ ok: true });
  });

  it('says on its page why an editor cannot pass it on', async () => {
    const coordinator = await site.signIn('banyuwangi', 'subkoordinator');
    const made = await site.post('/banyuwangi/pengaturan/prosedur', {}, coordinator.header);
    const path = (made.headers.get('location') ?? '').replace('/ubah', '');
    const page = async () => (await site.request(path, { headers: { cookie: coordinator.header } })).text();
    expect(await page()).toContain('Anda ikut menyusun naskah ini');
    expect(await page()).not.toContain(`${path}/koordinasi`);
    await site.post(`${path}/buang`, { suntingan: '0' }, coordinator.header);
  });
});
