/** A counter with its officers, for tests of the desk: cases come from phones, officers act by use case or by page. */
import { randomBytes } from 'node:crypto';
import { findApplication, listApplicationEvents } from '../../src/db/application.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ApplicantData } from '../../src/domain/applicant.ts';
import type { ApplicationId } from '../../src/domain/ids.ts';
import type { LibraryPreset } from '../../src/presets/preset.ts';
import { readAuditWords } from '../../src/usecases/audit-words.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { createLibrary, type FirstSignIn } from '../../src/usecases/create-library.ts';
import { signIn } from '../../src/usecases/sign-in.ts';
import { type Submitted, submitApplication } from '../../src/usecases/submit-application.ts';
import type { WebDeps } from '../../src/web/env.ts';
import { createTestApp, type TestApp } from './app.ts';
import { applicantNamed } from './applicants.ts';
import type { TestDatabase } from './database.ts';

export interface CounterOfficer {
  readonly id: string;
  readonly name: string;
  /** Header `cookie` of the officer's session. */
  readonly cookie: string;
  /** For a use case, now. */
  scope(): Scope;
  page(path: string): Promise<Response>;
  post(path: string, fields: Readonly<Record<string, string | readonly string[]>>): Promise<Response>;
}

export interface Counter {
  readonly test: TestApp;
  readonly deps: WebDeps;
  readonly database: TestDatabase;
  readonly library: LibraryContext;
  /** Signed in; called again for the same name it is another session of the same officer. */
  officer(username: string): Promise<CounterOfficer>;
  /** An officer besides those of the first sign-ins. */
  colleague(name: string): Promise<CounterOfficer>;
  citizen(): Scope;
  fromPhone(name: string, changes?: Partial<ApplicantData>): Promise<Submitted>;
  /** The row as it stands. */
  row(id: ApplicationId): ReturnType<typeof getRow>;
  events(id: ApplicationId): ReturnType<typeof getEvents>;
  audited(
    action: string,
  ): Promise<readonly { actor_id: string | null; purpose: string | null; fields: string[] }[]>;
  /** Lets time pass. */
  pass(seconds: number): void;
}

const FIRST: readonly { username: string; name: string; roles: FirstSignIn['roles'] }[] = [
  { username: 'petugas', name: 'Petugas', roles: ['petugas'] },
  { username: 'subkoordinator', name: 'Sub Koordinator', roles: ['sub_koordinator'] },
  { username: 'kabid', name: 'Kepala Bidang', roles: ['kepala_bidang'] },
];

/** Opens a counter of a preset library, or of a further one made of `preset`. */
export async function openCounter(
  database: TestDatabase,
  which: 'banyuwangi' | 'jateng' | LibraryPreset,
): Promise<Counter> {
  const test = createTestApp(database);
  const { deps, clock } = test;
  const slug = typeof which === 'string' ? which : which.slug;
  const signIns =
    typeof which === 'string' ? database.signIns(which) : await addLibrary(database, deps, which);
  const library = await deps.libraries.find(slug);
  if (!library) throw new Error(`no library ${slug}`);
  let requests = 0;

  function scopeOf(actor: Scope['actor']): Scope {
    return { library: library as LibraryContext, actor, at: deps.now(), requestId: `test-${++requests}` };
  }

  async function enter(username: string): Promise<CounterOfficer> {
    const { id, name, roles } = await inLibrary(database.db, (library as LibraryContext).id, async (tx) => {
      await tx
        .updateTable('officer')
        .set({ must_change_password: false })
        .where('username', '=', username)
        .execute();
      return tx
        .selectFrom('officer')
        .select(['id', 'name', 'roles'])
        .where('username', '=', username)
        .executeTakeFirstOrThrow();
    });
    const password = signIns.find((each) => each.username === username)?.password ?? 'kata sandi contoh 1';
    const session = await signIn(database.db, deps, library as LibraryContext, {
      username,
      password,
      requestId: 'sign-in',
    });
    if (!session.ok) throw new Error(`${username} could not sign in`);
    const cookie = `sesi-${slug}=${session.token}`;
    const servicePointId = (library as LibraryContext).servicePoints[0]?.id;
    if (servicePointId === undefined) throw new Error('no service point');
    return {
      id,
      name,
      cookie,
      scope: () => scopeOf({ kind: 'officer', id, roles, servicePointId }),
      page: (path) => test.request(path, { headers: { cookie } }),
      post: (path, fields) => test.post(path, fields, cookie),
    };
  }

  return {
    test,
    deps,
    database,
    library,
    officer: enter,
    async colleague(name) {
      const username = name.toLowerCase().replace(/\W+/g, '');
      await inLibrary(database.db, library.id, async (tx) => {
        const like = await tx
          .selectFrom('officer')
          .selectAll()
          .where('username', '=', 'petugas')
          .executeTakeFirstOrThrow();
        await tx
          .insertInto('officer')
          .values({ ...like, id: deps.uuid(deps.now()) as never, username, name })
          .execute();
      });
      const passwordOf = signIns.find((each) => each.username === 'petugas')?.password ?? '';
      const known = signIns as FirstSignIn[];
      if (!known.some((each) => each.username === username))
        known.push({ username, roles: ['petugas'], password: passwordOf });
      return enter(username);
    },
    citizen: () => scopeOf({ kind: 'applicant' }),
    fromPhone: (name, changes) =>
      submitApplication(database.db, deps, scopeOf({ kind: 'applicant' }), {
        applicant: applicantNamed(name, changes),
        channel: 'phone',
        submitKey: randomBytes(16).toString('hex'),
        language: 'id',
        visit: null,
        familyOf: null,
        openedAt: null,
      }),
    row: (id) => getRow(database, library, id),
    events: (id) => getEvents(database, library, id),
    audited: (action) =>
      inLibrary(database.db, library.id, async (tx) => {
        const rows = await tx
          .selectFrom('audit_log')
          .select(['id', 'actor_id', 'purpose', 'fields'])
          .where('action', '=', action)
          .orderBy('id')
          .execute();
        const ids = rows.map(({ id }) => id);
        const words = await readAuditWords(tx, deps.vault, library.id, ids);
        return rows.map(({ id, ...row }) => ({ ...row, purpose: words.get(id) ?? row.purpose }));
      }),
    pass(seconds) {
      clock.now = new Date(clock.now.getTime() + seconds * 1000);
    },
  };
}

async function addLibrary(
  database: TestDatabase,
  deps: WebDeps,
  preset: LibraryPreset,
): Promise<readonly FirstSignIn[]> {
  const made = await createLibrary(database.owner, database.db, deps, { ...preset, officers: FIRST });
  if (!made.ok) throw new Error(made.reason);
  return made.signIns;
}

async function getRow(database: TestDatabase, library: LibraryContext, id: ApplicationId) {
  const row = await inLibrary(database.db, library.id, (tx) => findApplication(tx, id));
  if (!row) throw new Error('no such case');
  return row;
}

function getEvents(database: TestDatabase, library: LibraryContext, id: ApplicationId) {
  return inLibrary(database.db, library.id, (tx) => listApplicationEvents(tx, id));
}
