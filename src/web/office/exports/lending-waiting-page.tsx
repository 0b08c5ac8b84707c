import type { Context } from 'hono';
import { misfitWords } from '../../../documents/export-misfits.ts';
import type { LiveTarget } from '../../../domain/exporting/outgoing-member.ts';
import type { MemberId } from '../../../domain/ids.ts';
import { formatShortDateTime } from '../../../i18n/format.ts';
import { readWaiting } from '../../../usecases/decide-lending.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { SelectField } from '../../components/choice-fields.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Tag } from '../../components/tag.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { uuidOf } from '../input.ts';
import { officePage } from '../office-page.tsx';

const AT_ONCE = 50;
const STATES = ['conflict', 'refused', 'later', 'waiting'] as const;
type Waiting = Awaited<ReturnType<typeof readWaiting>>[number];

/** `/pengaturan/peminjaman/{sistem}/tunggu`: who waits and why, fifty at a time. */
export async function lendingWaitingPage(c: Context<LibraryEnv>, deps: WebDeps, target: LiveTarget) {
  const texts = textsOf(c);
  const { lending } = texts.office;
  const { waiting: text } = lending;
  const { slug, settings } = c.get('library');
  const base = `/${slug}/pengaturan/peminjaman`;
  const state = STATES.find((one) => one === c.req.query('keadaan')) ?? null;
  const rows = await readWaiting(deps.db, scopeOf(c, deps), {
    target,
    state,
    after: uuidOf<MemberId>(c.req.query('setelah')) ?? null,
    limit: AT_ONCE,
  });
  const when = (at: Date) => formatShortDateTime(c.get('lang'), at, settings.profile.timezone);
  const isErased = (row: Waiting) => row.name === '';
  const last = rows.at(-1);
  return officePage(
    c,
    {
      area: 'settings',
      title: text.title(lending.targets[target]),
      back: { href: base, label: lending.back },
      notices: c.req.query('selesai') === 'putus' ? [{ tone: 'success', text: lending.notices.decided }] : [],
    },
    <>
      <PageHeader title={text.title(lending.targets[target])} />
      <form method="get" class="dp-panel dp-stack">
        <SelectField
          name="keadaan"
          label={text.filter}
          value={state ?? ''}
          choices={[
            { value: '', label: text.all },
            ...STATES.map((one) => ({ value: one, label: lending.waits[one] })),
          ]}
        />
        <Button variant="secondary">{text.show}</Button>
      </form>
      <DataTable<Waiting>
        caption={text.title(lending.targets[target])}
        hiddenCaption
        rows={rows}
        empty={text.empty}
        stack
        columns={[
          {
            label: text.member,
            rowHeader: true,
            cell: (row) =>
              isErased(row) ? text.erased : <a href={`/${slug}/anggota/${row.member_id}`}>{row.name}</a>,
          },
          { label: text.number, cell: (row) => row.number },
          {
            label: text.state,
            cell: (row) => (
              <Tag tone={row.state === 'conflict' || row.state === 'refused' ? 'warning' : 'info'}>
                {row.state === 'done' ? '' : lending.waits[row.state]}
              </Tag>
            ),
          },
          {
            label: text.reason,
            cell: (row) =>
              [
                isErased(row) ? (row.state === 'refused' ? text.erasedRefused : text.erasedReason) : '',
                misfitWords(texts, row.reasons),
              ]
                .filter((words) => words !== '')
                .join(': ') || '–',
          },
          { label: text.since, cell: (row) => when(row.changed_at) },
          { label: text.next, cell: (row) => (row.again_at === null ? '–' : when(row.again_at)) },
          {
            label: text.decide,
            hiddenLabel: true,
            cell: (row) =>
              row.state === 'conflict' ? (
                <LinkButton
                  href={`/${slug}/anggota/${row.member_id}/beda/${target}`}
                  variant="secondary"
                  attrs={{ 'aria-label': text.decideOf(row.name) }}
                >
                  {text.decide}
                </LinkButton>
              ) : (
                ''
              ),
          },
        ]}
      />
      {rows.length === AT_ONCE && last && (
        <p>
          <a href={`${base}/${target}/tunggu?keadaan=${state ?? ''}&setelah=${last.member_id}`}>
            {text.more}
          </a>
        </p>
      )}
    </>,
  );
}
