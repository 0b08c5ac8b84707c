import type { Context } from 'hono';
import { formatDateTime, formatMonth } from '../../../i18n/format.ts';
import type { Texts } from '../../../i18n/index.ts';
import type { MonthStanding, StoredMonth } from '../../../usecases/report-month.ts';
import { Alert } from '../../components/alert.tsx';
import { Button } from '../../components/button.tsx';
import { Tag } from '../../components/tag.tsx';
import { TextArea } from '../../components/text-field.tsx';
import { Timeline, type TimelineEntry } from '../../components/timeline.tsx';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import type { MonthlyView } from './monthly-page.tsx';
import { officeName, stateOf } from './monthly-sheet.ts';
import type { AskedReport } from './report-request.ts';

type C = Context<LibraryEnv>;

const TONES = { running: 'neutral', open: 'warning', checked: 'info', signed: 'success' } as const;

/** How far the sheet is, whose hands it passed, and what whoever looks may do with it now. */
export function ApprovalPanel({ c, view }: { readonly c: C; readonly view: MonthlyView }) {
  const texts = textsOf(c);
  const text = texts.reports.monthly;
  const { asked, report } = view;
  if (asked.servicePointId !== null)
    return (
      <section class="dp-panel dp-stack" data-gap="s">
        <p>{text.wholeOnly}</p>
        <p>
          <a href={wholeHref(asked)}>{text.wholeLink}</a>
        </p>
      </section>
    );
  const state = stateOf(report);
  const sheets = [...report.withdrawn, ...(report.standing ? [report.standing] : [])].sort(
    (one, other) => one.revision - other.revision,
  );
  return (
    <section class="dp-panel dp-stack" data-gap="s" aria-labelledby="pengesahan-judul">
      <h2 id="pengesahan-judul">{text.approval}</h2>
      <p>
        <Tag tone={TONES[state]} icon={state === 'signed' ? 'check' : undefined}>
          {text.states[state]}
        </Tag>
      </p>
      <p class="dp-small dp-muted">{text.stateLead[state]}</p>
      {report.changed && (
        <Alert tone="warning" title={text.changed} level={3}>
          <p>{text.changedLead}</p>
          <p>
            <a href="#selisih">{text.differences}</a>
          </p>
        </Alert>
      )}
      {sheets.length > 0 && <Timeline entries={sheets.flatMap((sheet) => handsOf(c, sheet))} />}
      <Actions c={c} view={view} />
    </section>
  );
}

function wholeHref(asked: AskedReport): string {
  const url = new URL(asked.href('/bulanan'), 'http://localhost');
  url.searchParams.delete('titik');
  return `${url.pathname}${url.search}`;
}

function handsOf(c: C, sheet: StoredMonth): readonly TimelineEntry[] {
  const texts = textsOf(c);
  const text = texts.reports.monthly;
  const lang = c.get('lang');
  const { roleNames, profile } = c.get('library').settings;
  const { checked, signed, withdrawn } = sheet;
  const meta = (at: Date, ...rest: string[]) =>
    [formatDateTime(lang, at, profile.timezone), ...rest].join(', ');
  const old = withdrawn !== null;
  return [
    {
      title: text.sheet(sheet.revision, text.did.check),
      meta: meta(checked.at, checked.name, officeName(texts, roleNames.kepala_bidang[lang], checked.acting)),
      at: checked.at.toISOString(),
      tone: old ? 'neutral' : 'success',
    },
    ...(signed
      ? [
          {
            title: text.sheet(sheet.revision, text.did.sign),
            meta: meta(signed.at, signed.name, officeName(texts, roleNames.kepala_skpd[lang], signed.acting)),
            at: signed.at.toISOString(),
            tone: old ? ('neutral' as const) : ('success' as const),
          },
        ]
      : []),
    ...(withdrawn
      ? [
          {
            title: text.sheet(sheet.revision, signed ? text.did.reopen : text.did.return),
            meta: meta(withdrawn.at, withdrawn.name),
            at: withdrawn.at.toISOString(),
            tone: 'warning' as const,
            body: <p>{withdrawn.reason}</p>,
          },
        ]
      : []),
  ];
}

function Actions({ c, view }: { readonly c: C; readonly view: MonthlyView }) {
  const text = textsOf(c).reports.monthly;
  const { asked, report, errors } = view;
  const { allowed } = report;
  if (allowed.size === 0) return null;
  const action = (verb: string) => `/${asked.slug}/laporan/bulanan/${report.month}/${verb}`;
  const revision = <input type="hidden" name="lembar" value={String(report.standing?.revision ?? 0)} />;
  const withdraws = (['return', 'reopen'] as const).find((each) => allowed.has(each));
  return (
    <>
      {allowed.has('check') && (
        <form method="post" action={action('periksa')} class="dp-stack" data-gap="s">
          {/* What was seen is what is checked. */}
          <input type="hidden" name="sidik" value={report.liveDigest} />
          <p class="dp-small">{text.checkAbout}</p>
          <Button>{text.check}</Button>
        </form>
      )}
      {allowed.has('sign') &&
        (report.changed ? (
          <p>{text.signBlocked}</p>
        ) : (
          <form method="post" action={action('sahkan')} class="dp-stack" data-gap="s">
            {revision}
            <p class="dp-small">{text.signAbout}</p>
            <Button>{text.sign}</Button>
          </form>
        ))}
      {withdraws && (
        <details class="ds-details" open={errors.length > 0}>
          <summary>{text[withdraws]}</summary>
          <form
            method="post"
            action={action('kembalikan')}
            class="dp-stack"
            data-gap="s"
            novalidate
            aria-label={text[withdraws]}
          >
            {revision}
            <TextArea
              name="alasan"
              label={text.reason}
              description={text.reasonAbout}
              rows={2}
              maxlength={400}
              value={view.typed}
              required
              error={errors.find(({ field }) => field === 'alasan')?.text}
            />
            <Button variant="secondary" tone="danger">
              {text[withdraws]}
            </Button>
          </form>
        </details>
      )}
    </>
  );
}

/** The sheets of the last year with how far each is. */
export function MonthList(props: {
  readonly asked: AskedReport;
  readonly texts: Texts;
  readonly standings: ReadonlyMap<string, MonthStanding>;
}) {
  const { asked, texts, standings } = props;
  const text = texts.reports.monthly;
  return (
    <nav class="dp-panel dp-stack" data-gap="s" aria-labelledby="lembar-judul">
      <h2 id="lembar-judul">{text.months}</h2>
      <ul class="dp-months">
        {[...standings].map(([month, standing]) => (
          <li>
            <a href={`/${asked.slug}/laporan/bulanan?periode=${month}`}>{formatMonth(asked.lang, month)}</a>{' '}
            <Tag tone={TONES[standing]} icon={standing === 'signed' ? 'check' : undefined}>
              {text.states[standing]}
            </Tag>
          </li>
        ))}
      </ul>
    </nav>
  );
}
