import type { Context } from 'hono';
import { MERGE_FIELDS, MERGE_REASONS, type MergeField, UNDO_REASONS } from '../../domain/member-merge.ts';
import { formatDate, formatNumber } from '../../i18n/format.ts';
import type { MergePair } from '../../usecases/find-doubles.ts';
import type { MemberView } from '../../usecases/read-member.ts';
import { Alert } from '../components/alert.tsx';
import { Button, LinkButton } from '../components/button.tsx';
import { RadioGroup } from '../components/choice-fields.tsx';
import { DataTable } from '../components/data-table.tsx';
import { DefinitionList } from '../components/definition-list.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { addressText, valueText } from '../desk/words.ts';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import type { Child } from '../jsx/jsx-runtime.ts';
import { MemberTag, memberReason } from './member-words.tsx';
import { type Notice, officePage } from './office-page.tsx';

export type Side = 'one' | 'other';

/** What was chosen so far. */
export interface MergeChoices {
  readonly winner: Side;
  readonly fields: Readonly<Partial<Record<MergeField, Side>>>;
  readonly reason: string;
}

export interface MergePageProps {
  readonly pair: MergePair;
  readonly choices: MergeChoices;
  readonly notices: readonly Notice[];
  readonly reasonError?: string | undefined;
}

