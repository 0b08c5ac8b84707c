import type { Context } from 'hono';
import { STEP_ACTS } from '../../../domain/procedure.ts';
import { formatDuration } from '../../../i18n/format.ts';
import type { Lang } from '../../../i18n/index.ts';
import { STEP_ACTORS, STEP_KINDS } from '../../../usecases/procedure-schema.ts';
import { Button } from '../../components/button.tsx';
import { CheckboxField, CheckboxGroup, SelectField } from '../../components/choice-fields.tsx';
import { Tag } from '../../components/tag.tsx';
import { TextArea, TextField } from '../../components/text-field.tsx';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { branchSlots, type DraftForm, type StepForm, secondsOf } from './draft-form.ts';

export interface FieldState {
  /** Cannot be saved like this. */
  error(field: string): string | undefined;
  /** Can be saved, but not passed on. */
  missing(field: string): string | undefined;
}

interface StepProps {
  readonly c: Context<LibraryEnv>;
  readonly form: DraftForm;
  readonly step: StepForm;
  readonly index: number;
  readonly state: FieldState;
  readonly open: boolean;
  readonly focus: string | undefined;
  /** The stored actors were inferred from a source that lost its marks. */
  readonly inferred: boolean;
}

/** One step: its line in the list with the buttons that move it, and everything of it behind. */
export function StepEditor(props: StepProps) {
  const { c, form, step, index, open, focus } = props;
  const { procedures: text } = textsOf(c).office;
  const count = form.steps.length;
  const actors = form.columns.filter((column) => column.shown && step.actors.includes(column.actor));
  const moves = [
    { name: 'naik', label: text.up, about: text.upStep(index + 1), shown: index > 0 },
    { name: 'turun', label: text.down, about: text.downStep(index + 1), shown: index < count - 1 },
    { name: 'sisip', label: text.insert, about: text.insertStep(index + 1), shown: true },
    { name: 'hapus', label: text.remove, about: text.removeStep(index + 1), shown: true },
  ];
  return (
    <li class="dp-step-edit">
      <input type="hidden" name={`steps.${index}.key`} value={step.key} />
      <details open={open}>
        <summary id={`langkah-${index}`} autofocus={focus === `langkah-${index}`}>
          <span class="dp-step-edit__no">{index + 1}</span>
          <span class="dp-step-edit__text">
            <span lang="id">{step.text || text.unnamed}</span>
            <span class="dp-small dp-muted">
              {[
                actors.map((column) => column.label || column.actor).join(', '),
                durationOf(c.get('lang'), step),
                step.acts.map((act) => actWord(text.acts, act)).join(', '),
              ]
                .filter((part) => part !== '')
                .join(' · ')}
            </span>
            {open && hasProblem(props) && <Tag tone="warning">{text.incomplete}</Tag>}
          </span>
        </summary>
        <StepFields {...props} />
      </details>
      <div class="dp-row-buttons">
        {moves
          .filter((move) => move.shown)
          .map((move) => (
            <Button
              variant="tertiary"
              tone={move.name === 'hapus' ? 'danger' : undefined}
              name="aksi"
              value={`${move.name}:${index}`}
              attrs={{
                id: `${move.name}-${index}`,
                'aria-label': move.about,
                autofocus: focus === `${move.name}-${index}`,
              }}
            >
              {move.label}
            </Button>
          ))}
      </div>
    </li>
  );
}

/** Whether a step has something to put right: it is shown open. */
export function hasProblem({ index, state }: Pick<StepProps, 'index' | 'state'>): boolean {
  const fields = [
    'text',
    'kind',
    'actors',
    'acts',
    'standardSeconds',
    'completeness',
    'output',
    'note',
    'branches',
  ];
  const all = [
    ...fields,
    ...[0, 1, 2, 3, 4, 5].flatMap((nth) => [`branches.${nth}.label`, `branches.${nth}.to`]),
  ];
  return all.some((field) => {
    const at = `steps.${index}.${field}`;
    return state.error(at) !== undefined || state.missing(at) !== undefined;
  });
}

