import type { Context } from 'hono';
import type { KtaPicture } from '../../documents/kta-picture.ts';
import { formatDate } from '../../i18n/format.ts';
import { texts } from '../../i18n/index.ts';
import { readPhoto } from '../../usecases/attach-photo.ts';
import { pictureCodeOf } from '../../usecases/certify-phone.ts';
import { type Scope, todayOf } from '../../usecases/context.ts';
import type { Kta } from '../../usecases/read-kta.ts';
import { cardEmblem, cardGrounds, cardLibrary, memberTypeText, photoFrame } from '../card-print.ts';
import type { LibraryEnv, WebDeps } from '../env.ts';

/** The address in the QR of a saved picture; in capitals throughout, which makes a smaller code. */
export function pictureUrl(deps: WebDeps, scope: Scope, origin: string, kta: Kta): string {
  return `${codePrefix(origin)}${pictureCodeOf(deps, scope, kta)}`;
}

/** What stands before a picture code or a moving code. */
export function codePrefix(origin: string): string {
  return `${origin.toUpperCase()}/K/`;
}

/** The KTA as its holder saves it; with the code of a picture, never with that of the printed card. */
export async function ktaPicture(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  scope: Scope,
  kta: Kta,
): Promise<KtaPicture> {
  const { library } = scope;
  const [grounds, emblem, photo] = await Promise.all([
    cardGrounds(deps, scope),
    cardEmblem(deps, scope),
    kta.photoId === null ? undefined : readPhoto(deps.db, deps, scope, kta.photoId),
  ]);
  const design = grounds.designs[grounds.groundOf(kta.memberType)];
  if (!design) throw new Error('every member type has a design');
  const { lang } = cardLibrary(library);
  const { picture: words } = texts(lang).kta;
  return {
    library: cardLibrary(library),
    emblem,
    design,
    holder: {
      number: kta.number,
      name: kta.name,
      memberType: memberTypeText(library, kta.memberType, lang),
      validUntil: kta.validUntil === null ? null : formatDate(lang, kta.validUntil),
      photoFrame: photoFrame(library.settings.card, kta.birthYear),
      verifyUrl: pictureUrl(deps, scope, c.get('origin'), kta),
    },
    photo: photo ?? null,
    words: {
      title: words.title(kta.number),
      notProof: words.notProof,
      about: words.about(formatDate(lang, todayOf(scope))),
    },
    now: scope.at,
  };
}
