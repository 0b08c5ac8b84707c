import { createPrivateKey, createPublicKey } from 'node:crypto';
import { hashRaw } from '@node-rs/argon2';
import { expect, it } from 'vitest';
import { lockKey, passphraseRecipient, unlockKey } from './backup-keys.ts';

const PASSPHRASE = 'delapan kata di kertas';

it('a passphrase becomes a key by Argon2id, with 64 MiB and three passes and a salt of its own', async () => {
  const [one, other] = [await passphraseRecipient(PASSPHRASE), await passphraseRecipient(PASSPHRASE)];
  if (one.kind !== 'passphrase' || other.kind !== 'passphrase') throw new Error('another kind');
  expect(one).toMatchObject({ memory: 65_536, passes: 3 });
  expect(one.salt).not.toBe(other.salt);
  expect(one.public).not.toBe(other.public);
  const seed = await hashRaw(PASSPHRASE, {
    // Argon2id; the package's names of them are no values of JavaScript.
    algorithm: 2,
    memoryCost: 65_536,
    timeCost: 3,
    parallelism: 1,
    outputLen: 32,
    salt: Buffer.from(one.salt, 'base64'),
  });
  // The head of PKCS #8 for a key of X25519 (RFC 8410).
  const der = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), seed]);
  const made = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  expect(made.export({ format: 'jwk' }).x).toBe(Buffer.from(one.public, 'base64').toString('base64url'));
});

it('opens a backup, and no other passphrase does', async () => {
  const key = Buffer.alloc(32, 7);
  const locks = lockKey(key, Buffer.alloc(32, 1), [await passphraseRecipient(PASSPHRASE)]);
  expect(await unlockKey(locks, [{ kind: 'passphrase', passphrase: PASSPHRASE }])).toEqual(key);
  await expect(unlockKey(locks, [{ kind: 'passphrase', passphrase: `${PASSPHRASE} ` }])).rejects.toThrow();
});
