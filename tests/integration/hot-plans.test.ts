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
import { MEMBER_KEYS, visitStatement } from '../../src/db/visit.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
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

const HOT: readonly { readonly name: string; readonly text: string; readonly values: readonly unknown[] }[] =
  [
    {
      name: 'cross-check: members who may be the person',
      text: `select asked.n, m.name from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality
        as asked (keys, weights, hashes, phone, n),
      member_candidates(asked.keys::int[], asked.weights::int[], asked.hashes::bytea[], asked.phone, 40) as found
      join member m on m.id = found.member_id`,
      values: [['{1,2,3}'], ['{9,8,7}'], [`{"\\\\x${'00'.repeat(16)}"}`], ['+628123456789']],
    },
    {
      name: 'cross-check: open cases that may be the person',
      text: `select * from (select * from application
        where state in ('waiting_guardian', 'submitted', 'in_review', 'needs_correction')
          and id <> $1 and (document_hash in ($2) or nik_hash in ($2) or phone = $3 or birth_date = $4) offset 0) as found
      order by created_at desc limit 60`,
      values: ['01890000-0000-7000-8000-000000000000', Buffer.alloc(16), '+628123456789', '1990-01-01'],
    },
    {
      name: 'search: beginnings of words',
      text: 'select member_id from member_search($1, $2, false, null, null, null, 100)',
      values: [
        [1, 2],
        ['% siti%', '% ami%'],
      ],
    },
    {
      name: 'search: beginnings that many have, the newest first',
      text: 'select member_id from member_search($1, $2, true, null, null, null, 100)',
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
  ];

it('is answered by indexes, as the committed plans show', async () => {
  const texts: string[] = [];
  for (const { name, text, values } of HOT) {
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
