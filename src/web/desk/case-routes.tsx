import { Hono } from 'hono';
import type { MemberId } from '../../domain/ids.ts';
import { DIFFERENT_REASONS } from '../../domain/member-merge.ts';
import { DOCUMENT_TYPES, type DocumentForm } from '../../domain/procedure.ts';
import { concludeAlreadyMember } from '../../usecases/conclude-already-member.ts';
import { crossCheckAsNew, NOBODY_ALIKE } from '../../usecases/cross-check.ts';
import { decideException, type ExceptionDecision } from '../../usecases/decide-exception.ts';
import { endorseApplication } from '../../usecases/endorse-application.ts';
import { ESCALATION_KINDS, escalate } from '../../usecases/escalate.ts';
import { readCase } from '../../usecases/read-case.ts';
import { rejectApplication } from '../../usecases/reject-application.ts';
import { renewMember } from '../../usecases/renew-member.ts';
import { revealNumber } from '../../usecases/reveal-number.ts';
import { seeIdentity } from '../../usecases/see-identity.ts';
import { releaseCase, TAKE_OVER_REASONS, takeCase, takeOverCase } from '../../usecases/take-case.ts';
import { withdrawApplication } from '../../usecases/withdraw-application.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { requirePermission } from '../middleware/session.ts';
import { OPENABLE } from './case-forms.tsx';
import { isUuid, startOf, versionOf } from './input.ts';
import { caseIdOf, showCase, showRefusal } from './show-case.tsx';

const FORMS: readonly DocumentForm[] = ['original', 'copy', 'ikd', 'upload'];

