import { type Context, Hono } from 'hono';
import { REPRINT_REASONS } from '../../domain/card-choice.ts';
import type { CardId } from '../../domain/ids.ts';
import type { MemberAction } from '../../domain/member.ts';
import { clearMember } from '../../usecases/clear-member.ts';
import { endMember } from '../../usecases/end-member.ts';
import { type MemberView, readMember } from '../../usecases/read-member.ts';
import { recordMemberPrint } from '../../usecases/record-member-print.ts';
import { renewMember } from '../../usecases/renew-member.ts';
import { replaceCard } from '../../usecases/replace-card.ts';
import { revealNumber } from '../../usecases/reveal-number.ts';
import { resumeMember, suspendMember } from '../../usecases/suspend-member.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { type FormBody, readForm, timeShown } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { requireFresh } from '../middleware/fresh.ts';
import { requirePermission } from '../middleware/session.ts';
import { dateOf, memberIdOf, uuidOf, versionOf } from './input.ts';
import {
  type ActionName,
  type FieldError,
  memberActionPage,
  NOTHING_TYPED,
  type TypedAction,
} from './member-action-page.tsx';
import { numbersPage } from './member-numbers-page.tsx';
import { showMember } from './show-member.tsx';

/** Last parts of the addresses, with the action that each asks the state for. */
const PAGES = {
  tangguhkan: { action: 'suspend', needs: 'suspend' },
  aktifkan: { action: 'resume', needs: 'resume' },
  'bebas-pustaka': { action: 'clear', needs: 'clear' },
  berhenti: { action: 'end', needs: 'end' },
  'ganti-kartu': { action: 'replace', needs: 'replace_card' },
} as const satisfies Record<string, { action: ActionName; needs: MemberAction }>;
type Page = keyof typeof PAGES;

/** What can happen to a member after the card: every page asks `allowedMemberActions`, every post asks it again. */
export function memberActionRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const view = requirePermission('member.view');

  app.post('/anggota/:id/perpanjang', requirePermission('member.renew'), async (c) => {
    const id = memberIdOf(c);
    if (!id) return c.notFound();
    const body = await readForm(c);
    const outcome = await renewMember(deps.db, deps, scopeOf(c, deps), {
      memberId: id,
      expectedVersion: versionOf(body.text('versi')),
    });
    if (!outcome.ok) return refuse(c, deps, outcome.reason);
    return done(c, outcome.reprint ? 'perpanjang-cetak' : 'perpanjang');
  });

  app.post('/anggota/:id/tercetak', requirePermission('card.print'), async (c) => {
    const id = memberIdOf(c);
    if (!id) return c.notFound();
    const body = await readForm(c);
    const typed = body.text('alasan');
    const outcome = await recordMemberPrint(deps.db, deps, scopeOf(c, deps), {
      memberId: id,
      reason: REPRINT_REASONS.find((one) => one === typed) ?? null,
      shown: timeShown(body, 'tercetak'),
    });
    if (!outcome.ok && outcome.reason !== 'already-told') return refuse(c, deps, outcome.reason);
    return done(c, 'cetak');
  });

  for (const path of Object.keys(PAGES) as Page[]) {
    const { action, needs } = PAGES[path];
    app.get(`/anggota/:id/${path}`, view, async (c) => {
      const member = await memberOf(c, deps);
      if (!member) return c.notFound();
      if (!member.allowed.has(needs)) return refuse(c, deps, 'not-allowed');
      return memberActionPage(c, { member, action, typed: NOTHING_TYPED, errors: [] });
    });
    // An end starts the clock of erasing, and a screen left open must not be enough for it.
    if (path === 'berhenti') app.on('POST', `/anggota/:id/${path}`, view, requireFresh(deps));
    app.post(`/anggota/:id/${path}`, view, async (c) => {
      const member = await memberOf(c, deps);
      if (!member) return c.notFound();
      return act(c, deps, path, member, await readForm(c));
    });
  }

  app.get('/anggota/:id/nomor', requirePermission('identity.reveal'), async (c) => {
    const member = await memberOf(c, deps);
    if (!member || member.erased) return c.notFound();
    return memberActionPage(c, { member, action: 'reveal', typed: NOTHING_TYPED, errors: [] });
  });

  // Answers with the numbers instead of a redirect: they must be in no address, and a reload asks again.
  app.post('/anggota/:id/nomor', requirePermission('identity.reveal'), async (c) => {
    const member = await memberOf(c, deps);
    if (!member) return c.notFound();
    const typed = typedOf(await readForm(c));
    const outcome = await revealNumber(deps.db, deps, scopeOf(c, deps), {
      subject: { kind: 'member', id: member.id },
      purpose: typed.other.trim() === '' ? typed.reason : typed.other,
    });
    if (outcome.ok) return numbersPage(c, member, outcome.numbers);
    if (outcome.reason !== 'no-purpose' && outcome.reason !== 'too-many') return c.notFound();
    const { missing, tooMany } = textsOf(c).members.form.reveal;
    c.status(outcome.reason === 'too-many' ? 429 : 422);
    const errors = [{ field: 'alasan', text: outcome.reason === 'too-many' ? tooMany : missing }];
    return memberActionPage(c, { member, action: 'reveal', typed, errors });
  });

  return app;
}

