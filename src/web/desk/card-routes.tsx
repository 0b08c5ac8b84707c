import { type Context, Hono } from 'hono';
import type { MemberStatus } from '../../domain/validity.ts';
import type { CardTexts } from '../../i18n/id/card.ts';
import { approveApplication } from '../../usecases/approve-application.ts';
import { readPresentCard } from '../../usecases/read-card.ts';
import { readCase } from '../../usecases/read-case.ts';
import { handOverCard, recordPrint } from '../../usecases/record-card.ts';
import { reissueKta } from '../../usecases/reissue-kta.ts';
import { pdfAnswer, printCard } from '../card-print.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm, timeShown } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { requirePermission } from '../middleware/session.ts';
import { versionOf } from './input.ts';
import { back, svgAnswer } from './photo-routes.tsx';
import { caseIdOf, showCase, showRefusal } from './show-case.tsx';

type CardRefusal = keyof CardTexts['desk']['refused'];

/** What is posted by `CardPanel`, the card's PDF and the code that opens the KTA. */
export function cardRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const process = requirePermission('application.process');
  const print = requirePermission('card.print');

  app.post('/loket/:id/setujui', requirePermission('application.approve'), async (c) => {
    const id = caseIdOf(c);
    if (!id) return c.notFound();
    const body = await readForm(c);
    const scope = scopeOf(c, deps);
    const outcome = await approveApplication(deps.db, deps, scope, {
      applicationId: id,
      expectedVersion: versionOf(body.text('versi')),
    });
    if (!outcome.ok) return refuse(c, deps, outcome.reason);
    if (outcome.cardId === null || body.text('cetak') !== '1') return back(c, id);
    // The member exists whatever the printer does; "gagal cetak" takes this back.
    await recordPrint(deps.db, deps, scope, { applicationId: id, outcome: 'printed' });
    return back(c, id, '?cetak=1');
  });

  app.post('/loket/:id/cetak', print, async (c) => {
    const id = caseIdOf(c);
    if (!id) return c.notFound();
    const body = await readForm(c);
    const failed = body.text('hasil') === 'gagal';
    const outcome = await recordPrint(deps.db, deps, scopeOf(c, deps), {
      applicationId: id,
      outcome: failed ? 'print_failed' : 'printed',
      shown: timeShown(body, 'tercetak'),
    });
    if (!outcome.ok && outcome.reason !== 'already-told') return refuse(c, deps, outcome.reason);
    return back(c, id, failed ? '' : '?cetak=1');
  });

  app.post('/loket/:id/serahkan', process, async (c) => {
    const id = caseIdOf(c);
    if (!id) return c.notFound();
    const scope = scopeOf(c, deps);
    const card = await readPresentCard(deps.db, deps, scope, { applicationId: id });
    const outcome = await handOverCard(deps.db, deps, scope, {
      applicationId: id,
      how: card?.printedAt ? 'card' : 'kta_online',
    });
    return outcome.ok ? back(c, id) : refuse(c, deps, outcome.reason);
  });

  app.post('/loket/:id/kta-lagi', process, async (c) => {
    const id = caseIdOf(c);
    const view = id === undefined ? undefined : await readCase(deps.db, deps, scopeOf(c, deps), id);
    if (!id || !view || view.row.state !== 'already_member' || view.member === null) return c.notFound();
    const body = await readForm(c);
    const outcome = await reissueKta(deps.db, deps, scopeOf(c, deps), {
      memberId: view.member.id,
      shown: body.names.includes('alamat') ? body.text('alamat') : undefined,
    });
    return outcome.ok ? back(c, id) : refuse(c, deps, outcome.reason);
  });

  app.get('/loket/:id/kartu.pdf', print, async (c) => {
    const id = caseIdOf(c);
    const scope = scopeOf(c, deps);
    const card = id === undefined ? null : await readPresentCard(deps.db, deps, scope, { applicationId: id });
    // A suspended or ended membership has no card to print, whatever its case still shows.
    if (card === null || !PRINTABLE.has(card.status)) return c.notFound();
    const layout = c.req.query('lembar') === 'a4' ? 'a4' : 'cr80';
    return pdfAnswer(c, await printCard(c, deps, scope, card, layout), `kartu-${card.number}`, true);
  });

  app.get('/loket/:id/kta.svg', process, async (c) => {
    const id = caseIdOf(c);
    const scope = scopeOf(c, deps);
    const card = id === undefined ? null : await readPresentCard(deps.db, deps, scope, { applicationId: id });
    if (card === null) return c.notFound();
    const address = `${c.get('origin')}/${scope.library.slug}/kta/${card.token}`;
    return svgAnswer(c, deps.documents.qrSvg(address, textsOf(c).card.desk.ktaQr));
  });

  return app;
}

const PRINTABLE: ReadonlySet<MemberStatus> = new Set(['active', 'expired']);

/** Refused: the case as it stands now, with what to do. */
function refuse(c: Context<LibraryEnv>, deps: WebDeps, reason: CardRefusal) {
  if (reason === 'not-found' || reason === 'not-allowed' || reason === 'changed-meanwhile')
    return showRefusal(c, deps, { reason });
  c.status(422);
  return showCase(c, deps, { notice: { tone: 'warning', text: textsOf(c).card.desk.refused[reason] } });
}
