import type { NetworkInterfaceInfo } from 'node:os';

/** Bridges of containers and virtual machines: nobody in the reading room reaches these. */
const VIRTUAL = /^(?:docker|br-|veth|virbr|vmnet|vboxnet|podman|cni|lxc)/i;

/**
 * Addresses under which the other computers and phones of the building reach a service that listens everywhere; empty
 * where it listens on one address only, which is printed as it is.
 * @param service `host` as set, `url` as printed for this computer
 * @param interfaces as `os.networkInterfaces()` gives them
 */
export function lanAddresses(
  service: { readonly host: string; readonly url: string },
  interfaces: Readonly<
    Record<string, readonly Pick<NetworkInterfaceInfo, 'address' | 'family' | 'internal'>[] | undefined>
  >,
): readonly string[] {
  const both = service.host === '::';
  if (!both && service.host !== '0.0.0.0') return [];
  const { protocol, port } = new URL(service.url);
  const found = Object.entries(interfaces).flatMap(([name, addresses]) =>
    VIRTUAL.test(name) ? [] : (addresses ?? []).filter((one) => !one.internal),
  );
  const v4 = found.filter((one) => one.family === 'IPv4' && !one.address.startsWith('169.254.'));
  // A link-local address needs the name of the interface beside it, which no browser takes.
  const v6 = both ? found.filter((one) => one.family === 'IPv6' && !/^fe[89ab]/i.test(one.address)) : [];
  const hosts = [...v4.map((one) => one.address), ...v6.map((one) => `[${one.address}]`)];
  return [...new Set(hosts)].map((host) => `${protocol}//${host}${port === '' ? '' : `:${port}`}`);
}
