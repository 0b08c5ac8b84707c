import ipaddr from 'ipaddr.js';

/**
 * Where an address lies that somebody has typed for us to speak to. `self`: this machine. `never`: nobody lies there,
 * whatever an officer allows: link-local, where clouds keep the credentials of machines, multicast, documentation, tunnels
 * to other addresses.
 */
export type AddressKind = 'public' | 'inside' | 'self' | 'never';

/** What a cloud tells its machines at addresses that look like any other inside. */
const METADATA = ['100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd00:ec2::254', 'fd20:ce::254'].map(
  (one) => ipaddr.parse(one).toNormalizedString(),
);
const INSIDE = ['private', 'carrierGradeNat', 'uniqueLocal'];
/** All that is given to hosts so far (IANA); the rest of IPv6 is reserved. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** @param address as the resolver or an address bar has it; IPv4 inside IPv6 counts as what it is */
export function kindOfAddress(address: string): AddressKind {
  const bare = address.replace(/^\[|\]$/g, '');
  // A zone ("%eth0") belongs to link-local only; three parts or octal digits are for no resolver; the old way to write IPv4
  // into IPv6 (`::1.2.3.4`) is another address to the system than to the library that reads it here.
  if (bare.includes('%') || /^::\d+\./.test(bare)) return 'never';
  if (!ipaddr.IPv6.isValid(bare) && !ipaddr.IPv4.isValidFourPartDecimal(bare)) return 'never';
  const parsed = ipaddr.process(bare);
  if (METADATA.includes(parsed.toNormalizedString())) return 'never';
  const range = parsed.range();
  if (range === 'loopback') return 'self';
  if (INSIDE.includes(range)) return 'inside';
  if (range !== 'unicast') return 'never';
  return parsed instanceof ipaddr.IPv6 && !parsed.match(GLOBAL_IPV6) ? 'never' : 'public';
}

/** The loopback address, or a socket of the file system. No host is none of them: PGHOST may name any. */
export function isThisComputer(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || kindOfAddress(host) === 'self';
}

/**
 * Whether we may speak to an address.
 * @param inside the officer allowed the library's own network
 * @param self and this machine, which is part of it where nothing else is said
 */
export function mayReach(address: string, inside: boolean, self = inside): boolean {
  const kind = kindOfAddress(address);
  return kind === 'public' || (kind === 'inside' && inside) || (kind === 'self' && self);
}

/** Whether what stands in an address bar says by itself that it lies inside, or nowhere at all. */
export function isRefusedHost(hostname: string, inside: boolean): boolean {
  const bare = hostname.replace(/^\[|\]$/g, '');
  if (ipaddr.isValid(bare)) return !mayReach(bare, inside);
  return !inside && /(^|\.)(localhost|local|internal|lan|home\.arpa)\.?$/i.test(bare);
}
