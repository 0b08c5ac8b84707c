import type { Context } from 'hono';
import { formatDate } from '../../i18n/format.ts';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';

/** What the page of a member says after a redirect, by the address's `selesai`. */
export function doneText(c: Context<LibraryEnv>, validUntil: string | null): readonly string[] {
  const { done: words, view } = textsOf(c).members;
  const until = validUntil === null ? view.lifetime : formatDate(c.get('lang'), validUntil);
  switch (c.req.query('selesai')) {
    case 'perpanjang':
      return [words.renew(until)];
    case 'perpanjang-cetak':
      return [words.renew(until), words.renewReprint];
    case 'tangguhkan':
      return [words.suspend];
    case 'aktifkan':
      return [words.resume];
    case 'bebas-pustaka':
      return [words.clear];
    case 'berhenti':
      return [words.end];
    case 'meninggal':
      return [words.deceased];
    case 'ubah':
      return [words.correct];
    case 'ubah-cetak':
      return [words.correct, words.reprint];
    case 'cetak':
      return [words.printed];
    case 'tetap':
      return [words.unchanged];
    default:
      return [];
  }
}
