import { timingSafeEqual } from 'node:crypto';
import { sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { familyOf, findByMemberNumber, isStandingFor } from '../db/member-family.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ApplicationId, LibraryId, MemberId, Phone } from '../domain/ids.ts';
import { smsNumber } from '../domain/phone.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { normaliseTicketCode, readHandOverCode } from '../domain/ticket-code.ts';
import { writeAudit } from './audit.ts';
import { type Deps, newId, type Scope } from './context.ts';
import { type RightsWay, subjectByToken } from './rights-subject.ts';

/** Minutes that a code works. */
export const CODE_MINUTES = 10;
/** Tries that one code allows. */
export const CODE_TRIES = 5;
/** Codes for one person in a day, those at the door of services by themselves, as a number alone asks for them: five tries each make a guess of one in ten thousand, and a nuisance has an end. */
const MOST_A_DAY = 20;
const DAY_MS = 86_400_000;

/** Who a code is for, or was. */
export interface CodeSubject {
  readonly memberId: MemberId | null;
  readonly applicationId: ApplicationId | null;
}

/** `sign_in`: a member at the door of another service. */
type CodePurpose = 'lost_link' | 'own_page' | 'sign_in';

/** How a code comes: to the e-mail address on file, or as a text message to the mobile number there. */
export type CodeWay = 'email' | 'sms';

/** Where a code for somebody can go. */
export interface CodeContact {
  readonly email: string | null;
  /** A mobile number of this country. */
  readonly phone: Phone | null;
}

const NOBODY_THERE: CodeContact = { email: null, phone: null };
const NOBODY: CodeSubject = { memberId: null, applicationId: null };

/**
 * Somebody without an address asks for a code, by member or ticket number and birth date. Whatever was typed, the same
 * statements run, the same rows are written and the answer has the same form: whether anybody was found, or has an
 * e-mail address or a mobile number, is only known to whoever reads that message. It leaves behind the request.
 * @param input.way as the person wishes; the other where there is no such address on file
 * @returns what the page carries until the code is typed; it opens nothing
 */
export function askLostLink(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly number: string;
    readonly birthDate: PlainDate;
    readonly language: 'id' | 'en';
    readonly way?: CodeWay;
  },
): Promise<{ readonly ticket: string }> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const subject = await findPerson(tx, input);
    const { language, way = 'email' } = input;
    return makeCode(tx, deps, scope, { subject, purpose: 'lost_link', language, way });
  });
}

/** A code for whoever holds a secret address already, before something that a leaked address must not be enough for. */
export function askOwnCode(
  db: Db,
  deps: Deps,
  scope: Scope,
  subject: CodeSubject,
  language: 'id' | 'en',
  way: CodeWay = 'email',
): Promise<{ readonly ticket: string }> {
  return inLibrary(db, scope.library.id, (tx) =>
    makeCode(tx, deps, scope, { subject, purpose: 'own_page', language, way }),
  );
}

/**
 * A member wants to sign in to a service, by the member number alone: the code is the proof. As with a lost link, nothing
 * shows whether there is such a member.
 */
export function askSignInCode(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly number: string; readonly language: 'id' | 'en'; readonly way?: CodeWay },
): Promise<{ readonly ticket: string }> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const memberId = (await findByMemberNumber(tx, input.number.trim())) ?? null;
    return makeCode(tx, deps, scope, {
      subject: { memberId, applicationId: null },
      purpose: 'sign_in',
      language: input.language,
      way: input.way ?? 'email',
    });
  });
}

/** A member number, also one of before a merge, or a ticket code: both are looked up, whichever was typed. */
async function findPerson(
  tx: Tx,
  typed: { readonly number: string; readonly birthDate: PlainDate },
): Promise<CodeSubject> {
  const member = await tx
    .selectFrom('member as own')
    .innerJoin('member', (join) =>
      join.onRef('member.library_id', '=', 'own.library_id').on(isStandingFor('own')),
    )
    .select('member.id')
    .where('own.number', '=', typed.number.trim())
    .where('member.birth_date', '=', typed.birthDate)
    .where('member.name', '<>', '')
    .executeTakeFirst();
  const ofCase = await tx
    .selectFrom('application')
    .select('id')
    .where('ticket_code', '=', normaliseTicketCode(typed.number))
    .where('birth_date', '=', typed.birthDate)
    .where('name', '<>', '')
    .executeTakeFirst();
  if (member) return { memberId: member.id, applicationId: null };
  return ofCase ? { memberId: null, applicationId: ofCase.id } : NOBODY;
}

