import type { Context } from 'hono';
import { addDays, type PlainDate } from '../../domain/plain-date.ts';
import { formatLongDate, formatNumber } from '../../i18n/format.ts';
import type { ListedVisit, VisitCount, VisitDay } from '../../usecases/list-visits.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { DataTable } from '../components/data-table.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { Pagination } from '../components/pagination.tsx';
import { Tag } from '../components/tag.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { type Notice, officePage } from '../office/office-page.tsx';
import { purposeName, servicePointName, visitorName, visitTime } from './visit-words.ts';

export const PAGE_SIZE = 50;

export interface DayView {
  readonly day: PlainDate;
  readonly today: PlainDate;
  readonly figures: VisitDay;
  readonly visits: readonly ListedVisit[];
  readonly total: number;
  readonly page: number;
  readonly mayRecord: boolean;
  readonly notices: readonly Notice[];
}

/** `/{library}/kunjungan`: one day of the guest book, live while it is today. */
export function dayPage(c: Context<LibraryEnv>, view: DayView) {
  const { visits } = textsOf(c).kiosk;
  const lang = c.get('lang');
  const base = `/${c.get('library').slug}/kunjungan`;
  const live = view.day === view.today;
  return officePage(
    c,
    { area: 'visits', title: visits.title, notices: view.notices, islands: live ? ['live-queue'] : [] },
    <>
      {live && (
        <live-queue data-feed={`${base}/siaran`} data-mark={c.get('feedMark')} role="status">
          <div class="dp-live-lost" data-lost="" hidden>
            {visits.lost}
          </div>
        </live-queue>
      )}
      <PageHeader title={visits.title} lead={formatLongDate(lang, view.day)}>
        {view.mayRecord && (
          <LinkButton href={`${base}/catat`} shortcut="N">
            {visits.record}
          </LinkButton>
        )}
      </PageHeader>
      <div class="dp-stack">
        <DayForm c={c} view={view} />
        <div id="kunjungan-angka" data-live="">
          <Figures c={c} figures={view.figures} />
        </div>
        <div id="kunjungan-daftar" data-live="">
          {view.visits.length === 0 ? (
            <EmptyState icon="people" title={visits.empty} text={visits.emptyAbout} />
          ) : (
            <VisitTable c={c} visits={view.visits} />
          )}
          <Pages c={c} view={view} />
        </div>
      </div>
    </>,
  );
}

function DayForm({ c, view }: { readonly c: Context<LibraryEnv>; readonly view: DayView }) {
  const { visits, ...rest } = textsOf(c).kiosk;
  const { pagination } = textsOf(c).common;
  const base = `/${c.get('library').slug}/kunjungan`;
  const link = (day: PlainDate) => `${base}?tanggal=${day}`;
  return (
    <form method="get" action={base} class="dp-row" aria-label={rest.title}>
      <LinkButton href={link(addDays(view.day, -1))} variant="tertiary">
        {pagination.previous}
      </LinkButton>
      <span class="ds-field">
        <label class="dp-sr" for="tanggal">
          {visits.day}
        </label>
        <input class="ds-input" type="date" id="tanggal" name="tanggal" value={view.day} max={view.today} />
      </span>
      <Button variant="secondary">{visits.show}</Button>
      {view.day < view.today && (
        <>
          <LinkButton href={link(addDays(view.day, 1))} variant="tertiary">
            {pagination.next}
          </LinkButton>
          <LinkButton href={base} variant="tertiary">
            {visits.today}
          </LinkButton>
        </>
      )}
    </form>
  );
}

