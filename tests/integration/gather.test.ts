/** What many people send at the same time is written together, and nobody notices. */
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenDatabase, openDatabase } from '../../src/db/connection.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import { insertVisit, type MemberKey, type NewVisit, type Recorder } from '../../src/db/visit.ts';
import type { MemberId, OfficerId, ServicePointId, VisitId } from '../../src/domain/ids.ts';
import { type PlainDate, plainDateIn } from '../../src/domain/plain-date.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { recordVisit } from '../../src/usecases/record-visit.ts';
import { submitApplication } from '../../src/usecases/submit-application.ts';
import { applicantNamed } from '../support/applicants.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';

let database: TestDatabase;
let library: LibraryContext;
let scope: Scope;
let officer: Recorder;
const deps = testDeps(new Date('2026-03-02T02:00:00Z'));
const PERSON_KEY = Buffer.alloc(16, 1);
let made = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  const found = await loadLibrary(database.db, 'banyuwangi', new Date());
  const servicePointId = found?.servicePoints[0]?.id;
  if (!found || servicePointId === undefined) throw new Error('not seeded');
  library = found;
  scope = { library, actor: { kind: 'applicant' }, at: deps.now(), requestId: 'test' };
  officer = ofOfficer(servicePointId);
});
afterAll(() => database.drop());

interface Anggota {
  readonly id: MemberId;
  readonly number: string;
}

/** A member; `mergedInto` is the one who stands for this membership. */
async function member(mergedInto: MemberId | null = null): Promise<Anggota> {
  const number = `G${String(++made).padStart(6, '0')}`;
  const id = deps.uuid(deps.now()) as MemberId;
  const today = plainDateIn(library.settings.profile.timezone, deps.now());
  await inLibrary(database.db, library.id, (tx) =>
    sql`insert into member (library_id, id, number, state, state_effective_at, service_point_id, member_since, valid_from,
        valid_until, created_at, updated_at, name, name_key, birth_date, member_type, person_key, merged_into)
      values (${library.id}, ${id}, ${number}, 'active', now(), ${library.servicePoints[0]?.id}, ${today}, ${today},
        null, now(), now(), 'Contoh', 'contoh', '1990-01-01', 'UMUM', ${PERSON_KEY}, ${mergedInto})`.execute(
      tx,
    ),
  );
  return { id, number };
}

function ofOfficer(servicePointId: ServicePointId): Recorder {
  return { by: 'officer', officerId: '01890000-0000-7000-8000-000000000001' as OfficerId, servicePointId };
}

function record(member: MemberKey | null, submitKey = `visit ${++made}`, recorder = officer) {
  return recordVisit(database.db, deps, library, deps.now(), recorder, {
    visitor: { kind: 'member', member },
    purpose: 'BACA',
    submitKey,
  });
}

/** Visits as the statement takes them, to send what no form lets through. */
function write(db: OpenDatabase['db'], changes: Partial<NewVisit>, member: MemberKey | null = null) {
  const at = deps.now();
  const visit: NewVisit = {
    id: deps.uuid(at) as VisitId,
    submitKey: deps.vault.hash(library.id, 'submit_key', `row ${++made}`),
    openedAt: null,
    at,
    day: plainDateIn(library.settings.profile.timezone, at),
    kind: 'member',
    purpose: 'BACA',
    persons: 1,
    name: null,
    sex: null,
    education: null,
    occupation: null,
    institution: null,
    phone: null,
    counts: null,
    replaces: null,
    ...changes,
  };
  return insertVisit(db, library.id, officer, member, visit, {
    fromDay: visit.day,
    after: new Date(visit.at.getTime() - 3_600_000),
    before: new Date(visit.at.getTime() + 3_600_000),
  });
}

function submit(name: string, db = database.db, submitKey = `form of ${name}, long enough`) {
  return submitApplication(db, deps, scope, {
    applicant: applicantNamed(name),
    channel: 'phone',
    submitKey,
    language: 'id',
    visit: null,
    familyOf: null,
    openedAt: null,
  });
}

