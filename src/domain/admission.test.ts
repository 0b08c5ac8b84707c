import { describe, expect, it } from 'vitest';
import {
  type Admission,
  type AdmissionPolicy,
  DEFAULT_ADMISSION,
  judgeLive,
  judgeOffline,
  type LiveStanding,
  rememberCode,
  type SeenCodes,
} from './admission.ts';
import { decodeGateList, encodeGateList, type GateListEntries } from './gate-list.ts';
import type { CardId, LibraryId } from './ids.ts';
import { windowAt } from './moving-clock.ts';
import type { PlainDate } from './plain-date.ts';
import type { ScannedCode } from './scanned-code.ts';

const NOW = Date.parse('2026-11-22T03:00:10Z');
const TODAY = '2026-11-22' as PlainDate;
const LIBRARY = { id: 1 as LibraryId, slug: 'jateng' };
const card = '01944f3e-7c00-7abc-8def-0123456789ab' as CardId;
const NEXT_YEAR = '2027-11-22' as PlainDate;
const YESTERDAY = '2026-11-21' as PlainDate;
const claims = { library: LIBRARY.id, card };

const print = (over: object = {}): ScannedCode => ({
  kind: 'print',
  claims: { ...claims, issued: '2025-11-22' as PlainDate, validUntil: NEXT_YEAR, ...over },
  checks: [],
});
const picture = (over: object = {}): ScannedCode => ({
  kind: 'picture',
  claims: { ...claims, generation: 1, saved: TODAY, validUntil: NEXT_YEAR, ...over },
  checks: [],
});
const moving = (over: object = {}): ScannedCode => ({
  kind: 'moving',
  claims: {
    ...claims,
    generation: 1,
    ends: NOW / 1000 + 999_999,
    phoneKey: new Uint8Array(65),
    window: windowAt(NOW),
    ...over,
  },
  checks: [],
});

function listOf(entries: Partial<GateListEntries> = {}) {
  const empty = { revoked: [], suspended: [], generations: [] };
  const made = { library: LIBRARY.id, asOf: NOW / 1000 - 600, version: 1, salt: 7, ...empty, ...entries };
  return decodeGateList(encodeGateList(made)) ?? null;
}

interface Over {
  readonly list?: ReturnType<typeof listOf>;
  readonly policy?: Partial<AdmissionPolicy>;
  readonly seen?: SeenCodes;
  readonly signature?: 'valid' | 'invalid' | 'unknown-key' | 'revoked-key';
  readonly now?: number;
}
function atGate(code: ScannedCode, over: Over = {}): Admission {
  return judgeOffline({
    code,
    signature: 'checks' in code ? (over.signature ?? 'valid') : null,
    library: LIBRARY,
    now: over.now ?? NOW,
    today: TODAY,
    policy: { ...DEFAULT_ADMISSION, ...over.policy },
    seen: over.seen ?? new Map(),
    list: over.list === undefined ? listOf() : over.list,
  });
}
const refused = (reason: string) => ({ verdict: 'refuse', reason });

