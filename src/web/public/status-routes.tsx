import { type Context, Hono } from 'hono';
import { CHECKED, type FieldName, type FormValues } from '../../domain/form-fields.ts';
import { parsePhone } from '../../domain/phone.ts';
import { answerCorrection } from '../../usecases/answer-correction.ts';
import { attachPhoto, readPhoto } from '../../usecases/attach-photo.ts';
import { attachScan } from '../../usecases/attach-scan.ts';
import type { CaseRefusal } from '../../usecases/change-case.ts';
import type { Actor } from '../../usecases/context.ts';
import { findWatchedCase, type StatusView, statusVersion, viewStatus } from '../../usecases/view-status.ts';
import { withdrawApplication } from '../../usecases/withdraw-application.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { limitForms, openUploadStep } from '../doorstep.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { messagePage } from '../error-pages.tsx';
import { isMultipart, readForm, readUpload } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { takesFile } from '../middleware/takes-file.ts';
import { answerConsent } from './consent-part.tsx';
import { editPage, openFields, openVillageSearch } from './edit-page.tsx';
import { readFormValues, readVillageTexts } from './form-input.ts';
import { smallForms } from './form-routes.tsx';
import { type OwnPage, proveOwner } from './own-proof.tsx';
import { openStatusFeed } from './status-feed.ts';
import { goneTexts, NEWS, type News, SubPage, statusPage } from './status-page.tsx';
import { VILLAGE_NAMES } from './villages.ts';

const CITIZEN: Actor = { kind: 'applicant' };

type StatusContext = Context<LibraryEnv>;
type Found = { readonly token: string; readonly view: StatusView };

