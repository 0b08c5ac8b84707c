/** How the kinds of complaint channels are typed in front of their value, one channel a line. */
export const CHANNEL_WORDS = {
  telepon: 'phone',
  sms: 'sms',
  whatsapp: 'whatsapp',
  surel: 'email',
  web: 'web',
  loket: 'counter',
} as const;

/** The kind of a typed word; an unknown word comes back for the schema to refuse. */
export function channelOf(word: string): string {
  const words: Readonly<Record<string, string>> = CHANNEL_WORDS;
  return words[word.trim().toLowerCase()] ?? word.trim().toLowerCase();
}

export function channelWord(kind: string): string {
  return Object.entries(CHANNEL_WORDS).find(([, value]) => value === kind)?.[0] ?? kind;
}
