import type { Db } from '../db/connection.ts';
import type { ApplicationId } from '../domain/ids.ts';
import { type CaseRefusal, changeCase } from './change-case.ts';
import { finishTicket } from './close-case.ts';
import type { Deps, Scope } from './context.ts';
import { writeCrossCheck } from './cross-check.ts';
import { writeIdentityCheck } from './see-identity.ts';

/**
 * What is put before the Sub Koordinator. `no_document` carries a code of the library's reasons, `refuse` one of its
 * reasons for a rejection that the officer proposes.
 */
export type EscalationKind = 'no_document' | 'duplicate' | 'refuse' | 'other';
export const ESCALATION_KINDS: readonly EscalationKind[] = ['no_document', 'duplicate', 'refuse', 'other'];

export interface Escalation {
  readonly applicationId: ApplicationId;
  readonly kind: EscalationKind;
  /** Code of the library's list; empty for `duplicate` and `other`. */
  readonly code: string;
  readonly expectedVersion?: number | undefined;
}

/** The kind and code as one row keeps them: `no_document:lost`. */
export function escalationReason(kind: EscalationKind, code: string): string {
  return code === '' ? kind : `${kind}:${code}`;
}

export function readEscalation(reason: string): { readonly kind: EscalationKind; readonly code: string } {
  const [kind = '', code = ''] = reason.split(':');
  return { kind: ESCALATION_KINDS.find((each) => each === kind) ?? 'other', code };
}

/**
 * Puts a case before the Sub Koordinator and out of the officer's hands, so that the next person can be served. The
 * officer who asked is remembered: nobody decides an exception of their own.
 */
export function escalate(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: Escalation,
): Promise<
  | { readonly ok: true; readonly version: number }
  | CaseRefusal
  | { readonly ok: false; readonly reason: 'no-reason' }
> {
  const { applicationId, expectedVersion, kind, code } = input;
  const { settings } = scope.library;
  type Refusal = CaseRefusal | { readonly ok: false; readonly reason: 'no-reason' };
  return changeCase<object, Refusal>(
    db,
    deps,
    scope,
    { applicationId, expectedVersion, action: 'escalate' },
    async (tx, current) => {
      const { row } = current;
      const codes =
        kind === 'no_document'
          ? settings.noDocumentReasons
          : kind === 'refuse'
            ? settings.rejectionReasons
            : null;
      if (codes !== null && !codes.some((reason) => reason.code === code))
        return { ok: false, reason: 'no-reason' };
      const reason = escalationReason(kind, codes === null ? '' : code);
      if (kind === 'no_document')
        await writeIdentityCheck(tx, deps, scope, row.id, {
          documentType: null,
          documentForm: null,
          exceptionReason: code,
        });
      if (kind === 'duplicate')
        await writeCrossCheck(tx, deps, scope, row, { outcome: 'escalated', reason: null });
      await finishTicket(tx, scope, row);
      return {
        ok: true,
        change: {
          patch: {
            escalated_at: scope.at,
            escalated_by: scope.actor.kind === 'officer' ? scope.actor.id : null,
            escalation_reason: reason,
            held_by: null,
            held_at: null,
          },
          events: [{ kind: 'escalated', reason }],
          purpose: reason,
        },
        result: {},
      };
    },
  );
}
