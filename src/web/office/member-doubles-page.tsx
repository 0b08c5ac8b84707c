import type { Context } from 'hono';
import type { FieldName } from '../../domain/form-fields.ts';
import { DIFFERENT_REASONS, type MergeField } from '../../domain/member-merge.ts';
import { may } from '../../domain/permissions.ts';
import { formatDate, formatNumber, formatPercent } from '../../i18n/format.ts';
import type { Double, SideView } from '../../usecases/find-doubles.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { Compare } from '../components/definition-list.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { MatchReasons } from '../components/match-reasons.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { Tag } from '../components/tag.tsx';
import { TextField } from '../components/text-field.tsx';
import { addressText, valueText } from '../desk/words.ts';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { MemberTag } from './member-words.tsx';
import { type Notice, officePage } from './office-page.tsx';

export interface DoublesPageProps {
  readonly member: SideView;
  readonly doubles: readonly Double[];
  readonly notices: readonly Notice[];
  /** Typed number of the other member, with what is wrong with it. */
  readonly number?: { readonly typed: string; readonly error: string } | undefined;
}

/** "Mungkin orang yang sama": members alike, each with the reasons in words and what can be said about them. */
export function doublesPage(c: Context<LibraryEnv>, props: DoublesPageProps) {
  const { doubles: words } = textsOf(c).merge;
  const { member, doubles, notices, number } = props;
  const base = `/${c.get('library').slug}/anggota/${member.id}`;
  const mayMerge = may(c.get('officer')?.roles ?? [], 'member.merge');
  return officePage(
    c,
    {
      area: 'members',
      title: words.title,
      back: { href: base, label: textsOf(c).members.form.back },
      notices,
    },
    <>
      <PageHeader
        title={words.title}
        eyebrow={`${member.values.name ?? ''} · ${member.number}`}
        lead={words.lead}
      />
      <div class="dp-stack">
        {doubles.length === 0 ? (
          <EmptyState icon="check" title={words.none}>
            <p>{words.noneAbout}</p>
          </EmptyState>
        ) : (
          <section class="dp-panel" aria-labelledby="mirip">
            <h2 id="mirip">{words.found(formatNumber(c.get('lang'), doubles.length))}</h2>
            <ol class="dp-alike dp-doubles">
              {doubles.map((double) => (
                <li>
                  <OneDouble c={c} base={base} member={member} double={double} mayMerge={mayMerge} />
                </li>
              ))}
            </ol>
          </section>
        )}
        {mayMerge && (
          <section class="dp-panel" aria-labelledby="nomor-lain">
            <h2 id="nomor-lain">{words.byNumber}</h2>
            <form method="post" action={`${base}/gabung/cari`} class="dp-stack" data-gap="s" novalidate>
              <TextField
                name="nomor"
                label={words.number}
                value={number?.typed}
                error={number?.error}
                autocomplete="off"
              />
              <div>
                <Button variant="secondary">{words.compare}</Button>
              </div>
            </form>
          </section>
        )}
      </div>
    </>,
  );
}

const COMPARED = [
  'name',
  'birth_place',
  'birth_date',
  'sex',
  'phone',
  'email',
] as const satisfies readonly MergeField[];

interface OneDoubleProps {
  readonly c: Context<LibraryEnv>;
  readonly base: string;
  readonly member: SideView;
  readonly double: Double;
  readonly mayMerge: boolean;
}

function OneDouble({ c, base, member, double, mayMerge }: OneDoubleProps) {
  const texts = textsOf(c);
  const { doubles: words, differentReasons, fields } = texts.merge;
  const { crossCheck } = texts.desk;
  const lang = c.get('lang');
  const library = c.get('library');
  const other = double.member;
  const text = (side: SideView, name: FieldName) =>
    valueText({ lang, texts, library }, name, side.values, side.villages);
  const documentOf = (side: SideView) =>
    [text(side, 'document_type'), text(side, 'document_number'), text(side, 'nik')]
      .filter((part) => part !== '')
      .join(', ');
  const rows = [
    ...COMPARED.map((name) => [fields[name], text(member, name), text(other, name)] as const),
    [fields.identity, documentOf(member), documentOf(other)] as const,
    [
      fields.address,
      addressText('address', member.values, member.villages),
      addressText('address', other.values, other.villages),
    ] as const,
  ].filter(([, mine, theirs]) => mine !== '' || theirs !== '');
  return (
    <>
      <div class="dp-alike__head">
        <strong>
          <a href={`/${library.slug}/anggota/${other.id}`}>{other.values.name || other.number}</a>
        </strong>
        <span class="dp-code">{other.number}</span>
        <MemberTag status={other.status} texts={texts} />
        <Tag tone={double.verdict === 'same' ? 'danger' : 'warning'}>
          {crossCheck.verdicts[double.verdict]}
        </Tag>
        <span class="dp-small dp-muted">{words.score(formatPercent(lang, double.score, 0))}</span>
      </div>
      <p>
        <MatchReasons reasons={double.reasons.slice(0, 6)} words={texts.matching.reasons} />
      </p>
      <Compare
        caption={words.caption(other.number)}
        fieldLabel={words.field}
        columns={[member.number, other.number]}
        differsText={words.differs}
        rows={[
          ...rows.map(([label, mine, theirs]) => ({
            label,
            values: [mine || '–', theirs || '–'],
            differs: [false, mine !== '' && theirs !== '' && mine !== theirs],
          })),
          {
            label: fields.member_since,
            values: [formatDate(lang, member.memberSince), formatDate(lang, other.memberSince)],
            differs: [false, false],
          },
        ]}
      />
      <div class="dp-double-acts">
        {mayMerge && <LinkButton href={`${base}/gabung/${other.id}`}>{words.merge}</LinkButton>}
        <form method="post" action={`${base}/kembar/berbeda`}>
          <input type="hidden" name="lain" value={other.id} />
          <fieldset class="ds-fieldset">
            <legend class="dp-small">{words.different}</legend>
            <div class="dp-row">
              {DIFFERENT_REASONS.map((reason) => (
                <Button variant="secondary" name="alasan" value={reason}>
                  {differentReasons[reason]}
                </Button>
              ))}
            </div>
          </fieldset>
        </form>
      </div>
    </>
  );
}
