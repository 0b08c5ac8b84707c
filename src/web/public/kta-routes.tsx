import { type Context, Hono } from 'hono';
import { fromBase64Url } from '../../domain/code-text.ts';
import { hexOf } from '../../domain/published-keys.ts';
import { libraryColours } from '../../domain/theme.ts';
import { readEmblem, readPhoto } from '../../usecases/attach-photo.ts';
import { certifyPhone } from '../../usecases/certify-phone.ts';
import type { Actor } from '../../usecases/context.ts';
import { readConsents } from '../../usecases/read-consents.ts';
import { findKtaByCode, type Kta, readKta, receiveKta } from '../../usecases/read-kta.ts';
import { assetUrl } from '../assets.ts';
import { pdfAnswer } from '../card-print.ts';
import { limitForms } from '../doorstep.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { type CodeGuard, openCodeGuard } from './code-guard.ts';
import { answerConsent } from './consent-part.tsx';
import { smallForms } from './form-routes.tsx';
import { sizedSvg } from './kta-card.tsx';
import { deadKtaPage, ktaPage } from './kta-page.tsx';
import { codePrefix, ktaPicture, pictureUrl } from './kta-picture.ts';
import { codePage } from './phone-photo-page.tsx';
import { secretAddress } from './secret-page.ts';

const HOLDER: Actor = { kind: 'applicant' };
const STATUS_OF = {
  unknown: 404,
  revoked: 410,
  'not-active': 409,
  displaced: 409,
  'too-many': 429,
  'bad-key': 422,
} as const;
/** Inside the card on the narrowest phone, 320 px. */
const CODES_WIDTH = 288;

