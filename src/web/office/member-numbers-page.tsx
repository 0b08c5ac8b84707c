import type { Context } from 'hono';
import type { MemberView } from '../../usecases/read-member.ts';
import type { FullNumbers } from '../../usecases/reveal-number.ts';
import { DefinitionList } from '../components/definition-list.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { PageHeader } from '../components/page-header.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { officePage } from './office-page.tsx';

/** The full numbers, once, after the purpose was stated. */
export function numbersPage(c: Context<LibraryEnv>, member: MemberView, numbers: FullNumbers) {
  const { reveal, back } = textsOf(c).members.form;
  const lines = [
    { label: reveal.number, value: numbers.documentNumber },
    { label: reveal.nik, value: numbers.nik },
    { label: reveal.kk, value: numbers.kk },
  ];
  const items = lines.flatMap(({ label, value }) =>
    value === null ? [] : [{ label, value: <span class="dp-code dp-big-code">{inFours(value)}</span> }],
  );
  return officePage(
    c,
    {
      area: 'members',
      title: reveal.title,
      back: { href: `/${c.get('library').slug}/anggota/${member.id}`, label: back },
      notices: items.length === 0 ? [] : [{ tone: 'warning', text: reveal.shown }],
    },
    <div class="dp-main--narrow">
      <PageHeader title={reveal.title} eyebrow={`${member.values.name ?? ''} · ${member.number}`} />
      {items.length === 0 ? (
        <EmptyState icon="lock" title={reveal.none} />
      ) : (
        <div class="dp-panel">
          <DefinitionList items={items} />
        </div>
      )}
    </div>,
  );
}

/** Sixteen digits in fours, as eyes compare them. */
function inFours(number: string): string {
  return /^\d{16}$/.test(number) ? (number.match(/\d{4}/g) ?? []).join(' ') : number;
}
