import type { Db, Tx } from '../db/connection.ts';
import { familyOf, findByMemberNumber } from '../db/member-family.ts';
import { inLibrary } from '../db/tenancy.ts';
import { maskDocumentNumber } from '../domain/document-number.ts';
import type { FormValues } from '../domain/form-fields.ts';
import type { FileId, MemberId } from '../domain/ids.ts';
import type { MatchReason, MatchVerdict } from '../domain/matching/compare.ts';
import { DIFFERENT_REASONS, MERGE_FIELDS, type MergeField } from '../domain/member-merge.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { type MemberStatus, memberStatus } from '../domain/validity.ts';
import { writeAudit } from './audit.ts';
import type { MemberRow } from './change-member.ts';
import { type Deps, type Scope, todayOf } from './context.ts';
import { findCandidates } from './find-candidates.ts';
import { differingFields, preferred } from './merge-fields.ts';
import { mayMerge } from './merge-members.ts';
import { formValuesOf } from './revise-person.ts';
import { areToldApart, mayTellApart, rememberDifferent } from './told-apart.ts';

/** A membership as the pages about doubles show it: numbers masked. */
export interface SideView {
  readonly id: MemberId;
  readonly version: number;
  readonly number: string;
  readonly status: MemberStatus;
  readonly stateReason: string | null;
  readonly memberSince: PlainDate;
  readonly validFrom: PlainDate;
  readonly validUntil: PlainDate | null;
  readonly photoId: FileId | null;
  readonly values: FormValues;
  readonly familyCard: string | null;
  readonly villages: Readonly<Record<string, string>>;
}

/** Somebody whom the cross-check takes for the same person, or who has to be looked at. */
export interface Double {
  readonly member: SideView;
  readonly score: number;
  readonly verdict: MatchVerdict;
  readonly reasons: readonly MatchReason[];
}

/**
 * "Mungkin orang yang sama": the check that every new case goes through, asked about a member.
 * @returns undefined where there is no such member, or nothing to see for this officer
 */
export function findDoubles(
  db: Db,
  deps: Deps,
  scope: Scope,
  memberId: MemberId,
): Promise<{ readonly member: SideView; readonly doubles: readonly Double[] } | undefined> {
  return inLibrary(db, scope.library.id, async (tx) => {
    if (!mayTellApart(scope)) return undefined;
    const row = await findStandingRow(tx, memberId);
    if (!row) return undefined;
    const doubles: Double[] = [];
    for (const { id, score, verdict, reasons } of await findCandidates(tx, deps, scope, row)) {
      const other = await findStandingRow(tx, id as MemberId);
      if (other) doubles.push({ member: await sideOf(tx, deps, scope, other), score, verdict, reasons });
    }
    return { member: await sideOf(tx, deps, scope, row), doubles };
  });
}

/** "Orang berbeda": remembered, and not asked again. */
export function tellApart(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly memberId: MemberId; readonly otherId: MemberId; readonly reason: string },
): Promise<
  { readonly ok: true } | { readonly ok: false; readonly reason: 'not-allowed' | 'not-found' | 'no-reason' }
> {
  return inLibrary(db, scope.library.id, async (tx) => {
    if (!mayTellApart(scope)) return { ok: false, reason: 'not-allowed' };
    const reason = DIFFERENT_REASONS.find((one) => one === input.reason);
    if (!reason) return { ok: false, reason: 'no-reason' };
    const row = await findStandingRow(tx, input.memberId);
    const other = await findStandingRow(tx, input.otherId);
    // Whoever was erased is nobody to be told apart from.
    if (!row || !other || row.id === other.id || row.name === '' || other.name === '')
      return { ok: false, reason: 'not-found' };
    const found = (await findCandidates(tx, deps, scope, row)).find(({ id }) => id === other.id);
    await rememberDifferent(tx, deps, scope, row.id, [{ id: other.id, score: found?.score ?? 0 }], reason);
    for (const id of [row.id, other.id])
      await writeAudit(tx, deps, scope, {
        action: 'member.tell_apart',
        subjectKind: 'member',
        subjectId: id,
        purpose: reason,
      });
    return { ok: true };
  });
}

