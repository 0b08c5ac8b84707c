import type { Context } from 'hono';
import { plainDateIn } from '../../../domain/plain-date.ts';
import type { MessageState, WebhookChoice } from '../../../domain/webhook.ts';
import { formatNumber, formatShortDate, formatShortDateTime, formatTime } from '../../../i18n/format.ts';
import type { ListedMessage, ListedWebhook } from '../../../usecases/read-webhooks.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { SelectField } from '../../components/choice-fields.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { DateField } from '../../components/date-field.tsx';
import { DefinitionList } from '../../components/definition-list.tsx';
import { ErrorSummary } from '../../components/error-summary.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Tag } from '../../components/tag.tsx';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { splitDate } from '../../public/form-input.ts';
import { dateLabels, type FieldError } from '../member-action-page.tsx';
import { type Notice, officePage } from '../office-page.tsx';
import { ShownSecret, WebhookFields, WebhookStateTag } from './list-page.tsx';

export interface ReceiverView {
  readonly row: ListedWebhook;
  /** The form as typed, where it is shown again. */
  readonly typed: WebhookChoice;
  /** The date from which all is sent again, as typed. */
  readonly since: string;
  readonly errors: readonly FieldError[];
  readonly notices: readonly Notice[];
  /** One just made. */
  readonly secret: string | null;
  readonly log: { readonly messages: readonly ListedMessage[]; readonly more: boolean };
  readonly filter: { readonly state: MessageState | null; readonly before: string | null };
}

const STATES: readonly MessageState[] = ['waiting', 'delivered', 'failed'];
const TONES = { waiting: 'info', delivered: 'success', failed: 'danger' } as const;

/** One receiver: what it is, what can be done with it, and the log of what was sent. */
export function receiverPage(c: Context<LibraryEnv>, view: ReceiverView) {
  const { common, webhooks: text } = textsOf(c);
  const library = c.get('library');
  const lang = c.get('lang');
  const { timezone } = library.settings.profile;
  const list = `/${library.slug}/pengaturan/webhook`;
  const { row, errors } = view;
  const here = `${list}/${row.id}`;
  const filtered = `${here}?keadaan=${view.filter.state ?? ''}`;
  const about = text.stateAbout[row.state];
  const time = (at: Date) => formatShortDateTime(lang, at, timezone);
  const act = (path: string, label: string, tone?: 'danger') => (
    <form method="post" action={`${here}/${path}`}>
      {path === 'rahasia' && (
        <input type="hidden" name="diganti" value={row.rotatedAt?.toISOString() ?? ''} />
      )}
      <Button variant={tone ? 'tertiary' : 'secondary'} tone={tone}>
        {label}
      </Button>
    </form>
  );
  return officePage(
    c,
    {
      area: 'settings',
      title: errors.length > 0 ? `${common.error.summaryTitle}: ${row.name}` : row.name,
      back: { href: list, label: text.title },
      notices: view.notices,
    },
    <>
      <PageHeader title={row.name} />
      <ErrorSummary title={common.error.summaryTitle} errors={errors} />
      {view.secret !== null && <ShownSecret c={c} name={row.name} secret={view.secret} />}
      <div class="dp-stack">
        <div class="dp-panes" data-side="right">
          <div class="dp-stack">
            <DefinitionList
              items={[
                { label: text.url, value: <span class="dp-endpoint">{row.url}</span> },
                {
                  label: text.state,
                  value: (
                    <>
                      <WebhookStateTag c={c} state={row.state} /> {time(row.stateAt)}
                      <p class="dp-small">{about}</p>
                    </>
                  ),
                },
                { label: text.waiting, value: formatNumber(lang, row.waiting) },
                {
                  label: text.delivered,
                  value: row.deliveredAt === null ? text.never : time(row.deliveredAt),
                },
                ...(row.oldUntil === null
                  ? []
                  : [{ label: text.secret, value: text.overlap(time(row.oldUntil)) }]),
              ]}
            />
            <h2>{text.acts}</h2>
            <div class="dp-row">
              {row.state === 'active' ? act('uji', text.test) : act('teruskan', text.resume)}
              {row.state === 'active' && act('jeda', text.pause)}
              {act('rahasia', text.rotate)}
              {act('hapus', text.remove, 'danger')}
            </div>
            <p class="dp-small">{text.removeAbout}</p>
          </div>
          <form method="post" action={here} class="dp-panel dp-stack" novalidate>
            <input type="hidden" name="versi" value={String(row.version)} />
            <h2>{text.change}</h2>
            <WebhookFields c={c} typed={view.typed} errors={errors} />
            <Button>{text.save}</Button>
          </form>
        </div>
        <h2 id="catatan">{text.log}</h2>
        <p>{text.logAbout}</p>
        <form method="get" action={here} class="dp-search" novalidate>
          <SelectField
            name="keadaan"
            label={text.filter}
            value={view.filter.state ?? ''}
            placeholder={text.all}
            choices={STATES.map((state) => ({ value: state, label: text.messageStates[state] }))}
          />
          <Button variant="secondary">{common.action.search}</Button>
        </form>
        <LogTable c={c} view={view} here={here} />
        {(view.filter.before !== null || view.log.more) && (
          <div class="dp-row">
            {view.filter.before !== null && (
              <LinkButton href={`${filtered}#catatan`} variant="tertiary">
                {text.newest}
              </LinkButton>
            )}
            {view.log.more && (
              <LinkButton
                href={`${filtered}&sebelum=${view.log.messages.at(-1)?.n ?? ''}#catatan`}
                variant="tertiary"
              >
                {text.older}
              </LinkButton>
            )}
          </div>
        )}
        <form method="post" action={`${here}/ulang`} class="dp-panel dp-stack" novalidate>
          <DateField
            name="sejak"
            label={text.replaySince}
            description={text.replaySinceAbout}
            labels={dateLabels(c)}
            value={splitDate(view.since)}
            error={errors.find((one) => one.field === 'sejak')?.text}
          />
          <Button variant="secondary">{text.replayAll}</Button>
        </form>
      </div>
    </>,
  );
}

