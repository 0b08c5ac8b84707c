import type { Selectable } from 'kysely';
import type { ApplicationRow } from '../db/application.ts';
import type { Db, Tx } from '../db/connection.ts';
import { familyOf, isStandingFor } from '../db/member-family.ts';
import type { ConsentChannel, Database } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import { needsGuardian } from '../domain/child.ts';
import type { ApplicationId, MemberId } from '../domain/ids.ts';
import type { ConsentPurpose } from '../domain/library-settings.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { guardianStands } from './ask-own-consent.ts';
import { type Scope, todayOf } from './context.ts';

/** Whose consents: a membership's, or those of a case that is none yet. */
export type ConsentPerson =
  | { readonly memberId: MemberId; readonly applicationId: ApplicationId | null }
  | { readonly memberId: null; readonly applicationId: ApplicationId };

export type ConsentRow = Selectable<Database['consent']>;

/** `unrecorded`: nobody ever asked, such as for members taken over from another system. */
export type ConsentStanding = 'given' | 'refused' | 'withdrawn' | 'unrecorded';

/** One thing the person said, or that was said for a child. */
export interface ConsentWord {
  readonly said: Exclude<ConsentStanding, 'unrecorded'>;
  readonly at: Date;
  readonly textVersion: string;
  readonly channel: ConsentChannel;
  readonly byGuardian: boolean;
}

export interface ConsentView {
  readonly purpose: ConsentPurpose;
  readonly standing: ConsentStanding;
  /** Newest first; empty where nothing is recorded. */
  readonly words: readonly ConsentWord[];
}

export interface ConsentsView {
  readonly consents: readonly ConsentView[];
  /** Under 18: a parent or guardian decides. */
  readonly child: boolean;
  /** The guardian of a child has not consented yet: the child's own ticks do not count. */
  readonly waitsForGuardian: boolean;
  /** Of age now, and a guardian's word still stands: the member's own is asked for. */
  readonly waitsForOwn: boolean;
}

export const CONSENT_PURPOSES = ['photo_on_card', 'messages'] as const satisfies readonly ConsentPurpose[];

/**
 * All rows of a person's optional consents, newest first. The approval gives the case's rows to the member; from then
 * on the membership's word counts, also for a later case that ended as "already a member".
 */
export function consentRowsOf(
  tx: Tx,
  person: ConsentPerson,
  purposes: readonly ConsentPurpose[] = CONSENT_PURPOSES,
): Promise<readonly ConsentRow[]> {
  const rows = tx.selectFrom('consent').selectAll().where('purpose', 'in', purposes);
  const own =
    person.memberId === null
      ? rows.where('application_id', '=', person.applicationId)
      : rows.where('member_id', 'in', familyOf(person.memberId));
  // Identifiers rise with time: of two at one moment the later one is the last word.
  return own.orderBy('recorded_at', 'desc').orderBy('id', 'desc').execute();
}

/** What stands, by rows of one purpose, newest first. */
export function standingOf(rows: readonly Pick<ConsentRow, 'given' | 'withdrawn_at'>[]): ConsentStanding {
  const [newest, ...earlier] = rows;
  if (!newest) return 'unrecorded';
  if (newest.given) return newest.withdrawn_at === null ? 'given' : 'withdrawn';
  return earlier.some((row) => row.given) ? 'withdrawn' : 'refused';
}

/** The optional consents of a person with everything that was said, for the pages where they can be changed. */
export function readConsents(
  db: Db,
  scope: Scope,
  of: { readonly memberId: MemberId } | { readonly applicationId: ApplicationId },
): Promise<ConsentsView | undefined> {
  return inLibrary(db, scope.library.id, async (tx) => {
    if ('memberId' in of) return consentsOf(tx, todayOf(scope), null, of.memberId);
    const row = await tx
      .selectFrom('application')
      .select(['id', 'member_id', 'birth_date', 'guardian_consented_at'])
      .where('id', '=', of.applicationId)
      .executeTakeFirst();
    return row && consentsOf(tx, todayOf(scope), row, row.member_id);
  });
}