async function memberOf(c: Context<LibraryEnv>, deps: WebDeps): Promise<MemberView | undefined> {
  const id = memberIdOf(c);
  return id && (await readMember(deps.db, deps, scopeOf(c, deps), id));
}

function typedOf(body: FormBody): TypedAction {
  return {
    reason: body.text('alasan').slice(0, 40),
    date: dateOf(body, 'berlaku').text,
    confirmed: body.text('periksa') !== '',
    other: body.text('lain'),
  };
}

async function act(c: Context<LibraryEnv>, deps: WebDeps, path: Page, member: MemberView, body: FormBody) {
  const { form } = textsOf(c).members;
  const typed = typedOf(body);
  const { date } = dateOf(body, 'berlaku');
  const again = (error: FieldError) => {
    c.status(422);
    return memberActionPage(c, { member, action: PAGES[path].action, typed, errors: [error] });
  };
  if (date === undefined) return again({ field: 'berlaku', text: textsOf(c).common.error.invalidDate });
  const outcome = await run(c, deps, path, member, {
    typed,
    date,
    expectedVersion: versionOf(body.text('versi')),
    card: body.names.includes('kartu') ? (uuidOf<CardId>(body.text('kartu')) ?? null) : undefined,
  });
  if (outcome.ok) {
    if (path === 'ganti-kartu')
      return c.redirect(`/${c.get('library').slug}/anggota/${member.id}/kta?selesai=ganti`, 303);
    return done(c, path === 'berhenti' && typed.reason === 'deceased' ? 'meninggal' : path);
  }
  switch (outcome.reason) {
    case 'unknown-reason':
      return again({ field: 'alasan', text: form.chooseReason });
    case 'effective-date':
      return again({ field: 'berlaku', text: form.effectiveBad });
    case 'lending-not-confirmed':
      return again({ field: 'periksa', text: form.clear.notConfirmed });
    case 'identity-not-seen':
      return again({ field: 'periksa', text: form.replace.identityMissing });
    default:
      return refuse(c, deps, outcome.reason);
  }
}

function run(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  path: Page,
  member: MemberView,
  given: {
    typed: TypedAction;
    date: MemberView['validUntil'];
    expectedVersion: number | undefined;
    card: CardId | null | undefined;
  },
) {
  const scope = scopeOf(c, deps);
  const { typed, expectedVersion } = given;
  const common = { memberId: member.id, effectiveOn: given.date, expectedVersion };
  switch (path) {
    case 'tangguhkan':
      return suspendMember(deps.db, deps, scope, { ...common, reason: typed.reason });
    case 'aktifkan':
      return resumeMember(deps.db, deps, scope, common);
    case 'bebas-pustaka':
      return clearMember(deps.db, deps, scope, { ...common, lendingConfirmed: typed.confirmed });
    case 'berhenti':
      return endMember(deps.db, deps, scope, { ...common, reason: typed.reason });
    case 'ganti-kartu': {
      const known = scope.library.settings.replacementReasons.some((one) => one.code === typed.reason);
      if (!known) return { ok: false, reason: 'unknown-reason' } as const;
      // The old codes die at once: only for the person whose identity was seen.
      if (!typed.confirmed) return { ok: false, reason: 'identity-not-seen' } as const;
      return replaceCard(deps.db, deps, scope, {
        memberId: member.id,
        reason: typed.reason,
        shown: given.card,
      });
    }
  }
}

function done(c: Context<LibraryEnv>, what: string) {
  return c.redirect(`/${c.get('library').slug}/anggota/${memberIdOf(c) ?? ''}?selesai=${what}`, 303);
}

/** A refusal is shown above the member as it stands now, so that the officer sees what came between. */
export function refuse(c: Context<LibraryEnv>, deps: WebDeps, reason: string) {
  const { members, common } = textsOf(c);
  const problems: Readonly<Record<string, string>> = members.problem;
  if (reason === 'not-found') return c.notFound();
  c.status(reason === 'changed-meanwhile' ? 409 : 422);
  const text =
    reason === 'changed-meanwhile'
      ? `${common.error.conflictTitle}. ${common.error.conflictBody}`
      : (problems[reason] ?? members.problem['not-allowed']);
  return showMember(c, deps, [{ tone: 'danger', text }]);
}
