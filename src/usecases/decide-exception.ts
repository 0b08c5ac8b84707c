import type { Db } from '../db/connection.ts';
import type { ApplicationId, MemberId } from '../domain/ids.ts';
import { availableActs } from '../domain/procedure.ts';
import { type CaseRefusal, changeCase, type NewCaseEvent } from './change-case.ts';
import { concludeAsMember } from './conclude-already-member.ts';
import type { Deps, Scope } from './context.ts';
import { writeCrossCheck } from './cross-check.ts';
import { readEscalation } from './escalate.ts';
import { rejection } from './reject-application.ts';
import { identityDone, writeIdentityCheck } from './see-identity.ts';

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
    readonly expectedVersion?: number | undefined;
  },
): Promise<{ readonly ok: true; readonly version: number } | DecisionRefusal> {
  const { applicationId, expectedVersion, decision } = input;
  return changeCase<object, DecisionRefusal>(
    db,
    deps,
    scope,
    { applicationId, expectedVersion, action: 'decide_exception' },
    async (tx, current) => {
      const { row, facts, procedure } = current;
      const asked = readEscalation(row.escalation_reason ?? 'other');
      const patch = { escalated_at: null };
      const decided: NewCaseEvent = { kind: 'exception_decided', reason: decision.kind };
      switch (decision.kind) {
        case 'return':
          return { ok: true, change: { patch, events: [decided], purpose: 'return' }, result: {} };
        case 'refuse': {
          const change = await rejection(tx, deps, scope, { ...decision, applicationId });
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
          if (asked.kind === 'no_document' && availableActs(procedure, facts.done).has('see_identity')) {
            await writeIdentityCheck(tx, deps, scope, row.id, {
              documentType: null,
              documentForm: null,
              exceptionReason: asked.code,
            });
            events.push(...(await identityDone(tx, deps, scope, current, 'exception')));
          }
          if (asked.kind === 'duplicate') {
            await writeCrossCheck(tx, deps, scope, row, { outcome: 'new', reason: 'coordinator' });
            events.push({ kind: 'act', act: 'cross_check', reason: 'coordinator' });
          }
          return { ok: true, change: { patch, events, purpose: `allow:${asked.kind}` }, result: {} };
        }
      }
    },
  );
}
