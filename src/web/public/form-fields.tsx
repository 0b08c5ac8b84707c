import type { RegionHit } from '../../db/region.ts';
import {
  autocompleteOf,
  CHECKED,
  type FieldName,
  FORM_GROUPS,
  type FormContext,
  type FormField,
  type FormGroup,
  type FormValues,
} from '../../domain/form-fields.ts';
import { type Lang, texts } from '../../i18n/index.ts';
import type { LibraryContext } from '../../usecases/context.ts';
import { Button } from '../components/button.tsx';
import { CheckboxField, RadioGroup, SelectField } from '../components/choice-fields.tsx';
import { DateField } from '../components/date-field.tsx';
import type { FieldProps } from '../components/field.tsx';
import { Hint } from '../components/hint.tsx';
import { TextField } from '../components/text-field.tsx';
import { splitDate } from './form-input.ts';
import type { FormWords } from './form-words.ts';

/** What was found for the text in a village's search box, and the village chosen so far. */
export interface VillageView {
  /** As typed; empty where a village is chosen. */
  readonly text: string;
  readonly chosen: RegionHit | null;
  /** Null: nothing was searched. */
  readonly hits: readonly RegionHit[] | null;
}

export interface FieldsView {
  readonly library: LibraryContext;
  readonly lang: Lang;
  readonly words: FormWords;
  readonly context: FormContext;
  /** Address the form is sent to; without it a search for a village comes back at the top of the page. */
  readonly action?: string | undefined;
  readonly values: FormValues;
  readonly errors: Readonly<Partial<Record<FieldName, string>>>;
  readonly warnings: Readonly<Partial<Record<FieldName, string>>>;
  readonly villages: Readonly<Record<'address_village' | 'present_village', VillageView>>;
  /** Only these fields are drawn; all where it is undefined. */
  readonly only?: readonly FieldName[] | undefined;
  /** Said instead of the hint, such as the masked number that stays where nothing is typed. */
  readonly hints?: Readonly<Partial<Record<FieldName, string>>> | undefined;
  /** A box below the field that empties what is stored: its name is the field's with `kosongkan_` before it. */
  readonly emptying?: Readonly<Partial<Record<FieldName, Emptying>>> | undefined;
}

export interface Emptying {
  readonly label: string;
  readonly checked: boolean;
}

/** The groups of the form in their order, each a section; fields that the answers do not ask for are hidden. */
export function FormGroups({ view }: { readonly view: FieldsView }) {
  return (
    <>
      {FORM_GROUPS.map((group) => {
        const fields = group.fields.filter(
          (field) => field.kind !== 'hidden' && (!view.only || view.only.includes(field.name)),
        );
        return fields.length === 0 ? null : <Group group={group} fields={fields} view={view} />;
      })}
    </>
  );
}

function Group(props: {
  readonly group: FormGroup;
  readonly fields: readonly FormField[];
  readonly view: FieldsView;
}) {
  const { group, fields, view } = props;
  const { title, intro } = view.words.texts.groups[group.name];
  const anyAsked = fields.some((field) => field.asked(view.values, view.context));
  const id = `bagian-${group.name}`;
  const rows = pairs(fields);
  // One reason for the whole group stands once, at its head.
  const whys = new Set(fields.map((field) => field.why));
  const [why] = whys;
  const shared = whys.size === 1 && fields.length > 1 && why ? why : null;
  const allOptional = fields.every((field) => !field.required(view.values, view.context));
  const inGroup: InGroup = { showWhy: shared === null, showOptional: !allOptional };
  return (
    <section aria-labelledby={id} data-group={group.name} {...later(anyAsked)}>
      <h2 id={id}>{title}</h2>
      {intro !== undefined && <p class="dp-muted">{intro}</p>}
      {shared && <Hint question={texts(view.lang).common.field.why} answer={view.words.texts.why[shared]} />}
      {rows.map((row) =>
        row.length === 1 ? (
          row.map((field) => <Asked field={field} view={view} inGroup={inGroup} />)
        ) : (
          <div class="dp-pair">
            {row.map((field) => (
              <Asked field={field} view={view} inGroup={inGroup} />
            ))}
          </div>
        ),
      )}
    </section>
  );
}

/** What the head of a group says already. */
interface InGroup {
  readonly showWhy: boolean;
  readonly showOptional: boolean;
}

interface FieldInGroup {
  readonly field: FormField;
  readonly view: FieldsView;
  readonly inGroup: InGroup;
}

/** RT and RW stand beside each other, as on every document. */
function pairs(fields: readonly FormField[]): FormField[][] {
  const rows: FormField[][] = [];
  for (const field of fields) {
    const before = rows.at(-1)?.[0];
    if (field.name.endsWith('_rw') && before?.name.endsWith('_rt')) rows.at(-1)?.push(field);
    else rows.push([field]);
  }
  return rows;
}

/**
 * Hidden until an answer asks for it. Without scripts everything shows (`noscript.css`): an answer that is not asked
 * for is simply not read.
 */
function later(asked: boolean): { hidden?: boolean; 'data-later'?: string } {
  return asked ? {} : { hidden: true, 'data-later': '' };
}

function Asked({ field, view, inGroup }: FieldInGroup) {
  const asked = field.asked(view.values, view.context);
  const emptying = view.emptying?.[field.name];
  return (
    <div data-field-name={field.name} {...later(asked)}>
      <OneField field={field} view={view} inGroup={inGroup} />
      {emptying && (
        <CheckboxField
          name={`kosongkan_${field.name}`}
          label={emptying.label}
          value={CHECKED}
          checked={emptying.checked}
          outline={false}
        />
      )}
    </div>
  );
}

