import { type Context, Hono } from 'hono';
import { formatList, formatNumber, formatShortDateTime } from '../../i18n/format.ts';
import { type RetentionView, readRetention, type TextCoverView } from '../../usecases/read-retention.ts';
import type { RetentionKind } from '../../usecases/retention-rules.ts';
import { Alert } from '../components/alert.tsx';
import { LinkButton } from '../components/button.tsx';
import { DataTable } from '../components/data-table.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { requirePermission } from '../middleware/session.ts';
import { officePage } from './office-page.tsx';

/** `/pengaturan/retensi`: what the next round deletes, and what earlier ones deleted. */
export function retentionRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  app.get('/pengaturan/retensi/laporan', requirePermission('setting.change'), async (c) => {
    const view = await readRetention(deps.db, scopeOf(c, deps));
    return view === null ? c.notFound() : retentionPage(c, view);
  });
  return app;
}

function retentionPage(c: Context<LibraryEnv>, view: RetentionView) {
  const { rights, office } = textsOf(c);
  const words = rights.retention;
  const library = c.get('library');
  const lang = c.get('lang');
  const { timezone } = library.settings.profile;
  const number = (value: number) => formatNumber(lang, value);
  /** "120 kasus, 3 pindaian" */
  const listOf = (counts: readonly (readonly [RetentionKind, number])[]) =>
    formatList(
      lang,
      counts.filter(([, count]) => count > 0).map(([kind, count]) => `${number(count)} ${words.kinds[kind]}`),
      'and',
    );
  const next = listOf(view.due.map(({ kind, count }) => [kind, count] as const));
  return officePage(
    c,
    {
      area: 'settings',
      title: words.title,
      back: { href: `/${library.slug}/pengaturan`, label: office.settings.back },
    },
    <div class="dp-stack">
      <PageHeader title={words.title} lead={words.lead} />
      <div class="dp-stack" data-gap="s">
        <h2>{words.next}</h2>
        <Alert tone={next === '' ? 'info' : 'warning'}>
          <p>{next === '' ? words.nothing : words.sentence(next)}</p>
        </Alert>
        {view.proposal && (
          <Alert tone="info">
            <p>{words.proposal(String(view.proposal.months), number(view.proposal.count))}</p>
          </Alert>
        )}
        <DataTable<RetentionView['due'][number]>
          caption={words.next}
          hiddenCaption
          rows={view.due}
          empty={words.nothing}
          stack
          columns={[
            { label: words.kind, rowHeader: true, cell: ({ kind }) => words.kinds[kind] },
            { label: words.rule, cell: ({ kind }) => ruleText(c, kind) },
            { label: words.count, align: 'right', cell: ({ count }) => number(count) },
          ]}
        />
        <p>
          <LinkButton href={`/${library.slug}/pengaturan/retensi`} variant="secondary">
            {words.change}
          </LinkButton>
        </p>
        <p class="dp-small dp-muted">{words.erasures(number(view.erasures))}</p>
      </div>
      <DataTable<RetentionView['runs'][number]>
        caption={words.past}
        rows={view.runs}
        empty={words.noRuns}
        stack
        columns={[
          {
            label: words.at,
            rowHeader: true,
            cell: ({ at }) => formatShortDateTime(lang, at, timezone),
          },
          {
            label: words.went,
            cell: ({ counts, complete }) => {
              const went = listOf(view.due.map(({ kind }) => [kind, counts[kind] ?? 0] as const));
              return `${went === '' ? words.wentNothing : went}${complete ? '' : ` (${words.incomplete})`}`;
            },
          },
        ]}
      />
      <OldTexts c={c} runs={view.texts} />
    </div>,
  );
}

/** What was covered in texts of before the rule on identity numbers. */
function OldTexts({ c, runs }: { readonly c: Context<LibraryEnv>; readonly runs: readonly TextCoverView[] }) {
  const { rights, form, office } = textsOf(c);
  const words = rights.retention.texts;
  const library = c.get('library');
  const lang = c.get('lang');
  const { timezone } = library.settings.profile;
  const tables: Readonly<Record<string, string>> = words.tables;
  const names: Readonly<Record<string, string>> = { ...office.audit.fieldNames, ...form.fields };
  const coveredOf = ({ covered, unchanged }: TextCoverView) => {
    const found = covered.map(
      ({ table, column, count }) =>
        `${tables[table] ?? table}, ${names[column] ?? column}: ${formatNumber(lang, count)}`,
    );
    return unchanged > 0 ? [...found, words.unchanged(formatNumber(lang, unchanged))] : found;
  };
  return (
    <div class="dp-stack" data-gap="s">
      <h2 id="teks">{words.title}</h2>
      <p>{words.lead}</p>
      <DataTable<TextCoverView>
        caption={words.title}
        hiddenCaption
        rows={runs}
        empty={words.empty}
        stack
        columns={[
          {
            label: words.began,
            rowHeader: true,
            cell: ({ startedAt }) => formatShortDateTime(lang, startedAt, timezone),
          },
          {
            label: words.ended,
            cell: ({ endedAt }) =>
              endedAt === null ? words.running : formatShortDateTime(lang, endedAt, timezone),
          },
          { label: words.looked, align: 'right', cell: ({ looked }) => formatNumber(lang, looked) },
          {
            label: words.covered,
            cell: (run) => {
              const found = coveredOf(run);
              return found.length === 0 ? (
                words.none
              ) : (
                <ul class="dp-plain">
                  {found.map((line) => (
                    <li>{line}</li>
                  ))}
                </ul>
              );
            },
          },
        ]}
      />
      {runs.some(({ covered }) => covered.length > 0) && (
        <p>
          <LinkButton href={`/${library.slug}/jejak?tindakan=text.cover`} variant="secondary">
            {words.audit}
          </LinkButton>
        </p>
      )}
    </div>
  );
}

/** The rule in words, with the library's own number. */
function ruleText(c: Context<LibraryEnv>, kind: RetentionKind): string {
  const { rules, never } = textsOf(c).rights.retention;
  const { retention } = c.get('library').settings;
  const values: Partial<Record<RetentionKind, number | 'verified' | null>> = {
    lapsed_cases: retention.lapseDays,
    drafts: retention.draftDays,
    scans:
      retention.scanUntil === 'verified'
        ? 'verified'
        : retention.scanAfterDecision === 'delete'
          ? 0
          : retention.scanAfterDecision.days,
    visit_names: retention.visitorMonths,
    erased_cases: retention.rejectedMonths,
    erased_members: retention.endedMemberMonths,
  };
  const value = values[kind];
  return value === null ? never : rules[kind](String(value ?? ''));
}
