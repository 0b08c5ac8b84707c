import { sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { getSettings, librariesWithMail } from '../db/library.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { LibraryId, Phone } from '../domain/ids.ts';
import type { SmsRules } from '../domain/library-settings.ts';
import { type Deps, newId, type Scope } from './context.ts';
import { type CodeFacts, settle } from './deliver-messages.ts';
import { readCode } from './one-time-code.ts';
import type { SendText } from './send-text.ts';
import { forgetOldTexts, smsNumberHash } from './sms-sent.ts';

/** The words of a text message. */
export type ComposeText = (facts: CodeFacts) => string;

/** Told of a library whose turn ended with an error; the others go on. */
type LibraryFailed = (libraryId: LibraryId, error: unknown) => void;

interface SortPorts {
  /** Whether e-mail can leave. */
  readonly mails: boolean;
  readonly failed: LibraryFailed;
}

export interface TextPorts extends SortPorts {
  readonly send: SendText;
  readonly compose: ComposeText;
  /** Ends what is under way; a message that was cut off is tried again. */
  readonly cut?: AbortSignal;
}

/** What became of what was due; `limited`: the library's own limit was reached. */
export interface TextsDone {
  readonly sent: number;
  readonly limited: number;
  readonly failed: number;
  /** What the gateway last did not take one for; null where it took all. */
  readonly failure: string | null;
}

/** Longer than a gateway is waited for; a process killed while sending lets another one try after it. */
const CLAIM_MS = 60_000;
/** After 15 s, 30 s, 1 min, 2 min: somebody waits, and a code is over after ten. */
const RETRY_MS = 15_000;
const MAX_ATTEMPTS = 5;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PORTION = 200;
/** Requests that the gateway gets at once: a slow one holds up fewer codes, and a phone is not flooded. */
const AT_ONCE = 4;
/** Nothing new is begun after it; the next look goes on, also with libraries that failed. */
const ROUNDS_MS = 10_000;

/** Stand in `outbox.last_error_code`. */
const LIBRARY_LIMIT = 'sms-limit-library';
const NUMBER_LIMIT = 'sms-limit-number';

/**
 * Puts each waiting code on the line that it leaves on: by text message where the person wished so or has no e-mail
 * address, the library has switched it on, and there is a mobile number; else by e-mail. Quick, so that neither a slow
 * mail server nor a slow gateway holds up the other's codes; and behind the request, where nobody can watch it.
 * @returns the libraries that have a message due
 */
export async function sortCodes(db: Db, deps: Deps, ports: SortPorts): Promise<readonly LibraryId[]> {
  const due = await librariesWithMail(db, deps.now());
  for (const libraryId of due)
    try {
      while ((await inLibrary(db, libraryId, (tx) => sortPortion(tx, deps, libraryId, ports))) === PORTION);
    } catch (error) {
      ports.failed(libraryId, error);
    }
  return due;
}

async function sortPortion(tx: Tx, deps: Deps, libraryId: LibraryId, { mails }: SortPorts): Promise<number> {
  const at = deps.now();
  // Whoever sorts at the same time has them sorted before either line looks. Waited for here and not at the rows: a row that
  // was waited for stays locked although it is sorted by then, and the line that sends passes locked ones over.
  await sql`select pg_advisory_xact_lock(hashtextextended('sort codes', ${libraryId}))`.execute(tx);
  const rows = await tx
    .selectFrom('outbox')
    .select(['id', 'one_time_code_id'])
    .where('next_attempt_at', '<=', at)
    .where('one_time_code_id', 'is not', null)
    .where('way', 'is', null)
    .limit(PORTION)
    .forUpdate()
    .execute();
  if (rows.length === 0) return 0;
  const { sms } = await getSettings(tx);
  for (const row of rows) {
    const found =
      sms.enabled && row.one_time_code_id !== null
        ? await readCode(tx, deps, libraryId, row.one_time_code_id, at)
        : undefined;
    const { email, phone } = found?.contact ?? { email: null, phone: null };
    const byText = phone !== null && (found?.way === 'sms' || email === null || !mails);
    const nowhere = !byText && !mails;
    await tx
      .updateTable('outbox')
      .set({
        way: byText ? 'sms' : 'email',
        ...(nowhere ? { next_attempt_at: null, last_error_code: 'no-address-or-consent' } : {}),
      })
      .where('id', '=', row.id)
      .execute();
  }
  return rows.length;
}

/**
 * Sorts codes and sends the text messages of all libraries that are due, in rounds: one of each library, some at once, so
 * that neither a library with many nor a slow gateway lets the others' codes run out; what was asked for meanwhile takes
 * part in the next. Each is claimed first, together with its place among those that the library's limits allow; the place
 * is given back where the gateway surely sent nothing. What is over is not sent; what SMS cannot do goes by e-mail, where
 * there is an address. Ends when nothing is due, or after some seconds.
 */
export async function deliverTexts(db: Db, deps: Deps, ports: TextPorts): Promise<TextsDone> {
  const done = { sent: 0, limited: 0, failed: 0, failure: null as string | null };
  const until = performance.now() + ROUNDS_MS;
  const broken = new Set<LibraryId>();
  const failed: LibraryFailed = (libraryId, error) => {
    if (!broken.has(libraryId)) ports.failed(libraryId, error);
    broken.add(libraryId);
  };
  for (let more = true; more && performance.now() < until; ) {
    more = false;
    const due = (await sortCodes(db, deps, { mails: ports.mails, failed })).filter(
      (libraryId) => !broken.has(libraryId),
    );
    await inTurn(due, async (libraryId) => {
      if (ports.cut?.aborted === true || broken.has(libraryId)) return;
      try {
        const outcome = await deliverNext(db, deps, libraryId, ports);
        if (outcome !== 'none') more = true;
        if (outcome === 'sent' || outcome === 'limited') done[outcome]++;
        if (typeof outcome === 'object') {
          done.failed++;
          done.failure = outcome.failure;
        }
      } catch (error) {
        failed(libraryId, error);
      }
    });
  }
  return done;
}

/** Each library once, where there are few several times: as many as may be under way at once. */
async function inTurn(
  libraries: readonly LibraryId[],
  one: (libraryId: LibraryId) => Promise<void>,
): Promise<void> {
  const line = [...libraries];
  while (line.length > 0 && line.length < AT_ONCE) line.push(...libraries.slice(0, AT_ONCE - line.length));
  const work = async (): Promise<void> => {
    for (let next = line.shift(); next !== undefined; next = line.shift()) await one(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

type Claimed =
  | { readonly prepared: Prepared; readonly id: string; readonly attempts: number; readonly place: string }
  | { readonly prepared: null; readonly code: string };

async function deliverNext(
  db: Db,
  deps: Deps,
  libraryId: LibraryId,
  ports: TextPorts,
): Promise<'none' | 'sent' | 'limited' | 'not-sent' | { readonly failure: string }> {
  const claimed = await inLibrary(db, libraryId, (tx) => claim(tx, deps, libraryId, ports));
  if (!claimed) return 'none';
  if (claimed.prepared === null) return claimed.code === LIBRARY_LIMIT ? 'limited' : 'not-sent';
  const { prepared, id, attempts, place } = claimed;
  const outcome = await ports.send({ to: prepared.to, text: ports.compose(prepared.facts) }, ports.cut);
  const after = deps.now();
  if (outcome.ok) {
    await settle(db, libraryId, id, { next: null, code: null, sentAt: after });
    return 'sent';
  }
  const { code } = outcome;
  const next = new Date(after.getTime() + RETRY_MS * 2 ** (attempts - 1));
  const givenUp = outcome.permanent || attempts >= MAX_ATTEMPTS || next >= prepared.endsAt;
  await inLibrary(db, libraryId, async (tx) => {
    if (!outcome.maybeSent) await tx.deleteFrom('sms_sent').where('id', '=', place).execute();
    if (givenUp)
      await giveUp(tx, { id, byMail: prepared.byMail && prepared.endsAt > after }, { code, at: after });
  });
  if (!givenUp) await settle(db, libraryId, id, { next, code, sentAt: null });
  return { failure: code };
}

/**
 * The text message is left. A code that lives goes to the person's e-mail address, where there is one: the page that asks
 * for it says the same either way.
 */
async function giveUp(
  tx: Tx,
  row: { readonly id: string; readonly byMail: boolean },
  end: { readonly code: string; readonly at: Date },
): Promise<void> {
  await tx
    .updateTable('outbox')
    .set({
      last_error_code: end.code,
      ...(row.byMail ? { way: 'email', attempts: 0, next_attempt_at: end.at } : { next_attempt_at: null }),
    })
    .where('id', '=', row.id)
    .execute();
}

interface Prepared {
  readonly to: Phone;
  readonly facts: CodeFacts;
  /** For the door of other services, where a number alone asks for it. */
  readonly atDoor: boolean;
  /** Whether e-mail is left where a text message is not possible. */
  readonly byMail: boolean;
  /** Nothing is sent from then on. */
  readonly endsAt: Date;
}

async function claim(
  tx: Tx,
  deps: Deps,
  libraryId: LibraryId,
  { mails }: SortPorts,
): Promise<Claimed | undefined> {
  const at = deps.now();
  const row = await tx
    .selectFrom('outbox')
    .select(['id', 'one_time_code_id', 'attempts'])
    .where('next_attempt_at', '<=', at)
    .where('way', '=', 'sms')
    .orderBy('next_attempt_at')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (!row) return undefined;
  const { id } = row;
  const attempts = row.attempts + 1;
  await tx
    .updateTable('outbox')
    .set({ attempts, next_attempt_at: new Date(at.getTime() + CLAIM_MS) })
    .where('id', '=', id)
    .execute();
  const { sms, profile } = await getSettings(tx);
  const found =
    row.one_time_code_id === null ? undefined : await readCode(tx, deps, libraryId, row.one_time_code_id, at);
  const byMail = mails && found !== undefined && found.contact.email !== null;
  const none = async (code: string): Promise<Claimed> => {
    await giveUp(tx, { id, byMail }, { code, at });
    return { prepared: null, code };
  };
  if (!sms.enabled) return none('sms-off');
  if (found === undefined || found.contact.phone === null) return none('over-or-no-number');
  const { code, language, purpose, endsAt } = found;
  const prepared: Prepared = {
    to: found.contact.phone,
    facts: { kind: 'one_time_code', language, libraryName: profile.shortName, code },
    atDoor: purpose === 'sign_in',
    byMail,
    endsAt,
  };
  const place = await takePlace(tx, deps, libraryId, { sms, prepared, at });
  return place.ok ? { prepared, id, attempts, place: place.id } : none(place.code);
}

/**
 * Of a limit, what the door of other services may use: about half. Whoever has seen a member number can ask there, and
 * the own page has to have places left then.
 */
function doorPart(limit: number): number {
  return limit - Math.max(1, Math.floor(limit / 2));
}

/** Counts one message, where the limits let it leave; in any process, one after the other. */
async function takePlace(
  tx: Tx,
  deps: Deps,
  libraryId: LibraryId,
  { sms, prepared, at }: { readonly sms: SmsRules; readonly prepared: Prepared; readonly at: Date },
): Promise<{ readonly ok: true; readonly id: string } | { readonly ok: false; readonly code: string }> {
  await sql`select pg_advisory_xact_lock(hashtextextended('sms', ${libraryId}))`.execute(tx);
  await forgetOldTexts(tx, at);
  const { to, atDoor } = prepared;
  const number = smsNumberHash(deps, libraryId, to);
  const { rows } = await sql<{ door: boolean; all: number; day: number; hour: number }>`
    select door, count(*)::int as all,
      count(*) filter (where number_hash = ${number})::int as day,
      count(*) filter (where number_hash = ${number} and at > ${new Date(at.getTime() - HOUR_MS)})::int as hour
    from (values (true), (false)) as part (door) join sms_sent on at_door or not door
    group by door`.execute(tx);
  for (const door of atDoor ? [false, true] : [false]) {
    const used = rows.find((row) => row.door === door) ?? { all: 0, day: 0, hour: 0 };
    const most = (limit: number): number => (door ? doorPart(limit) : limit);
    if (used.day >= most(sms.numberDay) || used.hour >= most(sms.numberHour))
      return { ok: false, code: NUMBER_LIMIT };
    if (used.all >= most(sms.most)) return { ok: false, code: LIBRARY_LIMIT };
  }
  const id = newId<string>(deps, at);
  await tx
    .insertInto('sms_sent')
    .values({ library_id: libraryId, id, number_hash: number, at_door: atDoor, at })
    .execute();
  return { ok: true, id };
}

/** How text messages went within 24 hours, for the office. */
export interface TextsState {
  readonly sent: number;
  /** Codes that did not leave because the library's limit was reached. */
  readonly limited: number;
  /** Those that the gateway did not take, so far. */
  readonly failed: number;
  /** Why the latest of them was not taken; null where none. */
  readonly failure: string | null;
}

export function readTextsState(db: Db, scope: Scope): Promise<TextsState> {
  const since = new Date(scope.at.getTime() - DAY_MS);
  return inLibrary(db, scope.library.id, async (tx) => {
    const sent = await tx
      .selectFrom('sms_sent')
      .select((select) => select.fn.countAll<string>().as('count'))
      .where('at', '>', since)
      .executeTakeFirstOrThrow();
    const missed = await tx
      .selectFrom('outbox')
      .select(['last_error_code', 'created_at'])
      .where('way', '=', 'sms')
      .where('sent_at', 'is', null)
      .where('created_at', '>', since)
      .where('last_error_code', 'like', 'sms-%')
      .orderBy('created_at', 'desc')
      .execute();
    const codes = missed.map((row) => row.last_error_code ?? '');
    const failures = codes.filter((code) => ![LIBRARY_LIMIT, NUMBER_LIMIT, 'sms-off'].includes(code));
    return {
      sent: Number(sent.count),
      limited: codes.filter((code) => code === LIBRARY_LIMIT).length,
      failed: failures.length,
      failure: failures[0] ?? null,
    };
  });
}
