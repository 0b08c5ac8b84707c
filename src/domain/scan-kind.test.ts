import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanKind } from './scan-kind.ts';
import { formatTicketCode, newTicketCode } from './ticket-code.ts';

const token = 'q3Jp_u7-ZtYx0123456789';

describe('what was scanned', () => {
  it.each([
    [`https://perpus.example/k/${token}`, { kind: 'card', signed: token }],
    [`http://192.168.1.5:3000/jateng/kta/${token}`, { kind: 'kta', library: 'jateng', token }],
    [
      `https://perpus.example/banyuwangi/permohonan/${token}/`,
      { kind: 'status', library: 'banyuwangi', token },
    ],
    [`https://perpus.example/k/${token}?x=1#y`, { kind: 'card', signed: token }],
    [`/jateng/kta/${token}`, { kind: 'kta', library: 'jateng', token }],
    ['https://perpus.example/jateng/anggota', { kind: 'unknown' }],
    ['k7f-2m9q', { kind: 'ticket', code: 'K7F2M9Q', text: 'k7f-2m9q' }],
    ['26112100042', { kind: 'member_number', text: '26112100042' }],
    ['00042l2026', { kind: 'member_number', text: '00042L2026' }],
    ['BWI-01-2026-000042\n', { kind: 'member_number', text: 'BWI-01-2026-000042' }],
    ['9974 0157 0590 0001', { kind: 'identity_number' }],
    ['Siti Contoh', { kind: 'unknown' }],
    ['', { kind: 'unknown' }],
  ])('%s', (text, kind) => {
    expect(scanKind(text)).toEqual(kind);
  });

  it('is every ticket code, however it is written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 7, maxLength: 7 }), fc.boolean(), (random, small) => {
        const code = newTicketCode(random);
        const typed = formatTicketCode(code);
        expect(scanKind(small ? typed.toLowerCase() : typed)).toMatchObject({ kind: 'ticket', code });
      }),
    );
  });

  it('never fails and never repeats sixteen digits', () => {
    fc.assert(fc.property(fc.string(), (text) => void scanKind(text)));
    fc.assert(
      fc.property(fc.stringMatching(/^\d{16}$/), (digits) => {
        expect(scanKind(digits)).toEqual({ kind: 'identity_number' });
      }),
    );
  });
});
