import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockCmac, CMAC_BLOCK, doubled } from './block-cmac.ts';

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hex = (of: Uint8Array) => Buffer.from(of).toString('hex');
/** Of the examples that NIST publishes with SP 800-38B. */
const KEY = bytes('603deb10 15ca71be 2b73aef0 857d7781 1f352c07 3b6108d7 2d9810a3 0914dff4');
const MESSAGE = bytes('6bc1bee2 2e409f96 e93d7e11 7393172a');
const CODE = '28a7023f452e8f82bd4bf28d8c37c35c';

describe('AES-CMAC of whole blocks', () => {
  it('is what NIST SP 800-38B says for AES-256 and one block', () => {
    expect(hex(blockCmac(KEY)(MESSAGE))).toBe(CODE);
  });

  it('makes the subkey as the examples do, with and without a carry', () => {
    // AES-256, AES-128 (RFC 4493 as well) and AES-192: L and K1.
    expect(hex(doubled(bytes('e568f681 94cf76d6 174d4cc0 4310a854')))).toBe(
      'cad1ed03299eedac2e9a99808621502f',
    );
    expect(hex(doubled(bytes('7df76b0c 1ab899b3 3e42f047 b91b546f')))).toBe(
      'fbeed618357133667c85e08f7236a8de',
    );
    expect(hex(doubled(bytes('22452d8e 49a8a593 9f7321ce ea6d514b')))).toBe(
      '448a5b1c93514b273ee6439dd4daa296',
    );
  });

  it('gives each block its own code, as if it came alone, whatever came before', () => {
    const block = fc.uint8Array({ minLength: CMAC_BLOCK, maxLength: CMAC_BLOCK });
    const mac = blockCmac(KEY);
    fc.assert(
      fc.property(fc.array(block, { maxLength: 30 }), (blocks) => {
        const all = Buffer.from(mac(Buffer.concat(blocks)));
        expect(all.length).toBe(blocks.length * CMAC_BLOCK);
        for (const [n, one] of blocks.entries())
          expect(hex(all.subarray(n * CMAC_BLOCK, (n + 1) * CMAC_BLOCK))).toBe(hex(blockCmac(KEY)(one)));
      }),
    );
    expect(hex(mac(MESSAGE))).toBe(CODE);
  });

  it('is not the bare block cipher', () => {
    const bare = createCipheriv('aes-256-ecb', KEY, null).setAutoPadding(false).update(MESSAGE);
    expect(hex(blockCmac(KEY)(MESSAGE))).not.toBe(hex(bare));
  });

  it('refuses a part of a block and goes on as before', () => {
    const mac = blockCmac(KEY);
    for (const length of [1, 15, 17, 31]) expect(() => mac(new Uint8Array(length))).toThrow(RangeError);
    expect(hex(mac(MESSAGE))).toBe(CODE);
  });
});
