import { expect, it } from 'vitest';
import type { PlainDate } from '../plain-date.ts';
import { checkIncoming } from './check-incoming.ts';
import type { IncomingMember } from './incoming-member.ts';

const NIK = '9901011705900011';
const row = (facts: IncomingMember['facts']): IncomingMember => ({
  row: 1,
  facts,
  renewals: [],
  leftOver: [],
  problems: [],
});

it('covers an identity number in a text of a list, says so by field, and keeps the one in its own column', () => {
  const read = checkIncoming(
    row({
      name: `Contoh Nyasar ${NIK}`,
      number: 'A-1',
      identity_type: 'KTP',
      identity_number: NIK,
      address_line: 'Jl. Contoh 1, 9901 0117 0590 0012',
      institution: `SMA ${NIK}`,
      email: `${NIK}@surel.example`,
    }),
    '2026-03-02' as PlainDate,
  );
  expect(read.name).toBe('Contoh Nyasar •••');
  expect(read.address.line).toBe('Jl. Contoh 1, •••');
  expect(read.institution).toBe('SMA •••');
  expect(read.email).toBeNull();
  expect(read.identity).toMatchObject({ number: NIK, nik: NIK });
  const said = read.notes.map(({ code, field, value }) => `${code} ${field} ${value}`);
  expect(said).toContain('identity_in_text name •••••••••••• 0011');
  expect(said).toContain('identity_in_text address_line •••••••••••• 0012');
  expect(said).toContain('identity_in_text institution •••••••••••• 0011');
  expect(said).toContain('identity_in_text email •••••••••••• 0011');
});
