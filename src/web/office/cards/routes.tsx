import { PassThrough, Readable } from 'node:stream';
import { type Context, Hono } from 'hono';
import { CARD_LAYOUTS, CARD_STATES, type CardChoice, SHOP_BLEED } from '../../../domain/card-choice.ts';
import type { CardBatchId, MemberId } from '../../../domain/ids.ts';
import { readPlaces } from '../../../domain/place-list.ts';
import { makeBatch } from '../../../usecases/card-batch.ts';
import { cardsOfBatch, findBatch, type ListedBatch } from '../../../usecases/read-card-batch.ts';
import { tellBatch } from '../../../usecases/tell-card-batch.ts';
import { cardEmblem, cardGrounds, cardHolder, cardLibrary, pdfHeaders } from '../../card-print.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { readForm } from '../../form-body.ts';
import { textsOf } from '../../frame.tsx';
import { requirePermission } from '../../middleware/session.ts';
import { uuidOf } from '../input.ts';
import { batchPage } from './batch-page.tsx';
import { choosePage } from './choose-page.tsx';

/** `/{library}/cetak-kartu`: cards that are printed together. */
export function cardBatchRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const print = requirePermission('card.print');
  /** How far files are that this process writes now; another process shows no progress, and the file all the same. */
  const drawn = new Map<string, number>();

  app.get('/cetak-kartu', print, (c) =>
    choosePage(
      c,
      deps,
      choiceOf((name) => c.req.query(name) ?? ''),
    ),
  );

  app.post('/cetak-kartu', print, async (c) => {
    const form = await readForm(c);
    const choice = choiceOf((name) => form.text(name));
    const typed = {
      layout: form.text('lembar'),
      startAt: form.text('mulai').trim(),
      reason: form.text('alasan'),
      picked: form.texts('pilih'),
      key: uuidOf<string>(form.text('kunci')) ?? deps.uuid(deps.now()),
    };
    const picked = typed.picked.flatMap((one) => uuidOf<MemberId>(one) ?? []);
    const made = await makeBatch(deps.db, deps, scopeOf(c, deps), {
      submitKey: typed.key,
      choice,
      picked: form.text('yang') === 'semua' ? null : picked,
      layout: CARD_LAYOUTS.find((one) => one === typed.layout) ?? 'cr80',
      startAt: typed.layout === 'a4' ? (/^\d{1,2}$/.test(typed.startAt) ? Number(typed.startAt) - 1 : -1) : 0,
      reason: typed.reason,
    });
    if (made.ok) return c.redirect(`/${c.get('library').slug}/cetak-kartu/${made.batchId}`, 303);
    c.status(422);
    return choosePage(c, deps, choice, { reason: made.reason, typed });
  });

  app.get('/cetak-kartu/:batch', print, async (c) => {
    const batch = await batchOf(c, deps);
    return batch ? batchPage(c, deps, batch) : c.notFound();
  });

  app.get('/cetak-kartu/:batch/kartu.pdf', print, async (c) => {
    const batch = await batchOf(c, deps);
    if (!batch || batch.told_at !== null) return c.notFound();
    const scope = scopeOf(c, deps);
    const [grounds, emblem] = await Promise.all([cardGrounds(deps, scope), cardEmblem(deps, scope)]);
    const origin = c.get('origin');
    const { id } = batch;
    async function* cards() {
      let count = 0;
      for await (const card of cardsOfBatch(deps.db, deps, scope, id)) {
        drawn.set(id, ++count);
        if (card === null) {
          yield null;
          continue;
        }
        if (card.photoBroken) deps.log({ event: 'card-photo-unreadable', card: card.cardId });
        yield {
          ...cardHolder(deps, scope.library, origin, card),
          photo: card.photo,
          ground: grounds.groundOf(card.memberType),
        };
      }
    }
    const out = new PassThrough();
    deps.documents
      .writeCards(
        {
          library: cardLibrary(scope.library),
          emblem,
          designs: grounds.designs,
          cards: cards(),
          layout: batch.layout === 'a4' ? 'a4' : 'cr80',
          bleed: batch.layout === 'cr80_bleed' ? SHOP_BLEED : 0,
          startAt: batch.start_at,
          now: scope.at,
        },
        out,
        deps.cardDrawers,
      )
      .catch((error: unknown) =>
        deps.log({ event: 'cards-not-written', error: error instanceof Error ? error.name : 'unknown' }),
      )
      .finally(() => drawn.delete(id));
    pdfHeaders(c, `kartu-${scope.library.slug}-${batch.cards}`, true);
    return c.body(Readable.toWeb(out) as ReadableStream<Uint8Array<ArrayBuffer>>);
  });

  app.get('/cetak-kartu/:batch/kemajuan', print, (c) => {
    const batch = uuidOf<CardBatchId>(c.req.param('batch'));
    c.header('Cache-Control', 'no-store');
    return c.json({ drawn: (batch && drawn.get(batch)) ?? null });
  });

  app.post('/cetak-kartu/:batch/hasil', print, async (c) => {
    const batch = await batchOf(c, deps);
    if (!batch) return c.notFound();
    const form = await readForm(c);
    const allCameOut = form.text('hasil') === 'semua';
    const typed = form.text('gagal_urutan');
    const listed = readPlaces(typed, batch.cards);
    const failed = listed && [...listed, ...form.texts('gagal').map(Number)];
    if (!allCameOut && (failed === undefined || failed.length === 0)) {
      c.status(422);
      return batchPage(c, deps, batch, { typed, wrong: true });
    }
    const told = await tellBatch(deps.db, deps, scopeOf(c, deps), {
      batchId: batch.id,
      failed: allCameOut ? [] : (failed ?? []),
    });
    if (told.ok) return c.redirect(`/${c.get('library').slug}/cetak-kartu/${batch.id}`, 303);
    if (told.reason === 'told-before') {
      c.status(409);
      const { toldBefore } = textsOf(c).office.cardPrint.batch;
      return batchPage(c, deps, batch, { notices: [{ tone: 'warning', text: toldBefore }] });
    }
    return c.notFound();
  });

  return app;
}

function batchOf(c: Context<LibraryEnv>, deps: WebDeps): Promise<ListedBatch | undefined> {
  const id = uuidOf<CardBatchId>(c.req.param('batch'));
  return id === undefined ? Promise.resolve(undefined) : findBatch(deps.db, scopeOf(c, deps), id);
}

function choiceOf(text: (name: string) => string): CardChoice {
  return {
    state: CARD_STATES.find((state) => state === text('keadaan')) ?? 'unprinted',
    memberType: /^[A-Za-z0-9_-]{1,40}$/.test(text('jenis')) ? text('jenis') : null,
    servicePointId: uuidOf<string>(text('titik')) ?? null,
    institution: text('instansi').trim().slice(0, 120),
    search: text('cari').trim().slice(0, 120),
  };
}
