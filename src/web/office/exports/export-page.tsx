import type { Context } from 'hono';
import type { ExportRecord } from '../../../db/export.ts';
import { EXPORT_TARGETS, isFileTarget } from '../../../domain/exporting/outgoing-member.ts';
import { may } from '../../../domain/permissions.ts';
import { formatNumber, formatShortDateTime } from '../../../i18n/format.ts';
import type { ExportRefusal } from '../../../usecases/export-members.ts';
import { readExports } from '../../../usecases/read-export.ts';
import { readTokens } from '../../../usecases/read-feeds.ts';
import { Alert } from '../../components/alert.tsx';
import type { Tone } from '../../components/attributes.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { RadioGroup } from '../../components/choice-fields.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorSummary } from '../../components/error-summary.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Tag } from '../../components/tag.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { type Notice, officePage } from '../office-page.tsx';
import { FeedSection } from './feed-section.tsx';
import type { FeedDone } from './feed-view.ts';
import { NewToken } from './pull-panel.tsx';

export interface TypedExport {
  readonly target: string;
  readonly which: string;
}

/** `/pengaturan/ekspor`: a file for the lending system, and what went before. */
export async function exportPage(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  shown: {
    readonly typed?: TypedExport;
    readonly problem?: ExportRefusal | 'target';
    readonly feed?: FeedDone;
  } = {},
) {
  const { office, common } = textsOf(c);
  const { exporting: text } = office;
  const { slug, settings } = c.get('library');
  const lang = c.get('lang');
  const base = `/${slug}/pengaturan/ekspor`;
  const roles = c.get('officer')?.roles ?? [];
  const runs = may(roles, 'export.run');
  const { lendingSystem, publicNumberIsNik } = settings;
  const scope = scopeOf(c, deps);
  const records = await readExports(deps.db, scope);
  const feeds = await readTokens(deps.db, scope);
  const whenOf = (at: Date) => formatShortDateTime(lang, at, settings.profile.timezone);
  const when = (record: ExportRecord) => whenOf(record.started_at);
  const error = shown.problem === undefined ? undefined : text.problems[shown.problem];
  const errors =
    shown.problem === undefined ? [] : [{ field: 'tujuan', text: text.problemTitles[shown.problem] }];
  return officePage(
    c,
    {
      area: 'settings',
      title: errors.length === 0 ? text.title : `${common.error.summaryTitle}: ${text.title}`,
      back: { href: `/${slug}/pengaturan`, label: office.settings.back },
      notices: noticesOf(c, c.req.query('selesai')),
    },
    <>
      <PageHeader title={text.title} lead={text.lead}>
        {may(roles, 'setting.change') && (
          <LinkButton href={`/${slug}/pengaturan/sistem-peminjaman`} variant="secondary">
            {text.identity.change}
          </LinkButton>
        )}
      </PageHeader>
      <ErrorSummary title={common.error.summaryTitle} errors={errors} />
      {shown.feed?.made && <NewToken c={c} made={shown.feed.made} />}
      {runs ? (
        <form method="post" action={base} class="dp-panel dp-stack dp-import-upload" novalidate>
          <h2>{text.form.title}</h2>
          <RadioGroup
            name="tujuan"
            label={text.form.target}
            value={shown.typed?.target}
            error={error}
            choices={EXPORT_TARGETS.filter(isFileTarget).map((target) => ({
              value: target,
              label: text.targets[target],
              description: text.about[target],
            }))}
          />
          <RadioGroup
            name="anggota"
            label={text.form.which}
            value={shown.typed?.which || 'semua'}
            outline={false}
            choices={[
              { value: 'semua', label: text.form.all },
              { value: 'berubah', label: text.form.changed },
            ]}
          />
          <p>
            {lendingSystem.identityNumbers || publicNumberIsNik ? text.identity.out : text.identity.stays}{' '}
            {text.form.personal}
          </p>
          <div class="dp-actions">
            <Button>{text.form.button}</Button>
            <LinkButton href={base} variant="tertiary">
              {text.form.reload}
            </LinkButton>
          </div>
          <p class="dp-small dp-muted">{text.form.after}</p>
        </form>
      ) : (
        <Alert tone="info">{text.form.notYours}</Alert>
      )}
      <FeedSection c={c} feeds={feeds} when={whenOf} done={shown.feed ?? {}} />
      <h2>{text.list.title}</h2>
      <DataTable<ExportRecord>
        caption={text.list.title}
        hiddenCaption
        rows={[...records]}
        empty={text.list.empty}
        stack
        columns={[
          { label: text.list.at, rowHeader: true, cell: when },
          { label: text.list.target, cell: (one) => text.targets[one.target] },
          {
            label: text.list.which,
            cell: (one) =>
              `${one.changed_only ? text.list.changed : text.list.all}${
                one.feed ? ` (${office.feeding.byItself})` : ''
              }`,
          },
          {
            label: text.list.state,
            cell: (one) => (
              <>
                <Tag tone={TONES[one.state]}>{text.states[one.state]}</Tag>
                {one.failure !== null && (
                  <span class="dp-small dp-block">
                    {(text.failures as Readonly<Record<string, string>>)[one.failure] ?? ''}
                  </span>
                )}
              </>
            ),
          },
          { label: text.list.sent, align: 'right', cell: (one) => formatNumber(lang, one.sent) },
          { label: text.list.misfit, align: 'right', cell: (one) => formatNumber(lang, one.misfit) },
          {
            label: text.list.actions,
            hiddenLabel: true,
            cell: (one) =>
              !runs || one.state === 'running' ? (
                ''
              ) : (
                <div class="dp-row-buttons">
                  <LinkButton
                    href={`${base}/${one.id}/daftar.csv`}
                    variant="tertiary"
                    attrs={{ 'aria-label': text.list.toldOf(when(one)) }}
                    download
                  >
                    {text.list.told}
                  </LinkButton>
                  {one.state === 'done' && isFileTarget(one.target) && (
                    <form method="post" action={`${base}/${one.id}/batal`}>
                      <Button
                        variant="tertiary"
                        tone="danger"
                        attrs={{ 'aria-label': text.list.withdrawOf(when(one)) }}
                      >
                        {text.list.withdraw}
                      </Button>
                    </form>
                  )}
                </div>
              ),
          },
        ]}
      />
    </>,
  );
}

const TONES: Readonly<Record<ExportRecord['state'], Tone>> = {
  running: 'info',
  done: 'success',
  failed: 'danger',
  withdrawn: 'neutral',
};

/** What has just happened, as it stands in the address. */
export type ExportNotice = 'batal' | 'tidak' | 'cabut' | 'hilang';

function noticesOf(c: Context<LibraryEnv>, code: string | undefined): readonly Notice[] {
  const { exporting, feeding } = textsOf(c).office;
  const told: Readonly<Record<ExportNotice, Notice>> = {
    batal: { tone: 'success', text: exporting.withdrawn },
    tidak: { tone: 'danger', text: exporting.notNow },
    cabut: { tone: 'success', text: feeding.notices.revoked },
    hilang: { tone: 'danger', text: feeding.notices.gone },
  };
  return code !== undefined && Object.hasOwn(told, code) ? [told[code as ExportNotice]] : [];
}
