import {
  type CardClaims,
  type CardVerifier,
  type LibrarySignature,
  parseCardToken,
  type SignatureVerdict,
} from './card-token.ts';
import { readCbor } from './cbor.ts';
import { fromBase32 } from './code-text.ts';
import { readSign1 } from './cose-sign1.ts';
import { type MovingClaims, type PhoneSignature, parseMovingCode } from './moving-code.ts';
import { type PictureClaims, parsePictureCode } from './picture-code.ts';
import { scanKind } from './scan-kind.ts';

type CodeSignature = LibrarySignature | PhoneSignature;

/** A signed code as it reads; nothing is verified before `verifyCode` says so. */
export type SignedCode =
  | { readonly kind: 'print'; readonly claims: CardClaims; readonly checks: readonly CodeSignature[] }
  | { readonly kind: 'picture'; readonly claims: PictureClaims; readonly checks: readonly CodeSignature[] }
  | { readonly kind: 'moving'; readonly claims: MovingClaims; readonly checks: readonly CodeSignature[] };

/** What was scanned or typed at a gate, by its form alone. */
export type ScannedCode =
  | SignedCode
  /** A member number, or what may be one. */
  | { readonly kind: 'number'; readonly text: string }
  /** The secret address of a KTA. */
  | { readonly kind: 'kta'; readonly library: string; readonly token: string }
  /** Sixteen digits, a NIK or KK: must not reach an address, a log line or an outbox. */
  | { readonly kind: 'identity_number' }
  /** It is made like one of our codes, and is none. */
  | { readonly kind: 'damaged' }
  /** Nothing of ours. */
  | { readonly kind: 'foreign' };

/** Longer than any code of ours in base32. */
const LONGEST_CODE = 448;

/** Which kind a scan is. Works on addresses of `/k/` with any host and on the code alone. */
export function readScannedCode(scanned: string): ScannedCode {
  const scan = scanKind(scanned);
  switch (scan.kind) {
    case 'card':
      return readSignedCode(scan.signed) ?? { kind: 'damaged' };
    case 'kta':
    case 'identity_number':
      return scan;
    case 'ticket':
      return { kind: 'number', text: scan.text.toUpperCase() };
    case 'member_number':
      return { kind: 'number', text: scan.text };
    case 'status':
    case 'unknown':
      return { kind: 'foreign' };
  }
}

/**
 * The signed part of an address of `/k/`. Print codes are base64url, the others base32, and no code of one kind can be
 * read as another: the forms differ, and so does what is signed with them.
 */
export function readSignedCode(signed: string): SignedCode | undefined {
  const bytes = fromBase32(signed, LONGEST_CODE);
  if (!bytes) {
    const print = parseCardToken(signed);
    return print && { kind: 'print', claims: print.claims, checks: [print.check] };
  }
  const reader = readCbor(bytes);
  const sign1 = readSign1(reader);
  if (!sign1 || !reader.atEnd()) return undefined;
  const picture = parsePictureCode(sign1);
  if (picture) return { kind: 'picture', claims: picture.claims, checks: [picture.check] };
  const moving = parseMovingCode(sign1);
  return moving && { kind: 'moving', ...moving };
}

/** Says whether an ECDSA signature (P-256, SHA-256; r and s) of this raw public key holds. */
export type PhoneVerifier = (
  publicKey: Uint8Array<ArrayBuffer>,
  bytes: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
) => boolean;

export interface CodeVerifier {
  /** With the keys of the one library that the code names. */
  readonly library: CardVerifier;
  readonly phone: PhoneVerifier;
}

/** The same for a browser, whose WebCrypto answers later. */
export interface AsyncCodeVerifier {
  readonly library: (...args: Parameters<CardVerifier>) => SignatureVerdict | Promise<SignatureVerdict>;
  readonly phone: (...args: Parameters<PhoneVerifier>) => boolean | Promise<boolean>;
}

/** Checks every signature of a code. Whether it is admitted is the next question (`admission.ts`). */
export function verifyCode(code: SignedCode, verifier: CodeVerifier): SignatureVerdict {
  for (const check of code.checks) {
    const verdict =
      check.by === 'library'
        ? verifier.library(check.keyId, check.bytes, check.signature)
        : heldBy(verifier.phone(check.publicKey, check.bytes, check.signature));
    if (verdict !== 'valid') return verdict;
  }
  return 'valid';
}

/** `verifyCode` with verifiers that answer later. */
export async function verifyCodeAsync(
  code: SignedCode,
  verifier: AsyncCodeVerifier,
): Promise<SignatureVerdict> {
  for (const check of code.checks) {
    const verdict =
      check.by === 'library'
        ? await verifier.library(check.keyId, check.bytes, check.signature)
        : heldBy(await verifier.phone(check.publicKey, check.bytes, check.signature));
    if (verdict !== 'valid') return verdict;
  }
  return 'valid';
}

function heldBy(holds: boolean): SignatureVerdict {
  return holds ? 'valid' : 'invalid';
}
