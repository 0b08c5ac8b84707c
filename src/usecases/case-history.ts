import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { ApplicationRow } from '../db/application.ts';
import type { Tx } from '../db/connection.ts';
import { bytesOf } from '../db/json-row.ts';
import type { ActorKind } from '../db/schema.ts';
import type { CorrectableField, FieldName, FormValues } from '../domain/form-fields.ts';
import type { FileId } from '../domain/ids.ts';
import type { DocumentForm, DocumentType } from '../domain/procedure.ts';
import { type Deps, type Scope, todayOf } from './context.ts';
import { maskedNumbers } from './cover-person.ts';
import type { QueuePriority } from './queue-ticket.ts';

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

/** What lies beside the history: papers, and the place in today's queue. */
export interface CaseRecords extends CaseHistory {
  readonly scans: readonly ScanEntry[];
  readonly ticket: CaseTicket | null;
}

export interface ScanEntry {
  readonly id: FileId;
  readonly kind: 'scan' | 'guardian_letter';
  readonly mime: string;
  readonly at: Date;
  readonly deleted: boolean;
}

export interface CaseTicket {
  readonly id: string;
  readonly number: number;
  readonly priority: QueuePriority | null;
}

/**
 * Reads checks, corrections, revisions and standing consents of a case, oldest first, its scans and today's ticket: lists of a
 * row or two, so that asking seven times would cost more than all of them (docs/decisions/054).
 */
export async function readRecords(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  row: ApplicationRow,
  masked: boolean,
): Promise<CaseRecords> {
  const of = row.id;
  const found = await tx
    .selectNoFrom((from) => [
      jsonArrayFrom(
        from
          .selectFrom('identity_check')
          .select(['document_type', 'document_form', 'exception_reason', 'at', 'officer_id'])
          .where('application_id', '=', of)
          .orderBy('at'),
      ).as('checks'),
      jsonArrayFrom(
        from
          .selectFrom('cross_check')
          .select(['outcome', 'reason', 'candidates', 'at', 'officer_id'])
          .where('application_id', '=', of)
          .orderBy('at'),
      ).as('crossChecks'),
      jsonArrayFrom(
        from
          .selectFrom('correction')
          .select(['round', 'fields', 'message', 'requested_at', 'answered_at'])
          .where('application_id', '=', of)
          .orderBy('round'),
      ).as('corrections'),
      jsonArrayFrom(
        from
          .selectFrom('revision')
          .select(['at', 'actor_kind', 'actor_id', 'fields', 'content'])
          .where('application_id', '=', of)
          .orderBy('at'),
      ).as('revisions'),
      jsonArrayFrom(
        from
          .selectFrom('consent')
          .select(['purpose', 'given', 'by_guardian', 'text_version', 'channel', 'recorded_at'])
          .where('application_id', '=', of)
          .where('withdrawn_at', 'is', null)
          .orderBy('recorded_at'),
      ).as('consents'),
      jsonArrayFrom(
        from
          .selectFrom('file')
          .select(['id', 'kind', 'mime', 'created_at', 'deleted_at'])
          .where('application_id', '=', of)
          .where('kind', 'in', ['scan', 'guardian_letter'])
          .orderBy('created_at'),
      ).as('scans'),
      jsonArrayFrom(
        from
          .selectFrom('queue_ticket')
          .select(['id', 'number', 'priority'])
          .where('application_id', '=', of)
          .where('day', '=', todayOf(scope))
          .orderBy('issued_at', 'desc')
          .limit(1),
      ).as('tickets'),
    ])
    .executeTakeFirstOrThrow();
  return {
    identityChecks: found.checks.map((check) => ({
      documentType: check.document_type,
      documentForm: check.document_form,
      exceptionReason: check.exception_reason,
      at: new Date(check.at),
      officerId: check.officer_id,
    })),
    crossChecks: found.crossChecks.map((check) => ({
      outcome: check.outcome,
      reason: check.reason,
      candidates: check.candidates.length,
      at: new Date(check.at),
      officerId: check.officer_id,
    })),
    corrections: found.corrections.map((correction) => ({
      round: correction.round,
      fields: correction.fields as CorrectableField[],
      message:
        masked || correction.message === null
          ? ''
          : deps.vault.openText(scope.library.id, 'message', bytesOf(correction.message)),
      requestedAt: new Date(correction.requested_at),
      answeredAt: correction.answered_at === null ? null : new Date(correction.answered_at),
    })),
    revisions: found.revisions.map((revision) => ({
      at: new Date(revision.at),
      actorKind: revision.actor_kind,
      actorId: revision.actor_id,
      fields: revision.fields as FieldName[],
      ...(masked ? { before: {}, after: {} } : openRevision(deps, scope, row, bytesOf(revision.content))),
    })),
    consents: found.consents.map((consent) => ({
      purpose: consent.purpose,
      given: consent.given,
      byGuardian: consent.by_guardian,
      textVersion: consent.text_version,
      channel: consent.channel,
      at: new Date(consent.recorded_at),
    })),
    scans: masked
      ? []
      : found.scans.map((scan) => ({
          id: scan.id,
          kind: scan.kind === 'guardian_letter' ? 'guardian_letter' : 'scan',
          mime: scan.mime,
          at: new Date(scan.created_at),
          deleted: scan.deleted_at !== null,
        })),
    ticket: found.tickets[0] ?? null,
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
