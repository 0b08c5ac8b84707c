import type { Db, Tx } from '../db/connection.ts';
import type { Channel } from '../db/schema.ts';
import type { ApplicantData } from '../domain/applicant.ts';
import type { ApplicationState } from '../domain/application.ts';
import { checkForm } from '../domain/check-form.ts';
import { cleanText } from '../domain/clean-text.ts';
import { EDITABLE_FIELDS, fieldsOfCorrection, mergeAnswers } from '../domain/corrections.ts';
import {
  CHECKED,
  type CorrectableField,
  type FieldName,
  type FormContext,
  type FormValues,
} from '../domain/form-fields.ts';
import type { FormProblem } from '../domain/form-outcome.ts';
import type { ApplicationId } from '../domain/ids.ts';
import { writePhoto } from './attach-photo.ts';
import { type CaseRefusal, changeCase, type NewCaseEvent } from './change-case.ts';
import { recordConsents } from './consent-as-guardian.ts';
import type { Deps, Scope } from './context.ts';
import { OPEN_TEXTS } from './cover-person.ts';
import { formContextFor } from './form-context.ts';
import { formValuesOf, type PersonRow, personPatch, writeRevision } from './revise-person.ts';

export interface CorrectionAnswer {
  readonly applicationId: ApplicationId;
  /** As posted; only the fields that are open are read, an empty number keeps the stored one. */
  readonly values: FormValues;
  /** Fields whose stored value the person wants gone; only an added NIK can be emptied by itself. */
  readonly emptied?: readonly FieldName[];
  /** A prepared JPEG, where the photo was asked for and sent. */
  readonly photo: Uint8Array | null;
  readonly expectedVersion?: number | undefined;
}

export type CorrectionRefusal =
  | CaseRefusal
  | { readonly ok: false; readonly reason: 'form-problems'; readonly problems: readonly FormProblem[] }
  /** The officer asked for another photo and none came. */
  | { readonly ok: false; readonly reason: 'photo-missing' };

/** What an officer asked for and nobody has answered yet. */
export interface OpenCorrection {
  readonly id: string;
  readonly round: number;
  readonly fields: readonly CorrectableField[];
  /** The officer's words to the applicant; null where the fields say it all. */
  readonly message: string | null;
}

/** The newest unanswered correction of a case. */
export async function findOpenCorrection(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  applicationId: ApplicationId,
): Promise<OpenCorrection | undefined> {
  const row = await tx
    .selectFrom('correction')
    .select(['id', 'round', 'fields', 'message'])
    .where('application_id', '=', applicationId)
    .where('answered_at', 'is', null)
    .orderBy('round', 'desc')
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    id: row.id,
    round: row.round,
    fields: row.fields as CorrectableField[],
    message: row.message === null ? null : deps.vault.openText(scope.library.id, 'message', row.message),
  };
}

/**
 * The applicant puts things right: exactly the fields asked for, or any of them while nobody has taken the case.
 * Before and after are kept; an answered case goes back to the queue.
 */
export async function answerCorrection(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: CorrectionAnswer,
): Promise<
  { readonly ok: true; readonly version: number; readonly state: ApplicationState } | CorrectionRefusal
> {
  // Villages are looked up before the case is locked: the list of regions belongs to no library.
  const context = await formContextFor(db, scope, 'phone', input.values);
  return changeCase<{ state: ApplicationState }, CorrectionRefusal>(
    db,
    deps,
    scope,
    {
      applicationId: input.applicationId,
      action: 'answer_correction',
      expectedVersion: input.expectedVersion,
    },
    async (tx, { row, facts }) => {
      const asked =
        row.state === 'needs_correction' ? await findOpenCorrection(tx, deps, scope, row.id) : undefined;
      const open = asked ? fieldsOfCorrection(asked.fields) : EDITABLE_FIELDS;
      if (asked?.fields.includes('photo') && input.photo === null)
        return { ok: false, reason: 'photo-missing' };

      const stored = formValuesOf(row, deps.vault, scope.library.id, 'full');
      const merged = {
        ...mergeAnswers(stored, input.values, open, input.emptied),
        // Given once and kept in rows of their own.
        acknowledged: CHECKED,
        consent_version: context.consentVersion,
      };
      const outcome = checkForm(merged, acceptingStored(context, row));
      if (!outcome.ok) return { ok: false, reason: 'form-problems', problems: outcome.problems };

      const revision = personPatch(deps.vault, scope.library.id, row, outcome.applicant);
      const subject = { applicationId: row.id, memberId: null, personKey: row.person_key };
      await writeRevision(tx, deps, scope, subject, revision);
      const events: NewCaseEvent[] = [];
      const photo = input.photo
        ? await writePhoto(tx, deps, scope, row, {
            jpeg: input.photo,
            startedAt: null,
            source: 'status_page',
          })
        : null;
      if (photo) events.push(photo.event);
      if (asked)
        await tx
          .updateTable('correction')
          .set({ answered_at: scope.at })
          .where('application_id', '=', row.id)
          .where('answered_at', 'is', null)
          .execute();
      events.push({ kind: asked ? 'correction_answered' : 'edited' });

      const consentedNow = outcome.applicant.guardian?.consented === true && facts.guardianMissing;
      if (consentedNow)
        await recordConsents(
          tx,
          deps,
          scope,
          {
            applicationId: row.id,
            textVersion: context.consentVersion,
            channel: row.channel satisfies Channel,
          },
          [['guardian', true]],
        );
      const consented = consentedNow || row.guardian_consented_at !== null;
      const state = stateAfter(outcome.applicant, consented);
      return {
        ok: true,
        change: {
          toState: state,
          patch: {
            ...revision.patch,
            ...(photo && { photo_id: photo.fileId }),
            ...(consentedNow && { guardian_consented_at: scope.at }),
            // Back in the queue for whoever is free, as any other case.
            held_by: null,
            held_at: null,
          },
          events,
          fields: [...revision.fields, ...(photo ? ['photo'] : [])],
        },
        result: { state },
      };
    },
  );
}

/** A birth date put right can make a child of an adult, and the other way round. */
function stateAfter(applicant: ApplicantData, consented: boolean): 'waiting_guardian' | 'submitted' {
  return applicant.guardian !== null && !consented ? 'waiting_guardian' : 'submitted';
}

/** As `cleanText` leaves a text on its way through a form again. */
function spacedOnce(text: string | null): string {
  const result = cleanText(text ?? '', Number.POSITIVE_INFINITY);
  return result.ok ? result.text : '';
}

/** What the library accepted when the case began stays accepted while it is put right, a text of before the rule too. */
export function acceptingStored(context: FormContext, row: PersonRow): FormContext {
  const villages = new Set<string | null>([row.address_village, row.present_village]);
  return {
    ...context,
    documentsAccepted: [...context.documentsAccepted, ...(row.document_type ? [row.document_type] : [])],
    memberTypes: [...context.memberTypes, row.member_type],
    noDocumentReasons: [
      ...context.noDocumentReasons,
      ...(row.no_document_reason ? [row.no_document_reason] : []),
    ],
    knownVillage: (code) => villages.has(code) || (context.knownVillage?.(code) ?? true),
    isStored: (field, text) =>
      OPEN_TEXTS.some((column) => column === field && spacedOnce(row[column]) === text),
  };
}