/** Two memberships side by side, before they are merged. */
export interface MergePair {
  readonly one: SideView & { readonly holds: Holdings };
  readonly other: SideView & { readonly holds: Holdings };
  readonly differing: readonly MergeField[];
  /** For each field that differs, which side is proposed. */
  readonly preferred: Readonly<Partial<Record<MergeField, 'one' | 'other'>>>;
  /** An officer said that they are two people. */
  readonly toldApart: boolean;
}

/** How much of everything a member has. */
export interface Holdings {
  readonly visits: number;
  readonly cards: number;
  readonly cases: number;
  readonly consents: number;
}

export function readMergePair(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly one: MemberId; readonly other: MemberId },
): Promise<
  | { readonly ok: true; readonly pair: MergePair }
  | { readonly ok: false; readonly reason: 'not-found' | 'same-member' | 'erased' }
> {
  return inLibrary(db, scope.library.id, async (tx) => {
    if (!mayMerge(scope)) return { ok: false, reason: 'not-found' };
    const one = await findStandingRow(tx, input.one);
    const other = await findStandingRow(tx, input.other);
    if (!one || !other) return { ok: false, reason: 'not-found' };
    if (one.id === other.id) return { ok: false, reason: 'same-member' };
    if (one.name === '' || other.name === '') return { ok: false, reason: 'erased' };
    const side = async (row: MemberRow) => ({
      ...(await sideOf(tx, deps, scope, row)),
      holds: await holdingsOf(tx, row.id),
    });
    return {
      ok: true,
      pair: {
        one: await side(one),
        other: await side(other),
        differing: differingFields(one, other),
        preferred: Object.fromEntries(MERGE_FIELDS.map((field) => [field, preferred(field, one, other)])),
        toldApart: await areToldApart(tx, one.id, other.id),
      },
    };
  });
}

/** The other member by its number, for two that the check did not find alike. */
export function findOtherByNumber(db: Db, scope: Scope, typed: string): Promise<MemberId | undefined> {
  const number = typed.trim().toUpperCase();
  return inLibrary(db, scope.library.id, async (tx) =>
    mayMerge(scope) && /^[0-9A-Z./-]{1,40}$/.test(number) ? findByMemberNumber(tx, number) : undefined,
  );
}

async function findStandingRow(tx: Tx, id: MemberId): Promise<MemberRow | undefined> {
  const row = await tx.selectFrom('member').selectAll().where('id', '=', id).executeTakeFirst();
  return row?.merged_into
    ? tx.selectFrom('member').selectAll().where('id', '=', row.merged_into).executeTakeFirst()
    : row;
}

async function sideOf(tx: Tx, deps: Deps, scope: Scope, row: MemberRow): Promise<SideView> {
  const { id: libraryId } = scope.library;
  const values = row.name === '' ? {} : formValuesOf(row, deps.vault, libraryId, 'masked');
  const codes = [row.address_village, row.present_village].filter((code) => code !== null);
  const regions =
    codes.length === 0
      ? []
      : await tx.selectFrom('region').select(['code', 'path']).where('code', 'in', codes).execute();
  return {
    id: row.id,
    version: row.version,
    number: row.number,
    status: memberStatus(row.state, row.valid_until, todayOf(scope)),
    stateReason: row.state_reason,
    memberSince: row.member_since,
    validFrom: row.valid_from,
    validUntil: row.valid_until,
    photoId: row.photo_id,
    values,
    familyCard: row.kk === null ? null : maskDocumentNumber(deps.vault.openText(libraryId, 'kk', row.kk)),
    villages: Object.fromEntries(regions.map((region) => [region.code, region.path])),
  };
}

async function holdingsOf(tx: Tx, id: MemberId): Promise<Holdings> {
  const count = async (table: 'visit' | 'card' | 'application' | 'consent') => {
    const { total } = await tx
      .selectFrom(table)
      .select((select) => select.fn.countAll<number>().as('total'))
      .where('member_id', 'in', familyOf(id))
      .executeTakeFirstOrThrow();
    return Number(total);
  };
  return {
    visits: await count('visit'),
    cards: await count('card'),
    cases: await count('application'),
    consents: await count('consent'),
  };
}
