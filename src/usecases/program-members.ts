import { type ApiMemberRow, findMemberRow, listMemberRows, type MemberListFilter } from '../db/api-list.ts';
import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ApiScope } from '../domain/api-scope.ts';
import { needsGuardian } from '../domain/child.ts';
import type { FieldName, FormValues } from '../domain/form-fields.ts';
import type { MemberId } from '../domain/ids.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { type MemberStatus, memberStatus } from '../domain/validity.ts';
import type { ApiClient } from './api-key.ts';
import { type Deps, type Scope, todayOf } from './context.ts';
import { correctMember } from './correct-member.ts';
import { recordView } from './record-view.ts';
import { formValuesOf } from './revise-person.ts';

/** Birth date and ways to reach a member, as far as a key lets them out. */
export interface ProgramContact {
  readonly birthDate: PlainDate | null;
  readonly phone: string | null;
  readonly email: string | null;
  /** Where the member lives now. */
  readonly address: {
    readonly line: string | null;
    readonly rt: string | null;
    readonly rw: string | null;
    readonly village: string | null;
  };
}

/** A member as a program is told of one. No identity number is in it. */
export interface ProgramMember {
  readonly row: ApiMemberRow;
  readonly status: MemberStatus;
  /** Null: the key has no right to it, or not to that of a child. */
  readonly contact: ProgramContact | null;
}

/** A page of members, by their last change. */
export async function listProgramMembers(
  db: Db,
  scope: Scope,
  client: ApiClient,
  filter: MemberListFilter,
  page: { readonly after: { readonly changed: string; readonly id: string } | null; readonly limit: number },
): Promise<readonly ProgramMember[]> {
  const rows = await inLibrary(db, scope.library.id, (tx) => listMemberRows(tx, filter, page));
  return rows.map((row) => told(scope, client, row));
}

export async function findProgramMember(
  db: Db,
  scope: Scope,
  client: ApiClient,
  id: MemberId,
): Promise<ProgramMember | undefined> {
  const row = await inLibrary(db, scope.library.id, (tx) => findMemberRow(tx, id));
  return row && told(scope, client, row);
}

function told(scope: Scope, client: ApiClient, row: ApiMemberRow): ProgramMember {
  return {
    row,
    status: memberStatus(row.state, row.valid_until, todayOf(scope)),
    contact: client.scopes.includes(scopeToReach(scope, row)) ? contactOf(row) : null,
  };
}

/** Whoever is under 18, or of no known age, is reached only with a scope of its own. */
function scopeToReach(scope: Scope, row: Pick<ApiMemberRow, 'birth_date'>): ApiScope {
  return row.birth_date === null || needsGuardian(row.birth_date, todayOf(scope))
    ? 'members.children'
    : 'members.contact';
}

function contactOf(row: ApiMemberRow): ProgramContact {
  const [line, rt, rw, village] = row.present_same
    ? [row.address_line, row.address_rt, row.address_rw, row.address_village]
    : [row.present_line, row.present_rt, row.present_rw, row.present_village];
  return {
    birthDate: row.birth_date,
    phone: row.phone,
    email: row.email,
    address: { line, rt, rw, village },
  };
}

/** Logs that a program was told who these members are. */
export async function recordProgramViews(
  db: Db,
  deps: Deps,
  scope: Scope,
  ids: readonly MemberId[],
): Promise<void> {
  await Promise.all(
    ids.map((id) =>
      recordView(db, deps, scope, { action: 'member.tell_device', subjectKind: 'member', subjectId: id }),
    ),
  );
}

/** What a program may put right: how and where a member is reached. What stands on a document needs the document. */
export const CONTACT_NAMES = [
  'phone',
  'email',
  'present_line',
  'present_rt',
  'present_rw',
  'present_village',
] as const satisfies readonly FieldName[];
export type ContactChange = Readonly<Partial<Record<(typeof CONTACT_NAMES)[number], string | null>>>;

/**
 * Changes how a member is reached, by the rules of the form at the counter. The version that the program has read must
 * still stand, so that nothing is overwritten unseen.
 */
export async function changeContact(
  db: Db,
  deps: Deps,
  scope: Scope,
  client: ApiClient,
  input: { readonly memberId: MemberId; readonly expectedVersion: number; readonly change: ContactChange },
) {
  const { memberId, expectedVersion, change } = input;
  const { library } = scope;
  const row = await inLibrary(db, library.id, (tx) =>
    tx.selectFrom('member').selectAll().where('id', '=', memberId).executeTakeFirst(),
  );
  // Of an erased person nothing is written down again.
  if (!row || row.name === '') return { ok: false, reason: 'not-found' } as const;
  const wanted = scopeToReach(scope, row);
  if (!client.scopes.includes(wanted)) return { ok: false, reason: 'not-reached', scope: wanted } as const;
  const {
    document_number: _number,
    nik: _nik,
    ...stored
  } = formValuesOf(row, deps.vault, library.id, 'masked');
  const given = Object.fromEntries(Object.entries(change).map(([name, value]) => [name, value ?? '']));
  const moves = CONTACT_NAMES.some((name) => name.startsWith('present_') && name in given);
  const values: FormValues = { ...stored, ...given, ...(moves ? { present_same: 'different' } : {}) };
  return correctMember(db, deps, scope, {
    memberId,
    expectedVersion,
    values,
    evidence: `API ${client.name}`,
    photo: null,
  });
}
