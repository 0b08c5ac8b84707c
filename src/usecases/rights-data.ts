import type { Db, Tx } from '../db/connection.ts';
import { familyOf } from '../db/member-family.ts';
import { describeRegions } from '../db/region.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ExportTarget } from '../domain/exporting/outgoing-member.ts';
import type { FormValues } from '../domain/form-fields.ts';
import type { MemberId } from '../domain/ids.ts';
import type { MemberState } from '../domain/member.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { writeAudit } from './audit.ts';
import { type ConsentTextRow, readConsentTexts } from './consent-texts.ts';
import { type Deps, type Scope, todayOf } from './context.ts';
import { memberPasskeysOf } from './member-passkey.ts';
import { type ConsentsView, consentsOf } from './read-consents.ts';
import { type ReadView, readViewsOf, readViewsPage, type ViewSubject, type ViewsPage } from './read-views.ts';
import { formValuesOf } from './revise-person.ts';
import { type RightsRequest, recordFulfilled, requestsOf } from './rights-request.ts';
import { type RightsSubject, type RightsWay, subjectByToken } from './rights-subject.ts';
import { type MemberService, type ServiceWord, servicesEverOf } from './service-member.ts';
import { type TextSent, textsSentTo } from './sms-sent.ts';
import { openPicture, type PictureDeps } from './stored-picture.ts';
import type { ListedPasskey } from './webauthn.ts';

/** One word of the ledger: who said what to which text. */
export interface LedgerWord {
  readonly purpose: 'acknowledgement' | 'photo_on_card' | 'messages' | 'guardian';
  readonly given: boolean;
  readonly byGuardian: boolean;
  readonly at: Date;
  readonly withdrawnAt: Date | null;
  readonly textVersion: string;
  /** Null where the language was not kept. */
  readonly textLang: 'id' | 'en' | null;
  readonly channel: string;
}

/** A lending system that holds the person: what went there the last time. */
interface Recipient {
  readonly target: ExportTarget;
  readonly at: Date;
  /** Whether the identity number went along. */
  readonly identityNumbers: boolean;
}

/** Everything that is held about a person, as the person may see it: identity numbers masked. */
export interface OwnData {
  readonly subject: RightsSubject;
  /** Null once erased. */
  readonly person: FormValues | null;
  /** Names of the villages, by code. */
  readonly regions: ReadonlyMap<string, string>;
  readonly membership: {
    readonly number: string;
    readonly state: MemberState;
    readonly since: PlainDate;
    readonly validUntil: PlainDate | null;
  } | null;
  readonly cases: readonly { readonly ticket: string; readonly at: Date; readonly state: string }[];
  readonly cards: readonly { readonly issuedAt: Date; readonly revokedAt: Date | null }[];
  readonly visits: {
    readonly total: number;
    /** All of them in a download. */
    readonly latest: readonly { readonly at: Date; readonly purpose: string }[];
  };
  readonly files: readonly {
    readonly kind: string;
    readonly at: Date;
    readonly deletedAt: Date | null;
  }[];
  readonly changes: readonly { readonly at: Date; readonly by: string; readonly fields: readonly string[] }[];
  readonly ledger: readonly LedgerWord[];
  /** The texts the ledger points at. */
  readonly texts: readonly ConsentTextRow[];
  readonly consents: ConsentsView | null;
  readonly views: readonly ReadView[];
  /** Asks for the looks before those (`readOwnViews`); null where these are all. */
  readonly olderViews: string | null;
  readonly requests: readonly RightsRequest[];
  /** Services that the person lets know something. */
  readonly services: readonly MemberService[];
  /** Those of before. */
  readonly endedServices: readonly ServiceWord[];
  /** Systems of the library that were given the person's data. */
  readonly sentTo: readonly Recipient[];
  readonly passkeys: readonly ListedPasskey[];
  /** When text messages left for the number on file, as long as that is known: a day. */
  readonly textsSent: readonly TextSent[];
}

/** With what only a download carries: every visit, everybody who looked, and the photo. */
export interface OwnDownload extends OwnData {
  /** JPEG; null where there is none on file. */
  readonly photo: Buffer | null;
}

/** A page shows some of them; whoever came every day for years has more. */
const MOST_VISITS = 100;

/** What a person's own page shows; undefined for a secret that opens nothing. */
export async function readOwnData(
  db: Db,
  deps: Deps,
  scope: Scope,
  way: RightsWay,
  token: string,
): Promise<OwnData | undefined> {
  return readOwn(db, deps, scope, way, token, { visits: MOST_VISITS });
}

