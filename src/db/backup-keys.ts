/**
 * Who can open a backup. The file is encrypted with a key of its own, which stands in its header once per lock: sealed
 * by the installation's master key (a backup before an upgrade needs no person), to a passphrase, and to a recovery key
 * that was printed once. The last two are public keys (X25519) here, so that a scheduled backup can be locked to a
 * passphrase that is kept nowhere.
 */

import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { hashRaw } from '@node-rs/argon2';
import { z } from 'zod';
import { codeOf } from '../domain/error-code.ts';
import { BackupTrouble } from './backup-trouble.ts';
import { writeDurably } from './embedded/secrets.ts';

const FILE = 'backup-keys.json';
/** RFC 9106's second recommendation: 64 MiB, three passes. */
const MEMORY_KIB = 65_536;
const PASSES = 3;
/** A made-up header must not make a computer allocate what it has not. */
const MOST_MEMORY_KIB = 1_048_576;
const MOST_PASSES = 20;
export const SHORTEST_PASSPHRASE = 12;

const bytes = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);
const recipient = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('passphrase'),
    salt: bytes,
    memory: z.number().int().min(8).max(MOST_MEMORY_KIB),
    passes: z.number().int().min(1).max(MOST_PASSES),
    public: bytes,
  }),
  z.object({ kind: z.literal('recovery'), public: bytes }),
]);
const sealedTo = { ephemeral: bytes, wrapped: bytes };
/** One lock in a header. */
export const lockSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('master'), salt: bytes, wrapped: bytes }),
  recipient.options[0].extend(sealedTo),
  recipient.options[1].extend(sealedTo),
]);

/** Whom scheduled backups are locked to besides the master key: public halves only. */
export type Recipient = z.infer<typeof recipient>;
export type Lock = z.infer<typeof lockSchema>;

/** What a person or an installation can open a backup with. */
export type Secret =
  | { readonly kind: 'master'; readonly master: Uint8Array }
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'recovery'; readonly text: string };