function OneField({ field, view, inGroup }: FieldInGroup) {
  const { words, values, context } = view;
  const { name } = field;
  const common = texts(view.lang).common.field;
  // Required in general, whatever the answers so far: a field that is asked later keeps its mark.
  const required = field.required(values, context);
  const base: FieldProps = {
    name,
    label: words.label(name, values),
    description: view.hints?.[name] ?? words.hint(name, values),
    error: view.errors[name],
    warning: view.warnings[name],
    required,
    optional:
      required || field.kind === 'checkbox' || isShort(field) || !inGroup.showOptional
        ? undefined
        : words.texts.page.optional,
    why:
      field.why === null || isShort(field) || !inGroup.showWhy
        ? undefined
        : { question: common.why, answer: words.texts.why[field.why] },
  };
  const value = values[name] ?? field.initial;
  const autocomplete = autocompleteOf(field, context.channel);
  switch (field.kind) {
    case 'text':
    case 'name':
    case 'email':
    case 'phone':
      return (
        <TextField
          {...base}
          value={value}
          type={field.kind === 'email' ? 'email' : field.kind === 'phone' ? 'tel' : 'text'}
          inputmode={field.inputmode ?? undefined}
          autocomplete={autocomplete}
          maxlength={field.maxLength ?? undefined}
          code={name === 'document_number'}
        />
      );
    case 'digits':
      return (
        <TextField
          {...base}
          value={value}
          inputmode="numeric"
          autocomplete={autocomplete}
          maxlength={field.maxLength ?? undefined}
          width={isShort(field) ? '4' : undefined}
          code
        />
      );
    case 'date':
      return (
        <DateField
          {...base}
          value={splitDate(values[name])}
          labels={{ day: common.day, month: common.month, year: common.year }}
          autocomplete={autocomplete === 'bday' ? 'bday' : undefined}
        />
      );
    case 'choice': {
      const choices = words.choices(field, context);
      // An optional question takes little room: all its answers are seen where somebody opens it.
      return choices.length <= (required ? 8 : 4) ? (
        <RadioGroup {...base} value={value} choices={choices} />
      ) : (
        <SelectField {...base} value={value} choices={choices} placeholder={words.texts.page.choose} />
      );
    }
    case 'village':
      return <VillageField base={base} view={view} name={name as 'address_village' | 'present_village'} />;
    case 'checkbox':
      return <Consent field={field} view={view} base={base} checked={value === CHECKED} />;
    case 'hidden':
      return null;
  }
}

/** The label of a consent is its full text, as the library worded it; refusing an optional one never blocks. */
function Consent(props: {
  readonly field: FormField;
  readonly view: FieldsView;
  readonly base: FieldProps;
  readonly checked: boolean;
}) {
  const { view, base, checked } = props;
  const { consents } = view.library.settings;
  const { lang } = view;
  const text = {
    acknowledged: consents.acknowledgement[lang],
    guardian_consent: consents.guardianConsent[lang],
    consent_photo_on_card: consents.items.find((item) => item.purpose === 'photo_on_card')?.text[lang],
    consent_messages: consents.items.find((item) => item.purpose === 'messages')?.text[lang],
  }[base.name];
  const { description, optional: _optional, ...rest } = base;
  return (
    <CheckboxField
      {...rest}
      label={text ?? base.label}
      description={typeof description === 'string' ? description : undefined}
      value={CHECKED}
      checked={checked}
    />
  );
}

/** RT and RW: part of an address that says all about itself. */
function isShort(field: FormField): boolean {
  return field.maxLength === 3;
}

function VillageField(props: {
  readonly base: FieldProps;
  readonly view: FieldsView;
  readonly name: 'address_village' | 'present_village';
}) {
  const { base, view, name } = props;
  const { page } = view.words.texts;
  const { chosen, hits, text } = view.villages[name];
  const offered = [...(chosen ? [chosen] : []), ...(hits ?? []).filter((hit) => hit.code !== chosen?.code)];
  return (
    <village-search
      data-name={name}
      data-url={`/${view.library.slug}/wilayah`}
      data-none={page.villageNone}
      data-found={page.villageResults(2).replace('2', '{}')}
      data-one={page.villageResults(1)}
    >
      <TextField
        {...base}
        name={`${name}.cari`}
        id={name}
        value={text}
        autocomplete="off"
        maxlength={80}
        attrs={{ placeholder: page.villagePlaceholder }}
      />
      <div class="dp-row" data-without-script="">
        {/* The page comes back at the place where the person is. */}
        <Button
          variant="secondary"
          name="cari"
          value={name}
          formaction={view.action && `${view.action}#${name}`}
        >
          {page.villageSearch}
        </Button>
      </div>
      {offered.length > 0 && (
        <div data-choices="">
          <RadioGroup
            name={name}
            id={`${name}-pilihan`}
            label={
              hits === null || hits.length === 0 ? page.villageChosen : page.villageResults(offered.length)
            }
            value={chosen?.code}
            choices={offered.map((hit) => ({ value: hit.code, label: hit.path }))}
          />
        </div>
      )}
      {hits !== null && hits.length === 0 && (
        <p class="dp-small" role="status">
          {page.villageNone}
        </p>
      )}
    </village-search>
  );
}