async function makeCode(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  made: {
    readonly subject: CodeSubject;
    readonly purpose: CodePurpose;
    readonly language: 'id' | 'en';
    readonly way: CodeWay;
  },
): Promise<{ readonly ticket: string }> {
  const { at, library } = scope;
  const ticket = Buffer.from(deps.randomBytes(16)).toString('base64url');
  const id = newId<string>(deps, at);
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from one_time_code where made_at > ${new Date(at.getTime() - DAY_MS)}
      and (purpose = 'sign_in') = ${made.purpose === 'sign_in'}
      and (member_id = ${made.subject.memberId} or application_id = ${made.subject.applicationId})`.execute(
    tx,
  );
  // Beyond that a code is for nobody, which looks the same.
  const subject = (rows[0]?.count ?? 0) < MOST_A_DAY ? made.subject : NOBODY;
  await sql`
    with over as (
      delete from one_time_code where ends_at < ${new Date(at.getTime() - DAY_MS)} returning id
    ) delete from outbox where one_time_code_id in (select id from over)`.execute(tx);
  await tx
    .insertInto('one_time_code')
    .values({
      library_id: library.id,
      id,
      ticket_hash: hashOf(deps, library.id, ticket),
      purpose: made.purpose,
      member_id: subject.memberId,
      application_id: subject.applicationId,
      seed: Buffer.from(deps.randomBytes(16)),
      language: made.language,
      way: made.way,
      made_at: at,
      ends_at: new Date(at.getTime() + CODE_MINUTES * 60_000),
    })
    .execute();
  await tx
    .insertInto('outbox')
    .values({
      library_id: library.id,
      id: newId(deps, at),
      kind: 'one_time_code',
      application_id: null,
      one_time_code_id: id,
      created_at: at,
      sent_at: null,
      next_attempt_at: at,
      last_error_code: null,
    })
    .execute();
  await writeAudit(tx, deps, scope, { action: 'code.ask', ...auditOf(subject), purpose: made.purpose });
  return { ticket };
}

export type CodeOutcome =
  | { readonly ok: true; readonly subject: CodeSubject }
  /** `over`: used, too old, tried too often, or never made. */
  | { readonly ok: false; readonly reason: 'wrong' | 'over' };

/**
 * Takes a typed code. Each try counts, whoever the code is for; a right one works once.
 * @param input.subject whom it must be for, where the page knows
 */
export function takeCode(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly ticket: string;
    readonly typed: string;
    readonly purpose: CodePurpose;
    readonly subject?: CodeSubject;
  },
): Promise<CodeOutcome> {
  const { library, at } = scope;
  return inLibrary(db, library.id, async (tx) => {
    const row = await tx
      .updateTable('one_time_code')
      .set((set) => ({ tries: set('tries', '+', 1) }))
      .where('ticket_hash', '=', hashOf(deps, library.id, input.ticket))
      .where('purpose', '=', input.purpose)
      .where('used_at', 'is', null)
      .where('ends_at', '>', at)
      .where('tries', '<', CODE_TRIES)
      .returning(['id', 'seed', 'member_id', 'application_id', 'tries'])
      .executeTakeFirst();
    if (!row) return { ok: false, reason: 'over' };
    const typed = readHandOverCode(input.typed) ?? '';
    const same = equal(codeOf(deps, library.id, row.seed), typed);
    const subject = { memberId: row.member_id, applicationId: row.application_id };
    const right = same && isSomebody(subject) && (!input.subject || isSame(subject, input.subject));
    await writeAudit(tx, deps, scope, {
      action: right ? 'code.use' : 'code.refuse',
      ...auditOf(subject),
      purpose: input.purpose,
    });
    if (!right) return { ok: false, reason: row.tries >= CODE_TRIES ? 'over' : 'wrong' };
    await tx.updateTable('one_time_code').set({ used_at: at }).where('id', '=', row.id).execute();
    return { ok: true, subject };
  });
}

/** Whether this ticket still waits for its code; the same for one that is for nobody. */
export function codeWaits(
  db: Db,
  deps: Deps,
  scope: Scope,
  ticket: string,
  purpose: CodePurpose,
): Promise<boolean> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const row = await tx
      .selectFrom('one_time_code')
      .select('id')
      .where('ticket_hash', '=', hashOf(deps, scope.library.id, ticket))
      .where('purpose', '=', purpose)
      .where('used_at', 'is', null)
      .where('ends_at', '>', scope.at)
      .where('tries', '<', CODE_TRIES)
      .executeTakeFirst();
    return row !== undefined;
  });
}

/** What a message is made from: the code, and where it can go; undefined where it is over, or was used. */
export async function readCode(
  tx: Tx,
  deps: Pick<Deps, 'vault'>,
  libraryId: LibraryId,
  id: string,
  at: Date,
): Promise<
  | {
      readonly contact: CodeContact;
      readonly way: CodeWay;
      readonly purpose: CodePurpose;
      readonly code: string;
      readonly language: 'id' | 'en';
      readonly endsAt: Date;
    }
  | undefined
> {
  const row = await tx
    .selectFrom('one_time_code')
    .selectAll()
    .where('id', '=', id)
    .where('used_at', 'is', null)
    .where('ends_at', '>', at)
    .executeTakeFirst();
  if (!row) return undefined;
  const contact = await contactOf(tx, { memberId: row.member_id, applicationId: row.application_id });
  const { way, purpose, language, ends_at: endsAt } = row;
  return { contact, way, purpose, code: codeOf(deps, libraryId, row.seed), language, endsAt };
}

/**
 * Where a code for this person goes, as the file has it. No consent to messages is asked: the person asks for this one
 * themselves. Whoever has left gets none.
 */
async function contactOf(tx: Tx, subject: CodeSubject): Promise<CodeContact> {
  if (subject.memberId !== null) {
    const member = await tx
      .selectFrom('member')
      .select(['email', 'phone', 'state'])
      .where('id', '=', subject.memberId)
      .executeTakeFirst();
    return member && member.state !== 'ended' ? contactIn(member) : NOBODY_THERE;
  }
  if (subject.applicationId === null) return NOBODY_THERE;
  const row = await tx
    .selectFrom('application')
    .select(['email', 'phone'])
    .where('id', '=', subject.applicationId)
    .executeTakeFirst();
  return row ? contactIn(row) : NOBODY_THERE;
}

function contactIn(row: { readonly email: string | null; readonly phone: string | null }): CodeContact {
  return { email: nonEmpty(row.email), phone: smsNumber(row.phone) };
}

/** Whom a secret address is for, and where on file a code can be sent to; undefined for a secret that opens nothing. */
export function readOwnContact(
  db: Db,
  deps: Deps,
  scope: Scope,
  way: RightsWay,
  token: string,
): Promise<{ readonly subject: CodeSubject; readonly contact: CodeContact } | undefined> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const found = await subjectByToken(tx, deps, scope, way, token);
    if (!found) return undefined;
    // One person is one subject, whichever of the two addresses leads to them.
    const subject =
      found.memberId === null
        ? found
        : { memberId: found.memberId, applicationId: null as ApplicationId | null };
    return {
      subject: { memberId: subject.memberId, applicationId: subject.applicationId },
      contact: found.erased ? NOBODY_THERE : await contactOf(tx, subject),
    };
  });
}

/** The page that somebody gets back: the KTA online of a member, else the status page; null where there is neither. */
export function ownPageOf(
  db: Db,
  deps: Deps,
  scope: Scope,
  subject: CodeSubject,
): Promise<{ readonly way: RightsWay; readonly token: string } | null> {
  const { library } = scope;
  return inLibrary(db, library.id, async (tx) => {
    const card =
      subject.memberId === null
        ? undefined
        : await tx
            .selectFrom('card')
            .select(['id', 'access_generation'])
            .where('member_id', 'in', familyOf(subject.memberId))
            .where('revoked_at', 'is', null)
            .orderBy((order) => order('member_id', '=', subject.memberId), 'desc')
            .orderBy('issued_at', 'desc')
            .executeTakeFirst();
    if (card)
      return { way: 'kta', token: deps.vault.token(library.id, 'kta', card.id, card.access_generation) };
    const ofCase = await tx
      .selectFrom('application')
      .select(['id', 'access_generation'])
      .where((where) =>
        where.or([
          where('id', '=', subject.applicationId),
          where('id', 'in', (from) =>
            from
              .selectFrom('member')
              .select('application_id')
              .where('id', '=', subject.memberId)
              .$castTo<ApplicationId>(),
          ),
        ]),
      )
      .executeTakeFirst();
    return ofCase
      ? {
          way: 'permohonan',
          token: deps.vault.token(library.id, 'status', ofCase.id, ofCase.access_generation),
        }
      : null;
  });
}

/** Six digits of a keyed hash; 48 bits make every one of them equally likely to a part in a hundred million. */
function codeOf(deps: Pick<Deps, 'vault'>, libraryId: LibraryId, seed: Buffer): string {
  const hash = deps.vault.hash(libraryId, 'one_time_code', `code ${seed.toString('hex')}`);
  return String(hash.readUIntBE(0, 6) % 1_000_000).padStart(6, '0');
}

function hashOf(deps: Pick<Deps, 'vault'>, libraryId: LibraryId, ticket: string): Buffer {
  return deps.vault.hash(libraryId, 'one_time_code', `ticket ${ticket}`);
}

function equal(code: string, typed: string): boolean {
  return code.length === typed.length && timingSafeEqual(Buffer.from(code), Buffer.from(typed));
}

function isSomebody(subject: CodeSubject): boolean {
  return subject.memberId !== null || subject.applicationId !== null;
}

function isSame(one: CodeSubject, other: CodeSubject): boolean {
  return one.memberId === other.memberId && one.applicationId === other.applicationId;
}

function auditOf({ memberId, applicationId }: CodeSubject) {
  return memberId === null
    ? { subjectKind: 'application' as const, subjectId: applicationId }
    : { subjectKind: 'member' as const, subjectId: memberId };
}

function nonEmpty(text: string | null): string | null {
  return text === null || text === '' ? null : text;
}
