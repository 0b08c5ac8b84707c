import type { Context } from 'hono';
import type { CardDesign, CardSideName } from '../../../domain/card-design.ts';
import { formatMemberNumber, parseNumberFormat } from '../../../domain/member-number.ts';
import { addMonths, type PlainDate } from '../../../domain/plain-date.ts';
import { formatDate } from '../../../i18n/format.ts';
import { texts } from '../../../i18n/index.ts';
import { readCardPicture } from '../../../usecases/attach-photo.ts';
import { type Scope, todayOf } from '../../../usecases/context.ts';
import { cardEmblem, cardLibrary, memberTypeText, photoFrame } from '../../card-print.ts';
import type { LibraryEnv, WebDeps } from '../../env.ts';

type Documents = WebDeps['documents'];
export type CardHolder = Parameters<Documents['cardSvg']>[2];

export const SAMPLES = ['usual', 'long_name', 'long_type', 'no_photo', 'lifetime'] as const;
export type SampleName = (typeof SAMPLES)[number];

export function sampleOf(text: string): SampleName {
  return SAMPLES.find((name) => name === text) ?? 'usual';
}

/** As long as the signed address of a real card, so that the sample's code has as many squares; it leads nowhere. */
const TOKEN_LENGTH = 148;

/** Somebody who does not exist, plainly so, with the library's own kind of number. */
export function sampleHolder(
  c: Context<LibraryEnv>,
  today: PlainDate,
  sample: SampleName,
): CardHolder & { readonly hasPhoto: boolean } {
  const library = c.get('library');
  const { settings } = library;
  const { lang } = cardLibrary(library);
  const words = texts(lang).office.cardDesigns.holder;
  const parsed = parseNumberFormat(settings.numberFormat.pattern, settings.numberFormat.prefix);
  const location = settings.servicePoints.find((point) => point.active)?.locationCode || '01';
  const type = settings.memberTypes.find((one) => one.active)?.code ?? '';
  const names: Partial<Record<SampleName, string>> = {
    long_name: words.longName,
    long_type: words.longTitles,
  };
  return {
    number: parsed.ok
      ? formatMemberNumber(parsed.format, { date: today, sequence: 17, location })
      : '00000017',
    name: names[sample] ?? words.name,
    memberType: sample === 'long_type' ? words.longType : memberTypeText(library, type, lang),
    validUntil: sample === 'lifetime' ? null : formatDate(lang, addMonths(today, 12)),
    verifyUrl: `${c.get('origin')}/k/${'CONTOH'.repeat(40).slice(0, TOKEN_LENGTH)}`,
    hasPhoto: sample !== 'no_photo',
    photoFrame: photoFrame(settings.card, 1999),
  };
}

/** The bytes of the pictures that a design shows: the library's crest and its own background. */
export async function picturesOf(deps: WebDeps, scope: Scope, pictureFileId: string | null) {
  const [emblem, picture] = await Promise.all([
    cardEmblem(deps, scope),
    pictureFileId === null ? null : readCardPicture(deps.db, deps, scope, pictureFileId),
  ]);
  return { emblem, picture: picture ?? null };
}

/** A side as a picture that stands alone: everything it shows is inside. */
export async function sideAlone(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  scope: Scope,
  shown: { readonly design: CardDesign; readonly pictureFileId: string | null },
  side: CardSideName,
  title: string,
): Promise<string> {
  const { documents } = deps;
  const bytes = await picturesOf(deps, scope, shown.pictureFileId);
  const ground = await documents.cardGround({
    library: cardLibrary(scope.library),
    design: shown.design,
    ...bytes,
  });
  const photo = await documents.samplePortrait();
  return documents.cardSvg(ground, side, sampleHolder(c, todayOf(scope), 'usual'), {
    title,
    id: side,
    pictures: documents.picturesInside({ ...bytes, photo }),
  });
}
