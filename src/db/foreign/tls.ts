import { connect, isIP, type Socket } from 'node:net';
import type { SslOptions } from 'mysql2/promise';

/** How a MySQL server on another computer is reached. */
export interface EncryptedWay {
  readonly host: string;
  readonly ssl: SslOptions;
  readonly stream: () => Socket;
}

/**
 * TLS with the certificate checked against the name that was typed. Passwords go this way, and whole members.
 * @param host a name; with an address there is no name to hold the certificate against: undefined
 * @param address where `host` was found to be, so that the name cannot lead elsewhere meanwhile
 * @param ca PEM of authorities instead of the system's, `NODE_EXTRA_CA_CERTS` elsewhere; for tests
 */
export function encryptedWay(
  host: string,
  address: string,
  port: number,
  ca?: string,
): EncryptedWay | undefined {
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0) return undefined;
  return {
    host,
    ssl: { rejectUnauthorized: true, verifyIdentity: true, ...(ca === undefined ? {} : { ca }) },
    stream: () => connect({ host: address, port, keepAlive: true, noDelay: true }),
  };
}

/** What the driver says where the server has no TLS, or a certificate that is not believed. */
export function isTlsTrouble(code: string): boolean {
  return code === 'HANDSHAKE_NO_SSL_SUPPORT' || code === 'HANDSHAKE_SSL_ERROR';
}
