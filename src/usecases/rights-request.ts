import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { listFeeds } from '../db/feed.ts';
import type { DecidedMentions } from '../db/restore-erasures.ts';
import type { RightsRequestTable } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import { cleanText } from '../domain/clean-text.ts';
import {
  dueAt,
  HOLD_REASONS,
  REFUSE_REASONS,
  RIGHTS_KINDS,
  type RightsKind,
  type RightsReason,
  type RightsState,
} from '../domain/data-rights.ts';
import type { ExportTarget } from '../domain/exporting/outgoing-member.ts';
import type { ApplicationId, MemberId, OfficerId } from '../domain/ids.ts';
import { may } from '../domain/permissions.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { writeAudit } from './audit.ts';
import { type Deps, newId, type Scope, todayOf } from './context.ts';
import { type ErasedSubjects, erasePeople, mentionsOfSubjects } from './erase-person.ts';
import type { Mention, NamedReport } from './forget-named.ts';
import {
  membershipsOf,
  type RightsSubject,
  type RightsWay,
  subjectByToken,
  subjectOfMember,
} from './rights-subject.ts';
import { writeErasures } from './write-erasures.ts';

type Row = Selectable<RightsRequestTable>;

/** Longest text a person may write to a request. */
export const LONGEST_WORDS = 1_000;

/** Who asks: from the own page, or at the counter to an officer who has the member's page open. */
export type Asker =
  | { readonly by: 'person'; readonly way: RightsWay; readonly token: string }
  | { readonly by: 'counter'; readonly memberId: MemberId };

export type AskRefusal = {
  readonly ok: false;
  readonly reason:
    | 'not-found'
    | 'not-allowed'
    | 'unknown-kind'
    /** What is to be corrected, or why, in words. */
    | 'words-missing'
    | 'words-too-long'
    /** One of the same kind waits for its answer already. */
    | 'open-already';
};

/** Takes a request down; from then on it must be answered within 72 hours. */
export function askRight(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: Asker & { readonly kind: string; readonly words: string },
): Promise<{ readonly ok: true; readonly id: string; readonly dueAt: Date } | AskRefusal> {
  const { actor, library } = scope;
  return inLibrary(db, library.id, async (tx) => {
    if (input.by === 'counter' && !(actor.kind === 'officer' && may(actor.roles, 'application.process')))
      return { ok: false, reason: 'not-allowed' };
    const kind = RIGHTS_KINDS.find((one) => one === input.kind);
    if (!kind || kind === 'withdraw') return { ok: false, reason: 'unknown-kind' };
    const subject =
      input.by === 'person'
        ? await subjectByToken(tx, deps, scope, input.way, input.token)
        : await subjectOfMember(tx, input.memberId);
    if (!subject || subject.erased) return { ok: false, reason: 'not-found' };
    const words = cleanText(input.words, LONGEST_WORDS);
    if (!words.ok) return { ok: false, reason: 'words-too-long' };
    if (words.text === '' && (kind === 'correct' || kind === 'object'))
      return { ok: false, reason: 'words-missing' };
    // Two taps are one request.
    await sql`select pg_advisory_xact_lock(hashtextextended(${subject.memberId ?? subject.applicationId}, 15))`.execute(
      tx,
    );
    const open = await requestsQuery(tx, subject)
      .where('kind', '=', kind)
      .where('state', '=', 'open')
      .executeTakeFirst();
    if (open) return { ok: false, reason: 'open-already' };
    const row = await insertRequest(tx, deps, scope, subject, {
      kind,
      channel: input.by === 'person' ? 'phone' : 'desk',
      words: words.text,
      state: 'open',
    });
    return { ok: true, ...row };
  });
}

/** A right that the page itself fulfils, such as a download: taken down and answered at once. */
export async function recordFulfilled(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  subject: RightsSubject,
  kind: Extract<RightsKind, 'access' | 'withdraw'>,
): Promise<void> {
  const lately = await requestsQuery(tx, subject)
    .where('kind', '=', kind)
    .where('state', '=', 'done')
    .where('received_at', '>', new Date(scope.at.getTime() - 86_400_000))
    .executeTakeFirst();
  // Downloaded twice on a day is one request.
  if (lately && kind === 'access') return;
  const channel = scope.actor.kind === 'officer' ? 'desk' : 'phone';
  await insertRequest(tx, deps, scope, subject, { kind, channel, words: '', state: 'done' });
}

