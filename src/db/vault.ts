import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  hash as digest,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import type { LibraryId } from '../domain/ids.ts';
import { blockCmac } from './block-cmac.ts';
import {
  activeKey,
  isSameInstallation,
  type KeyRing,
  nameOfKey,
  namesOfRoots,
  ringOfRoot,
} from './key-ring.ts';
import { randomBytes } from './random-bytes.ts';

/** What a ciphertext is; bound into it, so that one kind cannot be read back as another. */
export type SecretKind =
  | 'nik'
  | 'kk'
  | 'document'
  | 'file'
  | 'draft'
  | 'revision'
  | 'message'
  | 'person_key'
  | 'totp'
  /** Between password and second factor. */
  | 'sign_in_ticket'
  | 'import'
  | 'number'
  | 'feed'
  /** Of a member in a lending system. */
  | 'lending'
  | 'library_key'
  | 'gate_pass'
  | 'passkey'
  | 'known_browser'
  | 'api_answer'
  /** Secret that an identity provider gave us. */
  | 'sign_on'
  /** Between leaving for the identity provider and coming back. */
  | 'sign_on_flow'
  | 'webhook'
  | 'oidc_key'
  | 'oidc_record'
  /** That a person has shown to read the own mail. */
  | 'own_proof';
/** What a keyed hash stands for; equal values of different kinds have different hashes. */
export type HashKind =
  | 'nik'
  | 'kk'
  | 'document'
  | 'token'
  | 'feed_token'
  | 'draft_code'
  | 'short_code'
  | 'pairing'
  | 'submit_key'
  | 'import_source'
  | 'import_row'
  | 'import_number'
  | 'figures'
  | 'checked'
  | 'setting'
  | 'passkey'
  | 'recovery_code'
  | 'sign_in_name'
  | 'client_proof'
  | 'api_cursor'
  | 'api_request'
  | 'lending'
  | 'one_time_code'
  | 'sms_number'
  | 'sign_on_subject'
  | 'sign_on_expected'
  | 'network'
  | 'oidc_record'
  | 'oidc_subject'
  | 'oidc_cookie'
  | 'rate';

/**
 * Encryption and keyed hashes of personal numbers. The keys live outside the database (`DATA_DIR` or `DATA_KEY`), so a
 * copied database alone tells nothing. AES-256-GCM, layout: number of the data key 1 byte (of what is sealed with a
 * person's key: always 1), nonce 12, tag 16, text.
 */
export interface Vault {
  seal(libraryId: LibraryId, kind: SecretKind, plain: string | Uint8Array): Buffer;
  open(libraryId: LibraryId, kind: SecretKind, sealed: Uint8Array): Buffer;
  openText(libraryId: LibraryId, kind: SecretKind, sealed: Uint8Array): string;
  /** HMAC-SHA-256 cut to 16 bytes: equality only. */
  hash(libraryId: LibraryId, kind: HashKind, value: string): Buffer;
  /**
   * Many short texts at once, each as a block of 16 bytes, for a fifth of what one HMAC costs each: AES-256-CMAC by a key
   * of the library. Equal blocks have equal answers, and who has no key tells nothing else by them.
   * @returns as many bytes, block for block; throws RangeError for what is not made of whole blocks
   */
  hashBlocks(libraryId: LibraryId, blocks: Uint8Array): Uint8Array;
  /** A new key of one person, already wrapped; destroying it makes the person's revisions unreadable. */
  newPersonKey(libraryId: LibraryId): Buffer;
  sealFor(libraryId: LibraryId, personKey: Uint8Array, plain: string): Buffer;
  openFor(libraryId: LibraryId, personKey: Uint8Array, sealed: Uint8Array): string;
  /** HMAC-SHA-256 by the person's key, 32 bytes: tells nothing, and of nobody, once that key is destroyed. */
  hashFor(libraryId: LibraryId, personKey: Uint8Array, plain: string): Buffer;
  /**
   * The secret of an address, derived so that a repeated submit and a reprinted slip lead to the same page
   * although the database keeps only its hash. 22 characters of base64url, 128 bits.
   */
  token(libraryId: LibraryId, purpose: 'status' | 'kta' | 'photo', id: string, generation: number): string;
  /**
   * Seed of the one key that signed the cards of all libraries before each had its own, 32 bytes. Nothing is signed
   * with it any more; its public half verifies what was printed then.
   */
  formerSigningSeed(): Buffer;
  /** Tells whether a database belongs to this key, without telling the key. */
  fingerprint(): string;
  /** Which data keys there are now, after a look whether there are newer ones: see `nameOfKey`. */
  dataKeys(): {
    readonly active: number;
    readonly names: readonly string[];
    /** See `namesOfRoots`. */
    readonly roots: readonly string[];
  };
}

/** A value is sealed with a data key that is not here: an older keys.json, or a key that was forgotten. */
export class UnknownKeyError extends Error {
  override readonly name = 'UnknownKeyError';
  readonly id: number;
  constructor(id: number) {
    super(`sealed with data key ${id}, which is not in the key ring`);
    this.id = id;
  }
}

/** The ring as it is now where it has changed since it was asked last; undefined: as before. */
export type RingSource = () => KeyRing | undefined;

const PERSON_VERSION = 1;
/** How long a process may go on sealing with the key before, which stays readable. */
const LOOK_AGAIN_MS = 2_000;

/**
 * @param keys a ring, or the 32 bytes of an installation whose data key was never changed
 * @param source where newer keys appear while the service runs
 */
