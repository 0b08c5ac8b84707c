import { ARRAY, byteString, concat, head, integer, MAP, type Part, textString, UNSIGNED } from './cbor.ts';
import { fromBase64Url, toBase64Url } from './code-text.ts';
import type { LibraryId } from './ids.ts';

/** A public key of a library, as others get it. */
export interface PublishedKey {
  readonly library: LibraryId;
  readonly slug: string;
  /** Four bytes. */
  readonly keyId: Uint8Array;
  /** 32 bytes, Ed25519. */
  readonly publicKey: Uint8Array;
  readonly state: 'active' | 'retired' | 'revoked';
  readonly revokedAt: Date | null;
}

/** A member of a COSE_Key of our own, from the labels that are free for private use: `iss` of the codes it may sign. */
const ISSUER = -65_538;

/**
 * The keys to be trusted as a COSE_KeySet (RFC 9052 §7), in deterministic CBOR:
 * `{1: 1 (OKP), 2: key id, 3: -8 (EdDSA), 4: [2 (verify)], -1: 6 (Ed25519), -2: x, -65538: iss}` each. Those that were
 * taken back are left out.
 */
export function coseKeySet(keys: readonly PublishedKey[]): Uint8Array<ArrayBuffer> {
  const trusted = keys.filter(({ state }) => state !== 'revoked');
  const parts: Part[] = [head(ARRAY, trusted.length)];
  for (const { library, keyId, publicKey } of trusted)
    parts.push(
      head(MAP, 7),
      [...head(UNSIGNED, 1), ...head(UNSIGNED, 1), ...head(UNSIGNED, 2)],
      byteString(keyId),
      [...head(UNSIGNED, 3), ...integer(-8), ...head(UNSIGNED, 4), ...head(ARRAY, 1), ...head(UNSIGNED, 2)],
      [...integer(-1), ...head(UNSIGNED, 6), ...integer(-2)],
      byteString(publicKey),
      integer(ISSUER),
      textString(String(library)),
    );
  return concat(parts);
}

/**
 * The same as a JWK set (RFC 7517, RFC 8037). `keys` are those to be trusted; `revoked` names, beside them, those whose
 * codes are to be refused as forgeable rather than as unknown.
 */
export interface Jwks {
  readonly keys: readonly {
    readonly kty: 'OKP';
    readonly crv: 'Ed25519';
    readonly x: string;
    /** The key id of the codes, in hex. */
    readonly kid: string;
    readonly alg: 'EdDSA';
    readonly use: 'sig';
    /** Of the codes that it may sign, and of no others. */
    readonly iss: string;
    readonly library: string;
    readonly state: 'active' | 'retired';
  }[];
  /** `revoked_at` in seconds since 1970. */
  readonly revoked: readonly {
    readonly kid: string;
    readonly iss: string;
    readonly library: string;
    readonly revoked_at: number;
  }[];
}

export function jwksOf(keys: readonly PublishedKey[]): Jwks {
  const trusted: Jwks['keys'][number][] = [];
  const revoked: Jwks['revoked'][number][] = [];
  for (const key of keys) {
    const names = { kid: hexOf(key.keyId), iss: String(key.library), library: key.slug };
    if (key.state === 'revoked')
      revoked.push({ ...names, revoked_at: Math.floor((key.revokedAt?.getTime() ?? 0) / 1000) });
    else
      trusted.push({
        kty: 'OKP',
        crv: 'Ed25519',
        x: toBase64Url(key.publicKey),
        alg: 'EdDSA',
        use: 'sig',
        ...names,
        state: key.state,
      });
  }
  return { keys: trusted, revoked };
}

/** The keys of one library by their ids in hex, as a gate keeps them; undefined for anything that is no such set. */
export function keysOfJwks(
  jwks: unknown,
  library: LibraryId,
): ReadonlyMap<string, Uint8Array<ArrayBuffer> | 'revoked'> | undefined {
  const { keys, revoked } = (jwks ?? {}) as Partial<Jwks>;
  if (!Array.isArray(keys) || !Array.isArray(revoked)) return undefined;
  const known = new Map<string, Uint8Array<ArrayBuffer> | 'revoked'>();
  const iss = String(library);
  for (const key of keys as Jwks['keys']) {
    const x = key.crv === 'Ed25519' && key.iss === iss ? fromBase64Url(String(key.x), 43) : undefined;
    if (x?.length === 32) known.set(key.kid, x);
  }
  for (const key of revoked as Jwks['revoked']) if (key.iss === iss) known.set(key.kid, 'revoked');
  return known;
}

/** As key ids are written in a JWK set. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