/** `/{library}/kta/{token}`: the KTA online and what belongs to it, all below its secret address. */
export function ktaRoutes(deps: WebDeps, guard: CodeGuard = openCodeGuard('kta', deps)): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  app.use('/kta', secretAddress());
  app.use('/kta/*', secretAddress());

  app.get('/kta', (c) => c.html(codePage(c, codeWords(c), { value: '', error: undefined })));

  app.post('/kta', smallForms(), async (c) => {
    const library = c.get('library');
    const refused = await guard.refuse(c);
    if (refused) return refused;
    const typed = (await readForm(c)).text('kode').slice(0, 40);
    const token = await findKtaByCode(deps.db, deps, scopeOf(c, deps, HOLDER), typed);
    if (token !== undefined) return c.redirect(`/${library.slug}/kta/${token}`, 303);
    guard.wrong(c);
    const error = textsOf(c).card.kta.codeWrong;
    return c.html(codePage(c, codeWords(c), { value: typed, error }), 422);
  });

  app.get('/kta/:token', (c) =>
    withKta(c, async (kta, base) => {
      const words = textsOf(c).card.kta;
      const scope = scopeOf(c, deps, HOLDER);
      const consents = await readConsents(deps.db, scope, { memberId: kta.memberId });
      // A copy on the phone forgets a photo that the holder took off the card.
      if (kta.photoId === null) c.header('Kta-Photo', 'none');
      const origin = c.get('origin');
      return c.html(
        ktaPage(c, {
          kta,
          base,
          at: scope.at,
          barcode: sizedSvg(deps.documents.code128Svg(kta.number, words.barcode(kta.number)), CODES_WIDTH),
          qr:
            kta.status === 'active'
              ? sizedSvg(
                  deps.documents.qrSvg(pictureUrl(deps, scope, origin, kta), textsOf(c).kta.code.still),
                  CODES_WIDTH,
                )
              : null,
          prefix: codePrefix(origin),
          consents: consents ?? null,
          // An officer who looks at it has not handed it over; the preview of a message runs no script.
          byHolder: c.get('officer') === null,
        }),
      );
    }),
  );

  app.post('/kta/:token/persetujuan', smallForms(), limitForms(deps, 'kta form', 240), (c) =>
    withKta(c, (kta, base) => answerConsent(c, deps, { memberId: kta.memberId }, base)),
  );

  app.post('/kta/:token/diterima', async (c) => {
    if (c.get('officer') !== null) return c.body(null, 204);
    await receiveKta(deps.db, deps, scopeOf(c, deps, HOLDER), c.req.param('token'));
    return c.body(null, 204);
  });

  app.get('/kta/:token/foto', (c) =>
    withKta(c, async (kta) => {
      const jpeg =
        kta.photoId === null
          ? undefined
          : await readPhoto(deps.db, deps, scopeOf(c, deps, HOLDER), kta.photoId);
      if (!jpeg) return c.notFound();
      c.header('Content-Type', 'image/jpeg');
      return c.body(new Uint8Array(jpeg));
    }),
  );

  // The server's time by the way: the phone's moving code is made by this clock.
  app.post('/kta/:token/sertifikat', smallForms(), async (c) => {
    if (c.get('officer') !== null) return c.json({ reason: 'officer' }, 403);
    const body = await readForm(c);
    const outcome = await certifyPhone(deps.db, deps, scopeOf(c, deps, HOLDER), {
      token: c.req.param('token'),
      phoneKey: fromBase64Url(body.text('kunci'), 88) ?? new Uint8Array(),
      kept: body.text('simpan') === 'ya',
    });
    if (!outcome.ok) {
      if (outcome.reason === 'unknown' || outcome.reason === 'revoked') sayDead(c, outcome.reason);
      return c.json({ reason: outcome.reason }, STATUS_OF[outcome.reason]);
    }
    const { certificate, ends, signer } = outcome;
    return c.json({ certificate, ends, signer, now: deps.now().getTime() });
  });

  // And which keys were taken back: a phone that was certified by one of them asks for another certificate.
  app.get('/kta/:token/jam', (c) =>
    withKta(c, () => {
      const revoked = c.get('library').keys.filter(({ state }) => state === 'revoked');
      return c.json({ now: deps.now().getTime(), revoked: revoked.map(({ keyId }) => hexOf(keyId)) });
    }),
  );

  app.get('/kta/:token/:file{kartu\\.(?:png|pdf)}', (c) =>
    withKta(c, async (kta) => {
      const picture = await ktaPicture(c, deps, scopeOf(c, deps, HOLDER), kta);
      const name = `kartu-${kta.number}`;
      if (c.req.param('file') === 'kartu.pdf')
        return pdfAnswer(c, await deps.documents.ktaPicturePdf(picture), name, false);
      c.header('Content-Type', 'image/png');
      c.header('Content-Disposition', `inline; filename="${name}.png"`);
      return c.body(new Uint8Array(await deps.documents.ktaPicturePng(picture)));
    }),
  );

  app.get('/kta/:token/manifest.webmanifest', (c) =>
    withKta(c, (_kta, base) => {
      const { profile, look } = c.get('library').settings;
      const name = textsOf(c).card.kta.installName(profile.shortName);
      const icons = [192, 512].map((size) => ({
        src: `${base}/ikon-${size}.png`,
        sizes: `${size}x${size}`,
        type: 'image/png',
        purpose: 'any maskable',
      }));
      c.header('Content-Type', 'application/manifest+json');
      return c.body(
        JSON.stringify({
          id: base,
          name,
          short_name: profile.shortName,
          lang: c.get('lang'),
          start_url: base,
          scope: base,
          display: 'standalone',
          orientation: 'portrait',
          theme_color: libraryColours(look.colour).fill,
          background_color: '#ffffff',
          icons,
        }),
      );
    }),
  );

  app.get('/kta/:token/:icon{ikon-(?:180|192|512)\\.png}', (c) =>
    withKta(c, async () => {
      const size = Number(/\d+/.exec(c.req.param('icon') ?? '')?.[0]);
      const { look } = c.get('library').settings;
      const emblem =
        look.emblemFileId === null
          ? undefined
          : await readEmblem(deps.db, deps, scopeOf(c, deps, HOLDER), look.emblemFileId);
      const png = await deps.documents.appIcon({
        colour: look.colour,
        emblem,
        size: size === 512 ? 512 : size === 180 ? 180 : 192,
      });
      c.header('Content-Type', 'image/png');
      return c.body(new Uint8Array(png));
    }),
  );

  // Registered only when the holder asks for it; allowed to answer for this one address and nothing else. The form of the
  // token is asked because it goes into a header.
  app.get('/kta/:token{[\\w-]+}/pekerja.js', (c) => {
    const base = `/${c.get('library').slug}/kta/${c.req.param('token')}`;
    c.header('Content-Type', 'text/javascript; charset=utf-8');
    c.header('Service-Worker-Allowed', base);
    return c.body(`importScripts(${JSON.stringify(assetUrl('kta-worker.js'))});\n`);
  });

  return app;

  async function withKta(
    c: Context<LibraryEnv>,
    show: (kta: Kta, base: string) => Response | Promise<Response>,
  ): Promise<Response> {
    const token = c.req.param('token') ?? '';
    const found = await readKta(deps.db, deps, scopeOf(c, deps, HOLDER), token);
    if (found.ok) return show(found.kta, `/${c.get('library').slug}/kta/${token}`);
    sayDead(c, found.reason);
    return await c.html(deadKtaPage(c, found.reason), found.reason === 'revoked' ? 410 : 404);
  }
}

/** A phone forgets its card when it reads this, and not because something on the way answered 404. */
function sayDead(c: Context<LibraryEnv>, reason: 'unknown' | 'revoked'): void {
  c.header('Kta-Card', reason);
}

function codeWords(c: Context<LibraryEnv>) {
  const { kta } = textsOf(c).card;
  return {
    title: kta.codeTitle,
    lead: kta.codeLead,
    label: kta.code,
    about: kta.codeAbout,
    submit: kta.codeOpen,
    more: { href: `/${c.get('library').slug}/lupa-tautan`, label: textsOf(c).code.lost.link },
  };
}
