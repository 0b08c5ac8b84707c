import { type Context, Hono } from 'hono';
import { isUuid } from '../../domain/card-claims.ts';
import { giveOwnConsent } from '../../usecases/ask-own-consent.ts';
import type { Actor } from '../../usecases/context.ts';
import { removeMemberPasskey } from '../../usecases/member-passkey.ts';
import { CONSENT_PURPOSES } from '../../usecases/read-consents.ts';
import {
  downloadOwnData,
  type OwnData,
  type OwnDownload,
  readOwnData,
  readOwnViews,
} from '../../usecases/rights-data.ts';
import { askRight } from '../../usecases/rights-request.ts';
import { RIGHTS_WAYS, type RightsWay } from '../../usecases/rights-subject.ts';
import { narrowService, stopService } from '../../usecases/service-member.ts';
import { pdfAnswer } from '../card-print.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { limitForms } from '../doorstep.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { messagePage } from '../error-pages.tsx';
import { type FormBody, readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { answerConsent } from './consent-part.tsx';
import { smallForms } from './form-routes.tsx';
import { ownDataJson, ownDataPdf } from './my-data-file.ts';
import { type MyDataProps, myDataPage, olderViewsPage, ownConsentPage } from './my-data-page.tsx';
import { ownerToProve, proveOwner } from './own-proof.tsx';
import { secretAddress } from './secret-page.ts';
import { goneTexts, SubPage } from './status-page.tsx';
import { asSite } from './status-routes.tsx';

const PERSON: Actor = { kind: 'applicant' };

interface Found {
  readonly data: OwnData;
  readonly way: RightsWay;
  readonly token: string;
  readonly base: string;
}

/**
 * `/{library}/data-saya/{kta|permohonan}/{token}`: a person's own data and rights, behind the secret of the KTA or of the
 * case. Nothing can be guessed, nothing is stored by browsers, and identity numbers are masked throughout.
 */
export function myDataRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const slowly = limitForms(deps, 'rights', 60);
  app.use('/data-saya/*', secretAddress());

  app.get('/data-saya/:way/:token', (c) =>
    withData(c, (found) => {
      const { rights, signIn } = textsOf(c);
      const { ended, narrowed, removed } = signIn.own;
      const all = {
        minta: rights.ask.done,
        sendiri: rights.own.done,
        layanan: ended,
        bagian: narrowed,
        kunci: removed,
      };
      const news = all[c.req.query('kabar') as keyof typeof all];
      return myDataPage(c, { ...found, news });
    }),
  );

  app.get('/data-saya/:way/:token/dibaca', async (c) => {
    const way = RIGHTS_WAYS.find((one) => one === c.req.param('way'));
    const token = c.req.param('token') ?? '';
    const asked = c.req.query('sebelum') ?? '';
    const from = isUuid(asked) ? asked : null;
    const page = way && (await readOwnViews(deps.db, deps, scopeOf(c, deps, PERSON), way, token, from));
    if (!page || !way) return await messagePage(asSite(c), goneTexts(c));
    return olderViewsPage(c, { ...page, base: `/${c.get('library').slug}/data-saya/${way}/${token}` });
  });

  // The button that sends a code, and where its code is typed: a download is only an address.
  app.get('/data-saya/:way/:token/unduh', (c) =>
    withData(c, async ({ way, token, base }) => {
      const file = fileOf(c);
      const asked = await ownerToProve(c, deps, { way, token });
      if (asked === null) return c.redirect(`${base}/${file}`, 303);
      const { prove } = textsOf(c).code;
      return c.html(
        <SubPage c={c} title={prove.title} lead={prove.ask(asked.to)}>
          <form method="post" action={`${base}/unduh?berkas=${file}`}>
            <div class="dp-actions">
              <Button>{prove.send}</Button>
              <LinkButton href={base} variant="secondary">
                {prove.cancel}
              </LinkButton>
            </div>
          </form>
          <p class="dp-small dp-muted">{prove.other}</p>
        </SubPage>,
      );
    }),
  );

  app.post('/data-saya/:way/:token/unduh', smallForms(), slowly, (c) =>
    withData(c, async ({ way, token, base }) => {
      const asked = await proveOwner(c, deps, { way, token, back: base }, await readForm(c));
      return asked ?? c.redirect(`${base}/${fileOf(c)}`, 303);
    }),
  );

  app.get('/data-saya/:way/:token/data.json', (c) =>
    withDownload(c, (data) => {
      c.header('Content-Disposition', 'attachment; filename="data-saya.json"');
      const type = 'application/json; charset=utf-8';
      return c.body(ownDataJson(c, data, deps.now()), 200, { 'Content-Type': type });
    }),
  );

  app.get('/data-saya/:way/:token/data.pdf', (c) =>
    withDownload(c, async (data) =>
      pdfAnswer(c, await ownDataPdf(c, deps, data, deps.now()), 'data-saya', false),
    ),
  );

  app.post('/data-saya/:way/:token/persetujuan', smallForms(), slowly, (c) =>
    withData(c, ({ data, base }) => {
      const { memberId, applicationId } = data.subject;
      if (memberId !== null) return answerConsent(c, deps, { memberId }, base);
      return applicationId === null ? c.notFound() : answerConsent(c, deps, { applicationId }, base);
    }),
  );

  app.get('/data-saya/:way/:token/persetujuan-sendiri', (c) =>
    withData(c, ({ data, base }) =>
      data.consents?.waitsForOwn && data.subject.memberId !== null
        ? ownConsentPage(c, { action: `${base}/persetujuan-sendiri`, back: base })
        : c.redirect(base, 303),
    ),
  );

  app.post('/data-saya/:way/:token/persetujuan-sendiri', smallForms(), slowly, (c) =>
    withData(c, async ({ data, base }) => {
      const { memberId } = data.subject;
      if (memberId === null) return c.notFound();
      const body = await readForm(c);
      const read = readOwnConsent(c, body);
      const refused = (errors: readonly { readonly field: string; readonly text: string }[]) => {
        c.status(422);
        return ownConsentPage(c, {
          action: `${base}/persetujuan-sendiri`,
          back: base,
          typed: read.typed,
          errors,
        });
      };
      if (read.errors.length > 0) return refused(read.errors);
      const outcome = await giveOwnConsent(deps.db, deps, scopeOf(c, deps, PERSON), {
        memberId,
        channel: 'phone',
        ...read.answer,
      });
      if (!outcome.ok && outcome.reason === 'text-changed')
        return refused([{ field: 'dibaca', text: textsOf(c).rights.own.textChanged }]);
      return c.redirect(outcome.ok ? `${base}?kabar=sendiri` : base, 303);
    }),
  );

  app.post('/data-saya/:way/:token/layanan/:id', smallForms(), slowly, (c) =>
    withData(c, async ({ data, base }) => {
      const { memberId } = data.subject;
      const one = data.services.find(({ clientId }) => clientId === c.req.param('id'));
      if (memberId === null || !one) return c.redirect(base, 303);
      await stopService(deps.db, deps, scopeOf(c, deps, PERSON), { memberId, clientId: one.clientId });
      return c.redirect(`${base}?kabar=layanan`, 303);
    }),
  );

  app.post('/data-saya/:way/:token/layanan/:id/bagian', smallForms(), slowly, (c) =>
    withData(c, async ({ data, base }) => {
      const { memberId } = data.subject;
      const one = data.services.find(({ clientId }) => clientId === c.req.param('id'));
      const typed = (await readForm(c)).text('bagian');
      const part = one?.scopes.find((scope) => scope === typed);
      if (memberId === null || !one || !part) return c.redirect(base, 303);
      const what = { memberId, clientId: one.clientId, part };
      await narrowService(deps.db, deps, scopeOf(c, deps, PERSON), what);
      return c.redirect(`${base}?kabar=bagian`, 303);
    }),
  );

  app.post('/data-saya/:way/:token/kunci-sandi/:id', smallForms(), slowly, (c) =>
    withData(c, async ({ data, way, token, base }) => {
      const { memberId } = data.subject;
      const one = data.passkeys.find(({ id }) => id === c.req.param('id'));
      if (memberId === null || !one) return c.redirect(base, 303);
      // How somebody signs in is not changed by whoever holds a leaked address.
      const asked = await proveOwner(c, deps, { way, token, back: base }, await readForm(c));
      if (asked) return asked;
      await removeMemberPasskey(deps.db, deps, scopeOf(c, deps, PERSON), { memberId, id: one.id });
      return c.redirect(`${base}?kabar=kunci`, 303);
    }),
  );

  app.post('/data-saya/:way/:token/permintaan', smallForms(), slowly, (c) =>
    withData(c, async ({ data, way, token, base }) => {
      const body = await readForm(c);
      const typed = { kind: body.text('jenis'), words: body.text('keterangan') };
      const asked =
        typed.kind === 'erase' ? await proveOwner(c, deps, { way, token, back: base }, body) : null;
      if (asked) return asked;
      const outcome = await askRight(deps.db, deps, scopeOf(c, deps, PERSON), {
        by: 'person',
        way,
        token,
        ...typed,
      });
      if (outcome.ok) return c.redirect(`${base}?kabar=minta#permintaan`, 303);
      const { problems } = textsOf(c).rights.ask;
      const field = outcome.reason.startsWith('words') ? 'keterangan' : 'jenis';
      const props: MyDataProps = {
        data,
        way,
        token,
        typed,
        errors: [{ field, text: problems[outcome.reason] }],
      };
      c.status(outcome.reason === 'open-already' ? 409 : 422);
      return myDataPage(c, props);
    }),
  );

  return app;

  /** A secret of another library, an old one and a made-up one are the same 404. */
  async function withData(
    c: Context<LibraryEnv>,
    show: (found: Found) => Response | Promise<Response>,
  ): Promise<Response> {
    const way = RIGHTS_WAYS.find((one) => one === c.req.param('way'));
    const token = c.req.param('token') ?? '';
    const data = way && (await readOwnData(deps.db, deps, scopeOf(c, deps, PERSON), way, token));
    if (!data || !way) return await messagePage(asSite(c), goneTexts(c));
    return show({ data, way, token, base: `/${c.get('library').slug}/data-saya/${way}/${token}` });
  }

  async function withDownload(
    c: Context<LibraryEnv>,
    show: (data: OwnDownload) => Response | Promise<Response>,
  ): Promise<Response> {
    const way = RIGHTS_WAYS.find((one) => one === c.req.param('way'));
    const token = c.req.param('token') ?? '';
    if (way && (await ownerToProve(c, deps, { way, token })) !== null) {
      const base = `/${c.get('library').slug}/data-saya/${way}/${token}`;
      const file = c.req.path.slice(c.req.path.lastIndexOf('/') + 1);
      return c.redirect(`${base}/unduh?berkas=${file}`, 303);
    }
    const data = way && (await downloadOwnData(deps.db, deps, scopeOf(c, deps, PERSON), way, token));
    return data ? show(data) : await messagePage(asSite(c), goneTexts(c));
  }
}

function fileOf(c: Context<LibraryEnv>): 'data.json' | 'data.pdf' {
  return c.req.query('berkas') === 'data.json' ? 'data.json' : 'data.pdf';
}

/** What somebody answered on `OwnConsentForm`, with what is missing. */
export function readOwnConsent(c: Context<LibraryEnv>, body: FormBody) {
  const { own, ledger } = textsOf(c).rights;
  const typed: Record<string, string> = { dibaca: body.text('dibaca') };
  const errors: { field: string; text: string }[] = [];
  if (typed.dibaca === '') errors.push({ field: 'dibaca', text: own.notRead });
  for (const purpose of CONSENT_PURPOSES) {
    typed[purpose] = body.text(purpose);
    if (typed[purpose] !== 'ya' && typed[purpose] !== 'tidak')
      errors.push({ field: purpose, text: `${ledger.purposes[purpose]}: ${own.unanswered}` });
  }
  return {
    typed,
    errors,
    answer: {
      acknowledged: typed.dibaca !== '',
      consents: { photo_on_card: typed.photo_on_card === 'ya', messages: typed.messages === 'ya' },
      textVersion: body.text('versi'),
      textLang: c.get('lang'),
    },
  };
}
