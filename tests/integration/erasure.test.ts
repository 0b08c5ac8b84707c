import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ERASURE_FILE, erasureFile, readErasureFile } from '../../src/db/erasure-file.ts';
import { readErasureTable } from '../../src/db/restore-erasures.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { SecretKind } from '../../src/db/vault.ts';
import type { MemberId, MemberNumber, Nik, OfficerId, Phone } from '../../src/domain/ids.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import { WEBHOOK_KINDS } from '../../src/domain/webhook.ts';
import type { Deps, LibraryContext } from '../../src/usecases/context.ts';
import { eraseAgain } from '../../src/usecases/erase-again.ts';
import { erasePeople } from '../../src/usecases/erase-person.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { createWebhook } from '../../src/usecases/manage-webhook.ts';
import { writeErasures } from '../../src/usecases/write-erasures.ts';
import { createTestDatabase, type TestDatabase, testDeps, testVault } from '../support/database.ts';
import { givePhoto, memberNamed, scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let deps: ReturnType<typeof testDeps>;
let library: LibraryContext;
let admin: pg.Client;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  deps = testDeps();
  const found = await loadLibrary(database.db, 'jateng', deps.now());
  if (!found) throw new Error('not seeded');
  library = found;
  // Somebody is told of everybody.
  const told = await createWebhook(database.db, deps, scopeOfRole(library, deps, ['admin']), {
    name: 'Contoh',
    url: 'https://penerima.contoh.example/',
    inside: false,
    kinds: WEBHOOK_KINDS,
  });
  expect(told.ok).toBe(true);
  admin = new pg.Client({ ...database.addresses.admin });
  await admin.connect();
  folder = await mkdtemp(join(tmpdir(), 'erasures-'));
});
afterAll(async () => {
  await admin.end();
  await rm(folder, { recursive: true });
  await database.drop();
});

const scope = () => scopeOfRole(library, deps, ['sub_koordinator']);

let rowsMade = 0;

interface Person {
  readonly memberId: MemberId;
  /** Everything of this person that must be found nowhere afterwards. */
  readonly values: readonly string[];
  readonly hashes: readonly Buffer[];
  readonly key: Buffer;
}

/** Kinds of secrets under which a column may hold a person's words. */
const SEALED: readonly SecretKind[] = [
  'nik',
  'kk',
  'document',
  'file',
  'draft',
  'message',
  'import',
  'lending',
  'revision',
  'api_answer',
  'oidc_record',
];

/** Tables that point at a person and are not filled here, with what makes them harmless. */
const HOLD_NO_WORDS: Readonly<Record<string, string>> = {
  card_batch_row: 'a place in a print run, by the id of the card',
  cross_check: 'ids of candidates and a code of the reason',
  export_row: 'which version of which member went where',
  one_time_code: 'hashes and times; gone after a day',
  own_consent: 'when somebody was asked and answered',
  queue_ticket: 'a number of a day; its priority goes the next day and with an erasure',
  step_time: 'which step of a case took how long',
};

