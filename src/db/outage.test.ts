import pg from 'pg';
import { expect, it } from 'vitest';
import { DatabaseUnreachable, namedTrouble, openReachability, outageOf, PoolExhausted } from './outage.ts';

function answered(code: string): pg.DatabaseError {
  const error = new pg.DatabaseError('no', 2, 'error');
  error.code = code;
  return error;
}

it.each([
  ['53100', 'full'],
  ['53200', 'busy'],
  ['53300', 'busy'],
  ['57014', 'busy'],
  ['40P01', 'busy'],
  ['57P01', 'unreachable'],
  ['57P02', 'unreachable'],
  ['57P03', 'unreachable'],
  ['08006', 'unreachable'],
  ['25006', 'unreachable'],
] as const)('the database answering %s is an outage: %s', (code, outage) => {
  expect(outageOf(answered(code))).toBe(outage);
});

it.each(['23505', '42703', '22P02', 'XX000'])(
  'the database answering %s is a mistake of the program',
  (code) => {
    expect(outageOf(answered(code))).toBeUndefined();
  },
);

it('a refused, reset or timed out connection is an outage, also with several addresses tried', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const noSocket = Object.assign(new Error('connect ENOENT'), { code: 'ENOENT' });
  for (const error of [
    refused,
    noSocket,
    new AggregateError([refused]),
    new Error('Connection terminated unexpectedly'),
    new Error('timeout expired'),
    new Error('Query read timeout'),
  ])
    expect(outageOf(namedTrouble(error))).toBe('unreachable');
});

it('a pool with nothing free is busy; other errors keep their own name', () => {
  const full = namedTrouble(new Error('timeout exceeded when trying to connect'));
  expect(full).toBeInstanceOf(PoolExhausted);
  expect(outageOf(full)).toBe('busy');
  const mistake = new TypeError('x is not a function');
  expect(namedTrouble(mistake)).toBe(mistake);
  expect(outageOf(mistake)).toBeUndefined();
});

it('while the server is down one tries and the others are told at once; the first success lets all through', async () => {
  let now = 0;
  const reachable = openReachability(() => now);
  const down = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  reachable.check();
  await expect(reachable.watch(Promise.reject(down))).rejects.toBeInstanceOf(DatabaseUnreachable);
  expect(() => reachable.check()).toThrow(DatabaseUnreachable);
  now = 300;
  reachable.check();
  let connect: (value: string) => void = () => undefined;
  const trying = reachable.watch(new Promise<string>((resolve) => (connect = resolve)));
  expect(() => reachable.check()).toThrow(DatabaseUnreachable);
  connect('there');
  expect(await trying).toBe('there');
  reachable.check();
});

it('an error of a statement or a busy server does not make it unreachable', async () => {
  const reachable = openReachability(() => 0);
  await expect(reachable.watch(Promise.reject(answered('53300')))).rejects.toMatchObject({ code: '53300' });
  reachable.check();
});
