import type { Selectable } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { getSettings, librariesWithMail } from '../db/library.ts';
import { isStandingFor } from '../db/member-family.ts';
import type { Database } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ApplicationId, LibraryId, MemberId } from '../domain/ids.ts';
import { mayReceiveMessages } from '../domain/member.ts';
import { plainDateIn } from '../domain/plain-date.ts';
import { guardianStands } from './ask-own-consent.ts';
import { type Anchor, readDueAnchor } from './audit-anchor.ts';
import type { Deps, OutgoingMessage } from './context.ts';
import { readCode } from './one-time-code.ts';
import { agreedToMessages, memberAgreedToMessages } from './read-consents.ts';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Sends one mail. A code of the refusal, never the address, goes into the log. */
export type SendMail = (
  mail: Mail,
) => Promise<
  { readonly ok: true } | { readonly ok: false; readonly code: string; readonly permanent: boolean }
>;

/** What the text of a message is made from, as the case stands when it leaves. */
export interface MessageFacts {
  readonly kind: Exclude<OutgoingMessage['kind'], 'own_consent'>;
  readonly language: 'id' | 'en';
  readonly librarySlug: string;
  readonly libraryName: string;
  readonly ticketCode: string;
  /** Secret part of the status page's address. */
  readonly statusToken: string;
}

/** What the mail to somebody who came of age is made from. */
export interface OwnConsentFacts {
  readonly kind: 'own_consent';
  readonly language: 'id' | 'en';
  readonly librarySlug: string;
  readonly libraryName: string;
  /** The page of their own data, behind the library's slug; null where nothing leads to it: they come to the counter. */
  readonly path: string | null;
}

/** What the mail of an anchor is made from. */
export interface AnchorFacts {
  readonly kind: 'audit_anchor';
  readonly libraryName: string;
  readonly anchor: Anchor;
}

/** What the message of a one-time code is made from. */
export interface CodeFacts {
  readonly kind: 'one_time_code';
  readonly language: 'id' | 'en';
  readonly libraryName: string;
  readonly code: string;
}

export type ComposeMail = (
  facts: MessageFacts | OwnConsentFacts | AnchorFacts | CodeFacts,
) => Omit<Mail, 'to'>;

export interface MailPorts {
  readonly send: SendMail;
  readonly compose: ComposeMail;
  readonly texts?: boolean;
  /** Nothing new is begun once it says so. */
  readonly stopped?: () => boolean;
  /** Told of a library whose turn ended with an error, or of a message that could not be written; the others go on. Left out: it is thrown. */
  readonly failed?: (libraryId: LibraryId, error: unknown) => void;
}

/** A claimed row is nobody else's for so long; a process killed while sending lets another one try after it. */
const CLAIM_MS = 5 * 60_000;
/** 5 min, 10 min, … 10 h 40 min: a mail server that is down over a night still gets everything. */
const MAX_ATTEMPTS = 9;
/** Nothing new is begun after it; the next look goes on, also with libraries that failed. */
const ROUNDS_MS = 10_000;
/** By database: the library that had its turn last. With a slow mail server a look ends before all have had theirs. */
const servedLast = new WeakMap<Db, LibraryId>();

/**
 * Sends what lies in the outboxes of all libraries and is due, in rounds: one of each library, so that one with many does
 * not let the others' codes run out; what was asked for meanwhile takes part in the next. Each row is claimed first, so that two processes never
 * send it at once. Only to people who consented to messages and gave an address, and whose membership has not ended
 * meanwhile; the others read the status page.
 * @param ports.texts an SMS gateway is set: codes leave here once they were sorted (`sortCodes`), text messages never do
 * @returns how many mails left, when nothing is due or after some seconds
 */
export async function deliverMessages(db: Db, deps: Deps, ports: MailPorts): Promise<number> {
  let sent = 0;
  const until = performance.now() + ROUNDS_MS;
  const broken = new Set<LibraryId>();
  for (let more = true; more; ) {
    more = false;
    for (const libraryId of inTurn(servedLast.get(db) ?? 0, await librariesWithMail(db, deps.now()))) {
      if (broken.has(libraryId)) continue;
      if (performance.now() >= until || ports.stopped?.() === true) return sent;
      servedLast.set(db, libraryId);
      try {
        const outcome = await deliverNext(db, deps, libraryId, ports);
        if (outcome !== 'none') more = true;
        if (outcome === 'sent') sent++;
      } catch (error) {
        if (!ports.failed) throw error;
        broken.add(libraryId);
        ports.failed(libraryId, error);
      }
    }
  }
  return sent;
}

