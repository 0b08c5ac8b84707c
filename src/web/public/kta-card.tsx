import { raw } from 'hono/html';
import type { PlainDate } from '../../domain/plain-date.ts';
import type { MemberStatus } from '../../domain/validity.ts';
import { formatDate } from '../../i18n/format.ts';
import type { CardTexts } from '../../i18n/id/card.ts';
import type { KtaTexts } from '../../i18n/id/kta.ts';
import type { Lang } from '../../i18n/index.ts';
import { Button } from '../components/button.tsx';
import { Emblem } from '../components/emblem.tsx';
import { Icon } from '../components/icon.tsx';
import type { LayoutLibrary } from '../components/layout-parts.tsx';

export interface KtaCardProps {
  readonly library: LayoutLibrary;
  readonly texts: CardTexts;
  readonly words: KtaTexts;
  readonly lang: Lang;
  readonly number: string;
  readonly name: string;
  readonly memberType: string;
  readonly validUntil: PlainDate | null;
  readonly status: MemberStatus;
  /** Address of the photo; without it the name takes its place. */
  readonly photoUrl: string | undefined;
  /** Said while the end is near; null for a card that lasts, or that is over. */
  readonly reminder: string | null;
  /** SVG of the member number in bars, in whole pixels a module. */
  readonly barcode: string;
  /** SVG of the code of a picture, likewise; null while the card is not valid. A script puts the moving code over it. */
  readonly qr: string | null;
}

/** The card on a screen: the same fields as the plastic one, its codes on white in any light. */
export function KtaCard(props: KtaCardProps) {
  const { library, texts, words, lang, status } = props;
  const { kta } = texts;
  return (
    <article class="kta" data-status={status} aria-label={kta.cardLabel(library.name)}>
      <header class="kta__band">
        <Emblem name={library.name} url={library.emblemUrl} />
        <p>
          <strong>{library.name}</strong>
          <span>{kta.title}</span>
        </p>
        <Spines />
      </header>
      <div class="kta__body">
        {props.photoUrl !== undefined && (
          <img class="kta__photo" src={props.photoUrl} width="120" height="160" alt={kta.photoAlt} />
        )}
        <div class="kta__facts">
          <h1 class="kta__name">{props.name}</h1>
          <dl>
            <div>
              <dt>{kta.memberType}</dt>
              <dd>{props.memberType}</dd>
            </div>
            <div>
              <dt>{kta.validUntil}</dt>
              <dd>{props.validUntil === null ? kta.lifetime : formatDate(lang, props.validUntil)}</dd>
            </div>
          </dl>
          <p class="kta__status">
            <Icon name={status === 'active' ? 'check' : 'warning'} /> {kta.status[status]}
          </p>
          <p
            class="kta__days"
            data-days={words.remind.days}
            data-last={words.remind.lastDay}
            hidden={props.reminder === null}
          >
            {props.reminder}
          </p>
        </div>
      </div>
      <dl class="kta__number">
        <dt>{kta.number}</dt>
        <dd>{props.number}</dd>
      </dl>
      {props.qr !== null && (
        <div class="kta__show dp-noprint">
          <Button type="button" fullWidth attrs={{ 'data-do': 'gate', hidden: true }}>
            <Icon name="phone" /> <span>{words.gate.open}</span>
          </Button>
        </div>
      )}
      <div class="kta__codes">
        {props.qr === null ? (
          <p class="kta__none">{words.code.none}</p>
        ) : (
          <figure class="kta__qr">
            <div class="kta__still">{raw(props.qr)}</div>
            <div class="kta__moving" data-moving="" />
            <figcaption>
              <Said words={words} />
            </figcaption>
          </figure>
        )}
        <figure class="kta__bars">
          {raw(props.barcode)}
          <figcaption>{props.number}</figcaption>
        </figure>
      </div>
    </article>
  );
}

/** What stands under the code: one line of many, and the seconds that are left. */
export function Said({ words }: { readonly words: KtaTexts }) {
  return (
    <div class="kta-said">
      <svg class="kta-ring" viewBox="0 0 20 20" aria-hidden="true">
        <circle cx="10" cy="10" r="8" />
        <circle cx="10" cy="10" r="8" data-left="" pathLength="100" />
      </svg>
      <div role="status">
        {(Object.keys(words.code.say) as (keyof KtaTexts['code']['say'])[]).map((what) => (
          <p data-say={what} hidden={what !== 'still'}>
            {what === 'soon' ? <WithDate text={words.code.say.soon} /> : words.code.say[what]}
          </p>
        ))}
      </div>
      <Button type="button" variant="secondary" attrs={{ 'data-do': 'here', hidden: true }}>
        {words.code.again}
      </Button>
    </div>
  );
}

/** The script knows the date. */
function WithDate({ text }: { readonly text: string }) {
  const [before = '', after = ''] = text.split('{date}');
  return (
    <>
      {before}
      <span data-ends="" />
      {after}
    </>
  );
}

/** Book spines on a shelf, as on the printed card. */
function Spines() {
  const spines = [3.2, 8.2, 2.4, 6.6, 3.4, 10.6, 2.6, 7.4, 3, 9.4, 2.2, 5.8, 3.6, 11.4, 2.8, 8.8];
  const books: { x: number; width: number; height: number }[] = [];
  let x = 0;
  for (let at = 0; at + 1 < spines.length; at += 2) {
    const width = spines[at] ?? 0;
    books.push({ x, width, height: spines[at + 1] ?? 0 });
    x += width + 0.5;
  }
  return (
    <svg class="kta__spines" viewBox={`0 0 ${x} 12`} aria-hidden="true">
      {books.map((book) => (
        <rect x={book.x} y={12 - book.height} width={book.width} height={book.height} />
      ))}
    </svg>
  );
}

/**
 * A code with a width and height of whole pixels a module: in a stretched one bars and squares are of uneven size.
 * @param widest pixels there are; the smallest phone has 320
 */
export function sizedSvg(svg: string, widest: number): string {
  const [, width = 0, height = 0] = (/viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? []).map(Number);
  if (width === 0) return svg;
  const pixels = Math.max(1, Math.floor(widest / width));
  return svg.replace('<svg ', `<svg width="${width * pixels}" height="${height * pixels}" `);
}
