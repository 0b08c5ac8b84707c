import type { Context } from 'hono';
import {
  type BatchRefusal,
  CARD_STATES,
  type CardChoice,
  REPRINT_REASONS,
} from '../../../domain/card-choice.ts';
import { may } from '../../../domain/permissions.ts';
import { formatMonth, formatNumber, formatShortDateTime } from '../../../i18n/format.ts';
import { listPrintable, type PrintableCard, type PrintableCards } from '../../../usecases/card-batch.ts';
import { type ListedBatch, listBatches, monthOfCards } from '../../../usecases/read-card-batch.ts';
import { memberTypeText } from '../../card-print.ts';
import { Button } from '../../components/button.tsx';
import { RadioGroup, SelectField } from '../../components/choice-fields.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorSummary } from '../../components/error-summary.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Tag } from '../../components/tag.tsx';
import { TextField } from '../../components/text-field.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { officePage } from '../office-page.tsx';

/** What was typed into the form of a batch, where it was refused. */
export interface TypedBatch {
  readonly layout: string;
  readonly startAt: string;
  readonly reason: string;
  readonly picked: readonly string[];
  /** Of the page it was typed on. */
  readonly key: string;
}

export const NO_CHOICE: CardChoice = {
  state: 'unprinted',
  memberType: null,
  servicePointId: null,
  institution: '',
  search: '',
};

/** `/{library}/cetak-kartu`: which cards, how, and what was printed before. */
export async function choosePage(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  choice: CardChoice,
  refused?: { readonly reason: BatchRefusal; readonly typed: TypedBatch },
) {
  const { office, common } = textsOf(c);
  const { cardPrint: text } = office;
  const scope = scopeOf(c, deps);
  const [found, batches, month] = await Promise.all([
    listPrintable(deps.db, scope, choice),
    listBatches(deps.db, scope),
    monthOfCards(deps.db, scope),
  ]);
  const lang = c.get('lang');
  const number = (value: number) => formatNumber(lang, value);
  const base = `/${scope.library.slug}/cetak-kartu`;
  return officePage(
    c,
    {
      area: 'members',
      title: refused ? `${common.error.summaryTitle}: ${text.title}` : text.title,
      back: { href: `/${scope.library.slug}/anggota`, label: office.nav.members },
    },
    <>
      <PageHeader title={text.title} lead={text.lead} />
      {refused && (
        <ErrorSummary
          title={common.error.summaryTitle}
          errors={[{ field: fieldOf(refused.reason), text: text.refused[refused.reason] }]}
        />
      )}
      <Filter c={c} choice={choice} base={base} />
      <form method="post" action={base} class="dp-stack" novalidate>
        <input type="hidden" name="kunci" value={refused?.typed.key ?? deps.uuid(deps.now())} />
        <Kept choice={choice} />
        <Found c={c} choice={choice} found={found} typed={refused?.typed} />
        {found.total > 0 && (
          <HowToPrint c={c} choice={choice} total={found.free} {...(refused ? { refused } : {})} />
        )}
      </form>
      <h2 class="dp-after">{text.log.title}</h2>
      {month.printed > 0 && (
        <p class="dp-muted">
          {text.log.sum(number(month.printed), number(month.reprinted), formatMonth(lang, month.month))}
        </p>
      )}
      <PrintLog c={c} batches={batches} base={base} />
    </>,
  );
}

function fieldOf(reason: BatchRefusal): string {
  if (reason === 'reason-needed') return 'alasan';
  return reason === 'wrong-place' ? 'mulai' : 'kartu';
}

function Filter({ c, choice, base }: { c: Context<LibraryEnv>; choice: CardChoice; base: string }) {
  const { filter, states } = textsOf(c).office.cardPrint;
  const { settings, servicePoints } = c.get('library');
  const lang = c.get('lang');
  const replaces = may(c.get('officer')?.roles ?? [], 'card.replace');
  return (
    <form method="get" action={base} class="dp-search" data-even novalidate>
      <SelectField
        name="keadaan"
        label={filter.state}
        value={choice.state}
        choices={CARD_STATES.filter((state) => state !== 'missing' || replaces).map((state) => ({
          value: state,
          label: states[state],
        }))}
      />
      <SelectField
        name="jenis"
        label={filter.type}
        value={choice.memberType ?? ''}
        placeholder={filter.all}
        choices={settings.memberTypes
          .filter((type) => type.cardAllowed)
          .map((type) => ({ value: type.code, label: type.name[lang] }))}
      />
      {servicePoints.length > 1 && (
        <SelectField
          name="titik"
          label={filter.servicePoint}
          value={choice.servicePointId ?? ''}
          placeholder={filter.all}
          choices={servicePoints.map((point) => ({ value: point.id, label: point.name }))}
        />
      )}
      <TextField
        name="instansi"
        label={filter.institution}
        description={filter.institutionAbout}
        value={choice.institution}
        maxlength={120}
        autocomplete="off"
      />
      <TextField
        name="cari"
        type="search"
        label={filter.search}
        value={choice.search}
        maxlength={120}
        autocomplete="off"
      />
      <Button variant="secondary">{filter.show}</Button>
    </form>
  );
}

/** The choice goes along with what is done with it. */
function Kept({ choice }: { choice: CardChoice }) {
  return (
    <>
      <input type="hidden" name="keadaan" value={choice.state} />
      <input type="hidden" name="jenis" value={choice.memberType ?? ''} />
      <input type="hidden" name="titik" value={choice.servicePointId ?? ''} />
      <input type="hidden" name="instansi" value={choice.institution} />
      <input type="hidden" name="cari" value={choice.search} />
    </>
  );
}

