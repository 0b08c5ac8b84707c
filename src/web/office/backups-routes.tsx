import { type Context, Hono } from 'hono';
import { type BackupRun, listBackupRuns } from '../../db/backup-run.ts';
import type { BackupReason } from '../../db/backup-trouble.ts';
import { type BackupHealth, judgeBackups } from '../../domain/backup-plan.ts';
import { formatDateTime, formatList, formatNumber, formatShortDateTime } from '../../i18n/format.ts';
import type { Lang } from '../../i18n/index.ts';
import { Alert } from '../components/alert.tsx';
import { DataTable } from '../components/data-table.tsx';
import { DefinitionList } from '../components/definition-list.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { Tag } from '../components/tag.tsx';
import type { BackupPlan, LibraryEnv, WebDeps } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { requirePermission } from '../middleware/session.ts';
import { type Notice, officePage } from './office-page.tsx';

const SHOWN = 20;

/** `/{library}/pengaturan/cadangan`: whether a library may rest on its backups, and what to do when not. */
export function backupRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  app.get('/pengaturan/cadangan', requirePermission('setting.change'), async (c) => {
    const runs = await listBackupRuns(deps.db, SHOWN);
    const openers = (await deps.backups?.openers()) ?? [];
    return page(c, runs, deps.backups, openers, deps.now());
  });
  return app;
}

type Openers = Awaited<ReturnType<BackupPlan['openers']>>;

function page(
  c: Context<LibraryEnv>,
  runs: readonly BackupRun[],
  plan: BackupPlan | undefined,
  openers: Openers,
  now: Date,
) {
  const { office } = textsOf(c);
  const { backups: text } = office;
  const lang = c.get('lang');
  const library = c.get('library');
  const { timezone } = library.settings.profile;
  return officePage(
    c,
    {
      area: 'settings',
      title: text.title,
      back: { href: `/${library.slug}/pengaturan`, label: office.settings.back },
    },
    <>
      <PageHeader title={text.title} lead={text.lead} />
      <div class="dp-stack">
        {noticesOf(c, runs, plan, openers, now).map(({ tone, text: words }) => (
          <Alert tone={tone}>{words}</Alert>
        ))}
        <div class="dp-panes" data-side="right">
          <DataTable<BackupRun>
            caption={text.runs}
            rows={runs}
            empty={text.empty}
            stack
            columns={[
              {
                label: text.when,
                rowHeader: true,
                cell: (run) => formatShortDateTime(lang, run.startedAt, timezone),
              },
              { label: text.kind, cell: (run) => text.kinds[run.kind] },
              { label: text.result, cell: (run) => resultOf(c, run) },
              {
                label: text.size,
                align: 'right',
                cell: (run) =>
                  run.bytes === null ? '–' : text.megabytes(formatNumber(lang, run.bytes / 1e6, 1)),
              },
              {
                label: text.checked,
                cell: (run) => (run.failure ? '–' : text.checks[run.checked ?? 'none']),
              },
            ]}
          />
          <div class="dp-stack">
            {plan && <PlanPanel c={c} plan={plan} openers={openers} />}
            <section class="dp-panel dp-stack" data-gap="s" aria-labelledby="rusak">
              <h2 id="rusak">{text.drill}</h2>
              <p>{text.drillAbout}</p>
              <ol>
                {text.drillSteps.map((step) => (
                  <li>{step}</li>
                ))}
              </ol>
              <p>
                <code class="dp-wraps">npm run restore -- cadangan.dpbackup</code>
              </p>
              <p class="dp-small dp-muted">{text.drillMore}</p>
            </section>
          </div>
        </div>
      </div>
    </>,
  );
}

