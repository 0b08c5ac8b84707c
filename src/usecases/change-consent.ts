import { lockApplication } from '../db/application.ts';
import type { Db, Tx } from '../db/connection.ts';
import type { ConsentChannel } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import { needsGuardian } from '../domain/child.ts';
import type { ApplicationId, MemberId } from '../domain/ids.ts';
import type { ConsentPurpose } from '../domain/library-settings.ts';
import { may } from '../domain/permissions.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { writeAudit } from './audit.ts';
import { lockMember } from './change-member.ts';
import { type Deps, newId, type Scope, todayOf } from './context.ts';
import { stopQueuedMessages } from './outbox.ts';
import { type ConsentPerson, consentRowsOf, standingOf } from './read-consents.ts';
import { recordFulfilled } from './rights-request.ts';

/** Written into rows of the outbox that wait no longer: the person took the consent to messages back. */
export const CONSENT_WITHDRAWN = 'consent-withdrawn';

export type ConsentChange = ({ readonly memberId: MemberId } | { readonly applicationId: ApplicationId }) & {
  readonly kind: ConsentPurpose;
  /** False takes it back, or says no for the first time. */
  readonly given: boolean;
  /** `phone` the person's own page; `counter` said to an officer; `paper` a signed sheet. */
  readonly channel: 'phone' | 'counter' | 'paper';
  /** A child's consents are the guardian's alone: from the guardian's link, or said by the guardian at the counter. */
  readonly by?: 'self' | 'guardian';
  /** Version of the text the person was shown, where the page carried it; another one in force is refused. */
  readonly textVersion?: string | undefined;
  /** Language in which it was shown. */
  readonly textLang?: 'id' | 'en' | undefined;
};

export type ConsentRefusal = {
  readonly ok: false;
  readonly reason:
    | 'not-found'
    /** Under 18: only a parent or guardian decides, and only after the guardian's own consent. */
    | 'guardian-only'
    /** No permission, or the person's data are gone, or nothing may be given to a membership that ended. */
    | 'not-allowed'
    /** Consent is to a text: the library changed it after the page was shown. */
    | 'text-changed';
};

/**
 * Gives or takes back one optional consent (UU 27/2022). A row is added and nothing overwritten: the row that stood
 * ends with the time of the new one. Taking back "messages" stops what still waits in the outbox; "photo on the card"
 * is read whenever a card is shown or printed, so it works at once. The case and the membership go on unchanged:
 * refusing never blocks.
 * @returns `changed` false where that already stood, under the same text
 */
export async function changeConsent(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: ConsentChange,
): Promise<{ readonly ok: true; readonly changed: boolean } | ConsentRefusal> {
  const { actor, library } = scope;
  if (actor.kind !== 'applicant' && !(actor.kind === 'officer' && may(actor.roles, 'application.process')))
    return { ok: false, reason: 'not-allowed' };
  const textVersion = library.settings.consents.version;
  if (input.given && input.textVersion !== undefined && input.textVersion !== textVersion)
    return { ok: false, reason: 'text-changed' };
  const outcome = await inLibrary(db, library.id, async (tx) => {
    const subject = await lockSubject(tx, input);
    if (!subject) return { ok: false, reason: 'not-found' } as const;
    const { person } = subject;
    if (subject.erased || (input.given && subject.ended))
      return { ok: false, reason: 'not-allowed' } as const;
    const child = subject.birthDate !== null && needsGuardian(subject.birthDate, todayOf(scope));
    if (child && (input.by !== 'guardian' || subject.waitsForGuardian))
      return { ok: false, reason: 'guardian-only' } as const;

    const rows = await consentRowsOf(tx, person, [input.kind]);
    const standing = standingOf(rows);
    const [newest] = rows;
    if (newest && (standing === 'given') === input.given) {
      // The same answer to the same text is no new act; the same answer to a newer text is one.
      if (!input.given || newest.text_version === textVersion)
        return { ok: true, changed: false, person } as const;
    }
    // Two taps can reach the row within a millisecond, or in the other order than they were made: the last one written
    // is the last word. Identifiers of two processes say nothing of the order within a millisecond.
    const after = newest ? newest.recorded_at.getTime() + 1 : 0;
    const at = new Date(Math.max(scope.at.getTime(), after));
    const ended = rows.filter((row) => row.withdrawn_at === null).map((row) => row.id);
    if (ended.length > 0)
      await tx.updateTable('consent').set({ withdrawn_at: at }).where('id', 'in', ended).execute();
    await tx
      .insertInto('consent')
      .values({
        library_id: library.id,
        id: newId<string>(deps, at),
        application_id: person.applicationId,
        member_id: person.memberId,
        purpose: input.kind,
        given: input.given,
        by_guardian: child,
        text_version: textVersion,
        text_lang: input.textLang ?? null,
        channel: CHANNEL[input.channel],
        recorded_at: at,
        recorded_by: actor.kind === 'officer' ? actor.id : null,
        withdrawn_at: null,
      })
      .execute();
    if (!input.given && standing === 'given')
      await recordFulfilled(tx, deps, scope, { ...person, erased: false }, 'withdraw');
    if (input.kind === 'messages' && !input.given) await stopQueuedMessages(tx, person, CONSENT_WITHDRAWN);
    await writeAudit(tx, deps, scope, {
      action: input.given ? 'consent.give' : 'consent.withdraw',
      ...(person.memberId === null
        ? { subjectKind: 'application', subjectId: person.applicationId }
        : { subjectKind: 'member', subjectId: person.memberId }),
      fields: [`consent_${input.kind}`],
    });
    return { ok: true, changed: true, person } as const;
  });
  if (!outcome.ok) return outcome;
  if (outcome.changed && outcome.person.applicationId !== null)
    deps.wake({ libraryId: library.id, topic: 'case', subjectId: outcome.person.applicationId });
  return { ok: true, changed: outcome.changed };
}

const CHANNEL = { phone: 'phone', counter: 'desk', paper: 'paper' } as const satisfies Record<
  ConsentChange['channel'],
  ConsentChannel
>;

interface ConsentSubject {
  readonly person: ConsentPerson;
  readonly birthDate: PlainDate | null;
  readonly waitsForGuardian: boolean;
  readonly ended: boolean;
  readonly erased: boolean;
}

/** The case before the member, as every other use case locks them. */
async function lockSubject(tx: Tx, input: ConsentChange): Promise<ConsentSubject | undefined> {
  const row = 'applicationId' in input ? await lockApplication(tx, input.applicationId) : undefined;
  if ('applicationId' in input && !row) return undefined;
  const memberId = 'memberId' in input ? input.memberId : (row?.member_id ?? null);
  const member = memberId === null ? undefined : await lockMember(tx, memberId);
  // What is said on the page of a merged membership's case is kept with that one and holds for who stands for it.
  const standing =
    member && member.merged_into !== null ? ((await lockMember(tx, member.merged_into)) ?? member) : member;
  if (member && standing)
    return {
      person: { memberId: member.id, applicationId: member.application_id },
      birthDate: standing.birth_date,
      waitsForGuardian: false,
      ended: standing.state === 'ended',
      erased: standing.name === '',
    };
  return row
    ? {
        person: { memberId: null, applicationId: row.id },
        birthDate: row.birth_date,
        waitsForGuardian: row.guardian_consented_at === null,
        ended: false,
        erased: row.name === '',
      }
    : undefined;
}
