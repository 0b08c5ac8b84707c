import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { familyOf } from '../db/member-family.ts';
import { inLibrary } from '../db/tenancy.ts';
import { needsGuardian } from '../domain/child.ts';
import type { ApplicationId, MemberId } from '../domain/ids.ts';
import type { ConsentPurpose } from '../domain/library-settings.ts';
import { may } from '../domain/permissions.ts';
import { addMonths, type PlainDate } from '../domain/plain-date.ts';
import { writeAudit } from './audit.ts';
import { lockMember } from './change-member.ts';
import { type Deps, newId, type Scope, todayOf } from './context.ts';
import { enqueueMessage, stopQueuedMessages } from './outbox.ts';

const BATCH = 200;

/**
 * Asks every member who has turned 18 under a guardian's consent for their own: from now on their pages, the gate and
 * the counter say so, and a message goes to who agreed to messages. The guardian's word stands until they answer, so that nothing stops on a birthday.
 * @returns how many were asked now
 */
export async function askForOwnConsents(db: Db, deps: Deps, scope: Scope): Promise<number> {
  const bornBefore = addMonths(todayOf(scope), -18 * 12);
  let asked = 0;
  for (;;) {
    const batch = await inLibrary(db, scope.library.id, async (tx) => {
      const { rows } = await sql<{ id: MemberId }>`
        insert into own_consent (library_id, member_id, asked_at)
        select member.library_id, member.id, ${scope.at} from member
        where member.birth_date <= ${bornBefore} and member.merged_into is null and member.state <> 'ended'
          and exists (select from consent where consent.library_id = member.library_id
            and consent.member_id = member.id and by_guardian and given and withdrawn_at is null)
          and not exists (select from own_consent where own_consent.library_id = member.library_id
            and own_consent.member_id = member.id)
        limit ${BATCH} on conflict do nothing returning member_id as id`.execute(tx);
      const { rows: cases } = await sql<{ id: MemberId; application_id: ApplicationId | null }>`
        select id, application_id from member where id = any(${rows.map(({ id }) => id)}::uuid[])`.execute(
        tx,
      );
      for (const { id, application_id } of cases) {
        await enqueueMessage(tx, deps, scope.at, {
          libraryId: scope.library.id,
          kind: 'own_consent',
          applicationId: application_id,
          memberId: id,
        });
        await writeAudit(tx, deps, scope, {
          action: 'consent.own_asked',
          subjectKind: 'member',
          subjectId: id,
        });
      }
      return rows.length;
    });
    asked += batch;
    if (batch < BATCH) return asked;
  }
}

/** Within a statement that reads members under this name: whether a guardian's consent still stands for the person. */
export function guardianStands(member: string): RawBuilder<boolean> {
  return sql<boolean>`exists (
    select from consent
    where consent.member_id = any(array(select member_id from member_family(${sql.ref(`${member}.id`)})))
      and by_guardian and given and withdrawn_at is null)`;
}

/** Of such a row: whether the officer who meets this member should ask for the consent that is the member's own now. */
export function isOwnDue(
  scope: Scope,
  row: { readonly birth_date: PlainDate | null; readonly guardian_stands: boolean },
): boolean {
  const { birth_date: birthDate } = row;
  return row.guardian_stands && birthDate !== null && !needsGuardian(birthDate, todayOf(scope));
}

/** The same of one member. */
export async function ownConsentDue(tx: Tx, scope: Scope, memberId: MemberId): Promise<boolean> {
  const row = await tx
    .selectFrom('member')
    .select(['birth_date', guardianStands('member').as('guardian_stands')])
    .where('id', '=', memberId)
    .executeTakeFirst();
  return row !== undefined && isOwnDue(scope, row);
}

/** The same, for a page that has no transaction of its own. */
export function isOwnConsentDue(db: Db, scope: Scope, memberId: MemberId): Promise<boolean> {
  return inLibrary(db, scope.library.id, (tx) => ownConsentDue(tx, scope, memberId));
}

export type OwnConsentRefusal = {
  readonly ok: false;
  readonly reason: 'not-found' | 'not-allowed' | 'still-child' | 'not-waiting' | 'text-changed' | 'not-read';
};

/**
 * The member's own word after 18: that the notice was read, and a yes or no to each optional consent. The guardian's
 * rows end with it and stay readable.
 */
export function giveOwnConsent(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly memberId: MemberId;
    readonly acknowledged: boolean;
    readonly consents: Readonly<Record<ConsentPurpose, boolean>>;
    readonly channel: 'phone' | 'desk';
    /** Version and language of the texts that were shown. */
    readonly textVersion: string;
    readonly textLang: 'id' | 'en';
  },
): Promise<{ readonly ok: true } | OwnConsentRefusal> {
  const { actor, library } = scope;
  return inLibrary(db, library.id, async (tx) => {
    if (actor.kind !== 'applicant' && !(actor.kind === 'officer' && may(actor.roles, 'application.process')))
      return { ok: false, reason: 'not-allowed' };
    const member = await lockMember(tx, input.memberId);
    if (!member || member.name === '') return { ok: false, reason: 'not-found' };
    if (member.birth_date === null || needsGuardian(member.birth_date, todayOf(scope)))
      return { ok: false, reason: 'still-child' };
    if (!(await ownConsentDue(tx, scope, member.id))) return { ok: false, reason: 'not-waiting' };
    if (input.textVersion !== library.settings.consents.version) return { ok: false, reason: 'text-changed' };
    if (!input.acknowledged) return { ok: false, reason: 'not-read' };
    const answers = [
      ['acknowledgement', true],
      ['photo_on_card', input.consents.photo_on_card],
      ['messages', input.consents.messages],
    ] as const;
    await tx
      .updateTable('consent')
      .set({ withdrawn_at: scope.at })
      .where('member_id', 'in', familyOf(member.id))
      .where('withdrawn_at', 'is', null)
      .execute();
    await tx
      .insertInto('consent')
      .values(
        answers.map(([purpose, given]) => ({
          library_id: library.id,
          id: newId<string>(deps, scope.at),
          application_id: member.application_id,
          member_id: member.id,
          purpose,
          given,
          by_guardian: false,
          text_version: input.textVersion,
          text_lang: input.textLang,
          channel: input.channel,
          recorded_at: scope.at,
          recorded_by: actor.kind === 'officer' ? actor.id : null,
          withdrawn_at: null,
        })),
      )
      .execute();
    if (!input.consents.messages)
      await stopQueuedMessages(
        tx,
        { memberId: member.id, applicationId: member.application_id as ApplicationId | null },
        'consent-withdrawn',
      );
    await tx
      .insertInto('own_consent')
      .values({ library_id: library.id, member_id: member.id, asked_at: scope.at, answered_at: scope.at })
      .onConflict((conflict) =>
        conflict.columns(['library_id', 'member_id']).doUpdateSet({ answered_at: scope.at }),
      )
      .execute();
    await writeAudit(tx, deps, scope, {
      action: 'consent.own_given',
      subjectKind: 'member',
      subjectId: member.id,
      fields: answers.map(([purpose]) => `consent_${purpose}`),
    });
    return { ok: true };
  });
}