/** How it stands, the worst first. */
function noticesOf(
  c: Context<LibraryEnv>,
  runs: readonly BackupRun[],
  plan: BackupPlan | undefined,
  openers: Openers,
  now: Date,
): Notice[] {
  const { backups: text } = textsOf(c).office;
  // Somebody else's work: an alarm here would be a false one.
  if (plan?.scheduled === false && runs.length === 0) return [{ tone: 'info', text: text.elsewhere }];
  const health = judgeBackups(
    runs.map(({ endedAt, failure, checked }) => ({
      endedAt,
      failed: failure !== null,
      checked: checked !== null,
    })),
    now,
  );
  const good = runs.find((run) => run.failure === null);
  const when =
    good && formatDateTime(c.get('lang'), good.endedAt, c.get('library').settings.profile.timezone);
  const tones: Readonly<Record<BackupHealth, Notice['tone']>> = {
    good: 'success',
    none: 'danger',
    failed: 'danger',
    late: 'danger',
    unchecked: 'warning',
  };
  const words = {
    good: () => text.health.good(when ?? ''),
    none: () => text.health.none,
    failed: () => text.health.failed,
    late: () => (when === undefined ? text.health.lateNever : text.health.late(when)),
    unchecked: () => text.health.unchecked(when ?? ''),
  };
  const notices: Notice[] = [{ tone: tones[health], text: words[health]() }];
  const copied = runs.find((run) => run.failure === null && run.second !== null)?.second;
  if (copied === 'missing' || copied === 'failed')
    notices.push({ tone: 'warning', text: text.second[copied] });
  if (plan?.scheduled === true && plan.second === undefined) {
    notices.push({ tone: 'warning', text: text.second.none });
  }
  if (plan?.scheduled === true && openers.length === 0)
    notices.push({
      tone: 'warning',
      text: (
        <>
          <p>{text.unlocked}</p>
          <p>
            <code class="dp-wraps">npm run backup -- --new-recovery-key</code>
          </p>
        </>
      ),
    });
  return notices;
}

function resultOf(c: Context<LibraryEnv>, run: BackupRun) {
  const { backups: text } = textsOf(c).office;
  if (run.failure === null) return <Tag tone="success">{text.made}</Tag>;
  return (
    <>
      <Tag tone="danger">{text.failed}</Tag>
      <p class="dp-small">{text.reasons[worded(run.failure)]}</p>
    </>
  );
}

/** The causes an admin can do something about; of the others the log tells more. */
function worded(reason: BackupReason) {
  switch (reason) {
    case 'disk-full':
    case 'folder-unusable':
    case 'unreachable':
    case 'check-failed':
    case 'unknown-policy':
      return reason;
    default:
      return 'other';
  }
}

function PlanPanel(props: {
  readonly c: Context<LibraryEnv>;
  readonly plan: BackupPlan;
  readonly openers: Openers;
}) {
  const { c, plan } = props;
  const { backups: text } = textsOf(c).office;
  const lang = c.get('lang');
  const { daily, weekly, monthly } = plan.keep;
  const opens = (['master', ...props.openers] as const).map((one) => text.keys[one]);
  return (
    <section class="dp-panel dp-stack" data-gap="s" aria-labelledby="rencana">
      <h2 id="rencana">{text.plan}</h2>
      <DefinitionList
        items={[
          { label: text.schedule, value: plan.scheduled ? text.daily(clockTime(lang, plan.time)) : text.off },
          {
            label: text.kept,
            value: text.keptOf(
              formatNumber(lang, daily),
              formatNumber(lang, weekly),
              formatNumber(lang, monthly),
            ),
          },
          { label: text.folder, value: <span class="dp-code dp-wraps">{plan.folder}</span> },
          {
            label: text.secondFolder,
            value:
              plan.second === undefined ? text.noSecond : <span class="dp-code dp-wraps">{plan.second}</span>,
          },
          { label: text.opens, value: formatList(lang, opens, 'or') },
        ]}
      />
      <p class="dp-small dp-muted">{text.planAbout}</p>
    </section>
  );
}

/** Indonesian writes a time with a full stop. */
function clockTime(lang: Lang, time: string): string {
  return lang === 'id' ? time.replace(':', '.') : time;
}