/** All rows of a table with the transaction that wrote each, as the superuser sees them. */
async function rowsOf(text: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
  const admin = new pg.Client(database.addresses.admin);
  await admin.connect();
  try {
    return (await admin.query<Record<string, unknown>>(text, [...values])).rows;
  } finally {
    await admin.end();
  }
}

describe('check-ins at the same moment', () => {
  it('are written by a few statements, each with its own answer', async () => {
    const anggota = await Promise.all(Array.from({ length: 40 }, () => member()));
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, n) => {
        const who = anggota[n % 40];
        if (!who) throw new Error('no member');
        switch (n % 5) {
          case 0:
            return record({ by: 'id', memberId: who.id });
          case 1:
            return record({ by: 'number', number: 'nobody has it' });
          case 2:
            return record({ by: 'number', number: who.number }, undefined, {
              by: 'device',
              tokenHash: Buffer.alloc(16, n),
            });
          case 3:
            return record(null, `the same ${n % 40}`);
          default:
            return record({ by: 'number', number: who.number });
        }
      }),
    );
    const ids = new Set<string>();
    for (const [n, outcome] of outcomes.entries()) {
      if (n % 5 === 2) {
        expect(outcome).toEqual({ ok: false, reason: 'not-enrolled' });
        continue;
      }
      if (!outcome.ok) throw new Error(outcome.reason);
      ids.add(outcome.visitId);
      expect(outcome.memberId).toBe(n % 5 === 1 || n % 5 === 3 ? null : anggota[n % 40]?.id);
    }
    // Forty were sent with eight keys.
    expect(outcomes.filter((one) => one.ok && one.repeated)).toHaveLength(32);
    expect(ids.size).toBe(128);
    const rows = await rowsOf('select id, xmin::text as written_by from visit where id = any($1)', [
      [...ids],
    ]);
    expect(rows).toHaveLength(128);
    expect(new Set(rows.map((row) => row.written_by)).size).toBeLessThan(20);
  });

  it('of one person count once, by whichever membership and in whichever way', async () => {
    const standing = await member();
    const merged = await member(standing.id);
    const stranger = await member();
    const keys: MemberKey[] = [standing, merged, standing, merged, standing].flatMap(({ id, number }) => [
      { by: 'id', memberId: id },
      { by: 'number', number },
    ]);
    const [outcomes, other, unknown] = await Promise.all([
      Promise.all(keys.map((key) => record(key))),
      record({ by: 'id', memberId: stranger.id }),
      Promise.all([1, 2].map(() => record({ by: 'number', number: 'unknown' }))),
    ]);
    expect(outcomes.filter((one) => one.ok && one.counted)).toHaveLength(1);
    expect(outcomes.map((one) => one.ok && one.memberId)).toEqual(
      keys.map((key) =>
        'memberId' in key
          ? key.memberId
          : 'number' in key && key.number === merged.number
            ? merged.id
            : standing.id,
      ),
    );
    expect(other).toMatchObject({ counted: true });
    expect(unknown).toMatchObject([{ counted: true }, { counted: true }]);
    expect(await record({ by: 'id', memberId: merged.id })).toMatchObject({ counted: false });
  });

  it('sent twice by one person count once, not never', async () => {
    const { id } = await member();
    const outcomes = await Promise.all(
      ['other', 'twice', 'twice', 'twice'].map((key) => record({ by: 'id', memberId: id }, `${id} ${key}`)),
    );
    expect(new Set(outcomes.map((one) => one.ok && one.visitId)).size).toBe(2);
    const rows = await rowsOf('select counted from visit where member_id = $1', [id]);
    expect(rows.map((row) => row.counted).sort()).toEqual([false, true]);
  });

  it('count again where a new day begins between them', async () => {
    const { id } = await member();
    const key = { by: 'id', memberId: id } as const;
    const midnight = new Date('2026-03-02T17:00:00Z').getTime();
    const [, before, after] = await Promise.all([
      write(database.db, {}),
      write(database.db, { at: new Date(midnight - 2 * 3_600_000), day: '2026-03-02' as PlainDate }, key),
      write(database.db, { at: new Date(midnight), day: '2026-03-03' as PlainDate }, key),
    ]);
    expect([before, after]).toMatchObject([{ counted: true }, { counted: true }]);
  });

  it('of two libraries are each their own, though they were sent with the same key', async () => {
    const other = await loadLibrary(database.db, 'jateng', new Date());
    const point = other?.servicePoints[0]?.id;
    if (!other || point === undefined) throw new Error('not seeded');
    const sent = Array.from({ length: 12 }, (_, n) => {
      const [where, recorder] = n % 2 === 0 ? [library, officer] : [other, ofOfficer(point)];
      const visitor = { kind: 'member', member: null } as const;
      const input = { visitor, purpose: 'BACA', submitKey: `both ${Math.floor(n / 2)}` };
      return recordVisit(database.db, deps, where, deps.now(), recorder, input);
    });
    const ids = (await Promise.all(sent)).map((one) => (one.ok && !one.repeated ? one.visitId : 'none'));
    for (const [n, { id: libraryId }] of [library, other].entries()) {
      const own = ids.filter((_, at) => at % 2 === n);
      const rows = await rowsOf('select library_id from visit where id = any($1)', [own]);
      expect(rows).toEqual(own.map(() => ({ library_id: libraryId })));
    }
  });

  it('are kept but for the one that the database refuses', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => write(database.db, n === 13 ? { persons: 9_000 } : {})),
    );
    for (const [n, outcome] of outcomes.entries()) {
      if (n === 13) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: '23514' } });
      else expect(outcome).toMatchObject({ status: 'fulfilled', value: { known: true, written: true } });
    }
  });

  it('are kept once each when the connection breaks that carries them', async () => {
    const held = deps.vault.hash(library.id, 'submit_key', `held ${++made}`);
    const admin = new pg.Client(database.addresses.admin);
    await admin.connect();
    // Somebody else is writing the same visit: the batch waits for the end of that.
    await admin.query('begin');
    await admin.query(
      `insert into visit (library_id, id, submit_key, at, day, kind, purpose, service_point_id)
        values ($1, gen_random_uuid(), $2, now(), current_date, 'member', 'BACA', $3)`,
      [library.id, held, library.servicePoints[0]?.id],
    );
    const ids = Array.from({ length: 12 }, () => deps.uuid(deps.now()) as VisitId);
    const outcomes = Promise.all(
      ids.map((id, n) => write(database.db, { id, ...(n === 11 ? { submitKey: held } : {}) })),
    );
    const waiting = `from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await expect.poll(async () => (await rowsOf(`select pid ${waiting}`)).length).toBe(1);
    await rowsOf(`select pg_terminate_backend(pid) ${waiting}`);
    // Now each alone: all but the one that waits are there before it may go on.
    const written = () => rowsOf('select id from visit where id = any($1)', [ids]);
    await expect.poll(async () => (await written()).length).toBe(11);
    await admin.query('rollback');
    await admin.end();
    expect((await outcomes).map((one) => one.written)).toEqual(ids.map(() => true));
    expect(await written()).toHaveLength(12);
  });
});

describe('registrations at the same moment', () => {
  it('are whole cases written by a few statements', async () => {
    const sent = await Promise.all(Array.from({ length: 90 }, (_, n) => submit(`Contoh Bersama ${n % 60}`)));
    expect(new Set(sent.map((one) => one.ticketCode)).size).toBe(60);
    expect(sent.filter((one) => one.repeated)).toHaveLength(30);
    const rows = await rowsOf(
      `select a.xmin::text as written_by,
        (select count(*) from application_event e where e.application_id = a.id)::int as events,
        (select count(*) from consent c where c.application_id = a.id)::int as consents,
        (select count(*) from audit_log l where l.subject_id = a.id::text)::int as audits
      from application a where a.id = any($1)`,
      [sent.map((one) => one.applicationId)],
    );
    expect(rows).toHaveLength(60);
    for (const row of rows) expect(row).toMatchObject({ events: 1, consents: 3, audits: 1 });
    expect(new Set(rows.map((row) => row.written_by)).size).toBeLessThan(10);
  });

  it('leave each other alone where a ticket code is taken', async () => {
    const fixed = { ...deps, randomBytes: (length: number) => new Uint8Array(length).fill(5) };
    let draws = 0;
    const drawing = {
      ...deps,
      randomBytes: (length: number) => (++draws > 1 ? deps : fixed).randomBytes(length),
    };
    const input = (name: string) => ({
      applicant: applicantNamed(name),
      channel: 'phone' as const,
      submitKey: `key of ${name}, long enough`,
      language: 'id' as const,
      visit: null,
      familyOf: null,
      openedAt: null,
    });
    await submitApplication(database.db, fixed, scope, input('Contoh Pertama'));
    const sent = await Promise.all([
      submit('Contoh Sebelum'),
      submitApplication(database.db, drawing, scope, input('Contoh Bertemu')),
      submit('Contoh Sesudah'),
    ]);
    expect(draws).toBeGreaterThan(1);
    expect(new Set(sent.map((one) => one.ticketCode)).size).toBe(3);
    expect(sent.map((one) => one.repeated)).toEqual([false, false, false]);
  });

  it('are one case each, and new, when the answer is lost after they were kept', async () => {
    const link = await openLink();
    const behind = openDatabase({ address: { ...database.addresses.app, ...link.address }, poolSize: 4 });
    try {
      await submit('Contoh Pembuka', behind.db);
      link.loseNextAnswer((query) => query.includes('Contoh Putus 3'));
      const names = Array.from({ length: 8 }, (_, n) => `Contoh Putus ${n}`);
      const sent = await Promise.all(names.map((name) => submit(name, behind.db)));
      expect(link.lost()).toBe(1);
      expect(sent.every((one) => !one.repeated)).toBe(true);
      const rows = await rowsOf(`select id from application where name like 'Contoh Putus %' order by name`);
      expect(rows.map((row) => row.id)).toEqual(sent.map((one) => one.applicationId));
    } finally {
      await behind.close();
      link.close();
    }
  });

  it('are kept before the connections close', async () => {
    const own = openDatabase({ address: database.addresses.app, poolSize: 4 });
    const sent = Array.from({ length: 70 }, (_, n) => submit(`Contoh Penutup ${n}`, own.db));
    await Promise.all([own.close(), ...sent]);
    const rows = await rowsOf(`select id from application where name like 'Contoh Penutup %'`);
    expect(rows).toHaveLength(70);
  });
});

/** A way to the database that breaks once, when the answer to one statement is on its way back. */
async function openLink() {
  const { host, port } = database.addresses.app;
  let isIt: ((query: string) => boolean) | undefined;
  let lost = 0;
  const sockets = new Set<net.Socket>();
  const server = net.createServer((near) => {
    const far = host.startsWith('/')
      ? net.connect(path.join(host, `.s.PGSQL.${port}`))
      : net.connect(port, host);
    let losing = false;
    near.on('data', (chunk) => {
      if (isIt?.(chunk.toString('utf8'))) {
        losing = true;
        isIt = undefined;
      }
      far.write(chunk);
    });
    far.on('data', (chunk) => {
      // 'Z' ends the answer: by then the commit is done.
      if (!losing) near.write(chunk);
      else if (chunk.includes('Z\0\0\0\x05I')) {
        lost++;
        near.destroy();
      }
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    address: { host: '127.0.0.1', port: (server.address() as net.AddressInfo).port },
    loseNextAnswer(which: (query: string) => boolean) {
      isIt = which;
    },
    lost: () => lost,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
