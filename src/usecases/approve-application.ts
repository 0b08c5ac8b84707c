import type { ApplicationRow } from '../db/application.ts';
import type { Db, Tx } from '../db/connection.ts';
import { later } from '../db/later.ts';
import type { ApplicationId, CardId, MemberId, MemberNumber } from '../domain/ids.ts';
import type { MemberType } from '../domain/library-settings.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { actsInOrder } from '../domain/procedure.ts';
import { validUntil } from '../domain/validity.ts';
import { type CaseRefusal, changeCase } from './change-case.ts';
import { type Deps, newId, type Scope, todayOf } from './context.ts';
import { type IssuedCard, issueCard } from './issue-card.ts';
import { matchColumns } from './match-columns.ts';
import { enqueueMessage } from './outbox.ts';
import { reserveMemberNumber } from './reserve-number.ts';
import { writeMemberEvent } from './write-member-event.ts';

export interface Approved {
  readonly memberId: MemberId;
  readonly number: MemberNumber;
  readonly cardId: CardId | null;
  readonly token: string | null;
  readonly validUntil: PlainDate | null;
}

export type ApprovalRefusal =
  | CaseRefusal
  | { readonly ok: false; readonly reason: 'member-type-gone' | 'photo-missing' | 'cross-check-open' };

/**
 * Approves a case: the member, the number, the validity and the card, in one transaction with the state change.
 * The member exists from here on, whatever happens to the printer.
 */
export async function approveApplication(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly applicationId: ApplicationId; readonly expectedVersion?: number | undefined },
): Promise<({ ok: true; version: number } & Approved) | ApprovalRefusal> {
  const number = await reserveMemberNumber(db, scope);
  return changeCase<Approved, ApprovalRefusal>(
    db,
    deps,
    scope,
    { applicationId: input.applicationId, action: 'approve', expectedVersion: input.expectedVersion },
    async (tx, { row, procedure }) => {
      const type = scope.library.settings.memberTypes.find((one) => one.code === row.member_type);
      if (!type) return { ok: false, reason: 'member-type-gone' };
      if (
        row.photo_id === null &&
        actsInOrder(procedure).includes('photo') &&
        scope.library.settings.card.photoRequired
      )
        return { ok: false, reason: 'photo-missing' };
      // Every case is compared before it becomes a member, whether or not the procedure spends a step on it.
      if (!row.done_acts.includes('cross_check')) return { ok: false, reason: 'cross-check-open' };
      const member = await writeMember(tx, deps, scope, row, { number, type });
      const card: IssuedCard | null = type.cardAllowed
        ? await issueCard(tx, deps, scope, { memberId: member.memberId, validUntil: member.validUntil })
        : null;
      await enqueueMessage(tx, deps, scope.at, {
        libraryId: scope.library.id,
        kind: 'approved',
        applicationId: row.id,
      });
      return {
        ok: true,
        change: {
          // A type without a card has nothing to print or to hand over: the number is all there is.
          toState: card === null ? 'completed' : 'approved',
          patch: { member_id: member.memberId },
          events: [{ kind: 'act', act: 'issue_card' }],
        },
        result: { ...member, number, cardId: card?.cardId ?? null, token: card?.token ?? null },
      };
    },
  );
}

async function writeMember(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  row: ApplicationRow,
  given: { readonly number: MemberNumber; readonly type: MemberType },
): Promise<{ memberId: MemberId; validUntil: PlainDate | null }> {
  const { library, at } = scope;
  const today = todayOf(scope);
  const memberId = newId<MemberId>(deps, at);
  const until = validUntil(today, given.type.validity);
  const person = personOf(row);
  // Together, in this order: none needs the answer of another.
  await Promise.all([
    later(
      tx,
      tx.insertInto('member').values({
        ...person,
        ...matchColumns(deps.vault, library.id, person),
        library_id: library.id,
        id: memberId,
        number: given.number,
        state: 'active',
        state_effective_at: at,
        state_reason: null,
        service_point_id: row.service_point_id,
        application_id: row.id,
        member_since: today,
        valid_from: today,
        valid_until: until,
        created_at: at,
        updated_at: at,
      }),
    ),
    later(tx, tx.updateTable('consent').set({ member_id: memberId }).where('application_id', '=', row.id)),
    row.photo_id !== null &&
      later(tx, tx.updateTable('file').set({ member_id: memberId }).where('id', '=', row.photo_id)),
    writeMemberEvent(tx, deps, scope, { ...person, id: memberId }, { kind: 'joined', validUntil: until }),
  ]);
  return { memberId, validUntil: until };
}

/** The columns a member takes over from the case, the person's own key included: revisions stay readable. */
function personOf(row: ApplicationRow) {
  return {
    name: row.name,
    name_key: row.name_key,
    former_name_keys: row.former_name_keys,
    birth_place: row.birth_place,
    birth_date: row.birth_date,
    sex: row.sex,
    document_type: row.document_type,
    document_number: row.document_number,
    document_hash: row.document_hash,
    nik: row.nik,
    nik_hash: row.nik_hash,
    kk: row.kk,
    kk_hash: row.kk_hash,
    no_document_reason: row.no_document_reason,
    address_line: row.address_line,
    address_rt: row.address_rt,
    address_rw: row.address_rw,
    address_village: row.address_village,
    present_same: row.present_same,
    present_line: row.present_line,
    present_rt: row.present_rt,
    present_rw: row.present_rw,
    present_village: row.present_village,
    phone: row.phone,
    email: row.email,
    occupation: row.occupation,
    institution: row.institution,
    education: row.education,
    member_type: row.member_type,
    guardian_name: row.guardian_name,
    guardian_relation: row.guardian_relation,
    guardian_phone: row.guardian_phone,
    photo_id: row.photo_id,
    person_key: row.person_key,
  };
}
