import { expect, it } from 'vitest';
import { openHotStatements } from './hot-statements.ts';

const often = (times: number, ask: () => string | undefined) => {
  let last: string | undefined;
  for (let n = 0; n < times; n++) last = ask();
  return last;
};

it('names a statement that is asked all the time, and keeps its name', () => {
  let now = 0;
  const hot = openHotStatements(() => now);
  expect(often(59, () => hot.use('select 1'))).toBeUndefined();
  expect(hot.use('select 1')).toBe('prepared_1');
  now = 1e9;
  expect(hot.use('select 1')).toBe('prepared_1');
  expect(hot.name('select 1')).toBe('prepared_1');
  expect(hot.name('/* prepared */ select 2')).toBe('prepared_2');
});

it('leaves alone what is asked now and then, lists of rows, and what is no statement of rows', () => {
  let now = 0;
  const hot = openHotStatements(() => now);
  expect(
    often(500, () => {
      now += 1_200;
      return hot.use('select seldom');
    }),
  ).toBeUndefined();
  expect(often(100, () => hot.use(`insert into t values ${'(1),'.repeat(5_000)}`))).toBeUndefined();
  expect(often(100, () => hot.use('insert into t (a, b) values ($1, $2), ($3, $4)'))).toBeUndefined();
  expect(often(100, () => hot.use('select * from t where id in ($1, $2, $3, $4, $5, $6)'))).toBeUndefined();
  expect(often(100, () => hot.use('select * from t where id in ($1, $2)'))).toBe('prepared_1');
  expect(often(100, () => hot.use('set local statement_timeout = 0'))).toBeUndefined();
  expect(often(100, () => hot.use("/* with begin */ select set_config('a', '1', true)"))).toBeUndefined();
});

it('has a bound, and ever new texts do not fill the memory', () => {
  const hot = openHotStatements(() => 0);
  for (let n = 0; n < 400; n++) often(60, () => hot.use(`select ${n}`));
  const named = Array.from({ length: 400 }, (_, n) => hot.use(`select ${n}`)).filter(
    (name) => name !== undefined,
  );
  expect(named.length).toBe(250);
  expect(new Set(named).size).toBe(250);
});