/** One person in every table that can hold something of one. */
async function personEverywhere(word: string, digits: string): Promise<Person> {
  const nik = `99${digits}` as Nik;
  const name = `Contoh ${word}`;
  const phone = `+628${digits.slice(-9)}` as Phone;
  const email = `${word.toLowerCase()}@contoh.example`;
  const line = `Jl. ${word}wati 7`;
  const institution = `Sekolah ${word}`;
  const memberId = await memberNamed(database, deps, scope(), name, {
    documentNumber: nik,
    nik,
    birthPlace: `Kota${word}`,
    birthDate: '1991-04-23' as PlainDate,
    address: { line, rt: '099', rw: '098', village: null },
    phone,
    email,
    institution,
  });
  await givePhoto(database, deps, scope(), memberId, Buffer.from(`jpeg of ${name}`));
  const libraryId = library.id;
  const row = await inLibrary(database.db, libraryId, (tx) =>
    tx.selectFrom('member').selectAll().where('id', '=', memberId).executeTakeFirstOrThrow(),
  );
  const by = '01890000-0000-7000-8000-00000000000a' as OfficerId;
  const id = () => deps.uuid(deps.now());
  const random = () => Buffer.from(deps.randomBytes(16));
  const seal = (kind: SecretKind, text: string) => testVault.seal(libraryId, kind, text);
  const words = `${name} berkata ${nik}`;
  const card = await admin.query<{ id: string }>('select id from card where member_id = $1', [memberId]);
  const cardId = card.rows[0]?.id;
  const rows: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    [
      'revision',
      {
        id: id(),
        member_id: memberId,
        at: deps.now(),
        actor_kind: 'officer',
        fields: ['name'],
        content: testVault.sealFor(libraryId, row.person_key, words),
        evidence_words: testVault.sealFor(libraryId, row.person_key, `KTP baru ${name}`),
      },
    ],
    [
      'correction',
      {
        id: id(),
        application_id: row.application_id,
        round: 0,
        fields: ['name'],
        message: seal('message', words),
        requested_at: deps.now(),
        requested_by: by,
      },
    ],
    [
      'application_event',
      {
        id: id(),
        application_id: row.application_id,
        at: deps.now(),
        effective_at: deps.now(),
        kind: 'note',
        place: 'none',
        actor_kind: 'officer',
        reason: `catatan tentang ${name}`,
      },
    ],
    [
      'member_event',
      {
        id: id(),
        member_id: memberId,
        at: deps.now(),
        effective_at: deps.now(),
        kind: 'corrected',
        reason: `salah tulis ${name}`,
        member_type: 'UMUM',
        actor_kind: 'officer',
      },
    ],
    [
      'card_event',
      {
        id: id(),
        card_id: cardId,
        kind: 'printed',
        at: deps.now(),
        effective_at: deps.now(),
        actor_kind: 'officer',
        detail: `untuk ${name}`,
      },
    ],
    [
      'identity_check',
      {
        id: id(),
        application_id: row.application_id,
        exception_reason: `hanya ${name}`,
        at: deps.now(),
        officer_id: by,
      },
    ],
    [
      'file',
      {
        id: id(),
        kind: 'scan',
        application_id: row.application_id,
        mime: 'image/jpeg',
        bytes: seal('file', words),
        size: 9,
        created_at: deps.now(),
      },
    ],
    [
      'draft',
      {
        id: id(),
        code_hash: random(),
        token_hash: random(),
        content: seal(
          'draft',
          JSON.stringify({ code: '123456', values: { name, phone: `08${digits.slice(-9)}` } }),
        ),
        created_at: deps.now(),
        expires_at: new Date(deps.now().getTime() + 86_400_000),
        taken_at: deps.now(),
      },
    ],
    ['outbox', { id: id(), kind: 'approved', application_id: row.application_id, created_at: deps.now() }],
    [
      'photo_link',
      {
        token_hash: random(),
        code_hash: Buffer.from('c'),
        generation: 0,
        application_id: row.application_id,
        created_by: by,
        created_at: deps.now(),
        expires_at: deps.now(),
      },
    ],
    [
      'kta_phone',
      {
        card_id: cardId,
        key_hash: random(),
        generation: 0,
        kept: true,
        since: deps.now(),
        certified_at: deps.now(),
        ends_at: deps.now(),
      },
    ],
    [
      'visit',
      {
        id: id(),
        submit_key: random(),
        at: deps.now(),
        day: '2026-03-02',
        kind: 'member',
        member_id: memberId,
        purpose: 'BACA',
        service_point_id: row.service_point_id,
        name,
        institution,
        group_phone: phone,
        void_reason: `salah, ${name}`,
      },
    ],
    [
      'told_apart',
      {
        id: id(),
        one_id: memberId,
        other_id: id(),
        one_digest: testVault.hash(libraryId, 'checked', words),
        other_digest: Buffer.from('o'),
        score: 0.5,
        reason: `bukan ${name}`,
        decided_at: deps.now(),
      },
    ],
    [
      'member_merge',
      {
        id: id(),
        winner_id: id(),
        loser_id: memberId,
        fields: ['phone'],
        content: testVault.sealFor(libraryId, testVault.newPersonKey(libraryId), words),
        loser_state: 'active',
        loser_state_effective_at: deps.now(),
        reason: 'same_person',
        merged_at: deps.now(),
        merged_by: by,
        undone_at: deps.now(),
        undone_by: by,
        undo_reason: 'different_people',
      },
    ],
    [
      'import',
      {
        id: '01890000-0000-7000-8000-0000000000ff',
        format: 'table',
        file_name: 'lama.csv',
        source_hash: random(),
        file_facts: '{}',
        mapping: '{}',
        state: 'done',
        size: 1,
        counts: '{}',
        created_at: deps.now(),
      },
    ],
    [
      'lending_link',
      {
        target: 'inlislite-db',
        member_id: memberId,
        foreign_id: seal('lending', '7'),
        state: 'conflict',
        memory: JSON.stringify({
          left: { name: testVault.hash(libraryId, 'lending', words).toString('hex') },
        }),
        differences: seal('lending', words),
        changed_at: deps.now(),
      },
    ],
    [
      'oidc_record',
      {
        model: 'Session',
        id_hash: random(),
        content: seal('oidc_record', JSON.stringify({ accountId: memberId, name })),
        member_id: memberId,
        ends_at: new Date(deps.now().getTime() + 86_400_000),
      },
    ],
    [
      'service_consent',
      { id: id(), member_id: memberId, client_id: id(), scopes: ['profile'], given_at: deps.now() },
    ],
    [
      'member_passkey',
      {
        id: random(),
        member_id: memberId,
        label: `Ponsel ${name}`,
        public_key: random(),
        counter: 0,
        transports: [],
        rp_id: 'localhost',
        synced: false,
        created_at: deps.now(),
      },
    ],
    [
      'import_row',
      {
        import_id: '01890000-0000-7000-8000-0000000000ff',
        n: ++rowsMade,
        content: seal('import', words),
        row_hash: testVault.hash(libraryId, 'import_row', words),
        number_hash: testVault.hash(libraryId, 'import_number', nik),
        outcome: 'new',
        reasons: [],
        candidates: '[]',
        keys: null,
        match_keys: row.match_keys,
        nik_slots: row.nik_slots,
        member_id: memberId,
      },
    ],
    [
      'audit_words',
      {
        audit_id: id(),
        subject: memberId,
        content: testVault.sealFor(libraryId, row.person_key, `dilihat untuk ${name}`),
      },
    ],
    [
      'breach',
      {
        id: id(),
        state: 'open',
        title: `Surat ${name} terkirim ke orang lain`,
        found_at: deps.now(),
        happened: `Surat untuk ${name} (${email}, 0${digits.slice(-9).replace(/(...)/g, '$1 ').trim()}) salah kirim`,
        cause: `Alamat ${row.number} tertukar`,
        data_kinds: ['name'],
        measures: `Sdr. ${name} dihubungi`,
        contact: 'Perpustakaan, (0333) 123456',
        due_at: deps.now(),
        recorded_at: deps.now(),
        recorded_by: by,
      },
    ],
    [
      'monthly_report',
      {
        month: '2020-01',
        revision: ++rowsMade,
        figures: '{}',
        digest: random(),
        checked_at: deps.now(),
        checked_by: by,
        checked_name: 'Kepala Bidang',
        withdrawn_at: deps.now(),
        withdrawn_name: 'Kepala Bidang',
        withdrawn_reason: `${name} terhitung dua kali`,
      },
    ],
    [
      'api_request',
      {
        client_id: id(),
        key_hash: random(),
        request_hash: random(),
        at: deps.now(),
        status: 201,
        answer: seal('api_answer', JSON.stringify({ status: 201, done: { body: { id: memberId, name } } })),
      },
    ],
    [
      'rights_request',
      {
        id: id(),
        kind: 'erase',
        member_id: memberId,
        channel: 'phone',
        words: testVault.sealFor(libraryId, row.person_key, words),
        received_at: deps.now(),
        due_at: deps.now(),
        state: 'open',
      },
    ],
  ];
  for (const [table, columns] of rows) {
    const all = { library_id: libraryId, ...columns };
    const names = Object.keys(all);
    await admin.query(
      `insert into ${table} (${names.join(', ')}) values (${names.map((_, index) => `$${index + 1}`).join(', ')})
       on conflict do nothing`,
      Object.values(all),
    );
  }
  await admin.query('update application set decision_note = $2, escalation_reason = $3 where id = $1', [
    row.application_id,
    testVault.sealFor(libraryId, row.person_key, `Catatan: ${name}`),
    `Catatan: ${name}`,
  ]);
  await admin.query('update procedure_version set returned_note = $2 where library_id = $1', [
    libraryId,
    `Salah untuk ${name.toUpperCase()}`,
  ]);
  return {
    memberId,
    values: [
      name,
      row.name_key,
      nik,
      phone,
      digits.slice(-9),
      email,
      line,
      institution,
      `Kota${word}`,
      row.number as MemberNumber,
    ],
    hashes: [
      testVault.hash(libraryId, 'nik', nik),
      testVault.hash(libraryId, 'document', nik),
      testVault.hash(libraryId, 'import_number', nik),
      testVault.hash(libraryId, 'import_row', words),
      testVault.hash(libraryId, 'checked', words),
      testVault.hash(libraryId, 'lending', words),
      ...(row.nik_hash ? [row.nik_hash] : []),
      ...(row.document_hash ? [row.document_hash] : []),
      ...(row.nik_slots && row.nik_slots.length > 0 ? [row.nik_slots] : []),
    ],
    key: row.person_key,
  };
}

