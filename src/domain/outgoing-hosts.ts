/** `OUTGOING_HOSTS`: names, `*.name`, or addresses; empty: wherever the rules of each kind of connection let it. */
export type OutgoingHosts = readonly string[];

/**
 * Whether the operator lets the service connect to a host at all. By the name that was typed or told, so that an address
 * which the name does not stand in the list for is none of it.
 * @param host as an address bar has it, also in brackets
 */
export function mayAskHost(hosts: OutgoingHosts, host: string): boolean {
  return hosts.length === 0 || hosts.some((rule) => matchesHost(rule, host));
}

/** `*.name` stands for every name below, not for the name itself. */
export function matchesHost(rule: string, host: string): boolean {
  const [wanted, name] = [plain(rule), plain(host)];
  return wanted.startsWith('*.') ? name.endsWith(wanted.slice(1)) : wanted === name;
}

/** Without what does not change where it leads: brackets, capitals, the dot of the root. */
function plain(host: string): string {
  return host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
}
