import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { mayReach } from '../domain/network-address.ts';
import { matchesHost, mayAskHost, type OutgoingHosts } from '../domain/outgoing-hosts.ts';

/** `LENDING_HOSTS`: names, `*.name`, or addresses; empty: any host, as an admin says. */
export type LendingHosts = readonly string[];

/**
 * Whether we may speak to a host, and at which address. Every address that the name has must be allowed: one that
 * answers differently each time leads nowhere else.
 * @param inside an admin has said that the host is in the library's own network
 * @param outgoing what the operator lets the service connect to at all
 */
export async function reach(
  host: string,
  options: { readonly inside: boolean; readonly hosts: LendingHosts; readonly outgoing?: OutgoingHosts },
): Promise<
  | { readonly ok: true; readonly address: string }
  | { readonly ok: false; readonly reason: 'refused' | 'unknown' }
> {
  if (!mayAskHost(options.outgoing ?? [], host)) return { ok: false, reason: 'refused' };
  if (options.hosts.length > 0 && !options.hosts.some((one) => matchesHost(one, host)))
    return { ok: false, reason: 'refused' };
  const found =
    isIP(host) > 0
      ? [{ address: host }]
      : await lookup(host, { all: true }).catch((): { address: string }[] => []);
  const [first] = found;
  if (first === undefined) return { ok: false, reason: 'unknown' };
  // The operator's list says it for this host by name.
  const inside = options.hosts.length > 0 || options.inside;
  const isAllowed = found.every(({ address }) => mayReach(address, inside));
  return isAllowed ? { ok: true, address: first.address } : { ok: false, reason: 'refused' };
}
