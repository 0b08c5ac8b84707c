import { readScannedCode } from '../../domain/scanned-code.ts';

/** A code that proves nothing is taken once it was alone for so long: a signed one may come into focus beside it. */
const ALONE_MS = 350;
/** And not after a signed one, beside which it stands on the same card. */
const BESIDE_MS = 2_000;

/**
 * Chooses among the codes that the camera sees: cards show bars beside their signed code, and either may be found first.
 * @returns asked for every picture: what to take of it, if anything. Times are milliseconds of one clock.
 */
export function openCodeChoice(): (texts: readonly string[], at: number) => string | undefined {
  let signedAt = Number.NEGATIVE_INFINITY;
  let alone = { text: '', since: 0, last: Number.NEGATIVE_INFINITY };

  return (texts, at) => {
    const signed = texts.find(isSigned);
    if (signed !== undefined) {
      signedAt = at;
      return signed;
    }
    const text = texts.includes(alone.text) ? alone.text : texts.find((one) => one !== '');
    if (text === undefined || at - signedAt < BESIDE_MS) return undefined;
    // A picture or two in which it was not found do not begin it anew.
    const goesOn = text === alone.text && at - alone.last < BESIDE_MS;
    alone = { text, since: goesOn ? alone.since : at, last: at };
    return at - alone.since >= ALONE_MS ? text : undefined;
  };
}

function isSigned(text: string): boolean {
  const { kind } = readScannedCode(text);
  return kind === 'print' || kind === 'picture' || kind === 'moving';
}
