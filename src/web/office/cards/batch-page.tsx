import type { Context } from 'hono';
import { raw } from 'hono/html';
import { CARDS_OF_SHEET } from '../../../domain/card-design.ts';
import { formatNumber, formatShortDateTime } from '../../../i18n/format.ts';
import {
  BATCH_PAGE,
  type BatchCard,
  type BatchLine,
  cardsOfBatch,
  type ListedBatch,
  readBatchLines,
} from '../../../usecases/read-card-batch.ts';
import { cardEmblem, cardGrounds, cardHolder, cardLibrary } from '../../card-print.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorSummary } from '../../components/error-summary.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Tag } from '../../components/tag.tsx';
import { TextField } from '../../components/text-field.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { type Notice, officePage } from '../office-page.tsx';

/** `/{library}/cetak-kartu/{batch}`: printing, and what came out. */
export async function batchPage(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  batch: ListedBatch,
  shown: { readonly typed?: string; readonly notices?: readonly Notice[]; readonly wrong?: boolean } = {},
) {
  const { office, common } = textsOf(c);
  const { batch: text } = office.cardPrint;
  const lang = c.get('lang');
  const { slug, settings } = c.get('library');
  const scope = scopeOf(c, deps);
  const asked = Number(c.req.query('dari') ?? '1');
  const from = Number.isInteger(asked) && asked >= 1 && asked <= batch.cards ? asked : 1;
  const lines = await readBatchLines(deps.db, scope, batch.id, from);
  const first = batch.told_at === null ? await firstCard(c, deps, batch) : null;
  const number = (value: number) => formatNumber(lang, value);
  const base = `/${slug}/cetak-kartu/${batch.id}`;
  const told = batch.told_at !== null;
  const title = told ? text.done(number(batch.cards)) : text.title(number(batch.cards));
  const notices: readonly Notice[] =
    batch.told_at === null
      ? []
      : [
          {
            tone: batch.failed === 0 ? 'success' : 'warning',
            text: `${text.told(number(batch.cards - batch.failed), number(batch.failed))} ${text.toldAt(
              formatShortDateTime(lang, batch.told_at, settings.profile.timezone),
            )}`,
          },
        ];
  return officePage(
    c,
    {
      area: 'members',
      title: shown.wrong ? `${common.error.summaryTitle}: ${title}` : title,
      back: { href: `/${slug}/cetak-kartu`, label: text.back },
      notices: [...notices, ...(shown.notices ?? [])],
      islands: ['card-batch'],
    },
    <>
      <PageHeader title={title} lead={told ? undefined : text.how[batch.layout]} />
      {shown.wrong && (
        <ErrorSummary
          title={common.error.summaryTitle}
          errors={[{ field: 'gagal_urutan', text: text.badPlaces }]}
        />
      )}
      {!told && (
        <>
          {first}
          <card-batch
            class="dp-panel dp-stack"
            data-pdf={`${base}/kartu.pdf`}
            data-progress={`${base}/kemajuan`}
          >
            <div class="dp-actions">
              <Button type="button" attrs={{ 'data-do': 'print', hidden: true }}>
                {text.print}
              </Button>
              <LinkButton
                href={`${base}/kartu.pdf`}
                variant="secondary"
                attrs={{ target: '_blank', rel: 'noopener' }}
              >
                {text.open}
              </LinkButton>
            </div>
            <p data-say="progress" hidden>
              <label for="kemajuan">{text.progress}</label>
              <progress id="kemajuan" max={batch.cards} />{' '}
              <span data-progress-text={text.progressOf('{n}', number(batch.cards))} />
            </p>
            <p data-say="opening" role="status" hidden>
              {text.opening}
            </p>
            <p data-say="blocked" role="status" hidden>
              {text.blocked}
            </p>
          </card-batch>
        </>
      )}
      {/* A form of its own: Enter in the field below must never say that all came out. */}
      {!told && (
        <form method="post" action={`${base}/hasil`} class="dp-panel dp-stack" novalidate>
          <h2>{text.result}</h2>
          <p>{text.resultLead}</p>
          <div class="dp-actions">
            <Button name="hasil" value="semua">
              {text.allGood}
            </Button>
          </div>
        </form>
      )}
      <form method="post" action={`${base}/hasil`} class="dp-stack" novalidate>
        {!told && (
          <section class="dp-panel dp-stack">
            <h2>{text.someTitle}</h2>
            <TextField
              name="gagal_urutan"
              label={text.failedPlaces}
              description={`${text.failedAbout} ${text.failedPlacesAbout(number(batch.cards))}`}
              error={shown.wrong ? text.badPlaces : undefined}
              value={shown.typed}
              inputmode="text"
              autocomplete="off"
              width="16"
            />
            <div class="dp-actions">
              <Button name="hasil" value="sebagian" variant="secondary">
                {text.someFailed}
              </Button>
            </div>
          </section>
        )}
        <Lines c={c} batch={batch} lines={lines} told={told} />
      </form>
      {lines.length === BATCH_PAGE && (lines.at(-1)?.place ?? 0) < batch.cards && (
        <LinkButton href={`${base}?dari=${(lines.at(-1)?.place ?? 0) + 1}`} variant="secondary">
          {text.more}
        </LinkButton>
      )}
      {told && batch.failed > 0 && (
        <LinkButton href={`/${slug}/cetak-kartu`} variant="primary">
          {text.again}
        </LinkButton>
      )}
    </>,
  );
}