export function openVault(keys: Uint8Array | KeyRing, source: RingSource = () => undefined): Vault {
  let ring = keys instanceof Uint8Array ? ringOfRoot(keys) : keys;
  const began = ring;
  if (ring.root.length !== 32) throw new RangeError('the master key has 32 bytes');
  // HKDF-Expand for one block (RFC 5869, 2.3): of the first root the same as HKDF of the root itself.
  const derive = (info: string) =>
    createHmac('sha256', began.lookups.base).update(info).update(Buffer.of(1)).digest();
  // As key objects: read in once, not at every value.
  let sealers = new Map<number, KeyObject>();
  let active = 0;
  let lookedAt = performance.now();
  function take(next: KeyRing): void {
    ring = next;
    sealers = new Map(next.keys.map(({ id, key }) => [id, createSecretKey(sealerFrom(key))]));
    active = activeKey(next).id;
  }
  take(ring);
  function look(): void {
    lookedAt = performance.now();
    const next = source();
    // Of another installation, put there by a restore: for the next start.
    if (next && isSameInstallation(next, began)) take(next);
  }
  function sealerOf(id: number): KeyObject {
    if (!sealers.has(id)) look();
    const found = sealers.get(id);
    if (!found) throw new UnknownKeyError(id);
    return found;
  }
  function sealNow(plain: string | Uint8Array, aad: Buffer): Buffer {
    if (performance.now() - lookedAt > LOOK_AGAIN_MS) look();
    return encrypt(sealerOf(active), active, plain, aad);
  }
  const keyed = fastHmac(derive('hash'));
  const addressing = createSecretKey(derive('token'));
  const macs = new Map<LibraryId, ReturnType<typeof blockCmac>>();
  const context = (libraryId: LibraryId, kind: string) => Buffer.from(`${libraryId}|${kind}`);

  function encrypt(
    key: KeyObject | Uint8Array,
    version: number,
    plain: string | Uint8Array,
    aad: Buffer,
  ): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad);
    const body = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), body]);
  }
  function decrypt(key: KeyObject | Uint8Array, sealed: Uint8Array, aad: Buffer): Buffer {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 13))
      .setAAD(aad)
      .setAuthTag(sealed.subarray(13, 29));
    return Buffer.concat([decipher.update(sealed.subarray(29)), decipher.final()]);
  }
  const versionOf = (sealed: Uint8Array) => {
    const [version = 0] = sealed;
    if (sealed.length < 29 || version === 0) throw new Error('not a sealed value');
    return version;
  };
  const open = (libraryId: LibraryId, kind: SecretKind, sealed: Uint8Array) =>
    decrypt(sealerOf(versionOf(sealed)), sealed, context(libraryId, kind));
  const unwrap = (libraryId: LibraryId, personKey: Uint8Array) => open(libraryId, 'person_key', personKey);

  return {
    seal: (libraryId, kind, plain) => sealNow(plain, context(libraryId, kind)),
    open,
    openText: (libraryId, kind, sealed) => open(libraryId, kind, sealed).toString('utf8'),
    hash: (libraryId, kind, value) => keyed(`${libraryId}|${kind}|${value}`).subarray(0, 16),
    hashBlocks(libraryId, blocks) {
      let mac = macs.get(libraryId);
      if (!mac) {
        mac = blockCmac(derive(`cmac|${libraryId}`));
        macs.set(libraryId, mac);
      }
      return mac(blocks);
    },
    newPersonKey: (libraryId) => sealNow(randomBytes(32), context(libraryId, 'person_key')),
    sealFor: (libraryId, personKey, plain) =>
      encrypt(unwrap(libraryId, personKey), PERSON_VERSION, plain, context(libraryId, 'revision')),
    openFor(libraryId, personKey, sealed) {
      if (versionOf(sealed) !== PERSON_VERSION) throw new Error('not a sealed value');
      return decrypt(unwrap(libraryId, personKey), sealed, context(libraryId, 'revision')).toString('utf8');
    },
    hashFor: (libraryId, personKey, plain) =>
      createHmac('sha256', unwrap(libraryId, personKey)).update(`revision|${plain}`).digest(),
    token: (libraryId, purpose, id, generation) =>
      createHmac('sha256', addressing)
        .update(`${libraryId}|${purpose}|${id}|${generation}`)
        .digest()
        .subarray(0, 16)
        .toString('base64url'),
    formerSigningSeed: () => derive('card'),
    fingerprint: () => createHash('sha256').update(derive('fingerprint')).digest('hex').slice(0, 16),
    dataKeys() {
      look();
      return { active, names: ring.keys.map(nameOfKey), roots: namesOfRoots(ring) };
    },
  };
}

function sealerFrom(key: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', key, 'daftar-pustaka', 'seal', 32));
}

/**
 * HMAC-SHA-256 (RFC 2104) of short texts by two plain digests: the streaming kind costs three times as much, and a
 * person with a NIK has thirty of them.
 */
function fastHmac(key: Uint8Array): (text: string) => Buffer {
  const pad = (byte: number) => Buffer.alloc(64, byte).map((each, at) => each ^ (key[at] ?? 0));
  const [inner, outer] = [pad(0x36), pad(0x5c)];
  return (text) => {
    const first = digest('sha256', Buffer.concat([inner, Buffer.from(text)]), 'buffer');
    return digest('sha256', Buffer.concat([outer, first]), 'buffer');
  };
}
