import { isThisComputer } from '../domain/network-address.ts';
import type { OutgoingHosts } from '../domain/outgoing-hosts.ts';
import { fillGateway, gatewayHost, type SmsGateway } from '../domain/sms-gateway.ts';
import { OutgoingError, openGuardedFetch } from '../interop/guarded-fetch.ts';
import type { SendText } from '../usecases/send-text.ts';

/** A phone with the library's card sends in some seconds; a gateway that only takes is faster. */
const TIMEOUT_MS = 10_000;
/** Of the answers that say "not now"; others of 4xx say that it will never do. */
const LATER: readonly number[] = [408, 425, 429];
/** Connections that were never made: nothing can have been taken. */
const NEVER_THERE = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'];

/**
 * Hands text messages to the operator's gateway, wherever that is: in the library's own network, on this computer, or far
 * away. No redirect is followed, and of its answer nothing is kept but what it came to.
 * @param hosts of `OUTGOING_HOSTS`; this computer needs no entry there, as with the mail server
 */
export function smsSender(gateway: SmsGateway, hosts: OutgoingHosts, timeoutMs = TIMEOUT_MS): SendText {
  const host = gatewayHost(gateway.url) ?? '';
  const asked = isThisComputer(host) && hosts.length > 0 ? [...hosts, host] : hosts;
  const ask = openGuardedFetch('inside', timeoutMs, asked);
  return async ({ to, text }, cut) => {
    const { url, method, headers, body } = fillGateway(gateway, to, text);
    try {
      const answer = await ask(url, { method, headers, body, signal: cut });
      const { status } = answer;
      if (status >= 200 && status < 300) {
        const taken = gateway.accepted === undefined || (await answer.text()).includes(gateway.accepted);
        return taken ? { ok: true } : { ok: false, code: 'sms-refused', permanent: true, maybeSent: true };
      }
      const permanent = status >= 300 && status < 500 && !LATER.includes(status);
      const code = status >= 300 && status < 400 ? 'sms-redirect' : `sms-${status}`;
      // 4xx says that it did nothing. Other words, or a redirect, may come after it has sent.
      return { ok: false, code, permanent, maybeSent: status < 400 || status >= 500 };
    } catch (error) {
      if (!(error instanceof OutgoingError)) throw error;
      return {
        ok: false,
        code: `sms-${error.reason}`,
        permanent: false,
        maybeSent: mayHaveArrived(error),
      };
    }
  };
}

/** Cut off, or not answered in time: the gateway may have sent it all the same. */
function mayHaveArrived({ reason, cause }: OutgoingError): boolean {
  if (reason === 'slow' || reason === 'too-large') return true;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return reason === 'connection' && !NEVER_THERE.includes(code);
}
