import type { Context } from 'hono';
import type { Procedure } from '../../domain/procedure.ts';
import type { ProcedureEdit } from '../../usecases/procedure-schema.ts';
import type { ProcedureVersion } from '../../usecases/procedure-version.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { CheckboxField } from '../components/choice-fields.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { TextArea, TextField } from '../components/text-field.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import type { FieldError } from './member-action-page.tsx';
import { officePage } from './office-page.tsx';
import { CHANNEL_WORDS } from './procedure-words.ts';

/** The texts, times, requirements and channels of a draft, in one form. Official texts are Indonesian. */
export function procedureEditPage(
  c: Context<LibraryEnv>,
  version: ProcedureVersion,
  typed: ProcedureEdit | null,
  errors: readonly FieldError[],
) {
  const { common, office } = textsOf(c);
  const { procedures: text } = office;
  const base = `/${c.get('library').slug}/pengaturan/prosedur/${version.version}`;
  const edit = typed ?? editableOf(version.procedure);
  const words: Readonly<Record<string, string>> = text.fields;
  const error = (field: string) => errors.find((one) => one.field === field)?.text;
  const line = (name: 'serviceName' | 'title' | 'number' | 'revision' | 'cost' | 'product') => (
    <TextField
      name={name}
      label={text.fields[name]}
      value={edit[name]}
      error={error(name)}
      attrs={{ lang: 'id' }}
      autocomplete="off"
    />
  );
  const lines = (
    name: 'legalBasis' | 'qualifications' | 'relatedProcedures' | 'equipment' | 'records' | 'requirements',
  ) => (
    <TextArea
      name={name}
      label={text.fields[name]}
      description={text.onePerLine}
      value={edit[name].join('\n')}
      rows={Math.max(3, edit[name].length + 1)}
      error={error(name)}
      attrs={{ lang: 'id' }}
    />
  );
  return officePage(
    c,
    { area: 'settings', title: text.edit, back: { href: base, label: text.versionName(version.version) } },
    <>
      <PageHeader title={text.edit} eyebrow={text.versionName(version.version)} lead={text.editLead} />
      <ErrorSummary
        title={common.error.summaryTitle}
        intro={common.error.summaryIntro}
        errors={errors.map((one) => ({
          field: one.field,
          text: `${words[one.field] ?? stepLabel(text, one.field)}: ${one.text}`,
        }))}
      />
      <form method="post" action={`${base}/ubah`} class="dp-stack" novalidate>
        <input type="hidden" name="suntingan" value={String(version.edits)} />
        <section class="dp-panel dp-stack" aria-labelledby="bagian-langkah">
          <h2 id="bagian-langkah">{text.steps}</h2>
          {edit.steps.map((step, index) => {
            const at = `steps.${index}`;
            const stored = version.procedure.steps[index];
            return (
              <fieldset class="dp-edit-step">
                <legend>{text.stepNumber(step.no)}</legend>
                <div class="dp-cols" data-wide="">
                  <div class="dp-span">
                    <TextArea
                      name={`${at}.text`}
                      label={text.step}
                      value={step.text}
                      rows={2}
                      error={error(`${at}.text`)}
                      attrs={{ lang: 'id' }}
                    />
                  </div>
                  <TextField
                    name={`${at}.standardSeconds`}
                    label={text.standard}
                    description={text.timeHint}
                    value={minutesText(step.standardSeconds)}
                    width="8"
                    inputmode="decimal"
                    error={error(`${at}.standardSeconds`)}
                    autocomplete="off"
                  />
                  <TextArea
                    name={`${at}.completeness`}
                    label={text.completeness}
                    description={text.onePerLine}
                    value={step.completeness.join('\n')}
                    rows={2}
                    error={error(`${at}.completeness`)}
                    attrs={{ lang: 'id' }}
                  />
                  <TextField
                    name={`${at}.output`}
                    label={text.output}
                    value={step.output}
                    error={error(`${at}.output`)}
                    attrs={{ lang: 'id' }}
                    autocomplete="off"
                  />
                  <TextField
                    name={`${at}.note`}
                    label={text.note}
                    value={step.note}
                    error={error(`${at}.note`)}
                    attrs={{ lang: 'id' }}
                    autocomplete="off"
                  />
                  {stored?.actorsInferred && (
                    <CheckboxField
                      name={`${at}.actorsConfirmed`}
                      label={text.actorsConfirmed(
                        stored.actors.map((actor) => text.actors[actor]).join(', '),
                      )}
                      checked={step.actorsConfirmed}
                      outline={false}
                    />
                  )}
                </div>
              </fieldset>
            );
          })}
        </section>
        <section class="dp-panel" aria-labelledby="bagian-naskah">
          <h2 id="bagian-naskah">{text.document}</h2>
          <div class="dp-cols" data-wide="">
            {line('serviceName')}
            {line('title')}
            {line('number')}
            {line('revision')}
            {lines('requirements')}
            {line('cost')}
            {line('product')}
            <TextField
              name="publishedTotalSeconds"
              label={text.fields.publishedTotalSeconds}
              description={text.timeHint}
              value={minutesText(edit.publishedTotalSeconds)}
              width="8"
              error={error('publishedTotalSeconds')}
              autocomplete="off"
            />
            <TextArea
              name="complaintChannels"
              label={text.fields.complaintChannels}
              description={text.channelHint}
              value={edit.complaintChannels.map((one) => `${channelWord(one.kind)}: ${one.value}`).join('\n')}
              rows={4}
              error={error('complaintChannels')}
              attrs={{ lang: 'id' }}
            />
            {lines('legalBasis')}
            {lines('qualifications')}
            {lines('relatedProcedures')}
            {lines('equipment')}
            {lines('records')}
            <TextArea
              name="warning"
              label={text.fields.warning}
              value={edit.warning}
              rows={3}
              error={error('warning')}
              attrs={{ lang: 'id' }}
            />
          </div>
        </section>
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

function stepLabel(text: { stepNumber: (no: number) => string }, field: string): string {
  const index = /^steps\.(\d+)/.exec(field)?.[1];
  return index === undefined ? field : text.stepNumber(Number(index) + 1);
}

function editableOf(procedure: Procedure): ProcedureEdit {
  const { identity, steps, ...rest } = procedure;
  return {
    ...rest,
    title: identity.title,
    number: identity.number,
    revision: identity.revision,
    steps: steps.map((step) => ({ ...step, actorsConfirmed: !step.actorsInferred })),
  };
}

/** `2.30` is two minutes and thirty seconds. */
function minutesText(seconds: number | null): string {
  if (seconds === null || Number.isNaN(seconds)) return '';
  const rest = seconds % 60;
  return `${Math.floor(seconds / 60)}${rest === 0 ? '' : `.${String(rest).padStart(2, '0')}`}`;
}

function channelWord(kind: string): string {
  return Object.entries(CHANNEL_WORDS).find(([, value]) => value === kind)?.[0] ?? kind;
}
