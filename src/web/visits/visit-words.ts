import type { Context } from 'hono';
import type { ServicePointId } from '../../domain/ids.ts';
import { formatTime } from '../../i18n/format.ts';
import type { ListedVisit } from '../../usecases/list-visits.ts';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';

/** A purpose in words; its code where the library no longer offers it. */
export function purposeName(c: Context<LibraryEnv>, code: string): string {
  const lang = c.get('lang');
  return c.get('library').settings.services.find((service) => service.code === code)?.name[lang] ?? code;
}

export function servicePointName(c: Context<LibraryEnv>, id: ServicePointId): string {
  return c.get('library').servicePoints.find((point) => point.id === id)?.name ?? '–';
}

export function visitTime(c: Context<LibraryEnv>, visit: ListedVisit): string {
  return formatTime(c.get('lang'), visit.at, c.get('library').settings.profile.timezone);
}

/** Who came, as the officer may know it. */
export function visitorName(c: Context<LibraryEnv>, visit: ListedVisit): string {
  const { visits } = textsOf(c).kiosk;
  if (visit.kind === 'member') return visit.member?.name ?? visits.unknownNumber;
  if (visit.kind === 'group') return visit.institution ?? visit.name ?? visits.noName;
  return visit.name ?? visits.noName;
}

/** Why it was voided, in words: the code of a reason, with the officer's own words after it. */
export function voidReasonText(c: Context<LibraryEnv>, reason: string): string {
  const { reasons } = textsOf(c).kiosk.visits;
  const [code = '', ...note] = reason.split(': ');
  const words = Object.entries(reasons).find(([one]) => one === code)?.[1] ?? code;
  return note.length === 0 ? words : `${words} (${note.join(': ')})`;
}
