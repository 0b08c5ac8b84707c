import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeRegion, describeRegions, findRegion, searchRegions } from '../../src/db/region.ts';
import { loadRegions } from '../../src/db/region-data.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let loading: number;
let written: number;

beforeAll(async () => {
  database = await createTestDatabase();
  // As on a new installation; the template has the made-up province only.
  await database.owner.deleteFrom('region').execute();
  await database.owner.deleteFrom('installation').where('key', '=', 'regions').execute();
  const begun = performance.now();
  written = await loadRegions(database.owner, { fictional: true });
  loading = performance.now() - begun;
});
afterAll(() => database.drop());

const paths = async (text: string, near?: string) =>
  (await searchRegions(database.db, text, near === undefined ? {} : { near })).map((hit) => hit.path);

it('all provinces, regencies, districts and villages of the country are there', async () => {
  const { rows } = await sql<{ level: number; count: number }>`
    select level, count(*) from region where code not like '99%' group by level order by level
  `.execute(database.db);
  expect(rows.slice(0, 2)).toEqual([
    { level: 1, count: 38 },
    { level: 2, count: 514 },
  ]);
  expect(rows[2]?.count).toBeGreaterThan(7_200);
  expect(rows[3]?.count).toBeGreaterThanOrEqual(83_700);
  console.log(`region_load_ms: ${Math.round(loading)} ms, ${written} rows`);
});

it('a second start finds the list there and writes nothing', async () => {
  expect(await loadRegions(database.owner, { fictional: true })).toBe(0);
});

it('every village lies in a district, every district in a regency, every regency in a province', async () => {
  const { rows } = await sql`
    select child.code from region child left join region parent on parent.code = child.parent_code
    where child.level > 1 and parent.level is distinct from child.level - 1
  `.execute(database.db);
  expect(rows).toEqual([]);
});

it('a place is written as in an address: desa or kelurahan, district, regency or city, province', async () => {
  expect(await describeRegion(database.db, '33.74.01')).toBe(
    'Kec. Semarang Tengah, Kota Semarang, Jawa Tengah',
  );
  expect(await describeRegion(database.db, '33.74')).toBe('Kota Semarang, Jawa Tengah');
  expect(await describeRegion(database.db, '35.10')).toBe('Kab. Banyuwangi, Jawa Timur');
  expect(await describeRegion(database.db, '31.71')).toMatch(/DKI Jakarta$/);
  expect(await describeRegion(database.db, '99.71.01.1001')).toBe(
    'Kel. Contoh Kulon, Kec. Contoh Tengah, Kota Contoh, Contoh',
  );
  expect(await describeRegion(database.db, '00.00')).toBe('00.00');
  const many = await describeRegions(database.db, ['33', '99', '33', '00']);
  expect([...many]).toEqual([
    ['33', 'Jawa Tengah'],
    ['99', 'Contoh'],
  ]);
});

it('typing the beginning of a name offers a handful of places with that name', async () => {
  const found = await searchRegions(database.db, 'Sumber');
  expect(found).toHaveLength(8);
  for (const hit of found) expect(hit.name.toLowerCase()).toMatch(/^sumber/);
});

it('words of district and regency narrow the answer, in any order and with kec. and kab. or without', async () => {
  for (const text of [
    'genteng kulon banyuwangi',
    'banyuwangi genteng kulon',
    'Desa Genteng Kulon, Kec. Genteng, Kab. Banyuwangi',
    'genteng kul banyu',
  ])
    expect((await paths(text))[0]).toBe('Desa Genteng Kulon, Kec. Genteng, Kab. Banyuwangi, Jawa Timur');
});

it('places near the library come first', async () => {
  const near = await paths('sidorejo', '33.74');
  expect(near[0]).toMatch(/Jawa Tengah$/);
  expect((await paths('sumber', '35.10'))[0]).toContain('Kab. Banyuwangi');
});

it('an apostrophe typed or left out makes no difference', async () => {
  const { rows } = await sql<{ code: string; name: string }>`
    select code, name from region where level = 4 and name like '%''%' order by code limit 20
  `.execute(database.db);
  expect(rows.length).toBeGreaterThan(0);
  for (const { code, name } of rows)
    for (const typed of [name, name.replaceAll("'", '')]) {
      const path = await describeRegion(database.db, code);
      const above = path.split(', ').slice(1).join(' ');
      const found = await searchRegions(database.db, `${typed} ${above}`);
      expect(found.map((hit) => hit.code)).toContain(code);
    }
});

it('a name written apart or with a letter missed is still offered', async () => {
  const found = await paths('gentengg kulonn');
  expect(found.some((path) => path.includes('Genteng Kulon'))).toBe(true);
});

it('signs of the pattern language are only text', async () => {
  for (const text of ['%', '_', '%%%', "' or 1=1 --", '\\', 'a']) expect(await paths(text)).toEqual([]);
});

it('a village is found by its code', async () => {
  expect(await findRegion(database.db, '99.01.01.2001')).toEqual({
    code: '99.01.01.2001',
    name: 'Sukacontoh',
    level: 4,
    path: 'Desa Sukacontoh, Kec. Contoh Utara, Kab. Contoh, Contoh',
    parentCode: '99.01.01',
  });
  expect(await findRegion(database.db, '99.99')).toBeUndefined();
});

it('answers come fast enough to type along', async () => {
  const texts = [
    'su',
    'sum',
    'sumber',
    'karang jawa',
    'jawa tengah',
    'semarang',
    'genteng banyuwangi',
    'zzzzzz',
    'ba',
    'tengah',
  ];
  for (const text of texts) await searchRegions(database.db, text, { near: '33.74' });
  const times: [string, number][] = [];
  for (const text of texts) {
    const runs: number[] = [];
    for (let run = 0; run < 7; run++) {
      const begun = performance.now();
      await searchRegions(database.db, text, { near: '33.74' });
      runs.push(performance.now() - begun);
    }
    times.push([text, runs.sort((a, b) => a - b)[3] ?? 0]);
  }
  console.log(times.map(([text, ms]) => `region_search(${text}): ${ms.toFixed(1)} ms`).join('\n'));
  // What holds on a busy machine as well: no search reads the whole table.
  for (const [, ms] of times) expect(ms).toBeLessThan(1000);
});