/** In rising order, those behind `last` first. */
function inTurn(last: number, due: readonly LibraryId[]): readonly LibraryId[] {
  const rising = [...due].sort((one, other) => one - other);
  return [...rising.filter((id) => id > last), ...rising.filter((id) => id <= last)];
}

async function deliverNext(
  db: Db,
  deps: Deps,
  libraryId: LibraryId,
  ports: MailPorts,
): Promise<'none' | 'sent' | 'not-sent'> {
  const at = deps.now();
  const claimed = await inLibrary(db, libraryId, async (tx) => {
    const row = await tx
      .selectFrom('outbox')
      .select(['id', 'kind', 'application_id', 'member_id', 'one_time_code_id', 'attempts', 'created_at'])
      .where('next_attempt_at', '<=', at)
      .$if(ports.texts === true, (due) =>
        due.where((row) =>
          row.or([row('way', '=', 'email'), row('way', 'is', null).and('one_time_code_id', 'is', null)]),
        ),
      )
      // Somebody waits for a code, and it lives for minutes: whatever else has gathered.
      .orderBy((order) => order('one_time_code_id', 'is', null))
      .orderBy('next_attempt_at')
      .limit(1)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (!row) return undefined;
    const attempts = row.attempts + 1;
    await tx
      .updateTable('outbox')
      .set({ attempts, next_attempt_at: new Date(at.getTime() + CLAIM_MS) })
      .where('id', '=', row.id)
      .execute();
    return { ...row, attempts };
  });
  if (!claimed) return 'none';
  let outcome: Awaited<ReturnType<SendMail>>;
  try {
    const prepared = await inLibrary(db, libraryId, (tx) => prepare(tx, deps, libraryId, claimed, at));
    if (!prepared) {
      await settle(db, libraryId, claimed.id, { next: null, code: 'no-address-or-consent', sentAt: null });
      return 'not-sent';
    }
    outcome = await ports.send({ to: prepared.to, ...ports.compose(prepared.facts) });
  } catch (error) {
    // It waits like one that the server did not take: those behind it go on.
    if (!ports.failed) throw error;
    ports.failed(libraryId, error);
    outcome = { ok: false, code: 'not-written', permanent: false };
  }
  const endedAt = deps.now();
  if (outcome.ok) {
    await settle(db, libraryId, claimed.id, { next: null, code: null, sentAt: endedAt });
    return 'sent';
  }
  const givenUp = outcome.permanent || claimed.attempts >= MAX_ATTEMPTS;
  await settle(db, libraryId, claimed.id, {
    next: givenUp ? null : new Date(endedAt.getTime() + CLAIM_MS * 2 ** (claimed.attempts - 1)),
    code: outcome.code,
    sentAt: null,
  });
  return 'not-sent';
}

interface Prepared {
  readonly to: string;
  readonly facts: MessageFacts | OwnConsentFacts | AnchorFacts | CodeFacts;
}

/** Who it goes to and what it is made from, as things stand now; nothing where it may not be sent. */
async function prepare(
  tx: Tx,
  deps: Deps,
  libraryId: LibraryId,
  row: Pick<
    Selectable<Database['outbox']>,
    'kind' | 'application_id' | 'member_id' | 'one_time_code_id' | 'created_at'
  >,
  at: Date,
): Promise<Prepared | undefined> {
  const library = await tx
    .selectFrom('library')
    .select(['slug', 'name'])
    .where('id', '=', libraryId)
    .executeTakeFirstOrThrow();
  if (row.kind === 'audit_anchor') return await anchorMail(tx, row.created_at, library.name);
  if (row.kind === 'own_consent')
    return row.member_id === null
      ? undefined
      : await ownConsentMail(tx, deps, libraryId, library, row.member_id, at);
  if (row.one_time_code_id !== null)
    return await oneTimeMail(tx, deps, libraryId, library.name, row.one_time_code_id, at);
  if (row.application_id === null || row.kind === 'one_time_code') return undefined;
  return await caseMail(tx, deps, libraryId, library, row.kind, row.application_id, at);
}

async function oneTimeMail(
  tx: Tx,
  deps: Deps,
  libraryId: LibraryId,
  libraryName: string,
  id: string,
  at: Date,
): Promise<Prepared | undefined> {
  const found = await readCode(tx, deps, libraryId, id, at);
  if (found === undefined || found.contact.email === null) return undefined;
  const { code, language } = found;
  return { to: found.contact.email, facts: { kind: 'one_time_code', language, libraryName, code } };
}

