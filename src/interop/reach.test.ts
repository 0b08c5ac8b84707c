import { describe, expect, it } from 'vitest';
import { reach } from './reach.ts';

const ANY = { inside: false, hosts: [] };

describe('where a connection may go', () => {
  it.each([
    '10.0.0.5',
    '172.31.1.1',
    '192.168.1.9',
    '127.0.0.1',
    '100.64.0.1',
    '::1',
    'fd00::5',
    '::ffff:10.0.0.5',
  ])('is inside the network only with an admin’s word: %s', async (host) => {
    expect(await reach(host, ANY)).toEqual({ ok: false, reason: 'refused' });
    expect(await reach(host, { ...ANY, inside: true })).toEqual({ ok: true, address: host });
  });

  it.each([
    '169.254.169.254',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    'fe80::1',
    '::',
    '::ffff:169.254.169.254',
  ])('is never %s', async (host) => {
    for (const inside of [true, false])
      expect(await reach(host, { inside, hosts: [] })).toEqual({ ok: false, reason: 'refused' });
    expect(await reach(host, { inside: true, hosts: [host] })).toEqual({ ok: false, reason: 'refused' });
  });

  it('is a host outside, and one of the operator’s list where there is one', async () => {
    expect(await reach('8.8.8.8', ANY)).toEqual({ ok: true, address: '8.8.8.8' });
    const hosts = ['10.0.0.5', '*.contoh.go.id', 'localhost'];
    expect(await reach('8.8.8.8', { inside: true, hosts })).toEqual({ ok: false, reason: 'refused' });
    expect(await reach('10.0.0.5', { inside: false, hosts })).toMatchObject({ ok: true });
    expect(await reach('LOCALHOST', { inside: false, hosts })).toMatchObject({ ok: true });
    expect(await reach('contoh.go.id.jahat.example', { inside: true, hosts })).toMatchObject({
      reason: 'refused',
    });
  });
});
