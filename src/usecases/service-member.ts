import { sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { familyOf, isStandingFor } from '../db/member-family.ts';
import { dropRecordsOf } from '../db/oidc-record.ts';
import { inLibrary } from '../db/tenancy.ts';
import { needsGuardian } from '../domain/child.ts';
import type { ClientId, MemberId } from '../domain/ids.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { readServiceSettings, SERVICE_SCOPES, type ServiceScope } from '../domain/service.ts';
import { type MemberStatus, memberStatus } from '../domain/validity.ts';
import { writeAudit } from './audit.ts';
import { lockMember } from './change-member.ts';
import { type Deps, newId, type Scope, todayOf } from './context.ts';
import type { Service } from './service.ts';

/** A member as services may be told of them, true at this moment. */
export interface ServiceMember {
  /** Who stands for the membership today. */
  readonly id: MemberId;
  readonly name: string;
  readonly number: string;
  /** Code of the library's list. */
  readonly memberType: string;
  readonly validUntil: PlainDate | null;
  readonly status: MemberStatus;
  /** Under 18, or nobody knows. */
  readonly child: boolean;
  /** For a child: a parent or guardian has consented, and it is recorded. */
  readonly guardianConsented: boolean;
}

/** Undefined for nobody, for whoever was erased and for whoever has left: they are not told of, and do not sign in. */
export function findServiceMember(db: Db, scope: Scope, id: string): Promise<ServiceMember | undefined> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const { rows } = await sql<{
      id: MemberId;
      name: string;
      number: string;
      member_type: string;
      state: 'active' | 'suspended' | 'cleared' | 'ended';
      valid_until: PlainDate | null;
      birth_date: PlainDate | null;
      guardian: boolean;
    }>`
      select member.id, member.name, member.number, member.member_type, member.state, member.valid_until, member.birth_date,
        exists (select from consent c where c.member_id in (select member_id from member_family(member.id))
          and c.purpose = 'guardian' and c.given and c.withdrawn_at is null) as guardian
      from member own join member on member.library_id = own.library_id and ${isStandingFor('own')}
      where own.id = ${id}::uuid`.execute(tx);
    const [row] = rows;
    if (!row || row.state === 'ended' || row.name === '') return undefined;
    const today = todayOf(scope);
    return {
      id: row.id,
      name: row.name,
      number: row.number,
      memberType: row.member_type,
      validUntil: row.valid_until,
      status: memberStatus(row.state, row.valid_until, today),
      child: row.birth_date === null || needsGuardian(row.birth_date, today),
      guardianConsented: row.guardian,
    };
  });
}

export type NotAdmitted = 'not-active' | 'child';

/**
 * Why a service does not take this member; undefined where it does. Children (UU 27/2022 Ps. 25): a service takes them
 * only where the library says so, and a parent or guardian has consented to the membership.
 */
export function notAdmitted(
  { settings }: Pick<Service, 'settings'>,
  member: ServiceMember,
): NotAdmitted | undefined {
  if (settings.admits === 'active' && member.status !== 'active') return 'not-active';
  if (member.child && !(settings.children && member.guardianConsented)) return 'child';
  return undefined;
}

/** The claims of a member: `sub` is the member's id, which the provider turns into a name of its own for each service. */
export function claimsOf({ library }: Scope, member: ServiceMember): Readonly<Record<string, string | null>> {
  const type = library.settings.memberTypes.find(({ code }) => code === member.memberType);
  return {
    sub: member.id,
    name: member.name,
    member_number: member.number,
    member_type: member.memberType,
    member_type_name: type?.name.id ?? member.memberType,
    member_valid_until: member.validUntil,
    member_status: member.status,
  };
}

/** A service that a member lets know something. */
export interface MemberService {
  readonly clientId: ClientId;
  readonly title: string;
  readonly scopes: readonly ServiceScope[];
  readonly since: Date;
  readonly lastUsedAt: Date | null;
}

/** What stands of a person's consents to services, the newest first. */
export async function servicesOf(tx: Tx, memberId: MemberId): Promise<readonly MemberService[]> {
  return standingAmong(await consentsToServices(tx, memberId));
}

