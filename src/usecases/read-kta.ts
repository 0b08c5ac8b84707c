import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ApplicationId } from '../domain/ids.ts';
import { readShortCode } from '../domain/short-code.ts';
import type { Deps, Scope } from './context.ts';
import { type CardFacts, cardsWithMembers, factsOfCard } from './read-card.ts';
import { handOverCard } from './record-card.ts';
import { hashOfCode } from './short-code-hash.ts';

export interface Kta extends CardFacts {
  /** How often its address was given anew; in the codes that belong to the address. */
  readonly generation: number;
  /** The case it came from, while the hand-over is not recorded yet. */
  readonly handsOver: ApplicationId | null;
}

export type KtaOutcome =
  | { readonly ok: true; readonly kta: Kta }
  /** `revoked`: the address was good once. Neither says anything about a person. */
  | { readonly ok: false; readonly reason: 'unknown' | 'revoked' };

/** The KTA online behind the secret part of its address. */
export function readKta(db: Db, deps: Deps, scope: Scope, token: string): Promise<KtaOutcome> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const row = await cardsWithMembers(tx)
      .where('card.token_hash', '=', deps.vault.hash(scope.library.id, 'token', token))
      .executeTakeFirst();
    if (!row) return { ok: false, reason: 'unknown' };
    if (row.revoked_at !== null || row.state === 'ended') return { ok: false, reason: 'revoked' };
    return {
      ok: true,
      kta: {
        ...factsOfCard(scope, row),
        generation: row.access_generation,
        handsOver: row.handed_over_at === null ? row.application_id : null,
      },
    };
  });
}

/** The holder opened the KTA on the own phone: it is handed over. Opening it again changes nothing. */
export async function receiveKta(db: Db, deps: Deps, scope: Scope, token: string): Promise<void> {
  const found = await readKta(db, deps, scope, token);
  if (!found.ok || found.kta.handsOver === null) return;
  await handOverCard(db, deps, scope, { applicationId: found.kta.handsOver, how: 'kta_online' });
}

/** The secret part of the address behind a typed short code; undefined where it is wrong or its minutes are over. */
export async function findKtaByCode(
  db: Db,
  deps: Deps,
  scope: Scope,
  typed: string,
): Promise<string | undefined> {
  const code = readShortCode(typed);
  if (code === undefined) return undefined;
  const rows = await inLibrary(db, scope.library.id, (tx) =>
    tx
      .selectFrom('card')
      .select(['id', 'access_generation'])
      .where('pickup_hash', '=', hashOfCode(deps, scope, 'kta', code))
      .where('pickup_expires_at', '>', scope.at)
      .where('revoked_at', 'is', null)
      .limit(2)
      .execute(),
  );
  // Two cards of one code, however unlikely: neither is opened for the wrong person.
  const [card] = rows;
  return card && rows.length === 1
    ? deps.vault.token(scope.library.id, 'kta', card.id, card.access_generation)
    : undefined;
}
