/** Photos that the disk has damaged, or that are none: every page and file that shows one goes on without it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import type { Scope } from '../../src/usecases/context.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { libraryOf, portrait } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { givePhoto, memberNamed, scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let app: TestApp;
let scope: Scope;
let cookie: string;
let jpeg: Uint8Array;

beforeAll(async () => {
  database = await createTestDatabase();
  app = createTestApp(database);
  scope = scopeOfRole(await libraryOf(app, 'jateng'), app.deps, ['petugas']);
  cookie = (await app.signIn('jateng', 'petugas')).header;
  jpeg = new Uint8Array(await (await portrait()).arrayBuffer());
});
afterAll(() => database.drop());

/** What lies in the file, sealed or not. */
const DAMAGED: Readonly<Record<string, () => Buffer>> = {
  'bytes changed on the disk': () => {
    const bytes = app.deps.vault.seal(scope.library.id, 'file', jpeg);
    bytes.writeUInt8((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1);
    return bytes;
  },
  'half of it': () => app.deps.vault.seal(scope.library.id, 'file', jpeg).subarray(0, 40),
  'something else than a picture': () => app.deps.vault.seal(scope.library.id, 'file', 'bukan foto'),
  'the beginning of a JPEG alone': () =>
    app.deps.vault.seal(scope.library.id, 'file', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 4)),
};

describe.each(Object.keys(DAMAGED))('a stored photo that is %s', (kind) => {
  it('is left off the card, its picture and its PDF, shown nowhere, and logged', async () => {
    const id: MemberId = await memberNamed(database, app.deps, scope, 'Contoh Rusak');
    await givePhoto(database, app.deps, scope, id, jpeg);
    const { card, member, file } = await inLibrary(database.db, scope.library.id, async (tx) => {
      const found = await tx
        .updateTable('file')
        .set({ bytes: DAMAGED[kind]?.() ?? null })
        .where('member_id', '=', id)
        .returning('id')
        .executeTakeFirstOrThrow();
      return {
        file: found.id,
        card: await tx
          .selectFrom('card')
          .select(['id', 'access_generation'])
          .where('member_id', '=', id)
          .executeTakeFirstOrThrow(),
        member: await tx
          .selectFrom('member')
          .select(['application_id'])
          .where('id', '=', id)
          .executeTakeFirstOrThrow(),
      };
    });
    await inLibrary(database.db, scope.library.id, (tx) =>
      tx.updateTable('application').set({ photo_id: file }).where('id', '=', member.application_id).execute(),
    );
    const token = app.deps.vault.token(scope.library.id, 'kta', card.id, card.access_generation);
    const status = async (path: string, own = false) => {
      const answer = await app.request(`/jateng/${path}`, own ? {} : { headers: { cookie } });
      await answer.arrayBuffer();
      return `${answer.status} ${answer.headers.get('content-type')?.split(';')[0]}`;
    };
    const { logged } = app;
    logged.length = 0;
    const { application_id } = member;
    expect(await status(`anggota/${id}/kartu.pdf`)).toBe('200 application/pdf');
    expect(await status(`loket/${application_id}/kartu.pdf`)).toBe('200 application/pdf');
    expect(await status(`loket/${application_id}`)).toBe('200 text/html');
    expect(await status(`anggota/${id}`)).toBe('200 text/html');
    expect(await status(`kta/${token}`, true)).toBe('200 text/html');
    for (const [path, type] of [
      [`kta/${token}/kartu.png`, 'image/png'],
      [`kta/${token}/kartu.pdf`, 'application/pdf'],
    ] as const)
      expect(await status(path, true)).toBe(`200 ${type}`);
    for (const path of [`anggota/${id}/foto/${file}`, `loket/${application_id}/foto`])
      expect(await status(path)).toMatch(/^404 /);
    expect(await status(`kta/${token}/foto`, true)).toMatch(/^404 /);
    expect(logged).toContainEqual({ event: 'picture-unreadable', library: scope.library.id, file });
    expect(JSON.stringify(logged)).not.toContain('Contoh Rusak');
  });
});
