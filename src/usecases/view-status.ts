import {
  type ApplicationEventRow,
  type ApplicationRow,
  findApplicationByToken,
  listApplicationEvents,
} from '../db/application.ts';
import type { Db, Tx } from '../db/connection.ts';
import { familyOf, isStandingFor } from '../db/member-family.ts';
import { describeRegions } from '../db/region.ts';
import { inLibrary } from '../db/tenancy.ts';
import { type ApplicationAction, allowedActions, isOpenState } from '../domain/application.ts';
import type { FormValues } from '../domain/form-fields.ts';
import type { ApplicationId, ServicePointId } from '../domain/ids.ts';
import type { Procedure } from '../domain/procedure.ts';
import { findOpenCorrection, type OpenCorrection } from './answer-correction.ts';
import { factsOf, procedureOf } from './change-case.ts';
import { type Deps, type Scope, todayOf } from './context.ts';
import { guardianCodeOf } from './guardian-code.ts';
import { type ConsentsView, consentsOf } from './read-consents.ts';
import { decisionNoteOf } from './reject-application.ts';
import { formValuesOf } from './revise-person.ts';

/** Everything the applicant's own page shows of a case. */
export interface StatusView {
  readonly row: ApplicationRow;
  /** What the library said beside the reason of a refusal. */
  readonly decisionNote: string | null;
  /** The version the case began with. */
  readonly procedure: Procedure;
  /** What the applicant may do now; the only source of buttons. */
  readonly allowed: ReadonlySet<ApplicationAction>;
  readonly guardianMissing: boolean;
  /** As the form holds them, numbers masked. */
  readonly values: FormValues;
  /** Names of the villages, by code. */
  readonly regions: ReadonlyMap<string, string>;
  readonly events: readonly ApplicationEventRow[];
  readonly correction: OpenCorrection | null;
  /** Secret part of the KTA's address; null before the approval and where no card stands. */
  readonly ktaToken: string | null;
  /** Of the membership that the case made or found. */
  readonly memberNumber: string | null;
  /** What a guardian types beside the ticket number where no QR can be scanned. */
  readonly guardianCode: string;
  /** The day's number of the queue; null where there is none, it is done with, or the case is decided. */
  readonly queue: QueuePlace | null;
  /** Changes with everything the page shows; see `statusVersion`. */
  readonly pageVersion: string;
  /** The optional ones, of the membership where the case has one. */
  readonly consents: ConsentsView | null;
}

/** Where the person stands in today's queue. */
export interface QueuePlace {
  readonly number: number;
  readonly servicePointId: ServicePointId;
  readonly called: boolean;
}

/** The case behind a status address of this library; undefined for any other secret, another library's included. */
export function viewStatus(db: Db, deps: Deps, scope: Scope, token: string): Promise<StatusView | undefined> {
  const { library } = scope;
  return inLibrary(db, library.id, async (tx) => {
    const row = await findApplicationByToken(tx, deps.vault.hash(library.id, 'token', token));
    if (!row) return undefined;
    const procedure = await procedureOf(tx, scope, row);
    const facts = factsOf(row, todayOf(scope));
    const values = formValuesOf(row, deps.vault, library.id, 'masked');
    const villages = [row.address_village, row.present_village].filter((code) => code !== null);
    const card =
      row.member_id === null
        ? undefined
        : await tx
            .selectFrom('card')
            .select(['id', 'access_generation'])
            .where('member_id', 'in', familyOf(row.member_id))
            .where('revoked_at', 'is', null)
            .orderBy('issued_at', 'desc')
            .executeTakeFirst();
    const member =
      row.member_id === null
        ? undefined
        : await tx
            .selectFrom('member as own')
            .innerJoin('member', (join) =>
              join.onRef('member.library_id', '=', 'own.library_id').on(isStandingFor('own')),
            )
            .select('member.number')
            .where('own.id', '=', row.member_id)
            .executeTakeFirst();
    const queue = await findQueuePlace(tx, scope, row);
    const consents = row.name === '' ? undefined : await consentsOf(tx, todayOf(scope), row, row.member_id);
    return {
      row,
      decisionNote: decisionNoteOf(deps, scope, row),
      procedure,
      allowed: allowedActions(procedure, facts, { kind: 'applicant' }),
      guardianMissing: facts.guardianMissing,
      values,
      regions: await describeRegions(tx, villages),
      events: await listApplicationEvents(tx, row.id),
      correction:
        row.state === 'needs_correction'
          ? ((await findOpenCorrection(tx, deps, scope, row.id)) ?? null)
          : null,
      ktaToken: card ? deps.vault.token(library.id, 'kta', card.id, card.access_generation) : null,
      memberNumber: member?.number ?? null,
      guardianCode: guardianCodeOf(deps, scope, row),
      queue: queue ?? null,
      pageVersion: pageVersionOf(row.version, queue, consents),
      // Of a person whose data are gone nothing can be given or taken back.
      consents: consents ?? null,
    };
  });
}

/**
 * Changes whenever the page would show something else, for a page that asks again; undefined as in `viewStatus`. The
 * case's own version is not enough: a number is called and a consent changed without it.
 */
export function statusVersion(db: Db, deps: Deps, scope: Scope, token: string): Promise<string | undefined> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const row = await findApplicationByToken(tx, deps.vault.hash(scope.library.id, 'token', token));
    if (!row) return undefined;
    const queue = await findQueuePlace(tx, scope, row);
    const consents = row.name === '' ? undefined : await consentsOf(tx, todayOf(scope), row, row.member_id);
    return pageVersionOf(row.version, queue, consents);
  });
}

function pageVersionOf(
  version: number,
  queue: QueuePlace | undefined,
  consents: ConsentsView | undefined,
): string {
  const words = consents?.consents.reduce((sum, one) => sum + one.words.length, 0) ?? 0;
  return [version, queue?.number ?? 0, queue?.called === true ? 1 : 0, words].join('.');
}

/** Once the case is decided nobody is sent to the officer again: the number stays called until the card is handed over. */
async function findQueuePlace(tx: Tx, scope: Scope, row: ApplicationRow): Promise<QueuePlace | undefined> {
  if (!isOpenState(row.state)) return undefined;
  const ticket = await tx
    .selectFrom('queue_ticket')
    .select(['number', 'service_point_id', 'called_at'])
    .where('application_id', '=', row.id)
    .where('day', '=', todayOf(scope))
    .where('done_at', 'is', null)
    .orderBy('issued_at', 'desc')
    .executeTakeFirst();
  return (
    ticket && {
      number: ticket.number,
      servicePointId: ticket.service_point_id,
      called: ticket.called_at !== null,
    }
  );
}

/** The case whose page listens for changes; undefined as in `viewStatus`. */
export async function findWatchedCase(
  db: Db,
  deps: Deps,
  scope: Scope,
  token: string,
): Promise<ApplicationId | undefined> {
  const row = await inLibrary(db, scope.library.id, (tx) =>
    tx
      .selectFrom('application')
      .select('id')
      .where('token_hash', '=', deps.vault.hash(scope.library.id, 'token', token))
      .executeTakeFirst(),
  );
  return row?.id;
}
