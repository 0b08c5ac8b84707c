import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkProvider, expectedForm, judgeClaims, neededClaims, type TypedProvider } from './sign-on.ts';

const typed: TypedProvider = {
  name: 'Portal Pegawai',
  issuer: 'https://sso.contoh.example/realms/pegawai',
  clientId: 'daftar',
  secret: 'rahasia',
  scopes: 'profile',
  claim: 'nip',
  emailDomain: '@Contoh.Example',
  secondFactor: 'otp, hwk',
  required: false,
  privateAddress: false,
  active: true,
};

describe('a provider as an admin types it', () => {
  it('always asks for openid, and for small letters of a domain', () => {
    expect(checkProvider(typed, null, false)).toMatchObject({
      ok: true,
      rules: { scopes: ['openid', 'profile'], emailDomain: 'contoh.example', secondFactor: ['otp', 'hwk'] },
    });
  });

  it('is reached by https and nothing else; plain http to this machine is for tests', () => {
    const here = { ...typed, issuer: 'http://127.0.0.1:9000' };
    expect(checkProvider(here, null, true).ok).toBe(true);
    expect(checkProvider(here, null, false).ok).toBe(false);
    for (const issuer of [
      'http://sso.contoh.example',
      'http://localhost:9000',
      'javascript:alert(1)',
      'https://a@b/',
    ])
      expect(checkProvider({ ...typed, issuer }, null, true).ok, issuer).toBe(false);
  });

  it('says which field is wrong, and never falls over what is typed', () => {
    fc.assert(
      fc.property(
        fc.record({ ...Object.fromEntries(Object.keys(typed).map((key) => [key, fc.string()])) }),
        (any) => {
          const checked = checkProvider({ ...typed, ...any, required: false }, null, false);
          if (checked.ok) expect(checked.rules.issuer.startsWith('https://')).toBe(true);
        },
      ),
    );
  });
});

describe('a person whom the provider has named', () => {
  const rules = { claim: 'nip', emailDomain: null, secondFactor: [] };

  it('is expected by one form, however it is written', () => {
    expect(expectedForm(' 1990 0101 201501 1 001 ')).toBe('199001012015011001');
    expect(judgeClaims(rules, { nip: 1990 })).toEqual({ ok: true, secondFactor: false, expected: '1990' });
    expect(judgeClaims(rules, { nip: { a: 1 } })).toMatchObject({ expected: null });
  });

  it('has a second factor only where the provider says one of the named values', () => {
    const asked = { ...rules, secondFactor: ['otp', 'loa2'] };
    expect(judgeClaims(asked, { acr: 'loa2' })).toMatchObject({ ok: true, secondFactor: true });
    expect(judgeClaims(asked, { amr: ['pwd', 'otp'] })).toMatchObject({ ok: true, secondFactor: true });
    for (const claims of [{}, { acr: 'loa1' }, { amr: 'otp-lama' }, { acr: ['otp'] }, { amr: [['otp']] }])
      expect(judgeClaims(asked, claims)).toEqual({ ok: false, reason: 'factor' });
  });

  it('is of the office only by a verified address of exactly its domain', () => {
    const office = { ...rules, emailDomain: 'contoh.example' };
    const judge = (email: unknown, email_verified: unknown) =>
      judgeClaims(office, { email, email_verified }).ok;
    expect(judge('A@Contoh.Example', true)).toBe(true);
    for (const email of ['a@jahat-contoh.example', 'a@contoh.example.lain', 'contoh.example', null, 7])
      expect(judge(email, true)).toBe(false);
    expect(judge('a@contoh.example', 'true')).toBe(false);
    expect(neededClaims(office)).toEqual(['nip', 'email', 'email_verified']);
  });
});
