import { type Context, Hono } from 'hono';
import type { MemberId } from '../../domain/ids.ts';
import { MERGE_FIELDS, type MergeField } from '../../domain/member-merge.ts';
import {
  findDoubles,
  findOtherByNumber,
  type MergePair,
  readMergePair,
  tellApart,
} from '../../usecases/find-doubles.ts';
import { mergeMembers } from '../../usecases/merge-members.ts';
import { readMember } from '../../usecases/read-member.ts';
import { takeBackDifferent } from '../../usecases/told-apart.ts';
import { undoMerge } from '../../usecases/undo-merge.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { type FormBody, readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { requireFresh } from '../middleware/fresh.ts';
import { showsPerson } from '../middleware/record-views.ts';
import { requirePermission } from '../middleware/session.ts';
import { memberIdOf, uuidOf, versionOf } from './input.ts';
import { doublesPage } from './member-doubles-page.tsx';
import { type MergeChoices, mergePage, type Side, undoPage } from './member-merge-page.tsx';
import { mergeNews, mergeProblem } from './member-merge-words.ts';
import type { Notice } from './office-page.tsx';
import { showMember } from './show-member.tsx';

/** Doubles among members: found, told apart, merged, and separated again. */
export function memberMergeRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const judge = requirePermission('application.process');
  const merge = requirePermission('member.merge');
  const fresh = requireFresh(deps);

  app.get('/anggota/:id/kembar', judge, (c) =>
    showDoubles(c, deps, { notices: mergeNews(c).map((text) => ({ tone: 'success', text })) }),
  );

  app.post('/anggota/:id/kembar/berbeda', judge, async (c) => {
    const id = memberIdOf(c);
    const body = await readForm(c);
    const otherId = uuidOf<MemberId>(body.text('lain'));
    if (!id || !otherId) return c.notFound();
    const input = { memberId: id, otherId, reason: body.text('alasan') };
    const outcome = await tellApart(deps.db, deps, scopeOf(c, deps), input);
    if (outcome.ok) return c.redirect(`${baseOf(c, id)}/kembar?gabung=different`, 303);
    c.status(422);
    return showDoubles(c, deps, problem(c, outcome.reason));
  });

  app.post('/anggota/:id/kembar/tanya-lagi', judge, async (c) => {
    const id = memberIdOf(c);
    const decision = uuidOf<string>((await readForm(c)).text('keputusan'));
    if (!id || !decision) return c.notFound();
    const outcome = await takeBackDifferent(deps.db, deps, scopeOf(c, deps), { memberId: id, id: decision });
    // Taken back by somebody else a moment ago: it is as wanted.
    if (outcome.ok || outcome.reason === 'not-found') return c.redirect(`${baseOf(c, id)}?gabung=asked`, 303);
    return c.notFound();
  });

  app.post('/anggota/:id/gabung/cari', merge, async (c) => {
    const id = memberIdOf(c);
    if (!id) return c.notFound();
    const typed = (await readForm(c)).text('nomor').slice(0, 40);
    const scope = scopeOf(c, deps);
    const other = await findOtherByNumber(deps.db, scope, typed);
    const { doubles } = textsOf(c).merge;
    if (other === undefined || other === id) {
      c.status(422);
      const error = other === undefined ? doubles.unknown : doubles.itself;
      return showDoubles(c, deps, { number: { typed, error } });
    }
    return c.redirect(`${baseOf(c, id)}/gabung/${other}`, 303);
  });

  app.get('/anggota/:id/gabung/:other', merge, async (c) => {
    const pair = await pairOf(c, deps);
    if (!pair) return c.notFound();
    if ('refused' in pair) {
      c.status(409);
      return showDoubles(c, deps, problem(c, pair.refused));
    }
    return mergePage(c, { pair, choices: { winner: proposed(pair), fields: {}, reason: '' }, notices: [] });
  });

  app.post('/anggota/:id/gabung/:other', merge, fresh, async (c) => {
    const id = memberIdOf(c);
    const otherId = uuidOf<MemberId>(c.req.param('other'));
    if (!id || !otherId) return c.notFound();
    const body = await readForm(c);
    const choices = choicesOf(body);
    const { winner } = choices;
    const loser: Side = winner === 'one' ? 'other' : 'one';
    const ids = { one: id, other: otherId };
    const versions = {
      winner: versionOf(body.text(`versi.${winner}`)) ?? -1,
      loser: versionOf(body.text(`versi.${loser}`)) ?? -1,
    };
    const outcome = await mergeMembers(deps.db, deps, scopeOf(c, deps), {
      winnerId: ids[winner],
      loserId: ids[loser],
      take: MERGE_FIELDS.filter((field) => choices.fields[field] === loser),
      reason: choices.reason,
      versions,
    });
    if (outcome.ok)
      return c.redirect(
        `${baseOf(c, ids[winner])}?gabung=${outcome.reprint ? 'merged-print' : 'merged'}`,
        303,
      );
    const pair = await pairOf(c, deps);
    if (!pair) return c.notFound();
    c.status(outcome.reason === 'no-reason' ? 422 : 409);
    if ('refused' in pair) return showDoubles(c, deps, problem(c, outcome.reason));
    const reasonError = outcome.reason === 'no-reason' ? mergeProblem(c, 'no-reason') : undefined;
    return mergePage(c, {
      pair,
      choices,
      reasonError,
      notices: reasonError === undefined ? problem(c, outcome.reason).notices : [],
    });
  });

  app.get('/anggota/:id/pisah/:merge', merge, async (c) => {
    const found = await mergeOf(c, deps);
    return found ? undoPage(c, found) : c.notFound();
  });

  app.post('/anggota/:id/pisah/:merge', merge, fresh, async (c) => {
    const id = memberIdOf(c);
    const mergeId = uuidOf<string>(c.req.param('merge'));
    if (!id || !mergeId) return c.notFound();
    const reason = (await readForm(c)).text('alasan');
    const outcome = await undoMerge(deps.db, deps, scopeOf(c, deps), { mergeId, reason });
    if (outcome.ok) {
      const news = outcome.kept.length > 0 ? 'separated-kept' : 'separated';
      return c.redirect(`${baseOf(c, outcome.winnerId)}?gabung=${news}`, 303);
    }
    if (outcome.reason === 'not-found') return c.notFound();
    const found = await mergeOf(c, deps);
    if (outcome.reason === 'no-reason' && found) {
      c.status(422);
      return undoPage(c, { ...found, reasonError: mergeProblem(c, 'no-reason') });
    }
    c.status(409);
    return showMember(c, deps, problem(c, outcome.reason).notices);
  });

  return app;
}

