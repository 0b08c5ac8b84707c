import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openFramer } from './framing.ts';
import { ANSWERS, type AnswerId, LONGEST_MESSAGE, REQUESTS, type RequestId } from './layout.ts';
import { checksum, type FixedOf, readRequest, writeAnswer, writeResend } from './message.ts';
import { bytesToBinary, type Charset, readText, writeText } from './text.ts';
import { patronStatus, sip2Time, supportedMessages } from './values.ts';

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const read = (text: string, charset: Charset = 'latin1') => readRequest(bytes(text), charset);

/** The lengths of the specification's chapters "Command messages" and "Response messages", counted by hand. */
const FIXED_LENGTH: Readonly<Record<RequestId | AnswerId, number>> = {
  '01': 19,
  '09': 37,
  '11': 38,
  '15': 19,
  '17': 18,
  '19': 18,
  '23': 21,
  '25': 18,
  '29': 38,
  '35': 18,
  '37': 25,
  '63': 31,
  '65': 18,
  '93': 2,
  '97': 0,
  '99': 8,
  '10': 22,
  '12': 22,
  '16': 20,
  '18': 24,
  '20': 19,
  '24': 35,
  '26': 35,
  '30': 22,
  '36': 19,
  '38': 19,
  '64': 59,
  '66': 27,
  '94': 1,
  '96': 0,
  '98': 34,
};

const arbitraryRequest = fc
  .record({
    id: fc.constantFrom(...(Object.keys(REQUESTS) as RequestId[])),
    fill: fc.stringMatching(/^[A-Z0-9 ]{60}$/),
    fields: fc.uniqueArray(
      fc.tuple(
        fc.stringMatching(/^[A-Z][A-Z0-9]$/).filter((id) => id !== 'AY' && id !== 'AZ'),
        fc.stringMatching(/^[ -{}~\u00a1-\u00ff]{0,40}$/),
      ),
      { maxLength: 8, selector: ([id]) => id },
    ),
    sequence: fc.option(fc.integer({ min: 0, max: 9 })),
  })
  .map(({ id, fill, fields, sequence }) => {
    const fixed = fill.slice(0, FIXED_LENGTH[id]);
    const body = `${id}${fixed}${fields.map(([field, value]) => `${field}${value}|`).join('')}`;
    const summed = `${body}AY${sequence}AZ`;
    return { id, fixed, fields, sequence, text: sequence === null ? body : `${summed}${oracle(summed)}` };
  });

/** The same sum another way: added up to zero within sixteen bits. */
function oracle(text: string): string {
  let rest = 0x10000;
  for (const character of text) rest = (rest - character.charCodeAt(0) + 0x10000) % 0x10000;
  return (rest % 0x10000).toString(16).toUpperCase().padStart(4, '0');
}

describe('a request', () => {
  it('made by the grammar reads back with all it holds, with and without error detection', () => {
    fc.assert(
      fc.property(arbitraryRequest, ({ id, fixed, fields, sequence, text }) => {
        const received = read(text);
        if (received.kind !== 'request') throw new Error(`${received.kind}: ${text}`);
        expect(received.id).toBe(id);
        expect(Object.values(received.fixed).join('')).toBe(fixed);
        expect([...received.fields]).toEqual(fields);
        expect(received.detection).toEqual(sequence === null ? null : { sequence: String(sequence) });
      }),
    );
  });

  it('with one byte changed on the way is not taken for what was sent', () => {
    fc.assert(
      fc.property(
        arbitraryRequest,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        ({ text, sequence }, at, by) => {
          fc.pre(sequence !== null);
          const sent = bytes(text);
          const place = at % sent.length;
          sent[place] = ((sent[place] ?? 0) + by) % 256;
          const received = readRequest(sent, 'latin1');
          // What breaks the letters AZ themselves makes it a message without error detection: never one with it.
          if (received.kind === 'request') expect(received.detection).toBeNull();
        },
      ),
    );
  });

  it('whose checksum is none is garbled, never a message without one', () => {
    for (const end of ['AY3AZ', 'AY3AZF0', 'AY3AZG000', 'AZ', 'AY3'])
      expect([end, read(`2300120260302    090000AObanyuwangi|AAA-1|${end}`).kind]).toEqual([end, 'garbled']);
  });

  it('whatever bytes it has, is read without an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (any) => {
        expect(['request', 'garbled', 'unknown']).toContain(readRequest(any, 'utf8').kind);
      }),
    );
  });

  it('has fixed-length fields of exactly the length in the specification', () => {
    for (const [id, fields] of Object.entries({ ...REQUESTS, ...ANSWERS })) {
      const length = Object.values<number>(fields).reduce((sum, one) => sum + one, 0);
      expect([id, length]).toEqual([id, FIXED_LENGTH[id as RequestId]]);
    }
    const good = '2300120260302    090000AObanyuwangi|AAA-1|AC|AD|';
    expect(read(good).kind).toBe('request');
    expect(read(good.replace('    ', '   ')).kind).toBe('garbled');
    expect(read(good.replace('    ', '     ')).kind).toBe('garbled');
    expect(read('2300120260302').kind).toBe('garbled');
  });

  it('of no known kind is unknown, of none at all garbled', () => {
    expect(read('42whatever|').kind).toBe('unknown');
    expect(read('hello').kind).toBe('garbled');
    expect(read('2').kind).toBe('garbled');
    expect(read('99\u0000002.00').kind).toBe('garbled');
  });

  it('ends with checksum and sequence number where the device forgets the delimiter before them', () => {
    const body = '2300120260302    090000AObanyuwangi|AAA-1AY3AZ';
    const received = read(`${body}${oracle(body)}`);
    expect(received).toMatchObject({ kind: 'request', detection: { sequence: '3' } });
    expect(received.kind === 'request' && received.fields.get('AA')).toBe('A-1');
  });
});

