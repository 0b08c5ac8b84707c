/** The same sound, other letters: what happens when a name is heard, or copied from an older paper. */
import type { Draft } from '../draft.ts';
import type { NameWord } from '../names.ts';
import { pick, type Rng } from '../random.ts';
import type { ErrorKind } from './error-kind.ts';

/** What is found, and what may stand there instead. */
type Rule = readonly [found: RegExp, instead: readonly string[]];

const WRITTEN = new Set<NameWord['role']>(['given', 'clan', 'father', 'rank', 'married']);

/** Changes one place of the name by one of the rules; false where none fits. */
export function respell(draft: Draft, rng: Rng, rules: readonly Rule[]): boolean {
  const places: {
    readonly word: number;
    readonly at: number;
    readonly length: number;
    readonly instead: string;
  }[] = [];
  draft.words.forEach(({ text, role }, word) => {
    if (!WRITTEN.has(role) || text.length < 3 || text.includes('.')) return;
    for (const [found, instead] of rules)
      for (const match of text.matchAll(new RegExp(found.source, 'gi')))
        for (const one of instead)
          places.push({ word, at: match.index, length: match[0].length, instead: one });
  });
  if (places.length === 0) return false;
  const { word, at, length, instead } = pick(rng, places);
  return changeWord(draft, word, (text) => text.slice(0, at) + instead + text.slice(at + length));
}

/** Writes a word anew, with a capital where it had one; false where that changes nothing. */
export function changeWord(draft: Draft, at: number, change: (text: string) => string): boolean {
  const word = draft.words[at];
  if (word === undefined) return false;
  const changed = change(word.text);
  if (changed === '' || changed === word.text) return false;
  const text = /^[A-Z]/.test(word.text) ? changed.charAt(0).toUpperCase() + changed.slice(1) : changed;
  if (text === word.text) return false;
  draft.words = draft.words.map((one, index) => (index === at ? { ...one, text } : one));
  return true;
}

/** u/oe, j/dj, c/tj, y/j: as before 1972, all over the name; back to today's where it was written so. */
function oldSpelling(draft: Draft, rng: Rng): boolean {
  const before = draft.words;
  const modernize = before.some(({ text }) => /oe|dj|tj/i.test(text));
  const which = pick(rng, ['u', 'j', 'c', 'all']);
  const write = (text: string): string => {
    if (modernize) return text.replaceAll(/oe/gi, 'u').replaceAll(/dj/gi, 'j').replaceAll(/tj/gi, 'c');
    let old = text;
    if (which !== 'u') old = old.replaceAll(/(?<![dn])j(?=[aeiou])/gi, 'dj').replaceAll(/y(?=[aou])/gi, 'j');
    if (which !== 'j' && which !== 'u') old = old.replaceAll(/c(?=[aeiou])/gi, 'tj');
    if (which === 'u' || which === 'all') old = old.replaceAll(/u/gi, 'oe');
    return old;
  };
  let changed = false;
  for (let at = 0; at < before.length; at++) {
    const role = before[at]?.role;
    if (role === 'given' || role === 'clan') changed = changeWord(draft, at, write) || changed;
  }
  return changed;
}

function syOrS(draft: Draft, rng: Rng): boolean {
  return respell(draft, rng, [
    [/sy/, ['s', 'sh']],
    [/sh/, ['s', 'sy']],
    [/^s(?=[aiu])/, ['sy']],
    [/(?<=[aiu])s(?=[aiu])/, ['sy']],
  ]);
}

function khOrHOrCh(draft: Draft, rng: Rng): boolean {
  return respell(draft, rng, [
    [/kh/, ['h', 'ch', 'k']],
    [/ch(?=[aou])/, ['h', 'kh']],
    [/(?<=[aiu])h(?=[mr])/, ['kh', 'ch']],
  ]);
}

function fOrPOrV(draft: Draft, rng: Rng): boolean {
  return respell(draft, rng, [
    [/ff?/, ['p', 'v']],
    [/v/, ['p', 'f']],
    [/p$/, ['f']],
    [/(?<=[aiu])p(?=[iaou])/, ['f']],
  ]);
}

function zOrJOrS(draft: Draft, rng: Rng): boolean {
  return respell(draft, rng, [
    [/dz/, ['z', 'd', 'j']],
    [/zz?/, ['j', 's', 'dz']],
    [/(?<=i)s$/, ['z']],
    [/j(?=[au])/, ['z']],
  ]);
}

