import type { Tx } from '../db/connection.ts';
import { actorColumns, type Deps, newId, type Scope } from './context.ts';

export interface AuditEntry {
  /** `noun.verb`, such as `member.renew` or `identity.reveal`. */
  readonly action: string;
  readonly subjectKind:
    | 'application'
    | 'member'
    | 'card'
    | 'visit'
    | 'officer'
    | 'device'
    | 'setting'
    | 'session'
    | 'procedure'
    | 'report'
    | 'import'
    | 'export'
    | 'feed'
    /** One that signs cards, by the id that people see. */
    | 'key'
    /** A queue number of one day. */
    | 'queue';
  readonly subjectId: string | null;
  /** Names of fields, never their values. */
  readonly fields?: readonly string[];
  /** A code, or the officer's own words where a purpose is asked. */
  readonly purpose?: string | null;
}

/** Adds a row to the audit log, in the transaction of the change it tells of. */
export async function writeAudit(tx: Tx, deps: Deps, scope: Scope, entry: AuditEntry): Promise<void> {
  const { actor } = scope;
  await tx
    .insertInto('audit_log')
    .values({
      library_id: scope.library.id,
      id: newId(deps, scope.at),
      at: scope.at,
      ...actorColumns(actor),
      ...(actor.kind === 'system' && actor.feed === true ? { actor_kind: 'feed' as const } : {}),
      action: entry.action,
      subject_kind: entry.subjectKind,
      subject_id: entry.subjectId,
      fields: [...(entry.fields ?? [])],
      purpose: entry.purpose ?? null,
      digest: null,
      request_id: scope.requestId,
    })
    .execute();
}

/** An officer's own words may hold a number although the page asks for none: the audit log keeps no value. */
export function coverDigits(text: string): string {
  return text.replace(/\d[\d .-]{4,}\d/g, '•••');
}
