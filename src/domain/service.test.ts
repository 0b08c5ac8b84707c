import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SERVICE, problemOfService, redirectKind } from './service.ts';

describe('where a sign-in may lead back to', () => {
  it('is an https address, or this very computer by its number', () => {
    for (const address of [
      'https://buku.example/kembali',
      'https://buku.example',
      'https://buku.example:8443/a?b=c',
    ])
      expect(redirectKind(address), address).toBe('web');
    for (const address of ['http://127.0.0.1/kembali', 'http://127.0.0.1:7001/', 'http://[::1]:7001/x'])
      expect(redirectKind(address), address).toBe('loopback');
  });

  it('is nothing that a browser reads otherwise than it is written', () => {
    for (const address of [
      'http://buku.example/kembali',
      'http://localhost:7001/kembali',
      'http://127.0.0.1.jahat.example/',
      'http://127.1/',
      'https://buku.example/*',
      'https://buku.example/#bagian',
      'https://nama@buku.example/',
      'https://buku.example\\@jahat.example/',
      'https://buku.example/a/../b',
      'HTTPS://BUKU.example/',
      'javascript:alert(1)',
      'data:text/html,x',
      'buku://kembali',
      '//buku.example',
      ' https://buku.example/',
      '',
    ])
      expect(redirectKind(address), address).toBeUndefined();
  });

  it('is never anything else, whatever is typed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.webUrl({ validSchemes: ['http'] })), (address) => {
        const kind = redirectKind(address);
        if (kind === 'web') expect(new URL(address).protocol).toBe('https:');
        if (kind === 'loopback') expect(['127.0.0.1', '[::1]']).toContain(new URL(address).hostname);
      }),
    );
  });
});

it('a service has a name for members, and addresses of one kind', () => {
  const settings = { ...DEFAULT_SERVICE, title: 'Buku', redirects: ['https://buku.example/'] };
  expect(problemOfService(settings)).toBeUndefined();
  expect(problemOfService({ ...settings, title: ' ' })).toBe('title-invalid');
  expect(problemOfService({ ...settings, redirects: [] })).toBe('redirect-invalid');
  expect(problemOfService({ ...settings, afterLogout: ['http://127.0.0.1/'] })).toBe('redirect-mixed');
  expect(problemOfService({ ...settings, method: 'jwt' })).toBe('keys-invalid');
});
