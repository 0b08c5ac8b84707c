/** The verdict of a gate without a network, in the code that a gate runs. */
import { generateKeyPairSync, randomBytes, webcrypto } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import { signingKeyFromSeed } from '../../src/db/signing-key.ts';
import { DEFAULT_ADMISSION, judgeOffline } from '../../src/domain/admission.ts';
import { encodeCardToken } from '../../src/domain/card-token.ts';
import { decodeGateList, encodeGateList, type GateList } from '../../src/domain/gate-list.ts';
import { type CardId, type LibraryId, uuidV7 } from '../../src/domain/ids.ts';
import { certificateEnd, encodeMovingCode, encodePhoneCertificate } from '../../src/domain/moving-code.ts';
import { plainDateIn } from '../../src/domain/plain-date.ts';
import { hexOf } from '../../src/domain/published-keys.ts';
import { readScannedCode, verifyCodeAsync } from '../../src/domain/scanned-code.ts';
import { webVerifier } from '../../src/domain/web-verifier.ts';
import { slowSignatures } from '../../src/islands/gate/slow-signatures.ts';
import { percentile } from '../closed-loop.ts';

type Print = (name: string, value: number, unit: string) => void;

const REVOKED = 100_000;
const ZONE = 'Asia/Jakarta';
const library = { id: 1 as LibraryId, slug: 'contoh' };

/** @param seconds of each of the four measures */
export async function measureOffline(seconds: number, print: Print): Promise<void> {
  const list = readList(print);
  const key = signingKeyFromSeed(randomBytes(32));
  const keys = new Map([[hexOf(key.keyId), new Uint8Array(key.publicKey)]]);
  const subtle = webcrypto.subtle as unknown as typeof globalThis.crypto.subtle;
  const moving = await movingCodes(key);
  const issued = plainDateIn(ZONE, new Date());
  const printed = newCards(500).map(
    (card) =>
      `https://contoh.example/k/${encodeCardToken({ library: library.id, card, issued, validUntil: null }, key)}`,
  );
  for (const [name, codes, crypto] of [
    ['verify_offline', moving, subtle],
    ['verify_offline_print', printed, subtle],
    ['verify_offline_slow', moving, undefined],
  ] as const) {
    const verifier = webVerifier(keys, slowSignatures, crypto);
    const times: number[] = [];
    const until = performance.now() + seconds * 1000;
    for (let turn = 0; performance.now() < until; turn++) {
      const scanned = codes[turn % codes.length] ?? '';
      const began = performance.now();
      const code = readScannedCode(scanned);
      const signature = 'checks' in code ? await verifyCodeAsync(code, verifier) : null;
      const now = Date.now();
      const today = plainDateIn(ZONE, new Date(now));
      const seen = new Map<string, number>();
      const policy = DEFAULT_ADMISSION;
      const admission = judgeOffline({ code, signature, library, now, today, policy, seen, list });
      times.push(performance.now() - began);
      // The codes of the phone grow old while others are measured: what was looked up before that is the same work.
      if (admission.verdict !== 'admit' && !('reason' in admission && admission.reason === 'stale'))
        throw new Error(`a code of the benchmark was not admitted: ${JSON.stringify(admission)}`);
    }
    times.sort((a, b) => a - b);
    print(`${name}_ms`, percentile({ times }, 50), 'ms');
    print(`${name}_p95`, percentile({ times }, 95), 'ms');
  }
}

function readList(print: Print): GateList {
  const empty = {
    suspended: newCards(2_000),
    generations: newCards(2_000).map((card) => ({ card, least: 1 })),
  };
  const made = { library: library.id, asOf: Math.floor(Date.now() / 1000), version: 1, salt: 0x1234_5678 };
  const bytes = encodeGateList({ ...made, ...empty, revoked: newCards(REVOKED) });
  const began = performance.now();
  const list = decodeGateList(bytes);
  print('gate_list_read_ms', performance.now() - began, 'ms');
  print('gate_list_bytes', bytes.length, 'bytes');
  if (!list) throw new Error('the list of the benchmark cannot be read');
  return list;
}

async function movingCodes(key: ReturnType<typeof signingKeyFromSeed>): Promise<readonly string[]> {
  const now = new Date();
  const codes: string[] = [];
  for (const card of newCards(50)) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const secret = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
    const phoneKey = Uint8Array.from(p256.getPublicKey(secret, false));
    const claims = { library: library.id, card, generation: 0, ends: certificateEnd(now, null), phoneKey };
    const certificate = encodePhoneCertificate(claims, key) ?? '';
    const sign = (bytes: Uint8Array) => Promise.resolve(p256.sign(bytes, secret, { lowS: false }));
    codes.push(`HTTPS://CONTOH.EXAMPLE/K/${await encodeMovingCode(certificate, now.getTime(), sign)}`);
  }
  return codes;
}

function newCards(count: number): CardId[] {
  const random = randomBytes(count * 10);
  return Array.from(
    { length: count },
    (_, at) => uuidV7(new Date(1.7e12 + at * 997), random.subarray(at * 10)) as CardId,
  );
}
