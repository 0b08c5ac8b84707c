import { type Context, Hono } from 'hono';
import type { CardDesigns } from '../../../domain/card-design.ts';
import { changeOwn, copyDesign, usesOf } from '../../../domain/card-design-edit.ts';
import { findDesign } from '../../../domain/card-designs.ts';
import { readCardPicture } from '../../../usecases/attach-photo.ts';
import { changeCardDesigns, readCardDesigns } from '../../../usecases/change-card-designs.ts';
import { todayOf } from '../../../usecases/context.ts';
import { cardEmblem, cardLibrary, pdfAnswer } from '../../card-print.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { type FormBody, readForm } from '../../form-body.ts';
import { requirePermission } from '../../middleware/session.ts';
import { uuidOf } from '../input.ts';
import { conflictNotice } from '../office-page.tsx';
import { editorRoutes } from './editor-routes.tsx';
import { type OverviewView, overviewPage, SAMPLE_FORMS } from './overview-page.tsx';
import { picturesOf, SAMPLES, sampleHolder, sideAlone } from './samples.ts';
import { designName, doneNotice, problemText, wordsOf } from './words.ts';

const BASE = '/pengaturan/kartu-desain';

/** `/{library}/pengaturan/kartu-desain`: what a library's cards look like. */
export function cardDesignRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const change = requirePermission('setting.change');

  app.get(BASE, change, (c) => overview(c, deps, {}));
  app.post(BASE, change, async (c) => saveChoice(c, deps, await readForm(c)));

  app.get(`${BASE}/contoh.jpg`, change, async (c) =>
    c.body(new Uint8Array(await deps.documents.samplePortrait()), 200, {
      'Content-Type': 'image/jpeg',
      'Cache-Control': 'private, max-age=86400',
    }),
  );
  app.get(`${BASE}/gambar/:file`, change, async (c) => {
    const file = uuidOf<string>(c.req.param('file'));
    const bytes = file && (await readCardPicture(deps.db, deps, scopeOf(c, deps), file));
    if (!bytes) return c.notFound();
    return c.body(new Uint8Array(bytes), 200, {
      'Content-Type': bytes[0] === 0x89 ? 'image/png' : 'image/jpeg',
      'Cache-Control': 'private, max-age=31536000, immutable',
    });
  });

  for (const side of ['depan', 'belakang'] as const)
    app.get(`${BASE}/:code/${side}.svg`, change, async (c) => {
      const scope = scopeOf(c, deps);
      const { designs } = await readCardDesigns(deps.db, scope);
      const found = findDesign(designs, c.req.param('code'));
      if (!found) return c.notFound();
      const name = designName(c, found);
      const words = wordsOf(c);
      const title = words.sideOf(name, side === 'depan' ? words.front : words.backSide);
      const svg = await sideAlone(c, deps, scope, found, side === 'depan' ? 'front' : 'back', title);
      return c.body(svg, 200, {
        'Content-Type': 'image/svg+xml; charset=utf-8',
        'Content-Security-Policy':
          "default-src 'none'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
        'Cache-Control': 'private, no-cache',
      });
    });

  app.get(`${BASE}/:code/contoh.pdf`, change, (c) => samplePdf(c, deps));

  app.post(`${BASE}/:code/salin`, change, async (c) => {
    const code = c.req.param('code');
    const body = await readForm(c);
    const field = `salin.${code}`;
    let made = '';
    return act(c, deps, body, {
      field,
      change: (designs) => {
        const copy = copyDesign(designs, code, body.text(field).trim());
        made = copy?.code ?? '';
        return copy?.designs;
      },
      done: () => `${BASE}/${made}?selesai=copied`,
    });
  });

  app.post(`${BASE}/:code/nama`, change, async (c) => {
    const code = c.req.param('code');
    const body = await readForm(c);
    const field = `nama.${code}`;
    return act(c, deps, body, {
      field,
      change: (designs) => changeOwn(designs, code, (own) => ({ ...own, name: body.text(field).trim() })),
      done: () => `${BASE}?selesai=renamed`,
    });
  });

  app.post(`${BASE}/:code/hapus`, change, async (c) => {
    const code = c.req.param('code');
    let isUsed = false;
    return act(c, deps, await readForm(c), {
      field: code,
      change: (designs) => {
        const { usual, types } = usesOf(designs, code);
        isUsed = usual || types.length > 0;
        const own = designs.own.filter((one) => one.code !== code);
        return isUsed || own.length === designs.own.length ? undefined : { ...designs, own };
      },
      done: () => `${BASE}?selesai=removed`,
      refused: () => (isUsed ? wordsOf(c).removeUsed : wordsOf(c).gone),
    });
  });

  app.route('/', editorRoutes(deps, BASE));
  return app;
}