/** Page one, there before the file is. */
async function firstCard(c: Context<LibraryEnv>, deps: WebDeps, batch: ListedBatch) {
  const { batch: text } = textsOf(c).office.cardPrint;
  const scope = scopeOf(c, deps);
  const cards = cardsOfBatch(deps.db, deps, scope, batch.id, 1);
  let card: BatchCard | null = null;
  for await (const one of cards) {
    card = one;
    if (card !== null) break;
  }
  if (!card) return null;
  const [grounds, emblem] = await Promise.all([cardGrounds(deps, scope), cardEmblem(deps, scope)]);
  const sides = await deps.documents.cardPreview({
    library: cardLibrary(scope.library),
    emblem,
    design: grounds.designs[grounds.groundOf(card.memberType)],
    holder: cardHolder(deps, scope.library, c.get('origin'), card),
    photo: card.photo,
    titles: { front: `${text.front}: ${card.name}`, back: text.behind },
    id: 'first',
  });
  return (
    <section class="dp-cardpair" aria-label={text.preview}>
      {raw(sides.front)}
      {raw(sides.back)}
    </section>
  );
}

function Lines({
  c,
  batch,
  lines,
  told,
}: {
  readonly c: Context<LibraryEnv>;
  readonly batch: ListedBatch;
  readonly lines: readonly BatchLine[];
  readonly told: boolean;
}) {
  const { batch: text, list } = textsOf(c).office.cardPrint;
  const { slug } = c.get('library');
  const where = (place: number): string => {
    if (batch.layout !== 'a4') return String(place);
    const at = batch.start_at + place - 1;
    return `${place} (${text.sheet(String(Math.floor(at / CARDS_OF_SHEET) + 1), String((at % CARDS_OF_SHEET) + 1))})`;
  };
  return (
    <DataTable<BatchLine>
      caption={told ? text.result : text.failedLegend}
      rows={[...lines]}
      empty={list.empty}
      stack
      columns={[
        ...(told
          ? []
          : [
              {
                label: text.failedLegend,
                hiddenLabel: true,
                cell: (line: BatchLine) => (
                  <input
                    type="checkbox"
                    class="ds-input"
                    name="gagal"
                    value={String(line.place)}
                    aria-label={`${text.failedLegend}: ${line.name}`}
                  />
                ),
              },
            ]),
        { label: text.place, cell: (line) => where(line.place) },
        {
          label: list.name,
          rowHeader: true,
          cell: (line) => <a href={`/${slug}/anggota/${line.memberId}`}>{line.name}</a>,
        },
        { label: list.number, cell: (line) => line.number },
        {
          label: text.result,
          cell: (line) =>
            line.outcome !== null ? (
              <Tag tone={line.outcome === 'printed' ? 'success' : 'warning'}>
                {text.outcome[line.outcome]}
              </Tag>
            ) : line.gone ? (
              <Tag tone="warning">{text.goneNow}</Tag>
            ) : line.reprint ? (
              <Tag tone="neutral">{text.reprint}</Tag>
            ) : (
              ''
            ),
        },
      ]}
    />
  );
}