async function insertRequest(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  subject: RightsSubject,
  request: {
    readonly kind: RightsKind;
    readonly channel: 'phone' | 'desk';
    readonly words: string;
    readonly state: 'open' | 'done';
  },
): Promise<{ readonly id: string; readonly dueAt: Date }> {
  const { at, library, actor } = scope;
  const id = newId<string>(deps, at);
  const due = dueAt(at);
  const key = request.words === '' ? undefined : await personKeyOf(tx, subject);
  await tx
    .insertInto('rights_request')
    .values({
      library_id: library.id,
      id,
      kind: request.kind,
      member_id: subject.memberId,
      application_id: subject.applicationId,
      channel: request.channel,
      words: key === undefined ? null : deps.vault.sealFor(library.id, key, request.words),
      received_at: at,
      received_by: actor.kind === 'officer' ? actor.id : null,
      due_at: due,
      state: request.state,
      ...(request.state === 'done' ? { decided_at: at } : {}),
    })
    .execute();
  await writeAudit(tx, deps, scope, {
    action: request.state === 'open' ? 'rights.receive' : 'rights.fulfil',
    ...subjectColumns(subject),
    purpose: request.kind,
  });
  return { id, dueAt: due };
}

function subjectColumns(subject: RightsSubject) {
  return subject.memberId === null
    ? { subjectKind: 'application' as const, subjectId: subject.applicationId }
    : { subjectKind: 'member' as const, subjectId: subject.memberId };
}

async function personKeyOf(tx: Tx, subject: RightsSubject): Promise<Buffer | undefined> {
  const row =
    subject.memberId !== null
      ? await tx
          .selectFrom('member')
          .select('person_key')
          .where('id', '=', subject.memberId)
          .executeTakeFirst()
      : subject.applicationId !== null
        ? await tx
            .selectFrom('application')
            .select('person_key')
            .where('id', '=', subject.applicationId)
            .executeTakeFirst()
        : undefined;
  return row && row.person_key.length > 0 ? row.person_key : undefined;
}

/** All requests of a person, those that were made before the membership included. */
function requestsQuery(tx: Tx, { memberId, applicationId }: RightsSubject) {
  return tx
    .selectFrom('rights_request')
    .selectAll()
    .where((where) =>
      where.or([
        ...(memberId === null ? [] : [where('member_id', '=', memberId)]),
        ...(applicationId === null ? [] : [where('application_id', '=', applicationId)]),
      ]),
    );
}

/** A request as its page shows it. */
export interface RightsRequest {
  readonly id: string;
  readonly kind: RightsKind;
  readonly state: RightsState;
  readonly channel: 'phone' | 'desk';
  readonly receivedAt: Date;
  readonly dueAt: Date;
  readonly decidedAt: Date | null;
  readonly reason: RightsReason | null;
  /** Null unless it is held. */
  readonly heldUntil: PlainDate | null;
  readonly version: number;
}

function requestOf(row: Row): RightsRequest {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    channel: row.channel,
    receivedAt: row.received_at,
    dueAt: row.due_at,
    decidedAt: row.decided_at,
    reason: row.reason,
    heldUntil: row.held_until,
    version: row.version,
  };
}

/** What a person asked, newest first. */
export async function requestsOf(tx: Tx, subject: RightsSubject): Promise<readonly RightsRequest[]> {
  const rows = await requestsQuery(tx, subject)
    .orderBy('received_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  return rows.map(requestOf);
}

/** A request as the office sees it. */
export interface OfficeRequest extends RightsRequest {
  readonly memberId: MemberId | null;
  readonly applicationId: ApplicationId | null;
  /** Empty once erased. */
  readonly name: string;
  /** Member number or ticket code. */
  readonly label: string;
  /** What the person wrote; null where nothing, or gone with the data. */
  readonly words: string | null;
  readonly receivedBy: string | null;
  readonly decidedBy: string | null;
  /** The person's data went to lending systems: to one that a connection empties by itself, to one that people must. */
  readonly sentAbroad: { readonly live: boolean; readonly byHand: boolean };
}

const MOST = 200;

/** Open ones first, the most urgent at the top; held ones return to them when their day has come. */
export function listRequests(
  db: Db,
  deps: Deps,
  scope: Scope,
  which: 'open' | 'answered',
): Promise<readonly OfficeRequest[] | null> {
  return inLibrary(db, scope.library.id, async (tx) => {
    if (!mayDecide(scope)) return null;
    const today = todayOf(scope);
    const isWaiting = sql<boolean>`(state = 'open' or (state = 'held' and held_until <= ${today}))`;
    const rows = await tx
      .selectFrom('rights_request')
      .selectAll()
      .where(which === 'open' ? isWaiting : sql<boolean>`not ${isWaiting}`)
      .orderBy(which === 'open' ? 'due_at' : sql`decided_at desc nulls last`)
      .limit(MOST)
      .execute();
    return describe(tx, deps, scope, rows);
  });
}

/** How many wait, and how many of them are late. */
export function countRequests(
  db: Db,
  scope: Scope,
): Promise<{ readonly open: number; readonly late: number }> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const { rows } = await sql<{ open: number; late: number }>`
      select count(*)::int as open, (count(*) filter (where due_at < ${scope.at}))::int as late
      from rights_request
      where state = 'open' or (state = 'held' and held_until <= ${todayOf(scope)})`.execute(tx);
    return rows[0] ?? { open: 0, late: 0 };
  });
}