function LogTable(props: {
  readonly c: Context<LibraryEnv>;
  readonly view: ReceiverView;
  readonly here: string;
}) {
  const { c, view, here } = props;
  const { webhooks: text } = textsOf(c);
  const lang = c.get('lang');
  const { timezone } = c.get('library').settings.profile;
  const time = (at: Date) => formatShortDateTime(lang, at, timezone);
  const exact = (at: Date) =>
    `${formatShortDate(lang, plainDateIn(timezone, at))} ${formatTime(lang, at, timezone, { seconds: true })}`;
  const result = ({ status, failure }: ListedMessage['attempts'][number]) =>
    [status, failure === null ? null : text.failures[failure]].filter((one) => one !== null).join(' ');
  return (
    <DataTable<ListedMessage>
      caption={text.log}
      hiddenCaption
      rows={view.log.messages}
      empty={text.logEmpty}
      stack
      columns={[
        {
          label: text.event,
          rowHeader: true,
          cell: (row) => (
            <>
              {text.kindNames[row.kind]}
              {row.number !== null && (
                <>
                  <br />
                  <span class="dp-code dp-small">{row.number}</span>
                </>
              )}
            </>
          ),
        },
        { label: text.time, cell: (row) => time(row.at) },
        {
          label: text.state,
          cell: (row) => <Tag tone={TONES[row.state]}>{text.messageStates[row.state]}</Tag>,
        },
        {
          label: text.attempts,
          cell: (row) => (
            <ul class="dp-bare dp-small">
              {row.attempts.map((one) => (
                <li>{text.attempt(exact(one.at), result(one), formatNumber(lang, one.durationMs))}</li>
              ))}
              {row.state === 'waiting' && row.attempts.length > 0 && <li>{text.next(time(row.nextAt))}</li>}
            </ul>
          ),
        },
        {
          label: text.actions,
          hiddenLabel: true,
          cell: (row) => (
            <form method="post" action={`${here}/ulang`}>
              <input type="hidden" name="kejadian" value={row.id} />
              <Button
                variant="tertiary"
                attrs={{ 'aria-label': text.replayOf(text.kindNames[row.kind], exact(row.at)) }}
              >
                {text.replay}
              </Button>
            </form>
          ),
        },
      ]}
    />
  );
}