async function readOwn(
  db: Db,
  deps: Deps,
  scope: Scope,
  way: RightsWay,
  token: string,
  most: { readonly visits: number; readonly allViews?: boolean },
): Promise<OwnData | undefined> {
  const held = await inLibrary(db, scope.library.id, async (tx) => {
    const subject = await subjectByToken(tx, deps, scope, way, token);
    return subject && readHeld(tx, deps, scope, subject, most.visits);
  });
  if (!held) return undefined;
  const read = await viewsOf(db, deps, scope, held.subject, most.allViews ? 'all' : null);
  return { ...held, views: read.views, olderViews: read.next };
}

/**
 * A page of those who looked at the person's data; undefined for a secret that opens nothing.
 * @param from `olderViews`, or `next` of a page before
 */
export async function readOwnViews(
  db: Db,
  deps: Deps,
  scope: Scope,
  way: RightsWay,
  token: string,
  from: string | null,
): Promise<ViewsPage | undefined> {
  const subject = await inLibrary(db, scope.library.id, (tx) => subjectByToken(tx, deps, scope, way, token));
  return subject && viewsOf(db, deps, scope, subject, from);
}

async function viewsOf(
  db: Db,
  deps: Deps,
  scope: Scope,
  { memberId, applicationId, erased }: RightsSubject,
  from: string | 'all' | null,
): Promise<ViewsPage> {
  const of: ViewSubject | undefined =
    memberId !== null
      ? { kind: 'member', id: memberId }
      : applicationId !== null
        ? { kind: 'application', id: applicationId }
        : undefined;
  if (erased || of === undefined) return { views: [], next: null };
  if (from === 'all') return { views: await readViewsOf(db, deps, scope, of), next: null };
  return readViewsPage(db, deps, scope, of, { from });
}

/** The same and all of it for a download, which is taken down as a request that was answered at once. */
export async function downloadOwnData(
  db: Db,
  deps: Deps & PictureDeps,
  scope: Scope,
  way: RightsWay,
  token: string,
): Promise<OwnDownload | undefined> {
  const all = Number.MAX_SAFE_INTEGER;
  const data = await readOwn(db, deps, scope, way, token, { visits: all, allViews: true });
  if (!data || data.subject.erased) return undefined;
  const { memberId, applicationId } = data.subject;
  const photo = await inLibrary(db, scope.library.id, async (tx) => {
    await recordFulfilled(tx, deps, scope, data.subject, 'access');
    await writeAudit(tx, deps, scope, {
      action: 'rights.download',
      ...(memberId === null
        ? { subjectKind: 'application', subjectId: applicationId }
        : { subjectKind: 'member', subjectId: memberId }),
    });
    return readPhoto(tx, deps, scope, data.subject);
  });
  return { ...data, photo };
}

