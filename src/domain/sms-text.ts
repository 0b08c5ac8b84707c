/** Characters of one text message in the alphabet that every phone has (GSM 03.38): one more, and two are paid for. */
export const SEGMENT = 160;

/** What both that alphabet and ASCII have, one place each; the rest of ASCII takes two there, or would change alphabets. */
const NOT_PLAIN = /[^A-Za-z0-9 !"#$%&'()*+,\-./:;<=>?@_]/g;

/**
 * A text that is sure to fit into one message: the name is what gives way.
 * @param say the text around a name
 */
export function inOneSegment(name: string, say: (name: string) => string): string {
  const plainName = plain(name);
  const over = plain(say(plainName)).length - SEGMENT;
  const kept = over > 0 ? plainName.slice(0, Math.max(0, plainName.length - over)).trimEnd() : plainName;
  return plain(say(kept)).slice(0, SEGMENT);
}

/** Letters without their marks, quotes and dashes as typewriters have them; what is left over goes. */
function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/[\u2010-\u2015]/g, '-')
    .replace(NOT_PLAIN, '');
}
