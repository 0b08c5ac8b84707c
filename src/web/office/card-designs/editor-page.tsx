import type { Context } from 'hono';
import { raw } from 'hono/html';
import { CARD_SIZE, type CardSideName, type OwnCardDesign, SAFE_ZONE } from '../../../domain/card-design.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { SelectField } from '../../components/choice-fields.tsx';
import { ErrorSummary } from '../../components/error-summary.tsx';
import { FileField } from '../../components/file-field.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { type Notice, officePage } from '../office-page.tsx';
import { SIDES, type TypedDesign } from './design-form.ts';
import { type PartsView, SideParts } from './part-fields.tsx';
import type { Preview } from './preview.ts';
import { SAMPLES, type SampleName } from './samples.ts';
import { elementName, wordsOf } from './words.ts';

export interface EditorView {
  readonly own: OwnCardDesign;
  readonly typed: TypedDesign;
  readonly version: string;
  readonly sample: SampleName;
  readonly preview: Preview;
  /** Shown at the fields and above the form: only what was sent to be saved. */
  readonly errors: ReadonlyMap<string, string>;
  readonly fileError: string | undefined;
  readonly opened: string | undefined;
  readonly notices: readonly Notice[];
}

/** `/{library}/pengaturan/kartu-desain/{code}`: an own design with its preview; whole without script. */
export function editorPage(c: Context<LibraryEnv>, view: EditorView) {
  const { common } = textsOf(c);
  const words = wordsOf(c);
  const { own, typed, errors, preview } = view;
  const base = `/${c.get('library').slug}/pengaturan/kartu-desain`;
  const action = `${base}/${own.code}`;
  // What a preview finds wrong stands at its part; only what was refused stands above the form as well.
  const all = new Map([...preview.problems, ...errors]);
  const parts: PartsView = { c, errors: all, shrunk: preview.shrunk, opened: view.opened };
  return officePage(
    c,
    {
      area: 'settings',
      title: errors.size > 0 ? `${common.error.summaryTitle}: ${own.name}` : `${own.name} · ${words.title}`,
      back: { href: base, label: words.back },
      notices: view.notices,
      islands: ['card-designer'],
    },
    <>
      <PageHeader title={own.name} lead={words.editorLead} />
      <ErrorSummary
        title={common.error.summaryTitle}
        intro={common.error.summaryIntro}
        errors={[...errors].map(([field, text]) => ({ field, text: `${placeOf(c, typed, field)}: ${text}` }))}
      />
      <form method="post" action={action} class="dp-stack" enctype="multipart/form-data" novalidate>
        {/* Enter in a text box presses the first button of a form: this one shows what was typed. */}
        <button type="submit" name="aksi" value="lihat" hidden />
        <input type="hidden" name="versi" value={view.version} />
        <card-designer
          class="dp-stack"
          data-preview={`${action}/pratinjau`}
          data-words={JSON.stringify({
            moved: words.moved('{}', '{}', '{}'),
            sized: words.sized('{}', '{}', '{}'),
            failed: words.previewFailed,
          })}
        >
          <section class="dp-panel dp-designer" aria-labelledby="pratinjau">
            <h2 id="pratinjau" class="dp-sr">
              {words.previewTitle}
            </h2>
            <div class="dp-sides">
              {SIDES.map((side) => (
                <figure class="dp-side">
                  <figcaption>{words.sides[side]}</figcaption>
                  <div class="dp-stage" data-stage={side} data-label={words.stage(words.sides[side])}>
                    {raw(preview[side])}
                    <Guides />
                  </div>
                </figure>
              ))}
            </div>
            <div class="dp-designer__bar">
              <SelectField
                name="contoh"
                label={words.holderChoice}
                value={view.sample}
                choices={SAMPLES.map((value) => ({ value, label: words.holders[value] }))}
              />
              <Button variant="secondary" name="aksi" value="lihat" attrs={{ 'data-show': '' }}>
                {words.show}
              </Button>
              <p
                class="dp-designer__state"
                role="status"
                data-state={preview.problems.size > 0 ? 'wrong' : 'right'}
              >
                {preview.problems.size > 0 ? words.problems(preview.problems.size) : words.noProblems}
              </p>
              <p class="dp-designer__help" data-help="" hidden>
                {words.stageHelp}
              </p>
            </div>
            <p class="dp-sr" aria-live="polite" data-said="" />
          </section>
          <div class="dp-design-sides">
            {SIDES.map((side) => (
              <SideParts {...parts} side={side} typed={typed[side]} />
            ))}
          </div>
        </card-designer>
        <Picture c={c} own={own} error={view.fileError} />
        <div class="dp-actions dp-sticky">
          <Button shortcut="Alt+S">{words.save}</Button>
          <LinkButton href={base} variant="tertiary">
            {common.action.cancel}
          </LinkButton>
        </div>
      </form>
    </>,
  );
}

/** Where the card is cut, and the zone that nothing should leave. */
function Guides() {
  const { width, height, radius } = CARD_SIZE;
  const safe = { width: width - 2 * SAFE_ZONE, height: height - 2 * SAFE_ZONE };
  return (
    <svg class="dp-guides" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <rect x="0.1" y="0.1" width={width - 0.2} height={height - 0.2} rx={radius} />
      <rect x={SAFE_ZONE} y={SAFE_ZONE} width={safe.width} height={safe.height} data-safe="" />
    </svg>
  );
}

function Picture(props: {
  readonly c: Context<LibraryEnv>;
  readonly own: OwnCardDesign;
  readonly error: string | undefined;
}) {
  const { c, own, error } = props;
  const { picture } = wordsOf(c);
  const slug = c.get('library').slug;
  return (
    <section class="dp-panel dp-stack" data-gap="s" aria-labelledby="gambar-latar">
      <h2 id="gambar-latar">{picture.title}</h2>
      {own.pictureFileId === null ? (
        <p class="dp-muted">{picture.none}</p>
      ) : (
        <>
          <img
            class="dp-card-picture"
            src={`/${slug}/pengaturan/kartu-desain/gambar/${own.pictureFileId}`}
            alt={picture.now}
          />
          <p class="dp-small dp-muted">{picture.shown}</p>
        </>
      )}
      <FileField
        name="berkas"
        label={picture.file}
        description={picture.about}
        accept="image/png,image/jpeg,image/webp"
        error={error}
      />
      <div class="dp-row">
        <Button variant="secondary" name="aksi" value="gambar">
          {picture.set}
        </Button>
        {own.pictureFileId !== null && (
          <Button variant="tertiary" tone="danger" name="aksi" value="gambar-hapus">
            {picture.remove}
          </Button>
        )}
      </div>
    </section>
  );
}

/** `front.elements.3.style.size` as an admin calls it. */
function placeOf(c: Context<LibraryEnv>, typed: TypedDesign, field: string): string {
  const words = wordsOf(c);
  const [named = '', , place = '', ...rest] = field.split('.');
  const side: CardSideName = named === 'back' ? 'back' : 'front';
  const labels: Readonly<Record<string, string>> = words.fields;
  const element = typed[side].elements[Number(place)];
  if (field === `${side}.ground` || !element || place === '')
    return `${words.sides[side]}, ${labels[field.split('.')[1] ?? ''] ?? ''}`;
  const part = labels[rest.join('.')];
  return `${words.sides[side]}, ${Number(place) + 1}. ${elementName(c, element)}${part === undefined ? '' : `, ${part}`}`;
}
