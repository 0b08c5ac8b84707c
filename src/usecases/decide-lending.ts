import type { Db, Tx } from '../db/connection.ts';
import { listWaiting, lockLink } from '../db/lending.ts';
import type { LinkState } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import { TAKEABLE, type Takeable } from '../domain/exporting/live.ts';
import { isFileTarget, type LiveTarget } from '../domain/exporting/outgoing-member.ts';
import { GONE, type LiveMemory } from '../domain/exporting/reconcile.ts';
import type { FieldName } from '../domain/form-fields.ts';
import type { FormProblem } from '../domain/form-outcome.ts';
import type { MemberId } from '../domain/ids.ts';
import { may } from '../domain/permissions.ts';
import { writeAudit } from './audit.ts';
import type { Deps, Scope } from './context.ts';
import { correctMember } from './correct-member.ts';
import { formValuesOf } from './revise-person.ts';
import { type Differences, digester } from './send-live.ts';

export const CHOICES = ['ours', 'theirs', 'leave'] as const;
export type Choice = (typeof CHOICES)[number];

/** A member who differs on both sides, as it is shown to whoever decides. */
export interface ShownDifference {
  readonly memberId: MemberId;
  readonly name: string;
  readonly number: string;
  readonly seq: number;
  readonly known: boolean;
  /** The row is gone there. */
  readonly gone: boolean;
  readonly fields: readonly {
    readonly field: string;
    readonly ours: string;
    readonly theirs: string;
    readonly takeable: boolean;
  }[];
}

/** Who waits in a connection and why; for those who may see members. */
export function readWaiting(
  db: Db,
  scope: Scope,
  query: {
    readonly target: LiveTarget;
    readonly state: LinkState | null;
    readonly after: MemberId | null;
    readonly limit: number;
  },
) {
  return inLibrary(db, scope.library.id, (tx) => listWaiting(tx, query));
}

export function readDifference(
  db: Db,
  deps: Pick<Deps, 'vault'>,
  scope: Scope,
  target: LiveTarget,
  memberId: MemberId,
): Promise<ShownDifference | undefined> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const link = await tx
      .selectFrom('lending_link')
      .innerJoin('member', (join) =>
        join
          .onRef('member.library_id', '=', 'lending_link.library_id')
          .onRef('member.id', '=', 'lending_link.member_id'),
      )
      .select(['lending_link.differences', 'lending_link.seq', 'member.name', 'member.number'])
      .where('lending_link.target', '=', target)
      .where('lending_link.member_id', '=', memberId)
      .where('lending_link.state', '=', 'conflict')
      .executeTakeFirst();
    if (!link?.differences) return undefined;
    const found = opened(deps, scope, link.differences);
    return {
      memberId,
      name: link.name,
      number: link.number,
      seq: link.seq,
      known: found.known,
      gone: GONE in found.fields,
      fields: Object.entries(found.fields)
        .filter(([field]) => field !== GONE)
        .map(([field, both]) => ({ field, ...both, takeable: isTakeable(field) && both.theirs !== '' })),
    };
  });
}

function opened({ vault }: Pick<Deps, 'vault'>, scope: Scope, sealed: Buffer): Differences {
  return JSON.parse(vault.openText(scope.library.id, 'lending', sealed)) as Differences;
}

function isTakeable(field: string): field is Takeable {
  return TAKEABLE.some((one) => one === field);
}

type Refusal =
  | { readonly ok: false; readonly reason: 'not-allowed' | 'changed-meanwhile' | 'not-all' | 'not-takeable' }
  /** Theirs cannot be taken over as it stands; what was decided of the other fields counts. */
  | { readonly ok: false; readonly reason: 'form-problems'; readonly problems: readonly FormProblem[] };

/**
 * A person decides field by field: ours goes there, theirs is taken over as a correction of the member, or both stay as
 * they are. The next run acts on it at once. Whoever comes second is told.
 * @param input.seq as the page showed it
 * @param input.row of a row that is gone: make it again or leave it; of a first meeting: it is somebody else's
 */
