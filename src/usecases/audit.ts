import type { Tx } from '../db/connection.ts';
import { later } from '../db/later.ts';
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
    /** Account of a machine. */
    | 'client'
    /** A program that is told what happened. */
    | 'webhook'
    | 'setting'
    | 'session'
    /** The government's identity provider for staff. */
    | 'sign_on'
    | 'procedure'
    | 'report'
    | 'import'
    | 'export'
    | 'feed'
    /** One that signs cards, by the id that people see. */
    | 'key'
    /** A queue number of one day. */
    | 'queue'
    /** A failure of the protection of personal data. */
    | 'breach';
  readonly subjectId: string | null;
  /** Names of fields, never their values. */
  readonly fields?: readonly string[];
  /** A code. What an officer wrote goes into `words`, since this log is sealed for good. */
  readonly purpose?: string | null;
  /**
   * The officer's own words about the subject, in the place of a purpose: kept beside the log under the person's own key
   * (`audit_words`); the row holds a digest of them by that key.
   */
  readonly words?: { readonly text: string; readonly personKey: Buffer } | null;
  /** Keyed, of the values before and after; that of a revision comes by itself, see `keepDigest`, of a session's network too. */
  readonly digest?: Buffer | null;
}

/** The purpose of a row whose words are kept beside the log; and all that is left of them after an erasure. */
export const OWN_WORDS = 'own_words';

/** Digests of revisions whose audit row is still to come, by transaction and subject. */
const revised = new WeakMap<Tx, Map<string, Buffer>>();

/**
 * Keeps the digest of a revision for the audit row of the same change: whoever writes a revision and whoever writes the
 * audit row about the same case or member in the same transaction need not know of each other.
 */
export function keepDigest(tx: Tx, subjectId: string, digest: Buffer): void {
  const kept = revised.get(tx) ?? new Map<string, Buffer>();
  revised.set(tx, kept);
  kept.set(subjectId, digest);
}

function takeDigest(tx: Tx, subjectId: string | null): Buffer | null {
  const kept = revised.get(tx);
  if (kept === undefined || subjectId === null) return null;
  const digest = kept.get(subjectId) ?? null;
  kept.delete(subjectId);
  return digest;
}

/** Whether two sessions came from one network can be told, where that is cannot. */
function networkDigest(deps: Deps, { library, network }: Scope, { action }: AuditEntry): Buffer | null {
  return network !== undefined && action.startsWith('session.')
    ? deps.vault.hash(library.id, 'network', network)
    : null;
}

/** Adds a row to the audit log, in the transaction of the change it tells of. */
export async function writeAudit(tx: Tx, deps: Deps, scope: Scope, entry: AuditEntry): Promise<void> {
  const { actor, library } = scope;
  const { words = null } = entry;
  const id = newId<string>(deps, scope.at);
  await later(
    tx,
    tx.insertInto('audit_log').values({
      library_id: library.id,
      id,
      at: scope.at,
      ...actorColumns(actor),
      ...(actor.kind === 'system' && actor.feed === true ? { actor_kind: 'feed' as const } : {}),
      action: entry.action,
      subject_kind: entry.subjectKind,
      subject_id: entry.subjectId,
      fields: [...(entry.fields ?? [])],
      purpose: words === null ? (entry.purpose ?? null) : OWN_WORDS,
      digest:
        entry.digest ??
        takeDigest(tx, entry.subjectId) ??
        networkDigest(deps, scope, entry) ??
        (words && deps.vault.hashFor(library.id, words.personKey, words.text)),
      request_id: scope.requestId,
    }),
  );
  if (words === null) return;
  if (entry.subjectId === null) throw new Error('words are about somebody');
  await later(
    tx,
    tx.insertInto('audit_words').values({
      library_id: library.id,
      audit_id: id,
      subject: entry.subjectId,
      content: deps.vault.sealFor(library.id, words.personKey, words.text),
    }),
  );
}

/** An officer's own words may hold a number although the page asks for none: the audit log keeps no value. */
export function coverDigits(text: string): string {
  return text.replace(/\d[\d .-]{4,}\d/g, '•••');
}
