import type { Context } from 'hono';
import { type CardSideName, PALETTE } from '../../../domain/card-design.ts';
import { ELEMENT_CHOICES } from '../../../domain/card-design-edit.ts';
import { Button } from '../../components/button.tsx';
import { CheckboxField, SelectField } from '../../components/choice-fields.tsx';
import { Tag } from '../../components/tag.tsx';
import { TextField } from '../../components/text-field.tsx';
import type { LibraryEnv } from '../../env.ts';
import { valueAt } from '../settings-values.ts';
import { isPalette, OWN_COLOUR, shownNumber, type TypedElement, type TypedSide } from './design-form.ts';
import { BOX, type ElementField, fieldsOf, movesWithoutPhoto, OTHER_BOX } from './element-spec.ts';
import { elementName, wordsOf } from './words.ts';

export interface PartsView {
  readonly c: Context<LibraryEnv>;
  readonly errors: ReadonlyMap<string, string>;
  /** Parts whose letters had to shrink, by name. */
  readonly shrunk: ReadonlySet<string>;
  /** The part that was just added or moved: open, with the cursor. */
  readonly opened: string | undefined;
}

/** Everything of one side: its ground, its parts from the lowest up, and the way to a new one. */
export function SideParts(props: PartsView & { readonly side: CardSideName; readonly typed: TypedSide }) {
  const { c, side, typed, errors } = props;
  const words = wordsOf(c);
  const mistake = errors.get(`${side}.elements`);
  return (
    <section class="dp-panel dp-stack" data-gap="s" aria-labelledby={`bagian-${side}`}>
      <input type="hidden" name={`${side}.elements.jumlah`} value={String(typed.elements.length)} />
      <h2 id={`bagian-${side}`}>{words.sides[side]}</h2>
      <ColourField
        {...props}
        name={`${side}.ground`}
        label={`${words.ground} (${words.sides[side].toLowerCase()})`}
        value={typed.ground}
      />
      <p class="dp-small dp-muted" id={`${side}.elements`} tabindex={-1}>
        {words.elements}
      </p>
      {mistake !== undefined && <p class="ds-validation-message">{mistake}</p>}
      {typed.elements.length === 0 && <p class="dp-muted">{words.noElements}</p>}
      <div class="dp-parts">
        {typed.elements.map((element, at) => (
          <Part {...props} element={element} at={at} of={typed.elements.length} />
        ))}
      </div>
      <div class="dp-part-add">
        <SelectField
          name={`${side}.baru`}
          label={`${words.newElement} (${words.sides[side].toLowerCase()})`}
          choices={ELEMENT_CHOICES.map((value) => ({ value, label: words.kinds[value] }))}
        />
        <Button variant="secondary" name="aksi" value={`tambah:${side}`}>
          {words.add}
        </Button>
      </div>
    </section>
  );
}

function Part(
  props: PartsView & {
    readonly side: CardSideName;
    readonly element: TypedElement;
    readonly at: number;
    readonly of: number;
  },
) {
  const { c, side, element, at, errors, opened } = props;
  const words = wordsOf(c);
  const name = `${side}.elements.${at}`;
  const label = elementName(c, element);
  const what = `${at + 1}. ${label}`;
  const aside = asideOf(c, element);
  const mistake = errors.get(name);
  const wrong = [...errors.keys()].some((key) => key === name || key.startsWith(`${name}.`));
  const field = (spec: ElementField) => <PartField {...props} name={`${name}.${spec.at}`} spec={spec} />;
  const elsewhere = 'boxWithoutPhoto' in element && element.boxWithoutPhoto !== undefined;
  return (
    <details
      class="ds-details dp-part"
      id={name}
      open={wrong || opened === name}
      data-part={name}
      data-kind={element.kind}
      data-label={what}
    >
      <summary autofocus={opened === name}>
        {what} {aside !== '' && <small>{aside}</small>}{' '}
        <span data-shrunk="" title={words.shrunkAbout} hidden={!props.shrunk.has(name)}>
          <Tag tone="warning">{words.shrunk}</Tag>
        </span>
      </summary>
      <div class="dp-stack" data-gap="s">
        <input type="hidden" name={`${name}.kind`} value={element.kind} />
        {element.kind === 'field' && (
          <input type="hidden" name={`${name}.field`} value={String(element.field)} />
        )}
        <p class="ds-validation-message" id={`${name}-galat`} data-problem="" hidden={mistake === undefined}>
          {mistake}
        </p>
        <div class="dp-part__box">{BOX.map(field)}</div>
        <div class="dp-part__fields">{fieldsOf(element as Parameters<typeof fieldsOf>[0]).map(field)}</div>
        {movesWithoutPhoto(element) && (
          <div class="dp-part__other">
            <CheckboxField
              name={`${name}.boxWithoutPhoto.ada`}
              label={words.otherPlace}
              checked={elsewhere}
              outline={false}
            />
            <div class="dp-part__box">{OTHER_BOX.map(field)}</div>
          </div>
        )}
        <div class="dp-part__acts">
          {(
            [
              ['naik', words.up, at > 0],
              ['turun', words.down, at + 1 < props.of],
              ['gandakan', words.duplicate, true],
              ['hapus', words.take, true],
            ] as const
          ).map(
            ([act, text, shown]) =>
              shown && (
                <Button
                  variant="tertiary"
                  tone={act === 'hapus' ? 'danger' : undefined}
                  name="aksi"
                  value={`${act}:${side}:${at}`}
                  attrs={{ 'aria-label': words.ofRow(text, what) }}
                >
                  {text}
                </Button>
              ),
          )}
        </div>
      </div>
    </details>
  );
}

