import type { ApplicationRow } from '../db/application.ts';
import type { Tx } from '../db/connection.ts';
import type { ActorKind } from '../db/schema.ts';
import type { CorrectableField, FieldName, FormValues } from '../domain/form-fields.ts';
import type { DocumentForm, DocumentType } from '../domain/procedure.ts';
import type { Deps, Scope } from './context.ts';
import { maskedNumbers } from './cover-person.ts';

/** What was recorded about a case beside its events. */
export interface CaseHistory {
  readonly identityChecks: readonly {
    readonly documentType: DocumentType | null;
    readonly documentForm: DocumentForm | null;
    readonly exceptionReason: string | null;
    readonly at: Date;
    readonly officerId: string;
  }[];
  readonly crossChecks: readonly {
    readonly outcome: 'new' | 'already_member' | 'escalated';
    readonly reason: string | null;
    readonly candidates: number;
    readonly at: Date;
    readonly officerId: string | null;
  }[];
  readonly corrections: readonly {
    readonly round: number;
    readonly fields: readonly CorrectableField[];
    /** Empty for a role that sees masked data. */
    readonly message: string;
    readonly requestedAt: Date;
    readonly answeredAt: Date | null;
  }[];
  readonly revisions: readonly {
    readonly at: Date;
    readonly actorKind: ActorKind;
    readonly actorId: string | null;
    readonly fields: readonly FieldName[];
    /** Numbers masked; empty for a role that sees masked data. */
    readonly before: FormValues;
    readonly after: FormValues;
  }[];
  readonly consents: readonly {
    readonly purpose: 'acknowledgement' | 'photo_on_card' | 'messages' | 'guardian';
    readonly given: boolean;
    readonly byGuardian: boolean;
    readonly textVersion: string;
    readonly channel: string;
    readonly at: Date;
  }[];
}

/** Reads checks, corrections, revisions and standing consents of a case, oldest first. */
export async function readHistory(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  row: ApplicationRow,
  masked: boolean,
): Promise<CaseHistory> {
  const of = row.id;
  const [checks, crossChecks, corrections, revisions, consents] = await Promise.all([
    tx
      .selectFrom('identity_check')
      .select(['document_type', 'document_form', 'exception_reason', 'at', 'officer_id'])
      .where('application_id', '=', of)
      .orderBy('at')
      .execute(),
    tx
      .selectFrom('cross_check')
      .select(['outcome', 'reason', 'candidates', 'at', 'officer_id'])
      .where('application_id', '=', of)
      .orderBy('at')
      .execute(),
    tx
      .selectFrom('correction')
      .select(['round', 'fields', 'message', 'requested_at', 'answered_at'])
      .where('application_id', '=', of)
      .orderBy('round')
      .execute(),
    tx
      .selectFrom('revision')
      .select(['at', 'actor_kind', 'actor_id', 'fields', 'content'])
      .where('application_id', '=', of)
      .orderBy('at')
      .execute(),
    tx
      .selectFrom('consent')
      .select(['purpose', 'given', 'by_guardian', 'text_version', 'channel', 'recorded_at'])
      .where('application_id', '=', of)
      .where('withdrawn_at', 'is', null)
      .orderBy('recorded_at')
      .execute(),
  ]);
  return {
    identityChecks: checks.map((check) => ({
      documentType: check.document_type,
      documentForm: check.document_form,
      exceptionReason: check.exception_reason,
      at: check.at,
      officerId: check.officer_id,
    })),
    crossChecks: crossChecks.map((check) => ({
      outcome: check.outcome,
      reason: check.reason,
      candidates: check.candidates.length,
      at: check.at,
      officerId: check.officer_id,
    })),
    corrections: corrections.map((correction) => ({
      round: correction.round,
      fields: correction.fields as CorrectableField[],
      message:
        masked || correction.message === null
          ? ''
          : deps.vault.openText(scope.library.id, 'message', correction.message),
      requestedAt: correction.requested_at,
      answeredAt: correction.answered_at,
    })),
    revisions: revisions.map((revision) => ({
      at: revision.at,
      actorKind: revision.actor_kind,
      actorId: revision.actor_id,
      fields: revision.fields as FieldName[],
      ...(masked ? { before: {}, after: {} } : openRevision(deps, scope, row, revision.content)),
    })),
    consents: consents.map((consent) => ({
      purpose: consent.purpose,
      given: consent.given,
      byGuardian: consent.by_guardian,
      textVersion: consent.text_version,
      channel: consent.channel,
      at: consent.recorded_at,
    })),
  };
}

function openRevision(
  deps: Deps,
  scope: Scope,
  row: ApplicationRow,
  content: Buffer,
): { before: FormValues; after: FormValues } {
  // Erased: the key is destroyed, and with it what the revision held.
  if (row.person_key.length === 0) return { before: {}, after: {} };
  const text = deps.vault.openFor(scope.library.id, row.person_key, content);
  const { before, after } = JSON.parse(text) as { before: FormValues; after: FormValues };
  return { before: maskedNumbers(before), after: maskedNumbers(after) };
}
