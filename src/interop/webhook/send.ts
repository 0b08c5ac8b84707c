/** One request to a receiver, to an address that was checked, within a time and with little read of the answer. */
import { type LookupAddress, lookup as lookUp } from 'node:dns';
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { mayAskHost, type OutgoingHosts } from '../../domain/outgoing-hosts.ts';
import type { AttemptFailure } from '../../domain/webhook.ts';

export interface WebhookRequest {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type WebhookAnswer =
  | { readonly ok: true; readonly status: number }
  | { readonly ok: false; readonly status: number | null; readonly failure: AttemptFailure };

export interface WebhookPorts {
  /** Whether an address may be connected to. */
  readonly mayReach: (address: string) => boolean;
  /** All that may be asked; none: as `mayReach` says. */
  readonly hosts?: OutgoingHosts;
  /** The answer's head has to be there by then, in ms. */
  readonly timeoutMs: number;
  /** Ends what is under way. */
  readonly cut?: AbortSignal;
  /** Default: the system's. */
  readonly lookup?: (
    hostname: string,
    done: (error: Error | null, addresses: readonly LookupAddress[]) => void,
  ) => void;
  /** PEM of authorities beside the system's; for tests. */
  readonly ca?: string;
}

/** Of the answer's body nothing is wanted; so much is taken, so that a receiver is not cut off while it writes. */
const MOST_BODY = 16_384;
const BODY_MS = 1_000;

class RefusedAddress extends Error {}

/**
 * Sends one message. The name is resolved anew each time, each of its addresses has to be one that may be reached, and the
 * connection goes to what was checked: what a name stood for when it was typed proves nothing. Redirects are not followed.
 */
export function sendWebhook(asked: WebhookRequest, ports: WebhookPorts): Promise<WebhookAnswer> {
  const url = new URL(asked.url);
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  const refused =
    !mayAskHost(ports.hosts ?? [], literal) || (isIP(literal) !== 0 && !ports.mayReach(literal));
  if (refused) return Promise.resolve({ ok: false, status: null, failure: 'address' });
  const timeout = AbortSignal.timeout(ports.timeoutMs);
  const signal = ports.cut ? AbortSignal.any([timeout, ports.cut]) : timeout;
  const send = url.protocol === 'https:' ? tlsRequest : plainRequest;
  return new Promise((resolve) => {
    const request = send(url, {
      method: 'POST',
      signal,
      // No connection is kept: each is made to an address that was just checked.
      agent: false,
      lookup: checkedLookup(ports),
      ...(ports.ca === undefined ? {} : { ca: ports.ca }),
      headers: {
        ...asked.headers,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(asked.body),
        'user-agent': 'DaftarPustaka-Webhooks/1',
      },
    });
    request.on('response', (response) => {
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) resolve({ ok: true, status });
      else resolve({ ok: false, status, failure: status >= 300 && status < 400 ? 'redirect' : 'status' });
      let read = 0;
      const timer = setTimeout(() => request.destroy(), BODY_MS);
      response.on('data', (chunk: Buffer) => {
        read += chunk.length;
        if (read > MOST_BODY) request.destroy();
      });
      response.on('error', () => undefined);
      response.on('close', () => clearTimeout(timer));
    });
    request.on('error', (error) => resolve({ ok: false, status: null, failure: failureOf(error, timeout) }));
    request.end(asked.body);
  });
}

function checkedLookup(ports: WebhookPorts): LookupFunction {
  const resolve = ports.lookup ?? ((hostname, done) => lookUp(hostname, { all: true }, done));
  return (hostname, options, callback) => {
    resolve(hostname, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error || first === undefined) {
        callback(error ?? new Error('no address'), '', 4);
        return;
      }
      if (!addresses.every(({ address }) => ports.mayReach(address))) {
        callback(new RefusedAddress('not to be reached'), '', 4);
        return;
      }
      if (options.all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };
}

function failureOf(error: Error, timeout: AbortSignal): AttemptFailure {
  if (error instanceof RefusedAddress) return 'address';
  if (timeout.aborted) return 'timeout';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL|EPROTO/.test(code)
    ? 'certificate'
    : 'unreachable';
}
