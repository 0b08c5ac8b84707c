import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, type Server } from 'node:tls';
import { codeOf } from './domain/error-code.ts';

/**
 * Of every server of ours: TLS 1.3, and of TLS 1.2 what keeps past sessions shut when the key is lost and authenticates
 * what it encrypts (RFC 9325; Mozilla's "intermediate"). Node's default also takes RSA key exchange and CBC with SHA-1.
 */
export const TLS_RULES = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_GCM_SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
  ].join(':'),
  honorCipherOrder: true,
} as const;

/** A certificate chain and its key, in PEM, and what comes after them. */
export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Has a server present whatever the files hold when a connection is made; those that are open stay as they are. */
  follow(server: Server): void;
}

/**
 * Reads the files of a certificate that is replaced every few weeks by a program that knows nothing of this one. Before
 * each handshake, of which these looks are a hundredth, the files are compared by time, size and inode of what their
 * paths lead to: a file that was renamed into place or a link that was turned is noticed on any file system. A pair that
 * does not fit, as between the writing of the two, leaves the last good one in use. Throws where a file cannot be read now.
 */
export function openTlsFiles(
  files: { readonly certFile: string; readonly keyFile: string },
  log: (entry: Readonly<Record<string, string>>) => void,
): TlsFiles {
  const read = () => ({ cert: readFileSync(files.certFile), key: readFileSync(files.keyFile) });
  // Before they are read: what changes meanwhile is read again.
  let known = marksOf(files);
  return {
    ...read(),
    follow(server) {
      // Before the server's own listener, which takes the certificate of that moment.
      server.prependListener('connection', () => {
        const marks = marksOf(files);
        if (marks === known) return;
        known = marks;
        try {
          const pair = read();
          // Throws where they do not belong together: the server is not told of such a pair.
          createSecureContext(pair);
          server.setSecureContext({ ...pair, ...TLS_RULES });
          log({ event: 'certificate-renewed', file: files.certFile });
        } catch (error) {
          log({
            level: 'error',
            event: 'certificate-not-renewed',
            file: files.certFile,
            reason: codeOf(error, 'unusable'),
          });
        }
      });
    },
  };
}

/** Changes whenever one of the files does. */
function marksOf({ certFile, keyFile }: { readonly certFile: string; readonly keyFile: string }): string {
  return [certFile, keyFile]
    .map((file) => {
      try {
        const found = statSync(file);
        return `${found.mtimeMs} ${found.size} ${found.ino}`;
      } catch (error) {
        // A mark like any other: thrown into the listener of a connection it would end the process.
        return `unreadable ${codeOf(error, 'unusable')}`;
      }
    })
    .join('|');
}
