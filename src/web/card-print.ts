import type { Context } from 'hono';
import { encodeCardToken } from '../domain/card-token.ts';
import type { CardDesign, MemberType } from '../domain/library-settings.ts';
import { formatDate } from '../i18n/format.ts';
import type { Lang } from '../i18n/index.ts';
import { readEmblem, readPhoto } from '../usecases/attach-photo.ts';
import type { LibraryContext, Scope } from '../usecases/context.ts';
import { signerOf } from '../usecases/library-keys.ts';
import type { CardFacts } from '../usecases/read-card.ts';
import type { LibraryEnv, WebDeps } from './env.ts';

/**
 * The address in a card's QR: signed, names the card and its dates and nothing of the person.
 * @param origin scheme and host that people reach the service by
 */
export function verifyUrl(deps: WebDeps, origin: string, library: LibraryContext, card: CardFacts): string {
  const token = encodeCardToken(
    { library: library.id, card: card.cardId, issued: card.issuedOn, validUntil: card.validUntil },
    signerOf(deps, library),
  );
  return `${origin}/k/${token}`;
}

export function memberTypeOf(library: LibraryContext, code: string): MemberType | undefined {
  return library.settings.memberTypes.find((type) => type.code === code);
}

export function memberTypeText(library: LibraryContext, code: string, lang: Lang): string {
  const name = memberTypeOf(library, code)?.name;
  return name?.[lang] || name?.id || code;
}

/** Odd years of birth red, even ones blue, as identity photos are taken; undefined where the library does not ask. */
export function photoFrame(design: CardDesign, birthYear: number | null): string | undefined {
  const RED = '#b3202c';
  const BLUE = '#1c4f9c';
  switch (design.photoBackground) {
    case 'red':
      return RED;
    case 'blue':
      return BLUE;
    case 'birth_year':
      return birthYear === null ? undefined : birthYear % 2 === 1 ? RED : BLUE;
    case 'any':
      return undefined;
  }
}

/**
 * The card as a PDF: front and back, for card printers (`cr80`) or on a sheet to be cut (`a4`). Its words are in the
 * library's language, whoever prints it.
 */
export async function printCard(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  scope: Scope,
  card: CardFacts,
  layout: 'cr80' | 'a4',
): Promise<Buffer> {
  const { library } = scope;
  const { profile, look, card: design, languages } = library.settings;
  const lang: Lang = languages[0] ?? 'id';
  const photo = card.photoId === null ? undefined : await readPhoto(deps.db, deps, scope, card.photoId);
  const emblem =
    look.emblemFileId === null ? undefined : await readEmblem(deps.db, deps, scope, look.emblemFileId);
  const frame = photoFrame(design, card.birthYear);
  return deps.documents.cardPdf({
    library: {
      name: profile.name,
      address: [profile.address, profile.city, profile.postalCode].filter((part) => part !== '').join(', '),
      colour: look.colour,
      ...(emblem ? { emblem } : {}),
    },
    cards: [
      {
        number: card.number,
        name: card.name,
        ...(photo ? { photo } : {}),
        ...(frame === undefined ? {} : { photoFrame: frame }),
        memberType: memberTypeText(library, card.memberType, lang),
        validUntil: card.validUntil === null ? null : formatDate(lang, card.validUntil),
        rulesText: design.rules,
        verifyUrl: verifyUrl(deps, c.get('origin'), library, card),
        lang,
      },
    ],
    layout,
    lang,
    now: scope.at,
  });
}

/** Answers with a card's PDF, shown in the browser; `frame` lets the desk's own page print it. */
export function pdfAnswer(c: Context, bytes: Buffer, name: string, frame: boolean) {
  c.header('Content-Type', 'application/pdf');
  c.header('Content-Disposition', `inline; filename="${name}.pdf"`);
  c.header('Cache-Control', 'no-store');
  c.header('Referrer-Policy', 'no-referrer');
  c.header('X-Robots-Tag', 'noindex, nofollow');
  if (frame) {
    c.header(
      'Content-Security-Policy',
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    );
    c.header('X-Frame-Options', 'SAMEORIGIN');
  }
  return c.body(new Uint8Array(bytes));
}
