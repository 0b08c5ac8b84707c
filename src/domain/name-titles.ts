/** Titles that stand before a name, without their full stops. */
const BEFORE =
  /^(?:drs|dra|dr|drg|drh|ir|prof|h|hj|hajj|haji|hajjah|kh|kyai|kiai|ust|ustdz|ustz|ustad|ustadz|ustadzah|ustazah|pdt|pendeta|pnt|dkn|pr|sr|br|fr|rm|tn|tuan|ny|nyonya|nn|nona|sdr|sdri|saudara|saudari|bp|bpk|bapak|pak|ibu|bu|mbak|tgk|teungku|encik|alm|almh|almarhum|almarhumah|ns|apt|bd|bidan|letkol|kol|mayjen|brigjen|letda|lettu|peltu|pelda|serma|serka|sertu|serda|kopka|koptu|kopda|praka|pratu|ipda|iptu|aipda|aiptu|bripka|briptu|bripda|brigpol|brigadir|akp|akbp|kompol|kombes)$/;
/** Words that are names as often as titles: only with a full stop ("Br."). */
const BEFORE_WITH_STOP = /^(?:pr|sr|br|fr|rm|ns|bd|bu|nona)$/;
/** Titles of nobles written as initials: Raden, Raden Ajeng, Raden Mas, Raden Roro, Raden Ayu, Raden Nganten. */
const NOBLE = /^(?:ra|rm|rr|ray|rngt|rp|rt|bra|brm|kh|krt|krh)$/;

/** Degrees after a name, without their full stops; read so only after a comma or with a full stop ("Mei" is a name). */
const DEGREE =
  /^(?:amd(?:kep|keb|kes|kom|ak|far|pust|t)?|apt|bsc|msc|mba|ma|ba|phd|lc|llm|ners|ns|gr|ca|cpa|ak|skm|se|sst|sipust|sp(?:a|b|d|m|n|p|r|s|thtkl?|tht|og|pd|kj|jp|an|rad|pk|ot|kk)?|[smd](?:ag|ak|ap|ars|ds|ei|farm|h|hi|hum|hut|i|ikom|ip|ked|keb|kep|kes|kg|kh|kn|kom|m|mat|p|par|pd|pdb|pdi|pi|psi|pt|pust|s|si|sn|sos|sosi|sy|stat|t|th|thi|ti|tp|tr|tr(?:keb|kep|kes|ak|gz|t|pust)|ud))$/;
/** Degrees that nobody is called: dropped also where they are written bare ("Budi Santoso SPd"). */
const BARE_DEGREE =
  /^(?:amd(?:kep|keb)?|mba|phd|skm|sh|st|mm|mt|ssi|msi|spd|mpd|spdi|mpdi|skom|mkom|ssos|shum|mhum|skep|mkes|sikom|mikom|spsi|sfarm|sipust)$/;

/**
 * A name without the titles before and after it, otherwise as written. What would leave nothing ("Haji")
 * stays: such names exist.
 */
export function stripTitles(name: string): string {
  const [head = '', ...tail] = name.trim().split(',');
  // "Budi Santoso, S.Kom., M.M.": what follows a comma is dropped when all of it is titles.
  const rest = tail.filter((part) => !part.split(/\s+/).every((word) => word === '' || isDegree(word, true)));
  const words = [head, ...rest]
    .join(' ')
    .split(/\s+/)
    .filter((word) => word !== '');
  let start = 0;
  while (start < words.length - 1 && isTitle(words[start] ?? '')) start++;
  let end = words.length;
  while (end - 1 > start && isDegree(words[end - 1] ?? '', false)) end--;
  return words.slice(start, end).join(' ');
}

function isTitle(word: string): boolean {
  const parts = word
    .toLowerCase()
    .split('.')
    .filter((part) => part !== '');
  // "K.H." is one title, "Drs.H." two; "A.R." are initials.
  if (parts.length > 1) return NOBLE.test(parts.join('')) || parts.every((part) => BEFORE.test(part));
  const plain = lettersOf(word);
  return BEFORE.test(plain) && (word.includes('.') || !BEFORE_WITH_STOP.test(plain));
}

function isDegree(word: string, afterComma: boolean): boolean {
  return (afterComma || word.includes('.') ? DEGREE : BARE_DEGREE).test(lettersOf(word));
}

function lettersOf(word: string): string {
  return word.replace(/[^\p{L}]/gu, '').toLowerCase();
}
