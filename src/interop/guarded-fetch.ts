import { lookup } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { mayReach } from '../domain/network-address.ts';
import { mayAskHost, type OutgoingHosts } from '../domain/outgoing-hosts.ts';

/** Why nothing came back from an address that an admin had typed, or that a server had named. */
export type OutgoingReason = 'address' | 'name' | 'connection' | 'certificate' | 'slow' | 'too-large';

/** Thrown by a guarded fetch. */
export class OutgoingError extends Error {
  readonly reason: OutgoingReason;
  constructor(reason: OutgoingReason, cause?: unknown) {
    super(`no answer: ${reason}`, { cause });
    this.name = 'OutgoingError';
    this.reason = reason;
  }
}

/**
 * How far a request may go. `public`: over https to addresses that anybody can reach. `private`: into the library's own
 * network as well, as its admin has said. `inside`: there, or on this very machine, also without https. Nothing is ever
 * asked of link-local addresses, where clouds keep the credentials of machines.
 */
export type OutgoingReach = 'public' | 'private' | 'inside';

export interface Sent {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

const TIMEOUT_MS = 8_000;
const MOST_BYTES = 1_000_000;

/** Whether an address may be connected to. */
export function mayConnect(address: string, reach: OutgoingReach): boolean {
  return mayReach(address, reach !== 'public', reach === 'inside');
}

/**
 * Asks as far as `reach` says: at each request a name is looked up once and the connection goes to what was checked.
 * Follows no redirect, reads a megabyte. Rejects with an `OutgoingError`.
 * @param timeoutMs until the whole answer is there
 * @param hosts all that may be asked, whatever else is said; none: as `reach` says
 */
export function openGuardedFetch(
  reach: OutgoingReach,
  timeoutMs = TIMEOUT_MS,
  hosts: OutgoingHosts = [],
): (url: string, sent: Sent) => Promise<Response> {
  const guarded: LookupFunction = (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(new OutgoingError('name', error), []);
      const open = found.filter(({ address }) => mayConnect(address, reach));
      const [first] = open;
      if (first === undefined) return callback(new OutgoingError('address'), []);
      return options.all ? callback(null, open) : callback(null, first.address, first.family);
    });
  };
  return (text, sent) =>
    new Promise((resolve, reject) => {
      const url = new URL(text);
      // Of `[::1]` without its brackets; a number is connected to without being looked up.
      const host = url.hostname.replace(/^\[|\]$/g, '');
      const plain = url.protocol === 'http:' && reach === 'inside';
      const refused = !mayAskHost(hosts, host) || (isIP(host) !== 0 && !mayConnect(host, reach));
      if ((url.protocol !== 'https:' && !plain) || refused) {
        reject(new OutgoingError('address'));
        return;
      }
      const timeout = AbortSignal.timeout(timeoutMs);
      const signal = sent.signal ? AbortSignal.any([sent.signal, timeout]) : timeout;
      const fail = (cause: unknown) => reject(outgoingError(cause, signal));
      const body = bodyOf(sent.body);
      const request = (plain ? http : https).request(
        url,
        {
          method: sent.method,
          headers: {
            ...sent.headers,
            ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
          },
          lookup: guarded,
          signal,
          // A connection of its own: none that another rule has opened.
          agent: false,
        },
        (answer) => {
          const parts: Buffer[] = [];
          let bytes = 0;
          answer.on('data', (part: Buffer) => {
            bytes += part.length;
            if (bytes > MOST_BYTES) request.destroy(new OutgoingError('too-large'));
            else parts.push(part);
          });
          answer.on('error', fail);
          answer.on('end', () => resolve(responseOf(answer, Buffer.concat(parts))));
        },
      );
      request.on('error', fail);
      request.end(body);
    });
}

/** What our requests send: nothing, or text. */
function bodyOf(body: unknown): string | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string' || body instanceof URLSearchParams) return body.toString();
  throw new TypeError('a body is text');
}

function responseOf(answer: http.IncomingMessage, body: Buffer): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) headers.append(name, one);
  const status = answer.statusCode ?? 500;
  const empty = status === 204 || status === 205 || status === 304;
  return new Response(empty ? null : Uint8Array.from(body), { status, headers });
}

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO/;

function outgoingError(cause: unknown, signal: AbortSignal): OutgoingError {
  if (cause instanceof OutgoingError) return cause;
  if (signal.aborted) return new OutgoingError('slow', cause);
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return new OutgoingError(CERTIFICATE.test(code) ? 'certificate' : 'connection', cause);
}