/** Every place in the whole database where something of the person is found: plain, sealed, or as a keyed hash. */
async function placesOf(person: Person): Promise<readonly string[]> {
  const { rows: columns } = await admin.query<{ table: string; column: string; type: string }>(`
    select c.table_name as table, c.column_name as column, c.udt_name as type from information_schema.columns c
    join information_schema.tables t on t.table_name = c.table_name and t.table_schema = c.table_schema
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.table_name <> 'region' order by 1, 2`);
  const wanted = person.values.map((value) => value.toLowerCase());
  const found: string[] = [];
  for (const { table, column, type } of columns) {
    const { rows } = await admin.query<{ value: unknown }>(
      `select ${type === 'bytea' ? `"${column}"` : `"${column}"::text`} as value from ${table}
       where "${column}" is not null`,
    );
    for (const { value } of rows) {
      const texts: string[] = [];
      if (Buffer.isBuffer(value)) {
        if (value.length === 0) continue;
        if ([...person.hashes, person.key].some((hash) => value.includes(hash)))
          found.push(`${table}.${column}`);
        texts.push(value.toString('utf8'), ...openings(person, value));
      } else texts.push(String(value));
      if (texts.some((text) => wanted.some((each) => text.toLowerCase().includes(each))))
        found.push(`${table}.${column}`);
    }
  }
  return [...new Set(found)];
}

