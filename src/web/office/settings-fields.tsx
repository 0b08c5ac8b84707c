import type { Context } from 'hono';
import type { Weekday } from '../../domain/library-settings.ts';
import { Button } from '../components/button.tsx';
import { CheckboxField, type Choice, SelectField } from '../components/choice-fields.tsx';
import { DataTable } from '../components/data-table.tsx';
import { TextArea, TextField } from '../components/text-field.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import type { FieldSpec, ListSpec } from './settings-spec.ts';
import { shownText, type Tree, valueAt } from './settings-values.ts';

export interface SettingsForm {
  readonly c: Context<LibraryEnv>;
  readonly tree: Tree;
  /** By the field's name. */
  readonly errors: ReadonlyMap<string, string>;
}

/** `services.3.name.id` as its words are filed: `services.*.name.id`. */
export function labelKey(at: string): string {
  return at.replace(/\.\d+(?=\.)/g, '.*');
}

/** The label of a field; what differs only by language ends in its name. */
export function settingLabel(c: Context<LibraryEnv>, at: string): string {
  const { fields, language, weekdays, hours } = textsOf(c).office.settings;
  const words: Readonly<Record<string, string>> = fields;
  const key = labelKey(at);
  const [top, day = '', , end = ''] = at.split('.');
  if (top === 'openingHours') return `${weekdays[day as Weekday]}, ${hours[end as 'from' | 'until'] ?? ''}`;
  const found = words[key];
  if (found !== undefined) return found;
  const match = /^(.*)\.(id|en)$/.exec(key);
  const base = words[match?.[1] ?? ''] ?? key;
  return match ? `${base} (${language[match[2] as 'id' | 'en']})` : base;
}

/** One field of the settings; in a table the label is only read out, with the number of its row. */
export function SettingField(
  props: SettingsForm & {
    readonly spec: FieldSpec;
    readonly at: string;
    readonly row?: number | undefined;
    readonly label?: string | undefined;
  },
) {
  const { c, tree, errors, spec, at, row } = props;
  const { settings } = textsOf(c).office;
  const hints: Readonly<Record<string, string>> = settings.hints;
  const value = valueAt(tree, at);
  const text = shownText(spec, value);
  const label = props.label ?? settingLabel(c, at);
  const base = {
    name: at,
    label,
    error: errors.get(at),
    description: row === undefined ? hints[labelKey(at)] : undefined,
    optional: spec.nullable && row === undefined ? textsOf(c).common.field.optional : undefined,
  };
  const attrs =
    row === undefined ? undefined : { 'aria-label': props.label ?? settings.rowLabel(label, row + 1) };
  switch (spec.kind) {
    case 'hidden':
      return <input type="hidden" name={at} value={text} />;
    case 'code':
      return (
        <>
          <input type="hidden" name={at} value={text} />
          <span class="dp-code dp-small dp-muted">{text || settings.newRow}</span>
        </>
      );
    case 'check':
      return <CheckboxField {...base} checked={value === true} outline={false} attrs={attrs} />;
    case 'choice':
    case 'repeat':
      return (
        <SelectField
          {...base}
          value={text}
          choices={choicesOf(c, spec, at)}
          placeholder={spec.nullable ? '–' : undefined}
          attrs={attrs}
        />
      );
    case 'service':
      return (
        <SelectField
          {...base}
          optional={undefined}
          value={text}
          choices={servicesOf(c)}
          placeholder={settings.firstService}
          attrs={attrs}
        />
      );
    case 'area':
    case 'lines':
      return (
        <TextArea
          {...base}
          value={text}
          rows={spec.kind === 'lines' ? 6 : Math.max(2, Math.ceil(text.length / 90))}
          attrs={{ lang: at.endsWith('.en') ? 'en' : 'id', ...attrs }}
        />
      );
    default:
      return (
        <TextField
          {...base}
          value={text}
          width={spec.width}
          inputmode={
            spec.kind === 'number' || spec.kind === 'months' || spec.kind === 'days' ? 'numeric' : undefined
          }
          code={spec.kind === 'time' || spec.kind === 'colour'}
          autocomplete="off"
          attrs={{ ...(at.endsWith('.en') ? { lang: 'en' } : {}), ...attrs }}
        />
      );
  }
}

