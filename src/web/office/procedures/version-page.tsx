import type { Context } from 'hono';
import { sumOfStandards } from '../../../domain/procedure.ts';
import { formatDateTime, formatDuration } from '../../../i18n/format.ts';
import type { ProcedureVersion } from '../../../usecases/procedure-version.ts';
import { Alert } from '../../components/alert.tsx';
import { Button, LinkButton } from '../../components/button.tsx';
import { DateField } from '../../components/date-field.tsx';
import { DefinitionList } from '../../components/definition-list.tsx';
import { ErrorSummary } from '../../components/error-summary.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { TextArea } from '../../components/text-field.tsx';
import { Timeline } from '../../components/timeline.tsx';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { dateLabels, type FieldError } from '../member-action-page.tsx';
import { type Notice, officePage } from '../office-page.tsx';
import { Readiness } from './edit-page.tsx';
import { FlowTable } from './flow-table.tsx';
import { StateOf } from './state-tag.tsx';

/** One version: its text, its hands, and what may be done with it now. */
export function procedurePage(
  c: Context<LibraryEnv>,
  version: ProcedureVersion,
  notices: readonly Notice[],
  errors: readonly FieldError[],
) {
  const { common, office } = textsOf(c);
  const { procedures: text } = office;
  const lang = c.get('lang');
  const base = `/${c.get('library').slug}/pengaturan/prosedur`;
  const { procedure } = version;
  const list = (items: readonly string[]) =>
    items.length === 0 ? (
      '–'
    ) : (
      <ul class="dp-bullets" lang="id">
        {items.map((item) => (
          <li>{item}</li>
        ))}
      </ul>
    );
  const title = text.versionName(version.version);
  return officePage(
    c,
    {
      area: 'settings',
      title,
      back: { href: base, label: text.back },
      notices: [
        ...notices,
        ...(version.returnedNote === null
          ? []
          : [{ tone: 'warning' as const, text: text.returned(version.returnedNote) }]),
      ],
    },
    <>
      <PageHeader title={procedure.identity.title} eyebrow={title}>
        <StateOf c={c} version={version} />
      </PageHeader>
      <ErrorSummary title={common.error.summaryTitle} errors={errors} />
      <div class="dp-panes" data-side="right">
        <div class="dp-stack">
          <section class="dp-panel dp-stack" data-gap="s" aria-labelledby="alur">
            <div class="dp-panel__head">
              <h2 id="alur">{text.preview}</h2>
              <a href={`${base}/${version.version}/sop.pdf`}>{text.pdf}</a>
            </div>
            {version.state !== 'signed' && (
              <Readiness
                c={c}
                problems={version.problems}
                editor={version.allowed.has('edit') ? `${base}/${version.version}/ubah` : null}
              />
            )}
            <FlowTable
              procedure={procedure}
              words={{ ...text.flow, inferred: text.inferred, kinds: text.kinds, empty: '…' }}
            />
            <p class="dp-small">
              {text.sum}: {formatDuration(lang, sumOfStandards(procedure))}.{' '}
              {text.fields.publishedTotalSeconds}: {formatDuration(lang, procedure.publishedTotalSeconds)}.
            </p>
          </section>
          <section class="dp-panel">
            <DefinitionList
              items={[
                { label: text.fields.number, value: procedure.identity.number || '–' },
                { label: text.fields.legalBasis, value: list(procedure.legalBasis) },
                { label: text.fields.requirements, value: list(procedure.requirements) },
                { label: text.fields.cost, value: procedure.cost || '–' },
                { label: text.fields.product, value: procedure.product || '–' },
                {
                  label: text.fields.complaintChannels,
                  value: list(procedure.complaintChannels.map((one) => one.value)),
                },
              ]}
            />
          </section>
        </div>
        <div class="dp-stack">
          <Hands c={c} version={version} />
          <Actions c={c} version={version} errors={errors} />
        </div>
      </div>
    </>,
  );
}

function Hands({ c, version }: { readonly c: Context<LibraryEnv>; readonly version: ProcedureVersion }) {
  const { procedures: text } = textsOf(c).office;
  const lang = c.get('lang');
  const { timezone } = c.get('library').settings.profile;
  return (
    <section class="dp-panel" aria-labelledby="tangan">
      <h2 id="tangan">{text.hands}</h2>
      <Timeline
        entries={version.hands.map((hand) => ({
          title: text.hand[hand.act],
          meta:
            hand.at === null
              ? text.notYet
              : [
                  formatDateTime(lang, hand.at, timezone),
                  hand.by ?? text.preset,
                  ...(hand.act === 'draft' && version.editors.length > 0
                    ? [text.editedBy(version.editors.join(', '))]
                    : []),
                ].join(', '),
          tone: hand.at === null ? 'neutral' : 'success',
        }))}
      />
    </section>
  );
}

function Actions(props: {
  readonly c: Context<LibraryEnv>;
  readonly version: ProcedureVersion;
  readonly errors: readonly FieldError[];
}) {
  const { c, version, errors } = props;
  const { procedures: text } = textsOf(c).office;
  const base = `/${c.get('library').slug}/pengaturan/prosedur/${version.version}`;
  const { allowed } = version;
  const another = version.waitsForAnother && version.state !== 'signed' && (
    <Alert tone="info">{text.another[version.state]}</Alert>
  );
  if (allowed.size === 0) {
    if (another) return another;
    return version.state === 'signed' ? null : <p class="dp-small dp-muted">{text.waits[version.state]}</p>;
  }
  const edits = <input type="hidden" name="suntingan" value={String(version.edits)} />;
  return (
    <section class="dp-panel dp-stack" data-gap="s" aria-labelledby="langkah">
      <h2 id="langkah">{text.next}</h2>
      {another}
      {allowed.has('edit') && (
        <LinkButton href={`${base}/ubah`} variant="secondary" fullWidth>
          {text.edit}
        </LinkButton>
      )}
      {allowed.has('coordinate') && version.problems.length > 0 && (
        <p class="dp-small dp-muted">{text.unfinished}</p>
      )}
      {allowed.has('coordinate') && version.problems.length === 0 && (
        <form method="post" action={`${base}/koordinasi`}>
          {edits}
          <Button fullWidth>{text.coordinate}</Button>
        </form>
      )}
      {allowed.has('check') && (
        <form method="post" action={`${base}/periksa`}>
          {edits}
          <Button fullWidth>{text.check}</Button>
        </form>
      )}
      {allowed.has('sign') && (
        <form method="post" action={`${base}/sahkan`} class="dp-stack" data-gap="s" novalidate>
          {edits}
          <DateField
            name="berlaku"
            label={text.effective}
            description={text.effectiveAbout}
            labels={dateLabels(c)}
            error={errors.find((error) => error.field === 'berlaku')?.text}
          />
          <Button fullWidth>{text.sign}</Button>
        </form>
      )}
      {allowed.has('return') && (
        <form method="post" action={`${base}/kembalikan`} class="dp-stack" data-gap="s" novalidate>
          {edits}
          <TextArea
            name="catatan"
            label={text.returnNote}
            description={text.returnNoteAbout}
            rows={2}
            maxlength={400}
          />
          <Button variant="secondary" tone="danger" fullWidth>
            {text.giveBack}
          </Button>
        </form>
      )}
      {allowed.has('discard') && (
        <form method="post" action={`${base}/buang`}>
          {edits}
          <Button variant="tertiary" tone="danger" fullWidth>
            {text.discard}
          </Button>
        </form>
      )}
    </section>
  );
}