async function caseMail(
  tx: Tx,
  deps: Deps,
  libraryId: LibraryId,
  library: { readonly slug: string; readonly name: string },
  kind: MessageFacts['kind'],
  applicationId: ApplicationId,
  at: Date,
): Promise<Prepared | undefined> {
  const person = await findAddressee(tx, applicationId, at);
  if (person === undefined || person.email === null || !person.consented) return undefined;
  return {
    to: person.email,
    facts: {
      kind,
      language: person.language,
      librarySlug: library.slug,
      libraryName: library.name,
      ticketCode: person.ticket_code,
      statusToken: deps.vault.token(libraryId, 'status', person.id, person.access_generation),
    },
  };
}

/** To the member's own address, as the membership has it; nothing where they have answered meanwhile. */
async function ownConsentMail(
  tx: Tx,
  deps: Deps,
  libraryId: LibraryId,
  library: { readonly slug: string; readonly name: string },
  memberId: MemberId,
  at: Date,
): Promise<Prepared | undefined> {
  const member = await tx
    .selectFrom('member')
    .leftJoin('application', (join) =>
      join
        .onRef('application.library_id', '=', 'member.library_id')
        .onRef('application.id', '=', 'member.application_id'),
    )
    .select([
      'member.email',
      'member.state',
      'application.id as case',
      'application.access_generation',
      'application.language',
      guardianStands('member').as('guardian_stands'),
    ])
    .where('member.id', '=', memberId)
    .where('member.merged_into', 'is', null)
    .executeTakeFirst();
  if (!member || member.email === null || !member.guardian_stands) return undefined;
  const { profile } = await getSettings(tx);
  const agreed = await memberAgreedToMessages(tx, plainDateIn(profile.timezone, at), memberId);
  if (!mayReceiveMessages(member.state, agreed)) return undefined;
  const card = await tx
    .selectFrom('card')
    .select(['id', 'access_generation'])
    .where('member_id', '=', memberId)
    .where('revoked_at', 'is', null)
    .orderBy('issued_at', 'desc')
    .executeTakeFirst();
  const path = card
    ? `data-saya/kta/${deps.vault.token(libraryId, 'kta', card.id, card.access_generation)}`
    : member.case !== null && member.access_generation !== null
      ? `data-saya/permohonan/${deps.vault.token(libraryId, 'status', member.case, member.access_generation)}`
      : null;
  return {
    to: member.email,
    facts: {
      kind: 'own_consent',
      language: member.language ?? 'id',
      librarySlug: library.slug,
      libraryName: library.name,
      path,
    },
  };
}

/** The address as it is set when the mail leaves: whoever was taken out of the setting gets none any more. */
async function anchorMail(tx: Tx, askedAt: Date, libraryName: string): Promise<Prepared | undefined> {
  const { auditAnchor, profile } = await getSettings(tx);
  const anchor = await readDueAnchor(tx, profile.timezone, askedAt);
  if (auditAnchor.email === '' || anchor === undefined) return undefined;
  return { to: auditAnchor.email, facts: { kind: 'audit_anchor', libraryName, anchor } };
}

async function findAddressee(tx: Tx, id: ApplicationId, at: Date) {
  const row = await tx
    .selectFrom('application')
    .leftJoin('member as own', (join) =>
      join
        .onRef('own.library_id', '=', 'application.library_id')
        .onRef('own.id', '=', 'application.member_id'),
    )
    .leftJoin('member', (join) =>
      join.onRef('member.library_id', '=', 'own.library_id').on(isStandingFor('own')),
    )
    .select([
      'application.id',
      'application.member_id',
      'application.email',
      'application.language',
      'application.ticket_code',
      'application.access_generation',
      'application.birth_date',
      'application.guardian_consented_at',
      'member.state as member_state',
    ])
    .where('application.id', '=', id)
    .executeTakeFirst();
  if (!row) return undefined;
  const { profile } = await getSettings(tx);
  const agreed = (await agreedToMessages(tx, plainDateIn(profile.timezone, at), row)) !== null;
  // Asked again at every attempt: one that fails while a death is recorded must not be the reason for another.
  const consented = row.member_state === null ? agreed : mayReceiveMessages(row.member_state, agreed);
  return { ...row, consented };
}

/** How an attempt to send ended; `next` null: nothing more is tried. */
export function settle(
  db: Db,
  libraryId: LibraryId,
  id: string,
  end: { readonly next: Date | null; readonly code: string | null; readonly sentAt: Date | null },
): Promise<unknown> {
  return inLibrary(db, libraryId, (tx) =>
    tx
      .updateTable('outbox')
      .set({ next_attempt_at: end.next, last_error_code: end.code, sent_at: end.sentAt })
      .where('id', '=', id)
      .execute(),
  );
}
