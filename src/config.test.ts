import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readConfig, SETTINGS } from './config.ts';

function problemsOf(env: Record<string, string>): string[] {
  const result = readConfig(env);
  return result.ok ? [] : result.problems;
}

test('with nothing set the service listens on this computer only, port 8080, data beside the program', () => {
  const result = readConfig({});
  expect(result).toMatchObject({
    ok: true,
    config: { port: 8080, host: '127.0.0.1', databaseUrl: undefined, trustedProxies: [], smtp: undefined },
  });
  expect(result.ok && result.config.dataDir.endsWith('data')).toBe(true);
});

test('SIP2 devices are let in only where a port is named, on this computer only unless an address is', () => {
  const result = readConfig({});
  expect(result.ok && result.config.sip2).toBeUndefined();
  expect(readConfig({ SIP2_PORT: '6001' })).toMatchObject({
    ok: true,
    config: { sip2: { port: 6001, host: '127.0.0.1', tls: undefined } },
  });
});

test('a variable set to nothing counts as not set', () => {
  expect(readConfig({ PORT: '', HOST: ' ', DATA_KEY: '' })).toMatchObject({
    ok: true,
    config: { port: 8080 },
  });
});

test.each([
  ['PORT', '80a'],
  ['PORT', '65536'],
  ['HOST', 'localhost:8080'],
  ['PUBLIC_URL', 'perpus.test'],
  ['PUBLIC_URL', 'https://perpus.example/anggota'],
  ['DATABASE_URL', 'mysql://root@localhost/x'],
  ['DATABASE_URL', 'postgres://localhost'],
  ['DATABASE_POOL_SIZE', '1'],
  ['PAGE_PROCESSES', '0'],
  ['PAGE_PROCESSES', '9'],
  ['TLS_CERT', '/nowhere/cert.pem'],
  ['SIP2_PORT', 'enam'],
  ['SIP2_HOST', '10.0.0.5:6001'],
  ['SIP2_TLS_CERT', '/nowhere/cert.pem'],
  ['TRUSTED_PROXIES', '10.0.0.0/33'],
  ['TRUSTED_PROXIES', '127.0.0.1, proxy.example'],
  ['SMTP_URL', 'surat.test'],
  ['SMS_URL', 'gerbang.test/{nomor}/{teks}'],
  ['SMS_AUTHORIZATION', 'rahasia\nlain: x'],
  ['SMS_AUTHORIZATION_FILE', '/nowhere/kunci'],
  ['DATA_KEY', 'c2hvcnQ='],
  ['BACKUP', 'yes'],
  ['BACKUP_TIME', '24:00'],
  ['BACKUP_KEEP', '0,4,12'],
  ['BACKUP_KEEP', '8,5'],
  ['BACKUP_PASSPHRASE', 'kurang'],
])('a wrong %s is refused with its name, and without repeating its value', (name, value) => {
  const problems = problemsOf({ [name]: value });
  expect(problems.some((problem) => problem.startsWith(`${name} must `))).toBe(true);
  expect(problems.join('\n')).not.toContain(value);
});

test('all problems are told at once', () => {
  expect(problemsOf({ PORT: 'x', HOST: 'a b' })).toHaveLength(2);
});

test.each([
  [{ TLS_CERT: import.meta.filename }, 'TLS_KEY'],
  [{ TLS_KEY: import.meta.filename }, 'TLS_CERT'],
  [{ SMTP_URL: 'smtps://mail.example' }, 'SMTP_FROM'],
  [{ SMS_BODY: 'to={nomor}&text={teks}' }, 'SMS_URL'],
  [{ SMS_AUTHORIZATION: 'Bearer rahasia' }, 'SMS_URL'],
  [{ MIGRATION_DATABASE_URL: 'postgres://owner@localhost/daftar' }, 'DATABASE_URL'],
])('settings that belong together are asked for together: %o', (env, missing) => {
  expect(problemsOf(env)).toEqual([expect.stringMatching(new RegExp(`^${missing} is missing`))]);
});