function baseOf(c: Context<LibraryEnv>, id: MemberId): string {
  return `/${c.get('library').slug}/anggota/${id}`;
}

function problem(c: Context<LibraryEnv>, reason: string): { readonly notices: readonly Notice[] } {
  return { notices: [{ tone: 'warning', text: mergeProblem(c, reason) }] };
}

async function showDoubles(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  shown: {
    readonly notices?: readonly Notice[];
    readonly number?: { readonly typed: string; readonly error: string };
  },
) {
  const id = memberIdOf(c);
  const found = id && (await findDoubles(deps.db, deps, scopeOf(c, deps), id));
  if (!found) return c.notFound();
  for (const { member } of found.doubles) showsPerson(c, 'member', member.id, 'cross_check');
  return doublesPage(c, { ...found, notices: shown.notices ?? [], number: shown.number });
}

async function pairOf(
  c: Context<LibraryEnv>,
  deps: WebDeps,
): Promise<MergePair | { readonly refused: string } | undefined> {
  const one = memberIdOf(c);
  const other = uuidOf<MemberId>(c.req.param('other'));
  if (!one || !other) return undefined;
  const outcome = await readMergePair(deps.db, deps, scopeOf(c, deps), { one, other });
  if (outcome.ok) return outcome.pair;
  return outcome.reason === 'not-found' ? undefined : { refused: outcome.reason };
}

async function mergeOf(c: Context<LibraryEnv>, deps: WebDeps) {
  const id = memberIdOf(c);
  const member = id && (await readMember(deps.db, deps, scopeOf(c, deps), id));
  const merge = member?.merges.find((one) => one.id === c.req.param('merge') && one.undoable);
  return member && merge ? { member, merge } : undefined;
}

/** The number in use before one that is not; else the older one, which more people know. */
function proposed({ one, other, preferred }: MergePair): Side {
  if (one.status !== other.status && (one.status === 'ended' || other.status === 'ended'))
    return one.status === 'ended' ? 'other' : 'one';
  return preferred.member_since ?? 'one';
}

function choicesOf(body: FormBody): MergeChoices {
  const side = (text: string): Side => (text === 'other' ? 'other' : 'one');
  const chosen = MERGE_FIELDS.flatMap((field): [MergeField, Side][] => {
    const text = body.text(`isian.${field}`);
    return text === '' ? [] : [[field, side(text)]];
  });
  return {
    winner: side(body.text('tetap')),
    fields: Object.fromEntries(chosen),
    reason: body.text('alasan'),
  };
}