describe('a gate without a network', () => {
  it('admits a printed card and a moving code, and looks at who shows a picture', () => {
    expect(atGate(print())).toEqual({ verdict: 'admit', card });
    expect(atGate(moving())).toMatchObject({ verdict: 'admit', card });
    expect(atGate(picture())).toEqual({ verdict: 'look', reason: 'picture', card });
  });

  it('goes by the policy of the library', () => {
    expect(atGate(print(), { policy: { printed: 'look' } })).toMatchObject({ reason: 'printed' });
    expect(atGate(print(), { policy: { printed: 'no' } })).toMatchObject(refused('kind_not_taken'));
    expect(atGate(picture(), { policy: { picture: 'no' } })).toMatchObject(refused('kind_not_taken'));
  });

  it('refuses what is forged, of another library, or signed with a key that was taken back', () => {
    expect(atGate(print(), { signature: 'invalid' })).toMatchObject(refused('forged'));
    expect(atGate(moving(), { signature: 'revoked-key' })).toMatchObject(refused('revoked_key'));
    expect(atGate(print(), { signature: 'unknown-key' })).toMatchObject({
      ...refused('unknown_key'),
      recheck: true,
    });
    expect(atGate(print({ library: 2 }))).toMatchObject(refused('other_library'));
    expect(atGate({ kind: 'kta', library: 'banyuwangi', token: 'x' })).toMatchObject(
      refused('other_library'),
    );
    expect(atGate({ kind: 'damaged' })).toMatchObject(refused('damaged'));
    expect(atGate({ kind: 'foreign' })).toMatchObject(refused('foreign'));
  });

  it('refuses what is over: the card, the certificate of the phone, the code', () => {
    expect(atGate(print({ validUntil: YESTERDAY }))).toMatchObject({ ...refused('expired'), recheck: true });
    expect(atGate(print({ validUntil: TODAY }))).toMatchObject({ verdict: 'admit' });
    expect(atGate(print({ validUntil: null }))).toMatchObject({ verdict: 'admit' });
    expect(atGate(picture({ validUntil: YESTERDAY }))).toMatchObject(refused('expired'));
    // Midnight after yesterday: the certificate ended with the card.
    const midnight = Date.parse('2026-11-22T00:00:00Z') / 1000;
    expect(atGate(moving({ ends: midnight }))).toMatchObject(refused('expired'));
    expect(atGate(moving({ ends: midnight + 1 }))).toMatchObject(refused('certificate_expired'));
    expect(atGate(moving({ window: windowAt(NOW) - 60 }))).toMatchObject(refused('stale'));
    expect(atGate(moving({ window: windowAt(NOW) + 60 }))).toMatchObject(refused('early'));
  });

  it('takes no code twice, and the same card again in the next window', () => {
    const seen: SeenCodes = new Map();
    const first = atGate(moving(), { seen });
    if (first.verdict !== 'admit' || !first.remember) throw new Error('admitted, to be remembered');
    rememberCode(seen, first.remember, NOW);
    expect(atGate(moving(), { seen })).toMatchObject(refused('replayed'));
    const later = NOW + 30_000;
    const next = atGate(moving({ window: windowAt(later) }), { seen, now: later });
    expect(next).toMatchObject({ verdict: 'admit' });
    if (next.verdict !== 'admit' || !next.remember) throw new Error('admitted, to be remembered');
    rememberCode(seen, next.remember, NOW + 60_000);
    // What is stale anyway need not be remembered.
    expect(seen.size).toBe(1);
  });

  it('refuses revoked and suspended cards, and the phone that was lost but not the printed card', () => {
    expect(atGate(print(), { list: listOf({ revoked: [card] }) })).toMatchObject({
      ...refused('revoked'),
      recheck: true,
    });
    expect(atGate(moving(), { list: listOf({ suspended: [card] }) })).toMatchObject(refused('suspended'));
    const list = listOf({ generations: [{ card, least: 2 }] });
    expect(atGate(moving(), { list })).toMatchObject(refused('superseded'));
    expect(atGate(picture(), { list })).toMatchObject(refused('superseded'));
    expect(atGate(moving({ generation: 2 }), { list })).toMatchObject({ verdict: 'admit' });
    expect(atGate(print(), { list })).toMatchObject({ verdict: 'admit' });
  });

  it('admits nobody by itself without a list that is young enough', () => {
    expect(atGate(print(), { list: null })).toMatchObject({ verdict: 'look', reason: 'no_list', card });
    expect(atGate(print(), { list: listOf({ library: 2 as LibraryId }) })).toMatchObject({
      reason: 'no_list',
    });
    const old = listOf({ asOf: NOW / 1000 - 73 * 3600 });
    expect(atGate(moving(), { list: old })).toMatchObject({ verdict: 'look', reason: 'list_too_old' });
    expect(atGate(print({ validUntil: YESTERDAY }), { list: old })).toMatchObject(refused('expired'));
    const ahead = listOf({ asOf: NOW / 1000 + 3600 });
    expect(atGate(print(), { list: ahead })).toMatchObject({ verdict: 'look', reason: 'gate_clock' });
  });

  it('looks at who types a number or shows the address of a KTA', () => {
    expect(atGate({ kind: 'number', text: '26112100042' })).toEqual({ verdict: 'look', reason: 'number' });
    expect(atGate({ kind: 'kta', library: 'jateng', token: 'x' })).toMatchObject({ reason: 'kta_address' });
    expect(atGate({ kind: 'identity_number' })).toMatchObject(refused('identity_number'));
  });
});

describe('the server, which knows the card', () => {
  const standing: LiveStanding = {
    revoked: false,
    suspended: false,
    leastGeneration: 0,
    validUntil: NEXT_YEAR,
  };
  const online = (code: ScannedCode, now: LiveStanding | undefined) =>
    judgeLive({
      code,
      signature: 'valid',
      library: LIBRARY,
      now: NOW,
      today: TODAY,
      policy: DEFAULT_ADMISSION,
      seen: new Map(),
      standing: now,
    });

  it('goes by the membership’s own end: a card of last year was renewed', () => {
    expect(online(print({ validUntil: YESTERDAY }), standing)).toEqual({ verdict: 'admit', card });
    expect(online(print(), { ...standing, validUntil: YESTERDAY })).toMatchObject({
      ...refused('expired'),
      recheck: false,
    });
  });

  it('takes no certificate that ended with the card of last year: the phone has to ask for another', () => {
    const ended = moving({ ends: Date.parse('2026-11-22T00:00:00Z') / 1000 });
    const lastDay = moving({ ends: Date.parse('2026-11-23T00:00:00Z') / 1000 });
    for (const validUntil of [NEXT_YEAR, null]) {
      const renewed = { ...standing, validUntil };
      expect(online(ended, renewed)).toMatchObject({ ...refused('certificate_expired'), recheck: false });
      expect(online(lastDay, renewed)).toMatchObject({ verdict: 'admit' });
    }
    expect(online(ended, { ...standing, validUntil: YESTERDAY })).toMatchObject(refused('expired'));
  });

  it('refuses what it has no card for', () => {
    expect(online(print(), undefined)).toMatchObject({ ...refused('revoked'), recheck: false });
  });
});
