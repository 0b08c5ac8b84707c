import { describe, expect, it } from 'vitest';
import { checkFeed, feedPause, partsOfDatabase, type TypedFeed } from './feed.ts';

const TYPED: TypedFeed = {
  url: ' https://koha.contoh.go.id/ ',
  host: ' Basis.contoh.go.id ',
  port: '3306',
  database: 'inlislite_v3',
  access: 'basic',
  account: ' daftar ',
  secret: 'rahasia',
  every: '15',
  active: true,
  inside: false,
  first: 'ask',
};
const reasons = (changes: Partial<TypedFeed>, kept: Parameters<typeof checkFeed>[2] = null) => {
  const checked = checkFeed('koha-rest', { ...TYPED, ...changes }, kept);
  return checked.ok ? [] : checked.problems.map((problem) => problem.reason);
};

describe('the feed to Koha as an officer sets it', () => {
  it('is taken with its address and account tidied', () => {
    expect(checkFeed('koha-rest', TYPED, null)).toEqual({
      ok: true,
      feed: {
        url: 'https://koha.contoh.go.id',
        access: 'basic',
        account: 'daftar',
        secret: 'rahasia',
        everyMinutes: 15,
        active: true,
        inside: false,
        first: 'ask',
      },
    });
    expect(reasons({ url: 'http://10.0.0.5:8080/staf/' })).toEqual([]);
  });

  it.each([
    'koha.contoh.go.id',
    'ftp://koha.contoh.go.id',
    'https://daftar:rahasia@koha.contoh.go.id',
    'https://koha.contoh.go.id/?a=1',
    'https://koha.contoh.go.id/#a',
    `https://koha.contoh.go.id/${'a'.repeat(300)}`,
    '',
  ])('refuses the address %s', (url) => expect(reasons({ url })).toEqual(['url-wrong']));

  it('names every field that is wrong', () => {
    expect(reasons({ url: '', access: '', account: ' ', secret: '', every: 'x' })).toEqual([
      'url-wrong',
      'access-missing',
      'account-missing',
      'secret-missing',
      'every-wrong',
    ]);
    expect(reasons({ account: 'daf:tar' })).toEqual(['account-wrong']);
    expect(reasons({ account: 'daf:tar', access: 'oauth' })).toEqual([]);
    for (const every of ['4', '1441', '', '5.5', '-5']) expect(reasons({ every })).toEqual(['every-wrong']);
    for (const every of ['5', '1440']) expect(reasons({ every })).toEqual([]);
  });

  it('keeps the secret that is there, but for the place it was meant for only', () => {
    const kept = { url: 'https://koha.contoh.go.id', access: 'basic', account: 'daftar' };
    expect(reasons({ secret: '' }, kept)).toEqual([]);
    for (const change of [{ url: 'https://lain.contoh' }, { access: 'oauth' }, { account: 'lain' }]) {
      expect(reasons({ secret: '', ...change }, kept)).toEqual(['secret-elsewhere']);
      expect(reasons(change, kept)).toEqual([]);
    }
  });
});

describe('the connection to a database as an admin sets it', () => {
  const database = (changes: Partial<TypedFeed>) => checkFeed('inlislite-db', { ...TYPED, ...changes }, null);

  it('becomes an address without anybody’s password', () => {
    expect(database({})).toMatchObject({
      ok: true,
      feed: { url: 'mysql://basis.contoh.go.id:3306/inlislite_v3', access: null, account: 'daftar' },
    });
    const six = database({ host: 'fd00::5', port: '3307' });
    if (!six.ok) throw new Error('refused');
    expect(partsOfDatabase(six.feed.url)).toEqual({ host: 'fd00::5', port: 3307, database: 'inlislite_v3' });
  });

  it.each([
    [{ host: 'http://basis' }, 'host-wrong'],
    [{ host: 'basis:3306' }, 'host-wrong'],
    [{ host: '' }, 'host-wrong'],
    [{ host: 'a/../b' }, 'host-wrong'],
    [{ port: '0' }, 'port-wrong'],
    [{ port: '65536' }, 'port-wrong'],
    [{ database: 'a`b' }, 'database-wrong'],
    [{ database: "x'; drop" }, 'database-wrong'],
    [{ database: '' }, 'database-wrong'],
  ] as const)('refuses %j', (changes, reason) => {
    const checked = database(changes);
    expect(checked.ok ? [] : checked.problems.map((problem) => problem.reason)).toEqual([reason]);
  });
});

describe('the next look of the feed', () => {
  it('is as set after a good run, and later and later after failures', () => {
    expect(feedPause(15, 0, null)).toBe(15);
    const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 40].map((n) => feedPause(15, n, 'koha-unreachable'));
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 360, 360]);
  });

  it('leaves an account alone that Koha may be about to close', () => {
    expect([1, 2, 3, 4].map((n) => feedPause(5, n, 'koha-denied'))).toEqual([60, 120, 240, 360]);
  });
});