describe('the checksum', () => {
  it('is that of examples known from other systems', () => {
    expect(checksum(bytes('9900302.00AY1AZ'))).toBe('FCA5');
    expect(checksum(bytes('97AZ'))).toBe('FEF5');
    expect(checksum(bytes('96AZ'))).toBe('FEF6');
    expect(bytesToBinary(writeResend({ sequence: '4' }))).toBe('96AZFEF6\r');
    expect(bytesToBinary(writeResend(null))).toBe('96\r');
  });
});

describe('an answer', () => {
  it('has its fixed length, ends with CR, and holds no delimiter or line end but its own', () => {
    // Any code point, halves of pairs included.
    const hostile = fc
      .array(fc.oneof(fc.integer({ min: 0, max: 0xff }), fc.integer({ min: 0, max: 0x10ffff })), {
        maxLength: 280,
      })
      .map((codes) => String.fromCodePoint(...codes));
    fc.assert(
      fc.property(
        hostile,
        fc.constantFrom<Charset>('utf8', 'latin1'),
        fc.boolean(),
        (name, charset, checked) => {
          const fixed: FixedOf<'24'> = {
            patronStatus: ' '.repeat(14),
            language: '000',
            date: '20260302    090000',
          };
          const answer = writeAnswer(
            '24',
            fixed,
            [
              ['AE', name],
              ['BL', 'Y'],
              ['CQ', undefined],
            ],
            charset,
            checked ? { sequence: '7' } : null,
          );
          const text = bytesToBinary(answer);
          expect(text.slice(0, 37)).toBe(`24${' '.repeat(14)}00020260302    090000`);
          expect(text.indexOf('\r')).toBe(text.length - 1);
          expect(text).not.toContain('\n');
          expect(text.split('|').length).toBe(3);
          expect(text).not.toContain('CQ');
          if (checked) expect(text.slice(-5, -1)).toBe(oracle(text.slice(0, -5)));
          // No character is cut in two.
          expect(() =>
            new TextDecoder(charset === 'utf8' ? 'utf-8' : 'latin1', { fatal: true }).decode(answer),
          ).not.toThrow();
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is refused by ourselves where a fixed-length field has another length', () => {
    expect(() => writeAnswer('94', { ok: '10' }, [], 'utf8', null)).toThrow(RangeError);
  });
});

describe('a line', () => {
  it('gives the same messages however it is cut', () => {
    const messages = fc.array(fc.stringMatching(/^[ -~]{1,30}$/), { maxLength: 6 });
    const ends = fc.constantFrom('\r', '\n', '\r\n', '\r\r\n');
    fc.assert(
      fc.property(messages, ends, fc.array(fc.nat(20), { minLength: 1 }), (sent, end, cuts) => {
        const all = bytes(sent.map((one) => one + end).join(''));
        const framer = openFramer();
        const heard: string[] = [];
        for (let at = 0, turn = 0; at < all.length; turn++) {
          const length = 1 + (cuts[turn % cuts.length] ?? 0);
          const part = framer.push(all.subarray(at, at + length));
          if (part === 'too-long') throw new Error(part);
          heard.push(...part.map(bytesToBinary));
          at += length;
        }
        expect(heard).toEqual(sent);
        expect(framer.halfWay()).toBe(false);
      }),
    );
  });

  it('without an end is given up at the longest message allowed', () => {
    const framer = openFramer();
    expect(framer.push(new Uint8Array(LONGEST_MESSAGE).fill(65))).toEqual([]);
    expect(framer.push(Uint8Array.of(65))).toBe('too-long');
    expect(framer.push(bytes('99\r'))).toBe('too-long');
  });
});

describe('letters', () => {
  it('arrive as they are in UTF-8, and as the nearest ones in Latin-1', () => {
    const name = 'Ni Luh Śrī “Ayu” D’Ursø — 李';
    expect(readText(bytesToBinary(writeText(name, 'utf8')), 'utf8')).toBe(name);
    expect(bytesToBinary(writeText(name, 'latin1'))).toBe('Ni Luh Sri "Ayu" D\'Urs\u00f8 - ?');
  });

  it('that are no UTF-8 from a device that should speak it are not lost', () => {
    expect(readText('Andr\u00e9', 'utf8')).toBe('André');
  });
});

describe('values', () => {
  it('tell the time of the library, with four blanks for its own zone', () => {
    const at = new Date('2026-03-02T17:04:05Z');
    expect(sip2Time('Asia/Jakarta', at)).toBe('20260303    000405');
    expect(sip2Time('Asia/Jayapura', at)).toBe('20260303    020405');
  });

  it('deny all four privileges to whoever is refused, and say "lost" of a dead card only', () => {
    expect(patronStatus(null)).toBe('              ');
    expect(patronStatus('expired')).toBe('YYYY          ');
    expect(patronStatus('revoked')).toBe('YYYYY         ');
    expect(patronStatus('look')).toBe('YYYY          ');
  });

  it('name the sixteen kinds of requests in the order of the specification', () => {
    expect(supportedMessages({ block: false, enable: false })).toBe('YNNNYYYYYNNNNNNN');
    expect(supportedMessages({ block: true, enable: true })).toBe('YNNYYYYYYNNNYNNN');
  });
});