/** Each service once. Two merged memberships may both have said yes: the service may be told what either said. */
function standingAmong(words: readonly ServiceWord[]): readonly MemberService[] {
  const found = new Map<ClientId, MemberService>();
  for (const { endedAt, ...word } of words) {
    if (endedAt !== null) continue;
    const newer = found.get(word.clientId);
    found.set(word.clientId, newer ? bothOf(newer, word) : word);
  }
  return [...found.values()];
}

function bothOf(newer: MemberService, older: MemberService): MemberService {
  const used = [newer.lastUsedAt, older.lastUsedAt].filter((one) => one !== null);
  return {
    ...newer,
    scopes: SERVICE_SCOPES.filter((one) => newer.scopes.includes(one) || older.scopes.includes(one)),
    since: older.since,
    lastUsedAt: used.length === 0 ? null : new Date(Math.max(...used.map((one) => one.getTime()))),
  };
}

/**
 * What stands, and of services that the person lets know nothing any more what stood until when. A word that was narrowed
 * or widened is one that ended as well, of a service that stands.
 */
export async function servicesEverOf(
  tx: Tx,
  memberId: MemberId,
): Promise<{ readonly standing: readonly MemberService[]; readonly ended: readonly ServiceWord[] }> {
  const all = await consentsToServices(tx, memberId);
  const standing = standingAmong(all);
  return {
    standing,
    ended: all.filter(({ clientId }) => !standing.some((one) => one.clientId === clientId)),
  };
}

/** A consent to a service, whether it stands or not. */
export interface ServiceWord extends MemberService {
  /** By the person, with the membership or with the service; null where it stands. */
  readonly endedAt: Date | null;
}

/** All of a person's consents to services, the newest first. */
async function consentsToServices(tx: Tx, memberId: MemberId): Promise<readonly ServiceWord[]> {
  const rows = await tx
    .selectFrom('service_consent')
    .innerJoin('client', (join) =>
      join
        .onRef('client.library_id', '=', 'service_consent.library_id')
        .onRef('client.id', '=', 'service_consent.client_id'),
    )
    .select([
      'service_consent.client_id',
      'service_consent.scopes',
      'service_consent.given_at',
      'service_consent.last_used_at',
      'service_consent.ended_at',
      'client.settings',
      'client.revoked_at',
    ])
    .where('service_consent.member_id', 'in', familyOf(memberId))
    .orderBy('service_consent.given_at', 'desc')
    .execute();
  return rows.map((row) => ({
    clientId: row.client_id,
    title: readServiceSettings(row.settings).title,
    scopes: SERVICE_SCOPES.filter((one) => row.scopes.includes(one)),
    since: row.given_at,
    lastUsedAt: row.last_used_at,
    endedAt: row.ended_at ?? row.revoked_at,
  }));
}

/** Scopes that a member lets this service know already. */
export async function consentedScopes(
  db: Db,
  scope: Scope,
  memberId: MemberId,
  clientId: ClientId,
): Promise<readonly ServiceScope[] | undefined> {
  const all = await inLibrary(db, scope.library.id, (tx) => servicesOf(tx, memberId));
  return all.find((one) => one.clientId === clientId)?.scopes;
}

/** Keeps a member's word beside what stands already: the grants of before go on telling it until it is taken back. */
export function allowService(
  db: Db,
  deps: Deps,
  scope: Scope,
  what: {
    readonly memberId: MemberId;
    readonly clientId: ClientId;
    readonly scopes: readonly ServiceScope[];
  },
): Promise<void> {
  const { memberId, clientId, scopes } = what;
  return inLibrary(db, scope.library.id, async (tx) => {
    // What one person says of services is one after the other: of two at once, the second reads what the first left.
    await lockMember(tx, memberId);
    const standing = (await servicesOf(tx, memberId)).find((one) => one.clientId === clientId);
    if (standing && scopes.every((one) => standing.scopes.includes(one))) return;
    await endConsents(tx, scope, memberId, clientId);
    await keepConsent(tx, deps, scope, {
      memberId,
      clientId,
      scopes: [...(standing?.scopes ?? []), ...scopes],
      since: scope.at,
      lastUsedAt: null,
    });
    await writeAudit(tx, deps, scope, {
      action: 'member.allow_service',
      subjectKind: 'member',
      subjectId: memberId,
      fields: [...scopes],
    });
  });
}

