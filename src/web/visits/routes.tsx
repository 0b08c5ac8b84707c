import { type Context, Hono } from 'hono';
import type { ServicePointId, VisitId } from '../../domain/ids.ts';
import { may } from '../../domain/permissions.ts';
import { type PlainDate, parsePlainDate } from '../../domain/plain-date.ts';
import { VISIT_KINDS, type VisitKind } from '../../domain/visit.ts';
import { isOwnConsentDue } from '../../usecases/ask-own-consent.ts';
import { todayOf } from '../../usecases/context.ts';
import { correctVisit, VISIT_REASONS, voidVisit } from '../../usecases/correct-visit.ts';
import { findVisit, type ListedVisit, listVisits, readVisitDay } from '../../usecases/list-visits.ts';
import { findVisitingMember, readMember, recordVisit, type Visitor } from '../../usecases/record-visit.ts';
import { isUuid } from '../desk/input.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { feedOf } from '../event-stream.ts';
import { type FormBody, readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { groupValues, type ShownProblem, shownProblems } from '../kiosk/group-form.tsx';
import { keptKey, newKey } from '../kiosk/kiosk-layout.tsx';
import { requirePermission } from '../middleware/session.ts';
import type { Notice } from '../office/office-page.tsx';
import { smallForms } from '../public/form-routes.tsx';
import { dayPage, PAGE_SIZE } from './day-page.tsx';
import { readVisitValues, type VisitValues, visitorOf } from './visit-form.tsx';
import { recordPage, type VisitView, visitPage } from './visit-pages.tsx';

/** `/{library}/kunjungan`: the guest book for officers: the day, entries at the counter, corrections. */
export function visitRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const view = requirePermission('visit.view');
  const record = requirePermission('visit.record');
  const reader = (c: Context<LibraryEnv>) => (code: string) =>
    readMember(deps, c.get('library'), code, deps.now());

  app.get('/kunjungan', view, async (c) => {
    const scope = scopeOf(c, deps);
    const today = todayOf(scope);
    const asked = parsePlainDate(c.req.query('tanggal') ?? '') ?? today;
    const day: PlainDate = isAfter(asked, today) ? today : asked;
    const page = Math.min(1000, Math.max(1, Math.floor(Number(c.req.query('hal')) || 1)));
    const [figures, list, saved] = await Promise.all([
      readVisitDay(deps.db, scope, day),
      listVisits(deps.db, scope, day, { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE }),
      savedVisit(c),
    ]);
    return dayPage(c, {
      day,
      today,
      figures,
      visits: list.visits,
      total: list.total,
      page,
      mayRecord: mayRecord(c),
      notices: saved === undefined ? [] : await savedNotices(c, saved),
    });
  });

  app.get('/kunjungan/siaran', view, (c) => feedOf(c, deps, ({ topic }) => topic === 'visit'));

  app.get('/kunjungan/catat', record, (c) => {
    const kind = VISIT_KINDS.find((one) => one === c.req.query('jenis')) ?? 'member';
    return recordPage(c, { values: blank(c, kind), submitKey: newKey(deps.randomBytes), problems: [] });
  });

  app.post('/kunjungan/catat', record, smallForms(), async (c) => {
    const body = await readForm(c);
    const values = readVisitValues(body);
    const submitKey = keptKey(body.text('kunci'), deps.randomBytes);
    const refuse = (problems: readonly ShownProblem[]) => {
      c.status(422);
      return recordPage(c, { values: withoutIdentity(values, problems), submitKey, problems });
    };
    const visitor = await knownVisitor(c, values);
    if (!('kind' in visitor)) return refuse([visitor]);
    const scope = scopeOf(c, deps);
    const { actor, library } = scope;
    if (actor.kind !== 'officer') throw new Error('only officers come here');
    const servicePointId = pointOf(c, values);
    const outcome = await recordVisit(
      deps.db,
      deps,
      library,
      scope.at,
      { by: 'officer', officerId: actor.id, servicePointId },
      { visitor, purpose: values.purpose, submitKey },
    );
    if (outcome.ok) return c.redirect(`/${library.slug}/kunjungan?dicatat=${outcome.visitId}`, 303);
    if (outcome.reason === 'not-enrolled') throw new Error('an officer needs no device');
    return refuse(shownProblems(outcome.problems, textsOf(c).kiosk));
  });

  app.get('/kunjungan/:id', view, async (c) => {
    const visit = await visitOf(c);
    return visit === undefined ? c.notFound() : visitPage(c, plainView(c, visit));
  });

  app.post('/kunjungan/:id/batal', record, smallForms(), async (c) => {
    const visit = await visitOf(c);
    if (visit === undefined) return c.notFound();
    const body = await readForm(c);
    const { visits } = textsOf(c).kiosk;
    const outcome = await voidVisit(deps.db, deps, scopeOf(c, deps), visit.id, reasonOf(body));
    if (outcome.ok) return c.redirect(`/${c.get('library').slug}/kunjungan/${visit.id}`, 303);
    const refused = { ...plainView(c, visit), reason: { of: 'batal' as const, ...typedReason(body) } };
    if (outcome.reason === 'not-found') return changed(c, refused);
    c.status(422);
    return visitPage(c, { ...refused, problems: [{ field: 'batal-alasan', text: visits.reasonMissing }] });
  });

  app.post('/kunjungan/:id/perbaiki', record, smallForms(), async (c) => {
    const visit = await visitOf(c);
    if (visit === undefined) return c.notFound();
    const body = await readForm(c);
    const { visits } = textsOf(c).kiosk;
    const values = { ...readVisitValues(body), kind: visit.kind };
    const submitKey = keptKey(body.text('kunci'), deps.randomBytes);
    const refused = {
      ...plainView(c, visit),
      values,
      submitKey,
      reason: { of: 'perbaiki' as const, ...typedReason(body) },
    };
    const refuse = (problems: readonly ShownProblem[]) => {
      c.status(422);
      return visitPage(c, { ...refused, values: withoutIdentity(values, problems), problems });
    };
    // An entry keeps its member, or its unknown number, unless another number is given.
    const visitor: Visitor | ShownProblem =
      visit.kind === 'member' && values.code.trim() === ''
        ? {
            kind: 'member',
            member: visit.member === null ? null : { by: 'id', memberId: visit.member.id },
          }
        : await knownVisitor(c, values);
    if (!('kind' in visitor)) return refuse([visitor]);
    const outcome = await correctVisit(deps.db, deps, scopeOf(c, deps), visit.id, {
      visitor,
      purpose: values.purpose,
      submitKey,
      servicePointId: values.servicePoint as ServicePointId,
      given: reasonOf(body),
    });
    if (outcome.ok) return c.redirect(`/${c.get('library').slug}/kunjungan/${outcome.visitId}`, 303);
    switch (outcome.reason) {
      case 'not-found':
        return changed(c, refused);
      case 'reason-missing':
        return refuse([{ field: 'perbaiki-alasan', text: visits.reasonMissing }]);
      case 'unknown-member':
        return refuse([{ field: 'kode', text: visits.unknownMember }]);
      case 'unknown-service-point':
        return refuse([{ field: 'titik', text: textsOf(c).common.field.choose }]);
      case 'invalid':
        return refuse(shownProblems(outcome.problems, textsOf(c).kiosk));
    }
  });

  return app;

  /** The visitor of a typed entry, a member only where the number exists: an officer may know. */
  async function knownVisitor(c: Context<LibraryEnv>, values: VisitValues): Promise<Visitor | ShownProblem> {
    const { kiosk } = textsOf(c);
    const visitor = visitorOf(values, reader(c));
    if (!('kind' in visitor)) return { field: 'kode', text: kiosk.member.problems[visitor.reason] };
    if (visitor.kind !== 'member' || visitor.member === null) return visitor;
    const member = await findVisitingMember(deps.db, c.get('library'), visitor.member);
    if (!member) return { field: 'kode', text: kiosk.visits.unknownMember };
    return { kind: 'member', member: { by: 'id', memberId: member.id } };
  }

  async function visitOf(c: Context<LibraryEnv>): Promise<ListedVisit | undefined> {
    const id = c.req.param('id') ?? '';
    return isUuid(id) ? findVisit(deps.db, scopeOf(c, deps), id as VisitId) : undefined;
  }

  async function savedVisit(c: Context<LibraryEnv>): Promise<ListedVisit | undefined> {
    const id = c.req.query('dicatat') ?? '';
    return isUuid(id) ? findVisit(deps.db, scopeOf(c, deps), id as VisitId) : undefined;
  }

  /** The visit, and that somebody who came of age under a guardian's consent should be asked for their own. */
  async function savedNotices(c: Context<LibraryEnv>, visit: ListedVisit): Promise<readonly Notice[]> {
    const scope = scopeOf(c, deps);
    const { member } = visit;
    if (member === null || !mayRecord(c) || !(await isOwnConsentDue(deps.db, scope, member.id)))
      return [savedNotice(c, visit)];
    const { own } = textsOf(c).rights;
    const text = (
      <p>
        {own.atDesk}{' '}
        <a href={`/${scope.library.slug}/anggota/${member.id}/persetujuan-sendiri`}>{own.toMember}</a>
      </p>
    );
    return [savedNotice(c, visit), { tone: 'warning', text }];
  }

  function plainView(c: Context<LibraryEnv>, visit: ListedVisit): VisitView {
    return {
      visit,
      values: valuesOf(visit),
      submitKey: newKey(deps.randomBytes),
      problems: [],
      mayRecord: mayRecord(c),
      reason: null,
      notices: [],
    };
  }
}

