import type { Selectable } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { getSettings } from '../db/library.ts';
import type { Database } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import { coverIdentityNumbers } from '../domain/identity-in-text.ts';
import { instantOf } from '../domain/opening-hours.ts';
import { may, type Permission } from '../domain/permissions.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import type { Official, Procedure } from '../domain/procedure.ts';
import { type ProcedureProblem, procedureProblems } from '../domain/procedure-rules.ts';
import { writeAudit } from './audit.ts';
import { type Deps, type Scope, todayOf } from './context.ts';
import { editProcedure, type ProcedureEdit } from './procedure-schema.ts';

type VersionRow = Selectable<Database['procedure_version']>;
export type VersionState = VersionRow['state'];

export interface ProcedureVersion {
  readonly version: number;
  readonly state: VersionState;
  readonly effectiveFrom: Date | null;
  readonly inForce: boolean;
  readonly procedure: Procedure;
  readonly edits: number;
  readonly returnedNote: string | null;
  readonly hands: readonly {
    readonly act: 'draft' | 'coordinator' | 'head' | 'sign';
    readonly at: Date | null;
    readonly by: string | null;
  }[];
  /** What whoever looks may do with it now. */
  readonly allowed: ReadonlySet<ProcedureAction>;
  /** Whoever looks holds the office of the next step, but it is their own work: somebody else has to. */
  readonly waitsForAnother: boolean;
  /** What must be put right before it can be passed on; none in a signed one. */
  readonly problems: readonly ProcedureProblem[];
  /** Names of those who wrote in the draft, whoever began it left out. */
  readonly editors: readonly string[];
}

export type ProcedureAction = 'edit' | 'discard' | 'coordinate' | 'check' | 'sign' | 'return';

export type ProcedureRefusal =
  | {
      readonly ok: false;
      readonly reason: 'not-found' | 'not-allowed' | 'changed-meanwhile' | 'effective-date';
    }
  /** One open draft at a time: two would overwrite each other's texts when signed. */
  | { readonly ok: false; readonly reason: 'draft-exists'; readonly version: number }
  /** The form cannot be stored. */
  | { readonly ok: false; readonly reason: 'invalid'; readonly problems: readonly ProcedureProblem[] }
  /** Stored, but the counter could not work by it: it goes no further. */
  | { readonly ok: false; readonly reason: 'unfinished'; readonly problems: readonly ProcedureProblem[] };

const NEEDS: Record<ProcedureAction, Permission> = {
  edit: 'procedure.draft',
  discard: 'procedure.draft',
  coordinate: 'procedure.coordinate',
  check: 'procedure.check',
  sign: 'procedure.sign',
  return: 'procedure.check',
};

/** The step that a version waits for. */
const NEXT_STEP = { draft: 'coordinate', checked_coordinator: 'check', checked_head: 'sign' } as const;

/** Everybody whose work a version is so far: who wrote in it, and who passed it on. */
function handsOf(row: VersionRow): readonly (string | null)[] {
  return [row.created_by, ...row.edited_by, row.coordinator_by, row.head_by];
}

/**
 * The row of allowed actions: konsep → Sub Koordinator → Kepala Bidang → disahkan Kepala SKPD. Nobody is two of the
 * last three hands of one version, also not as an acting official, and nobody who ever wrote in it is one of them.
 */
function allowedFor(row: VersionRow, scope: Scope): ReadonlySet<ProcedureAction> {
  const { actor } = scope;
  const allowed = new Set<ProcedureAction>();
  if (actor.kind !== 'officer') return allowed;
  const has = (action: ProcedureAction) => may(actor.roles, NEEDS[action]);
  const isOthers = !handsOf(row).includes(actor.id);
  switch (row.state) {
    case 'draft':
      if (has('edit')) allowed.add('edit').add('discard');
      if (has('coordinate') && isOthers) allowed.add('coordinate');
      break;
    case 'checked_coordinator':
      if (has('check') && isOthers) allowed.add('check').add('return');
      break;
    case 'checked_head':
      if (has('sign') && isOthers) allowed.add('sign');
      if (may(actor.roles, 'procedure.sign') || has('return')) allowed.add('return');
      break;
    case 'signed':
      break;
  }
  return allowed;
}

