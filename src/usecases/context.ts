import type { LibraryKey } from '../db/library-key.ts';
import type { Erasure } from '../db/restore-erasures.ts';
import type { ActorKind } from '../db/schema.ts';
import type { Vault } from '../db/vault.ts';
import type { CaseParty } from '../domain/application.ts';
import type { LibraryId, OfficerId, ServicePointId } from '../domain/ids.ts';
import type { LibrarySettings } from '../domain/library-settings.ts';
import type { MemberAction } from '../domain/member.ts';
import type { Role } from '../domain/permissions.ts';
import { type PlainDate, plainDateIn } from '../domain/plain-date.ts';
import type { Procedure } from '../domain/procedure.ts';
import type { OpenCrew } from './import-worker.ts';

/** What a page that watches a library hears: ids only, after the commit. */
export interface Wake {
  readonly libraryId: LibraryId;
  /** `card`: one is dead or alive again, or a key or a rule of the gates has changed. */
  readonly topic: 'queue' | 'case' | 'visit' | 'card';
  readonly subjectId: string | null;
}

/** A message that leaves after the commit: ids only, the texts are made when it is sent. */
export interface OutgoingMessage {
  readonly libraryId: LibraryId;
  readonly kind:
    | 'submitted'
    | 'correction_requested'
    | 'approved'
    | 'rejected'
    | 'guardian_asked'
    /** To who came of age: the consent has to be their own now. About a membership. */
    | 'own_consent';
  /** Null where the membership came from an old list. */
  readonly applicationId: string | null;
  readonly memberId?: string;
}

/** What the entry points hand in: time, randomness, secrets, channels. Nothing here is global. */
export interface Deps {
  readonly now: () => Date;
  readonly randomBytes: (length: number) => Uint8Array;
  /** Rising UUIDs version 7, see `risingUuids`. */
  readonly uuid: (now: Date) => string;
  readonly vault: Vault;
  /** Wakes watching pages, after the commit; never inside a transaction. */
  readonly wake: (wake: Wake) => void;
  /** Appends to the list of erasures outside the database and waits for the disk; see `write-erasures`. */
  readonly keepErasures?: (lines: readonly Erasure[]) => Promise<void>;
  /** Whether a password is known from a breach; without a list of them none is. */
  readonly isBreached?: (password: string) => Promise<boolean>;
  /** Threads for a long import; without them it is done in the one thread there is. */
  readonly importCrew?: OpenCrew;
}

/** One library as it stands now: its settings, the procedure that new cases begin with. Cached, see `get-library`. */
export interface LibraryContext {
  readonly id: LibraryId;
  readonly slug: string;
  readonly settings: LibrarySettings;
  readonly procedure: Procedure;
  readonly procedureVersion: number;
  /** What signs its cards, and what signed them; see `library-keys`. */
  readonly keys: readonly LibraryKey[];
  readonly servicePoints: readonly {
    readonly id: ServicePointId;
    readonly code: string;
    readonly name: string;
  }[];
}

/** Who acts, for the rows that remember it. */
export type Actor =
  | { readonly kind: 'applicant' }
  | {
      readonly kind: 'officer';
      readonly id: OfficerId;
      readonly roles: readonly Role[];
      readonly servicePointId: ServicePointId;
    }
  | {
      readonly kind: 'device';
      readonly id: string;
      readonly servicePointId: ServicePointId;
      /** What it may do with a membership, where its account gives it a right to. */
      readonly memberActions?: readonly MemberAction[];
    }
  /** A job or a command; `feed`: members go to the lending system by themselves. */
  | { readonly kind: 'system'; readonly feed?: true };

/** Which request, for the rows that remember it. */
export interface RequestOrigin {
  /** Ties audit rows to log lines. */
  readonly requestId: string;
  /** Of whoever asked; rows about sessions keep a keyed hash of it. Jobs and commands have none. */
  readonly network?: string;
}

/** One request or job: which library, who, when. */
export interface Scope extends RequestOrigin {
  readonly library: LibraryContext;
  readonly actor: Actor;
  readonly at: Date;
}

/** A new identifier that sorts by time. */
export function newId<Id extends string>(deps: Pick<Deps, 'uuid'>, at: Date): Id {
  return deps.uuid(at) as Id;
}

/** Today on the library's wall calendar. */
export function todayOf(scope: Scope): PlainDate {
  return plainDateIn(scope.library.settings.profile.timezone, scope.at);
}

export function actorColumns(actor: Actor): { actor_kind: ActorKind; actor_id: string | null } {
  return { actor_kind: actor.kind, actor_id: 'id' in actor ? actor.id : null };
}

/** The service point of whoever acts; the citizen's own device counts for the library's first one. */
export function servicePointOf(scope: Scope): ServicePointId {
  if ('servicePointId' in scope.actor) return scope.actor.servicePointId;
  const first = scope.library.servicePoints[0];
  if (!first) throw new Error('a library has at least one service point');
  return first.id;
}

export function partyOf(actor: Actor): CaseParty {
  switch (actor.kind) {
    case 'officer':
      return { kind: 'officer', officerId: actor.id, roles: actor.roles };
    case 'system':
      return { kind: 'system' };
    case 'applicant':
    case 'device':
      return { kind: 'applicant' };
  }
}