/** The recipients of this installation; none before somebody chose a passphrase or had a recovery key printed. */
export async function readRecipients(dataDir: string): Promise<readonly Recipient[]> {
  const text = await readFile(path.join(dataDir, FILE), 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return [];
  const parsed = z.object({ recipients: z.array(recipient) }).safeParse(parseJson(text));
  // Going on without them would make backups that their owner cannot open.
  if (!parsed.success) throw new BackupTrouble('folder-unusable', `${FILE} cannot be read`);
  return parsed.data.recipients;
}

/** The recipients with a passphrase that stands in the environment: it takes the place of one that was chosen before. */
export async function recipientsWith(
  dataDir: string,
  passphrase: string | undefined,
): Promise<readonly Recipient[]> {
  const kept = await readRecipients(dataDir);
  if (passphrase === undefined) return kept;
  return [...kept.filter(({ kind }) => kind !== 'passphrase'), await passphraseRecipient(passphrase)];
}

/** Puts a recipient in the place of the one of its kind. */
export async function keepRecipient(dataDir: string, added: Recipient): Promise<void> {
  const others = (await readRecipients(dataDir)).filter(({ kind }) => kind !== added.kind);
  await writeDurably(
    path.join(dataDir, FILE),
    `${JSON.stringify({ recipients: [...others, added] }, null, 2)}\n`,
  );
}

/** @param passphrase at least SHORTEST_PASSPHRASE characters */
export async function passphraseRecipient(passphrase: string): Promise<Recipient> {
  const salt = randomBytes(16);
  const seed = await stretch(passphrase, salt, MEMORY_KIB, PASSES);
  return {
    kind: 'passphrase',
    salt: salt.toString('base64'),
    memory: MEMORY_KIB,
    passes: PASSES,
    public: publicOf(privateKey(seed)).toString('base64'),
  };
}

/** A new recovery key: the text is shown once and kept nowhere. */
export function newRecoveryKey(): { readonly text: string; readonly recipient: Recipient } {
  const seed = randomBytes(32);
  return {
    text: writeRecoveryKey(seed),
    recipient: { kind: 'recovery', public: publicOf(privateKey(seed)).toString('base64') },
  };
}

/** Locks a file's key for everyone who shall open it. */
export function lockKey(
  key: Uint8Array,
  master: Uint8Array,
  recipients: readonly Recipient[],
): readonly Lock[] {
  const salt = randomBytes(16);
  const locks: Lock[] = [
    { kind: 'master', salt: salt.toString('base64'), wrapped: wrap(masterKey(master, salt), key) },
  ];
  for (const one of recipients) {
    const own = privateKey(randomBytes(32));
    const ephemeral = publicOf(own);
    const to = Buffer.from(one.public, 'base64');
    locks.push({
      ...one,
      ephemeral: ephemeral.toString('base64'),
      wrapped: wrap(agree(own, to, ephemeral, to), key),
    });
  }
  return locks;
}

/**
 * The file's key by one of the secrets, tried in order.
 * Throws `secret-needed` when none was given that could fit, `wrong-secret` when none did.
 */
export async function unlockKey(locks: readonly Lock[], secrets: readonly Secret[]): Promise<Buffer> {
  let tried = false;
  for (const secret of secrets) {
    for (const lock of locks) {
      if (lock.kind !== secret.kind) continue;
      // A master key that does not fit is the ordinary case on another computer, and no mistake of a person.
      if (secret.kind !== 'master') tried = true;
      const key = await openLock(lock, secret);
      if (key !== undefined) return key;
    }
  }
  throw new BackupTrouble(tried ? 'wrong-secret' : 'secret-needed', locks.map(({ kind }) => kind).join(', '));
}

async function openLock(lock: Lock, secret: Secret): Promise<Buffer | undefined> {
  if (lock.kind === 'master') {
    if (secret.kind !== 'master') return undefined;
    return unwrap(masterKey(secret.master, Buffer.from(lock.salt, 'base64')), lock.wrapped);
  }
  const seed =
    lock.kind === 'passphrase'
      ? secret.kind === 'passphrase'
        ? await stretch(secret.passphrase, Buffer.from(lock.salt, 'base64'), lock.memory, lock.passes)
        : undefined
      : secret.kind === 'recovery'
        ? readRecoveryKey(secret.text)
        : undefined;
  if (seed === undefined) return undefined;
  const own = privateKey(seed);
  const ephemeral = Buffer.from(lock.ephemeral, 'base64');
  if (ephemeral.length !== 32) return undefined;
  return unwrap(agree(own, ephemeral, ephemeral, publicOf(own)), lock.wrapped);
}

function stretch(passphrase: string, salt: Buffer, memory: number, passes: number): Promise<Buffer> {
  // Argon2id, the package's default. Typed on another keyboard, the same letters may come composed otherwise.
  return hashRaw(passphrase.normalize('NFKC'), {
    memoryCost: memory,
    timeCost: passes,
    parallelism: 1,
    outputLen: 32,
    salt,
  });
}

function masterKey(master: Uint8Array, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', master, salt, 'daftar-pustaka backup', 32));
}

function agree(own: KeyObject, other: Buffer, ephemeral: Buffer, to: Buffer): Buffer {
  const shared = diffieHellman({ privateKey: own, publicKey: publicKey(other) });
  return Buffer.from(hkdfSync('sha256', shared, Buffer.concat([ephemeral, to]), 'daftar-pustaka backup', 32));
}

/** The key is used for this one value, so the nonce may stand still. */
const NONCE = Buffer.alloc(12);

function wrap(by: Buffer, key: Uint8Array): string {
  const cipher = createCipheriv('aes-256-gcm', by, NONCE);
  return Buffer.concat([cipher.update(key), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

function unwrap(by: Buffer, wrapped: string): Buffer | undefined {
  const sealed = Buffer.from(wrapped, 'base64');
  if (sealed.length !== 48) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', by, NONCE).setAuthTag(sealed.subarray(32));
  const key = decipher.update(sealed.subarray(0, 32));
  try {
    decipher.final();
    return key;
  } catch {
    return undefined;
  }
}

/** RFC 8410: the 32 bytes in the wrapping that node:crypto reads. */
function privateKey(seed: Uint8Array): KeyObject {
  const der = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), seed]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

function publicKey(raw: Uint8Array): KeyObject {
  const der = Buffer.concat([Buffer.from('302a300506032b656e032100', 'hex'), raw]);
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
}

function publicOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
}

/** Crockford's alphabet: nothing in it is taken for something else on paper. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 32 bytes and 3 of their digest, so that a slip of the pen is told: 56 characters in groups of four. */
function writeRecoveryKey(seed: Buffer): string {
  const all = Buffer.concat([seed, checkOf(seed)]);
  let bits = '';
  for (const byte of all) bits += byte.toString(2).padStart(8, '0');
  const letters = bits.match(/.{5}/g)?.map((five) => ALPHABET[Number.parseInt(five, 2)] ?? '') ?? [];
  return letters.join('').replace(/(.{4})(?=.)/g, '$1-');
}

/** The seed, or undefined for what is no recovery key or was copied wrongly. */
function readRecoveryKey(text: string): Buffer | undefined {
  const letters = text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  let bits = '';
  for (const letter of letters) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) return undefined;
    bits += value.toString(2).padStart(5, '0');
  }
  const all = Buffer.from(bits.match(/.{8}/g)?.map((eight) => Number.parseInt(eight, 2)) ?? []);
  if (bits.length !== 280) return undefined;
  const seed = all.subarray(0, 32);
  return checkOf(seed).equals(all.subarray(32)) ? seed : undefined;
}

function checkOf(seed: Uint8Array): Buffer {
  return createHash('sha256').update('daftar-pustaka recovery key').update(seed).digest().subarray(0, 3);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