type CaseOfConsents = Pick<ApplicationRow, 'id' | 'birth_date' | 'guardian_consented_at'>;

/** As `readConsents`, for a case that was read already; undefined where there is neither a case nor a member. */
export async function consentsOf(
  tx: Tx,
  today: PlainDate,
  row: CaseOfConsents | null,
  memberId: MemberId | null,
): Promise<ConsentsView | undefined> {
  // Asked together: to wait for the one answer costs more than the other question.
  const [member, rows] = await Promise.all([
    memberId === null ? undefined : findConsentMember(tx, memberId),
    memberId === null
      ? row && consentRowsOf(tx, { memberId: null, applicationId: row.id })
      : consentRowsOf(tx, { memberId, applicationId: null }),
  ]);
  if (rows === null || (memberId !== null && !member)) return undefined;
  const birthDate = (member ?? row)?.birth_date ?? null;
  const child = birthDate !== null && needsGuardian(birthDate, today);
  return {
    consents: CONSENT_PURPOSES.map((purpose) =>
      viewOf(
        purpose,
        rows.filter((one) => one.purpose === purpose),
      ),
    ),
    child,
    waitsForGuardian: child && !member && row?.guardian_consented_at === null,
    waitsForOwn: member?.guardian_stands === true && birthDate !== null && !child,
  };
}

function findConsentMember(tx: Tx, memberId: MemberId) {
  return tx
    .selectFrom('member as own')
    .innerJoin('member', (join) =>
      join.onRef('member.library_id', '=', 'own.library_id').on(isStandingFor('own')),
    )
    .select(['member.birth_date', guardianStands('own').as('guardian_stands')])
    .where('own.id', '=', memberId)
    .executeTakeFirst();
}

/**
 * Whether something may be sent to who applied, with the text that was agreed to; null where not: the consent to messages stands, and for a child whose guardian has not
 * consented yet nothing does, whatever the child ticked.
 */
export async function agreedToMessages(
  tx: Tx,
  today: PlainDate,
  row: CaseOfConsents & Pick<ApplicationRow, 'member_id'>,
): Promise<{ readonly textVersion: string } | null> {
  const asked = await consentsOf(tx, today, row, row.member_id);
  const messages = asked?.consents.find(({ purpose }) => purpose === 'messages');
  const [newest] = messages?.words ?? [];
  return messages?.standing === 'given' && asked?.waitsForGuardian === false && newest
    ? { textVersion: newest.textVersion }
    : null;
}

/** Whether the text that somebody agreed to names WhatsApp: who agreed to e-mail has not agreed to a transfer abroad. */
export async function namesWhatsApp(
  tx: Tx,
  { textVersion }: { readonly textVersion: string },
): Promise<boolean> {
  const found = await tx
    .selectFrom('consent_text')
    .select('version')
    .where('version', '=', textVersion)
    .where('purpose', '=', 'messages')
    .where('content', 'ilike', '%whatsapp%')
    .executeTakeFirst();
  return found !== undefined;
}

/** Whether something may be sent to a member, whatever case they came from. */
export async function memberAgreedToMessages(tx: Tx, today: PlainDate, memberId: MemberId): Promise<boolean> {
  const asked = await consentsOf(tx, today, null, memberId);
  return asked?.consents.find(({ purpose }) => purpose === 'messages')?.standing === 'given';
}

function viewOf(purpose: ConsentPurpose, rows: readonly ConsentRow[]): ConsentView {
  const standing = standingOf(rows);
  const words = rows.map(
    (row, index): ConsentWord => ({
      said: row.given ? 'given' : rows.slice(index + 1).some((one) => one.given) ? 'withdrawn' : 'refused',
      at: row.recorded_at,
      textVersion: row.text_version,
      channel: row.channel,
      byGuardian: row.by_guardian,
    }),
  );
  const [newest] = rows;
  // Ended without a word of its own: the consent to messages of someone who died.
  const silent =
    newest?.given && newest.withdrawn_at !== null && words[0]
      ? [{ ...words[0], said: 'withdrawn' as const, at: newest.withdrawn_at }]
      : [];
  return { purpose, standing, words: [...silent, ...words] };
}
