import { describe, expect, it } from 'vitest';
import type { Admission } from './admission.ts';
import { readOutboxVisits } from './gate-protocol.ts';
import { asksServer, gateVerdict, knowsTooLittle, withdraws } from './gate-verdict.ts';
import type { CardId, LibraryId } from './ids.ts';
import { readScannedCode } from './scanned-code.ts';

const card = '01944f3e-7c00-7abc-8def-0123456789ab' as CardId;
const HERE = { id: 1 as LibraryId, slug: 'jateng' };
const admit: Admission = { verdict: 'admit', card, remember: { key: 'a', until: 1 } };
const refuse = (reason: 'revoked' | 'replayed' | 'stale' | 'forged'): Admission => ({
  verdict: 'refuse',
  reason,
  card,
  recheck: false,
});

describe('what a gate says', () => {
  it('is the server’s word where it came in time, for and against', () => {
    expect(gateVerdict(admit, refuse('revoked'), 'true')).toEqual(refuse('revoked'));
    expect(gateVerdict(refuse('revoked'), admit, 'true')).toEqual(admit);
    expect(gateVerdict(admit, undefined, 'true')).toEqual(admit);
  });

  it('refuses a code that this gate took, even if the server has not heard of it', () => {
    expect(gateVerdict(refuse('replayed'), admit, 'true')).toEqual(refuse('replayed'));
  });

  it('asks for a look at the person while its clock may be wrong', () => {
    expect(gateVerdict(admit, undefined, 'unsure')).toMatchObject({ verdict: 'look', reason: 'gate_clock' });
    expect(gateVerdict(refuse('stale'), undefined, 'unsure')).toMatchObject({ reason: 'gate_clock' });
    // These hang on no clock.
    expect(gateVerdict(refuse('revoked'), undefined, 'unsure')).toEqual(refuse('revoked'));
    expect(gateVerdict(refuse('forged'), undefined, 'unknown')).toEqual(refuse('forged'));
    expect(gateVerdict(admit, admit, 'unsure')).toEqual(admit);
  });

  it('is taken back by a late word against it, never by one for it', () => {
    expect(withdraws(admit, refuse('revoked'))).toBe(true);
    expect(withdraws(refuse('revoked'), admit)).toBe(false);
    // One screenshot at two gates on slow lines: the server knows which of them was the second.
    expect(withdraws(admit, refuse('replayed'))).toBe(true);
  });

  it('sends the server no identity number and nothing of strangers', () => {
    expect(asksServer(readScannedCode('9901015708990001'), HERE)).toBe(false);
    expect(asksServer(readScannedCode('https://contoh.test/promo'), HERE)).toBe(false);
    expect(asksServer(readScannedCode('/banyuwangi/kta/abcdefgh12345678'), HERE)).toBe(false);
    expect(asksServer(readScannedCode('/jateng/kta/abcdefgh12345678'), HERE)).toBe(true);
    expect(asksServer(readScannedCode('26010500001'), HERE)).toBe(true);
  });
});

describe('visits that a gate sends', () => {
  const key = 'kunci-gerbang-0123456789';
  it('are cards, numbers or nobody, each with its key and time', () => {
    const visits = [
      { key, at: 1, card },
      { key, at: 2, number: '2601-0001' },
      { key, at: 3 },
    ];
    expect(readOutboxVisits({ visits })).toEqual(visits);
  });

  it('are refused as a whole where one is no visit', () => {
    for (const wrong of [
      { key: 'short', at: 1 },
      { key, at: 1.5 },
      { key, at: -1 },
      { key, at: 1, card: 'x' },
      { key, at: 1, number: 'drop table' },
      { key, at: 1, number: '9901.0157.0899.0001' },
      null,
    ])
      expect(readOutboxVisits({ visits: [{ key, at: 1 }, wrong] })).toBeUndefined();
    expect(readOutboxVisits(null)).toBeUndefined();
    expect(readOutboxVisits({ visits: Array.from({ length: 51 }, () => ({ key, at: 1 })) })).toBeUndefined();
  });
});

it('a gate whose keys have not come yet waits for the server, one that knows better does not', () => {
  expect(knowsTooLittle({ verdict: 'refuse', reason: 'unknown_key', recheck: true })).toBe(true);
  expect(knowsTooLittle({ verdict: 'refuse', reason: 'forged', recheck: false })).toBe(false);
});
