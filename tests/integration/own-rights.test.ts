import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OfficerId } from '../../src/domain/ids.ts';
import { ROLES } from '../../src/domain/permissions.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { delegate, endDelegation } from '../../src/usecases/delegate.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { listOfficers } from '../../src/usecases/list-officers.ts';
import {
  createOfficer,
  resetPassword,
  resetSecondFactor,
  setOfficerActive,
  updateOfficer,
} from '../../src/usecases/manage-officer.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let site: TestApp;
let library: LibraryContext;
let admin: Scope;
let adminId: OfficerId;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  const found = await loadLibrary(database.db, 'banyuwangi', site.clock.now);
  if (!found) throw new Error('not seeded');
  library = found;
  const row = (await listOfficers(database.db, scopeOfRole(library, site.deps, ['admin']))).find(
    (one) => one.username === 'admin',
  );
  if (!row) throw new Error('no admin');
  adminId = row.id;
  admin = scopeOfRole(library, site.deps, ['admin'], adminId);
});
afterAll(() => database.drop());

const rolesOf = async (id: OfficerId) =>
  (await listOfficers(database.db, admin)).find((one) => one.id === id)?.roles;
const roles = (scope: Scope, officerId: OfficerId, given: readonly string[], name = 'Contoh Admin') =>
  updateOfficer(database.db, site.deps, scope, {
    officerId,
    name,
    roles: given,
    servicePointId: null,
    version: null,
  });
const appointment = {
  role: 'sub_koordinator',
  kind: 'plh',
  from: '2026-03-02' as PlainDate,
  until: '2026-03-20' as PlainDate,
};

it('an only admin cannot give themselves any other role, and is told to appoint a second admin first', async () => {
  for (const role of ROLES.filter((one) => one !== 'admin')) {
    for (const given of [[role], ['admin', role]])
      expect(await roles(admin, adminId, given)).toEqual({
        ok: false,
        reason: 'own-roles',
        otherAdmin: false,
      });
  }
  expect(await rolesOf(adminId)).toEqual(['admin']);
  const session = await site.signIn('banyuwangi', 'admin');
  const path = `/banyuwangi/pengaturan/petugas/${adminId}`;
  const page = await (await site.request(path, { headers: { cookie: session.header } })).text();
  expect(page).toContain('Buatlah akun admin untuk orang kedua');
  expect(page).not.toContain(`${path}/tutup`);
  expect(page).not.toContain('type="checkbox"');
  expect(page).not.toContain(`action="${path}/delegasi"`);
  const forged = await site.post(
    path,
    { nama: 'Contoh Admin', peran: ['admin', 'sub_koordinator'], titik: '' },
    session.header,
  );
  expect(forged.status).toBe(409);
  const { version } = (await listOfficers(database.db, admin)).find((one) => one.id === adminId) ?? {};
  const fresh = await site.post(
    path,
    { nama: 'Contoh Admin', peran: ['admin', 'sub_koordinator'], titik: '', versi: version ?? '' },
    session.header,
  );
  expect(fresh.status).toBe(422);
  expect(await fresh.text()).toContain('hanya dapat diubah oleh admin lain');
  expect(await rolesOf(adminId)).toEqual(['admin']);
});

it('an admin may put their own name right, with the roles they have', async () => {
  expect(await roles(admin, adminId, ['admin'], 'Contoh Admin Baru')).toEqual({ ok: true });
});

it('an admin can neither appoint themselves to an office nor end their own appointment', async () => {
  const session = await site.signIn('banyuwangi', 'admin');
  expect(await delegate(database.db, site.deps, admin, { ...appointment, officerId: adminId })).toMatchObject(
    { reason: 'own-account' },
  );
  const path = `/banyuwangi/pengaturan/petugas/${adminId}/delegasi`;
  const forged = await site.post(
    path,
    {
      peran: 'sub_koordinator',
      jenis: 'plh',
      'dari.day': '2',
      'dari.month': '3',
      'dari.year': '2026',
      'sampai.day': '20',
      'sampai.month': '3',
      'sampai.year': '2026',
    },
    session.header,
  );
  expect(forged.status).toBe(422);
  expect(await forged.text()).toContain('Penunjukan atas nama Anda sendiri');
});

it('an admin cannot close their own account or skip the proof for an own password or second factor', async () => {
  expect(
    await setOfficerActive(database.db, site.deps, admin, { officerId: adminId, active: false }),
  ).toMatchObject({ reason: 'own-account' });
  expect(await resetPassword(database.db, site.deps, admin, adminId)).toMatchObject({
    reason: 'own-account',
  });
  const own = { officerId: adminId, recognised: 'recognised_in_person' };
  expect(await resetSecondFactor(database.db, site.deps, admin, own)).toMatchObject({
    reason: 'own-account',
  });
});

it('another admin can do all of it', async () => {
  const made = await createOfficer(database.db, site.deps, admin, {
    username: 'contoh.admin.dua',
    name: 'Contoh Admin Dua',
    roles: ['admin'],
    servicePointId: null,
  });
  if (!made.ok) throw new Error(made.reason);
  const second = scopeOfRole(library, site.deps, ['admin'], made.officerId);
  expect(await roles(admin, adminId, ['admin', 'petugas'])).toEqual({
    ok: false,
    reason: 'own-roles',
    otherAdmin: true,
  });
  expect(await roles(second, adminId, ['admin', 'petugas'])).toEqual({ ok: true });
  const given = await delegate(database.db, site.deps, second, { ...appointment, officerId: adminId });
  if (!given.ok) throw new Error(given.reason);
  expect(await endDelegation(database.db, site.deps, admin, given.id)).toMatchObject({
    reason: 'own-account',
  });
  expect(await endDelegation(database.db, site.deps, second, given.id)).toEqual({ ok: true });
  expect((await resetPassword(database.db, site.deps, second, adminId)).ok).toBe(true);
  expect(
    await setOfficerActive(database.db, site.deps, second, { officerId: adminId, active: false }),
  ).toEqual({ ok: true });
});