/** The member ends it: the service's grants and tokens go with the word. @returns false where nothing stood */
export function stopService(
  db: Db,
  deps: Deps,
  scope: Scope,
  what: { readonly memberId: MemberId; readonly clientId: ClientId },
): Promise<boolean> {
  const { memberId, clientId } = what;
  return inLibrary(db, scope.library.id, async (tx) => {
    await lockMember(tx, memberId);
    const ended = await endConsents(tx, scope, memberId, clientId);
    await dropRecordsOf(tx, memberId, clientId);
    if (ended.length === 0) return false;
    await writeAudit(tx, deps, scope, {
      action: 'member.stop_service',
      subjectKind: 'member',
      subjectId: memberId,
    });
    return true;
  });
}

/**
 * The member takes one part of it back. The service's grants and tokens go, as they could tell it still: at the next
 * sign-in it hears of the rest, and whoever asks for that part again is asked about it anew.
 * @returns false where the service was not told that
 */
export function narrowService(
  db: Db,
  deps: Deps,
  scope: Scope,
  what: { readonly memberId: MemberId; readonly clientId: ClientId; readonly part: ServiceScope },
): Promise<boolean> {
  const { memberId, clientId, part } = what;
  return inLibrary(db, scope.library.id, async (tx) => {
    await lockMember(tx, memberId);
    const standing = (await servicesOf(tx, memberId)).find((one) => one.clientId === clientId);
    if (!standing?.scopes.includes(part)) return false;
    const words = await endConsents(tx, scope, memberId, clientId);
    await dropRecordsOf(tx, memberId, clientId);
    // Under the number it was given under, since when it was: undoing a merge tells by both whose it is.
    for (const word of words)
      await keepConsent(tx, deps, scope, { ...word, scopes: word.scopes.filter((one) => one !== part) });
    await writeAudit(tx, deps, scope, {
      action: 'member.narrow_service',
      subjectKind: 'member',
      subjectId: memberId,
      fields: [part],
    });
    return true;
  });
}

/** A word as it is kept. */
interface KeptWord {
  readonly memberId: MemberId;
  readonly clientId: ClientId;
  readonly scopes: readonly string[];
  readonly since: Date;
  readonly lastUsedAt: Date | null;
}

async function keepConsent(tx: Tx, deps: Deps, { library, at }: Scope, word: KeptWord): Promise<void> {
  await tx
    .insertInto('service_consent')
    .values({
      library_id: library.id,
      id: newId(deps, at),
      member_id: word.memberId,
      client_id: word.clientId,
      scopes: SERVICE_SCOPES.filter((one) => word.scopes.includes(one)),
      given_at: word.since,
      last_used_at: word.lastUsedAt,
      ended_at: null,
    })
    .execute();
}

/** @returns what stood until now */
async function endConsents(
  tx: Tx,
  scope: Scope,
  memberId: MemberId,
  clientId: ClientId,
): Promise<readonly KeptWord[]> {
  const rows = await tx
    .updateTable('service_consent')
    .set({ ended_at: scope.at })
    .where('member_id', 'in', familyOf(memberId))
    .where('client_id', '=', clientId)
    .where('ended_at', 'is', null)
    .returning(['member_id', 'scopes', 'given_at', 'last_used_at'])
    .execute();
  return rows.map((row) => ({
    memberId: row.member_id,
    clientId,
    scopes: row.scopes,
    since: row.given_at,
    lastUsedAt: row.last_used_at,
  }));
}

/** Whoever leaves the library leaves its services: passkeys, tokens and consents end with the membership. */
export async function leaveServices(tx: Tx, scope: Scope, memberId: MemberId): Promise<void> {
  await tx.deleteFrom('member_passkey').where('member_id', 'in', familyOf(memberId)).execute();
  await dropRecordsOf(tx, memberId, null);
  await tx
    .updateTable('service_consent')
    .set({ ended_at: scope.at })
    .where('member_id', 'in', familyOf(memberId))
    .where('ended_at', 'is', null)
    .execute();
}
