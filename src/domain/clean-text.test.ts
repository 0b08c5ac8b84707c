import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText } from './clean-text.ts';
import { isEmail } from './email.ts';

describe('a line of text', () => {
  it('loses only what nobody typed on purpose', () => {
    expect(cleanText('  Jl.\u00a0Contoh \n No.\t1\u200b ', 100)).toEqual({
      ok: true,
      text: 'Jl. Contoh No. 1',
    });
  });

  it('loses the invisible marks that a phone puts around a copied number or name', () => {
    expect(cleanText('\u202a+62 812\u202c', 100)).toEqual({ ok: true, text: '+62 812' });
    expect(cleanText('\u2068Siti\u2069 \u202eimanA\u200f', 100)).toEqual({ ok: true, text: 'Siti imanA' });
  });

  it('is refused where it holds what no key of a phone types', () => {
    for (const typed of ['Si\0ti', 'Siti\u0007', 'Siti\ud83d'])
      expect(cleanText(typed, 100)).toEqual({ ok: false, reason: 'control_characters' });
  });

  it('is measured in characters', () => {
    expect(cleanText('😀😀', 2).ok).toBe(true);
    expect(cleanText('😀😀😀', 2)).toEqual({ ok: false, reason: 'too_long' });
  });

  it('stays as it is the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (typed) => {
        const once = cleanText(typed, 200);
        if (once.ok) expect(cleanText(once.text, 200)).toEqual(once);
      }),
    );
  });
});

describe('an e-mail address', () => {
  it.each(['siti@contoh.example', 'a.b+c@sub.contoh.example', 'siti@contoh.co.id', "o'neil@contoh.example"])(
    'can be %s',
    (text) => expect(isEmail(text)).toBe(true),
  );

  it.each([
    '',
    'siti',
    'siti@',
    '@contoh.example',
    'siti@contoh',
    'a b@contoh.example',
    'a@b@contoh.example',
    'a@.example',
    'a@contoh..example',
    'a@contoh.example, b@contoh.example',
    `${'a'.repeat(250)}@b.example`,
  ])('cannot be "%s"', (text) => expect(isEmail(text)).toBe(false));
});