/** `/{library}/loket/{id}`: the case and what an officer does with it, one post an act. */
export function caseRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const view = requirePermission('application.view');
  const back = (slug: string, id: string) => `/${slug}/loket/${id}`;

  app.get('/loket/:id', view, (c) => {
    const asked = c.req.query('buka');
    return showCase(c, deps, { open: OPENABLE.find((each) => each === asked) ?? null });
  });

  app.post('/loket/:id/ambil', view, async (c) => {
    const id = caseIdOf(c);
    if (!id) return c.notFound();
    const outcome = await takeCase(deps.db, deps, scopeOf(c, deps), { applicationId: id });
    return outcome.ok ? c.redirect(back(c.get('library').slug, id), 303) : showRefusal(c, deps, outcome);
  });

  app.post('/loket/:id/ambil-alih', view, async (c) => {
    const id = caseIdOf(c);
    const body = await readForm(c);
    const reason = TAKE_OVER_REASONS.find((each) => each === body.text('alasan'));
    if (!id) return c.notFound();
    if (!reason) return showRefusal(c, deps, { reason: 'no-reason' }, { open: 'ambil-alih' });
    const outcome = await takeOverCase(deps.db, deps, scopeOf(c, deps), { applicationId: id, reason });
    return outcome.ok ? c.redirect(back(c.get('library').slug, id), 303) : showRefusal(c, deps, outcome);
  });

  app.post('/loket/:id/lepas', view, async (c) => {
    const id = caseIdOf(c);
    if (!id) return c.notFound();
    const outcome = await releaseCase(deps.db, deps, scopeOf(c, deps), { applicationId: id });
    return outcome.ok ? c.redirect(`/${c.get('library').slug}/loket`, 303) : showRefusal(c, deps, outcome);
  });

  app.post('/loket/:id/identitas', view, async (c) => {
    const id = caseIdOf(c);
    const [typeText, formText] = (await readForm(c)).text('dokumen').split(':');
    const documentType = DOCUMENT_TYPES.find((each) => each === typeText);
    const documentForm = FORMS.find((each) => each === formText);
    if (!id || !documentType || !documentForm) return c.notFound();
    const outcome = await seeIdentity(deps.db, deps, scopeOf(c, deps), {
      applicationId: id,
      documentType,
      documentForm,
    });
    if (outcome.ok) return c.redirect(back(c.get('library').slug, id), 303);
    if (outcome.reason !== 'not-accepted') return showRefusal(c, deps, outcome);
    c.status(422);
    return showCase(c, deps, { notice: { tone: 'warning', text: textsOf(c).desk.identity.notAccepted } });
  });

  app.post('/loket/:id/kros-cek', view, async (c) => {
    const id = caseIdOf(c);
    const body = await readForm(c);
    const reason = ([...DIFFERENT_REASONS, NOBODY_ALIKE] as const).find(
      (each) => each === body.text('alasan'),
    );
    if (!id || !reason) return c.notFound();
    const shown = body.text('dilihat');
    const outcome = await crossCheckAsNew(deps.db, deps, scopeOf(c, deps), {
      applicationId: id,
      reason,
      ...(shown === '' ? {} : { shown: shown.split(' ') }),
      expectedVersion: versionOf(body.text('versi')),
    });
    return outcome.ok ? c.redirect(back(c.get('library').slug, id), 303) : showRefusal(c, deps, outcome);
  });

  app.post('/loket/:id/sudah-anggota', view, async (c) => {
    const id = caseIdOf(c);
    const body = await readForm(c);
    const member = body.text('anggota');
    if (!id || !isUuid(member)) return c.notFound();
    const outcome = await concludeAlreadyMember(deps.db, deps, scopeOf(c, deps), {
      applicationId: id,
      memberId: member as MemberId,
      expectedVersion: versionOf(body.text('versi')),
    });
    return outcome.ok ? c.redirect(back(c.get('library').slug, id), 303) : showRefusal(c, deps, outcome);
  });

  // "Sudah anggota" with a lapsed membership: extended on the same screen.
  app.post('/loket/:id/perpanjang', requirePermission('member.renew'), async (c) => {
    const id = caseIdOf(c);
    const scope = scopeOf(c, deps);
    const found = id === undefined ? undefined : await readCase(deps.db, deps, scope, id);
    if (!found?.member || found.row.state !== 'already_member') return c.notFound();
    const outcome = await renewMember(deps.db, deps, scope, {
      memberId: found.member.id,
      onlyLapsed: true,
    });
    if (outcome.ok || outcome.reason === 'not-lapsed')
      return c.redirect(back(c.get('library').slug, found.row.id), 303);
    c.status(409);
    return showCase(c, deps, { notice: { tone: 'warning', text: textsOf(c).desk.already.notExtended } });
  });

  app.post('/loket/:id/ke-koordinator', view, async (c) => {
    const id = caseIdOf(c);
    const body = await readForm(c);
    const kind = ESCALATION_KINDS.find((each) => each === body.text('jenis'));
    if (!id || !kind) return c.notFound();
    const outcome = await escalate(deps.db, deps, scopeOf(c, deps), {
      applicationId: id,
      kind,
      code: body.text('alasan'),
      expectedVersion: versionOf(body.text('versi')),
    });
    if (outcome.ok) return c.redirect(back(c.get('library').slug, id), 303);
    const { noReason } = textsOf(c).desk.escalation;
    return showRefusal(c, deps, outcome, {
      open: 'koordinator',
      form: { values: {}, errors: { alasan: noReason } },
    });
  });

  app.post('/loket/:id/putusan', view, async (c) => {
    const id = caseIdOf(c);
    const body = await readForm(c);
    const decision = decisionOf(body.text('putusan'));
    if (!id || !decision) return c.notFound();
    const scope = scopeOf(c, deps);
    const outcome = await decideException(deps.db, deps, scope, {
      applicationId: id,
      decision,
      startedAt: startOf(body.text('mulai'), scope.at),
      expectedVersion: versionOf(body.text('versi')),
    });
    if (outcome.ok) return c.redirect(back(c.get('library').slug, id), 303);
    const { noReason } = textsOf(c).desk.escalation;
    return showRefusal(c, deps, outcome, { form: { values: {}, errors: { alasan: noReason } } });
  });

  app.post('/loket/:id/tolak', view, async (c) => {
    const id = caseIdOf(c);
    const body = await readForm(c);
    if (!id) return c.notFound();
    const note = body.text('catatan');
    const outcome = await rejectApplication(deps.db, deps, scopeOf(c, deps), {
      applicationId: id,
      reason: body.text('alasan'),
      note,
      expectedVersion: versionOf(body.text('versi')),
    });
    if (outcome.ok) return c.redirect(back(c.get('library').slug, id), 303);
    const { noReason } = textsOf(c).desk.rejection;
    return showRefusal(c, deps, outcome, {
      open: 'tolak',
      form: { values: { catatan: note }, errors: { alasan: noReason } },
    });
  });

  app.post('/loket/:id/persetujuan', view, async (c) => {
    const id = caseIdOf(c);
    const body = await readForm(c);
    if (!id) return c.notFound();
    const scope = scopeOf(c, deps);
    const outcome = await endorseApplication(deps.db, deps, scope, {
      applicationId: id,
      startedAt: startOf(body.text('mulai'), scope.at),
      expectedVersion: versionOf(body.text('versi')),
    });
    return outcome.ok ? c.redirect(`/${c.get('library').slug}/loket`, 303) : showRefusal(c, deps, outcome);
  });

  app.post('/loket/:id/batal', view, async (c) => {
    const id = caseIdOf(c);
    const body = await readForm(c);
    if (!id) return c.notFound();
    const outcome = await withdrawApplication(deps.db, deps, scopeOf(c, deps), {
      applicationId: id,
      expectedVersion: versionOf(body.text('versi')),
    });
    return outcome.ok ? c.redirect(back(c.get('library').slug, id), 303) : showRefusal(c, deps, outcome);
  });

  // The answer itself shows the numbers: neither an address nor a stored page ever holds them.
  app.post('/loket/:id/nomor', view, async (c) => {
    const id = caseIdOf(c);
    const purpose = (await readForm(c)).text('tujuan');
    if (!id) return c.notFound();
    const outcome = await revealNumber(deps.db, deps, scopeOf(c, deps), {
      subject: { kind: 'application', id },
      purpose,
    });
    if (outcome.ok) return showCase(c, deps, { numbers: outcome.numbers });
    const { noPurpose, tooMany } = textsOf(c).desk.reveal;
    return showRefusal(c, deps, outcome, {
      open: 'nomor',
      form: {
        values: { tujuan: purpose },
        errors: { tujuan: outcome.reason === 'too-many' ? tooMany : noPurpose },
      },
    });
  });

  return app;
}

function decisionOf(text: string): ExceptionDecision | undefined {
  const [kind, detail = ''] = text.split(':');
  switch (kind) {
    case 'allow':
    case 'return':
      return { kind };
    case 'already_member':
      return isUuid(detail) ? { kind, memberId: detail as MemberId } : undefined;
    case 'refuse':
      return { kind, reason: detail, note: '' };
    default:
      return undefined;
  }
}
