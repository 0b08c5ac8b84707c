import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkWebhookUrl, webhookPause } from './webhook.ts';

const HOUR = 3_600_000;

describe('the waits between attempts', () => {
  it('grow, stay within a fifth of their length and end after three to four and a half days', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (random) => {
        const waits: number[] = [];
        for (let attempts = 1; ; attempts++) {
          const wait = webhookPause(attempts, random);
          if (wait === null) break;
          waits.push(wait);
        }
        expect(waits.length).toBe(12);
        for (const [index, wait] of waits.entries()) {
          const even = webhookPause(index + 1, 0.5) ?? 0;
          expect(Math.abs(wait - even)).toBeLessThanOrEqual(even * 0.2 + 1);
          expect(wait).toBeGreaterThanOrEqual(waits[index - 1] ?? 0);
        }
        const all = waits.reduce((sum, wait) => sum + wait, 0);
        expect(all).toBeGreaterThan(2.6 * 24 * HOUR);
        expect(all).toBeLessThan(4.5 * 24 * HOUR);
      }),
    );
  });

  it('do not bring back together what failed together', () => {
    const waits = new Set([0, 0.25, 0.5, 0.75, 1].map((random) => webhookPause(3, random)));
    expect(waits.size).toBe(5);
  });
});

describe('the address of a receiver', () => {
  it('is https, unless the library’s own network is allowed', () => {
    expect(checkWebhookUrl(' https://contoh.id/a?b=c ', false)).toEqual({
      ok: true,
      url: 'https://contoh.id/a?b=c',
    });
    expect(checkWebhookUrl('http://contoh.id/a', false)).toEqual({ ok: false, reason: 'url-plain' });
    expect(checkWebhookUrl('http://10.1.2.3:8080/a', true)).toMatchObject({ ok: true });
  });

  it('carries no password and is no other kind of address', () => {
    for (const wrong of [
      '',
      'contoh.id/webhook',
      'ftp://contoh.id',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'https://nama:sandi@contoh.id/',
      'https://contoh.id/#x',
      'https://',
      `https://contoh.id/${'a'.repeat(500)}`,
    ])
      expect(checkWebhookUrl(wrong, true), wrong).toEqual({ ok: false, reason: 'url-wrong' });
  });

  it('is never accepted with another scheme, whatever is typed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.string()), fc.boolean(), (typed, inside) => {
        const checked = checkWebhookUrl(typed, inside);
        if (!checked.ok) return;
        const { protocol, username, hash } = new URL(checked.url);
        expect(inside ? ['https:', 'http:'] : ['https:']).toContain(protocol);
        expect([username, hash]).toEqual(['', '']);
      }),
    );
  });
});