function Figures({ c, figures }: { readonly c: Context<LibraryEnv>; readonly figures: VisitDay }) {
  const { visits } = textsOf(c).kiosk;
  const lang = c.get('lang');
  const kinds = ['member', 'non_member', 'group'] as const;
  const of = (kind: (typeof kinds)[number]) => figures.byKind.find((row) => row.key === kind)?.persons ?? 0;
  const counts = (
    title: string,
    label: string,
    rows: readonly VisitCount<string>[],
    name: (key: string) => string,
  ) => (
    <section class="ds-card" data-variant="default">
      <h2 class="dp-h3">{title}</h2>
      {rows.length === 0 ? (
        <p class="dp-muted">{textsOf(c).common.table.empty}</p>
      ) : (
        <DataTable
          caption={title}
          hiddenCaption
          empty=""
          columns={[
            { label, cell: (row) => name(row.key), rowHeader: true },
            {
              label: visits.count,
              cell: (row) => formatNumber(lang, row.persons),
              align: 'right',
              footer: formatNumber(lang, figures.persons),
            },
          ]}
          rows={rows}
        />
      )}
    </section>
  );
  return (
    <section class="dp-stack" aria-label={visits.figures}>
      <dl class="dp-figures">
        <div class="dp-figure">
          <dt>{textsOf(c).common.table.total}</dt>
          <dd>{formatNumber(lang, figures.persons)}</dd>
        </div>
        {kinds.map((kind) => (
          <div class="dp-figure">
            <dt>{visits.kinds[kind]}</dt>
            <dd>{formatNumber(lang, of(kind))}</dd>
          </div>
        ))}
      </dl>
      {figures.persons > 0 && (
        <div class="dp-cols" data-wide="">
          {counts(visits.byPurpose, visits.columns.purpose, figures.byPurpose, (key) => purposeName(c, key))}
          {counts(visits.byServicePoint, visits.columns.servicePoint, figures.byServicePoint, (key) =>
            servicePointName(c, key as never),
          )}
        </div>
      )}
    </section>
  );
}

function VisitTable(props: { readonly c: Context<LibraryEnv>; readonly visits: readonly ListedVisit[] }) {
  const { c } = props;
  const { visits } = textsOf(c).kiosk;
  const lang = c.get('lang');
  const base = `/${c.get('library').slug}/kunjungan`;
  return (
    <DataTable
      caption={visits.list}
      empty={visits.empty}
      stack
      columns={[
        { label: visits.columns.time, cell: (visit) => visitTime(c, visit) },
        {
          label: visits.columns.visitor,
          rowHeader: true,
          cell: (visit) => (
            <>
              <a href={`${base}/${visit.id}`}>{visitorName(c, visit)}</a> <VisitTags c={c} visit={visit} />
            </>
          ),
        },
        { label: visits.columns.kind, cell: (visit) => visits.kinds[visit.kind] },
        { label: visits.columns.purpose, cell: (visit) => purposeName(c, visit.purpose) },
        { label: visits.columns.servicePoint, cell: (visit) => servicePointName(c, visit.servicePointId) },
        {
          label: visits.columns.recordedBy,
          cell: (visit) => (visit.deviceId === null ? visits.officer : visits.device),
        },
        {
          label: visits.columns.persons,
          cell: (visit) => formatNumber(lang, visit.persons),
          align: 'right',
        },
      ]}
      rows={props.visits}
    />
  );
}

/** What an officer should notice: a lapsed or suspended membership, a repeat, a voided entry. */
export function VisitTags(props: { readonly c: Context<LibraryEnv>; readonly visit: ListedVisit }) {
  const { visit } = props;
  const { kiosk, common } = textsOf(props.c);
  const { visits } = kiosk;
  const { member } = visit;
  return (
    <>
      {visit.voidedAt !== null && (
        <Tag tone="danger" icon="cross">
          {visits.voided}
        </Tag>
      )}
      {member !== null && member.state !== 'active' && (
        <Tag tone="warning" icon="warning">
          {common.memberState[member.state]}
        </Tag>
      )}
      {member?.state === 'active' && member.expired && (
        <Tag tone="warning" icon="clock">
          {visits.expired}
        </Tag>
      )}
      {!visit.counted && visit.voidedAt === null && <Tag>{visits.repeat}</Tag>}
      {visit.corrected && <Tag tone="info">{visits.corrected}</Tag>}
    </>
  );
}

function Pages({ c, view }: { readonly c: Context<LibraryEnv>; readonly view: DayView }) {
  const { pagination } = textsOf(c).common;
  const lang = c.get('lang');
  const pages = Math.max(1, Math.ceil(view.total / PAGE_SIZE));
  if (pages === 1) return null;
  const first = (view.page - 1) * PAGE_SIZE;
  return (
    <Pagination
      page={view.page}
      pages={pages}
      href={(page) => `/${c.get('library').slug}/kunjungan?tanggal=${view.day}&hal=${page}`}
      range={pagination.range(
        formatNumber(lang, first + 1),
        formatNumber(lang, first + view.visits.length),
        formatNumber(lang, view.total),
      )}
      labels={pagination}
    />
  );
}
