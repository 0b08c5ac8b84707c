import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settled } from '../../src/db/gather.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ApplicationId, MemberId } from '../../src/domain/ids.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { readViewsOf } from '../../src/usecases/read-views.ts';
import { recordView } from '../../src/usecases/record-view.ts';
import { viewsOf } from '../../src/web/middleware/record-views.ts';
import { createTestApp, type SessionCookie, type TestApp } from '../support/app.ts';
import { portrait } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { givePhoto, memberNamed, scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let site: TestApp;
let library: LibraryContext;
let officer: Scope;
let cookie: SessionCookie;
let member: MemberId;
let application: ApplicationId;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  const found = await loadLibrary(database.db, 'jateng', site.clock.now);
  if (!found) throw new Error('not seeded');
  library = found;
  officer = scopeOfRole(library, site.deps, ['petugas']);
  cookie = await site.signIn('jateng', 'petugas');
  member = await memberNamed(database, site.deps, officer, 'Sari Contoh');
  const jpeg = new Uint8Array(await (await portrait()).arrayBuffer());
  await givePhoto(database, site.deps, officer, member, jpeg);
  const row = await inLibrary(database.db, library.id, (tx) =>
    tx.selectFrom('member').select('application_id').where('id', '=', member).executeTakeFirstOrThrow(),
  );
  if (row.application_id === null) throw new Error('a member comes from a case');
  application = row.application_id;
});
afterAll(() => database.drop());

const open = async (path: string): Promise<Response> => {
  const answer = await site.request(`/jateng/${path}`, { headers: { cookie: cookie.header } });
  await settled(database.db);
  return answer;
};
const views = () => readViewsOf(database.db, site.deps, officer, { kind: 'member', id: member });
const actions = async () => (await views()).map((view) => view.action).sort();

describe('who looked at my data', () => {
  it('is told by case, page and photo, with the role and the purpose, once in ten minutes', async () => {
    expect(await views()).toEqual([]);
    const page = await open(`anggota/${member}`);
    const photo = /\/anggota\/[^"]+\/foto\/[0-9a-f-]{36}/.exec(await page.text())?.[0] ?? '';
    expect((await open(photo.slice(1))).status).toBe(200);
    expect((await open(`loket/${application}`)).status).toBe(200);
    await open(`anggota/${member}`);
    await open(`anggota/${member}/kartu.pdf`);
    expect(await actions()).toEqual(['application.view', 'member.view', 'photo.view']);
    for (const view of await views()) {
      expect(view.roles).toEqual(['petugas']);
      expect(view.purpose).toBe(view.action === 'application.view' ? 'view_case' : 'view_member');
      expect(view.fields).toEqual([]);
    }
    site.clock.now = new Date(site.clock.now.getTime() + 10 * 60_000 + 1);
    await open(`anggota/${member}`);
    expect(await actions()).toEqual(['application.view', 'member.view', 'member.view', 'photo.view']);
  });

  it('is the same list from the case and from the membership, and stands in the audit trail', async () => {
    const from = await readViewsOf(database.db, site.deps, officer, { kind: 'application', id: application });
    expect(from).toEqual(await views());
    const admin = await site.signIn('jateng', 'admin');
    const trail = await site.request('/jateng/jejak?tindakan=member.view&lang=id', {
      headers: { cookie: admin.header },
    });
    expect(await trail.text()).toContain('Halaman anggota dibuka</th>');
  });

  it('is logged once although another process has forgotten, or never knew, of the look', async () => {
    const before = (await views()).length;
    const elsewhere = createTestApp(database);
    elsewhere.clock.now = site.clock.now;
    const other = database.db.withTables<Record<never, never>>();
    const view = { action: 'member.view', subjectKind: 'member', subjectId: member } as const;
    const { id } = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('officer').select('id').where('username', '=', 'petugas').executeTakeFirstOrThrow(),
    );
    const scope = { ...scopeOfRole(library, site.deps, ['petugas'], id), at: site.clock.now };
    await recordView(other as never, elsewhere.deps, scope, view);
    expect((await views()).length).toBe(before);
  });

  it('says that whoever has the case in hand works at it', async () => {
    const row = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('officer').select('id').where('username', '=', 'petugas').executeTakeFirstOrThrow(),
    );
    await inLibrary(database.db, library.id, (tx) =>
      tx.updateTable('application').set({ held_by: row.id }).where('id', '=', application).execute(),
    );
    site.clock.now = new Date(site.clock.now.getTime() + 20 * 60_000);
    await open(`loket/${application}`);
    expect((await views())[0]).toMatchObject({ action: 'application.view', purpose: 'view_held' });
  });

  it('names those whom the page of doubles puts beside somebody, and they count for no crowd', async () => {
    const twice = { birthDate: '1988-08-08' as never, nik: null, documentNumber: '9901010808880001' };
    const one = await memberNamed(database, site.deps, officer, 'Contoh Kembar Data', twice);
    const other = await memberNamed(database, site.deps, officer, 'Contoh Kembar Data', twice);
    const seen = async (id: MemberId) =>
      (await readViewsOf(database.db, site.deps, officer, { kind: 'member', id })).map(
        ({ action, purpose }) => [action, purpose],
      );
    expect((await open(`anggota/${one}/kembar`)).status).toBe(200);
    expect(await seen(one)).toEqual([['member.view', 'view_member']]);
    expect(await seen(other)).toEqual([['member.view', 'cross_check']]);
  });

  it('fails no page where the log cannot be written, and is logged by the next look', async () => {
    site.clock.now = new Date(site.clock.now.getTime() + 20 * 60_000);
    const before = (await views()).length;
    const { db } = site.deps;
    const broken = new Proxy(db, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (name === 'transaction') throw new Error('no database');
        return value;
      },
    });
    const { id } = await inLibrary(db, library.id, (tx) =>
      tx.selectFrom('officer').select('id').where('username', '=', 'petugas').executeTakeFirstOrThrow(),
    );
    const scope = { ...scopeOfRole(library, site.deps, ['petugas'], id), at: site.clock.now };
    const view = { action: 'member.view', subjectKind: 'member', subjectId: member } as const;
    await expect(recordView(broken, site.deps, scope, view)).rejects.toThrow('no database');
    expect((await views()).length).toBe(before);
    await open(`anggota/${member}`);
    expect((await views()).length).toBe(before + 1);
  });

  it('counts what shows a person, and nothing else', () => {
    const id = '01890000-0000-7000-8000-000000000001';
    const html = 'text/html; charset=UTF-8';
    const seen = (path: string, type: string) => viewsOf(`/jateng/${path}`, type).map((view) => view.action);
    expect(seen(`loket/${id}`, html)).toEqual(['application.view']);
    expect(seen(`loket/${id}/foto`, 'image/jpeg')).toEqual(['photo.view']);
    expect(seen(`loket/${id}/foto/kode.svg`, 'image/svg+xml')).toEqual([]);
    expect(seen(`loket/${id}/pindaian/${id}`, 'image/jpeg')).toEqual([]);
    expect(seen(`anggota/${id}/ubah`, html)).toEqual(['member.view']);
    expect(seen(`anggota/${id}/beda/slims`, html)).toEqual(['member.view']);
    expect(seen(`anggota/${id}/gabung/${id.replace(/1$/, '2')}`, html)).toHaveLength(2);
    expect(seen('loket', html)).toEqual([]);
    expect(seen('anggota', html)).toEqual([]);
    expect(seen('permintaan-data', html)).toEqual([]);
    expect(seen('pengaturan/peminjaman/slims/tunggu', html)).toEqual([]);
  });
});
