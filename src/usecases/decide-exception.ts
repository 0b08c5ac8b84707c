import type { Db, Tx } from '../db/connection.ts';
import type { ApplicationId, MemberId } from '../domain/ids.ts';
import { actsInOrder, type StepAct } from '../domain/procedure.ts';
import { type CaseRefusal, changeCase, type LockedCase, type NewCaseEvent } from './change-case.ts';
import { concludeAsMember } from './conclude-already-member.ts';
import type { Deps, Scope } from './context.ts';
import { closeCrossCheck, writeCrossCheck } from './cross-check.ts';
import { readEscalation } from './escalate.ts';
import { rejection } from './reject-application.ts';
import { writeIdentityCheck } from './see-identity.ts';

export type ExceptionDecision =
  /** The case goes on: without a document, or as a new person. */
  | { readonly kind: 'allow' }
  /** Back to the counter as it was. */
  | { readonly kind: 'return' }
  | { readonly kind: 'already_member'; readonly memberId: MemberId }
  | { readonly kind: 'refuse'; readonly reason: string; readonly note: string };

export type DecisionRefusal =
  | CaseRefusal
  | { readonly ok: false; readonly reason: 'no-reason' | 'no-such-member' };

/**
 * The Sub Koordinator decides what an officer put before them; `allowedActions` refuses the one who asked. A case
 * that goes on lies in the queue for whoever is free.
 */
export function decideException(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly applicationId: ApplicationId;
    readonly decision: ExceptionDecision;
    /** When the page was opened for it. */
    readonly startedAt?: Date | null;
    readonly expectedVersion?: number | undefined;
  },
): Promise<{ readonly ok: true; readonly version: number } | DecisionRefusal> {
  const { applicationId, expectedVersion, decision, startedAt = null } = input;
  return changeCase<object, DecisionRefusal>(
    db,
    deps,
    scope,
    { applicationId, expectedVersion, action: 'decide_exception' },
    async (tx, current) => {
      const { row, facts } = current;
      const asked = readEscalation(row.escalation_reason ?? 'other');
      const patch = { escalated_at: null };
      const decided: NewCaseEvent = { kind: 'exception_decided', reason: decision.kind };
      switch (decision.kind) {
        case 'return':
          return { ok: true, change: { patch, events: [decided], purpose: 'return' }, result: {} };
        case 'refuse': {
          const change = await rejection(tx, deps, scope, row, decision);
          if (!change) return { ok: false, reason: 'no-reason' };
          const events = [decided, ...change.events];
          return {
            ok: true,
            change: { ...change, patch: { ...change.patch, ...patch }, events },
            result: {},
          };
        }
        case 'already_member': {
          const concluded = await concludeAsMember(tx, deps, scope, row, decision.memberId);
          if (!concluded) return { ok: false, reason: 'no-such-member' };
          const { change } = concluded;
          const events = [decided, ...change.events];
          return {
            ok: true,
            change: { ...change, patch: { ...change.patch, ...patch }, events },
            result: {},
          };
        }
        case 'allow': {
          const events = [decided];
          if (asked.kind === 'no_document' && !facts.done.has('see_identity'))
            events.push(...(await withoutDocument(tx, deps, scope, current, asked.code, startedAt)));
          if (asked.kind === 'duplicate') {
            await writeCrossCheck(tx, deps, scope, row, { outcome: 'new', reason: 'coordinator' });
            events.push({ kind: 'act', act: 'cross_check', reason: 'coordinator', startedAt });
          }
          return { ok: true, change: { patch, events, purpose: `allow:${asked.kind}` }, result: {} };
        }
      }
    },
  );
}

/**
 * The case goes on without a document: identity and, where the procedure compares the entries with the document, the
 * comparison count as done wherever their place in its order is, and also where it spends no step on them. Without
 * that every case would wait for a document for ever.
 */
async function withoutDocument(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  current: LockedCase,
  code: string,
  startedAt: Date | null,
): Promise<NewCaseEvent[]> {
  const { row, procedure, facts } = current;
  await writeIdentityCheck(tx, deps, scope, row.id, {
    documentType: null,
    documentForm: null,
    exceptionReason: code,
  });
  const events: NewCaseEvent[] = [{ kind: 'act', act: 'see_identity', reason: 'exception', startedAt }];
  const done = new Set<StepAct>([...facts.done, 'see_identity']);
  if (actsInOrder(procedure).includes('verify') && !done.has('verify')) {
    done.add('verify');
    events.push({ kind: 'act', act: 'verify', reason: 'exception' });
  }
  const decided = { ...current, row: { ...row, escalated_at: null } };
  return [...events, ...(await closeCrossCheck(tx, deps, scope, decided, done))];
}