/** Whether the next step is in the office of whoever looks, but the work their own. */
function waitsForAnother(row: VersionRow, scope: Scope): boolean {
  const { actor } = scope;
  if (actor.kind !== 'officer' || row.state === 'signed') return false;
  return may(actor.roles, NEEDS[NEXT_STEP[row.state]]) && handsOf(row).includes(actor.id);
}

/** All versions, newest first. */
export function listVersions(db: Db, scope: Scope): Promise<readonly ProcedureVersion[]> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const rows = await tx.selectFrom('procedure_version').selectAll().orderBy('version', 'desc').execute();
    const officers = await tx.selectFrom('officer').select(['id', 'name']).execute();
    const names = new Map<string, string>(officers.map((officer) => [officer.id, officer.name]));
    const name = (id: string | null) => (id === null ? null : (names.get(id) ?? null));
    return rows.map((row) => ({
      version: row.version,
      state: row.state,
      effectiveFrom: row.effective_from,
      inForce: row.version === scope.library.procedureVersion,
      procedure: row.definition,
      edits: row.edits,
      returnedNote: row.returned_note,
      hands: [
        { act: 'draft', at: row.created_at, by: name(row.created_by) },
        { act: 'coordinator', at: row.coordinator_at, by: name(row.coordinator_by) },
        { act: 'head', at: row.head_at, by: name(row.head_by) },
        { act: 'sign', at: row.signed_at, by: name(row.signed_by) },
      ],
      allowed: allowedFor(row, scope),
      waitsForAnother: waitsForAnother(row, scope),
      problems: row.state === 'signed' ? [] : procedureProblems(row.definition),
      editors: row.edited_by.flatMap((id) => (id === row.created_by ? [] : (name(id) ?? []))),
    }));
  });
}

/** Begins a draft as a copy of the version in force. */
export function createDraft(
  db: Db,
  deps: Deps,
  scope: Scope,
): Promise<{ readonly ok: true; readonly version: number } | ProcedureRefusal> {
  const { actor, library, at } = scope;
  return inLibrary(db, library.id, async (tx) => {
    if (actor.kind !== 'officer' || !may(actor.roles, 'procedure.draft'))
      return { ok: false, reason: 'not-allowed' };
    const rows = await tx
      .selectFrom('procedure_version')
      .select(['version', 'state'])
      .orderBy('version')
      .forUpdate()
      .execute();
    const open = rows.find((row) => row.state !== 'signed');
    if (open) return { ok: false, reason: 'draft-exists', version: open.version };
    const version = (rows.at(-1)?.version ?? 0) + 1;
    await tx
      .insertInto('procedure_version')
      .values({
        library_id: library.id,
        version,
        state: 'draft',
        effective_from: null,
        definition: JSON.stringify(library.procedure),
        created_at: at,
        created_by: actor.id,
        signed_at: null,
        signed_by: null,
      })
      .execute();
    await audit(tx, deps, scope, version, 'draft', []);
    return { ok: true, version };
  });
}

/** Saves a draft: its texts, steps, documents and channels. It may be unfinished until it is passed on. */
export function saveDraftProcedure(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly version: number; readonly edits: number; readonly edit: ProcedureEdit },
): Promise<{ readonly ok: true } | ProcedureRefusal> {
  return change(db, scope, input.version, 'edit', async (tx, row, actorId) => {
    if (row.edits !== input.edits) return { ok: false, reason: 'changed-meanwhile' };
    const edited = editProcedure(row.definition, input.edit);
    if (!edited.ok) return { ok: false, reason: 'invalid', problems: edited.problems };
    const fields = (Object.keys(edited.procedure) as (keyof Procedure)[]).filter(
      (key) => JSON.stringify(edited.procedure[key]) !== JSON.stringify(row.definition[key]),
    );
    await tx
      .updateTable('procedure_version')
      .set({
        definition: JSON.stringify(edited.procedure),
        edits: row.edits + 1,
        edited_by: [...new Set([...row.edited_by, actorId])],
      })
      .where('version', '=', row.version)
      .execute();
    await audit(tx, deps, scope, row.version, 'edit', fields);
    return { ok: true };
  });
}

