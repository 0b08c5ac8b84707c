import { createHmac, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LibraryId } from '../domain/ids.ts';
import { blockCmac } from './block-cmac.ts';
import { type HashKind, openVault, type SecretKind } from './vault.ts';

const vault = openVault(Buffer.alloc(32, 1));
const library = fc.integer({ min: 1, max: 1_000 }).map((id) => id as LibraryId);
const kind = fc.constantFrom<SecretKind>('nik', 'kk', 'document', 'file', 'draft', 'message');

it('hashes as the standard says, so that what was stored is still found', () => {
  // RFC 4231 has no case of these keys: Node's own HMAC is the oracle.
  const key = Buffer.from(hkdfSync('sha256', Buffer.alloc(32, 7), 'daftar-pustaka', 'hash', 32));
  for (const value of ['', '9901015705900001', 'é'.repeat(200)])
    expect(openVault(Buffer.alloc(32, 7)).hash(2 as LibraryId, 'nik', value)).toEqual(
      createHmac('sha256', key).update(`2|nik|${value}`).digest().subarray(0, 16),
    );
});

it('hashes blocks by a key of each library, as AES-CMAC', () => {
  const blocks = Buffer.from('9901015705900001990101570590000\0');
  for (const id of [1, 2]) {
    const key = Buffer.from(hkdfSync('sha256', Buffer.alloc(32, 1), 'daftar-pustaka', `cmac|${id}`, 32));
    expect(vault.hashBlocks(id as LibraryId, blocks)).toEqual(blockCmac(key)(blocks));
  }
  expect(() => vault.hashBlocks(1 as LibraryId, blocks.subarray(1))).toThrow(RangeError);
});

describe('the vault', () => {
  it('gives back what was sealed, to the same library and kind only', () => {
    fc.assert(
      fc.property(library, library, kind, kind, fc.string(), (one, two, kindOne, kindTwo, text) => {
        const sealed = vault.seal(one, kindOne, text);
        expect(vault.openText(one, kindOne, sealed)).toBe(text);
        if (one !== two || kindOne !== kindTwo) expect(() => vault.open(two, kindTwo, sealed)).toThrow();
      }),
    );
  });

  it('notices any changed byte', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (text, at, flip) => {
          const sealed = Buffer.from(vault.seal(1 as LibraryId, 'nik', text));
          const index = at % sealed.length;
          sealed[index] = (sealed[index] ?? 0) ^ flip;
          expect(() => vault.open(1 as LibraryId, 'nik', sealed)).toThrow();
        },
      ),
    );
  });

  it('hashes equal numbers alike within a library and kind, and differently elsewhere', () => {
    const hashKind = fc.constantFrom<HashKind>('nik', 'kk', 'document', 'token');
    fc.assert(
      fc.property(library, library, hashKind, hashKind, fc.string(), (one, two, kindOne, kindTwo, value) => {
        const same = vault.hash(one, kindOne, value).equals(vault.hash(two, kindTwo, value));
        expect(same).toBe(one === two && kindOne === kindTwo);
      }),
    );
    const otherKey = openVault(Buffer.alloc(32, 2));
    expect(otherKey.hash(1 as LibraryId, 'nik', 'a').equals(vault.hash(1 as LibraryId, 'nik', 'a'))).toBe(
      false,
    );
  });

  it("opens a person's revisions with that person's key only", () => {
    const one = vault.newPersonKey(1 as LibraryId);
    const two = vault.newPersonKey(1 as LibraryId);
    const sealed = vault.sealFor(1 as LibraryId, one, 'before and after');
    expect(vault.openFor(1 as LibraryId, one, sealed)).toBe('before and after');
    expect(() => vault.openFor(1 as LibraryId, two, sealed)).toThrow();
  });

  it('derives the same address again, and another one for the next generation', () => {
    const token = vault.token(1 as LibraryId, 'kta', 'card', 0);
    expect(vault.token(1 as LibraryId, 'kta', 'card', 0)).toBe(token);
    expect(vault.token(1 as LibraryId, 'kta', 'card', 1)).not.toBe(token);
    expect(vault.token(1 as LibraryId, 'status', 'card', 0)).not.toBe(token);
    expect(Buffer.from(token, 'base64url')).toHaveLength(16);
  });
});
