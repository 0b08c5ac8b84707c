import { type Selectable, sql } from 'kysely';
import { type Db, PREPARED, type Tx } from '../db/connection.ts';
import type { PersonColumns } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ApplicationId, MemberId, OfficerId } from '../domain/ids.ts';
import { may } from '../domain/permissions.ts';
import { writeAudit } from './audit.ts';
import { type Deps, newId, type Scope } from './context.ts';

const CHECKED_COLUMNS = ['name_key', 'birth_date', 'sex', 'document_hash', 'nik_hash', 'phone'] as const;
type CheckedPerson = Pick<Selectable<PersonColumns>, (typeof CHECKED_COLUMNS)[number]>;

/** Scores move a little with the library's population: a question that was answered comes back only for a reason. */
const MORE_ALIKE = 0.01;

/** Keyed digest of what the check compares: tells that it changed, and nothing else. */
function digestOf(deps: Pick<Deps, 'vault'>, scope: Scope, person: CheckedPerson): Buffer {
  const hex = (hash: Buffer | null) => hash?.toString('hex') ?? null;
  const { name_key, birth_date, sex, document_hash, nik_hash, phone } = person;
  const checked = [name_key, birth_date, sex, hex(document_hash), hex(nik_hash), phone];
  return deps.vault.hash(scope.library.id, 'checked', JSON.stringify(checked));
}

/**
 * Keeps that somebody is none of these people. Said again, the newer word stands.
 * @param id of a member or a case, as those of the others
 * @param others with how alike they are
 */
export async function rememberDifferent(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  id: string,
  others: readonly { readonly id: string; readonly score: number }[],
  reason: string,
): Promise<void> {
  if (others.length === 0) return;
  const asked = [id, ...others.map((other) => other.id)];
  // Whoever is erased at this moment is waited for, and is nobody to be told apart from then.
  await sql`
    select from member where id = any(${asked}::uuid[]) order by id for key share`.execute(tx);
  await sql`
    select from application where id = any(${asked}::uuid[]) order by id for key share`.execute(tx);
  const now = await peopleNow(tx, asked);
  const living = others.filter((other) => now.get(other.id)?.name_key !== '' && now.get(id)?.name_key !== '');
  if (living.length === 0) return;
  const digest = (each: string) => {
    const person = now.get(each);
    if (!person) throw new Error('a decision is about two people on file');
    return digestOf(deps, scope, person);
  };
  await tx
    .insertInto('told_apart')
    .values(
      living.map((other) => {
        const [oneId, otherId] = id < other.id ? [id, other.id] : [other.id, id];
        return {
          library_id: scope.library.id,
          id: newId(deps, scope.at),
          one_id: oneId,
          other_id: otherId,
          one_digest: digest(oneId),
          other_digest: digest(otherId),
          score: other.score,
          reason,
          decided_at: scope.at,
          decided_by: scope.actor.kind === 'officer' ? scope.actor.id : null,
        };
      }),
    )
    .onConflict((conflict) =>
      conflict.columns(['library_id', 'one_id', 'other_id']).doUpdateSet((set) => ({
        one_digest: set.ref('excluded.one_digest'),
        other_digest: set.ref('excluded.other_digest'),
        score: set.ref('excluded.score'),
        reason: set.ref('excluded.reason'),
        decided_at: set.ref('excluded.decided_at'),
        decided_by: set.ref('excluded.decided_by'),
      })),
    )
    .execute();
}

/** A decision with the two people it is about now: the member that a case became, or who stands for a member since. */
interface StandingPair {
  readonly id: string;
  readonly one: string;
  readonly other: string;
  readonly one_digest: Buffer;
  readonly other_digest: Buffer;
  readonly score: number;
  readonly reason: string;
  readonly decided_at: Date;
  readonly decided_by: OfficerId | null;
}

/** The decisions between any two of these members and cases, under whichever of their ids they were made. */
async function pairsAmong(tx: Tx, ids: readonly string[]): Promise<readonly StandingPair[]> {
  const { rows } = await sql<StandingPair>`${sql.raw(PREPARED)}
    with people as (
      select id, id as head from unnest(${[...ids]}::uuid[]) as given (id)
      union
      select member.id, member.merged_into from member where merged_into = any(${[...ids]}::uuid[])
    ), known as (
      select id, head from people
      union
      select application.id, people.head from people join application on application.member_id = people.id
    )
    select pair.id, one.head as one, other.head as other, one_digest, other_digest, score, reason, decided_at, decided_by
    from told_apart pair
    join known one on one.id = pair.one_id join known other on other.id = pair.other_id
    where one.head <> other.head
    order by decided_at desc, pair.id desc`.execute(tx);
  return rows;
}

