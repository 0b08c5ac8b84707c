import {
  type ApplicationEventRow,
  type ApplicationRow,
  findApplicationByToken,
  listApplicationEvents,
} from '../db/application.ts';
import type { Db } from '../db/connection.ts';
import { describeRegions } from '../db/region.ts';
import { inLibrary } from '../db/tenancy.ts';
import { type ApplicationAction, allowedActions } from '../domain/application.ts';
import type { FormValues } from '../domain/form-fields.ts';
import type { Procedure } from '../domain/procedure.ts';
import { findOpenCorrection, type OpenCorrection } from './answer-correction.ts';
import { factsOf, procedureOf } from './change-case.ts';
import { type Deps, type Scope, todayOf } from './context.ts';
import { guardianCodeOf } from './guardian-code.ts';
import { type ConsentsView, consentsOf } from './read-consents.ts';
import { formValuesOf } from './revise-person.ts';

/** Everything the applicant's own page shows of a case. */
export interface StatusView {
  readonly row: ApplicationRow;
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
  /** The optional ones, of the membership where the case has one. */
  readonly consents: ConsentsView | null;
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
            .where('member_id', '=', row.member_id)
            .where('revoked_at', 'is', null)
            .orderBy('issued_at', 'desc')
            .executeTakeFirst();
    const member =
      row.member_id === null
        ? undefined
        : await tx.selectFrom('member').select('number').where('id', '=', row.member_id).executeTakeFirst();
    return {
      row,
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
      // Of a person whose data are gone nothing can be given or taken back.
      consents: row.name === '' ? null : ((await consentsOf(tx, scope, row, row.member_id)) ?? null),
    };
  });
}

/** How far the case is, for a page that asks again and again; undefined as in `viewStatus`. */
export async function statusVersion(
  db: Db,
  deps: Deps,
  scope: Scope,
  token: string,
): Promise<number | undefined> {
  const row = await inLibrary(db, scope.library.id, (tx) =>
    tx
      .selectFrom('application')
      .select('version')
      .where('token_hash', '=', deps.vault.hash(scope.library.id, 'token', token))
      .executeTakeFirst(),
  );
  return row?.version;
}
