import { type DayAnchor, findSealBefore, listDayAnchors, type Seal } from '../db/audit-seal.ts';
import type { Db, Tx } from '../db/connection.ts';
import { getSettings } from '../db/library.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { LibraryId } from '../domain/ids.ts';
import { instantOf } from '../domain/opening-hours.ts';
import { may } from '../domain/permissions.ts';
import { addDays, type PlainDate, plainDateIn } from '../domain/plain-date.ts';
import { type Deps, newId, type Scope, todayOf } from './context.ts';

/** What is written down outside the service: whoever has it can tell later whether the log was rewritten. */
export interface Anchor {
  /** On the library's calendar. */
  readonly day: PlainDate;
  /** Of the last seal at the end of the day, or until now. */
  readonly n: number;
  /** Hexadecimal. */
  readonly digest: string;
  /** Of all seals up to it. */
  readonly rows: number;
  readonly sealedAt: Date;
}

/** Days on the page. */
const MOST_DAYS = 31;

export type Anchors =
  | {
      readonly ok: true;
      /** Null: nothing has been sealed until then. */
      readonly anchor: Anchor | null;
      /** The days that have one of their own, newest first. */
      readonly days: readonly Anchor[];
    }
  | { readonly ok: false; readonly reason: 'not-allowed' };

/** The anchor of a day, and the last days. @param day null: today, as far as it has come */
export function readAnchors(db: Db, scope: Scope, day: PlainDate | null): Promise<Anchors> {
  const { actor, library } = scope;
  return inLibrary(db, library.id, async (tx) => {
    if (actor.kind !== 'officer' || !may(actor.roles, 'audit.search'))
      return { ok: false, reason: 'not-allowed' };
    const { timezone } = library.settings.profile;
    const days = (await listDayAnchors(tx, timezone, MOST_DAYS)).map(({ day: on, seal }: DayAnchor) =>
      anchorOf(on, seal),
    );
    const asked = day ?? todayOf(scope);
    const seal = await findSealBefore(tx, endOf(asked, timezone));
    return { ok: true, anchor: seal === undefined ? null : anchorOf(asked, seal), days };
  });
}

/** The anchor of a day that is over, or of today until now; for jobs and commands. */
export function anchorOfDay(db: Db, scope: Scope, day: PlainDate): Promise<Anchor | null> {
  const { library } = scope;
  return inLibrary(db, library.id, async (tx) => {
    const seal = await findSealBefore(tx, endOf(day, library.settings.profile.timezone));
    return seal === undefined ? null : anchorOf(day, seal);
  });
}

function endOf(day: PlainDate, timezone: string): Date {
  return new Date(instantOf(addDays(day, 1), 0, timezone));
}

function anchorOf(day: PlainDate, seal: Seal): Anchor {
  return { day, n: seal.n, digest: seal.digest, rows: seal.total, sealedAt: seal.sealedAt };
}

/** The anchor of the day before this time, which is over: what a mail that was asked for then tells. */
export async function readDueAnchor(tx: Tx, timezone: string, askedAt: Date): Promise<Anchor | undefined> {
  const day = addDays(plainDateIn(timezone, askedAt), -1);
  const seal = await findSealBefore(tx, endOf(day, timezone));
  return seal && anchorOf(day, seal);
}

/**
 * Puts the mail of yesterday's anchor into the outbox, once a day, where the library has set an address and there is
 * something to tell.
 * @returns whether there is a new one
 */
export function askForAnchorMail(
  db: Db,
  deps: Pick<Deps, 'uuid' | 'now'>,
  libraryId: LibraryId,
): Promise<boolean> {
  const at = deps.now();
  return inLibrary(db, libraryId, async (tx) => {
    const { auditAnchor, profile } = await getSettings(tx);
    if (auditAnchor.email === '' || (await readDueAnchor(tx, profile.timezone, at)) === undefined)
      return false;
    const begun = new Date(instantOf(plainDateIn(profile.timezone, at), 0, profile.timezone));
    const asked = await tx
      .selectFrom('outbox')
      .select('id')
      .where('kind', '=', 'audit_anchor')
      .where('created_at', '>=', begun)
      .executeTakeFirst();
    if (asked) return false;
    await tx
      .insertInto('outbox')
      .values({
        library_id: libraryId,
        id: newId(deps, at),
        kind: 'audit_anchor',
        application_id: null,
        created_at: at,
        sent_at: null,
        next_attempt_at: at,
        last_error_code: null,
      })
      .execute();
    return true;
  });
}
