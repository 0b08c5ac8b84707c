import type { ApplicationRow } from '../db/application.ts';
import type { Db } from '../db/connection.ts';
import { checkForm } from '../domain/check-form.ts';
import { EDITABLE_FIELDS, mergeAnswers } from '../domain/corrections.ts';
import { CHECKED, type FieldName, type FormValues } from '../domain/form-fields.ts';
import type { FormProblem } from '../domain/form-outcome.ts';
import type { ApplicationId } from '../domain/ids.ts';
import type { StepAct } from '../domain/procedure.ts';
import { acceptingStored } from './answer-correction.ts';
import { type CaseRefusal, changeCase } from './change-case.ts';
import type { Deps, Scope } from './context.ts';
import { CHECKED_FIELDS, closeCrossCheck } from './cross-check.ts';
import { formContextFor } from './form-context.ts';
import { formValuesOf, personPatch, writeRevision } from './revise-person.ts';

type Refusal =
  | CaseRefusal
  | { readonly ok: false; readonly reason: 'form-problems'; readonly problems: readonly FormProblem[] };

/**
 * The officer puts the data right in place (SOP-J 6), with before and after kept. A changed identity is compared
 * again with members and open cases at once. Nothing changed: no step is recorded.
 * @param input.values as posted; an empty number keeps the stored one, which a masked screen never held
 */
export async function correctCase(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly applicationId: ApplicationId;
    readonly values: FormValues;
    readonly startedAt: Date | null;
    readonly expectedVersion?: number | undefined;
  },
): Promise<{ readonly ok: true; readonly version: number; readonly fields: readonly FieldName[] } | Refusal> {
  // Villages are looked up before the case is locked: the list of regions belongs to no library.
  const context = await formContextFor(db, scope, 'desk', input.values);
  const { applicationId, expectedVersion } = input;
  return changeCase<{ fields: readonly FieldName[] }, Refusal>(
    db,
    deps,
    scope,
    { applicationId, expectedVersion, action: 'correct' },
    async (tx, current) => {
      const { row, facts } = current;
      const stored = formValuesOf(row, deps.vault, scope.library.id, 'full');
      const merged = {
        ...mergeAnswers(stored, input.values, EDITABLE_FIELDS),
        // Given by the applicant and kept in rows of their own.
        acknowledged: CHECKED,
        consent_version: context.consentVersion,
      };
      const outcome = checkForm(merged, acceptingStored(context, row));
      if (!outcome.ok) return { ok: false, reason: 'form-problems', problems: outcome.problems };
      const revision = personPatch(deps.vault, scope.library.id, row, outcome.applicant);
      const { fields, patch } = revision;
      if (fields.length === 0) return { ok: true, change: { events: [] }, result: { fields } };
      await writeRevision(
        tx,
        deps,
        scope,
        { applicationId: row.id, memberId: null, personKey: row.person_key },
        revision,
      );
      // Whoever came to the counter with the answer has answered.
      await tx
        .updateTable('correction')
        .set({ answered_at: scope.at })
        .where('application_id', '=', row.id)
        .where('answered_at', 'is', null)
        .execute();
      const compared = fields.some((field) => CHECKED_FIELDS.has(field));
      const undone: StepAct[] = compared ? ['cross_check'] : [];
      const done = new Set<StepAct>([...facts.done].filter((act) => !undone.includes(act)));
      const again = compared
        ? await closeCrossCheck(
            tx,
            deps,
            scope,
            { ...current, row: { ...row, ...patch } as ApplicationRow },
            done,
          )
        : [];
      return {
        ok: true,
        change: {
          patch,
          undone,
          events: [{ kind: 'act', act: 'revise', startedAt: input.startedAt }, ...again],
          fields,
        },
        result: { fields },
      };
    },
  );
}
