import { solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/web/pbkdf2';
import type { Challenge } from 'altcha-lib/types';
import { describe, expect, it } from 'vitest';
import { openVault } from '../../db/vault.ts';
import type { LibraryId } from '../../domain/ids.ts';
import { networkOf } from '../network.ts';
import { type FormGuard, openFormGuard } from './form-guard.ts';

describe('the network that a limit counts by', () => {
  it('is the address itself of IPv4, however it is written', () => {
    for (const address of ['192.0.2.7', '::ffff:192.0.2.7', '::FFFF:192.0.2.7'])
      expect(networkOf(address)).toBe('192.0.2.7');
  });

  it('is the first half of IPv6: a household has 2^64 addresses, and changes them by itself', () => {
    for (const address of ['2001:db8:1:2::1', '2001:db8:1:2:aaaa:bbbb:cccc:dddd', '2001:db8:1:2::'])
      expect(networkOf(address)).toBe('2001:db8:1:2');
    expect(networkOf('2001:db8:1:3::1')).not.toBe('2001:db8:1:2');
    expect(networkOf('2001:db8::1')).toBe(networkOf('2001:db8:0:0:9::'));
  });

  it('is the same however the address is written', () => {
    expect(networkOf('2001:0DB8:0001:0002::1')).toBe('2001:db8:1:2');
  });

  it('is whatever is told where that is no address', () => {
    expect(networkOf('unknown')).toBe('unknown');
  });
});

describe('a form that is sent again and again from one address', () => {
  const library = 1 as LibraryId;
  const open = () =>
    openFormGuard({ vault: openVault(new Uint8Array(32)), now: () => new Date(), keysOfTask: 4 });

  async function solved(guard: FormGuard): Promise<string> {
    const challenge = JSON.parse(await guard.challenge(library)) as Challenge;
    return btoa(JSON.stringify({ challenge, solution: await solveChallenge({ challenge, deriveKey }) }));
  }

  it('passes with a solved task where it would have to wait, wrong forms as well, and the task once', async () => {
    const guard = open();
    const send = (proof = '') => guard.begin(library, '192.0.2.1', proof);
    for (let sent = 0; sent < 1_200; sent++) expect(await send().request()).toBeNull();
    expect(await send().request()).toBeGreaterThan(0);
    const proof = await solved(guard);
    const pass = send(proof);
    expect([await pass.request(), await pass.form()]).toEqual([null, null]);
    expect(await send(proof).request()).toBeGreaterThan(0);
    expect(await guard.begin(library, '192.0.2.2', '').request()).toBeNull();
  });

  it('uses one task for both limits, and takes no task of another library', async () => {
    const guard = open();
    for (let sent = 0; sent < 1_201; sent++) {
      const pass = guard.begin(library, '192.0.2.1', '');
      await pass.request();
      await pass.form();
    }
    const pass = guard.begin(library, '192.0.2.1', await solved(guard));
    expect([await pass.request(), await pass.form()]).toEqual([null, null]);
    const other = guard.begin(2 as LibraryId, '192.0.2.1', await solved(guard));
    expect(await other.request()).toBeGreaterThan(0);
  });

  it('does not use up its forms by searching for villages', async () => {
    const guard = open();
    for (let search = 0; search < 6_000; search++) expect(guard.limitSearch('192.0.2.1')).toBeNull();
    expect(guard.limitSearch('192.0.2.1')).toBeGreaterThan(0);
    const pass = guard.begin(library, '192.0.2.1', '');
    expect([await pass.request(), await pass.form()]).toEqual([null, null]);
  });
});
