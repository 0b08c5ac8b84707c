import type { Context } from 'hono';
import { formatTicketCode } from '../../domain/ticket-code.ts';
import { formatDuration, formatTime } from '../../i18n/format.ts';
import type { CaseView } from '../../usecases/read-case.ts';
import type { FullNumbers } from '../../usecases/reveal-number.ts';
import { Icon } from '../components/icon.tsx';
import { ShownKey } from '../components/key-hint.tsx';
import { StateTag, Tag } from '../components/tag.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { showsPerson } from '../middleware/record-views.ts';
import type { Openable } from './case-forms.tsx';
import { OtherActions, ScanList } from './case-more.tsx';
import { Work } from './case-work.tsx';
import { DataPanel } from './data-panel.tsx';
import { type DeskPageProps, deskPage } from './desk-page.tsx';
import type { FormState } from './form-parts.tsx';
import { HistoryPanel } from './history-panel.tsx';
import type { CasePanelProps } from './panel-props.ts';
import { TimelinePanel } from './timeline-panel.tsx';
import { memberTypeName, queueNumber } from './words.ts';

export interface CasePageProps {
  readonly view: CaseView;
  readonly now: Date;
  readonly notice?: DeskPageProps['notice'];
  /** The panel that stands in the place of the steps. */
  readonly open?: Openable | null;
  readonly form?: FormState;
  /** Asked for with a purpose; shown on this answer only. */
  readonly numbers?: FullNumbers | undefined;
}

/** A case on one screen: who it is, what comes next, and the clock. */
export function casePage(c: Context<LibraryEnv>, props: CasePageProps) {
  const { view } = props;
  const library = c.get('library');
  const texts = textsOf(c);
  const panel: CasePanelProps = {
    view,
    state: 'upcoming',
    lang: c.get('lang'),
    texts,
    library,
    base: `/${library.slug}/loket/${view.row.id}`,
    origin: c.get('origin'),
    secure: c.get('secure'),
    now: props.now,
    shows: ({ kind, id }) => showsPerson(c, kind, id, 'cross_check'),
  };
  const name = view.values.name ?? '';
  const isOpen = (props.open ?? null) !== null || props.numbers !== undefined;
  return deskPage(
    c,
    {
      title: name,
      islands: ['photo-capture', 'card-print'],
      notice: props.notice,
      feed: `/${library.slug}/loket/siaran?permohonan=${view.row.id}`,
      keeps: isOpen,
      fit: true,
    },
    <div class="dp-desk dp-case">
      <CaseHead {...panel} isOpen={isOpen} />
      <div class="dp-case__grid">
        {/* A pane that may scroll is reached by the keyboard even where nothing in it is. */}
        <div class="dp-case__data" tabindex={view.allowed.has('correct') ? undefined : 0}>
          <DataPanel {...panel} />
        </div>
        <div class="dp-case__work dp-stack" data-gap="s">
          <Work {...panel} page={props} />
        </div>
        <div class="dp-case__more">{!isOpen && <OtherActions {...panel} />}</div>
        <div class="dp-case__side dp-stack" data-gap="s">
          <TimelinePanel {...panel} />
          <ScanList {...panel} />
          <HistoryPanel {...panel} />
        </div>
      </div>
    </div>,
  );
}

function CaseHead(props: CasePanelProps & { readonly isOpen: boolean }) {
  const { view, texts, lang, library } = props;
  const { desk, common } = texts;
  const { row, clock } = view;
  const list = `/${library.slug}/loket`;
  const holder =
    row.held_by === null
      ? null
      : view.heldByMe
        ? desk.case.holder.me
        : desk.case.holder.other(view.officers.get(row.held_by) ?? '');
  const share = Math.min(100, Math.round((clock.serviceSeconds / clock.publishedTotal) * 100));
  return (
    <header class="dp-case__head" id="kepala" data-live="">
      <a class="dp-case__back" href={list} aria-keyshortcuts={props.isOpen ? undefined : 'Escape'}>
        <Icon name="back" /> {desk.case.back} {!props.isOpen && <ShownKey name="Escape" />}
      </a>
      <div class="dp-case__who">
        <h1>{view.values.name}</h1>
        <p class="dp-small">
          {[
            view.ticket === null ? '' : desk.case.queueNumber(queueNumber(view.ticket.number)),
            formatTicketCode(row.ticket_code),
            memberTypeName(props, row.member_type),
            desk.case.channels[row.channel],
          ]
            .filter((part) => part !== '')
            .join(' · ')}
        </p>
      </div>
      <div class="dp-row dp-case__tags">
        <StateTag
          state={row.state}
          label={row.state === 'rejected' ? common.staffRejected : common.state[row.state]}
        />
        {holder !== null && (
          <Tag tone={view.heldByMe ? 'accent' : 'neutral'} icon="lock">
            {holder}
            {row.held_at !== null && `, ${formatTime(lang, row.held_at, library.settings.profile.timezone)}`}
          </Tag>
        )}
        {view.isChild && (
          <Tag tone={view.guardianMissing ? 'warning' : 'neutral'}>
            {view.guardianMissing ? common.state.waiting_guardian : desk.guardian.given}
          </Tag>
        )}
        {view.ticket?.priority && <Tag tone="warning">{desk.queue.priorities[view.ticket.priority]}</Tag>}
      </div>
      <div class="dp-case__clock">
        <span class="dp-small dp-muted">{desk.case.service}</span>
        <strong class="dp-num">{formatDuration(lang, clock.serviceSeconds)}</strong>
        <span class="dp-small dp-muted">
          {desk.case.ofStandard(formatDuration(lang, clock.publishedTotal))}
        </span>
        <meter
          min={0}
          max={100}
          high={99}
          value={share}
          aria-label={`${desk.case.service} ${desk.case.ofStandard(formatDuration(lang, clock.publishedTotal))}`}
        />
      </div>
    </header>
  );
}