async function readHeld(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  subject: RightsSubject,
  mostVisits: number,
): Promise<Omit<OwnData, 'views' | 'olderViews'>> {
  const { memberId, applicationId } = subject;
  const requests = await requestsOf(tx, subject);
  const nothing = {
    subject,
    person: null,
    regions: new Map<string, string>(),
    membership: null,
    cases: [],
    cards: [],
    visits: { total: 0, latest: [] },
    files: [],
    changes: [],
    ledger: [],
    texts: [],
    consents: null,
    requests,
    services: [],
    endedServices: [],
    sentTo: [],
    passkeys: [],
    textsSent: [],
  };
  if (subject.erased) return nothing;
  const member =
    memberId === null
      ? undefined
      : await tx.selectFrom('member').selectAll().where('id', '=', memberId).executeTakeFirst();
  const ofCase =
    applicationId === null
      ? undefined
      : await tx.selectFrom('application').selectAll().where('id', '=', applicationId).executeTakeFirst();
  const row = member ?? ofCase;
  if (!row) return nothing;
  const mine = familyOf(memberId);
  const cases = await tx
    .selectFrom('application')
    .select(['id', 'ticket_code', 'created_at', 'state'])
    .where((where) =>
      where.or([
        ...(memberId === null ? [] : [where('member_id', 'in', mine)]),
        ...(applicationId === null ? [] : [where('id', '=', applicationId)]),
      ]),
    )
    .orderBy('created_at', 'desc')
    .execute();
  const caseIds = cases.map(({ id }) => id);
  const visits =
    memberId === null
      ? []
      : await tx
          .selectFrom('visit')
          .select(['at', 'purpose'])
          .where('member_id', 'in', mine)
          .where('voided_at', 'is', null)
          .orderBy('at', 'desc')
          .limit(mostVisits)
          .execute();
  const { total } = await tx
    .selectFrom('visit')
    .select((select) => select.fn.countAll<string>().as('total'))
    .where('member_id', 'in', mine)
    .where('voided_at', 'is', null)
    .executeTakeFirstOrThrow();
  const files = await tx
    .selectFrom('file')
    .select(['kind', 'created_at', 'deleted_at'])
    .where((where) =>
      where.or([
        ...(memberId === null ? [] : [where('member_id', 'in', mine)]),
        ...(caseIds.length === 0 ? [] : [where('application_id', 'in', caseIds)]),
      ]),
    )
    .orderBy('created_at', 'desc')
    .execute();
  const changes = await tx
    .selectFrom('revision')
    .select(['at', 'actor_kind', 'fields'])
    .where((where) =>
      where.or([
        ...(memberId === null ? [] : [where('member_id', 'in', mine)]),
        ...(caseIds.length === 0 ? [] : [where('application_id', 'in', caseIds)]),
      ]),
    )
    .orderBy('at', 'desc')
    .execute();
  const said = await tx
    .selectFrom('consent')
    .selectAll()
    .where((where) =>
      where.or([
        ...(memberId === null ? [] : [where('member_id', 'in', mine)]),
        ...(caseIds.length === 0 ? [] : [where('application_id', 'in', caseIds)]),
      ]),
    )
    .orderBy('recorded_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  const cards =
    memberId === null
      ? []
      : await tx
          .selectFrom('card')
          .select(['issued_at', 'revoked_at'])
          .where('member_id', 'in', mine)
          .orderBy('issued_at', 'desc')
          .execute();
  const services = memberId === null ? { standing: [], ended: [] } : await servicesEverOf(tx, memberId);
  const villages = [row.address_village, row.present_village].filter((code) => code !== null);
  return {
    ...nothing,
    person: formValuesOf(row, deps.vault, scope.library.id, 'masked'),
    regions: await describeRegions(tx, villages),
    membership: member
      ? {
          number: member.number,
          state: member.state,
          since: member.member_since,
          validUntil: member.valid_until,
        }
      : null,
    cases: cases.map((one) => ({ ticket: one.ticket_code, at: one.created_at, state: one.state })),
    cards: cards.map((card) => ({ issuedAt: card.issued_at, revokedAt: card.revoked_at })),
    visits: { total: Number(total), latest: visits },
    files: files.map((file) => ({ kind: file.kind, at: file.created_at, deletedAt: file.deleted_at })),
    changes: changes.map((change) => ({ at: change.at, by: change.actor_kind, fields: change.fields })),
    ledger: said.map((word) => ({
      purpose: word.purpose,
      given: word.given,
      byGuardian: word.by_guardian,
      at: word.recorded_at,
      withdrawnAt: word.withdrawn_at,
      textVersion: word.text_version,
      textLang: word.text_lang,
      channel: word.channel,
    })),
    texts: await readConsentTexts(tx, [...new Set(said.map((word) => word.text_version))]),
    services: services.standing,
    endedServices: services.ended,
    sentTo: memberId === null ? [] : await recipientsOf(tx, memberId),
    passkeys: memberId === null ? [] : await memberPasskeysOf(tx, memberId),
    textsSent: await textsSentTo(tx, deps, scope, row.phone),
    consents: (await consentsOf(tx, todayOf(scope), ofCase ?? null, memberId)) ?? null,
  };
}

/** The photo of the membership, or of a case that has none yet. */
async function readPhoto(
  tx: Tx,
  deps: PictureDeps,
  scope: Scope,
  { memberId, applicationId }: RightsSubject,
): Promise<Buffer | null> {
  const file = await tx
    .selectFrom('file')
    .select(['id', 'bytes'])
    .where('id', '=', (select) =>
      memberId === null
        ? select.selectFrom('application').select('photo_id').where('application.id', '=', applicationId)
        : select.selectFrom('member').select('photo_id').where('member.id', '=', memberId),
    )
    .where('kind', '=', 'photo')
    .executeTakeFirst();
  if (!file?.bytes) return null;
  return openPicture(deps, scope.library.id, { id: file.id, bytes: file.bytes }) ?? null;
}

/** Where a person's data went, to be lent to there; the newest first. */
async function recipientsOf(tx: Tx, memberId: MemberId): Promise<readonly Recipient[]> {
  const rows = await tx
    .selectFrom('export_row')
    .innerJoin('export', (join) =>
      join
        .onRef('export.library_id', '=', 'export_row.library_id')
        .onRef('export.id', '=', 'export_row.export_id'),
    )
    .select(['export_row.target', 'export.started_at', 'export.finished_at', 'export.identity_numbers'])
    .where('export_row.member_id', 'in', familyOf(memberId))
    .where('export_row.sent', '=', true)
    .orderBy('export.started_at', 'desc')
    .execute();
  return rows.map((row) => ({
    target: row.target,
    at: row.finished_at ?? row.started_at,
    identityNumbers: row.identity_numbers,
  }));
}