export function readRequest(
  db: Db,
  deps: Deps,
  scope: Scope,
  id: string,
): Promise<OfficeRequest | undefined> {
  return inLibrary(db, scope.library.id, async (tx) => {
    if (!mayDecide(scope)) return undefined;
    const rows = await tx.selectFrom('rights_request').selectAll().where('id', '=', id).execute();
    return (await describe(tx, deps, scope, rows))[0];
  });
}

export function mayDecide(scope: Scope): boolean {
  return scope.actor.kind === 'officer' && may(scope.actor.roles, 'rights.decide');
}

/** Each with the member it is about: what an applicant asked who is a member since is asked of the membership. */
async function withMembers<T extends Pick<Row, 'member_id' | 'application_id'>>(
  tx: Tx,
  rows: readonly T[],
): Promise<readonly (T & { readonly about: MemberId | null })[]> {
  const cases = rows.flatMap((row) =>
    row.member_id === null && row.application_id !== null ? [row.application_id] : [],
  );
  const members = await membershipsOf(tx, cases);
  return rows.map((row) => ({
    ...row,
    about: row.member_id ?? (row.application_id === null ? null : (members.get(row.application_id) ?? null)),
  }));
}

async function describe(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  asked: readonly Row[],
): Promise<readonly OfficeRequest[]> {
  const rows = await withMembers(tx, asked);
  const memberIds = rows.flatMap(({ about }) => (about === null ? [] : [about]));
  const caseIds = rows.flatMap((row) => (row.application_id === null ? [] : [row.application_id]));
  const members = memberIds.length
    ? await tx
        .selectFrom('member')
        .select(['id', 'name', 'number', 'person_key'])
        .where('id', 'in', memberIds)
        .execute()
    : [];
  const cases = caseIds.length
    ? await tx
        .selectFrom('application')
        .select(['id', 'name', 'ticket_code', 'person_key'])
        .where('id', 'in', caseIds)
        .execute()
    : [];
  const { rows: sent } = await sql<{ asked: MemberId; target: ExportTarget }>`
    select distinct asked.id as asked, r.target
    from unnest(${memberIds}::uuid[]) asked(id) cross join lateral member_family(asked.id) family
      join export_row r on r.member_id = family.member_id and r.sent`.execute(tx);
  const connected = (await listFeeds(tx)).filter(({ token_hash }) => token_hash === null);
  const isConnected = (target: ExportTarget) => connected.some((feed) => feed.target === target);
  const targetsOf = (id: MemberId | null) =>
    sent.flatMap(({ asked, target }) => (asked === id ? [target] : []));
  const officers = await tx.selectFrom('officer').select(['id', 'name']).execute();
  const nameOf = (id: OfficerId | null) => officers.find((officer) => officer.id === id)?.name ?? null;
  return rows.map((row) => {
    const member = members.find(({ id }) => id === row.about);
    const ofCase = cases.find(({ id }) => id === row.application_id);
    const person = member ?? ofCase;
    // Whose key the words were sealed with: an applicant's stay with the case, also where another member, with another
    // key, stands for the membership by now.
    const writer = row.member_id === null ? ofCase : member;
    return {
      ...requestOf(row),
      memberId: row.about,
      applicationId: row.application_id,
      name: person?.name ?? '',
      label: member?.number ?? ofCase?.ticket_code ?? '',
      words:
        row.words === null || !writer || writer.person_key.length === 0
          ? null
          : deps.vault.openFor(scope.library.id, writer.person_key, row.words),
      receivedBy: nameOf(row.received_by),
      decidedBy: nameOf(row.decided_by),
      sentAbroad: {
        live: targetsOf(row.about).some(isConnected),
        byHand: targetsOf(row.about).some((target) => !isConnected(target)),
      },
    };
  });
}

export type Decision =
  | { readonly state: 'done' }
  | { readonly state: 'refused'; readonly reason: string }
  | { readonly state: 'held'; readonly reason: string; readonly until: PlainDate };

export type DecideRefusal = {
  readonly ok: false;
  readonly reason:
    | 'not-found'
    | 'not-allowed'
    | 'changed-meanwhile'
    | 'decided-already'
    | 'unknown-reason'
    /** A day that is over holds nothing. */
    | 'day-past'
    /** Texts where a name of one word stands were not all looked at. */
    | 'mentions-open';
};

