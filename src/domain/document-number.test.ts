import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkDocumentNumber,
  documentNumberKey,
  isPersonalDocument,
  maskDocumentNumber,
} from './document-number.ts';
import { DOCUMENT_TYPES } from './procedure.ts';

const NIK = '9974011705900001';

describe('the number of a document', () => {
  it.each([
    ['ktp', '99 7401 170590 0001', NIK, NIK],
    ['kia', NIK, NIK, NIK],
    ['kk', '9974.0110.0120.0001', '9974011001200001', null],
    ['sim', '1234-5678-901234', null, null],
    ['sim', '1234 5678 9012', '123456789012', null],
    ['sim', NIK, NIK, NIK],
    ['ktm', ' h1a  019/0045 ', 'H1A 019/0045', null],
    ['paspor', 'x 1234567', 'X1234567', null],
  ] as const)('of a %s: "%s"', (type, typed, number, nik) => {
    const result = checkDocumentNumber(type, typed);
    if (number === null) expect(result.ok).toBe(false);
    else expect(result).toEqual({ ok: true, number, nik });
  });

  it('says which shape it expects', () => {
    expect(checkDocumentNumber('ktp', '1')).toEqual({ ok: false, reason: 'nik_not_16_digits' });
    expect(checkDocumentNumber('kia', '1')).toEqual({ ok: false, reason: 'nik_not_16_digits' });
    expect(checkDocumentNumber('kk', '1')).toEqual({ ok: false, reason: 'kk_not_16_digits' });
    expect(checkDocumentNumber('sim', '1')).toEqual({ ok: false, reason: 'sim_not_12_or_16_digits' });
    expect(checkDocumentNumber('ktm', ' - ')).toEqual({ ok: false, reason: 'number_unreadable' });
    expect(checkDocumentNumber('paspor', 'X!')).toEqual({ ok: false, reason: 'number_unreadable' });
  });

  it('reads back what it normalised', () => {
    fc.assert(
      fc.property(fc.constantFrom(...DOCUMENT_TYPES), fc.string({ maxLength: 30 }), (type, typed) => {
        const once = checkDocumentNumber(type, typed);
        if (once.ok) expect(checkDocumentNumber(type, once.number)).toEqual(once);
      }),
    );
  });
});

describe('the key of a document', () => {
  it('is the NIK for a KTP, a KIA and a new SIM of one person', () => {
    expect(documentNumberKey('sim', NIK)).toBe(documentNumberKey('ktp', NIK));
    expect(documentNumberKey('kia', NIK)).toBe(documentNumberKey('ktp', NIK));
  });

  it('keeps a family card apart from a NIK of the same digits', () => {
    expect(documentNumberKey('kk', NIK)).not.toBe(documentNumberKey('ktp', NIK));
    expect(isPersonalDocument('kk')).toBe(false);
  });

  it('keeps the same student number of two universities apart', () => {
    expect(documentNumberKey('ktm', '1900123', 'Universitas Contoh')).not.toBe(
      documentNumberKey('ktm', '1900123', 'Institut Contoh'),
    );
    expect(documentNumberKey('ktm', 'H1A 019/0045', 'Universitas  Contoh')).toBe(
      documentNumberKey('ktm', 'H1A-019-0045', 'universitas contoh'),
    );
  });
});

it('never shows more than the last four characters of a number', () => {
  expect(maskDocumentNumber(NIK)).toBe('•••••••••••• 0001');
  expect(maskDocumentNumber('X1234567')).toBe('•••••• 67');
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Z0-9]{1,40}$/), (number) => {
      const shown = maskDocumentNumber(number).replace(/[• ]/g, '');
      expect(shown.length).toBeLessThanOrEqual(Math.min(4, number.length / 2));
    }),
  );
});
