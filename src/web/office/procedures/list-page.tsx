import type { Context } from 'hono';
import { plainDateIn } from '../../../domain/plain-date.ts';
import { formatDate, formatDuration } from '../../../i18n/format.ts';
import type { ProcedureVersion } from '../../../usecases/procedure-version.ts';
import { Button } from '../../components/button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { type Notice, officePage } from '../office-page.tsx';
import { StateOf } from './state-tag.tsx';

/** All versions of the procedure, newest first. */
export function proceduresPage(
  c: Context<LibraryEnv>,
  versions: readonly ProcedureVersion[],
  notices: readonly Notice[],
) {
  const { office } = textsOf(c);
  const { procedures: text } = office;
  const lang = c.get('lang');
  const library = c.get('library');
  const base = `/${library.slug}/pengaturan/prosedur`;
  const { timezone } = library.settings.profile;
  const open = versions.find((version) => version.state !== 'signed');
  const mayDraft = (c.get('officer')?.roles ?? []).some(
    (role) => role === 'admin' || role === 'sub_koordinator',
  );
  return officePage(
    c,
    {
      area: 'settings',
      title: text.title,
      back: { href: `/${library.slug}/pengaturan`, label: office.settings.back },
      notices,
    },
    <>
      <PageHeader title={text.title} lead={text.lead}>
        {!open && mayDraft && (
          <form method="post" action={base}>
            <Button>{text.newDraft}</Button>
          </form>
        )}
      </PageHeader>
      <DataTable<ProcedureVersion>
        caption={text.title}
        hiddenCaption
        rows={versions}
        empty=""
        stack
        columns={[
          {
            label: text.version,
            rowHeader: true,
            cell: (version) => <a href={`${base}/${version.version}`}>{text.versionName(version.version)}</a>,
          },
          { label: text.state, cell: (version) => <StateOf c={c} version={version} /> },
          {
            label: text.effective,
            cell: (version) =>
              version.effectiveFrom === null
                ? '–'
                : formatDate(lang, plainDateIn(timezone, version.effectiveFrom)),
          },
          { label: text.steps, align: 'right', cell: (version) => String(version.procedure.steps.length) },
          {
            label: text.total,
            cell: (version) => formatDuration(lang, version.procedure.publishedTotalSeconds),
          },
        ]}
      />
    </>,
  );
}
