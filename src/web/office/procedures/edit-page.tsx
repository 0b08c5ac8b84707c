import type { Context } from 'hono';
import { sumOfStandards } from '../../../domain/procedure.ts';
import { type ProcedureProblem, procedureProblems } from '../../../domain/procedure-rules.ts';
import { formatDuration } from '../../../i18n/format.ts';
import { editProcedure } from '../../../usecases/procedure-schema.ts';
import type { ProcedureVersion } from '../../../usecases/procedure-version.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { ErrorSummary } from '../../components/error-summary.tsx';
import { Messages } from '../../components/field.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { type Notice, officePage } from '../office-page.tsx';
import { ColumnFields, DocumentFields } from './document-fields.tsx';
import { type DraftForm, editOfForm, formOf } from './draft-form.ts';
import { FlowTable } from './flow-table.tsx';
import { problemsInWords, problemsWithPlace } from './problem-words.ts';
import { type FieldState, hasProblem, StepEditor } from './step-fields.tsx';
import { TextsOfDraft } from './text-fields.tsx';

export interface EditorView {
  readonly version: ProcedureVersion;
  /** The state of the draft that was typed upon; the present one unless told. */
  readonly edits?: number | undefined;
  /** What was typed; without it the draft as it is stored. */
  readonly form?: DraftForm | undefined;
  /** What keeps the form from being saved. */
  readonly problems?: readonly ProcedureProblem[] | undefined;
  readonly notices?: readonly Notice[] | undefined;
  /** Id of the control that a button leads to, and the step it opens. */
  readonly focus?: string | undefined;
  readonly open?: number | null | undefined;
}

/** The whole draft in one form, its flow table beside it. Official texts are Indonesian. */
export function procedureEditPage(c: Context<LibraryEnv>, view: EditorView) {
  const all = textsOf(c);
  const { common, office } = all;
  const { procedures: text } = office;
  const { version, focus } = view;
  const form = view.form ?? formOf(version.procedure);
  const base = `/${c.get('library').slug}/pengaturan/prosedur/${version.version}`;
  const preview = previewOf(version, form);
  const errors = problemsInWords(all, view.problems ?? []);
  const missing = problemsInWords(all, preview.problems);
  const find = (list: typeof errors, field: string) => list.find((one) => one.field === field)?.text;
  const state: FieldState = {
    error: (field) => find(errors, field),
    missing: (field) => (find(errors, field) === undefined ? find(missing, field) : undefined),
  };
  return officePage(
    c,
    {
      area: 'settings',
      title: errors.length > 0 ? `${common.error.summaryTitle}: ${text.edit}` : text.edit,
      back: { href: base, label: text.versionName(version.version) },
      notices: view.notices,
    },
    <>
      <PageHeader title={text.edit} eyebrow={text.versionName(version.version)} lead={text.editLead} />
      <ErrorSummary
        title={common.error.summaryTitle}
        intro={common.error.summaryIntro}
        errors={problemsWithPlace(all, view.problems ?? [])}
      />
      <form method="post" action={`${base}/ubah`} class="dp-editor" novalidate>
        {/* Enter in a text box presses the first button of a form: this one, not those of a step. */}
        <button type="submit" hidden />
        <input type="hidden" name="suntingan" value={String(view.edits ?? version.edits)} />
        <input type="hidden" name="steps.jumlah" value={String(form.steps.length)} />
        <div class="dp-editor__form dp-stack">
          <section class="dp-panel dp-stack" aria-labelledby="steps">
            <h2 id="steps" tabindex={-1}>
              {text.steps}
            </h2>
            <p class="dp-small dp-muted">{text.stepsAbout}</p>
            <Messages id="steps" error={state.error('steps')} warning={state.missing('steps')} />
            <ol class="dp-bare dp-step-list">
              {form.steps.map((step, index) => (
                <StepEditor
                  c={c}
                  form={form}
                  step={step}
                  index={index}
                  state={state}
                  focus={errors.length > 0 ? undefined : focus}
                  open={view.open === index || hasProblem({ index, state })}
                  inferred={
                    version.procedure.steps.find((one) => String(one.no) === step.key)?.actorsInferred ===
                    true
                  }
                />
              ))}
            </ol>
            <div>
              <Button
                variant="secondary"
                name="aksi"
                value={`sisip:${form.steps.length - 1}`}
                attrs={{ id: 'tambah', autofocus: focus === 'tambah' }}
              >
                {text.addStep}
              </Button>
            </div>
          </section>
          <ColumnFields c={c} form={form} state={state} />
          <DocumentFields c={c} form={form} state={state} />
          <TextsOfDraft c={c} form={form} state={state} />
        </div>
        <aside class="dp-editor__preview dp-stack" aria-labelledby="pratinjau">
          <div class="dp-panel dp-stack" data-gap="s">
            <div class="dp-panel__head">
              <h2 id="pratinjau" tabindex={-1} autofocus={focus === 'pratinjau' && errors.length === 0}>
                {text.preview}
              </h2>
              <Button variant="secondary" name="aksi" value="pratinjau">
                {text.refresh}
              </Button>
            </div>
            <Readiness problems={preview.problems} c={c} />
            <FlowTable
              procedure={preview.procedure}
              words={{ ...text.flow, inferred: text.inferred, kinds: text.kinds, empty: '…' }}
            />
            <p class="dp-small">
              {text.sum}: {formatDuration(c.get('lang'), sumOfStandards(preview.procedure))}.{' '}
              {text.fields.publishedTotalSeconds}:{' '}
              {formatDuration(c.get('lang'), preview.procedure.publishedTotalSeconds)}.
            </p>
          </div>
        </aside>
        <div class="dp-actions dp-sticky">
          <Button shortcut="Alt+S">{common.action.save}</Button>
          <LinkButton href={base} variant="tertiary">
            {common.action.cancel}
          </LinkButton>
        </div>
      </form>
    </>,
  );
}

/** What the draft would be, as far as what is typed can be read. */
function previewOf(version: ProcedureVersion, form: DraftForm) {
  const edit = editOfForm(form);
  const readable = {
    ...edit,
    publishedTotalSeconds: edit.publishedTotalSeconds || version.procedure.publishedTotalSeconds,
    steps: edit.steps.map((step) => ({
      ...step,
      standardSeconds: Number.isNaN(step.standardSeconds) ? null : step.standardSeconds,
    })),
  };
  const edited = editProcedure(version.procedure, readable);
  const procedure = edited.ok ? edited.procedure : version.procedure;
  return { procedure, problems: procedureProblems(procedure) };
}

/** What is still missing before the draft can be passed on, each with the way to its place. */
export function Readiness(props: {
  readonly c: Context<LibraryEnv>;
  readonly problems: readonly ProcedureProblem[];
  /** Address of the editor, where it is another page; null for those who may not edit. */
  readonly editor?: string | null;
}) {
  const all = textsOf(props.c);
  const { procedures: text } = all.office;
  if (props.problems.length === 0) return <p class="dp-small dp-ready">{text.ready}</p>;
  return (
    <section class="dp-missing" aria-labelledby="kurang">
      <h3 id="kurang">{text.notReady}</h3>
      <ul>
        {problemsWithPlace(all, props.problems).map((problem) => (
          <li>
            {props.editor === null ? (
              problem.text
            ) : (
              <a href={`${props.editor ?? ''}#${problem.field}`}>{problem.text}</a>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
