/** Lists for programs: each in one stable order, a page after what was had before. No identity number is ever read here. */
import { sql } from 'kysely';
import type { ApplicationState } from '../domain/application.ts';
import type { ApplicationId, CardId, MemberId, VisitId } from '../domain/ids.ts';
import type { MemberState } from '../domain/member.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import type { VisitKind } from '../domain/visit.ts';
import type { Tx } from './connection.ts';
import { familyOf, isStandingFor } from './member-family.ts';

function members(tx: Tx) {
  return tx.selectFrom('member').select([
    'id',
    'number',
    'state',
    'state_effective_at',
    'state_reason',
    'name',
    'member_type',
    'service_point_id',
    'member_since',
    'valid_from',
    'valid_until',
    'merged_into',
    'version',
    'updated_at',
    'birth_date',
    'phone',
    'email',
    'address_line',
    'address_rt',
    'address_rw',
    'address_village',
    'present_same',
    'present_line',
    'present_rt',
    'present_rw',
    'present_village',
    // To the microsecond, which a Date does not hold: a page begins exactly after the one before.
    sql<string>`updated_at::text`.as('changed'),
  ]);
}
export type ApiMemberRow = Awaited<ReturnType<ReturnType<typeof members>['execute']>>[number];

export interface MemberListFilter {
  readonly state?: MemberState | undefined;
  readonly number?: string | undefined;
  readonly changedSince?: Date | undefined;
}

/** By the time of the last change: what changes while somebody reads the pages comes again at the end. */
export function listMemberRows(
  tx: Tx,
  filter: MemberListFilter,
  page: { readonly after: { readonly changed: string; readonly id: string } | null; readonly limit: number },
): Promise<ApiMemberRow[]> {
  const { state, number, changedSince } = filter;
  let query = members(tx);
  if (state !== undefined) query = query.where('state', '=', state);
  if (number !== undefined) query = query.where('number', '=', number);
  if (changedSince !== undefined) query = query.where('updated_at', '>=', changedSince);
  if (page.after !== null)
    query = query.where(
      sql<boolean>`(updated_at, id) > (${page.after.changed}::timestamptz, ${page.after.id}::uuid)`,
    );
  return query.orderBy('updated_at').orderBy('id').limit(page.limit).execute();
}

export function findMemberRow(tx: Tx, id: MemberId): Promise<ApiMemberRow | undefined> {
  return members(tx).where('id', '=', id).executeTakeFirst();
}

function applications(tx: Tx) {
  return tx
    .selectFrom('application')
    .select([
      'id',
      'ticket_code',
      'state',
      'state_effective_at',
      'channel',
      'member_type',
      'service_point_id',
      'submitted_at',
      'closed_at',
      'member_id',
      'decision_reason',
      'name',
      'version',
    ]);
}
export type ApiApplicationRow = Awaited<ReturnType<ReturnType<typeof applications>['execute']>>[number];

export interface ApplicationListFilter {
  readonly state?: ApplicationState | undefined;
  readonly submittedSince?: Date | undefined;
}

/** In the order in which they were made. */
export function listApplicationRows(
  tx: Tx,
  filter: ApplicationListFilter,
  page: { readonly after: string | null; readonly limit: number },
): Promise<ApiApplicationRow[]> {
  let query = applications(tx);
  if (filter.state !== undefined) query = query.where('state', '=', filter.state);
  if (filter.submittedSince !== undefined) query = query.where('submitted_at', '>=', filter.submittedSince);
  if (page.after !== null) query = query.where('id', '>', page.after as ApplicationId);
  return query.orderBy('id').limit(page.limit).execute();
}

export function findApplicationRow(tx: Tx, id: ApplicationId): Promise<ApiApplicationRow | undefined> {
  return applications(tx).where('id', '=', id).executeTakeFirst();
}

function visits(tx: Tx) {
  return tx
    .selectFrom('visit')
    .leftJoin('member as own', (join) =>
      join.onRef('own.library_id', '=', 'visit.library_id').onRef('own.id', '=', 'visit.member_id'),
    )
    .leftJoin('member', (join) =>
      join.onRef('member.library_id', '=', 'own.library_id').on(isStandingFor('own')),
    )
    .select([
      'visit.id',
      'visit.at',
      'visit.day',
      'visit.kind',
      'visit.purpose',
      'visit.persons',
      'visit.counted',
      'visit.service_point_id',
      'visit.voided_at',
      'visit.name',
      'visit.institution',
      'member.id as standing_id',
      'member.name as member_name',
    ]);
}
export type ApiVisitRow = Awaited<ReturnType<ReturnType<typeof visits>['execute']>>[number];

export interface VisitListFilter {
  readonly from?: PlainDate | undefined;
  readonly to?: PlainDate | undefined;
  readonly kind?: VisitKind | undefined;
}

/** In the order in which they were written down. */
export function listVisitRows(
  tx: Tx,
  filter: VisitListFilter,
  page: { readonly after: string | null; readonly limit: number },
): Promise<ApiVisitRow[]> {
  let query = visits(tx);
  if (filter.from !== undefined) query = query.where('visit.day', '>=', filter.from);
  if (filter.to !== undefined) query = query.where('visit.day', '<=', filter.to);
  if (filter.kind !== undefined) query = query.where('visit.kind', '=', filter.kind);
  if (page.after !== null) query = query.where('visit.id', '>', page.after as VisitId);
  return query.orderBy('visit.id').limit(page.limit).execute();
}

function cards(tx: Tx) {
  return tx
    .selectFrom('card')
    .innerJoin('member as own', (join) =>
      join.onRef('own.library_id', '=', 'card.library_id').onRef('own.id', '=', 'card.member_id'),
    )
    .innerJoin('member', (join) =>
      join.onRef('member.library_id', '=', 'own.library_id').on(isStandingFor('own')),
    )
    .select([
      'card.id',
      'member.id as member_id',
      'card.issued_at',
      'card.valid_until',
      'card.printed_at',
      'card.handed_over_at',
      'card.revoked_at',
      'card.revoked_reason',
    ]);
}
export type ApiCardRow = Awaited<ReturnType<ReturnType<typeof cards>['execute']>>[number];

export interface CardListFilter {
  /** With the cards of memberships that were merged into it. */
  readonly member?: MemberId | undefined;
  readonly revoked?: boolean | undefined;
}

/** In the order in which they were issued. */
export function listCardRows(
  tx: Tx,
  filter: CardListFilter,
  page: { readonly after: string | null; readonly limit: number },
): Promise<ApiCardRow[]> {
  let query = cards(tx);
  if (filter.member !== undefined) query = query.where('card.member_id', 'in', familyOf(filter.member));
  if (filter.revoked !== undefined)
    query = query.where('card.revoked_at', filter.revoked ? 'is not' : 'is', null);
  if (page.after !== null) query = query.where('card.id', '>', page.after as CardId);
  return query.orderBy('card.id').limit(page.limit).execute();
}