/** Everything below the applicant's secret address. Nothing of it is stored by browsers or proxies. */
export function statusRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const listen = openStatusFeed(deps);
  const uploads = openUploadStep(deps, { points: 240 });
  const slowly = limitForms(deps, 'status form', 240);

  app.use('/permohonan/*', async (c, next) => {
    c.header('Cache-Control', 'no-store');
    c.header('Referrer-Policy', 'no-referrer');
    await next();
  });

  app.get('/permohonan/:token', (c) =>
    withCase(c, (found) => {
      const asked = c.req.query('kabar');
      return statusPage(c, deps, { ...found, news: NEWS.find((each) => each === asked) ?? null });
    }),
  );

  app.get('/permohonan/:token/versi', async (c) => {
    const version = await statusVersion(deps.db, deps, scope(c), c.req.param('token'));
    return version === undefined ? c.json(null, 404) : c.json({ version });
  });

  app.get('/permohonan/:token/siaran', async (c) => {
    const watched = await findWatchedCase(deps.db, deps, scope(c), c.req.param('token'));
    return watched === undefined ? c.json(null, 404) : listen(c, watched);
  });

  app.get('/permohonan/:token/foto.jpg', (c) =>
    withCase(c, async ({ view }) => {
      const { photo_id } = view.row;
      const jpeg = photo_id === null ? undefined : await readPhoto(deps.db, deps, scope(c), photo_id);
      if (!jpeg) return c.notFound();
      c.header('Content-Type', 'image/jpeg');
      return c.body(new Uint8Array(jpeg));
    }),
  );

  app.post('/permohonan/:token/foto', takesFile('foto-berkas'), (c) =>
    withCase(c, async (found) => {
      const limited = await limitUpload(c, found.token);
      if (limited) return limited;
      const photo = await sentPhoto(c, await readUpload(c));
      if (!photo.ok) return refuseFile(c, found, 'foto', photo.text);
      const outcome = await attachPhoto(deps.db, deps, scope(c), {
        applicationId: found.view.row.id,
        jpeg: photo.jpeg,
        startedAt: null,
        source: 'status_page',
      });
      return back(c, found.token, outcome.ok ? 'foto' : newsOf(outcome));
    }),
  );

  app.post('/permohonan/:token/dokumen', takesFile('dokumen-berkas'), (c) =>
    withCase(c, async (found) => {
      const limited = await limitUpload(c, found.token);
      if (limited) return limited;
      const words = textsOf(c).status.scan.refused;
      const body = await readUpload(c);
      const file = body === 'too-large' ? null : body.file('dokumen-berkas');
      if (!file)
        return refuseFile(c, found, 'dokumen', body === 'too-large' ? words['too-large'] : words.missing);
      const scan = await deps.documents.prepareScan(new Uint8Array(await file.arrayBuffer()), deps.drawPdf);
      if (!scan.ok) return refuseFile(c, found, 'dokumen', words[scan.reason]);
      const outcome = await attachScan(deps.db, deps, scope(c), {
        applicationId: found.view.row.id,
        kind: 'scan',
        bytes: scan.bytes,
      });
      if (outcome.ok) return back(c, found.token, 'dokumen');
      switch (outcome.reason) {
        case 'empty':
        case 'not-a-scan':
          return refuseFile(c, found, 'dokumen', words['not-an-image']);
        case 'too-large':
          return refuseFile(c, found, 'dokumen', words['too-large']);
        default:
          return back(c, found.token, newsOf(outcome));
      }
    }),
  );

  app.get('/permohonan/:token/ubah', (c) =>
    withCase(c, ({ view, token }) =>
      view.allowed.has('answer_correction')
        ? editPage(c, deps, { view, token, typed: null, villageTexts: NO_TEXTS, search: [], problems: [] })
        : back(c, token, 'tidak-bisa'),
    ),
  );

  app.post('/permohonan/:token/ubah', takesFile('foto-berkas'), (c) =>
    withCase(c, async ({ view, token }) => {
      if (isMultipart(c)) {
        const limited = await limitUpload(c, token, '/ubah');
        if (limited) return limited;
      }
      const body = await readUpload(c);
      const words = textsOf(c).status;
      const emptied: readonly FieldName[] =
        body !== 'too-large' && body.text('kosongkan_nik') === CHECKED ? ['nik'] : [];
      const state = { view, token, emptied, search: [], problems: [] };
      if (body === 'too-large') {
        c.status(413);
        const photoError = words.photo.refused['too-large'];
        return editPage(c, deps, { ...state, typed: null, villageTexts: NO_TEXTS, photoError });
      }
      const typed = readFormValues(body);
      const villageTexts = readVillageTexts(body);
      const searched = VILLAGE_NAMES.find((name) => name === body.text('cari'));
      if (searched) return editPage(c, deps, { ...state, typed, villageTexts, search: [searched] });
      const asked = changesContact(view, typed)
        ? await proveOwner(c, deps, ownPage(c, token, '/ubah'), body)
        : null;
      if (asked) return asked;
      const photo = body.file('foto-berkas') ? await sentPhoto(c, body) : null;
      if (photo && !photo.ok) {
        c.status(422);
        return editPage(c, deps, { ...state, typed, villageTexts, photoError: photo.text });
      }
      const outcome = await answerCorrection(deps.db, deps, scope(c), {
        applicationId: view.row.id,
        values: typed,
        emptied,
        photo: photo?.jpeg ?? null,
        expectedVersion: versionOf(body.text('version')),
      });
      if (outcome.ok) return back(c, token, view.correction ? 'perbaikan' : 'ubah');
      switch (outcome.reason) {
        case 'form-problems': {
          c.status(422);
          const search = openVillageSearch(villageTexts, outcome.problems);
          return editPage(c, deps, { ...state, typed, villageTexts, search, problems: outcome.problems });
        }
        case 'photo-missing':
          c.status(422);
          return editPage(c, deps, {
            ...state,
            typed,
            villageTexts,
            photoError: words.correction.photoMissing,
          });
        default:
          return back(c, token, newsOf(outcome));
      }
    }),
  );

  app.post('/permohonan/:token/persetujuan', smallForms(), slowly, (c) =>
    withCase(c, ({ view, token }) =>
      answerConsent(c, deps, { applicationId: view.row.id }, `/${c.get('library').slug}/permohonan/${token}`),
    ),
  );

  app.get('/permohonan/:token/batal', (c) =>
    withCase(c, ({ view, token }) => {
      if (!view.allowed.has('withdraw')) return back(c, token, 'tidak-bisa');
      const { withdraw } = textsOf(c).status;
      const base = `/${c.get('library').slug}/permohonan/${token}`;
      return c.html(
        <SubPage c={c} title={withdraw.title} lead={withdraw.text}>
          <form method="post" action={`${base}/batal`}>
            <input type="hidden" name="version" value={String(view.row.version)} />
            <div class="dp-actions">
              <Button tone="danger">{withdraw.confirm}</Button>
              <LinkButton href={base} variant="secondary">
                {withdraw.keep}
              </LinkButton>
            </div>
          </form>
        </SubPage>,
      );
    }),
  );

  app.post('/permohonan/:token/batal', smallForms(), slowly, (c) =>
    withCase(c, async ({ view, token }) => {
      const body = await readForm(c);
      const asked = await proveOwner(c, deps, ownPage(c, token), body);
      if (asked) return asked;
      const outcome = await withdrawApplication(deps.db, deps, scope(c), {
        applicationId: view.row.id,
        expectedVersion: versionOf(body.text('version')),
      });
      return back(c, token, outcome.ok ? null : newsOf(outcome));
    }),
  );

  return app;

  function scope(c: StatusContext) {
    return scopeOf(c, deps, CITIZEN);
  }

  /** Another library's secret, an old one and a made-up one are the same 404. */
  async function withCase(c: StatusContext, work: (found: Found) => Response | Promise<Response>) {
    const token = c.req.param('token') ?? '';
    const view = await viewStatus(deps.db, deps, scope(c), token);
    return view ? work({ token, view }) : messagePage(asSite(c), goneTexts(c));
  }

  async function sentPhoto(
    c: StatusContext,
    body: Awaited<ReturnType<typeof readUpload>>,
  ): Promise<
    { readonly ok: true; readonly jpeg: Uint8Array } | { readonly ok: false; readonly text: string }
  > {
    const words = textsOf(c).status.photo.refused;
    if (body === 'too-large') return { ok: false, text: words['too-large'] };
    const file = body.file('foto-berkas');
    if (!file) return { ok: false, text: words.missing };
    const prepared = await deps.documents.preparePhoto(new Uint8Array(await file.arrayBuffer()));
    return prepared.ok ? { ok: true, jpeg: prepared.jpeg } : { ok: false, text: words[prepared.reason] };
  }

  function refuseFile(c: StatusContext, found: Found, part: 'foto' | 'dokumen', text: string) {
    c.status(422);
    return statusPage(c, deps, { ...found, news: null, refused: { part, text } });
  }

  function limitUpload(c: StatusContext, token: string, below = ''): Promise<Response | null> {
    return uploads.take(c, `/${c.get('library').slug}/permohonan/${token}${below}`);
  }
}

