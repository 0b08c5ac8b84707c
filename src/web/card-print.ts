import type { Context } from 'hono';
import type { CardFile, CardOfFile, CardPrintLibrary } from '../documents/card/write-cards.ts';
import { designOfType } from '../domain/card-designs.ts';
import { encodeCardToken } from '../domain/card-token.ts';
import type { CardRules, MemberType } from '../domain/library-settings.ts';
import { formatDate } from '../i18n/format.ts';
import type { Lang } from '../i18n/index.ts';
import { readCardPicture, readEmblem, readPhoto } from '../usecases/attach-photo.ts';
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

/** Odd years of birth red, even ones blue, as identity photos are taken; null where the library does not ask. */
export function photoFrame(rules: CardRules, birthYear: number | null): string | null {
  const RED = '#b3202c';
  const BLUE = '#1c4f9c';
  switch (rules.photoBackground) {
    case 'red':
      return RED;
    case 'blue':
      return BLUE;
    case 'birth_year':
      return birthYear === null ? null : birthYear % 2 === 1 ? RED : BLUE;
    case 'any':
      return null;
  }
}

/** What every card of a library says of the library; in the library's language, whoever prints it. */
export function cardLibrary({ settings }: LibraryContext): CardPrintLibrary {
  const { profile, look, card, languages } = settings;
  return {
    name: profile.name,
    address: [profile.address, profile.city, profile.postalCode].filter((part) => part !== '').join(', '),
    colour: look.colour,
    rules: card.rules,
    lang: languages[0] ?? 'id',
  };
}

/** The designs that these member types need, in the order of `ground`, and which of them a type has. */
export async function cardGrounds(
  deps: WebDeps,
  scope: Scope,
): Promise<{ readonly designs: CardFile['designs']; readonly groundOf: (memberType: string) => number }> {
  const { cardDesigns, memberTypes } = scope.library.settings;
  const used = new Map<string, ReturnType<typeof designOfType>>();
  for (const type of ['', ...memberTypes.map(({ code }) => code)]) {
    const found = designOfType(cardDesigns, type);
    used.set(found.code, found);
  }
  const designs = await Promise.all(
    [...used.values()].map(async ({ design, pictureFileId }) => ({
      design,
      picture:
        pictureFileId === null
          ? null
          : ((await readCardPicture(deps.db, deps, scope, pictureFileId)) ?? null),
    })),
  );
  const codes = [...used.keys()];
  return { designs, groundOf: (type) => Math.max(0, codes.indexOf(designOfType(cardDesigns, type).code)) };
}

/** What one card shows of its holder. */
export function cardHolder(
  deps: WebDeps,
  library: LibraryContext,
  origin: string,
  card: CardFacts,
): Omit<CardOfFile, 'photo' | 'ground'> {
  const { lang } = cardLibrary(library);
  return {
    number: card.number,
    name: card.name,
    memberType: memberTypeText(library, card.memberType, lang),
    validUntil: card.validUntil === null ? null : formatDate(lang, card.validUntil),
    verifyUrl: verifyUrl(deps, origin, library, card),
    photoFrame: photoFrame(library.settings.card, card.birthYear),
  };
}

/** The crest as it is printed; null until the library has given one. */
export async function cardEmblem(deps: WebDeps, scope: Scope): Promise<Buffer | null> {
  const { emblemFileId } = scope.library.settings.look;
  return emblemFileId === null ? null : ((await readEmblem(deps.db, deps, scope, emblemFileId)) ?? null);
}

/** One card as a PDF: front and back, for card printers (`cr80`) or on a sheet to be cut (`a4`). */
export async function printCard(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  scope: Scope,
  card: CardFacts,
  layout: 'cr80' | 'a4',
): Promise<Buffer> {
  const { library } = scope;
  const [grounds, emblem, photo] = await Promise.all([
    cardGrounds(deps, scope),
    cardEmblem(deps, scope),
    card.photoId === null ? undefined : readPhoto(deps.db, deps, scope, card.photoId),
  ]);
  return deps.documents.cardPdf({
    library: cardLibrary(library),
    emblem,
    designs: grounds.designs,
    cards: [
      {
        ...cardHolder(deps, library, c.get('origin'), card),
        photo: photo ?? null,
        ground: grounds.groundOf(card.memberType),
      },
    ],
    layout,
    now: scope.at,
  });
}

/** Headers of cards as a PDF that is shown in the browser; `frame` lets the desk's own page print it. */
export function pdfHeaders(c: Context, name: string, frame: boolean): void {
  c.header('Content-Type', 'application/pdf');
  c.header('Content-Disposition', `inline; filename="${name}.pdf"`);
  c.header('Cache-Control', 'no-store');
  c.header('Referrer-Policy', 'no-referrer');
  c.header('X-Robots-Tag', 'noindex, nofollow');
  if (frame) {
    c.header('Content-Security-Policy', "default-src 'none'; base-uri 'none'; frame-ancestors 'self'");
    c.header('X-Frame-Options', 'SAMEORIGIN');
  }
}

/** Answers with a card's PDF. */
export function pdfAnswer(c: Context, bytes: Buffer, name: string, frame: boolean) {
  pdfHeaders(c, name, frame);
  return c.body(new Uint8Array(bytes));
}