/** The future has no visits. */
function isAfter(one: PlainDate, other: PlainDate): boolean {
  return one > other;
}

function mayRecord(c: Context<LibraryEnv>): boolean {
  const officer = c.get('officer');
  return officer !== null && may(officer.roles, 'visit.record');
}

function changed(c: Context<LibraryEnv>, view: VisitView) {
  c.status(409);
  return visitPage(c, {
    ...view,
    mayRecord: false,
    notices: [{ tone: 'warning', text: textsOf(c).kiosk.visits.changed }],
  });
}

/** What the counter must know at once: whose visit, and whether the membership needs a word. */
function savedNotice(c: Context<LibraryEnv>, visit: ListedVisit): Notice {
  const { kiosk, common } = textsOf(c);
  const { visits } = kiosk;
  const { member } = visit;
  if (member === null) return { tone: 'success', text: visits.saved };
  const state =
    member.state !== 'active' ? common.memberState[member.state] : member.expired ? visits.expired : null;
  const text = visit.counted ? visits.savedMember(member.name) : visits.savedRepeat(member.name);
  return state === null ? { tone: 'success', text } : { tone: 'warning', text: `${text} ${state}.` };
}

function pointOf(c: Context<LibraryEnv>, values: VisitValues): ServicePointId {
  const officer = c.get('officer');
  const chosen = c.get('library').servicePoints.find((point) => point.id === values.servicePoint)?.id;
  if (officer === null) throw new Error('only officers come here');
  return chosen ?? officer.servicePointId;
}

