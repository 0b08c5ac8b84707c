import type { Context } from 'hono';
import type { PlainDate } from '../../../domain/plain-date.ts';
import type { Official } from '../../../domain/procedure.ts';
import { daysOf } from '../../../domain/report-period.ts';
import { formatDate, formatDateTime } from '../../../i18n/format.ts';
import type { MonthlyHand, MonthlyReport, MonthStanding } from '../../../usecases/report-month.ts';
import { Alert } from '../../components/alert.tsx';
import { Emblem } from '../../components/emblem.tsx';
import { ErrorSummary } from '../../components/error-summary.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import type { LibraryEnv } from '../../env.ts';
import { layoutLibrary, textsOf } from '../../frame.tsx';
import type { FieldError } from '../member-action-page.tsx';
import { type Notice, officePage } from '../office-page.tsx';
import { ApprovalPanel, MonthList } from './monthly-approval.tsx';
import { differenceTable, MONTHLY_SECTIONS, monthlyTables, officeName } from './monthly-sheet.ts';
import { PeriodBar, ReportTabs } from './report-parts.tsx';
import { type AskedReport, periodName } from './report-request.ts';
import { ReportTableView } from './report-table-view.tsx';
import { type DistrictNames, wordsOf } from './report-words.ts';

type C = Context<LibraryEnv>;

export interface MonthlyView {
  readonly asked: AskedReport;
  readonly report: MonthlyReport;
  readonly districts: DistrictNames;
  readonly standings: ReadonlyMap<string, MonthStanding>;
  readonly now: Date;
  readonly notices: readonly Notice[];
  readonly errors: readonly FieldError[];
  /** The reason as typed. */
  readonly typed: string;
}

/** `/{library}/laporan/bulanan`: the sheet of a month that one checks and another signs, made for paper too. */
export function monthlyPage(c: C, view: MonthlyView) {
  const { asked, report, districts } = view;
  const texts = textsOf(c);
  const text = texts.reports.monthly;
  const library = c.get('library');
  const { profile } = library.settings;
  const { lang } = asked;
  const words = { ...wordsOf(c, asked), districts };
  // A checked sheet shows what was checked, whatever the count of today says.
  const { standing } = report;
  const tables = monthlyTables(words, standing?.figures ?? report.live);
  const differences = differenceTable(words, report);
  const point = library.servicePoints.find(({ id }) => id === asked.servicePointId);
  const title = `${text.title} ${periodName(lang, asked.period)}`;
  return officePage(
    c,
    {
      area: 'reports',
      title: view.errors.length > 0 ? `${texts.common.error.summaryTitle}: ${title}` : title,
      notices: view.notices,
    },
    <>
      <ReportTabs asked={asked} texts={texts} current="monthly" />
      <PeriodBar asked={asked} texts={texts} library={library} path="/bulanan" monthsOnly />
      <ErrorSummary title={texts.common.error.summaryTitle} errors={view.errors} />
      <div class="dp-panes dp-noprint" data-side="right">
        <ApprovalPanel c={c} view={view} />
        <MonthList asked={asked} texts={texts} standings={view.standings} />
      </div>
      <article class="dp-sheet">
        <Letterhead c={c} />
        <PageHeader
          title={title}
          lead={point ? `${text.subtitle}. ${text.point(point.name)}.` : text.subtitle}
        />
        {report.running && <p class="dp-sheet__note">{text.unfinished}</p>}
        {standing && !standing.intact && <Alert tone="danger">{text.damaged}</Alert>}
        {differences && <p class="dp-sheet__note">{text.changedNote}</p>}
        {MONTHLY_SECTIONS.map((section) => (
          <section class="dp-stack">
            <h2>{text.sections[section]}</h2>
            {tables[section].map((table) => (
              <ReportTableView asked={asked} texts={texts} table={table} level={3} />
            ))}
          </section>
        ))}
        {report.recordedLater > 0 && (
          <p class="dp-small dp-muted">{texts.reports.members.recordedLater(String(report.recordedLater))}</p>
        )}
        {differences && <ReportTableView asked={asked} texts={texts} table={differences} stack />}
        <Signatures c={c} view={view} />
        <p class="dp-small dp-muted">
          {standing && `${text.sheet(standing.revision, text.digest(standing.digest))}. `}
          {text.printed(formatDateTime(lang, view.now, profile.timezone))}
        </p>
      </article>
    </>,
  );
}

function Letterhead({ c }: { readonly c: C }) {
  const library = c.get('library');
  const { profile } = library.settings;
  return (
    <header class="dp-sheet__head">
      <Emblem name={profile.name} url={layoutLibrary(library).emblemUrl} />
      <div>
        <p lang="id">{profile.government}</p>
        <p lang="id">
          <strong>{profile.unit}</strong>
        </p>
        <p class="dp-small dp-muted" lang="id">
          {[profile.name, profile.address, profile.city].filter((part) => part !== '').join(', ')}
        </p>
      </div>
    </header>
  );
}

/** Who answers for the sheet: in the product where that is done, else lines to sign on paper. */
function Signatures({ c, view }: { readonly c: C; readonly view: MonthlyView }) {
  const { asked, report } = view;
  const { lang } = asked;
  const text = textsOf(c).reports.monthly;
  const { officials, profile } = c.get('library').settings;
  const last = daysOf(asked.period).to;
  const sign = (intro: string, done: string, role: Official['role'], hand: MonthlyHand | null) => (
    <Sign
      c={c}
      intro={hand ? `${done},` : intro}
      role={role}
      official={officialOn(officials, role, last)}
      hand={hand}
      done={hand ? text.inProduct(done, formatDateTime(lang, hand.at, profile.timezone)) : ''}
    />
  );
  const { standing } = report;
  return (
    <footer class="dp-sheet__signs">
      {sign(text.acknowledged, text.did.sign, 'kepala_skpd', standing?.signed ?? null)}
      {sign(text.checked, text.did.check, 'kepala_bidang', standing?.checked ?? null)}
      {sign(
        `${text.place(profile.city, formatDate(lang, asked.today))} — ${text.prepared}`,
        '',
        'sub_koordinator',
        null,
      )}
    </footer>
  );
}

function Sign(props: {
  readonly c: C;
  readonly intro: string;
  readonly role: Official['role'];
  readonly official: Official | undefined;
  readonly hand: MonthlyHand | null;
  readonly done: string;
}) {
  const { c, official, hand } = props;
  const texts = textsOf(c);
  const { monthly } = texts.reports;
  const title = official?.title ?? c.get('library').settings.roleNames[props.role][c.get('lang')];
  const name = hand?.name ?? official?.name ?? monthly.nameLine;
  return (
    <div>
      <p>{props.intro}</p>
      <p lang={official ? 'id' : undefined}>{officeName(texts, title, hand?.acting ?? null)}</p>
      {hand && <p class="dp-sheet__done">{props.done}</p>}
      <p class="dp-sheet__line" data-done={hand ? '' : undefined}>
        {name}
      </p>
      {/* The number belongs to the official alone, not to whoever acts. */}
      {official && official.name === name && (
        <p class="dp-small">
          {monthly.nip} {official.nip}
        </p>
      )}
    </div>
  );
}

/** Who held the office on a day: an acting one before the holder. */
function officialOn(
  officials: readonly Official[],
  role: Official['role'],
  day: PlainDate,
): Official | undefined {
  const those = officials.filter(
    (official) =>
      official.role === role &&
      (official.from === null || official.from <= day) &&
      (official.until === null || official.until >= day),
  );
  return those.find(({ acting }) => acting !== null) ?? those[0];
}
