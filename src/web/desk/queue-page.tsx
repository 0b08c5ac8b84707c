import type { Context } from 'hono';
import { may } from '../../domain/permissions.ts';
import { formatTicketCode } from '../../domain/ticket-code.ts';
import { formatNumber, formatShortDateTime, formatTime, formatWaiting } from '../../i18n/format.ts';
import {
  QUEUE_SECTIONS,
  type Queue,
  type QueueFilter,
  type QueueRow,
  type QueueSection,
} from '../../usecases/list-queue.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { KeyHints } from '../components/key-hint.tsx';
import { StateTag, Tag } from '../components/tag.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { type DeskPageProps, deskPage } from './desk-page.tsx';
import { CounterPanel, ScanPanel } from './queue-side.tsx';
import { memberTypeName, queueNumber, type Words } from './words.ts';

export interface QueuePageProps {
  readonly queue: Queue;
  readonly filter: QueueFilter;
  readonly now: Date;
  /** Of the form that gives a number. */
  readonly submitKey: string;
  readonly notice?: DeskPageProps['notice'];
  /** What was typed and could not be used stays in its field. */
  readonly typedTicket?: string;
  readonly typedDraft?: string;
}

/** Who waits, who is served, what waits for whom; the scan field is the first thing on it. */
export function queuePage(c: Context<LibraryEnv>, props: QueuePageProps) {
  const { desk } = textsOf(c);
  const slug = c.get('library').slug;
  const officer = c.get('officer');
  const processes = officer !== null && may(officer.roles, 'application.process');
  return deskPage(
    c,
    {
      title: desk.queue.title,
      notice: props.notice,
      feed: `/${slug}/loket/siaran`,
      ownScanForm: true,
      fit: true,
    },
    <div class="dp-desk">
      <div class="dp-desk__top">
        <h1>{desk.queue.title}</h1>
        <span class="dp-desk__live" aria-hidden="true">
          {desk.queue.live}
        </span>
        <noscript>
          <a href={`/${slug}/loket`}>{desk.queue.refresh}</a>
        </noscript>
      </div>
      <div class="dp-panes" data-side="right">
        <div class="dp-stack dp-queue-pane" data-gap="s">
          <FilterBar c={c} {...props} />
          {/* Around the part that is exchanged: the list keeps its place when somebody comes. */}
          <div class="dp-queue-scroll">
            <QueueList c={c} {...props} />
          </div>
        </div>
        <aside class="dp-stack" data-gap="s">
          <ScanPanel c={c} typed={props.typedTicket ?? ''} />
          {processes && (
            <CounterPanel
              c={c}
              inHand={props.queue.inHand}
              waiting={props.queue.waitingNumbers}
              submitKey={props.submitKey}
              typedDraft={props.typedDraft ?? ''}
            />
          )}
          <KeyHints
            hints={[
              { keys: ['/'], label: desk.keys.scan },
              ...(processes
                ? [
                    { keys: ['N'], label: desk.keys.next },
                    { keys: ['B'], label: desk.keys.newCase },
                  ]
                : []),
            ]}
          />
        </aside>
      </div>
    </div>,
  );
}

/**
 * Of each section of the whole queue: who is served next stands at its top. A page of hundreds is slow on the counter's old
 * computer, which draws it anew whenever somebody comes.
 */
const FIRST = 30;

interface Part {
  readonly c: Context<LibraryEnv>;
}

