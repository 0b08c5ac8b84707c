import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Phone } from './ids.ts';
import { formatPhone, maskPhone, parsePhone, smsNumber, waNumber } from './phone.ts';

describe('reading a phone number', () => {
  it.each([
    ['0812 3456 7890', '+6281234567890'],
    ['62 812-3456-7890', '+6281234567890'],
    ['+62 (0) 812.3456.7890', '+6281234567890'],
    ['+62 (812) 34567890', '+6281234567890'],
    ['81234567890', '+6281234567890'],
    ['006281234567890', '+6281234567890'],
    ['08179504572', '+628179504572'],
    ['024-8317963', '+62248317963'],
    ['(0333) 424242', '+62333424242'],
    ['+65 9123 4567', '+6591234567'],
    ['+1 (202) 555-0123', '+12025550123'],
    ['0812–3456–7890', '+6281234567890'],
  ])('reads %s', (typed, phone) => {
    expect(parsePhone(typed)).toEqual({ ok: true, phone });
  });

  it.each([
    '',
    '-',
    '0',
    '08',
    '12345',
    '0812345',
    'nol delapan',
    '+62',
    '+620812345678',
    '0812345678901234',
    '+0812345678',
    '08x23456789',
  ])('refuses "%s"', (typed) => {
    expect(parsePhone(typed)).toEqual({ ok: false, reason: 'unreadable' });
  });

  it('gives one number for every way of writing the same mobile number', () => {
    const writings = fc.constantFrom('0', '62', '+62', '0062', '');
    fc.assert(
      fc.property(
        fc.stringMatching(/^8\d{8,11}$/),
        writings,
        fc.constantFrom('', ' ', '-', '.'),
        (number, start, gap) => {
          const typed = start + number.replace(/(\d{3})(?=\d)/g, `$1${gap}`);
          expect(parsePhone(typed)).toEqual({ ok: true, phone: `+62${number}` });
        },
      ),
    );
  });

  it('reads back what it shows', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+(62(8\d{8,11}|[2-7]\d{6,9})|[13-57-9]\d{7,13})$/), (phone) => {
        expect(parsePhone(formatPhone(phone as Phone))).toEqual({ ok: true, phone });
      }),
    );
  });

  it('never fails, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string(), (typed) => {
        const result = parsePhone(typed);
        if (result.ok) expect(result.phone).toMatch(/^\+[1-9]\d{6,14}$/);
      }),
    );
  });
});

it('shows numbers as Indonesians read them', () => {
  expect(formatPhone('+6281234567890' as Phone)).toBe('0812-3456-7890');
  expect(formatPhone('+62248317963' as Phone)).toBe('024-8317963');
  expect(formatPhone('+62333424242' as Phone)).toBe('0333-424242');
  expect(formatPhone('+6591234567' as Phone)).toBe('+6591234567');
});

it('sends text messages to mobile numbers of this country only, and shows of them what their owner knows', () => {
  expect(smsNumber('0812-3456-7890')).toBe('+6281234567890');
  for (const other of ['024-8317963', '+60123456789', '', 'tidak ada', null])
    expect(smsNumber(other)).toBeNull();
  expect(maskPhone('+6281234567890' as Phone)).toBe('08••-••••-••90');
  expect(maskPhone('+628123456789' as Phone)).toBe('08••-••••-•89');
});

it('writes no WhatsApp address for a landline', () => {
  expect(waNumber('+62248317963' as Phone)).toBeNull();
  expect(waNumber('+6281234567890' as Phone)).toBe('6281234567890');
  expect(waNumber('+6591234567' as Phone)).toBe('6591234567');
});