function doubledLetter(draft: Draft, rng: Rng): boolean {
  return respell(draft, rng, [
    ...[...'bdfhklmnprstyz'].map((letter): Rule => [new RegExp(letter + letter), [letter]]),
    ...[...'lmnrst'].map(
      (letter): Rule => [new RegExp(`(?<=[aeiou])${letter}(?=[aeiou])`), [letter + letter]],
    ),
    [/a(?=$)/, ['aa']],
    [/ee/, ['i', 'e']],
  ]);
}

function yOrI(draft: Draft, rng: Rng): boolean {
  return respell(draft, rng, [
    [/i$/, ['y', 'ie']],
    [/y$/, ['i']],
    [/iy(?=[aeou])/, ['i', 'y']],
    [/(?<=[^aeiouys])y(?=[aou])/, ['i', 'iy']],
    [/(?<=[^aeiou])i(?=[ao])/, ['iy', 'y']],
    [/(?<=[ae])y/, ['i']],
  ]);
}

function finalH(draft: Draft, rng: Rng): boolean {
  return respell(draft, rng, [
    [/(?<=[aiu])h$/, ['']],
    [/(?<=[a])$/, ['h']],
    [/(?<=[ai])h(?=[lmnrw])/, ['']],
  ]);
}

function dOrT(draft: Draft, rng: Rng): boolean {
  return respell(draft, rng, [
    [/d$/, ['t', 'dh']],
    [/(?<=[aiu])t$/, ['d', 'th']],
    [/th(?=[aiour])/, ['t']],
    [/dh/, ['d', 'dl', 'z']],
    [/(?<=[aiu])d(?=[ho])/, ['dh']],
    [/gh/, ['g', 'h']],
  ]);
}

function qOrK(draft: Draft, rng: Rng): boolean {
  return respell(draft, rng, [
    [/q/, ['k']],
    [/ck/, ['k']],
    [/k$/, ['q']],
    [/(?<=[aiu])k(?=[aio])/, ['q', 'c']],
    [/x/, ['ks']],
    [/ks/, ['x']],
  ]);
}

function vowelPair(draft: Draft, rng: Rng): boolean {
  return respell(draft, rng, [
    [/ai/, ['ae', 'ay', 'e']],
    [/ae/, ['ai', 'e']],
    [/au/, ['ao', 'aw', 'o']],
    [/uw/, ['u']],
    [/(?<=[bcdgknrst])ua/, ['uwa', 'wa']],
    [/oi/, ['oy', 'ui']],
  ]);
}

function vowelSlip(draft: Draft, rng: Rng): boolean {
  return respell(draft, rng, [
    [/(?<=.)a(?=.)/, ['e', 'o']],
    [/(?<=.)e(?=.)/, ['i', 'a']],
    [/(?<=.)i(?=.)/, ['e', 'u']],
    [/(?<=.)o/, ['u', 'a']],
    [/(?<=.)u/, ['o', 'i']],
    [/a$/, ['o']],
  ]);
}

function apostropheOrHyphen(draft: Draft, rng: Rng): boolean {
  return respell(draft, rng, [
    [/'/, ['', '`', ' ', 'k']],
    [/-/, ['', ' ']],
    [/^al(?=[bfhjkmq])/, ['Al-', 'Al ', 'El ']],
    [/(?<=[aiu])(?=a[dwt])/, ["'"]],
  ]);
}

export const SPELLING: readonly ErrorKind[] = [
  { id: 'old-spelling', field: 'name', rate: 26, apply: oldSpelling },
  { id: 'sy-or-s', field: 'name', rate: 26, apply: syOrS },
  { id: 'kh-or-h-or-ch', field: 'name', rate: 45, apply: khOrHOrCh },
  { id: 'f-or-p-or-v', field: 'name', rate: 30, apply: fOrPOrV },
  { id: 'z-or-j-or-s', field: 'name', rate: 28, apply: zOrJOrS },
  { id: 'doubled-letter', field: 'name', rate: 32, apply: doubledLetter },
  { id: 'y-or-i', field: 'name', rate: 24, apply: yOrI },
  { id: 'final-h', field: 'name', rate: 22, apply: finalH },
  { id: 'd-or-t', field: 'name', rate: 26, apply: dOrT },
  { id: 'q-or-k', field: 'name', rate: 24, apply: qOrK },
  { id: 'vowel-pair', field: 'name', rate: 24, apply: vowelPair },
  { id: 'vowel-slip', field: 'name', rate: 40, apply: vowelSlip },
  { id: 'apostrophe-or-hyphen', field: 'name', rate: 40, apply: apostropheOrHyphen },
];