/**
 * Answers a request. An erasure that is granted happens here, in the same transaction; everything else was done by the
 * pages that do it, and is said to be done. The answer stands on the person's own page.
 */
export async function decideRequest(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly id: string;
    readonly version: number | undefined;
    readonly decision: Decision;
    /** Of `mentionsOfRequest`: which are the person, and which are not. */
    readonly mentions?: { readonly taken: ReadonlySet<string>; readonly left: ReadonlySet<string> };
  },
): Promise<
  { readonly ok: true; readonly erased: boolean; readonly named: NamedReport | null } | DecideRefusal
> {
  const { actor, library } = scope;
  const { decision } = input;
  const outcome = await inLibrary(db, library.id, async (tx) => {
    if (actor.kind !== 'officer' || !mayDecide(scope)) return { ok: false, reason: 'not-allowed' } as const;
    const locked = await tx
      .selectFrom('rights_request')
      .selectAll()
      .where('id', '=', input.id)
      .forUpdate()
      .execute();
    const [row] = await withMembers(tx, locked);
    if (!row) return { ok: false, reason: 'not-found' } as const;
    if (row.state === 'done' || row.state === 'refused')
      return { ok: false, reason: 'decided-already' } as const;
    if (input.version !== undefined && input.version !== row.version)
      return { ok: false, reason: 'changed-meanwhile' } as const;
    const codes: readonly RightsReason[] =
      decision.state === 'held' ? HOLD_REASONS : decision.state === 'refused' ? REFUSE_REASONS : [];
    const reason = decision.state === 'done' ? null : codes.find((code) => code === decision.reason);
    if (reason === undefined) return { ok: false, reason: 'unknown-reason' } as const;
    const until = decision.state === 'held' ? decision.until : null;
    if (until !== null && until <= todayOf(scope)) return { ok: false, reason: 'day-past' } as const;
    const erases = row.kind === 'erase' && decision.state === 'done';
    const { taken, left } = input.mentions ?? { taken: new Set<string>(), left: new Set<string>() };
    let decided: DecidedMentions | undefined;
    if (erases) {
      const open = await mentionsOfSubjects(tx, deps, scope, erasedBy(row), 'change');
      if (open.some(({ at }) => !taken.has(at) && !left.has(at)))
        return { ok: false, reason: 'mentions-open' } as const;
      // Nothing of what was posted but records that there are.
      const among = (those: ReadonlySet<string>) => open.flatMap(({ at }) => (those.has(at) ? [at] : []));
      decided = { taken: among(taken), left: among(left) };
    }
    await tx
      .updateTable('rights_request')
      .set({
        state: decision.state,
        decided_at: scope.at,
        decided_by: actor.id,
        reason,
        held_until: until,
        version: row.version + 1,
      })
      .where('id', '=', row.id)
      .execute();
    await writeAudit(tx, deps, scope, {
      action: 'rights.decide',
      ...subjectColumns({ memberId: row.about, applicationId: row.application_id, erased: false }),
      fields: [row.kind],
      purpose: reason ?? decision.state,
    });
    const erased = erases ? await erasePeople(tx, deps, scope, erasedBy(row), 'request', decided) : null;
    return { ok: true, erased: erases, named: erased?.named ?? null, row } as const;
  });
  if (!outcome.ok) return outcome;
  if (outcome.erased) {
    await writeErasures(db, deps, library.id);
    const { about, application_id } = outcome.row;
    deps.wake({ libraryId: library.id, topic: 'card', subjectId: about });
    if (application_id !== null)
      deps.wake({ libraryId: library.id, topic: 'case', subjectId: application_id });
  }
  return { ok: true, erased: outcome.erased, named: outcome.named };
}

/** Of a request to erase: texts about other things where a name of one word stands, for whoever decides to look at. */
export function mentionsOfRequest(db: Db, deps: Deps, scope: Scope, id: string): Promise<readonly Mention[]> {
  return inLibrary(db, scope.library.id, async (tx) => {
    if (!mayDecide(scope)) return [];
    const rows = await tx
      .selectFrom('rights_request')
      .select(['kind', 'member_id', 'application_id'])
      .where('id', '=', id)
      .execute();
    const [row] = await withMembers(tx, rows);
    return row?.kind === 'erase' ? mentionsOfSubjects(tx, deps, scope, erasedBy(row), 'read') : [];
  });
}

function erasedBy(row: {
  readonly about: MemberId | null;
  readonly application_id: ApplicationId | null;
}): ErasedSubjects {
  if (row.about !== null) return { members: [row.about] };
  return { cases: row.application_id === null ? [] : [row.application_id] };
}