/** Whatever a column's bytes say to somebody who has the service's key, and the person's own. */
function openings(person: Person, sealed: Buffer): readonly string[] {
  const tries = [
    ...SEALED.map((kind) => () => testVault.openText(library.id, kind, sealed)),
    () => testVault.openFor(library.id, person.key, sealed),
  ];
  return tries.flatMap((open) => {
    try {
      return [open()];
    } catch {
      return [];
    }
  });
}

const erase = (memberId: MemberId, using: Deps = deps) =>
  inLibrary(database.db, library.id, (tx) =>
    erasePeople(tx, using, scope(), { members: [memberId] }, 'request'),
  );

it('after an erasure no column of any table holds anything of the person, plain, sealed or as a keyed hash', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.stringMatching(/^[B-DF-HJ-NP-TV-Z][aiueo][bdgklmnprst][aiueo][bdgklmnprst]{2}[aiueo][bdgklmnprst]$/),
      fc.integer({ min: 0, max: 8_999_999 }).map((tail) => `01016304${String(1_000_000 + tail).slice(-6)}`),
      async (word, digits) => {
        const person = await personEverywhere(word, digits);
        const before = await placesOf(person);
        // The walk finds what is there: each hole that was ever found stands here.
        for (const place of [
          'application.name',
          'member.nik_hash',
          'member.number',
          'revision.content',
          'revision.evidence_words',
          'api_request.answer',
          'breach.title',
          'breach.happened',
          'breach.cause',
          'breach.measures',
          'monthly_report.withdrawn_reason',
          'procedure_version.returned_note',
          'correction.message',
          'application_event.reason',
          'member_event.reason',
          'card_event.detail',
          'identity_check.exception_reason',
          'file.bytes',
          'draft.content',
          'visit.name',
          'told_apart.reason',
          'import_row.content',
          'lending_link.differences',
          'import_row.number_hash',
          'import_row.row_hash',
          'rights_request.words',
          'oidc_record.content',
          'member_passkey.label',
          'audit_words.content',
          'application.decision_note',
          'application.escalation_reason',
          'webhook_message.number',
        ])
          expect(before, place).toContain(place);
        await erase(person.memberId);
        expect(await placesOf(person)).toEqual([]);
      },
    ),
    { numRuns: 4, endOnFailure: true },
  );
}, 120_000);

it('every table that points at a person is filled above, or named with the reason why it need not be', async () => {
  const { memberId } = await personEverywhere('Lengkap', '01016344444444');
  const { rows: pointing } = await admin.query<{ table: string; columns: string[] }>(`
    select c.table_name as table, array_agg(c.column_name::text) as columns from information_schema.columns c
    join information_schema.tables t on t.table_name = c.table_name and t.table_schema = c.table_schema
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
      and c.column_name in ('member_id', 'application_id', 'card_id') group by 1 order by 1`);
  expect(pointing.length).toBeGreaterThan(25);
  const empty: string[] = [];
  for (const { table, columns } of pointing) {
    const whose = {
      member_id: 'member_id = $1',
      application_id: 'application_id = (select application_id from member where id = $1)',
      card_id: 'card_id in (select id from card where member_id = $1)',
    };
    const any = Object.entries(whose).flatMap(([column, sql]) => (columns.includes(column) ? [sql] : []));
    const { rowCount } = await admin.query(`select from ${table} where ${any.join(' or ')} limit 1`, [
      memberId,
    ]);
    if (rowCount === 0) empty.push(table);
  }
  expect(empty).toEqual(Object.keys(HOLD_NO_WORDS));
});

