import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ApplicationId } from '../domain/ids.ts';
import { askForOwnConsents } from './ask-own-consent.ts';
import { type CaseRefusal, changeCase } from './change-case.ts';
import { keepConsentTexts } from './consent-texts.ts';
import { type Deps, type LibraryContext, newId, type Scope } from './context.ts';
import { forgetOldOidcKeys } from './oidc-keys.ts';
import { nextDue, RETENTION_RULES, type RetentionCounts, type RetentionRule } from './retention-rules.ts';
import { writeErasures } from './write-erasures.ts';

/** One transaction holds its rows for well under a second, and the counter never waits for the job. */
const BATCH = 200;
/** Of one kind in one run; what is left goes with the next. */
const MOST_BATCHES = 250;

/** What one run did, for the log. */
export interface RetentionOutcome {
  readonly lapsed: number;
  readonly erased: number;
  /** Everything that went, of whatever kind. */
  readonly removed: number;
  /** Members who came of age and were asked for a consent of their own. */
  readonly asked: number;
  /** False where the rest is left for the next run. */
  readonly complete: boolean;
}

/**
 * Does what the library's retention settings say (UU 27/2022: no longer than needed), kind by kind in small
 * transactions, and keeps a report of what went. Repeating it is harmless.
 */
export async function applyRetention(
  db: Db,
  deps: Deps,
  library: LibraryContext,
  limits: { readonly batch: number; readonly batches: number } = { batch: BATCH, batches: MOST_BATCHES },
): Promise<RetentionOutcome> {
  const scope: Scope = { library, actor: { kind: 'system' }, at: deps.now(), requestId: 'retention' };
  await inLibrary(db, library.id, (tx) => keepConsentTexts(tx, scope, library.settings.consents));
  const asked = await askForOwnConsents(db, deps, scope);
  const counts: Partial<Record<string, number>> = {};
  let complete = true;
  for (const rule of RETENTION_RULES) {
    const done = await applyRule(db, deps, scope, rule, limits);
    counts[rule.kind] = done.count;
    complete &&= done.complete;
  }
  await forgetOldOidcKeys(db, deps, library);
  await writeErasures(db, deps, library.id);
  const totals = counts as RetentionCounts;
  await inLibrary(db, library.id, (tx) =>
    tx
      .insertInto('retention_run')
      .values({
        library_id: library.id,
        id: newId(deps, scope.at),
        at: scope.at,
        ended_at: deps.now(),
        counts: JSON.stringify(counts),
        complete,
      })
      .execute(),
  );
  return {
    lapsed: totals.lapsed_cases,
    erased: totals.erased_cases + totals.erased_members,
    removed: Object.values(totals).reduce((sum, count) => sum + count, 0),
    asked,
    complete,
  };
}

async function applyRule(
  db: Db,
  deps: Deps,
  scope: Scope,
  rule: RetentionRule,
  limits: { readonly batch: number; readonly batches: number },
): Promise<{ readonly count: number; readonly complete: boolean }> {
  const due = rule.due(scope);
  if (due === null) return { count: 0, complete: true };
  let count = 0;
  for (let batches = 0; batches < limits.batches; batches++) {
    const went = rule.empty
      ? await inLibrary(db, scope.library.id, async (tx) => {
          const batch = await nextDue(tx, due, limits.batch);
          if (batch.length > 0) await rule.empty?.(tx, deps, scope, batch);
          return { found: batch.length, done: batch.length };
        })
      : await lapseSome(db, deps, scope, rule, limits.batch);
    count += went.done;
    // Cases that somebody took meanwhile do not lapse; they are no reason to look for ever.
    if (went.found < limits.batch || went.done === 0) return { count, complete: true };
  }
  return { count, complete: false };
}

async function lapseSome(
  db: Db,
  deps: Deps,
  scope: Scope,
  rule: RetentionRule,
  limit: number,
): Promise<{ readonly found: number; readonly done: number }> {
  const due = rule.due(scope);
  if (due === null) return { found: 0, done: 0 };
  const batch = await inLibrary(db, scope.library.id, (tx) => nextDue(tx, due, limit));
  let done = 0;
  for (const { id } of batch) {
    const outcome = await changeCase<object, CaseRefusal>(
      db,
      deps,
      scope,
      { applicationId: id as ApplicationId, action: 'lapse' },
      async () => ({
        ok: true,
        change: { toState: 'lapsed', events: [{ kind: 'state', reason: 'lapsed' }] },
        result: {},
      }),
    );
    if (outcome.ok) done++;
  }
  return { found: batch.length, done };
}