function StepFields({ c, form, step, index, state, focus, inferred }: StepProps) {
  const { procedures: text } = textsOf(c).office;
  const base = (field: string) => {
    const name = `steps.${index}.${field}`;
    return { name, error: state.error(name), warning: state.missing(name) };
  };
  return (
    <div class="dp-cols dp-step-edit__fields">
      <div class="dp-span">
        <TextArea
          {...base('text')}
          label={text.step}
          value={step.text}
          rows={2}
          attrs={{ lang: 'id', autofocus: focus === `steps.${index}.text` }}
        />
      </div>
      <SelectField
        {...base('kind')}
        label={text.fields['step.kind']}
        value={step.kind}
        choices={STEP_KINDS.map((kind) => ({ value: kind, label: text.kinds[kind] }))}
      />
      <TextField
        {...base('standardSeconds')}
        label={text.standard}
        description={text.timeHint}
        value={step.standardSeconds}
        width="8"
        inputmode="decimal"
        autocomplete="off"
      />
      <div class="dp-stack" data-gap="s">
        <CheckboxGroup
          {...base('actors')}
          label={text.fields['step.actors']}
          values={step.actors}
          outline={false}
          choices={STEP_ACTORS.map((actor) => ({
            value: actor,
            label: form.columns.find((column) => column.actor === actor)?.label || text.actors[actor],
          }))}
        />
        {inferred && (
          <CheckboxField
            {...base('actorsConfirmed')}
            label={text.actorsConfirmed}
            checked={step.actorsConfirmed}
            outline={false}
          />
        )}
      </div>
      <CheckboxGroup
        {...base('acts')}
        label={text.fields['step.acts']}
        description={text.actsHint}
        values={step.acts}
        outline={false}
        choices={STEP_ACTS.map((act) => ({ value: act, label: text.acts[act] }))}
      />
      <TextArea
        {...base('completeness')}
        label={text.completeness}
        description={text.onePerLine}
        value={step.completeness}
        rows={2}
        attrs={{ lang: 'id' }}
      />
      <TextField
        {...base('output')}
        label={text.output}
        value={step.output}
        attrs={{ lang: 'id' }}
        autocomplete="off"
      />
      <TextField
        {...base('note')}
        label={text.note}
        value={step.note}
        attrs={{ lang: 'id' }}
        autocomplete="off"
      />
      <CheckboxField {...base('isPublic')} label={text.isPublic} checked={step.isPublic} outline={false} />
      <div class="dp-span">
        <Branches c={c} form={form} step={step} index={index} state={state} />
      </div>
    </div>
  );
}

/** Where a decision leads: a word and a step for each way. */
function Branches(props: Pick<StepProps, 'c' | 'form' | 'step' | 'index' | 'state'>) {
  const { c, form, step, index, state } = props;
  const { procedures: text } = textsOf(c).office;
  const at = `steps.${index}.branches`;
  const slots = branchSlots(step);
  const problem = state.error(at) ?? state.missing(at);
  return (
    <fieldset
      class="ds-fieldset"
      id={at}
      tabindex={-1}
      aria-describedby={problem ? `${at}-error` : undefined}
    >
      <legend>{text.fields['step.branches']}</legend>
      <div data-field="description">{text.branchesHint}</div>
      {problem && (
        <p class="ds-validation-message" data-color="warning" id={`${at}-error`}>
          {problem}
        </p>
      )}
      <input type="hidden" name={`steps.${index}.cabang`} value={String(slots.length)} />
      {slots.map((branch, nth) => {
        const base = (field: 'label' | 'to') => {
          const name = `${at}.${nth}.${field}`;
          return { name, error: state.error(name), warning: state.missing(name) };
        };
        return (
          <div class="dp-branch">
            <TextField
              {...base('label')}
              label={text.branchLabel(nth + 1)}
              value={branch.label}
              attrs={{ lang: 'id' }}
              autocomplete="off"
            />
            <SelectField
              {...base('to')}
              label={text.branchTo(nth + 1)}
              value={branch.to}
              placeholder="–"
              choices={form.steps.map((other, no) => ({
                value: other.key,
                label: `${no + 1}. ${other.text.slice(0, 60) || text.unnamed}`,
              }))}
            />
          </div>
        );
      })}
    </fieldset>
  );
}

/** As the table shows it; a time that cannot be read stands as it was typed. */
function durationOf(lang: Lang, { standardSeconds: typed }: StepForm): string {
  const seconds = secondsOf(typed);
  return seconds === null ? '' : Number.isNaN(seconds) ? typed : formatDuration(lang, seconds);
}

function actWord(words: Readonly<Record<string, string>>, key: string): string {
  return words[key] ?? key;
}