it('the figures keep what they count by, cards are dead, and what still ran has ended', async () => {
  const person = await personEverywhere('Terhitung', '01016311111111');
  await erase(person.memberId);
  const { rows: members } = await admin.query(
    'select state, sex, number, birth_date from member where id = $1',
    [person.memberId],
  );
  expect(members[0]).toMatchObject({
    state: 'ended',
    sex: 'P',
    number: expect.stringMatching(/^dihapus-/),
    birth_date: null,
  });
  const { rows: events } = await admin.query(
    `select kind, reason, sex, birth_year from member_event where member_id = $1 and kind = 'ended'`,
    [person.memberId],
  );
  expect(events).toEqual([{ kind: 'ended', reason: 'request', sex: 'P', birth_year: 1991 }]);
  const { rows: cards } = await admin.query(
    'select count(*)::int as alive from card where member_id = $1 and revoked_at is null',
    [person.memberId],
  );
  expect(cards[0].alive).toBe(0);
  const { rows: cases } = await admin.query(`select state from application where member_id = $1`, [
    person.memberId,
  ]);
  expect(cases).toEqual([{ state: 'completed' }]);
  const { rows: audit } = await admin.query(
    `select action, purpose from audit_log where subject_id = $1 and action = 'member.erase'`,
    [person.memberId],
  );
  expect(audit).toEqual([{ action: 'member.erase', purpose: 'request' }]);
});

it('the service cannot empty the history of somebody who was not erased', async () => {
  const person = await personEverywhere('Tetap', '01016322222222');
  await inLibrary(database.db, library.id, async (tx) => {
    const { sql } = await import('kysely');
    await sql`select forget_words(${[person.memberId]}::uuid[])`.execute(tx);
  });
  expect(await placesOf(person)).toContain('member_event.reason');
});

it('whom a restored backup brings back is erased again by the list outside the database, once', async () => {
  const keeping = { ...deps, keepErasures: erasureFile([folder]) };
  const person = await personEverywhere('Kembali', '01016333333333');
  const { rows } = await admin.query('select * from member where id = $1', [person.memberId]);
  await erase(person.memberId, keeping);
  expect(await writeErasures(database.db, keeping, library.id)).toBeGreaterThan(0);
  expect(await writeErasures(database.db, keeping, library.id)).toBe(0);
  // As an older backup holds the member.
  await admin.query(
    `update member set name = $2, name_key = $3, nik_hash = $4, person_key = $5, phone = $6, number = $7 where id = $1`,
    [
      person.memberId,
      rows[0].name,
      rows[0].name_key,
      rows[0].nik_hash,
      rows[0].person_key,
      rows[0].phone,
      rows[0].number,
    ],
  );
  await admin.query('delete from erasure_list where subject = $1', [person.memberId]);
  expect(await placesOf(person)).toContain('member.name');
  await appendFile(join(folder, ERASURE_FILE), '{"library":1,"sub');
  const { entries: list } = await readErasureFile(folder);
  // Of a database that is replaced, the list in it is read too, also where its schema knows of no decisions.
  const mentions = { taken: ['breach/1'], left: ['monthly_report/2026-01/1'] };
  const other = list.find(({ subject }) => subject !== person.memberId)?.subject;
  await admin.query('begin');
  await admin.query('update erasure_list set mentions = $2 where subject = $1', [other, mentions]);
  const listed = await readErasureTable(admin);
  expect(listed).toContainEqual({ library: library.id, subject: other, at: expect.any(String), mentions });
  await admin.query('alter table erasure_list drop column mentions');
  const older = await readErasureTable(admin);
  expect(older).toContainEqual({ library: library.id, subject: other, at: expect.any(String) });
  await admin.query('rollback');
  expect(list).toContainEqual({ library: library.id, subject: person.memberId, at: expect.any(String) });
  expect(await eraseAgain(database.db, deps, list)).toMatchObject({ erased: 1 });
  expect(await placesOf(person)).toEqual([]);
  expect(await eraseAgain(database.db, deps, list)).toMatchObject({ erased: 0 });
});
