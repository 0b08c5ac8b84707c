import type { Db } from '../db/connection.ts';
import { type CorrectableField, FIELD_NAMES } from '../domain/form-fields.ts';
import type { ApplicationId } from '../domain/ids.ts';
import { type CaseRefusal, changeCase } from './change-case.ts';
import { finishTicket } from './close-case.ts';
import { type Deps, newId, type Scope } from './context.ts';
import { enqueueMessage } from './outbox.ts';

export interface CorrectionRequest {
  readonly applicationId: ApplicationId;
  /** What the applicant is asked to put right; the status page opens exactly these. */
  readonly fields: readonly CorrectableField[];
  /** A code of the library's `correctionReasons`; the history and the reports count by it. */
  readonly reason: string;
  /** The officer's words, sealed; may be empty: the reason's own text is shown then. */
  readonly message: string;
  readonly expectedVersion?: number | undefined;
}

type Refusal =
  | CaseRefusal
  | { readonly ok: false; readonly reason: 'no-fields' | 'no-reason' | 'message-too-long' };

/** Longest message to an applicant, in characters. */
export const MESSAGE_MAX = 500;

/**
 * Asks the applicant for named fields. The case leaves the officer's hands and the service clock; each round is
 * counted and timed. The message stands on the applicant's page; that there is one leaves through the outbox.
 */
export function requestCorrection(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: CorrectionRequest,
): Promise<{ readonly ok: true; readonly version: number; readonly round: number } | Refusal> {
  const { library, at, actor } = scope;
  return changeCase<{ round: number }, Refusal>(
    db,
    deps,
    scope,
    {
      applicationId: input.applicationId,
      expectedVersion: input.expectedVersion,
      action: 'request_correction',
    },
    async (tx, { row }) => {
      const known = new Set<string>([...FIELD_NAMES, 'photo']);
      const fields = [...new Set(input.fields)].filter((field) => known.has(field));
      const message = input.message.trim();
      if (fields.length === 0) return { ok: false, reason: 'no-fields' };
      if (!library.settings.correctionReasons.some((reason) => reason.code === input.reason))
        return { ok: false, reason: 'no-reason' };
      if ([...message].length > MESSAGE_MAX) return { ok: false, reason: 'message-too-long' };
      if (actor.kind !== 'officer') throw new Error('only an officer asks for a correction');
      const round = row.correction_round + 1;
      const text = library.settings.correctionReasons.find((reason) => reason.code === input.reason);
      await tx
        .insertInto('correction')
        .values({
          library_id: library.id,
          id: newId(deps, at),
          application_id: row.id,
          round,
          fields,
          message: deps.vault.seal(library.id, 'message', message || (text?.[row.language] ?? '')),
          requested_at: at,
          requested_by: actor.id,
          answered_at: null,
        })
        .execute();
      await enqueueMessage(tx, deps, at, {
        libraryId: library.id,
        kind: 'correction_requested',
        applicationId: row.id,
      });
      await finishTicket(tx, scope, row);
      return {
        ok: true,
        change: {
          toState: 'needs_correction',
          patch: { correction_round: round, held_by: null, held_at: null },
          events: [{ kind: 'correction_requested', reason: input.reason, round }],
          fields,
          purpose: input.reason,
        },
        result: { round },
      };
    },
  );
}
