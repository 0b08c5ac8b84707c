import type { Context } from 'hono';
import { checkCardDesign } from '../../../usecases/check-card-design.ts';
import type { Scope } from '../../../usecases/context.ts';
import { todayOf } from '../../../usecases/context.ts';
import { cardLibrary } from '../../card-print.ts';
import type { LibraryEnv, WebDeps } from '../../env.ts';
import { SIDES, type TypedDesign } from './design-form.ts';
import { picturesOf, type SampleName, sampleHolder } from './samples.ts';
import { designName, problemText, wordsOf } from './words.ts';

/** What an editor shows of a design that is being typed. */
export interface Preview {
  readonly front: string;
  readonly back: string;
  /** By the name of the field or part. */
  readonly problems: ReadonlyMap<string, string>;
  readonly shrunk: ReadonlySet<string>;
}

/** Draws what of a typed design can be drawn, and says all that is wrong with it. */
export async function drawPreview(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  scope: Scope,
  shown: {
    readonly own: { readonly code: string; readonly name: string; readonly pictureFileId: string | null };
    readonly typed: TypedDesign;
    readonly sample: SampleName;
  },
): Promise<Preview> {
  const { documents } = deps;
  const words = wordsOf(c);
  const { own } = shown;
  const { design, places, problems } = checkCardDesign(shown.typed);
  const bytes = await picturesOf(deps, scope, own.pictureFileId);
  const ground = await documents.cardGround({ library: cardLibrary(scope.library), design, ...bytes });
  const holder = sampleHolder(c, todayOf(scope), shown.sample);
  const { slug, settings } = c.get('library');
  const base = `/${slug}/pengaturan/kartu-desain`;
  const { emblemFileId } = settings.look;
  const pictures = {
    photo: `${base}/contoh.jpg`,
    ...(emblemFileId === null ? {} : { emblem: `/${slug}/lambang/${emblemFileId}` }),
    ...(own.pictureFileId === null ? {} : { picture: `${base}/gambar/${own.pictureFileId}` }),
  };
  const draw = (side: (typeof SIDES)[number]) =>
    documents.cardSvg(ground, side, holder, {
      title: words.sideOf(designName(c, own), side === 'front' ? words.front : words.backSide),
      pictures,
      round: false,
      id: `muka-${side}`,
    });
  const said = new Map<string, string>();
  for (const problem of problems) {
    const name = problem.path.join('.');
    if (!said.has(name)) said.set(name, problemText(c, problem));
  }
  const shrunk = SIDES.flatMap((side) =>
    documents.elementMarks(ground, side, holder).flatMap((marks, at) => {
      const element = design[side].elements[at];
      return element && documents.isShrunk(element, marks) ? [`${side}.elements.${places[side][at]}`] : [];
    }),
  );
  return { front: draw('front'), back: draw('back'), problems: said, shrunk: new Set(shrunk) };
}
