import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusedHost, isThisComputer, kindOfAddress, mayReach } from './network-address.ts';

const byte = fc.integer({ min: 0, max: 255 });
/** IANA's list of special addresses, written again by other means than the code uses. */
const isSpecial = ([a, b, c]: readonly number[]): boolean =>
  a === undefined ||
  b === undefined ||
  c === undefined ||
  [0, 10, 127].includes(a) ||
  a >= 224 ||
  (a === 100 && b >= 64 && b <= 127) ||
  (a === 169 && b === 254) ||
  (a === 172 && b >= 16 && b <= 31) ||
  (a === 192 && ((b === 0 && (c === 0 || c === 2)) || b === 168 || (b === 88 && c === 99))) ||
  (a === 198 && (b === 18 || b === 19 || (b === 51 && c === 100))) ||
  (a === 203 && b === 0 && c === 113);

describe('where an address lies', () => {
  it('of IPv4 is public exactly where IANA gives it to everybody', () => {
    const near = fc.constantFrom(0, 10, 100, 127, 169, 172, 192, 198, 203, 224, 255);
    fc.assert(
      fc.property(fc.oneof(near, byte), byte, byte, byte, (...parts) => {
        // AS112 and AMT, anycast services that nobody's receiver is.
        fc.pre(!(parts[0] === 192 && (parts[1] === 31 || parts[1] === 52 || parts[1] === 175)));
        const address = parts.join('.');
        expect(kindOfAddress(address) === 'public', address).toBe(!isSpecial(parts));
      }),
      { numRuns: 3_000 },
    );
  });

  it('is the same inside IPv6, and no other way of writing it leads around', () => {
    fc.assert(
      fc.property(byte, byte, byte, byte, (a, b, c, d) => {
        const plain = `${a}.${b}.${c}.${d}`;
        expect(kindOfAddress(`::ffff:${plain}`)).toBe(kindOfAddress(plain));
        const [high, low] = [((a << 8) | b).toString(16), ((c << 8) | d).toString(16)];
        expect(kindOfAddress(`::ffff:${high}:${low}`)).toBe(kindOfAddress(plain));
        for (const tunnel of [
          `64:ff9b::${plain}`,
          `2002:${high}:${low}::1`,
          `::${plain}`,
          `0:0:0:0:0:0:${plain}`,
        ])
          expect(kindOfAddress(tunnel), tunnel).toBe('never');
      }),
    );
    for (const odd of ['0177.0.0.1', '0x7f.1', '2130706433', '127.1', 'fe80::1%eth0', '', 'localhost'])
      expect(kindOfAddress(odd), odd).toBe('never');
  });

  it('of IPv6 is public only in what is given to hosts', () => {
    for (const self of ['::1', '127.0.0.1', '127.8.8.8', '::ffff:127.0.0.1'])
      expect(kindOfAddress(self), self).toBe('self');
    for (const inside of ['fc00::1', 'fd12:3456::1']) expect(kindOfAddress(inside), inside).toBe('inside');
    for (const never of [
      '::',
      'fe80::1',
      'fec0::1',
      'ff02::1',
      '2001:db8::1',
      '2001::1',
      '64:ff9b:1::1',
      '4000::1',
      'fd00:ec2::254',
    ])
      expect(kindOfAddress(never), never).toBe('never');
    expect(kindOfAddress('2606:4700::1111')).toBe('public');
    expect(kindOfAddress('2400:cb00:2048:1::c629:d7a2')).toBe('public');
  });

  it('where clouds keep the credentials of machines is refused, whatever an officer allows', () => {
    for (const address of ['169.254.169.254', '100.100.100.200', '192.0.0.192', '::ffff:169.254.169.254'])
      expect(mayReach(address, true), address).toBe(false);
  });

  it('inside is for those who allowed it', () => {
    for (const address of [
      '127.0.0.1',
      '10.1.2.3',
      '192.168.1.5',
      '172.20.0.1',
      '100.64.0.1',
      '::1',
      'fd12::1',
    ])
      expect([mayReach(address, false), mayReach(address, true)], address).toEqual([false, true]);
  });
});

describe('what was typed', () => {
  it('is refused where it plainly lies inside', () => {
    for (const host of [
      'localhost',
      'a.localhost',
      'server.local',
      'x.internal',
      'LOCALHOST.',
      '[::1]',
      '10.0.0.1',
    ])
      expect([isRefusedHost(host, false), isRefusedHost(host, true)], host).toEqual([true, false]);
    expect(isRefusedHost('169.254.169.254', true)).toBe(true);
    expect(isRefusedHost('contoh.id', false)).toBe(false);
  });

  it('in another notation is what the address bar makes of it', () => {
    for (const typed of ['http://2130706433/', 'http://0x7f.1/', 'http://0177.0.0.1/', 'http://127.1/'])
      expect(isRefusedHost(new URL(typed).hostname, false), typed).toBe(true);
  });
});

it('this computer is its loopback addresses, its name for them, and a socket; never no host at all', () => {
  for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '::1', '[::1]', '/run/postgresql'])
    expect(isThisComputer(host), host).toBe(true);
  for (const host of ['', '10.0.0.9', '0.0.0.0', 'localhost.contoh.go.id', 'fd00::1'])
    expect(isThisComputer(host), host).toBe(false);
});
