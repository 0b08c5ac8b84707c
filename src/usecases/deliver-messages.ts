import { sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { getSettings } from '../db/library.ts';
import { isStandingFor } from '../db/member-family.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ApplicationId, LibraryId } from '../domain/ids.ts';
import { mayReceiveMessages } from '../domain/member.ts';
import { plainDateIn } from '../domain/plain-date.ts';
import type { Deps, OutgoingMessage } from './context.ts';
import { agreedToMessages } from './read-consents.ts';

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
  readonly kind: OutgoingMessage['kind'];
  readonly language: 'id' | 'en';
  readonly librarySlug: string;
  readonly libraryName: string;
  readonly ticketCode: string;
  /** Secret part of the status page's address. */
  readonly statusToken: string;
}

export type ComposeMail = (facts: MessageFacts) => Omit<Mail, 'to'>;

/** A claimed row is nobody else's for so long; a process killed while sending lets another one try after it. */
const CLAIM_MS = 5 * 60_000;
/** 5 min, 10 min, … 10 h 40 min: a mail server that is down over a night still gets everything. */
const MAX_ATTEMPTS = 9;

/**
 * Sends what lies in the outboxes of all libraries and is due. Each row is claimed first, so that two processes never
 * send it at once. Only to people who consented to messages and gave an address, and whose membership has not ended
 * meanwhile; the others read the status page.
 * @returns how many mails left
 */
export async function deliverMessages(
  db: Db,
  deps: Deps,
  ports: { readonly send: SendMail; readonly compose: ComposeMail },
): Promise<number> {
  const { rows } = await sql<{ library_id: LibraryId }>`
    select library_id from libraries_with_mail(${deps.now()})`.execute(db);
  let sent = 0;
  for (const { library_id } of rows) {
    for (let more = true; more; ) {
      const outcome = await deliverNext(db, deps, library_id, ports);
      more = outcome !== 'none';
      if (outcome === 'sent') sent++;
    }
  }
  return sent;
}

async function deliverNext(
  db: Db,
  deps: Deps,
  libraryId: LibraryId,
  ports: { readonly send: SendMail; readonly compose: ComposeMail },
): Promise<'none' | 'sent' | 'not-sent'> {
  const at = deps.now();
  const claimed = await inLibrary(db, libraryId, async (tx) => {
    const row = await tx
      .selectFrom('outbox')
      .select(['id', 'kind', 'application_id', 'attempts'])
      .where('next_attempt_at', '<=', at)
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
    const library = await tx
      .selectFrom('library')
      .select(['slug', 'name'])
      .where('id', '=', libraryId)
      .executeTakeFirstOrThrow();
    const person = row.application_id === null ? undefined : await findAddressee(tx, row.application_id, at);
    return { ...row, attempts, library, person };
  });
  if (!claimed) return 'none';
  const { person, library } = claimed;
  if (person === undefined || person.email === null || !person.consented) {
    await settle(db, libraryId, claimed.id, { next: null, code: 'no-address-or-consent', sentAt: null });
    return 'not-sent';
  }
  const text = ports.compose({
    kind: claimed.kind,
    language: person.language,
    librarySlug: library.slug,
    libraryName: library.name,
    ticketCode: person.ticket_code,
    statusToken: deps.vault.token(libraryId, 'status', person.id, person.access_generation),
  });
  const outcome = await ports.send({ to: person.email, ...text });
  const after = deps.now();
  if (outcome.ok) {
    await settle(db, libraryId, claimed.id, { next: null, code: null, sentAt: after });
    return 'sent';
  }
  const givenUp = outcome.permanent || claimed.attempts >= MAX_ATTEMPTS;
  await settle(db, libraryId, claimed.id, {
    next: givenUp ? null : new Date(after.getTime() + CLAIM_MS * 2 ** (claimed.attempts - 1)),
    code: outcome.code,
    sentAt: null,
  });
  return 'not-sent';
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
  const agreed = await agreedToMessages(tx, plainDateIn(profile.timezone, at), row);
  // Asked again at every attempt: one that fails while a death is recorded must not be the reason for another.
  const consented = row.member_state === null ? agreed : mayReceiveMessages(row.member_state, agreed);
  return { ...row, consented };
}

function settle(
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
