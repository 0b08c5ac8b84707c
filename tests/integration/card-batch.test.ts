import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { CardBatchId } from '../../src/domain/ids.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { createTestApp, type SessionCookie, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { scopeOfRole } from '../support/members.ts';

describe('cards that are printed together', () => {
  let database: TestDatabase;
  let app: TestApp;
  let officer: SessionCookie;

  beforeAll(async () => {
    database = await createTestDatabase();
    app = createTestApp(database);
    officer = await app.signIn('jateng', 'petugas');
  });
  afterAll(async () => {
    await database.drop();
  });

  it('is here', async () => {
    const page = await app.request('/jateng/cetak-kartu', { headers: { cookie: officer.header } });
    expect(page.status).toBe(200);
    console.log((await page.text()).length);
  });
});