function Found({
  c,
  choice,
  found,
  typed,
}: {
  c: Context<LibraryEnv>;
  choice: CardChoice;
  found: PrintableCards;
  typed: TypedBatch | undefined;
}) {
  const { list } = textsOf(c).office.cardPrint;
  const { slug, settings } = c.get('library');
  const lang = c.get('lang');
  const number = (value: number) => formatNumber(lang, value);
  const when = (at: Date | null) =>
    at === null ? '' : formatShortDateTime(lang, at, settings.profile.timezone);
  const shown = found.cards.length;
  const narrowed = JSON.stringify({ ...choice, state: NO_CHOICE.state }) !== JSON.stringify(NO_CHOICE);
  return (
    <div id="kartu">
      {found.withoutPhoto > 0 && <p class="dp-muted">{list.withoutPhoto(number(found.withoutPhoto))}</p>}
      <DataTable<PrintableCard>
        caption={
          shown < found.total
            ? list.captionFirst(number(shown), number(found.total))
            : list.caption(number(found.total))
        }
        rows={[...found.cards]}
        empty={choice.state === 'unprinted' && !narrowed ? list.emptyNew : list.empty}
        stack
        columns={[
          {
            label: list.pick,
            hiddenLabel: true,
            cell: (card) => (
              <input
                type="checkbox"
                class="ds-input"
                name="pilih"
                value={card.memberId}
                aria-label={list.pickOf(card.name)}
                checked={typed ? typed.picked.includes(card.memberId) : card.inBatch === null}
              />
            ),
          },
          {
            label: list.name,
            rowHeader: true,
            cell: (card) => (
              <>
                <a href={`/${slug}/anggota/${card.memberId}`}>{card.name}</a>{' '}
                {!card.hasPhoto && <Tag tone="neutral">{list.noPhoto}</Tag>}
                {card.inBatch !== null && (
                  <a href={`/${slug}/cetak-kartu/${card.inBatch}`}>
                    <Tag tone="warning">{list.inBatch}</Tag>
                  </a>
                )}
              </>
            ),
          },
          { label: list.number, cell: (card) => card.number },
          { label: list.type, cell: (card) => memberTypeText(c.get('library'), card.memberType, lang) },
          { label: list.institution, cell: (card) => card.institution ?? '' },
          choice.state === 'printed'
            ? { label: list.printed, cell: (card) => when(card.printedAt) }
            : { label: list.waiting, cell: (card) => when(card.issuedAt) },
        ]}
      />
    </div>
  );
}

function HowToPrint({
  c,
  choice,
  total,
  refused,
}: {
  c: Context<LibraryEnv>;
  choice: CardChoice;
  total: number;
  refused?: { readonly reason: BatchRefusal; readonly typed: TypedBatch };
}) {
  const { print, reasons, refused: words } = textsOf(c).office.cardPrint;
  const errorAt = (field: string) =>
    refused !== undefined && fieldOf(refused.reason) === field ? words[refused.reason] : undefined;
  return (
    <section class="dp-panel dp-stack">
      <h2>{print.title}</h2>
      <RadioGroup
        name="lembar"
        label={print.layout}
        value={refused?.typed.layout || 'cr80'}
        choices={[
          { value: 'cr80', label: print.cr80, description: print.cr80About },
          { value: 'cr80_bleed', label: print.cr80_bleed, description: print.cr80_bleedAbout },
          { value: 'a4', label: print.a4, description: print.a4About },
        ]}
      />
      <TextField
        name="mulai"
        label={print.startAt}
        description={print.startAtAbout}
        inputmode="numeric"
        width="4"
        value={refused?.typed.startAt || '1'}
        error={errorAt('mulai')}
      />
      {choice.state === 'printed' && (
        <SelectField
          name="alasan"
          label={print.reason}
          placeholder={print.choose}
          value={refused?.typed.reason ?? ''}
          error={errorAt('alasan')}
          choices={REPRINT_REASONS.map((reason) => ({ value: reason, label: reasons[reason] }))}
        />
      )}
      <div class="dp-actions">
        <Button name="yang" value="dicentang">
          {print.picked}
        </Button>
        <Button name="yang" value="semua" variant="secondary">
          {print.all(formatNumber(c.get('lang'), total))}
        </Button>
      </div>
    </section>
  );
}

function PrintLog({
  c,
  batches,
  base,
}: {
  c: Context<LibraryEnv>;
  batches: readonly ListedBatch[];
  base: string;
}) {
  const { log, print, reasons } = textsOf(c).office.cardPrint;
  const { settings } = c.get('library');
  const lang = c.get('lang');
  return (
    <DataTable<ListedBatch>
      caption={log.title}
      hiddenCaption
      rows={[...batches]}
      empty={log.empty}
      stack
      columns={[
        {
          label: log.at,
          rowHeader: true,
          cell: (one) => (
            <a href={`${base}/${one.id}`}>
              {formatShortDateTime(lang, one.made_at, settings.profile.timezone)}
            </a>
          ),
        },
        { label: log.by, cell: (one) => one.maker },
        { label: log.cards, align: 'right', cell: (one) => formatNumber(lang, one.cards) },
        {
          label: log.failed,
          align: 'right',
          cell: (one) => (one.told_at === null ? '' : formatNumber(lang, one.failed)),
        },
        { label: log.layout, cell: (one) => print[one.layout] },
        {
          label: log.reason,
          cell: (one) => (reasons as Readonly<Record<string, string>>)[one.reason ?? ''] ?? '',
        },
        {
          label: log.state,
          cell: (one) =>
            one.told_at === null ? (
              <Tag tone="warning">{log.waiting}</Tag>
            ) : (
              <Tag tone="success">{log.told}</Tag>
            ),
        },
      ]}
    />
  );
}