function ownPage(c: StatusContext, token: string, below = ''): OwnPage {
  return { way: 'permohonan', token, back: `/${c.get('library').slug}/permohonan/${token}${below}` };
}

/** Whoever could change where codes go could have them all. */
function changesContact(view: StatusView, typed: FormValues): boolean {
  const open = openFields(view);
  const { email, phone } = view.row;
  const newMail = open.includes('email') && (typed.email ?? '').trim() !== (email ?? '');
  const read = parsePhone(typed.phone ?? '');
  return newMail || (open.includes('phone') && (read.ok ? read.phone : '') !== (phone ?? ''));
}

const NO_TEXTS = { address_village: '', present_village: '' } as const;

/** The message pages need nothing of the library but its dress, which they find themselves. */
export function asSite(c: StatusContext): Parameters<typeof messagePage>[0] {
  return c as unknown as Parameters<typeof messagePage>[0];
}

function back(c: StatusContext, token: string, news: News | null): Response {
  const query = news === null ? '' : `?kabar=${news}`;
  return c.redirect(`/${c.get('library').slug}/permohonan/${token}${query}`, 303);
}

function newsOf(refusal: CaseRefusal): News {
  return refusal.reason === 'changed-meanwhile' ? 'berubah' : 'tidak-bisa';
}

export function versionOf(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