function choicesOf(c: Context<LibraryEnv>, spec: FieldSpec, at: string): readonly Choice[] {
  const { choices } = textsOf(c).office.settings;
  const words: Readonly<Record<string, Readonly<Record<string, string>>>> = choices;
  const own = words[labelKey(at)] ?? {};
  return (spec.choices ?? []).map((value) => ({ value, label: own[value] ?? value }));
}

/** The services that a visit can be counted as now. */
function servicesOf(c: Context<LibraryEnv>): readonly Choice[] {
  return c
    .get('library')
    .settings.services.filter((service) => service.active)
    .map((service) => ({ value: service.code, label: service.name[c.get('lang')] }));
}

/** The rows of a list: changed, added, moved and taken out without a script. */
export function SettingRows(props: SettingsForm & { readonly list: ListSpec }) {
  const { c, tree, list, errors } = props;
  const { settings } = textsOf(c).office;
  const rows = (tree[list.at] as readonly Tree[] | undefined) ?? [];
  const visible = list.columns.filter((column) => column.kind !== 'hidden');
  const numbered = rows.map((row, index) => ({ row, index }));
  const at = (spec: FieldSpec, index: number) => spec.at.replace('*', String(index));
  const mistake = errors.get(list.at);
  return (
    <section class="dp-stack" id={list.at} tabindex={-1}>
      <input type="hidden" name={`${list.at}.jumlah`} value={String(rows.length)} />
      {mistake && <p class="ds-validation-message">{mistake}</p>}
      {list.layout === 'table' ? (
        <div class="dp-edit-rows">
          <DataTable
            caption={settings.rows}
            hiddenCaption
            stack
            rows={numbered}
            empty={settings.noRows}
            columns={[
              {
                label: settings.number,
                cell: ({ index }) => <span class="dp-muted">{index + 1}</span>,
              },
              ...visible.map((spec) => ({
                label: settingLabel(c, spec.at),
                cell: ({ index }: { index: number }) => (
                  <SettingField {...props} spec={spec} at={at(spec, index)} row={index} />
                ),
              })),
              {
                label: settings.rowActions,
                hiddenLabel: true,
                cell: ({ index }) => <RowButtons {...props} index={index} saved={hasCode(rows[index])} />,
              },
            ]}
          />
        </div>
      ) : (
        numbered.map(({ index, row }) => (
          <fieldset class="dp-panel dp-edit-card">
            <legend>
              {String(valueAt(row, `name.${c.get('lang')}`) ?? valueAt(row, 'name') ?? '') ||
                `${settings.newRow} ${index + 1}`}
            </legend>
            <div class="dp-cols">
              {list.columns.map((spec) =>
                spec.kind === 'hidden' ? (
                  <SettingField {...props} spec={spec} at={at(spec, index)} />
                ) : (
                  <div class={spec.wide ? 'dp-span' : undefined}>
                    <SettingField {...props} spec={spec} at={at(spec, index)} />
                  </div>
                ),
              )}
            </div>
            <RowButtons {...props} index={index} saved={hasCode(row)} />
          </fieldset>
        ))
      )}
      <div>
        <Button variant="secondary" name="aksi" value={`tambah:${list.at}`}>
          {settings.addRow}
        </Button>
      </div>
    </section>
  );
}

function hasCode(row: Tree | undefined): boolean {
  return typeof row?.code === 'string' && row.code !== '';
}

function RowButtons(
  props: SettingsForm & { readonly list: ListSpec; readonly index: number; readonly saved: boolean },
) {
  const { c, list, index } = props;
  const { settings } = textsOf(c).office;
  // A service point that exists is closed, never taken out.
  const removable = !(list.keeps && props.saved);
  return (
    <div class="dp-row-buttons">
      {list.ordered && index > 0 && (
        <Button
          variant="tertiary"
          name="aksi"
          value={`naik:${list.at}:${index}`}
          attrs={{ 'aria-label': settings.upRow(index + 1) }}
        >
          {settings.up}
        </Button>
      )}
      {removable && (
        <Button
          variant="tertiary"
          tone="danger"
          name="aksi"
          value={`hapus:${list.at}:${index}`}
          attrs={{ 'aria-label': settings.removeRow(index + 1) }}
        >
          {settings.remove}
        </Button>
      )}
    </div>
  );
}