/** Tells parts of one kind from each other: what an area looks like, the first words of a text. */
function asideOf(c: Context<LibraryEnv>, element: TypedElement): string {
  const { choices, colours } = wordsOf(c);
  if (element.kind === 'text') return String(valueAt(element, 'text.id') ?? '').slice(0, 40);
  if (element.kind !== 'shape') return '';
  const words: Readonly<Record<string, string>> = { ...choices, ...colours };
  return [element.shape, element.fill].map((part) => words[String(part)] ?? String(part)).join(', ');
}

function PartField(
  props: PartsView & {
    readonly name: string;
    readonly spec: ElementField;
    readonly element: TypedElement;
  },
) {
  const { c, name, spec, element, errors } = props;
  const words = wordsOf(c);
  const labels: Readonly<Record<string, string>> = words.fields;
  const value = valueAt(element, spec.at);
  const base = { name, label: labels[spec.at] ?? spec.at, error: errors.get(name) };
  switch (spec.kind) {
    case 'mm':
    case 'points':
      return (
        <TextField {...base} value={shownNumber(value)} width="4" inputmode="decimal" autocomplete="off" />
      );
    case 'check':
      return <CheckboxField {...base} checked={value === true} outline={false} />;
    case 'colour':
      return <ColourField {...props} name={name} label={base.label} value={value} />;
    case 'choice': {
      const texts: Readonly<Record<string, string>> = words.choices;
      // Bars stand in the middle unless told.
      const chosen = String(value ?? (spec.at === 'align' ? 'center' : ''));
      return (
        <SelectField
          {...base}
          value={chosen}
          choices={(spec.choices ?? []).map((choice) => ({ value: choice, label: texts[choice] ?? choice }))}
        />
      );
    }
    case 'text':
      return (
        <TextField
          {...base}
          value={String(value ?? '')}
          autocomplete="off"
          attrs={spec.at.endsWith('.en') ? { lang: 'en' } : { lang: 'id' }}
        />
      );
  }
}

/** A tone of the library's colour, which the card follows, or any colour by its code. */
function ColourField(
  props: Pick<PartsView, 'c' | 'errors'> & {
    readonly name: string;
    readonly label: string;
    readonly value: unknown;
  },
) {
  const { c, name, label, value } = props;
  const words = wordsOf(c);
  const own = !isPalette(value);
  return (
    <div class="dp-colour">
      <SelectField
        name={name}
        label={label}
        value={own ? OWN_COLOUR : String(value)}
        error={props.errors.get(name)}
        choices={[...PALETTE, OWN_COLOUR].map((one) => ({
          value: one,
          label: words.colours[one as keyof typeof words.colours],
        }))}
      />
      <TextField
        name={`${name}.hex`}
        label={words.hex(label)}
        value={own ? String(value ?? '') : ''}
        width="8"
        code
        autocomplete="off"
        attrs={{ placeholder: '#rrggbb' }}
      />
    </div>
  );
}
