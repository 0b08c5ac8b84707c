/**
 * How the database answers what is asked most, with members on file: committed beside this test as text, and never by
 * reading a whole table. `auto_explain` shows the statements inside functions as well, planned as they really are.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chunkOf, copyLines } from '../../bench/crosscheck/chunk.ts';
import { CARD_NOW } from '../../src/db/card.ts';
import type { Tx } from '../../src/db/connection.ts';
import { familyOf } from '../../src/db/member-family.ts';
import { PATRON_NOW } from '../../src/db/patron.ts';
import { MEMBER_KEYS, visitStatement } from '../../src/db/visit.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import { guardianStands } from '../../src/usecases/ask-own-consent.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { cardsWithMembers } from '../../src/usecases/read-card.ts';
import { createTestDatabase, type TestDatabase, testVault } from '../support/database.ts';

const MEMBERS = 8_000;

let database: TestDatabase;
let session: pg.Client;
const plans: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const library = await loadLibrary(database.db, 'banyuwangi', new Date());
  const point = library?.servicePoints[0]?.id;
  if (!library || point === undefined) throw new Error('not seeded');
  session = new pg.Client(database.addresses.admin);
  session.on('notice', ({ message }) => plans.push(message ?? ''));
  await session.connect();
  const lines = copyLines(
    chunkOf(0, MEMBERS).existing,
    0,
    { libraryId: library.id, servicePointId: point },
    testVault,
  );
  const columns = lines.next().value ?? [];
  await pipeline(
    Readable.from(lines).map((line: readonly string[]) => `${line.join('\t')}\n`),
    session.query(copyFrom(`copy member (${columns.join(', ')}) from stdin`)),
  );
  await session.query('vacuum (analyze) member');
  await session.query(`load 'auto_explain'`);
  for (const [name, value] of Object.entries({
    'auto_explain.log_min_duration': '0',
    'auto_explain.log_nested_statements': 'on',
    'auto_explain.log_analyze': 'off',
    client_min_messages: 'log',
    jit: 'off',
  }))
    await session.query(`select set_config($1, $2, false)`, [name, value]);
  await session.query(`select set_config('app.library_id', $1, false)`, [String(library.id)]);
  await session.query(`set role ${database.addresses.app.user}`);
}, 120_000);
afterAll(async () => {
  await session.end();
  await database.drop();
});

/** The plans of one query and of all that its functions ask, without figures that change with the data. */
async function plansOf(text: string, values: readonly unknown[]): Promise<string> {
  plans.length = 0;
  await session.query(text, [...values]);
  return plans
    .filter((plan) => plan.includes('member') || plan.includes('application'))
    .map((plan) => plan.replace(/^duration: [\d.]+ ms +plan:\n/, '').replace(/ +\(cost=[^)]*\)/g, ''))
    .map((plan) => plan.replace(/\b\d+(?=::|\}|,| \+)/g, 'N').replace(/'\{[^}]*\}'/g, `'{…}'`))
    .map((plan) =>
      plan.replace(/\(NULLIF\(current_setting\('app\.library_id'[^)]*\)[^)]*\)\)::integer/g, 'app_library()'),
    )
    .join('\n\n');
}

const OPEN = `'waiting_guardian', 'submitted', 'in_review', 'needs_correction'`;

/** Those whom a search finds, and their rows. */
function pageOf(asked: string): string {
  return `with found as materialized (select distinct member_id from member_search(${asked})), page as (
      select id, number, name from member
      where id = any(array(select member_id from found)) and merged_into is null order by id desc limit 26)
    select counted.hits, page.* from (select count(*)::int as hits from found) as counted left join page on true`;
}

