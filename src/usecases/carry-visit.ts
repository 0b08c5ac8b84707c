import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { FormValues } from '../domain/form-fields.ts';
import type { VisitId } from '../domain/ids.ts';
import { readShortCode, shortCodeOf } from '../domain/short-code.ts';
import type { Deps, Scope } from './context.ts';
import { deviceOf, FRESH_VISIT_MS } from './describe-visit.ts';
import { saveDraft } from './save-draft.ts';
import { hashOfCode } from './short-code-hash.ts';

/** A visitor needs a minute to take out the phone; afterwards the code is worth nothing. */
const PHONE_CODE_MS = 20 * 60_000;

/** "Ingin menjadi anggota?": what the guest book already knows, for a form that asks none of it again. */
export interface CarriedVisit {
  readonly id: VisitId;
  readonly at: Date;
  readonly openedAt: Date | null;
  readonly values: FormValues;
}

/** A non-member's visit that this device wrote within the last minutes; undefined for any other. */
export async function findCarriedVisit(
  db: Db,
  scope: Scope,
  visitId: VisitId,
): Promise<CarriedVisit | undefined> {
  const row = await inLibrary(db, scope.library.id, (tx) =>
    tx
      .selectFrom('visit')
      .select(['id', 'at', 'opened_at', 'name', 'sex', 'education', 'occupation'])
      .where('id', '=', visitId)
      .where('kind', '=', 'non_member')
      .where('device_id', '=', deviceOf(scope))
      // Longer than the page stays open: a form takes minutes, and each page of it looks again.
      .where('at', '>', new Date(scope.at.getTime() - 4 * FRESH_VISIT_MS))
      .where('voided_at', 'is', null)
      .executeTakeFirst(),
  );
  if (!row) return undefined;
  const { name, sex, education, occupation } = row;
  const values = Object.fromEntries(
    Object.entries({ name, sex, education, occupation }).filter(([, value]) => value !== null),
  ) as FormValues;
  return { id: row.id, at: row.at, openedAt: row.opened_at, values };
}

export interface PhoneHandOver {
  /** 128 bits for the address in the QR. */
  readonly token: string;
  /** Eight characters to type instead, for twenty minutes. */
  readonly phoneCode: string;
  /** Six digits for the officer, who can take the same form over. */
  readonly deskCode: string;
}

/** Hands a visit over to the visitor's own phone as an unfinished form, or to the counter. */
export async function handOverToPhone(
  db: Db,
  deps: Deps,
  scope: Scope,
  visit: CarriedVisit,
): Promise<PhoneHandOver> {
  const { library, at } = scope;
  const { token, code } = await saveDraft(db, deps, scope, { values: visit.values, visitId: visit.id });
  const phoneCode = shortCodeOf(deps.randomBytes(8));
  await inLibrary(db, library.id, (tx) =>
    tx
      .updateTable('draft')
      .set({
        phone_code_hash: hashOfCode(deps, scope, 'draft', phoneCode),
        phone_code_expires_at: new Date(at.getTime() + PHONE_CODE_MS),
      })
      .where('token_hash', '=', deps.vault.hash(library.id, 'token', token))
      .execute(),
  );
  return { token, phoneCode, deskCode: code };
}

/**
 * The typed code opens the form once: the draft gets a new secret, and the QR that was shown beside the code dies.
 * Forty bits that live for minutes; who calls this limits the tries.
 */
export async function openByPhoneCode(
  db: Db,
  deps: Deps,
  scope: Scope,
  typed: string,
): Promise<
  { readonly ok: true; readonly token: string } | { readonly ok: false; readonly reason: 'not-found' }
> {
  const { library, at } = scope;
  const code = readShortCode(typed);
  if (code === undefined) return { ok: false, reason: 'not-found' };
  const token = Buffer.from(deps.randomBytes(16)).toString('base64url');
  const row = await inLibrary(db, library.id, (tx) =>
    tx
      .updateTable('draft')
      .set({
        token_hash: deps.vault.hash(library.id, 'token', token),
        phone_code_hash: null,
        phone_code_expires_at: null,
      })
      .where('phone_code_hash', '=', hashOfCode(deps, scope, 'draft', code))
      .where('phone_code_expires_at', '>', at)
      .where('taken_at', 'is', null)
      .where('expires_at', '>', at)
      .returning('id')
      .executeTakeFirst(),
  );
  return row ? { ok: true, token } : { ok: false, reason: 'not-found' };
}