/** Two memberships side by side: what differs is chosen, what becomes one is said before it does. */
export function mergePage(c: Context<LibraryEnv>, props: MergePageProps) {
  const texts = textsOf(c);
  const { compare, reasons, fields: names } = texts.merge;
  const { pair, choices, reasonError } = props;
  const base = `/${c.get('library').slug}/anggota/${pair.one.id}`;
  const same = MERGE_FIELDS.filter((field) => !pair.differing.includes(field) && field !== 'photo')
    .map((field) => ({ label: names[field], value: textOf(c, field, pair.one) }))
    .filter(({ value }) => value !== '');
  return officePage(
    c,
    {
      area: 'members',
      title:
        reasonError === undefined ? compare.title : `${texts.common.error.summaryTitle}: ${compare.title}`,
      back: { href: `${base}/kembar`, label: texts.merge.doubles.title },
      notices: props.notices,
    },
    <>
      <PageHeader title={compare.title} lead={compare.lead} />
      <ErrorSummary
        title={texts.common.error.summaryTitle}
        intro={texts.common.error.summaryIntro}
        errors={reasonError === undefined ? [] : [{ field: 'alasan', text: reasonError }]}
      />
      {pair.toldApart ? (
        <>
          <Alert tone="warning">{compare.toldApart}</Alert>
          <p>
            <LinkButton href={`${base}#kembar`} variant="secondary">
              {texts.members.form.back}
            </LinkButton>
          </p>
        </>
      ) : (
        <form method="post" action={`${base}/gabung/${pair.other.id}`} class="dp-stack" novalidate>
          <input type="hidden" name="versi.one" value={String(pair.one.version)} />
          <input type="hidden" name="versi.other" value={String(pair.other.version)} />
          <section class="dp-panel dp-stack">
            <Choice
              name="tetap"
              legend={compare.survives}
              about={compare.survivesAbout}
              chosen={choices.winner}
              sides={{
                one: <WhoSide c={c} side={pair.one} />,
                other: <WhoSide c={c} side={pair.other} />,
              }}
            />
          </section>
          <section class="dp-panel dp-stack" aria-labelledby="beda">
            <h2 id="beda">{compare.differ}</h2>
            {pair.differing.length === 0 && <p class="dp-muted">{compare.noDifference}</p>}
            {pair.differing.map((field) => (
              <Choice
                name={`isian.${field}`}
                legend={names[field]}
                chosen={choices.fields[field] ?? pair.preferred[field] ?? 'one'}
                sides={{
                  one: <Value c={c} field={field} side={pair.one} />,
                  other: <Value c={c} field={field} side={pair.other} />,
                }}
              />
            ))}
          </section>
          {same.length > 0 && (
            <section class="dp-panel" aria-labelledby="sama">
              <h2 id="sama">{compare.same}</h2>
              <DefinitionList items={same} />
            </section>
          )}
          <Holdings c={c} pair={pair} />
          <section class="dp-panel">
            <RadioGroup
              name="alasan"
              label={compare.reason}
              value={choices.reason}
              error={reasonError}
              outline={false}
              choices={MERGE_REASONS.map((value) => ({ value, label: reasons[value] }))}
            />
          </section>
          <div class="dp-actions dp-sticky">
            <Button shortcut="Alt+S">{compare.submit}</Button>
            <LinkButton href={base} variant="tertiary">
              {compare.cancel}
            </LinkButton>
          </div>
        </form>
      )}
    </>,
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly legend: string;
  readonly about?: string;
  readonly chosen: Side;
  readonly sides: Readonly<Record<Side, Child>>;
}

/** One field, the two values beside each other; the whole box is the target. */
function Choice({ name, legend, about, chosen, sides }: ChoiceProps) {
  return (
    <fieldset class="ds-fieldset" aria-describedby={about === undefined ? undefined : `${name}-about`}>
      <legend>{legend}</legend>
      {about !== undefined && (
        <div data-field="description" id={`${name}-about`}>
          {about}
        </div>
      )}
      <div class="dp-two-sides">
        {(['one', 'other'] as const).map((side) => (
          <div class="ds-field dp-choice" data-variant="outline">
            <input
              class="ds-input"
              type="radio"
              name={name}
              value={side}
              id={`${name}-${side}`}
              checked={side === chosen}
            />
            <label for={`${name}-${side}`}>{sides[side]}</label>
          </div>
        ))}
      </div>
    </fieldset>
  );
}

type SideProps = { readonly c: Context<LibraryEnv>; readonly side: MergePair['one'] };

function WhoSide({ c, side }: SideProps) {
  return (
    <>
      <strong class="dp-code">{side.number}</strong>
      <span class="dp-two-sides__about">{side.values.name}</span>
      <MemberTag status={side.status} texts={textsOf(c)} />
    </>
  );
}

function Value({ c, field, side }: SideProps & { readonly field: MergeField }) {
  const { compare } = textsOf(c).merge;
  const about = <span class="dp-two-sides__about dp-small dp-muted">{side.number}</span>;
  if (field === 'photo' && side.photoId !== null)
    return (
      <>
        <img
          class="dp-photo"
          src={`/${c.get('library').slug}/anggota/${side.id}/foto/${side.photoId}`}
          alt={compare.photoOf(side.number)}
          width="90"
          height="120"
        />
        {about}
      </>
    );
  const text = field === 'photo' ? compare.noPhoto : textOf(c, field, side);
  return (
    <>
      <span>{text === '' ? <span class="dp-muted">{compare.none}</span> : text}</span>
      {about}
    </>
  );
}

/** A choice in words; numbers masked. */
function textOf(c: Context<LibraryEnv>, field: MergeField, side: MergePair['one']): string {
  const texts = textsOf(c);
  const { compare } = texts.merge;
  const lang = c.get('lang');
  const library = c.get('library');
  const text = (name: Parameters<typeof valueText>[1]) =>
    valueText({ lang, texts, library }, name, side.values, side.villages);
  const joined = (...parts: readonly string[]) => parts.filter((part) => part !== '').join(', ');
  const dateOf = (day: string | null) => (day === null ? compare.lifetime : formatDate(lang, day));
  switch (field) {
    case 'identity': {
      const nik = text('nik');
      return joined(
        text('document_type'),
        text('document_number'),
        nik === '' ? '' : `NIK ${nik}`,
        text('no_document_reason'),
      );
    }
    case 'family_card':
      return side.familyCard ?? '';
    case 'address':
      return addressText('address', side.values, side.villages);
    case 'present':
      return side.values.present_same === 'different'
        ? addressText('present', side.values, side.villages)
        : compare.presentSame;
    case 'guardian':
      return joined(text('guardian_name'), text('guardian_relation'), text('guardian_phone'));
    case 'photo':
      return '';
    case 'validity':
      return compare.validity(formatDate(lang, side.validFrom), dateOf(side.validUntil));
    case 'member_since':
      return formatDate(lang, side.memberSince);
    case 'state': {
      const reason = side.stateReason === null ? '' : memberReason(library, texts, lang, side.stateReason);
      return joined(texts.common.memberState[side.status], reason);
    }
    default:
      return text(field);
  }
}

/** How much of everything becomes one. */
function Holdings({ c, pair }: { readonly c: Context<LibraryEnv>; readonly pair: MergePair }) {
  const { compare } = textsOf(c).merge;
  const number = (count: number) => formatNumber(c.get('lang'), count);
  return (
    <section class="dp-panel" aria-labelledby="menjadi-satu">
      <h2 id="menjadi-satu">{compare.moves}</h2>
      <p>{compare.movesAbout}</p>
      <DataTable
        caption={compare.what}
        hiddenCaption
        rows={(['visits', 'cards', 'cases', 'consents'] as const).map((what) => ({ what }))}
        empty=""
        columns={[
          { label: compare.what, rowHeader: true, cell: ({ what }) => compare[what] },
          { label: pair.one.number, align: 'right', cell: ({ what }) => number(pair.one.holds[what]) },
          { label: pair.other.number, align: 'right', cell: ({ what }) => number(pair.other.holds[what]) },
          {
            label: compare.total,
            align: 'right',
            cell: ({ what }) => <strong>{number(pair.one.holds[what] + pair.other.holds[what])}</strong>,
          },
        ]}
      />
    </section>
  );
}

export interface UndoPageProps {
  readonly member: MemberView;
  readonly merge: MemberView['merges'][number];
  readonly reasonError?: string | undefined;
}

/** What separating will do, before it does. */
export function undoPage(c: Context<LibraryEnv>, { member, merge, reasonError }: UndoPageProps) {
  const texts = textsOf(c);
  const { undo, undoReasons, fields } = texts.merge;
  const base = `/${c.get('library').slug}/anggota/${member.id}`;
  const names = merge.fields.map((field) => fields[field]).join(', ');
  return officePage(
    c,
    {
      area: 'members',
      title: reasonError === undefined ? undo.title : `${texts.common.error.summaryTitle}: ${undo.title}`,
      back: { href: base, label: texts.members.form.back },
    },
    <div class="dp-main--narrow">
      <PageHeader
        title={undo.title}
        eyebrow={`${member.values.name ?? ''} · ${member.number}`}
        lead={undo.lead(member.number, merge.number)}
      />
      <ErrorSummary
        title={texts.common.error.summaryTitle}
        intro={texts.common.error.summaryIntro}
        errors={reasonError === undefined ? [] : [{ field: 'alasan', text: reasonError }]}
      />
      <form method="post" action={`${base}/pisah/${merge.id}`} class="dp-stack" novalidate>
        <section class="dp-panel" aria-labelledby="terjadi">
          <h2 id="terjadi">{undo.what}</h2>
          <ul>
            <li>{merge.fields.length === 0 ? undo.noFields : undo.fields(names)}</li>
            {merge.fields.length > 0 && <li>{undo.since}</li>}
            <li>{undo.visits}</li>
            <li>{undo.figures}</li>
          </ul>
        </section>
        <section class="dp-panel">
          <RadioGroup
            name="alasan"
            label={undo.reason}
            error={reasonError}
            outline={false}
            choices={UNDO_REASONS.map((value) => ({ value, label: undoReasons[value] }))}
          />
        </section>
        <div class="dp-actions">
          <Button>{undo.submit}</Button>
          <LinkButton href={base} variant="tertiary">
            {texts.merge.compare.cancel}
          </LinkButton>
        </div>
      </form>
    </div>,
  );
}
