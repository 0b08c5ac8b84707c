import type { Context } from 'hono';
import { resemblance, rowWords } from '../../../documents/import-report.ts';
import { formatShortDate } from '../../../i18n/format.ts';
import type { ImportRowView, ImportView } from '../../../usecases/read-import.ts';
import { Button } from '../../components/button.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Tag } from '../../components/tag.tsx';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { type ShownRows, seesPeople } from './import-page.tsx';

/** Rows of one outcome, each with its reasons; those to be looked at with the two answers. */
export function RowTable(props: {
  readonly c: Context<LibraryEnv>;
  readonly view: ImportView;
  readonly shown: ShownRows;
  readonly own: string;
}) {
  const { c, shown, own } = props;
  const texts = textsOf(c);
  const { importing: text } = texts.office;
  const lang = c.get('lang');
  const people = seesPeople(c);
  const { slug } = c.get('library');
  const who: readonly Column<ImportRowView>[] = people
    ? [
        { label: text.report.name, rowHeader: true, cell: (row) => <span class="dp-wraps">{row.name || '–'}</span> },
        { label: text.report.number, cell: (row) => <span class="dp-code">{row.oldNumber ?? '–'}</span> },
        {
          label: text.report.birthDate,
          cell: (row) => (row.birthDate === null ? '–' : formatShortDate(lang, row.birthDate)),
        },
      ]
    : [];
  const reasons: Column<ImportRowView> = {
    label: text.report.reasons,
    cell: (row) => {
      // Values of a row are personal: without the right to see people only the words.
      const words = people ? rowWords(texts, row) : rowWords(texts, { ...row, notes: row.notes.map(({ code }) => ({ code })) });
      return words.length === 0 ? '–' : <Lines lines={words} />;
    },
  };
  const resembles: readonly Column<ImportRowView>[] =
    people && (shown.outcome === 'look' || shown.outcome === 'same')
      ? [
          {
            label: text.report.resembles,
            cell: (row) => {
              const words = resemblance(texts, row);
              return words === '' ? (
                '–'
              ) : row.candidate?.kind === 'member' ? (
                <a class="dp-wraps" href={`/${slug}/anggota/${row.candidate.id}`}>
                  {words}
                </a>
              ) : (
                <span class="dp-wraps">{words}</span>
              );
            },
          },
        ]
      : [];
  const decide: readonly Column<ImportRowView>[] =
    people && shown.outcome === 'look'
      ? [{ label: text.report.decision, cell: (row) => <Decision {...props} row={row} /> }]
      : [];
  return (
    <>
      <DataTable<ImportRowView>
        caption={text.outcomes[shown.outcome]}
        hiddenCaption
        rows={shown.rows}
        empty={text.report.empty}
        stack
        columns={[
          { label: text.report.row, align: 'right', cell: (row) => String(row.n) },
          ...who,
          reasons,
          ...resembles,
          ...decide,
        ]}
      />
      <p class="dp-row">
        {!shown.first && <a href={`${own}?hasil=${shown.outcome}`}>{text.report.first}</a>}
        {shown.next !== null && (
          <a href={`${own}?hasil=${shown.outcome}&sesudah=${shown.next}`}>{text.report.more}</a>
        )}
      </p>
    </>
  );
}

function Lines({ lines }: { readonly lines: readonly string[] }) {
  if (lines.length === 1) return <span class="dp-wraps">{lines[0]}</span>;
  return (
    <ul class="dp-import-lines">
      {lines.map((line) => (
        <li class="dp-wraps">{line}</li>
      ))}
    </ul>
  );
}

function Decision(props: {
  readonly c: Context<LibraryEnv>;
  readonly view: ImportView;
  readonly shown: ShownRows;
  readonly own: string;
  readonly row: ImportRowView;
}) {
  const { c, view, own, row } = props;
  const { decide } = textsOf(c).office.importing;
  const resting = view.state === 'checked' || view.state === 'done';
  const answers = row.decision === null ? (['same', 'different'] as const) : [];
  return (
    <>
      {row.decision !== null && <Tag tone="info">{decide.decided[row.decision]}</Tag>}
      {resting && !row.applied && (
        <form method="post" action={`${own}/baris`} class="dp-row-buttons">
          <input type="hidden" name="baris" value={String(row.n)} />
          {answers.map((answer) => (
            <Button
              variant="secondary"
              name="keputusan"
              value={answer}
              attrs={{ 'aria-label': decide.of(decide[answer], row.name) }}
            >
              {decide[answer]}
            </Button>
          ))}
          {row.decision !== null && (
            <Button variant="tertiary" name="keputusan" value="" attrs={{ 'aria-label': decide.of(decide.undo, row.name) }}>
              {decide.undo}
            </Button>
          )}
        </form>
      )}
    </>
  );
}
