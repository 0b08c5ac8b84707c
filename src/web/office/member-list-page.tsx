import type { Context } from 'hono';
import { may } from '../../domain/permissions.ts';
import { formatShortDate } from '../../i18n/format.ts';
import type { ListedMember, MemberFilter, MemberPage } from '../../usecases/search-members.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { SelectField } from '../components/choice-fields.tsx';
import { DataTable } from '../components/data-table.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { TextField } from '../components/text-field.tsx';
import { memberTypeName } from '../desk/words.ts';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { MemberTag } from './member-words.tsx';
import { type Notice, officePage } from './office-page.tsx';

export interface MemberListView {
  readonly query: string;
  readonly filter: MemberFilter;
  readonly after: string | null;
  readonly page: MemberPage;
  /** The hits of a NIK or KK number, which is never repeated on the page. */
  readonly byNumber: boolean;
  readonly notices: readonly Notice[];
}

const STATUSES = ['active', 'expired', 'suspended', 'cleared', 'ended'] as const;

/** `/{library}/anggota`: the one search box, the filters, and the members. */
export function memberListPage(c: Context<LibraryEnv>, view: MemberListView) {
  const all = textsOf(c);
  const { list } = all.members;
  const library = c.get('library');
  const { page } = view;
  const filtered = view.query !== '' || Object.values(view.filter).some((value) => value !== null);
  return officePage(
    c,
    { area: 'members', title: list.title, notices: noticesOf(c, view) },
    <>
      <PageHeader title={list.title}>
        {may(c.get('officer')?.roles ?? [], 'card.print') && (
          <LinkButton href={`/${library.slug}/cetak-kartu`} variant="secondary">
            {all.office.cardPrint.title}
          </LinkButton>
        )}
        {may(c.get('officer')?.roles ?? [], 'rights.decide') && (
          <LinkButton href={`/${library.slug}/permintaan-data`} variant="secondary">
            {all.rights.office.title}
          </LinkButton>
        )}
      </PageHeader>
      <SearchForm c={c} view={view} />
      {page.members.length === 0 && view.after === null ? (
        <EmptyState
          icon="person"
          title={filtered || view.byNumber ? list.nothing : list.empty}
          text={filtered ? list.nothingHint : undefined}
        >
          {filtered && (
            <LinkButton href={`/${library.slug}/anggota`} variant="secondary">
              {list.reset}
            </LinkButton>
          )}
        </EmptyState>
      ) : (
        <MemberTable c={c} view={view} />
      )}
      <Pages c={c} view={view} />
    </>,
  );
}

function noticesOf(c: Context<LibraryEnv>, view: MemberListView): readonly Notice[] {
  const { list } = textsOf(c).members;
  return [
    ...view.notices,
    ...(view.page.masked ? [{ tone: 'info' as const, text: list.masked }] : []),
    ...(view.page.tooMany ? [{ tone: 'warning' as const, text: list.tooMany }] : []),
  ];
}

function SearchForm({ c, view }: { readonly c: Context<LibraryEnv>; readonly view: MemberListView }) {
  const all = textsOf(c);
  const { list } = all.members;
  const library = c.get('library');
  const lang = c.get('lang');
  const types = library.settings.memberTypes;
  return (
    <form method="post" action={`/${library.slug}/anggota/cari`} class="dp-search" novalidate>
      <TextField
        name="cari"
        type="search"
        label={list.searchLabel}
        description={view.page.masked ? list.searchHintMasked : list.searchHint}
        value={view.query}
        autocomplete="off"
        autofocus={view.query === '' && view.after === null}
        maxlength={120}
        attrs={{ 'aria-keyshortcuts': '/' }}
      />
      <SelectField
        name="status"
        label={list.status}
        value={view.filter.status ?? ''}
        placeholder={list.all}
        choices={STATUSES.map((status) => ({ value: status, label: all.common.memberState[status] }))}
      />
      <SelectField
        name="jenis"
        label={list.type}
        value={view.filter.type ?? ''}
        placeholder={list.all}
        choices={types.map((type) => ({ value: type.code, label: type.name[lang] }))}
      />
      {library.servicePoints.length > 1 && (
        <SelectField
          name="titik"
          label={list.servicePoint}
          value={view.filter.servicePointId ?? ''}
          placeholder={list.all}
          choices={library.servicePoints.map((point) => ({ value: point.id, label: point.name }))}
        />
      )}
      <Button>{all.common.action.search}</Button>
    </form>
  );
}

function MemberTable({ c, view }: { readonly c: Context<LibraryEnv>; readonly view: MemberListView }) {
  const all = textsOf(c);
  const { list } = all.members;
  const lang = c.get('lang');
  const library = c.get('library');
  const words = { lang, texts: all, library };
  const date = (value: string | null, otherwise: string) =>
    value === null ? otherwise : formatShortDate(lang, value);
  return (
    <DataTable<ListedMember>
      caption={
        view.byNumber
          ? list.captionNumber
          : view.query === ''
            ? `${list.caption}: ${list.newest.toLowerCase()}`
            : list.captionSearch(view.query)
      }
      rows={view.page.members}
      empty={list.nothing}
      stack
      columns={[
        {
          label: list.name,
          rowHeader: true,
          cell: (member) => (
            <a href={`/${library.slug}/anggota/${member.id}`}>{member.name || list.erasedName}</a>
          ),
        },
        { label: list.number, cell: (member) => <span class="dp-code">{member.number}</span> },
        ...(view.page.masked
          ? []
          : [{ label: list.birthDate, cell: (member: ListedMember) => date(member.birthDate, '–') }]),
        { label: list.type, cell: (member) => memberTypeName(words, member.type) },
        { label: list.status, cell: (member) => <MemberTag status={member.status} texts={all} /> },
        { label: list.validUntil, cell: (member) => date(member.validUntil, list.lifetime) },
        { label: list.memberSince, cell: (member) => date(member.memberSince, '–') },
      ]}
    />
  );
}

function Pages({ c, view }: { readonly c: Context<LibraryEnv>; readonly view: MemberListView }) {
  const { list } = textsOf(c).members;
  const { next } = view.page;
  if (next === null && view.after === null) return null;
  return (
    <nav class="dp-pages" aria-label={list.pages}>
      {view.after === null ? <span /> : <a href={listAddress(c, view, null)}>{list.first}</a>}
      {next !== null && (
        <LinkButton href={listAddress(c, view, next)} variant="secondary">
          {list.next}
        </LinkButton>
      )}
    </nav>
  );
}

/** The list with this search and filter, from a row on. */
export function listAddress(
  c: Context<LibraryEnv>,
  view: { readonly query: string; readonly filter: MemberFilter },
  after: string | null,
): string {
  const query = new URLSearchParams();
  if (view.query !== '') query.set('cari', view.query);
  if (view.filter.status !== null) query.set('status', view.filter.status);
  if (view.filter.type !== null) query.set('jenis', view.filter.type);
  if (view.filter.servicePointId !== null) query.set('titik', view.filter.servicePointId);
  if (after !== null) query.set('sesudah', after);
  const text = query.toString();
  return `/${c.get('library').slug}/anggota${text === '' ? '' : `?${text}`}`;
}
