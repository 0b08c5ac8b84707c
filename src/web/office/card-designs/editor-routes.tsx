import { type Context, Hono } from 'hono';
import type { CardDesign, OwnCardDesign } from '../../../domain/card-design.ts';
import { changeOwn } from '../../../domain/card-design-edit.ts';
import {
  changeCardDesigns,
  changeCardPicture,
  readCardDesigns,
} from '../../../usecases/change-card-designs.ts';
import type { SettingProblem } from '../../../usecases/setting-schemas.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { type FormBody, readForm } from '../../form-body.ts';
import { textsOf } from '../../frame.tsx';
import { requirePermission } from '../../middleware/session.ts';
import { takesFile } from '../../middleware/takes-file.ts';
import { conflictNotice, type Notice } from '../office-page.tsx';
import { applyRowAct, readDesign, type TypedDesign, typedOf } from './design-form.ts';
import { editorPage } from './editor-page.tsx';
import { drawPreview } from './preview.ts';
import { sampleOf } from './samples.ts';
import { doneNotice, problemText, wordsOf } from './words.ts';

/** `/{library}/pengaturan/kartu-desain/{code}`: the editor of an own design, and its preview for the script. */
export function editorRoutes(deps: WebDeps, base: string): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const change = requirePermission('setting.change');

  app.get(`${base}/:code`, change, async (c) => {
    const found = await ownOf(c, deps);
    if (!found) return c.notFound();
    return show(c, deps, found, { typed: typedOf(found.own.design), notices: doneNotice(c) });
  });

  app.post(`${base}/:code`, change, takesFile('berkas'), async (c) => {
    const body = await readForm(c);
    const found = await ownOf(c, deps);
    if (!found) return c.notFound();
    const button = body.text('aksi');
    if (button === 'gambar' || button === 'gambar-hapus') return putPicture(c, deps, found, body, button);
    if (button === '') return save(c, deps, found, body, base);
    const { design, opened } = applyRowAct(readDesign(body), body, button);
    return show(c, deps, found, { typed: design, opened, body });
  });

  app.post(`${base}/:code/pratinjau`, change, async (c) => {
    const body = await readForm(c);
    const found = await ownOf(c, deps);
    if (!found) return c.notFound();
    const preview = await drawPreview(c, deps, scopeOf(c, deps), {
      own: found.own,
      typed: readDesign(body),
      sample: sampleOf(body.text('contoh')),
    });
    const words = wordsOf(c);
    c.header('Cache-Control', 'no-store');
    return c.json({
      front: preview.front,
      back: preview.back,
      problems: Object.fromEntries(preview.problems),
      shrunk: [...preview.shrunk],
      state: preview.problems.size > 0 ? words.problems(preview.problems.size) : words.noProblems,
    });
  });

  return app;
}

interface Found {
  readonly own: OwnCardDesign;
  readonly version: string;
}

async function ownOf(c: Context<LibraryEnv>, deps: WebDeps): Promise<Found | undefined> {
  const { designs, version } = await readCardDesigns(deps.db, scopeOf(c, deps));
  const own = designs.own.find(({ code }) => code === c.req.param('code'));
  return own && { own, version };
}

async function save(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  { own, version }: Found,
  body: FormBody,
  base: string,
) {
  const { slug } = c.get('library');
  const typed = readDesign(body);
  const outcome = await changeCardDesigns(deps.db, deps, scopeOf(c, deps), {
    version: body.text('versi') || null,
    change: (designs) =>
      changeOwn(designs, own.code, (one) => ({ ...one, design: typed as unknown as CardDesign })),
  });
  if (outcome.ok) {
    deps.libraries.forget(slug);
    return c.redirect(`/${slug}${base}/${own.code}?selesai=saved`, 303);
  }
  switch (outcome.reason) {
    case 'not-allowed':
    case 'gone':
      return c.notFound();
    case 'changed-meanwhile':
      c.status(409);
      // With the version of now: saving once more from this page is a decision.
      return show(c, deps, { own, version }, { typed, notices: [conflictOf(c, base, own)] });
    case 'invalid':
      c.status(422);
      return show(c, deps, { own, version }, { typed, body, problems: outcome.problems });
  }
}

function conflictOf(c: Context<LibraryEnv>, base: string, own: OwnCardDesign): Notice {
  return conflictNotice(c, `/${c.get('library').slug}${base}/${own.code}`);
}

/** The picture is put in at once; what else was typed stays on the page, to be saved with it. */
async function putPicture(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  found: Found,
  body: FormBody,
  button: 'gambar' | 'gambar-hapus',
) {
  const words = wordsOf(c);
  const typed = readDesign(body);
  let picture: { readonly bytes: Uint8Array; readonly mime: string } | null = null;
  if (button === 'gambar') {
    const file = body.file('berkas');
    const prepared =
      file && (await deps.documents.prepareCardPicture(new Uint8Array(await file.arrayBuffer())));
    if (!prepared?.ok) {
      c.status(422);
      const fileError = textsOf(c).card.photo.refused[prepared?.reason ?? 'empty'];
      return show(c, deps, found, { typed, body, fileError });
    }
    picture = prepared;
  }
  const { slug } = c.get('library');
  const outcome = await changeCardPicture(deps.db, deps, scopeOf(c, deps), {
    code: found.own.code,
    version: body.text('versi') || null,
    picture,
  });
  const after = await ownOf(c, deps);
  if (!after) return c.notFound();
  if (outcome.ok) {
    deps.libraries.forget(slug);
    const { front } = after.own.design;
    // Its part may be new: it is the lowest of the front.
    const first = front.elements[0];
    const has = [...typed.front.elements, ...typed.back.elements].some(({ kind }) => kind === 'picture');
    const shown: TypedDesign =
      has || first?.kind !== 'picture'
        ? typed
        : {
            ...typed,
            front: {
              ...typed.front,
              elements: [...typedOf(after.own.design).front.elements.slice(0, 1), ...typed.front.elements],
            },
          };
    const text = picture === null ? words.pictureGone : words.pictureSet;
    return show(c, deps, after, { typed: shown, notices: [{ tone: 'success', text }] });
  }
  if (outcome.reason !== 'changed-meanwhile') return c.notFound();
  c.status(409);
  return show(c, deps, after, { typed, notices: [conflictOf(c, '/pengaturan/kartu-desain', after.own)] });
}

interface Shown {
  readonly typed: TypedDesign;
  /** What was sent; its version is kept, as nothing was saved. */
  readonly body?: FormBody;
  readonly problems?: readonly SettingProblem[];
  readonly opened?: string | undefined;
  readonly fileError?: string;
  readonly notices?: readonly Notice[];
}

async function show(c: Context<LibraryEnv>, deps: WebDeps, found: Found, shown: Shown) {
  const sample = sampleOf(shown.body?.text('contoh') ?? '');
  const preview = await drawPreview(c, deps, scopeOf(c, deps), {
    own: found.own,
    typed: shown.typed,
    sample,
  });
  const errors = new Map<string, string>();
  for (const problem of shown.problems ?? []) {
    // cardDesigns, own, 2, design, front, …
    const field = problem.path[3] === 'design' ? problem.path.slice(4).join('.') : 'front.elements';
    if (!errors.has(field)) errors.set(field, problemText(c, problem));
  }
  return editorPage(c, {
    own: found.own,
    typed: shown.typed,
    version: shown.body?.text('versi') || found.version,
    sample,
    preview,
    errors,
    fileError: shown.fileError,
    opened: shown.opened,
    notices: shown.notices ?? [],
  });
}
