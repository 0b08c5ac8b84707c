import { skeletonOf } from './spelling.ts';

/**
 * How common the parts of names are: that two people are both called Siti says nearly nothing, that both are called
 * Kusumaningrum says nearly all. Counted on the people on file; a small file is helped by what is known of the country.
 */

/** The share of people who have this word in their name, 0 to 1, never 0. */
export type NameFrequency = (token: string) => number;

/** People that the country's known names weigh as much as, beside those counted. */
const PRIOR_PEOPLE = 3_000;
/** Share of a word that nobody on file has. */
const UNSEEN = 1e-5;

/**
 * Shares of words in Indonesian names, in thousandths, for where nothing is counted yet: orders of magnitude from
 * published lists of common names, spelled as `nameTokens` spells.
 */
const KNOWN: Readonly<Record<string, string>> = {
  '45': 'muhamad',
  '30': 'nur siti',
  '15': 'sri ahmad abdul dwi putra putri tri ayu dewi',
  '8': 'eka ni i wayan made nyoman ketut putu agus budi wati ningsih adi rahman indah lestari wahyu setiawan',
  '5': 'rina yuni fitri hidayat hidayah kurniawan wahyuni susanti saputra saputri pratama arif andi rahmat dian gede kadek komang luh',
  '3': 'slamet sutrisno suparman sumiati suryani aminah fatimah kartini mulyono mulyani santoso setyo anisa nurul nuraini hasan husein ali umar yusuf ibrahim ismail wulandari permana ramadhan ramadan maulana hakim fauzi halim rini rita maria yohanes bambang joko hendra rizki dewa anak agung bagus bin binti haji',
  '1': 'rosmiati supardi suharto sukardi sugeng sugiarto suyanto suwarno sunarti sumarni sulastri suparti wagiman paijo tukiman rudi roni dedi deni doni toni eko edi heri hari heru iwan irfan irwan imam ilham aisah halimah hasanah husna zahra sahra salma nabila naila aulia amelia kusuma wijaya gunawan hartono susilo utomo prasetyo nugroho purnomo cahyono haryanto yanto yanti wati siregar nasution harahap lubis simanjuntak sinaga hutapea situmorang daulay pasaribu panjaitan saragih ginting sembiring tarigan',
};
const PRIOR = new Map<string, number>();
for (const [thousandths, names] of Object.entries(KNOWN))
  for (const name of names.split(' ')) if (!PRIOR.has(name)) PRIOR.set(name, Number(thousandths) / 1000);

/** Whether the word is one of the country's common names. */
export function isCommonName(word: string): boolean {
  return PRIOR.has(word);
}

/**
 * @param counted how many people have each word; each person counts once per word
 * @param people how many were counted
 */
export function nameFrequency(counted: ReadonlyMap<string, number>, people: number): NameFrequency {
  const all = people + PRIOR_PEOPLE;
  return (token) =>
    Math.max(UNSEEN, ((counted.get(token) ?? 0) + (PRIOR.get(token) ?? 0) * PRIOR_PEOPLE) / all);
}

/** The share of people who have a word of this skeleton in their name: what a key of skeletons finds. */
export function skeletonFrequency(counted: ReadonlyMap<string, number>, people: number): NameFrequency {
  const all = people + PRIOR_PEOPLE;
  const shares = new Map<string, number>();
  const add = (token: string, count: number) => {
    const skeleton = skeletonOf(token);
    shares.set(skeleton, (shares.get(skeleton) ?? 0) + count / all);
  };
  for (const [token, count] of counted) add(token, count);
  for (const [token, share] of PRIOR) add(token, share * PRIOR_PEOPLE);
  // Short skeletons are shared by words that nobody counted.
  return (skeleton) => Math.max(UNSEEN * 4 ** Math.max(1, 4 - skeleton.length), shares.get(skeleton) ?? 0);
}

/** The share of people who have a word that begins so: what a search finds. */
export function beginningFrequency(counted: ReadonlyMap<string, number>, people: number): NameFrequency {
  const tokens = [...counted.keys()].sort();
  // How many people the words up to each have: those of one beginning stand together.
  const upTo = [0];
  for (const [at, token] of tokens.entries()) upTo.push((upTo[at] ?? 0) + (counted.get(token) ?? 0));
  return (typed) => {
    const found = (upTo[placeOf(tokens, `${typed}\uFFFF`)] ?? 0) - (upTo[placeOf(tokens, typed)] ?? 0);
    return Math.max(UNSEEN, found / Math.max(1, people));
  };
}

/** How many of the sorted texts come before this one. */
function placeOf(sorted: readonly string[], text: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