test('proxies may be single addresses and ranges of both families', () => {
  expect(readConfig({ TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8 ::1,fd00::/8' })).toMatchObject({
    ok: true,
    config: { trustedProxies: ['127.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8'] },
  });
});

test('any 32 bytes in base64 are a key, and come back unchanged', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
      const result = readConfig({ DATA_KEY: Buffer.from(bytes).toString('base64') });
      expect(result.ok && result.config.dataKey).toEqual(bytes);
    }),
  );
});

test('backups go by themselves where the database is embedded, into the data folder, seven days, four weeks, a year', () => {
  const embedded = readConfig({ DATA_DIR: '/srv/daftar' });
  expect(embedded.ok && embedded.config.backup).toEqual({
    scheduled: true,
    beforeUpgrade: true,
    folder: '/srv/daftar/backups',
    second: undefined,
    time: '02:00',
    keep: { daily: 7, weekly: 4, monthly: 12 },
    passphrase: undefined,
  });
  const DATABASE_URL = 'postgres://daftar@localhost/daftar';
  expect(readConfig({ DATABASE_URL })).toMatchObject({ config: { backup: { scheduled: false } } });
  expect(readConfig({ DATABASE_URL, BACKUP: 'on', BACKUP_KEEP: '30, 0, 24' })).toMatchObject({
    config: { backup: { scheduled: true, keep: { daily: 30, weekly: 0, monthly: 24 } } },
  });
});

const FROM = { SMTP_FROM: 'perpus@contoh.example' };

test.each([
  [{ DATABASE_URL: 'postgres://daftar:rahasia@db.example/daftar' }, 'DATABASE_URL', 'database'],
  [
    { DATABASE_URL: 'postgres://daftar:rahasia@db.example/daftar?sslmode=disable' },
    'DATABASE_URL',
    'database',
  ],
  [
    { DATABASE_URL: 'postgres://daftar:rahasia@10.0.0.5/daftar?sslmode=no-verify' },
    'DATABASE_URL',
    'database',
  ],
  [
    { DATABASE_URL: 'postgres://daftar:rahasia@localhost/daftar?host=db.example' },
    'DATABASE_URL',
    'database',
  ],
  [{ SMTP_URL: 'smtp://perpus:rahasia@mail.example:587', ...FROM }, 'SMTP_URL', 'mail'],
  [
    { DATABASE_URL: 'postgres://daftar:rahasia@db.example/daftar?sslmode=require&uselibpqcompat=true' },
    'DATABASE_URL',
    'database',
  ],
  [
    { DATABASE_URL: 'postgres://daftar:rahasia@db.example/daftar?sslmode=verify-full&sslmode=disable' },
    'DATABASE_URL',
    'database',
  ],
  [
    { DATABASE_URL: 'postgres://daftar:rahasia@db.example/daftar?host=localhost&host=db.example' },
    'DATABASE_URL',
    'database',
  ],
  [{ SMS_URL: 'http://perpus:rahasia@10.0.0.9:8080/?to={nomor}&text={teks}' }, 'SMS_URL', 'sms'],
  [{ DATABASE_URL: 'postgres:///daftar' }, 'DATABASE_URL', 'database'],
  [{ DATABASE_URL: 'postgres:///daftar?host=' }, 'DATABASE_URL', 'database'],
  [
    { SMTP_URL: 'smtps://perpus:rahasia@mail.example:465/?tls.rejectUnauthorized=false', ...FROM },
    'SMTP_URL',
    'mail',
  ],
  [
    {
      SMTP_URL: 'smtp://perpus:rahasia@mail.example:587/?requireTLS=true&tls.rejectUnauthorized=false',
      ...FROM,
    },
    'SMTP_URL',
    'mail',
  ],
])(
  'passwords and data leave this computer only encrypted, unless the operator says so: %o',
  (env, name, word) => {
    const [problem = '', ...others] = problemsOf(env);
    expect(problem).toContain(`${name} leads to another host without TLS`);
    expect(problem).not.toContain('rahasia');
    expect(others).toEqual([]);
    expect(readConfig({ ...env, ALLOW_PLAINTEXT: word })).toMatchObject({ ok: true });
    expect(problemsOf({ ...env, ALLOW_PLAINTEXT: word === 'mail' ? 'database' : 'mail' })).toEqual([problem]);
  },
);

