import type { Context } from 'hono';
import type { PlainDate } from '../../../domain/plain-date.ts';
import type { Official } from '../../../domain/procedure.ts';
import { daysOf } from '../../../domain/report-period.ts';
import {
  formatDate,
  formatDateTime,
  formatDuration,
  formatNumber,
  formatPercent,
} from '../../../i18n/format.ts';
import { Emblem } from '../../components/emblem.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import type { LibraryEnv } from '../../env.ts';
import { layoutLibrary, textsOf } from '../../frame.tsx';
import { officePage } from '../office-page.tsx';
import { outcomeTable, reasonTable, repairTable } from './case-sheet.ts';
import { type DistrictNames, groupTable, movementTable, statusTable } from './member-sheet.ts';
import type { OverviewReports } from './report-pages.tsx';
import { PeriodBar, ReportTableView, ReportTabs } from './report-parts.tsx';
import { type AskedReport, periodName } from './report-request.ts';
import type { ReportTable } from './report-table.ts';
import { stepTable } from './step-sheet.ts';
import { divisionTable, kindTable, visitFigures } from './visit-sheet.ts';

type C = Context<LibraryEnv>;

/** The tables of the sheet, in its order; also what is downloaded. */
export function monthlyTables(
  c: C,
  asked: AskedReport,
  reports: Omit<OverviewReports, 'visitTrend'>,
  districts: DistrictNames,
): Readonly<Record<'members' | 'cases' | 'visits' | 'steps', readonly ReportTable[]>> {
  const texts = textsOf(c);
  // On paper a figure leads nowhere.
  const words = {
    asked: { ...asked, rowsHref: () => undefined },
    texts,
    library: c.get('library'),
    districts,
  };
  return {
    members: [
      movementTable(words, reports.members),
      statusTable(words, reports.members),
      groupTable(words, reports.members, 'type'),
      groupTable(words, reports.members, 'sex'),
      groupTable(words, reports.members, 'age'),
      groupTable(words, reports.members, 'district'),
    ],
    cases: [
      outcomeTable(words, reports.cases),
      repairTable(words, reports.cases),
      reasonTable(words, reports.cases, 'rejections'),
    ],
    visits: [
      kindTable(words, reports.visits),
      divisionTable(words, reports.visits, 'purpose'),
      divisionTable(words, reports.visits, 'point'),
    ],
    steps: reports.steps.procedures.map((procedure) => stepTable(words, procedure, true)),
  };
}

/** `/{library}/laporan/bulanan`: the sheet of a month that the Kepala Bidang checks, made for paper. */
export function monthlyPage(
  c: C,
  asked: AskedReport,
  reports: Omit<OverviewReports, 'visitTrend'>,
  districts: DistrictNames,
  now: Date,
) {
  const texts = textsOf(c);
  const text = texts.reports.monthly;
  const library = c.get('library');
  const { profile, officials } = library.settings;
  const { lang } = asked;
  const tables = monthlyTables(c, asked, reports, districts);
  const { total, procedures } = reports.steps;
  const published = procedures[0]?.publishedTotal ?? 0;
  const head = layoutLibrary(library);
  const visits = visitFigures({ asked, texts, library }, reports.visits);
  const last = daysOf(asked.period).to;
  const signer = (role: Official['role']) => officialOn(officials, role, last);
  const point = library.servicePoints.find(({ id }) => id === asked.servicePointId);
  return officePage(
    c,
    { area: 'reports', title: `${text.title}, ${periodName(lang, asked.period)}` },
    <>
      <ReportTabs asked={asked} texts={texts} current="monthly" />
      <PeriodBar asked={asked} texts={texts} library={library} path="/bulanan" monthsOnly />
      <article class="dp-sheet">
        <header class="dp-sheet__head">
          <Emblem name={profile.name} url={head.emblemUrl} />
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
        <PageHeader
          title={`${text.title} ${periodName(lang, asked.period)}`}
          lead={point ? `${text.subtitle}. ${text.point(point.name)}.` : text.subtitle}
        />
        {reports.members.running && <p class="dp-sheet__note">{text.unfinished}</p>}
        <section class="dp-stack">
          <h2>{text.sections.members}</h2>
          <Tables asked={asked} c={c} tables={tables.members} />
        </section>
        <section class="dp-stack">
          <h2>{text.sections.cases}</h2>
          <Tables asked={asked} c={c} tables={tables.cases} />
        </section>
        <section class="dp-stack">
          <h2>{text.sections.visits}</h2>
          <p>
            {visits
              .map(({ label, value, note }) => `${label}: ${value}${note === undefined ? '' : ` (${note})`}`)
              .join('; ')}
            .
          </p>
          <Tables asked={asked} c={c} tables={tables.visits} />
        </section>
        <section class="dp-stack">
          <h2>{text.sections.steps}</h2>
          {total?.median != null && (
            <p>
              {texts.reports.steps.cases}: {formatNumber(lang, total.n)}; {texts.reports.steps.medianCase}:{' '}
              {formatDuration(lang, total.median)};{' '}
              {texts.reports.overview.timeNote(
                formatPercent(lang, total.within / total.n),
                formatDuration(lang, published),
              )}
              .
            </p>
          )}
          <Tables asked={asked} c={c} tables={tables.steps} />
        </section>
        <footer class="dp-sheet__signs">
          <Sign
            intro={text.acknowledged}
            title={signer('kepala_skpd')?.title ?? library.settings.roleNames.kepala_skpd[lang]}
            official={signer('kepala_skpd')}
            nip={text.nip}
            line={text.nameLine}
          />
          <Sign
            intro={text.checked}
            title={signer('kepala_bidang')?.title ?? library.settings.roleNames.kepala_bidang[lang]}
            official={signer('kepala_bidang')}
            nip={text.nip}
            line={text.nameLine}
          />
          <Sign
            intro={`${text.place(profile.city, formatDate(lang, asked.today))} — ${text.prepared}`}
            title={signer('sub_koordinator')?.title ?? library.settings.roleNames.sub_koordinator[lang]}
            official={signer('sub_koordinator')}
            nip={text.nip}
            line={text.nameLine}
          />
        </footer>
        <p class="dp-small dp-muted">{text.printed(formatDateTime(lang, now, profile.timezone))}</p>
      </article>
    </>,
  );
}

function Tables({
  asked,
  c,
  tables,
}: {
  readonly asked: AskedReport;
  readonly c: C;
  readonly tables: readonly ReportTable[];
}) {
  const texts = textsOf(c);
  return (
    <>
      {tables.map((table) => (
        <ReportTableView asked={asked} texts={texts} table={table} level={3} />
      ))}
    </>
  );
}

function Sign(props: {
  readonly intro: string;
  readonly title: string;
  readonly official: Official | undefined;
  readonly nip: string;
  readonly line: string;
}) {
  return (
    <div>
      <p>{props.intro}</p>
      <p lang={props.official ? 'id' : undefined}>{props.title}</p>
      <p class="dp-sheet__line">{props.official?.name ?? props.line}</p>
      {props.official && (
        <p class="dp-small">
          {props.nip} {props.official.nip}
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
