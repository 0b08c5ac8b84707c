import type { Db, Tx } from '../db/connection.ts';
import type { Channel } from '../db/schema.ts';
import type { GuardianRelation } from '../domain/applicant.ts';
import type { ApplicationId, Phone } from '../domain/ids.ts';
import type { ConsentPurpose } from '../domain/library-settings.ts';
import { type CaseRefusal, changeCase } from './change-case.ts';
import { type Deps, newId, type Scope } from './context.ts';
import { formValuesOf, writeRevision } from './revise-person.ts';

export interface GuardianConsent {
  readonly applicationId: ApplicationId;
  readonly expectedVersion?: number | undefined;
  /** As the guardian states it; the relation is seen on KK or KIA at the counter. The guardian's NIK is not asked. */
  readonly name: string;
  readonly relation: GuardianRelation;
  readonly phone: Phone | null;
  /** The optional ones are the guardian's to give; what the child ticked alone no longer counts. */
  readonly consents: Readonly<Record<ConsentPurpose, boolean>>;
  /** Version of the texts the guardian saw. */
  readonly textVersion: string;
  /** And their language. */
  readonly textLang?: 'id' | 'en' | undefined;
  /** `paper` for a signed sheet that was scanned at the desk. */
  readonly channel: Channel | 'paper';
}

/** Records the consent of a parent or guardian; a case that waited for it moves into the queue. */
export function consentAsGuardian(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: GuardianConsent,
): Promise<{ readonly ok: true; readonly version: number } | CaseRefusal> {
  return changeCase<object, CaseRefusal>(
    db,
    deps,
    scope,
    {
      applicationId: input.applicationId,
      action: 'consent_as_guardian',
      expectedVersion: input.expectedVersion,
    },
    async (tx, { row }) => {
      const before = formValuesOf(row, deps.vault, scope.library.id, 'full');
      const after = {
        guardian_name: input.name,
        guardian_relation: input.relation,
        guardian_phone: input.phone ?? '',
      };
      const fields = (['guardian_name', 'guardian_relation', 'guardian_phone'] as const).filter(
        (field) => (before[field] ?? '') !== after[field],
      );
      await writeRevision(
        tx,
        deps,
        scope,
        { applicationId: row.id, memberId: null, personKey: row.person_key },
        {
          fields,
          before: Object.fromEntries(fields.map((field) => [field, before[field] ?? ''])),
          after: Object.fromEntries(fields.map((field) => [field, after[field]])),
        },
      );
      await recordConsents(tx, deps, scope, input, [
        ['guardian', true],
        ['photo_on_card', input.consents.photo_on_card],
        ['messages', input.consents.messages],
      ]);
      return {
        ok: true,
        change: {
          ...(row.state === 'waiting_guardian' ? { toState: 'submitted' as const } : {}),
          patch: {
            guardian_name: input.name,
            guardian_relation: input.relation,
            guardian_phone: input.phone,
            guardian_consented_at: scope.at,
          },
          events: [{ kind: 'guardian_consented' }],
          fields: ['guardian_consent', ...fields],
        },
        result: {},
      };
    },
  );
}

/** Adds consents and ends earlier ones of the same purposes, so that one row of each purpose stands. */
export async function recordConsents(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  input: Pick<GuardianConsent, 'applicationId' | 'textVersion' | 'textLang' | 'channel'>,
  consents: readonly (readonly ['guardian' | ConsentPurpose, boolean])[],
): Promise<void> {
  const { library, actor, at } = scope;
  const byGuardian = consents.some(([purpose]) => purpose === 'guardian');
  await tx
    .updateTable('consent')
    .set({ withdrawn_at: at })
    .where('application_id', '=', input.applicationId)
    .where(
      'purpose',
      'in',
      consents.map(([purpose]) => purpose),
    )
    .where('withdrawn_at', 'is', null)
    .execute();
  await tx
    .insertInto('consent')
    .values(
      consents.map(([purpose, given]) => ({
        library_id: library.id,
        id: newId<string>(deps, at),
        application_id: input.applicationId,
        member_id: null,
        purpose,
        given,
        by_guardian: byGuardian,
        text_version: input.textVersion,
        text_lang: input.textLang ?? null,
        channel: input.channel,
        recorded_at: at,
        recorded_by: actor.kind === 'officer' ? actor.id : null,
        withdrawn_at: null,
      })),
    )
    .execute();
}