/** Passes a version on to the next hand, or back to the draft with the reason. */
export function passProcedure(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly version: number;
    readonly edits: number;
    readonly action: 'coordinate' | 'check' | 'return' | 'discard';
    readonly note?: string;
  },
): Promise<{ readonly ok: true } | ProcedureRefusal> {
  return change(db, scope, input.version, input.action, async (tx, row, actorId) => {
    if (row.edits !== input.edits) return { ok: false, reason: 'changed-meanwhile' };
    const problems = procedureProblems(row.definition);
    if (problems.length > 0 && (input.action === 'coordinate' || input.action === 'check'))
      return { ok: false, reason: 'unfinished', problems };
    const { at } = scope;
    const table = tx.updateTable('procedure_version').where('version', '=', row.version);
    switch (input.action) {
      case 'coordinate':
        await table
          .set({
            state: 'checked_coordinator',
            coordinator_at: at,
            coordinator_by: actorId,
            returned_note: null,
          })
          .execute();
        break;
      case 'check':
        await table.set({ state: 'checked_head', head_at: at, head_by: actorId }).execute();
        break;
      case 'return':
        await table
          .set({
            state: 'draft',
            coordinator_at: null,
            coordinator_by: null,
            head_at: null,
            head_by: null,
            // Nobody's number belongs here; whoever returns a version may have typed one.
            returned_note: coverIdentityNumbers((input.note ?? '').trim()).slice(0, 400) || null,
          })
          .execute();
        break;
      case 'discard':
        await tx.deleteFrom('procedure_version').where('version', '=', row.version).execute();
        break;
    }
    await audit(tx, deps, scope, row.version, input.action, []);
    return { ok: true };
  });
}

/**
 * Signs a version: from the effective date on new cases begin with it, and every running case keeps its own. The
 * official who holds the office on that date stands in its identity block.
 */
export function signProcedure(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly version: number; readonly edits: number; readonly effectiveOn: PlainDate },
): Promise<{ readonly ok: true } | ProcedureRefusal> {
  return change(db, scope, input.version, 'sign', async (tx, row, actorId) => {
    if (row.edits !== input.edits) return { ok: false, reason: 'changed-meanwhile' };
    const today = todayOf(scope);
    const { effectiveOn } = input;
    if (effectiveOn < today) return { ok: false, reason: 'effective-date' };
    const { officials, profile } = await getSettings(tx);
    const from = effectiveOn === today ? scope.at : new Date(instantOf(effectiveOn, 0, profile.timezone));
    const definition: Procedure = {
      ...row.definition,
      identity: {
        ...row.definition.identity,
        revisedOn: today,
        effectiveOn,
        ratifiedBy: officialOn(officials, effectiveOn) ?? row.definition.identity.ratifiedBy,
      },
    };
    await tx
      .updateTable('procedure_version')
      .set({
        state: 'signed',
        effective_from: from,
        signed_at: scope.at,
        signed_by: actorId,
        definition: JSON.stringify(definition),
      })
      .where('version', '=', row.version)
      .execute();
    await audit(tx, deps, scope, row.version, 'sign', ['effective_from']);
    return { ok: true };
  });
}

/** Who holds the office of Kepala SKPD on a day; an acting one before the one who is away. */
function officialOn(officials: readonly Official[], day: PlainDate): Official | undefined {
  const holders = officials.filter(
    (one) =>
      one.role === 'kepala_skpd' &&
      (one.from === null || one.from <= day) &&
      (one.until === null || one.until >= day),
  );
  return holders.find((one) => one.acting !== null) ?? holders[0];
}

function change(
  db: Db,
  scope: Scope,
  version: number,
  action: ProcedureAction,
  work: (
    tx: Tx,
    row: VersionRow,
    actorId: Extract<Scope['actor'], { kind: 'officer' }>['id'],
  ) => Promise<{ readonly ok: true } | ProcedureRefusal>,
): Promise<{ readonly ok: true } | ProcedureRefusal> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const row = await tx
      .selectFrom('procedure_version')
      .selectAll()
      .where('version', '=', version)
      .forUpdate()
      .executeTakeFirst();
    if (!row) return { ok: false, reason: 'not-found' };
    if (scope.actor.kind !== 'officer' || !allowedFor(row, scope).has(action))
      return { ok: false, reason: 'not-allowed' };
    return work(tx, row, scope.actor.id);
  });
}

function audit(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  version: number,
  verb: string,
  fields: readonly string[],
): Promise<void> {
  return writeAudit(tx, deps, scope, {
    action: `procedure.${verb}`,
    subjectKind: 'procedure',
    subjectId: String(version),
    fields,
  });
}