/** What the ids of a pair hold today, by id. */
async function peopleNow(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, CheckedPerson>> {
  const members = await tx
    .selectFrom('member')
    .select(['id', ...CHECKED_COLUMNS])
    .where('id', 'in', ids as MemberId[])
    .execute();
  const cases = await tx
    .selectFrom('application')
    .select(['id', ...CHECKED_COLUMNS])
    .where('id', 'in', ids as ApplicationId[])
    .execute();
  return new Map([...cases, ...members].map((row) => [row.id, row]));
}

/** What `leaveOutToldApart` reads of somebody found. */
interface Found {
  readonly id: string;
  readonly score: number;
  readonly verdict: 'same' | 'look' | 'different';
}

/**
 * Leaves out whom an officer told apart from this person already. The question comes back where the checked data of
 * one of the two changed since and they are more alike now. Somebody told apart from a member who seems to be this
 * very person needs no judgement either, and is marked.
 * @param found the closest first
 */
export async function leaveOutToldApart<Person extends Found>(
  tx: Tx,
  deps: Pick<Deps, 'vault'>,
  scope: Scope,
  subjectId: string,
  found: readonly Person[],
): Promise<readonly (Person & { readonly notAlso: string | null })[]> {
  const pairs = found.length === 0 ? [] : await pairsAmong(tx, [subjectId, ...found.map(({ id }) => id)]);
  if (pairs.length === 0) return found.map((one) => ({ ...one, notAlso: null }));
  const now = await peopleNow(
    tx,
    pairs.flatMap(({ one, other }) => [one, other]),
  );
  const isChanged = (id: string, digest: Buffer) => {
    const person = now.get(id);
    return person !== undefined && !digestOf(deps, scope, person).equals(digest);
  };
  const between = (a: string, b: string) =>
    pairs.find(({ one, other }) => (one === a && other === b) || (one === b && other === a));
  const asked = found.filter((candidate) => {
    const pair = between(subjectId, candidate.id);
    if (!pair) return true;
    const changed = isChanged(pair.one, pair.one_digest) || isChanged(pair.other, pair.other_digest);
    return changed && candidate.score > pair.score + MORE_ALIKE;
  });
  return asked.map((candidate, index) => ({
    ...candidate,
    notAlso:
      asked.slice(0, index).find((nearer) => nearer.verdict === 'same' && between(nearer.id, candidate.id))
        ?.id ?? null,
  }));
}

/** A remembered decision, as the page of a member shows it. */
export interface ToldApart {
  readonly id: string;
  readonly other: {
    readonly kind: 'member' | 'application';
    readonly id: string;
    /** Member number or ticket code. */
    readonly label: string;
    readonly name: string;
  };
  readonly reason: string;
  readonly at: Date;
  readonly by: OfficerId | null;
}

/** Everybody whom officers told apart from this member, the latest first. */
export async function listToldApart(tx: Tx, memberId: MemberId): Promise<readonly ToldApart[]> {
  // Of nearly every member there is none; who they were is asked where there is.
  const { rows: pairs } = await sql<{
    id: string;
    theirs: string;
    mine: readonly string[];
  }>`${sql.raw(PREPARED)}
    with mine as materialized (
      select member_id as id from member_family(${memberId})
      union
      select application.id from member_family(${memberId}) as family
      join application on application.member_id = family.member_id
    )
    select id, theirs, (select array_agg(id) from mine) as mine from (
      select id, other_id as theirs from told_apart where one_id in (select id from mine)
      union
      select id, one_id from told_apart where other_id in (select id from mine)
    ) as pair`.execute(tx);
  const [first] = pairs;
  if (first === undefined) return [];
  const { rows } = await sql<Omit<ToldApart, 'other'> & ToldApart['other'] & { pair_id: string }>`
    select pair.id as pair_id, told_apart.reason, decided_at as at, decided_by as by,
      case when head.id is null then 'application' else 'member' end as kind,
      coalesce(head.id, application.id) as id, coalesce(head.number, application.ticket_code) as label,
      coalesce(head.name, application.name) as name
    from unnest(${pairs.map((pair) => pair.id)}::uuid[], ${pairs.map((pair) => pair.theirs)}::uuid[]) as pair (id, theirs)
    join told_apart on told_apart.id = pair.id
    left join application on application.id = theirs
    left join member on member.id = case when application.member_id is null then theirs else application.member_id end
    left join member head on head.id = case when member.merged_into is null then member.id else member.merged_into end
    where coalesce(head.id, application.id) <> all(${first.mine}::uuid[])
    order by decided_at desc, pair.id desc`.execute(tx);
  const seen = new Set<string>();
  return rows
    .filter(({ id }) => !seen.has(id) && seen.add(id))
    .map(({ pair_id, kind, id, label, name, reason, at, by }) => ({
      id: pair_id,
      other: { kind, id, label, name },
      reason,
      at,
      by,
    }));
}

/** Whether an officer told these two members apart, and nobody took it back. */
export async function areToldApart(tx: Tx, one: MemberId, other: MemberId): Promise<boolean> {
  return (await pairsAmong(tx, [one, other])).length > 0;
}

/**
 * Takes a decision back: the two are asked about again. All rows between the two people go, whichever of their ids
 * they were made under.
 * @param input.id of one of the member's decisions
 */
export function takeBackDifferent(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly memberId: MemberId; readonly id: string },
): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: 'not-allowed' | 'not-found' }> {
  return inLibrary(db, scope.library.id, async (tx) => {
    if (!mayTellApart(scope)) return { ok: false, reason: 'not-allowed' };
    const decision = (await listToldApart(tx, input.memberId)).find(({ id }) => id === input.id);
    if (!decision) return { ok: false, reason: 'not-found' };
    const pairs = await pairsAmong(tx, [input.memberId, decision.other.id]);
    await tx
      .deleteFrom('told_apart')
      .where(
        'id',
        'in',
        pairs.map(({ id }) => id),
      )
      .execute();
    await writeAudit(tx, deps, scope, {
      action: 'member.ask_again',
      subjectKind: 'member',
      subjectId: input.memberId,
    });
    return { ok: true };
  });
}

/** Who judges at the counter judges here: numbers and names of two people are compared. */
export function mayTellApart(scope: Scope): boolean {
  const { actor } = scope;
  return (
    actor.kind === 'officer' && may(actor.roles, 'application.process') && may(actor.roles, 'member.view')
  );
}

/** An erased person is told apart from nobody. */
export async function forgetToldApart(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .deleteFrom('told_apart')
    .where((where) => where.or([where('one_id', 'in', [...ids]), where('other_id', 'in', [...ids])]))
    .execute();
}
