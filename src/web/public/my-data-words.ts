import type { Context } from 'hono';
import { plainDateIn } from '../../domain/plain-date.ts';
import { formatDate, formatDateTime } from '../../i18n/format.ts';
import { type Lang, texts } from '../../i18n/index.ts';
import type { LibraryContext } from '../../usecases/context.ts';
import type { ReadView } from '../../usecases/read-views.ts';
import type { LedgerWord, OwnData } from '../../usecases/rights-data.ts';
import type { RightsRequest } from '../../usecases/rights-request.ts';
import type { LibraryEnv } from '../env.ts';

/** What turns a person's data into sentences: on the page, and in the PDF. */
export interface RightsWords {
  readonly library: LibraryContext;
  readonly lang: Lang;
}

export function rightsWords(c: Context<LibraryEnv>): RightsWords {
  return { library: c.get('library'), lang: c.get('lang') };
}

export function timeText({ library, lang }: RightsWords, at: Date): string {
  return formatDateTime(lang, at, library.settings.profile.timezone);
}

export function dayText({ library, lang }: RightsWords, at: Date): string {
  return formatDate(lang, plainDateIn(library.settings.profile.timezone, at));
}

/** Membership, cards, visits and files, as names and values. */
export function heldItems(words: RightsWords, data: OwnData): readonly (readonly [string, string])[] {
  const { held } = texts(words.lang).rights;
  const { membership } = data;
  const alive = data.cards.filter((card) => card.revokedAt === null).length;
  const kinds: Readonly<Record<string, string>> = held.fileKinds;
  return [
    ...(membership
      ? ([
          [held.number, membership.number],
          [held.state, held.states[membership.state]],
          [held.since, formatDate(words.lang, membership.since)],
          [
            held.until,
            membership.validUntil === null ? held.lifetime : formatDate(words.lang, membership.validUntil),
          ],
        ] as const)
      : []),
    [
      held.cases,
      data.cases.map((one) => `${one.ticket} (${dayText(words, one.at)})`).join('; ') || held.none,
    ],
    [
      held.cards,
      data.cards.length === 0 ? held.none : held.cardsOf(String(alive), String(data.cards.length - alive)),
    ],
    [held.visits, data.visits.total === 0 ? held.none : String(data.visits.total)],
    [
      held.files,
      data.files
        .map(
          (file) =>
            `${kinds[file.kind] ?? file.kind}: ${
              file.deletedAt === null
                ? held.fileKept(dayText(words, file.at))
                : held.fileGone(dayText(words, file.deletedAt))
            }`,
        )
        .join('\n') || held.none,
    ],
  ];
}

export function purposeName({ library, lang }: RightsWords, code: string): string {
  return library.settings.services.find((service) => service.code === code)?.name[lang] ?? code;
}

/** Whose office it was, never a person's name; or which service was told. */
export function viewerText({ library, lang }: RightsWords, view: ReadView): string {
  const { unknown } = texts(lang).rights.views;
  if (view.service !== null) return view.service;
  return view.roles.map((role) => library.settings.roleNames[role][lang]).join(', ') || unknown;
}

export function viewReason({ library, lang }: RightsWords, view: ReadView): string {
  const { rights, office } = texts(lang);
  if (view.service !== null) return rights.views.whyAllowed;
  if (view.purpose === null) return rights.views.whyService;
  const known: Readonly<Record<string, string>> = office.audit.purposes;
  const reason = library.settings.revealReasons.find(({ code }) => code === view.purpose);
  return reason?.[lang] ?? known[view.purpose] ?? view.purpose;
}

/** "Disetujui 12 Januari 2026, oleh wali, teks versi 2025-1" */
export function ledgerText(words: RightsWords, word: LedgerWord): string {
  const { ledger } = texts(words.lang).rights;
  return [
    `${word.given ? ledger.given : ledger.refused} ${timeText(words, word.at)}`,
    ...(word.byGuardian ? [ledger.byGuardian] : []),
    ledger.text(word.textVersion),
    ...(word.withdrawnAt === null ? [] : [ledger.withdrawn(timeText(words, word.withdrawnAt))]),
  ].join(', ');
}

/** The very text that was shown, in the language it was shown in; undefined where it was not kept. */
export function shownText(data: OwnData, word: LedgerWord, lang: Lang): string | undefined {
  const wanted = word.textLang ?? lang;
  return data.texts.find(
    (text) => text.version === word.textVersion && text.purpose === word.purpose && text.lang === wanted,
  )?.content;
}

/** "Ditahan karena retensi arsip, hingga 1 Maret 2028." */
export function answerText({ lang }: RightsWords, request: RightsRequest): string | null {
  const { requests } = texts(lang).rights;
  if (request.state === 'open') return null;
  if (request.state === 'done') return requests.answers[request.kind];
  const reason = request.reason === null ? requests.states[request.state] : requests.reasons[request.reason];
  const until = request.heldUntil === null ? '' : `, ${requests.until(formatDate(lang, request.heldUntil))}`;
  const sentence = `${reason}${until}.`;
  return sentence.charAt(0).toLocaleUpperCase(lang) + sentence.slice(1);
}
