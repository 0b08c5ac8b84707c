/** A backup knows nothing of who was shut out after it was made: nobody is let in by what came back. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { endRestoredSignIns } from '../../src/usecases/end-restored-sign-ins.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';
import { connect, errand, serviceNamed, signInByCode, switchOn, Visitor } from '../support/services.ts';

let database: TestDatabase;
let site: TestApp;
beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database, { mails: true, time: 'real' });
});
afterAll(() => database.drop());

it('sessions and tokens are over in every library, and what stays is counted for whoever restores', async () => {
  const library = await switchOn(database, site, 'jateng');
  const scope = scopeOfRole(library, site.deps, ['sub_koordinator', 'admin']);
  const email = 'anggota@surat.example';
  const id = await memberNamed(database, site.deps, scope, 'Contoh Pulih', { email });
  const { number } = await inLibrary(database.db, library.id, (tx) =>
    tx.selectFrom('member').select('number').where('id', '=', id).executeTakeFirstOrThrow(),
  );
  const config = await connect(site, 'jateng', await serviceNamed(database, site, library));
  const visitor = new Visitor(site);
  expect(
    await signInByCode({ database, site }, visitor, (await errand(config)).url, { number, email }),
  ).toContain('code=');
  const [here, there] = [await site.signIn('jateng', 'petugas'), await site.signIn('banyuwangi', 'petugas')];
  const status = async (slug: string, cookie: string) =>
    (await site.request(`/${slug}/sesi`, { headers: { cookie } })).status;
  expect([await status('jateng', here.header), await status('banyuwangi', there.header)]).toEqual([200, 200]);

  const none = {
    accounts: 0,
    devices: 0,
    officerPasskeys: 0,
    officerLinks: 0,
    memberPasskeys: 0,
    consents: 0,
  };
  const doors = await endRestoredSignIns(database.db, site.deps);
  expect(doors).toHaveLength(2);
  expect(doors).toContainEqual({ ...none, library: 'jateng', accounts: 1, consents: 1 });
  expect(doors).toContainEqual({ ...none, library: 'banyuwangi' });
  expect([await status('jateng', here.header), await status('banyuwangi', there.header)]).toEqual([303, 303]);
  // The browser that was signed in is asked who it is.
  await visitor.go((await errand(config)).url.href);
  expect(visitor.page.text).toContain('name="nomor"');
});
