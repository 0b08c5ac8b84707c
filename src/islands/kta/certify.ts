import { toBase64Url } from '../../domain/code-text.ts';
import { learnClock, type ServerClock } from './clock.ts';
import type { Phone } from './phone-store.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };

export interface PhoneKey {
  readonly privateKey: CryptoKey;
  readonly publicKey: Uint8Array<ArrayBuffer>;
}

export async function makeKey(): Promise<PhoneKey> {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']);
  return { privateKey, publicKey: new Uint8Array(await crypto.subtle.exportKey('raw', publicKey)) };
}

export async function signWith(phone: PhoneKey, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(
    await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, phone.privateKey, bytes),
  );
}

export type Answer<Result> =
  | { readonly kind: 'ok'; readonly result: Result; readonly clock: ServerClock | undefined }
  /** The card at this address is no more. */
  | { readonly kind: 'dead' }
  | { readonly kind: 'refused'; readonly reason: 'displaced' | 'too-many' | 'not-active' | 'other' }
  /** Nobody answered, or not in a way that says anything. */
  | { readonly kind: 'offline' };

/** Asks the library to certify the key. @param kept the holder keeps the card on this phone */
export function askCertificate(base: string, key: PhoneKey, kept: boolean): Promise<Answer<Phone>> {
  const body = new URLSearchParams({ kunci: toBase64Url(key.publicKey), simpan: kept ? 'ya' : '' });
  return ask(`${base}/sertifikat`, { method: 'POST', body }, ({ certificate, ends, signer }) =>
    typeof certificate === 'string' && typeof ends === 'number' && typeof signer === 'string'
      ? { ...key, certificate, ends, signer, kept }
      : undefined,
  );
}

/** What the library said of its keys, by the way. */
export interface TimeTold {
  /** Ids of those that were taken back: what they signed is refused. */
  readonly revoked: readonly unknown[];
}

/** Asks what time it is, and by the way whether the card is still alive. */
export function askClock(base: string): Promise<Answer<TimeTold>> {
  return ask(`${base}/jam`, {}, ({ revoked }) => ({ revoked: Array.isArray(revoked) ? revoked : [] }));
}

async function ask<Result>(
  url: string,
  init: RequestInit,
  read: (answer: Readonly<Record<string, unknown>>) => Result | undefined,
): Promise<Answer<Result>> {
  try {
    const asked = Date.now();
    const response = await fetch(url, { ...init, cache: 'no-store' });
    const answered = Date.now();
    // The service's own word; without the header it is that of something on the way.
    if ((response.status === 404 || response.status === 410) && response.headers.has('Kta-Card'))
      return { kind: 'dead' };
    const answer = (await response.json()) as Readonly<Record<string, unknown>>;
    const { now, reason } = answer;
    if (!response.ok) {
      const known = (['displaced', 'too-many', 'not-active'] as const).find((one) => one === reason);
      return { kind: 'refused', reason: known ?? 'other' };
    }
    const result = read(answer);
    if (result === undefined || typeof now !== 'number') return { kind: 'offline' };
    return { kind: 'ok', result, clock: learnClock(asked, answered, now) };
  } catch {
    return { kind: 'offline' };
  }
}
