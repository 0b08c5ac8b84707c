import type { Context } from 'hono';
import { maskDocumentNumber } from '../../../domain/document-number.ts';
import type { LiveTarget } from '../../../domain/exporting/outgoing-member.ts';
import type { ShownDifference } from '../../../usecases/decide-lending.ts';
import { Alert } from '../../components/alert.tsx';
import { Button } from '../../components/button.tsx';
import { RadioGroup } from '../../components/choice-fields.tsx';
import { DefinitionList } from '../../components/definition-list.tsx';
import { ErrorSummary } from '../../components/error-summary.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { officePage } from '../office-page.tsx';

export interface DifferenceShown {
  readonly typed?: Readonly<Record<string, string>>;
  readonly problem?: 'not-all' | 'not-taken' | 'late';
}

/** `/anggota/{id}/beda/{sistem}`: both sides next to each other, and what a person says of each field. */
export function lendingDifferencePage(
  c: Context<LibraryEnv>,
  target: LiveTarget,
  difference: ShownDifference,
  shown: DifferenceShown = {},
) {
  const { office, common } = textsOf(c);
  const { lending } = office;
  const { difference: text } = lending;
  const { slug } = c.get('library');
  const system = lending.targets[target];
  const { fields, gone, known, memberId } = difference;
  const typed = shown.typed ?? {};
  const isOpen = (name: string) => shown.problem === 'not-all' && (typed[name] ?? '') === '';
  const isStranger = typed.baris === 'stranger';
  const missing = [
    ...(gone || !known ? [{ name: 'baris', label: text.row }] : []),
    ...(gone ? [] : fields.map(({ field }) => ({ name: `f_${field}`, label: nameOf(field) }))),
  ].filter(({ name }) => isOpen(name) && !(isStranger && name !== 'baris'));
  function nameOf(field: string): string {
    return lending.fields[field] ?? field;
  }
  return officePage(
    c,
    {
      area: 'members',
      title: text.title(difference.name),
      back: { href: `/${slug}/pengaturan/peminjaman/${target}/tunggu`, label: lending.back },
      notices:
        shown.problem === 'late'
          ? [{ tone: 'danger', text: lending.notices.late }]
          : shown.problem === 'not-taken'
            ? [{ tone: 'danger', text: text.notTaken }]
            : [],
    },
    <>
      <PageHeader
        title={text.title(difference.name)}
        lead={gone ? text.gone(system) : known ? text.lead(system) : text.first(system)}
      />
      <ErrorSummary
        title={common.error.summaryTitle}
        errors={missing.map(({ name, label }) => ({ field: name, text: `${label}: ${text.notAll}` }))}
      />
      <form method="post" class="dp-stack" novalidate>
        <input type="hidden" name="urutan" value={String(difference.seq)} />
        {(gone || !known) && (
          <RadioGroup
            name="baris"
            label={text.row}
            value={typed.baris ?? (gone ? undefined : 'same')}
            error={missing.some(({ name }) => name === 'baris') ? text.notAll : undefined}
            choices={
              gone
                ? [
                    { value: 'again', label: text.again },
                    { value: 'leave', label: text.leaveGone },
                  ]
                : [
                    { value: 'same', label: text.samePerson },
                    { value: 'stranger', label: text.stranger },
                  ]
            }
          />
        )}
        {!gone &&
          fields.map(({ field, ours, theirs, takeable }) => (
            <section class="dp-panel dp-stack" aria-labelledby={`judul-${field}`}>
              <h2 id={`judul-${field}`}>{nameOf(field)}</h2>
              <DefinitionList
                items={[
                  { label: text.here, value: shownText(field, ours) || text.nothing },
                  { label: text.thereIn(system), value: shownText(field, theirs) || text.nothing },
                ]}
              />
              <RadioGroup
                name={`f_${field}`}
                label={nameOf(field)}
                value={typed[`f_${field}`]}
                outline={false}
                error={missing.some(({ name }) => name === `f_${field}`) ? text.notAll : undefined}
                choices={[
                  { value: 'ours', label: text.ours },
                  {
                    value: 'theirs',
                    label: text.theirs,
                    description: takeable ? text.theirsHint : text.notTakeable,
                    disabled: !takeable,
                  },
                  { value: 'leave', label: text.leave, description: text.leaveHint },
                ]}
              />
            </section>
          ))}
        <div class="dp-actions">
          <Button>{text.save}</Button>
          <a href={`/${slug}/anggota/${memberId}`}>{text.member}</a>
        </div>
      </form>
      {gone && <Alert tone="info">{text.gone(system)}</Alert>}
    </>,
  );
}

/** Numbers of documents are covered here as everywhere; whoever needs one asks for it on the member's page. */
function shownText(field: string, text: string): string {
  return field === 'identity_number' || (field === 'number' && /^\d{16}$/.test(text))
    ? maskDocumentNumber(text)
    : text;
}
