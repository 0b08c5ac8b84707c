import { createCipheriv } from 'node:crypto';

/** Bytes of a block of AES. */
export const CMAC_BLOCK = 16;

/**
 * AES-256-CMAC (NIST SP 800-38B) of many messages of exactly one block each, at once. Of such a message the standard leaves
 * one step: AES of the message, masked with the first subkey. It is done for all of them by one call of the bare block cipher,
 * which is how OpenSSL offers it; nothing is encrypted by it, and who has no key cannot tell what an answer stands for.
 * @param key 32 bytes
 * @returns codes of 16 bytes, block for block; throws RangeError for what is not made of whole blocks
 */
export function blockCmac(key: Uint8Array): (blocks: Uint8Array) => Uint8Array {
  // Without a state between blocks: one cipher serves for good.
  const aes = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  const subkey = new Uint32Array(doubled(aes.update(new Uint8Array(CMAC_BLOCK))).buffer);
  return (blocks) => {
    // The rest of a block would wait inside the cipher, and shift all that comes after it.
    if (blocks.length % CMAC_BLOCK !== 0) throw new RangeError('messages of one whole block each');
    const masked = new Uint8Array(blocks);
    // Four bytes at a time, whose order is the same on both sides.
    const words = new Uint32Array(masked.buffer);
    for (let at = 0; at < words.length; at++) words[at] = (words[at] ?? 0) ^ (subkey[at % 4] ?? 0);
    return aes.update(masked);
  };
}

/** Times x in GF(2^128), which makes the first subkey of the enciphered block of zeros (SP 800-38B, 6.1). */
export function doubled(block: Uint8Array): Uint8Array<ArrayBuffer> {
  const twice = new Uint8Array(CMAC_BLOCK);
  for (let at = 0; at < CMAC_BLOCK; at++) twice[at] = ((block[at] ?? 0) << 1) | ((block[at + 1] ?? 0) >> 7);
  if ((block[0] ?? 0) >> 7 === 1) twice[CMAC_BLOCK - 1] = (twice[CMAC_BLOCK - 1] ?? 0) ^ 0x87;
  return twice;
}
