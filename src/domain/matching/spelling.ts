import { keepMade } from '../keep-made.ts';

/**
 * The sound of a name's word, for words that are one name heard by two clerks: Fauzi and Pauji, Chairul and Khoirul,
 * Syarifah and Saripah, Achmat and Ahmad. Coarser than `nameTokens`, which only joins what is the same name for sure.
 */
export const soundOf = keepMade((token: string): string => {
  const vowel = /^[aeiou]/.test(token) ? token.charAt(0).replace('e', 'i').replace('o', 'u') : '';
  const sound = token
    .replace(/[fv]/g, 'p')
    .replace(/[zj]/g, 's')
    .replace(/ch|kh|q/g, 'k')
    .replace(/w(?=[aeiou])/g, 'w')
    .replace(/h/g, '')
    .replace(/ae|ai|ei|ay|ey/g, 'e')
    .replace(/oi|oy|ui/g, 'e')
    .replace(/au|ou/g, 'o')
    .replace(/y/g, 'i')
    .replace(/e/g, 'i')
    .replace(/o/g, 'u')
    .replace(/ia/g, 'a')
    .replace(/ua/g, 'a')
    .replace(/d$/, 't')
    .replace(/b$/, 'p')
    .replace(/g$/, 'k')
    .replace(/(\p{L})\1+/gu, '$1');
  return sound === '' ? vowel : sound;
});

/** The consonants of the sound behind its first letter: what a slip of a vowel, or a vowel left out, does not change. */
export const skeletonOf = keepMade((token: string): string => bonesOf(soundOf(token), 6));

/**
 * Skeleton of a whole name from the sounds of its words: the same wherever the words are parted ("Nur Aini", "Nuraini").
 */
export function wholeSkeletonOf(sounds: readonly string[]): string {
  return bonesOf(sounds.join(''), 12);
}

function bonesOf(sound: string, most: number): string {
  const first = sound.charAt(0);
  const rest = sound
    .slice(1)
    .replace(/[aiu]/g, '')
    .replace(/(\p{L})\1+/gu, '$1');
  return ((/[aiu]/.test(first) ? 'a' : first) + rest).slice(0, most);
}
