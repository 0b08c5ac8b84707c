import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import type { LibraryContext } from '../../src/usecases/context.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';
import {
  CALLBACK,
  connect,
  errand,
  serviceNamed,
  signInByCode,
  switchOn,
  Visitor,
} from '../support/services.ts';

let database: TestDatabase;
let site: TestApp;
let library: LibraryContext;
let people = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  // The provider's own clock is the real one.
  site = createTestApp(database, { mails: true, time: 'real' });
  library = await switchOn(database, site, 'jateng');
});
afterAll(() => database.drop());

const parts = () => ({ database, site, library });
const scope = () => scopeOfRole(library, site.deps, ['sub_koordinator', 'admin']);

async function member(birthDate = '1990-05-17') {
  const n = people++;
  const email = `anggota${n}@surat.example`;
  const name = `Contoh Masuk ${n}`;
  const id = await memberNamed(database, site.deps, scope(), name, {
    birthDate: birthDate as PlainDate,
    email,
  });
  const { number } = await inLibrary(database.db, library.id, (tx) =>
    tx.selectFrom('member').select('number').where('id', '=', id).executeTakeFirstOrThrow(),
  );
  return { id, number, email, name };
}

describe('a member signs in to a service', () => {
  it('by member number and code, consents once, and the service learns what was consented to', async () => {
    const service = await serviceNamed(database, site, library);
    const config = await connect(site, 'jateng', service);
    const who = await member();
    const visitor = new Visitor(site);
    const { url, checks } = await errand(config);
    const back = await signInByCode(parts(), visitor, url, who);
    expect(back.startsWith(`${CALLBACK}?`)).toBe(true);
    const tokens = await oidc.authorizationCodeGrant(config, new URL(back), checks);
    const sub = tokens.claims()?.sub ?? '';
    expect(sub).toMatch(/^[\w-]{22}$/);
    const told = await oidc.fetchUserInfo(config, tokens.access_token, sub);
    expect(told).toMatchObject({ sub, name: who.name, member_number: who.number, member_status: 'active' });
    expect(JSON.stringify([told, tokens.claims()])).not.toContain(who.id);
  });
});
