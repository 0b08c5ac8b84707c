import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bareNameExcerpts,
  mentionsBareName,
  TAKEN_OUT,
  withoutBareName,
  withoutCapitalName,
  withoutPerson,
} from './names-in-text.ts';

const siti = {
  name: 'Contoh Siti Aminah',
  marks: ['9901015705900011', '+6281234567890', 'siti.contoh@contoh.example', 'JT-26-000123'],
};

describe('a person taken out of a text about something else', () => {
  it.each([
    ['Surat untuk Contoh Siti Aminah salah kirim.', `Surat untuk ${TAKEN_OUT} salah kirim.`],
    ['CONTOH  SITI\naminah, 23 tahun', `${TAKEN_OUT}, 23 tahun`],
    ['NIK 990101 570590 0011 terbaca', `NIK ${TAKEN_OUT} terbaca`],
    ['telepon 0812-3456-7890 dan +62 812 3456 7890', `telepon ${TAKEN_OUT} dan ${TAKEN_OUT}`],
    ['ke siti.contoh@contoh.example.', `ke ${TAKEN_OUT}.`],
    ['Kartu jt-26-000123 hilang', `Kartu ${TAKEN_OUT} hilang`],
  ])('%s', (text, left) => {
    expect(withoutPerson(text, siti)).toBe(left);
  });

  it('leaves alone who has only a part of the name, or a longer one', () => {
    const text = 'Siti Aminah dan Contoh Siti Aminahwati, nomor 99010157059000112';
    expect(withoutPerson(text, siti)).toBe(text);
  });

  it('takes a name of one word for a name where somebody is addressed by it', () => {
    const bulan = { name: 'Bulan', marks: [] };
    expect(withoutPerson('Sejak bulan Maret, Ibu Bulan dan Sdri. Bulan', bulan)).toBe(
      `Sejak bulan Maret, Ibu ${TAKEN_OUT} dan Sdri. ${TAKEN_OUT}`,
    );
  });

  it('finds a name of several words wherever it stands, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[A-Z][a-z'’.()*-]{0,9}[a-z]$/), { minLength: 2, maxLength: 4 }),
        fc.constantFrom('', ' kepada ', '(', '\n'),
        (words, before) => {
          const left = withoutPerson(`${before}${words.join(' ')}, lalu`, {
            name: words.join(' '),
            marks: [],
          });
          expect(left).toBe(`${before}${TAKEN_OUT}, lalu`);
        },
      ),
    );
  });
});

describe('a name of one word that may be an everyday word', () => {
  const bulan = { name: 'Bulan', marks: [] };
  const text = 'Sejak bulan Maret berkas Bulan hilang; Ibu Bulan melapor, Bulandari tidak.';

  it('is shown to somebody with what stands around it, but for where it was addressed and goes anyway', () => {
    expect(mentionsBareName(text, bulan)).toBe(true);
    expect(bareNameExcerpts(text, bulan)).toHaveLength(2);
    expect(bareNameExcerpts(text, bulan)[0]).toContain('Sejak bulan Maret');
    expect(mentionsBareName('Ibu Bulan melapor, Bulandari tidak.', bulan)).toBe(false);
    // Of more words a part alone may be anybody's.
    expect(mentionsBareName('Siti melapor', siti)).toBe(false);
  });

  it('goes wherever it stands where somebody said that it is the person', () => {
    expect(withoutBareName(text, bulan)).toBe(
      `Sejak ${TAKEN_OUT} Maret berkas ${TAKEN_OUT} hilang; Ibu ${TAKEN_OUT} melapor, Bulandari tidak.`,
    );
  });

  it('goes with a capital where nobody looks, and leaves days and months', () => {
    expect(withoutCapitalName(text, bulan)).toBe(
      `Sejak bulan Maret berkas ${TAKEN_OUT} hilang; Ibu ${TAKEN_OUT} melapor, Bulandari tidak.`,
    );
    expect(withoutCapitalName('Pada 2 Maret MARET datang', { name: 'Maret', marks: [] })).toContain(
      '2 Maret',
    );
    expect(withoutCapitalName('berkas BULAN', bulan)).toBe(`berkas ${TAKEN_OUT}`);
  });
});
