/** A passkey in software: answers as a real authenticator does, or wrongly where a test wants it. */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface SoftPasskey {
  readonly id: Buffer;
  /** COSE, as the authenticator gives it. */
  readonly publicKey: Buffer;
  /** The answer to the options of a registration. */
  make(options: string, origin: string): string;
  /** The answer to the options of a sign-in or a confirmation. */
  answer(options: string, asked: AnswerOptions): string;
}

export interface AnswerOptions {
  /** As the browser would write it into what is signed. */
  readonly origin: string;
  /** Another challenge than that of the options. */
  readonly challenge?: string;
  readonly rpId?: string;
  /** Without having checked who holds it. */
  readonly unverified?: boolean;
  readonly userHandle?: string;
}

export function softPasskey(): SoftPasskey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const cose = Buffer.concat([
    Buffer.from('a5010203262001215820', 'hex'),
    Buffer.from(x, 'base64url'),
    Buffer.from('225820', 'hex'),
    Buffer.from(y, 'base64url'),
  ]);
  const id = randomBytes(16);
  const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest();
  const clientData = (type: string, challenge: string, origin: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  const authData = (rpId: string, flags: number) =>
    Buffer.concat([sha256(rpId), Buffer.of(flags, 0, 0, 0, 0)]);
  const identity = { id: id.toString('base64url'), rawId: id.toString('base64url'), type: 'public-key' };
  return {
    id,
    publicKey: cose,
    make(options, origin) {
      const { challenge, rp } = JSON.parse(options) as { challenge: string; rp: { id: string } };
      const data = Buffer.concat([
        authData(rp.id, 0x45),
        Buffer.alloc(16),
        Buffer.of(0, id.length),
        id,
        cose,
      ]);
      // CBOR: { fmt: 'none', attStmt: {}, authData }
      const attestationObject = Buffer.concat([
        Buffer.from('a363666d74646e6f6e656761747453746d74a068617574684461746158', 'hex'),
        Buffer.of(data.length),
        data,
      ]);
      return JSON.stringify({
        ...identity,
        response: {
          clientDataJSON: clientData('webauthn.create', challenge, origin).toString('base64url'),
          attestationObject: attestationObject.toString('base64url'),
          transports: ['internal'],
        },
        clientExtensionResults: {},
      });
    },
    answer(options, asked) {
      const { challenge, rpId } = JSON.parse(options) as { challenge: string; rpId: string };
      const data = clientData('webauthn.get', asked.challenge ?? challenge, asked.origin);
      const auth = authData(asked.rpId ?? rpId, asked.unverified ? 0x01 : 0x05);
      const signature = sign('sha256', Buffer.concat([auth, sha256(data)]), privateKey);
      return JSON.stringify({
        ...identity,
        response: {
          clientDataJSON: data.toString('base64url'),
          authenticatorData: auth.toString('base64url'),
          signature: signature.toString('base64url'),
          ...(asked.userHandle === undefined ? {} : { userHandle: asked.userHandle }),
        },
        clientExtensionResults: {},
      });
    },
  };
}
