import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** Inside a network: nobody outside can reach these, and we can. RFC 1918, 6598, 4193, loopback. */
const INSIDE = listOf([
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['::1', 128],
  ['fc00::', 7],
]);
/** Never a lending system: this computer's metadata service in a cloud, "this network", multicast, reserved. */
const NEVER = listOf([
  ['169.254.0.0', 16],
  ['0.0.0.0', 8],
  ['224.0.0.0', 3],
  ['fe80::', 10],
  ['ff00::', 8],
  ['::', 128],
]);

function listOf(ranges: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [address, bits] of ranges) list.addSubnet(address, bits, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return list;
}

/** `LENDING_HOSTS`: names, `*.name`, or addresses; empty: any host, as an admin says. */
export type LendingHosts = readonly string[];

/**
 * Whether we may speak to a host, and at which address. Every address that the name has must be allowed: one that
 * answers differently each time leads nowhere else.
 * @param inside an admin has said that the host is in the library's own network
 */
export async function reach(
  host: string,
  options: { readonly inside: boolean; readonly hosts: LendingHosts },
): Promise<
  | { readonly ok: true; readonly address: string }
  | { readonly ok: false; readonly reason: 'refused' | 'unknown' }
> {
  if (options.hosts.length > 0 && !options.hosts.some((one) => matches(one, host)))
    return { ok: false, reason: 'refused' };
  const found =
    isIP(host) > 0
      ? [{ address: host }]
      : await lookup(host, { all: true }).catch((): { address: string }[] => []);
  const [first] = found;
  if (first === undefined) return { ok: false, reason: 'unknown' };
  const isAllowed = found.every(({ address }) => {
    if (isIn(NEVER, address)) return false;
    // The operator's list says it for this host by name.
    return options.hosts.length > 0 || options.inside || !isIn(INSIDE, address);
  });
  return isAllowed ? { ok: true, address: first.address } : { ok: false, reason: 'refused' };
}

function isIn(list: BlockList, address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const plain = mapped ?? address;
  return list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}

function matches(rule: string, host: string): boolean {
  const [wanted, name] = [rule.toLowerCase(), host.toLowerCase()];
  return wanted.startsWith('*.') ? name.endsWith(wanted.slice(1)) : wanted === name;
}