function FilterBar({ c, queue, filter }: Part & QueuePageProps) {
  const { desk } = textsOf(c);
  const total = QUEUE_SECTIONS.reduce((sum, section) => sum + queue.counts[section], 0);
  const shown = QUEUE_SECTIONS.filter((section) => queue.counts[section] > 0 || filter.section === section);
  return (
    <div class="dp-filter">
      <nav aria-label={desk.queue.filter} id="saringan" data-live="">
        <ul class="dp-filter__list">
          <li>
            <a
              href={queueAddress(c, filter, undefined)}
              aria-current={filter.section === undefined ? 'true' : undefined}
            >
              {desk.queue.all} <span class="dp-num">{total}</span>
            </a>
          </li>
          {shown.map((section) => (
            <li>
              <a
                href={queueAddress(c, filter, section)}
                aria-current={filter.section === section ? 'true' : undefined}
              >
                {desk.queue.sections[section]} <span class="dp-num">{queue.counts[section]}</span>
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <form method="post" action={`/${c.get('library').slug}/loket/cari`} class="dp-filter__search">
        {filter.section && <input type="hidden" name="bagian" value={filter.section} />}
        <input
          class="ds-input"
          type="search"
          name="cari"
          value={filter.search ?? ''}
          placeholder={desk.queue.search}
          aria-label={desk.queue.search}
          autocomplete="off"
        />
        <label class="dp-filter__tick">
          <input type="checkbox" name="prioritas" value="1" checked={filter.priorityOnly === true} />
          {desk.queue.priorityOnly}
        </label>
        <Button variant="secondary">{textsOf(c).common.action.search}</Button>
      </form>
    </div>
  );
}

/** The queue with this search, one section or all of it. */
export function queueAddress(
  c: Context<LibraryEnv>,
  filter: QueueFilter,
  section: QueueSection | undefined,
): string {
  const base = `/${c.get('library').slug}/loket`;
  const query = new URLSearchParams();
  if (section !== undefined) query.set('bagian', section);
  if (filter.search) query.set('cari', filter.search);
  if (filter.priorityOnly) query.set('prioritas', '1');
  const text = query.toString();
  return text === '' ? base : `${base}?${text}`;
}

function QueueList({ c, queue, filter, now }: Part & QueuePageProps) {
  const { desk } = textsOf(c);
  const base = `/${c.get('library').slug}/loket`;
  const filtered =
    filter.section !== undefined || filter.priorityOnly === true || (filter.search ?? '') !== '';
  if (queue.rows.length === 0) {
    return (
      <div id="antrean" data-live="">
        <EmptyState
          title={filtered ? desk.queue.emptyFilter : desk.queue.empty}
          text={filtered ? undefined : desk.queue.emptyText}
          icon="people"
        >
          {filtered && (
            <LinkButton href={base} variant="secondary">
              {desk.queue.clearFilter}
            </LinkButton>
          )}
        </EmptyState>
      </div>
    );
  }
  const sections = QUEUE_SECTIONS.filter((section) => queue.rows.some((row) => row.section === section));
  return (
    <div id="antrean" data-live="" class="dp-stack" data-gap="s">
      {queue.truncated && <p class="dp-small dp-muted">{desk.queue.truncated}</p>}
      {sections.map((section) => {
        const rows = queue.rows.filter((row) => row.section === section);
        const shown = filtered || section === 'mine' ? rows : rows.slice(0, FIRST);
        return (
          <section
            class="dp-panel dp-queue-section"
            aria-labelledby={`bagian-${section}`}
            data-section={section}
          >
            <h2 id={`bagian-${section}`}>
              {desk.queue.sections[section]} <span class="dp-muted dp-num">{rows.length}</span>
            </h2>
            <ul class="dp-queue">
              {shown.map((row) => (
                <QueueItem c={c} row={row} now={now} />
              ))}
            </ul>
            {shown.length < rows.length && (
              <p class="dp-queue__more">
                <a href={queueAddress(c, filter, section)}>
                  {desk.queue.showMore(formatNumber(c.get('lang'), rows.length - shown.length))}
                </a>
              </p>
            )}
          </section>
        );
      })}
    </div>
  );
}

function QueueItem({ c, row, now }: Part & { readonly row: QueueRow; readonly now: Date }) {
  const { desk, common } = textsOf(c);
  const library = c.get('library');
  const words: Words = { lang: c.get('lang'), texts: textsOf(c), library };
  const href =
    row.applicationId === null
      ? `/${library.slug}/loket/baru?antrean=${row.ticketId ?? ''}`
      : `/${library.slug}/loket/${row.applicationId}`;
  return (
    <li>
      <a class="dp-queue__row" href={href}>
        <span class="dp-queue__number" data-empty={row.queueNumber === null ? '' : undefined}>
          {row.queueNumber === null ? (
            '–'
          ) : (
            <>
              <span class="dp-sr">{desk.queue.number} </span>
              {queueNumber(row.queueNumber)}
            </>
          )}
        </span>
        <span class="dp-queue__who">
          <strong>{row.name ?? desk.queue.walkIn}</strong>
          <span class="dp-queue__about">{aboutOf(words, row)}</span>
        </span>
        <span class="dp-queue__tags">
          {row.priority !== null && <Tag tone="warning">{desk.queue.priorities[row.priority]}</Tag>}
          {row.isChild && <Tag>{desk.queue.child}</Tag>}
          {row.heldBy !== null && row.section === 'others' && (
            <Tag icon="lock">{desk.queue.heldBy(row.heldBy.name)}</Tag>
          )}
          {row.state !== null && (
            <StateTag
              state={row.state}
              label={row.state === 'rejected' ? common.staffRejected : common.state[row.state]}
            />
          )}
        </span>
        <span class="dp-queue__time dp-num">{timeOf(words, row, now)}</span>
      </a>
    </li>
  );
}

function aboutOf(words: Words, row: QueueRow): string {
  const { desk } = words.texts;
  if (row.applicationId === null) return row.called ? desk.queue.called : desk.queue.walkInAbout;
  return [
    row.ticketCode === null ? '' : formatTicketCode(row.ticketCode),
    row.memberType === null ? '' : memberTypeName(words, row.memberType),
    row.channel === null ? '' : desk.case.channels[row.channel],
    row.hasPhoto ? desk.queue.withPhoto : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

/** Waiting is said as a length; what lies longer than a day as a date. */
function timeOf({ lang, texts, library }: Words, row: QueueRow, now: Date): string {
  const seconds = Math.max(0, (now.getTime() - row.since.getTime()) / 1000);
  const zone = library.settings.profile.timezone;
  if (seconds > 86_400) return formatShortDateTime(lang, row.since, zone);
  if (row.section === 'mine' || row.section === 'others')
    return texts.desk.queue.since(formatTime(lang, row.since, zone));
  return formatWaiting(lang, seconds);
}
