import type { Context } from 'hono';
import { formatNumber, formatShortDateTime } from '../../../i18n/format.ts';
import { type ImportView, viewImports } from '../../../usecases/read-import.ts';
import type { Tone } from '../../components/attributes.ts';
import { Button } from '../../components/button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorSummary } from '../../components/error-summary.tsx';
import { FileField } from '../../components/file-field.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Tag } from '../../components/tag.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { type Notice, officePage } from '../office-page.tsx';
import { LARGEST_UPLOAD_MB } from './store-upload.ts';

export type UploadProblem = 'missing' | 'too-large' | 'empty' | 'not-a-table' | 'old-excel';

/** `/pengaturan/impor`: a file to begin with, and the imports of before. */
export async function importListPage(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  problem: UploadProblem | null,
  notices: readonly Notice[] = [],
) {
  const { office, common } = textsOf(c);
  const { importing: text } = office;
  const { slug, settings } = c.get('library');
  const lang = c.get('lang');
  const base = `/${slug}/pengaturan/impor`;
  const imports = await viewImports(deps.db, scopeOf(c, deps));
  const words = problem === null ? null : text.upload.problems[problem];
  const error = words === null ? undefined : typeof words === 'string' ? words : words(LARGEST_UPLOAD_MB);
  return officePage(
    c,
    {
      area: 'settings',
      title: text.title,
      back: { href: `/${slug}/pengaturan`, label: office.settings.back },
      notices,
    },
    <>
      <PageHeader title={text.title} lead={text.lead} />
      <ErrorSummary
        title={common.error.summaryTitle}
        errors={error === undefined ? [] : [{ field: 'berkas', text: error }]}
      />
      <form method="post" action={base} enctype="multipart/form-data" class="dp-panel dp-stack dp-import-upload" novalidate>
        <h2>{text.upload.title}</h2>
        <ol class="dp-import-steps">
          {text.upload.steps.map((step) => (
            <li>{step}</li>
          ))}
        </ol>
        <FileField
          name="berkas"
          label={text.upload.file}
          description={text.upload.hint(LARGEST_UPLOAD_MB)}
          accept=".csv,.txt,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
          error={error}
          required
        />
        <div>
          <Button>{text.upload.button}</Button>
        </div>
        <p class="dp-small dp-muted">{text.upload.live}</p>
      </form>
      <h2>{text.list.title}</h2>
      <DataTable<ImportView>
        caption={text.list.title}
        hiddenCaption
        rows={imports}
        empty={text.list.empty}
        stack
        columns={[
          {
            label: text.list.file,
            rowHeader: true,
            cell: (one) => (
              <a class="dp-wraps" href={`${base}/${one.id}`}>
                {one.fileName}
              </a>
            ),
          },
          { label: text.list.format, cell: (one) => text.formats[one.format] },
          { label: text.list.state, cell: (one) => <ImportStateTag c={c} view={one} /> },
          { label: text.list.rows, align: 'right', cell: (one) => formatNumber(lang, rowCount(one)) },
          {
            label: text.list.at,
            cell: (one) => formatShortDateTime(lang, one.createdAt, settings.profile.timezone),
          },
        ]}
      />
    </>,
  );
}

export function rowCount(view: ImportView): number {
  return Object.values(view.counts.outcomes ?? {}).reduce((sum, count) => sum + count, 0);
}

/** Where an import stands; one that nobody works at is said to rest. */
export function ImportStateTag({ c, view }: { readonly c: Context<LibraryEnv>; readonly view: ImportView }) {
  const { importing: text } = textsOf(c).office;
  if (view.resting) return <Tag tone="warning">{text.resting}</Tag>;
  const tones: Partial<Record<ImportView['state'], Tone>> = {
    mapping: 'warning',
    reading: 'info',
    comparing: 'info',
    checked: 'warning',
    applying: 'info',
    done: 'success',
    failed: 'danger',
  };
  return <Tag tone={tones[view.state] ?? 'neutral'}>{text.states[view.state]}</Tag>;
}
