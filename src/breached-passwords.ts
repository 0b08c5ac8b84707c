/**
 * `BREACHED_PASSWORDS`: passwords known from breaches, as SHA-1 in the format of the "Have I Been Pwned" downloader: lines
 * `HASH:COUNT`, in the order of their hashes. The whole list is larger than any memory and stays on the disk: a look is a
 * binary search, some 36 reads. SHA-1 is the list's, and protects nothing here; no password leaves this computer.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { codeOf } from './domain/error-code.ts';

/** Longer than any line: 40 digits, a colon, a count of at most 12 digits, CR and LF. */
const LONGEST_LINE = 64;
const LINE = /^([0-9A-F]{40}):\d{1,12}\r?(?:\n|$)/i;
/** Places at which a start looks: a list that is not in order is so nearly everywhere. */
const PLACES = 256;

/** What is asked of a file to find the first line that begins at or after this byte: the byte before it tells. */
const windowAt = (byte: number) => ({ from: Math.max(0, byte - 1), length: 2 * LONGEST_LINE });

/**
 * The hash of that line.
 * @returns 'end' where no line begins any more, undefined where what begins there is no line of such a list
 */
function hashIn(text: string, byte: number): string | 'end' | undefined {
  const start = byte === 0 ? 0 : text.indexOf('\n') + 1;
  // The last line may end without a line feed.
  if (start === 0 && byte > 0) return text.length < 2 * LONGEST_LINE ? 'end' : undefined;
  if (start === text.length && text.length < 2 * LONGEST_LINE) return 'end';
  return LINE.exec(text.slice(start))?.[1]?.toUpperCase();
}

/**
 * Looks whether a file is such a list, at a few hundred places of it.
 * @returns what is wrong with it, as the end of a sentence that begins with the setting's name
 */
export function hashListProblem(file: string): string | undefined {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (error) {
    return `cannot be read (${codeOf(error)}): name a file that this account may read`;
  }
  try {
    const { size } = fstatSync(handle);
    let before = '';
    const bytes = Buffer.alloc(2 * LONGEST_LINE);
    for (let place = 0; place < PLACES; place++) {
      const byte = Math.floor((size * place) / PLACES);
      const { from, length } = windowAt(byte);
      const hash = hashIn(bytes.toString('latin1', 0, readSync(handle, bytes, 0, length, from)), byte);
      if (hash === undefined || (hash === 'end' && place === 0))
        return `is no list of breached passwords: near byte ${byte} stands no line HASH:COUNT (SHA-1 in 40 hexadecimal digits), as the downloader of Have I Been Pwned writes them into one file`;
      if (hash === 'end') break;
      if (hash < before)
        return `is not in the order of its hashes near byte ${byte}: sort it (LC_ALL=C sort), or download it into one file`;
      before = hash;
    }
    return undefined;
  } catch (error) {
    return `cannot be read (${codeOf(error)}): name a file, not a folder`;
  } finally {
    closeSync(handle);
  }
}

/**
 * Whether a password stands in the list. The file is opened for each look, so that a newer one can be put in its place.
 * Throws where it cannot be read any more or is no list: then no password is set, rather than one that nobody looked up.
 */
export function breachedPasswords(file: string): (password: string) => Promise<boolean> {
  return async (password) => {
    const wanted = createHash('sha1').update(password, 'utf8').digest('hex').toUpperCase();
    const handle = await open(file, 'r');
    try {
      const bytes = Buffer.alloc(2 * LONGEST_LINE);
      const hashAt = async (byte: number) => {
        const { from, length } = windowAt(byte);
        const { bytesRead } = await handle.read(bytes, 0, length, from);
        const hash = hashIn(bytes.toString('latin1', 0, bytesRead), byte);
        if (hash === undefined) throw new Error(`no list of breached passwords near byte ${byte}`);
        return hash;
      };
      let low = 0;
      let high = (await handle.stat()).size;
      // The first line that is not before the wanted one is what is found from `low` when they meet.
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        const hash = await hashAt(middle);
        if (hash === 'end' || hash >= wanted) high = middle;
        else low = middle + 1;
      }
      return (await hashAt(low)) === wanted;
    } finally {
      await handle.close();
    }
  };
}