interface Act {
  /** Where a mistake of what was typed is shown. */
  readonly field: string;
  readonly change: (designs: CardDesigns) => CardDesigns | undefined;
  readonly done: () => string;
  /** Why `change` gave nothing; unless told, the design is gone. */
  readonly refused?: () => string;
}

async function act(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  body: FormBody,
  { field, change, done, refused }: Act,
) {
  const { slug } = c.get('library');
  const outcome = await changeCardDesigns(deps.db, deps, scopeOf(c, deps), {
    version: body.text('versi') || null,
    change,
  });
  if (outcome.ok) {
    deps.libraries.forget(slug);
    return c.redirect(`/${slug}${done()}`, 303);
  }
  const typed = new Map([[field, body.text(field)]]);
  switch (outcome.reason) {
    case 'not-allowed':
      return c.notFound();
    case 'gone':
      c.status(409);
      return overview(c, deps, {
        notices: [{ tone: 'danger', text: refused?.() ?? wordsOf(c).gone }],
      });
    case 'changed-meanwhile':
      c.status(409);
      return overview(c, deps, { typed, notices: [conflictNotice(c, `/${slug}${BASE}`)] });
    case 'invalid': {
      c.status(422);
      const [problem] = outcome.problems;
      const text = problem ? problemText(c, problem) : '';
      return overview(c, deps, { typed, errors: new Map([[field, text]]) });
    }
  }
}

async function saveChoice(c: Context<LibraryEnv>, deps: WebDeps, body: FormBody) {
  const { slug } = c.get('library');
  const scope = scopeOf(c, deps);
  const prefix = 'byType.';
  const byType = Object.fromEntries(
    body.names
      .filter((name) => name.startsWith(prefix) && body.text(name) !== '')
      .map((name) => [name.slice(prefix.length), body.text(name)]),
  );
  const usual = body.text('usual');
  const outcome = await changeCardDesigns(deps.db, deps, scope, {
    version: body.text('versi') || null,
    change: (designs) => ({ ...designs, usual, byType }),
  });
  if (outcome.ok) {
    deps.libraries.forget(slug);
    return c.redirect(`/${slug}${BASE}?selesai=chosen`, 303);
  }
  const { designs } = await readCardDesigns(deps.db, scope);
  const typed = { ...designs, usual, byType };
  switch (outcome.reason) {
    case 'not-allowed':
    case 'gone':
      return c.notFound();
    case 'changed-meanwhile':
      c.status(409);
      // Shows what was chosen, with the version of now: saving once more is a decision.
      return overview(c, deps, { designs: typed, notices: [conflictNotice(c, `/${slug}${BASE}`)] });
    case 'invalid': {
      c.status(422);
      const errors = new Map(
        outcome.problems.map((problem) => [problem.path.slice(1).join('.'), problemText(c, problem)]),
      );
      return overview(c, deps, { designs: typed, errors });
    }
  }
}

async function overview(c: Context<LibraryEnv>, deps: WebDeps, shown: Partial<OverviewView>) {
  const { designs, version } = await readCardDesigns(deps.db, scopeOf(c, deps));
  return overviewPage(c, {
    designs,
    version,
    notices: doneNotice(c),
    errors: new Map(),
    typed: new Map(),
    ...shown,
  });
}

/** All sample holders on cards of one design, as they would come out of the printer. */
async function samplePdf(c: Context<LibraryEnv>, deps: WebDeps) {
  const scope = scopeOf(c, deps);
  const { designs } = await readCardDesigns(deps.db, scope);
  const found = findDesign(designs, c.req.param('code') ?? '');
  if (!found) return c.notFound();
  const form = SAMPLE_FORMS.find((one) => one === c.req.query('tata')) ?? 'cr80';
  const { picture } = await picturesOf(deps, scope, found.pictureFileId);
  const face = await deps.documents.samplePortrait();
  const today = todayOf(scope);
  const bytes = await deps.documents.cardPdf({
    library: cardLibrary(scope.library),
    emblem: await cardEmblem(deps, scope),
    designs: [{ design: found.design, picture }],
    cards: SAMPLES.map((sample) => {
      const { hasPhoto, ...holder } = sampleHolder(c, today, sample);
      return { ...holder, photo: hasPhoto ? face : null, ground: 0 };
    }),
    layout: form === 'a4' ? 'a4' : 'cr80',
    bleed: form === 'bleed' ? 3 : 0,
    now: scope.at,
  });
  return pdfAnswer(c, bytes, wordsOf(c).sampleFile, false);
}
