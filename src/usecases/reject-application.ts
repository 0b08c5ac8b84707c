import type { ApplicationRow } from '../db/application.ts';
import type { Db, Tx } from '../db/connection.ts';
import { coverIdentityNumbers } from '../domain/identity-in-text.ts';
import type { ApplicationId } from '../domain/ids.ts';
import { type CaseChange, type CaseRefusal, changeCase } from './change-case.ts';
import type { Deps, Scope } from './context.ts';
import { enqueueMessage } from './outbox.ts';

export interface Rejection {
  /** A code of the library's `rejectionReasons`: the applicant reads its text, which says how to apply again. */
  readonly reason: string;
  /** What the list does not say; may be empty. The applicant reads it too. */
  readonly note: string;
}

/** "Tidak dikabulkan": ends a case with a reason, kept short where the applicant reads it and how to apply again. */
export function rejectApplication(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: Rejection & { readonly applicationId: ApplicationId; readonly expectedVersion?: number | undefined },
): Promise<
  | { readonly ok: true; readonly version: number }
  | CaseRefusal
  | { readonly ok: false; readonly reason: 'no-reason' }
> {
  const { applicationId, expectedVersion } = input;
  type Refusal = CaseRefusal | { readonly ok: false; readonly reason: 'no-reason' };
  return changeCase<object, Refusal>(
    db,
    deps,
    scope,
    { applicationId, expectedVersion, action: 'reject' },
    async (tx, { row }) => {
      const change = await rejection(tx, deps, scope, row, input);
      return change ? { ok: true, change, result: {} } : { ok: false, reason: 'no-reason' };
    },
  );
}

/** What the library said beside the reason; null where nothing, or gone with the person's data. */
export function decisionNoteOf(
  { vault }: Pick<Deps, 'vault'>,
  scope: Scope,
  row: Pick<ApplicationRow, 'decision_note' | 'person_key'>,
): string | null {
  return row.decision_note === null || row.person_key.length === 0
    ? null
    : vault.openFor(scope.library.id, row.person_key, row.decision_note);
}

/** The change a rejection makes, for whoever may decide it; undefined where the reason is not of the list. */
export async function rejection(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  row: ApplicationRow,
  input: Rejection,
): Promise<CaseChange | undefined> {
  const { library, at } = scope;
  if (!library.settings.rejectionReasons.some((reason) => reason.code === input.reason)) return undefined;
  await enqueueMessage(tx, deps, at, {
    libraryId: library.id,
    kind: 'rejected',
    applicationId: row.id,
  });
  const note = coverIdentityNumbers(input.note.trim()).slice(0, 500);
  return {
    toState: 'rejected',
    patch: {
      decision_reason: input.reason,
      decision_note: note === '' ? null : deps.vault.sealFor(library.id, row.person_key, note),
    },
    events: [{ kind: 'state', reason: input.reason }],
    purpose: input.reason,
  };
}
