import { findApplication } from '../db/application.ts';
import type { Db, Tx } from '../db/connection.ts';
import { later } from '../db/later.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ApplicationId } from '../domain/ids.ts';
import {
  actsInOrder,
  availableActs,
  type DocumentForm,
  type DocumentType,
  identityVerified,
  type StepAct,
} from '../domain/procedure.ts';
import {
  type CaseRefusal,
  changeCase,
  type LockedCase,
  type NewCaseEvent,
  procedureOf,
} from './change-case.ts';
import { type Deps, newId, type Scope } from './context.ts';
import { closeCrossCheck } from './cross-check.ts';

export interface SeenIdentity {
  readonly applicationId: ApplicationId;
  readonly documentType: DocumentType;
  readonly documentForm: DocumentForm;
  readonly expectedVersion?: number | undefined;
}

export type SeenRefusal =
  | CaseRefusal
  /** The procedure does not accept this document, or not in this form. */
  | { readonly ok: false; readonly reason: 'not-accepted' };

/**
 * The officer has the document before the eyes and the entries agree with it: one press records the document and how
 * it was shown, fulfils `verify` where the procedure has it next, and the cross-check closes by itself as a new
 * person when nobody resembles. Paper is handed back; nothing is copied. A press that comes twice is one.
 */
export async function seeIdentity(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: SeenIdentity,
): Promise<{ readonly ok: true; readonly version: number; readonly complete: boolean } | SeenRefusal> {
  const { applicationId, expectedVersion, documentType, documentForm } = input;
  const outcome = await changeCase<{ complete: boolean }, SeenRefusal | SeenBefore>(
    db,
    deps,
    scope,
    { applicationId, expectedVersion, action: 'see_identity' },
    async (tx, current) => {
      const { procedure, row } = current;
      const accepted = procedure.documents.find((document) => document.type === documentType);
      if (!accepted?.forms.includes(documentForm)) return { ok: false, reason: 'not-accepted' };
      // A second look, at what was corrected since, is a new one.
      if (!current.facts.done.has('see_identity') && (await seenBefore(tx, scope, input)))
        return { ok: false, reason: 'seen-before', version: row.version };
      await writeIdentityCheck(tx, deps, scope, row.id, {
        documentType,
        documentForm,
        exceptionReason: null,
      });
      const complete = procedure.documentsRule === 'any' || (await allShown(tx, current));
      const events = complete
        ? await identityDone(tx, deps, scope, current, documentForm)
        : [{ kind: 'document_shown', reason: documentType }];
      return { ok: true, change: { events, fields: [documentType] }, result: { complete } };
    },
  );
  if (outcome.ok) return outcome;
  if (outcome.reason === 'seen-before') return { ok: true, version: outcome.version, complete: false };
  // With the last document the act is done, and the state allows it no more.
  if (outcome.reason !== 'not-allowed' && outcome.reason !== 'changed-meanwhile') return outcome;
  return inLibrary(db, scope.library.id, async (tx) => {
    const row = await findApplication(tx, applicationId);
    if (!row || !identityVerified(await procedureOf(tx, scope, row), new Set(row.done_acts))) return outcome;
    return (await seenBefore(tx, scope, input))
      ? { ok: true, version: row.version, complete: true }
      : outcome;
  });
}

/** The very same was recorded by the same officer, and more documents are to be shown. */
interface SeenBefore {
  readonly ok: false;
  readonly reason: 'seen-before';
  readonly version: number;
}

/** A double press, or a form sent again since the answer to it was lost. */
async function seenBefore(tx: Tx, scope: Scope, input: SeenIdentity): Promise<boolean> {
  if (scope.actor.kind !== 'officer') return false;
  const seen = await tx
    .selectFrom('identity_check')
    .select('id')
    .where('application_id', '=', input.applicationId)
    .where('officer_id', '=', scope.actor.id)
    .where('document_type', '=', input.documentType)
    .where('document_form', '=', input.documentForm)
    .limit(1)
    .executeTakeFirst();
  return seen !== undefined;
}

/** The acts that follow from a document that was seen and agrees, in the order of the procedure. */
async function identityDone(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  current: LockedCase,
  reason: string,
): Promise<NewCaseEvent[]> {
  const { procedure } = current;
  const done = new Set<StepAct>([...current.facts.done, 'see_identity']);
  const events: NewCaseEvent[] = [{ kind: 'act', act: 'see_identity', reason }];
  if (actsInOrder(procedure).includes('verify') && availableActs(procedure, done).has('verify')) {
    done.add('verify');
    events.push({ kind: 'act', act: 'verify' });
  }
  return [...events, ...(await closeCrossCheck(tx, deps, scope, current, done))];
}

export async function writeIdentityCheck(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  applicationId: ApplicationId,
  seen: {
    readonly documentType: DocumentType | null;
    readonly documentForm: DocumentForm | null;
    readonly exceptionReason: string | null;
  },
): Promise<void> {
  if (scope.actor.kind !== 'officer') throw new Error('only an officer sees a document');
  await later(
    tx,
    tx.insertInto('identity_check').values({
      library_id: scope.library.id,
      id: newId(deps, scope.at),
      application_id: applicationId,
      document_type: seen.documentType,
      document_form: seen.documentForm,
      exception_reason: seen.exceptionReason,
      at: scope.at,
      officer_id: scope.actor.id,
    }),
  );
}

async function allShown(tx: Tx, { row, procedure }: LockedCase): Promise<boolean> {
  const seen = await tx
    .selectFrom('identity_check')
    .select('document_type')
    .where('application_id', '=', row.id)
    .where('document_type', 'is not', null)
    .execute();
  return procedure.documents.every(({ type }) => seen.some((check) => check.document_type === type));
}
