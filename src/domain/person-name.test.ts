import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanName, LONGEST_NAME, nameKey, nameTokens, shortenName } from './person-name.ts';

describe('taking a name as it is', () => {
  it.each([
    ['Sukarno', 'Sukarno'],
    ['  siti   AMINAH\t', 'siti AMINAH'],
    ['Drs. H. Contoh Panjang Sekali Namanya Sampai Enam Puluh Huruf Lebih, S.Pd., M.Si.', undefined],
    ["Nur'aini", undefined],
    ['I Gusti Ayu Ngurah-Rai', undefined],
    ['O', undefined],
    ['Ａnna', undefined],
    ['王小明', undefined],
    ['Zoe\u0308', 'Zoë'],
    ['Contoh\u00a0Satu\nDua', 'Contoh Satu Dua'],
  ])('accepts "%s"', (typed, stored) => {
    expect(cleanName(typed)).toEqual({ ok: true, name: stored ?? typed });
  });

  it('is stored without emoji, which no document has and no card prints; letters of any script stay', () => {
    expect(cleanName('Siti 😀 Contoh 👩🏽‍🎓🇮🇩')).toEqual({ ok: true, name: 'Siti Contoh' });
    expect(cleanName('❤️1️⃣')).toEqual({ ok: false, reason: 'empty' });
    for (const name of ['محمد', '山田太郎', 'Nguyễn Thị', "Ma'ruf", 'Ni Luh', 'Muh. 2nd'])
      expect(cleanName(name)).toEqual({ ok: true, name });
  });

  it('refuses only what is no name', () => {
    for (const typed of ['', '   ', '-', '...', '123'])
      expect(cleanName(typed)).toEqual({ ok: false, reason: 'empty' });
    for (const typed of ['Siti\u0000', 'Siti\u0007 A', 'Siti \uD800'])
      expect(cleanName(typed)).toEqual({ ok: false, reason: 'control_characters' });
    expect(cleanName('a'.repeat(LONGEST_NAME)).ok).toBe(true);
    expect(cleanName('a'.repeat(LONGEST_NAME + 1))).toEqual({ ok: false, reason: 'too_long' });
  });

  it('leaves an accepted name as it is the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (typed) => {
        const once = cleanName(typed);
        if (once.ok) expect(cleanName(once.name)).toEqual(once);
      }),
    );
  });
});

describe('one person, many spellings', () => {
  it.each([
    ['Drs. H. Budi Santoso, M.Si.', 'Budi Santoso'],
    ['Prof. Dr. Ir. Budi Santoso, S.T., M.T., Ph.D.', 'SANTOSO BUDI'],
    ['K.H. Abdurrahman Wachid', 'Abdul Rahman Wahid'],
    ['Abd. Rachman', 'Abdoel Rahman'],
    ['Muh. Ridwan', 'Mohammad Ridwan'],
    ['Moh. Ridwan', 'Muhammad Ridwan'],
    ['Mohd Ridwan', 'Moch.Ridwan'],
    ['Muchamad Ridwan', 'Mochammad Ridwan'],
    ['Soekarno', 'Sukarno'],
    ['Djojohadikoesoemo', 'Joyohadikusumo'],
    ['Tjoet Nja Dhien', 'Cut Nya Dien'],
    ['Sutan Sjahrir', 'Sutan Syahrir'],
    ['Chairil Anwar', 'Khairil Anwar'],
    ["Nur'aini", 'Nuraini'],
    ['Anny Rizqy', 'Ani Rizki'],
    ['Zaenal Arifin SPd', 'Zainal Arifin, S.Pd.'],
    ['Hj. St. Aisyah', 'Siti Aisyah'],
    ['Yuliyanti', 'Yulianti'],
    ['José', 'Jose'],
  ])('%s is %s', (one, other) => {
    expect(nameKey(one)).toBe(nameKey(other));
  });

  it.each([
    ['Lim Mei', 'Lim'],
    ['Budi Santoso', 'Rudi Santoso'],
    ['I Wayan Sudana', 'Ni Wayan Sudana'],
    ['Siti Aminah', 'Siti Aisyah'],
    ['Haji', ''],
    ['王小明', '王小红'],
  ])('%s is not %s', (one, other) => {
    expect(nameKey(one)).not.toBe(nameKey(other));
  });

  it('does not depend on the order or the case of the words', () => {
    const word = fc.stringMatching(/^[a-z]{5,9}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        expect(nameKey([...words].reverse().join('  ').toUpperCase())).toBe(nameKey(words.join(' ')));
      }),
    );
  });

  it('never fails and never loses a name altogether', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (typed) => {
        const name = cleanName(typed);
        if (name.ok) expect(nameTokens(name.name).length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('the name on the public verification page', () => {
  it.each([
    ['Siti Aminah Rahmawati', 'Siti A. R.'],
    ['Drs. H. Budi Santoso, M.Si.', 'Budi S.'],
    ['I Wayan Sudana', 'I Wayan S.'],
    ['Sukarno', 'Sukarno'],
    ['Muh. Ridwan Contoh', 'Muh. Ridwan C.'],
    ["nur'aini binti ali", "nur'aini B. A."],
    ['王 小明', '王 小.'],
  ])('%s is shown as %s', (name, shown) => {
    expect(shortenName(name)).toBe(shown);
  });

  it('shows at most one long word in full', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[A-Z][a-z]{4,9}$/), { minLength: 2, maxLength: 6 }),
        (words) => {
          expect(shortenName(words.join(' ')).match(/\p{L}{3,}/gu)).toHaveLength(1);
        },
      ),
    );
  });
});
