import { describe, expect, it } from 'vitest';
import { lanAddresses } from './lan-addresses.ts';

const one = (address: string, internal = false) => ({
  address,
  internal,
  family: address.includes(':') ? ('IPv6' as const) : ('IPv4' as const),
});
const interfaces = {
  lo: [one('127.0.0.1', true), one('::1', true)],
  eth0: [one('192.168.1.20'), one('fe80::1'), one('fd00::20')],
  wlan0: [one('10.0.0.7'), one('169.254.3.4')],
  docker0: [one('172.17.0.1')],
  gone: undefined,
};
const url = 'http://localhost:8080';

describe('the addresses a start prints for the building', () => {
  it('are those of this computer on the network, with the port', () => {
    expect(lanAddresses({ host: '0.0.0.0', url }, interfaces)).toEqual([
      'http://192.168.1.20:8080',
      'http://10.0.0.7:8080',
    ]);
  });

  it('are of both kinds where it listens on both', () => {
    expect(lanAddresses({ host: '::', url: 'https://localhost' }, interfaces)).toEqual([
      'https://192.168.1.20',
      'https://10.0.0.7',
      'https://[fd00::20]',
    ]);
  });

  it('are none where it listens for this computer or on one address', () => {
    for (const host of ['127.0.0.1', 'localhost', '192.168.1.20', 'perpus.example'])
      expect(lanAddresses({ host, url }, interfaces)).toEqual([]);
  });
});