test('lending systems on other computers are reached without TLS only where the operator says so', () => {
  const read = (env: Record<string, string>) => {
    const result = readConfig(env);
    return result.ok && result.config.lendingPlaintext;
  };
  expect([read({}), read({ ALLOW_PLAINTEXT: 'sms' }), read({ ALLOW_PLAINTEXT: 'sms,lending' })]).toEqual([
    false,
    false,
    true,
  ]);
});

test.each([
  { DATABASE_URL: 'postgres://daftar:rahasia@db.example/daftar?sslmode=verify-full' },
  { DATABASE_URL: 'postgres://daftar:rahasia@db.example/daftar?sslmode=disable&sslmode=require' },
  {
    DATABASE_URL:
      'postgres://daftar@db.example/daftar?sslmode=require&uselibpqcompat=true&sslrootcert=/etc/ca.pem',
  },
  { DATABASE_URL: 'postgres:///daftar?host=/var/run/postgresql' },
  { DATABASE_URL: 'postgres://daftar:rahasia@127.0.0.1:5433/daftar' },
  { DATABASE_URL: 'postgres://daftar:rahasia@%2Fvar%2Frun%2Fpostgresql/daftar' },
  { SMTP_URL: 'smtps://perpus:rahasia@mail.example:465', ...FROM },
  { SMTP_URL: 'smtp://perpus:rahasia@mail.example:587/?requireTLS=true', ...FROM },
  { SMTP_URL: 'smtp://localhost:25', ...FROM },
  { SMS_URL: 'https://sms.example/?to={nomor}&text={teks}' },
  { SMS_URL: 'http://127.0.0.1:13013/?to={nomor}&text={teks}' },
  { SMTP_URL: 'smtps://localhost:465/?tls.rejectUnauthorized=false', ...FROM },
])('what is encrypted, or stays on this computer, is taken as it is: %o', (env) => {
  expect(problemsOf(env)).toEqual([]);
});

test.each([
  [{}, false],
  [{ PUBLIC_URL: 'http://perpus.example' }, false],
  [{ PUBLIC_URL: 'https://perpus.example' }, true],
  [{ PUBLIC_URL: 'https://perpus.example', HSTS_SUBDOMAINS: 'off' }, false],
  [{ HSTS_SUBDOMAINS: 'on' }, true],
])('names below a host that was given as https are told to be https too: %o', (env, hstsSubdomains) => {
  expect(readConfig(env)).toMatchObject({ ok: true, config: { hstsSubdomains } });
});

