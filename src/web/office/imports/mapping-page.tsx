import type { Context } from 'hono';
import { INCOMING_FIELDS } from '../../../domain/importing/incoming-member.ts';
import { recognise } from '../../../interop/recognise.ts';
import type { ImportView } from '../../../usecases/read-import.ts';
import { Button } from '../../components/button.tsx';
import { SelectField } from '../../components/choice-fields.tsx';
import { ErrorSummary } from '../../components/error-summary.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { officePage } from '../office-page.tsx';
import { storedFile } from './store-upload.ts';

/** Which column is what: a proposal for each, beside what stands in it. */
export async function mappingPage(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  view: ImportView,
  size: number,
  problem: 'name-unmapped' | 'mapped-twice' | null,
  typed: Readonly<Record<string, string>> | null,
) {
  const { office, common } = textsOf(c);
  const { importing: text } = office;
  const base = `/${c.get('library').slug}/pengaturan/impor`;
  const found = await recognise(storedFile(deps, scopeOf(c, deps), view.id, size));
  const sample = found.ok ? found.sample : [];
  const first = view.facts.titles.findIndex((title) => title.trim() !== '');
  const errors = problem === null ? [] : [{ field: `kolom_${first}`, text: text.mapping.problems[problem] }];
  return officePage(
    c,
    { area: 'settings', title: text.mapping.title, back: { href: base, label: text.back } },
    <>
      <PageHeader title={text.mapping.title} eyebrow={view.fileName} lead={text.mapping.lead} />
      <ErrorSummary title={common.error.summaryTitle} errors={errors} />
      <form method="post" action={`${base}/${view.id}/kolom`} class="dp-stack" novalidate>
        <ul class="dp-bare dp-import-columns">
          {view.facts.titles.map((title, at) =>
            title.trim() === '' ? null : (
              <li class="dp-panel">
                <SelectField
                  name={`kolom_${at}`}
                  label={title}
                  description={
                    <span class="dp-wraps">
                      {sample
                        .map((row) => row[at] ?? '')
                        .filter((cell) => cell !== '')
                        .slice(0, 3)
                        .map(shown)
                        .join(' · ') || '–'}
                    </span>
                  }
                  value={typed?.[title.trim()] ?? view.mapping.columns[title.trim()]}
                  placeholder={text.mapping.none}
                  choices={INCOMING_FIELDS.map((field) => ({ value: field, label: text.fields[field] }))}
                />
              </li>
            ),
          )}
        </ul>
        <div class="dp-row">
          <Button>{text.mapping.button}</Button>
          <Button
            variant="tertiary"
            tone="danger"
            formaction={`${base}/${view.id}/perintah`}
            name="perintah"
            value="discard"
          >
            {text.orders.discard}
          </Button>
        </div>
      </form>
    </>,
  );
}

/** A long number may be a NIK: its end is enough to know the column by. */
function shown(cell: string): string {
  const covered = cell.replace(/\d{9,}(?=\d{4})/g, '•••');
  return covered.length > 40 ? `${covered.slice(0, 40)}…` : covered;
}