const HOT: readonly { readonly name: string; readonly text: string; readonly values: readonly unknown[] }[] =
  [
    {
      name: 'cross-check: members who may be the person',
      text: `select asked.n, m.name from unnest((select $1::text[]), (select $2::text[]), (select $3::text[]),
          (select $4::text[])) with ordinality as asked (keys, expected, hashes, phone, n),
        member_candidates(asked.keys::int[], asked.expected::float8[], $5::float8, asked.hashes::bytea[], asked.phone, 50)
          as found
        join member m on m.id = found.member_id`,
      values: [['{1,2,3}'], ['{9,8,7}'], [`{"\\\\x${'00'.repeat(16)}"}`], ['+628123456789'], 8_000],
    },
    {
      name: 'cross-check: those who are shown, and who stands for them',
      text: `select own.*, head.id from member own left join lateral (
          select id, number, state, valid_until from member where id = own.merged_into offset 0
        ) as head on true
        where own.id = any((select $1::uuid[])::uuid[])`,
      values: [['01890000-0000-7000-8000-000000000000']],
    },
    {
      name: 'cross-check: open cases that may be the person',
      text: `select * from (select * from application where id <> $1 and id = any(array(
          select id from application where state in (${OPEN}) and document_hash in ($2, $3)
          union all select id from application where state in (${OPEN}) and nik_hash in ($2, $3)
          union all select id from application where state in (${OPEN}) and phone = $4
          union all select id from application where state in (${OPEN}) and birth_date = $5)) offset 0) as found
        order by created_at desc limit 60`,
      values: [
        '01890000-0000-7000-8000-000000000000',
        Buffer.alloc(16),
        Buffer.alloc(16, 1),
        '+628123456789',
        '1990-01-01',
      ],
    },
    {
      name: 'search: beginnings of words',
      text: pageOf('$1, $2, false, null, null, null, 100'),
      values: [
        [1, 2],
        ['% siti%', '% ami%'],
      ],
    },
    {
      name: 'search: beginnings that many have, the newest first',
      text: pageOf('$1, $2, true, null, null, null, 100'),
      values: [[1], ['% siti%']],
    },
    {
      name: 'search: number, phone and birth date',
      text: `select member_id from member_search('{}', null, false, '0001', '+628123456789', '1990-01-01', 100)`,
      values: [],
    },
    {
      name: 'register: nothing is looked for among the members; the number of a new one is unique',
      text: 'select id from member where library_id = app_library() and number = $1',
      values: ['K000A0000001'],
    },
    {
      name: 'check-ins that were waiting together: device, member, earlier visits of the same person',
      text: visitStatement(MEMBER_KEYS),
      values: ['0', JSON.stringify([{ n: 0, by_number: 'K000A0000001' }])],
    },
    {
      name: 'cards that are checked together: each with who stands for its membership',
      text: CARD_NOW,
      values: ['0', ['01890000-0000-7000-8000-000000000000']],
    },
    {
      name: 'numbers that SIP2 devices ask about together: each with who stands for it',
      text: PATRON_NOW,
      values: ['0', ['K000A0000001']],
    },
  ];

/** Of pages that show one person's card: the KTA, the case, the status page. */
function cardOfMember(): {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
} {
  const id = '01890000-0000-7000-8000-000000000000' as MemberId;
  const { sql: text, parameters: values } = cardsWithMembers(database.db as unknown as Tx)
    .where('card.member_id', 'in', familyOf(id))
    .where('card.revoked_at', 'is', null)
    .select(guardianStands('member').as('guardian_stands'))
    .compile();
  return {
    name: 'the card of a member, with who stands for the membership and what was consented to',
    text,
    values,
  };
}

it('is answered by indexes, as the committed plans show', async () => {
  const texts: string[] = [];
  for (const { name, text, values } of [...HOT, cardOfMember()]) {
    const plan = await plansOf(text, values);
    expect(plan, name).toContain('Index');
    expect(plan, name).not.toContain('Seq Scan');
    texts.push(`== ${name}\n\n${plan}\n`);
  }
  const { rows } = await session.query<{ version: string }>(
    `select current_setting('server_version_num') as version`,
  );
  // Another version words its plans otherwise.
  if (Number(rows[0]?.version) >= 180_000)
    await expect(texts.join('\n')).toMatchFileSnapshot('hot-plans.txt');
});