export async function decideLending(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly target: LiveTarget;
    readonly memberId: MemberId;
    readonly seq: number;
    readonly choices: Readonly<Record<string, Choice>>;
    readonly row: 'again' | 'leave' | 'stranger' | null;
  },
): Promise<{ readonly ok: true } | Refusal> {
  const { actor, library } = scope;
  if (actor.kind !== 'officer' || !may(actor.roles, 'member.correct') || isFileTarget(input.target))
    return { ok: false, reason: 'not-allowed' };
  const decided = await inLibrary(db, library.id, (tx) => decideNow(tx, deps, scope, input));
  if (!decided.ok) return decided;
  if (decided.theirs.length === 0) return { ok: true };
  const member = await inLibrary(db, library.id, (tx) =>
    tx.selectFrom('member').selectAll().where('id', '=', input.memberId).executeTakeFirst(),
  );
  if (!member) return { ok: false, reason: 'changed-meanwhile' };
  const corrected = await correctMember(db, deps, scope, {
    memberId: input.memberId,
    values: {
      ...formValuesOf(member, deps.vault, library.id, 'full'),
      ...Object.fromEntries(decided.theirs),
    },
    evidence: `Data di sistem peminjaman (${input.target})`,
    photo: null,
    expectedVersion: member.version,
  });
  // What was not taken over comes back as a difference by the next run, which is due already.
  if (corrected.ok) return { ok: true };
  if (corrected.reason === 'form-problems')
    return { ok: false, reason: 'form-problems', problems: corrected.problems };
  return { ok: false, reason: corrected.reason === 'not-allowed' ? 'not-allowed' : 'changed-meanwhile' };
}

async function decideNow(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  input: Parameters<typeof decideLending>[3],
): Promise<
  | { readonly ok: true; readonly theirs: readonly (readonly [FieldName, string])[] }
  | { readonly ok: false; readonly reason: 'changed-meanwhile' | 'not-all' | 'not-takeable' }
> {
  const { target, memberId, choices } = input;
  const link = await lockLink(tx, target, memberId);
  if (!link?.differences || link.state !== 'conflict' || link.seq !== input.seq)
    return { ok: false, reason: 'changed-meanwhile' };
  const found = opened(deps, scope, link.differences);
  const digest = digester(deps, scope, target);
  const memory: LiveMemory = link.memory;
  const agreed: Record<string, string> = { ...memory.agreed };
  const apart: Record<string, { ours: string; theirs: string }> = { ...memory.apart };
  const theirs: [FieldName, string][] = [];
  const said: string[] = [];
  if (GONE in found.fields) {
    if (input.row !== 'again' && input.row !== 'leave') return { ok: false, reason: 'not-all' };
    if (input.row === 'again') agreed[GONE] = GONE;
    else apart[GONE] = { ours: '', theirs: '' };
    said.push(input.row);
  } else if (input.row === 'stranger' && !found.known && found.row !== null) {
    apart[GONE] = { ours: '', theirs: digest(GONE, found.row) };
    said.push('stranger');
  } else
    for (const [field, both] of Object.entries(found.fields)) {
      const choice = Object.hasOwn(choices, field) ? choices[field] : undefined;
      if (choice === undefined) return { ok: false, reason: 'not-all' };
      const mark = digest(field, both.theirs);
      if (choice === 'ours') agreed[field] = mark;
      else if (choice === 'leave') apart[field] = { ours: digest(field, both.ours), theirs: mark };
      else if (isTakeable(field) && both.theirs !== '') theirs.push([field, asTyped(field, both.theirs)]);
      else return { ok: false, reason: 'not-takeable' };
      said.push(`${field}:${choice}`);
    }
  await tx
    .updateTable('lending_link')
    .set({
      state: 'waiting',
      reasons: [],
      differences: null,
      memory: JSON.stringify({ ...memory, agreed, apart }),
      again_at: scope.at,
      changed_at: scope.at,
      seq: link.seq + 1,
    })
    .where('target', '=', target)
    .where('member_id', '=', memberId)
    .execute();
  // Sent within seconds: whoever has decided wants to see it there.
  await tx.updateTable('feed').set({ next_at: scope.at }).where('target', '=', target).execute();
  await writeAudit(tx, deps, scope, {
    action: 'feed.decide',
    subjectKind: 'member',
    subjectId: memberId,
    fields: Object.keys(found.fields).filter((field) => field !== GONE),
    purpose: [target, ...said].join(' '),
  });
  return { ok: true, theirs };
}

/** As our form takes it. */
function asTyped(field: Takeable, text: string): string {
  if (field !== 'sex') return text;
  return /^(?:laki|L$|M$)/i.test(text) ? 'L' : 'P';
}