function blank(c: Context<LibraryEnv>, kind: VisitKind): VisitValues {
  return {
    kind,
    code: '',
    purpose: '',
    servicePoint: c.get('officer')?.servicePointId ?? '',
    name: '',
    sex: '',
    education: '',
    occupation: '',
    group: {},
  };
}

function valuesOf(visit: ListedVisit): VisitValues {
  return {
    kind: visit.kind,
    code: '',
    purpose: visit.purpose,
    servicePoint: visit.servicePointId,
    name: visit.kind === 'non_member' ? (visit.name ?? '') : '',
    sex: visit.sex ?? '',
    education: visit.education ?? '',
    occupation: visit.occupation ?? '',
    group: visit.kind === 'group' ? groupValues(visit) : {},
  };
}

/** An identity number typed into the wrong field is not sent back to the screen. */
function withoutIdentity(values: VisitValues, problems: readonly ShownProblem[]): VisitValues {
  const wrong = problems.some((problem) => problem.field === 'kode');
  return wrong && /^\d{16}$/.test(values.code.replace(/[\s.-]/g, '')) ? { ...values, code: '' } : values;
}

function typedReason(body: FormBody): { readonly code: string; readonly note: string } {
  return { code: body.text('alasan'), note: body.text('keterangan').slice(0, 200) };
}

function reasonOf(body: FormBody) {
  const { code, note } = typedReason(body);
  const reason = VISIT_REASONS.find((one) => one === code);
  // No choice is refused like "another reason" without words.
  return reason === undefined ? { reason: 'other' as const, note: '' } : { reason, note };
}
