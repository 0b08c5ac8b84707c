import { type Context, Hono } from 'hono';
import { giveOwnConsent } from '../../usecases/ask-own-consent.ts';
import { todayOf } from '../../usecases/context.ts';
import { readMember } from '../../usecases/read-member.ts';
import {
  askRight,
  type Decision,
  decideRequest,
  listRequests,
  mentionsOfRequest,
  readRequest,
} from '../../usecases/rights-request.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { requireFresh } from '../middleware/fresh.ts';
import { showsPerson } from '../middleware/record-views.ts';
import { requirePermission } from '../middleware/session.ts';
import { readOwnConsent } from '../public/my-data-routes.tsx';
import { dateOf, memberIdOf, uuidOf, versionOf } from './input.ts';
import type { FieldError } from './member-action-page.tsx';
import {
  mentionField,
  requestPage,
  requestsPage,
  type TypedDecision,
  takeOwnConsentPage,
  takeRequestPage,
} from './requests-page.tsx';

/** `/{library}/permintaan-data` and what the counter takes down on a member's page. */
export function requestRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const decide = requirePermission('rights.decide');
  const take = requirePermission('application.process');

  app.get('/permintaan-data', decide, async (c) => {
    const scope = scopeOf(c, deps);
    const open = await listRequests(deps.db, deps, scope, 'open');
    const answered = await listRequests(deps.db, deps, scope, 'answered');
    if (!open || !answered) return c.notFound();
    const { office } = textsOf(c).rights;
    const figure = (name: string) => String(Number.parseInt(c.req.query(name) ?? '', 10) || 0);
    const looked = office.looked(figure('dilihat'), figure('diambil'), figure('dibiarkan'));
    const text = { jawab: office.saved, hapus: `${office.savedErased} ${looked}` }[
      c.req.query('selesai') ?? ''
    ];
    return requestsPage(c, {
      open,
      answered,
      now: deps.now(),
      notices: text === undefined ? [] : [{ tone: 'success', text }],
    });
  });

  app.get('/permintaan-data/:id', decide, (c) => showRequest(c, {}));

  app.post('/permintaan-data/:id', decide, requireFresh(deps), async (c) => {
    const id = uuidOf<string>(c.req.param('id'));
    if (!id) return c.notFound();
    const body = await readForm(c);
    const { problems, confirmMissing } = textsOf(c).rights.office;
    const until = dateOf(body, 'hingga');
    const mentions = await mentionsOfRequest(deps.db, deps, scopeOf(c, deps), id);
    const typed: TypedDecision = {
      decision: body.text('putusan'),
      holdReason: body.text('alasan-tahan'),
      refuseReason: body.text('alasan-tolak'),
      until: until.text,
      mentions: new Map(mentions.map((one) => [one.at, body.text(mentionField(one))])),
    };
    const refused = (field: string, text: string, status: 409 | 422 = 422) => {
      c.status(status);
      return showRequest(c, { typed, errors: [{ field, text }] });
    };
    const decision = decisionOf(typed, until.date);
    if (decision === undefined) return refused('putusan', problems['no-decision']);
    if (decision === 'no-date' || decision === 'day-missing') return refused('hingga', problems[decision]);
    const request = await readRequest(deps.db, deps, scopeOf(c, deps), id);
    if (request?.kind === 'erase' && decision.state === 'done' && body.text('mengerti') === '')
      return refused('mengerti', confirmMissing);
    const chosen = (word: string) =>
      new Set([...typed.mentions].flatMap(([at, value]) => (value === word ? [at] : [])));
    const outcome = await decideRequest(deps.db, deps, scopeOf(c, deps), {
      id,
      version: versionOf(body.text('versi')),
      decision,
      mentions: { taken: chosen('ambil'), left: chosen('biarkan') },
    });
    if (outcome.ok) {
      const sums = Object.values(outcome.named ?? {});
      const sum = (of: 'looked' | 'changed' | 'left') => sums.reduce((all, one) => all + one[of], 0);
      const report = `hapus&dilihat=${sum('looked')}&diambil=${sum('changed')}&dibiarkan=${sum('left')}`;
      return c.redirect(
        `/${c.get('library').slug}/permintaan-data?selesai=${outcome.erased ? report : 'jawab'}`,
        303,
      );
    }
    switch (outcome.reason) {
      case 'not-found':
      case 'not-allowed':
        return c.notFound();
      case 'unknown-reason':
        return refused(
          decision.state === 'held' ? 'alasan-tahan' : 'alasan-tolak',
          problems['unknown-reason'],
        );
      case 'mentions-open': {
        const open = mentions.find(({ at }) => !chosen('ambil').has(at) && !chosen('biarkan').has(at));
        return refused(open ? mentionField(open) : 'putusan', problems['mentions-open']);
      }
      case 'day-past':
        return refused('hingga', problems['day-past']);
      default:
        return refused('putusan', problems[outcome.reason], 409);
    }
  });

  app.get('/anggota/:id/permintaan', take, (c) =>
    withMember(c, (member) => takeRequestPage(c, { ...member })),
  );

  app.post('/anggota/:id/permintaan', take, (c) =>
    withMember(c, async (member) => {
      const body = await readForm(c);
      const typed = { kind: body.text('jenis'), words: body.text('keterangan') };
      const outcome = await askRight(deps.db, deps, scopeOf(c, deps), {
        by: 'counter',
        memberId: member.memberId,
        ...typed,
      });
      if (outcome.ok)
        return c.redirect(`/${c.get('library').slug}/anggota/${member.memberId}?hak=minta`, 303);
      const field = outcome.reason.startsWith('words') ? 'keterangan' : 'jenis';
      c.status(outcome.reason === 'open-already' ? 409 : 422);
      const errors = [{ field, text: textsOf(c).rights.ask.problems[outcome.reason] }];
      return takeRequestPage(c, { ...member, typed, errors });
    }),
  );

  app.get('/anggota/:id/persetujuan-sendiri', take, (c) =>
    withMember(c, (member) => (member.waitsForOwn ? takeOwnConsentPage(c, { ...member }) : c.notFound())),
  );

  app.post('/anggota/:id/persetujuan-sendiri', take, (c) =>
    withMember(c, async (member) => {
      const read = readOwnConsent(c, await readForm(c));
      const refused = (errors: readonly FieldError[]) => {
        c.status(422);
        return takeOwnConsentPage(c, { ...member, typed: read.typed, errors });
      };
      if (read.errors.length > 0) return refused(read.errors);
      const outcome = await giveOwnConsent(deps.db, deps, scopeOf(c, deps), {
        memberId: member.memberId,
        channel: 'desk',
        ...read.answer,
      });
      if (!outcome.ok && outcome.reason === 'text-changed')
        return refused([{ field: 'dibaca', text: textsOf(c).rights.own.textChanged }]);
      const query = outcome.ok ? '?hak=sendiri' : '';
      return c.redirect(`/${c.get('library').slug}/anggota/${member.memberId}${query}`, 303);
    }),
  );

  return app;

  async function showRequest(
    c: Context<LibraryEnv>,
    shown: { readonly typed?: TypedDecision; readonly errors?: readonly FieldError[] },
  ): Promise<Response> {
    const id = uuidOf<string>(c.req.param('id'));
    const request = id && (await readRequest(deps.db, deps, scopeOf(c, deps), id));
    if (!request) return await c.notFound();
    if (request.memberId !== null) showsPerson(c, 'member', request.memberId, 'request');
    else if (request.applicationId !== null) showsPerson(c, 'application', request.applicationId, 'request');
    const mentions = await mentionsOfRequest(deps.db, deps, scopeOf(c, deps), id);
    const today = todayOf(scopeOf(c, deps));
    return await requestPage(c, { request, mentions, now: deps.now(), today, ...shown });
  }

  async function withMember(
    c: Context<LibraryEnv>,
    show: (member: {
      readonly memberId: NonNullable<ReturnType<typeof memberIdOf>>;
      readonly name: string;
      readonly number: string;
      readonly waitsForOwn: boolean;
    }) => Response | Promise<Response>,
  ): Promise<Response> {
    const id = memberIdOf(c);
    const member = id && (await readMember(deps.db, deps, scopeOf(c, deps), id));
    if (!member || member.masked || member.erased || member.mergedInto !== null) return await c.notFound();
    const { values, number, waitsForOwn } = member;
    return await show({ memberId: member.id, name: values.name ?? '', number, waitsForOwn });
  }
}

function decisionOf(
  typed: TypedDecision,
  until: ReturnType<typeof dateOf>['date'],
): Decision | 'no-date' | 'day-missing' | undefined {
  switch (typed.decision) {
    case 'done':
      return { state: 'done' };
    case 'refused':
      return { state: 'refused', reason: typed.refuseReason };
    case 'held':
      if (until === undefined) return 'no-date';
      return until === null ? 'day-missing' : { state: 'held', reason: typed.holdReason, until };
    default:
      return undefined;
  }
}