describe('a gateway for text messages', () => {
  const SMS_URL = 'https://sms.contoh.example/kirim?to={nomor}&text={teks}';

  test('is none until it is set, and then is read as it is described', () => {
    expect(readConfig({})).toMatchObject({ ok: true, config: { sms: undefined } });
    expect(readConfig({ SMS_URL })).toMatchObject({
      config: {
        sms: { url: SMS_URL, method: 'GET', body: undefined, header: undefined, accepted: undefined },
      },
    });
    const body = '{"to":"{nomor}","text":"{teks}"}';
    expect(
      readConfig({
        SMS_URL: 'https://sms.contoh.example',
        SMS_BODY: body,
        SMS_AUTHORIZATION: 'Bearer x',
        SMS_OK: 'OK',
      }),
    ).toMatchObject({
      config: {
        sms: { method: 'POST', body, header: { name: 'Authorization', value: 'Bearer x' }, accepted: 'OK' },
      },
    });
    expect(readConfig({ SMS_URL, SMS_METHOD: 'post' })).toMatchObject({
      config: { sms: { method: 'POST' } },
    });
  });

  test('is opened with what a file says, where that is named', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sms-'));
    const file = path.join(folder, 'kunci');
    writeFileSync(file, 'X-Api-Key: rahasia\n', { mode: 0o600 });
    expect(readConfig({ SMS_URL, SMS_AUTHORIZATION_FILE: file })).toMatchObject({
      config: { sms: { header: { name: 'X-Api-Key', value: 'rahasia' } } },
    });
    expect(problemsOf({ SMS_URL, SMS_AUTHORIZATION_FILE: file, SMS_AUTHORIZATION: 'Bearer x' })).toEqual([
      expect.stringMatching(/^SMS_AUTHORIZATION_FILE is set, and SMS_AUTHORIZATION as well/),
    ]);
    rmSync(folder, { recursive: true });
  });

  test('as each of the examples for operators describes it, is taken', () => {
    const docs = readFileSync(new URL('../docs/operations.md', import.meta.url), 'utf8');
    const section = /## Text messages\n([\s\S]*?)\n## /.exec(docs)?.[1] ?? '';
    const examples = [...section.matchAll(/(?:^ {4}[A-Z_]+=.*\n)+/gm)].map(([block]) =>
      Object.fromEntries(
        block
          .trim()
          .split('\n')
          .map((line) => line.trim().split(/=(.*)/s, 2)),
      ),
    );
    expect(examples).toHaveLength(4);
    const folder = mkdtempSync(path.join(tmpdir(), 'sms-'));
    const file = path.join(folder, 'kunci');
    writeFileSync(file, 'Bearer rahasia\n', { mode: 0o600 });
    for (const env of examples) {
      const here = 'SMS_AUTHORIZATION_FILE' in env ? { ...env, SMS_AUTHORIZATION_FILE: file } : env;
      expect(problemsOf(here), JSON.stringify(env)).toEqual([]);
    }
    rmSync(folder, { recursive: true });
  });

  test.each([
    [{ SMS_URL: 'https://sms.contoh.example/?to={nomor}' }, 'SMS_URL'],
    [{ SMS_URL, SMS_METHOD: 'PUT' }, 'SMS_METHOD'],
    [{ SMS_URL, SMS_METHOD: 'GET', SMS_BODY: 'a=b' }, 'SMS_METHOD'],
    [{ SMS_URL, SMS_BODY: '{"to": {nomor}}' }, 'SMS_BODY'],
    [{ SMS_URL, SMS_BODY: 'a={nomr}' }, 'SMS_BODY'],
    [{ SMS_URL: SMS_URL.replace('//', '//a:b@'), SMS_AUTHORIZATION: 'Bearer rahasia' }, 'SMS_AUTHORIZATION'],
  ])('described wrongly is said of the variable, and nothing else: %o', (env, name) => {
    const [problem, ...others] = problemsOf(env);
    expect(problem).toMatch(new RegExp(`^${name} `));
    expect(problem).not.toContain('rahasia');
    expect(others).toEqual([]);
  });
});

test('an embedded database gets connections by the processors it shares, another one twenty, each process its part', () => {
  const sizeOf = (env: Record<string, string>): number => {
    const read = readConfig({ ...env });
    if (!read.ok) throw new Error(read.problems.join());
    return read.config.databasePoolSize;
  };
  const own = Math.min(20, Math.max(8, 4 * availableParallelism()));
  expect(sizeOf({})).toBe(own);
  expect(sizeOf({ PAGE_PROCESSES: '2' })).toBe(Math.max(4, own / 2));
  expect(sizeOf({ DATABASE_URL: 'postgres://app:x@localhost/daftar' })).toBe(20);
  expect(sizeOf({ DATABASE_POOL_SIZE: '30' })).toBe(30);
});

test('each setting is explained in docs/settings.md, and no other', () => {
  const guide = readFileSync(new URL('../docs/settings.md', import.meta.url), 'utf8');
  const explained = guide
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split(' | ')[0] ?? '').matchAll(/`([A-Z0-9_]+)`/g)].map(([, name]) => name));
  expect(explained.sort()).toEqual([...SETTINGS].sort());
});
