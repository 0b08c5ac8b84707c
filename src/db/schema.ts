import type { ColumnType, JSONColumnType } from 'kysely';
import type { ApplicationState } from '../domain/application.ts';
import type { BreachData } from '../domain/breach.ts';
import type { CardLayout } from '../domain/card-choice.ts';
import type { ClientKind } from '../domain/client.ts';
import type { RightsKind, RightsReason, RightsState } from '../domain/data-rights.ts';
import type { FeedFailure, KohaAccess } from '../domain/exporting/feed.ts';
import type { ExportTarget, LiveTarget } from '../domain/exporting/outgoing-member.ts';
import type { FirstMeeting, LiveMemory } from '../domain/exporting/reconcile.ts';
import type {
  ApplicationId,
  CardBatchId,
  CardId,
  ClientId,
  DeviceId,
  ExportId,
  FileId,
  ImportId,
  LibraryId,
  MemberId,
  OfficerId,
  ServicePointId,
  VisitId,
  WebhookId,
  WebhookMessageId,
} from '../domain/ids.ts';
import type {
  ImportCandidate,
  ImportCounts,
  ImportFileFacts,
  ImportMapping,
  ImportState,
} from '../domain/importing/import-state.ts';
import type { SourceFormat } from '../domain/importing/incoming-member.ts';
import type { RowOutcome } from '../domain/importing/row-outcome.ts';
import type { MemberState } from '../domain/member.ts';
import type { Role } from '../domain/permissions.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import type { DocumentForm, DocumentType, Procedure, StepAct } from '../domain/procedure.ts';
import type { GroupCounts } from '../domain/visit.ts';
import type { AttemptFailure, MessageKind, MessageState, WebhookState } from '../domain/webhook.ts';
import type { BackupKind } from './backup.ts';
import type { CheckedHow } from './backup-check.ts';
import type { SecondCopy } from './backup-run.ts';
import type { BackupReason } from './backup-trouble.ts';
import type { DecidedMentions } from './restore-erasures.ts';

/** A column with a default: optional on insert. */
type Defaulted<T> = ColumnType<T, T | undefined, T>;
/** jsonb: an object when read, its JSON text when written. */
type Json<T> = ColumnType<T, string, string>;
type Flag = Defaulted<boolean>;
export type Sex = 'L' | 'P';

/** The same on a case and on a member. Buffers are sealed by the vault; hashes are keyed. */
export interface PersonColumns {
  name: string;
  name_key: string;
  former_name_keys: Defaulted<string[]>;
  birth_place: string | null;
  birth_date: PlainDate | null;
  sex: Sex | null;
  document_type: DocumentType | null;
  document_number: Buffer | null;
  document_hash: Buffer | null;
  nik: Buffer | null;
  nik_hash: Buffer | null;
  kk: Buffer | null;
  kk_hash: Buffer | null;
  no_document_reason: string | null;
  address_line: string | null;
  address_rt: string | null;
  address_rw: string | null;
  address_village: string | null;
  present_same: Flag;
  present_line: string | null;
  present_rt: string | null;
  present_rw: string | null;
  present_village: string | null;
  phone: string | null;
  email: string | null;
  occupation: string | null;
  institution: string | null;
  education: string | null;
  member_type: string;
  guardian_name: string | null;
  guardian_relation: string | null;
  guardian_phone: string | null;
  photo_id: FileId | null;
  person_key: Buffer;
}

export type ActorKind = 'applicant' | 'officer' | 'device' | 'system';
/** `feed`: members went to the lending system by themselves. */
export type AuditActorKind = ActorKind | 'feed';
export type Place = 'home' | 'counter' | 'kiosk' | 'none';
export type Channel = 'phone' | 'kiosk' | 'desk' | 'import' | 'api';
/** How a consent came: `paper` is a signed sheet, `desk` was said to an officer. */
export type ConsentChannel = Channel | 'paper';

export interface ApplicationTable extends PersonColumns {
  library_id: LibraryId;
  id: ApplicationId;
  state: ApplicationState;
  state_effective_at: Date;
  procedure_version: number;
  service_point_id: ServicePointId;
  channel: Channel;
  submit_key: Buffer;
  token_hash: Buffer;
  access_generation: Defaulted<number>;
  ticket_code: string;
  visit_id: VisitId | null;
  family_of: ApplicationId | null;
  language: Defaulted<'id' | 'en'>;
  created_at: Date;
  submitted_at: Date | null;
  arrived_at: Date | null;
  closed_at: Date | null;
  held_by: OfficerId | null;
  held_at: Date | null;
  done_acts: Defaulted<StepAct[]>;
  escalated_at: Date | null;
  escalated_by: OfficerId | null;
  escalation_reason: string | null;
  guardian_consented_at: Date | null;
  decision_reason: string | null;
  /** An officer's own words, under the person's key. */
  decision_note: Buffer | null;
  /** Words of before, until a start has sealed them (`seal-words.ts`). */
  decision_note_plain: Defaulted<string | null>;
  correction_round: Defaulted<number>;
  member_id: MemberId | null;
  /** Rises with every change; a writer names the one it read, so that two officers never overwrite each other. */
  version: Defaulted<number>;
}

export interface ApplicationEventTable {
  library_id: LibraryId;
  id: string;
  application_id: ApplicationId;
  at: Date;
  effective_at: Date;
  /** See `CaseEvent` in domain/step-clock. */
  kind: string;
  act: StepAct | null;
  from_state: ApplicationState | null;
  to_state: ApplicationState | null;
  started_at: Date | null;
  place: Place;
  round: Defaulted<number>;
  actor_kind: ActorKind;
  actor_id: string | null;
  service_point_id: ServicePointId | null;
  /** A code, never free text about a person. */
  reason: string | null;
}

export interface MemberTable extends PersonColumns {
  library_id: LibraryId;
  id: MemberId;
  number: string;
  state: MemberState;
  state_effective_at: Date;
  state_reason: string | null;
  service_point_id: ServicePointId;
  application_id: ApplicationId | null;
  member_since: PlainDate;
  valid_from: PlainDate;
  /** null: for life */
  valid_until: PlainDate | null;
  created_at: Date;
  updated_at: Date;
  notice_given: Flag;
  /** Who stands for this member since the merge; the last of a chain. */
  merged_into: Defaulted<MemberId | null>;
  version: Defaulted<number>;
  /** What the cross-check finds the member by, see `usecases/match-columns.ts`; null until a start has filled it. */
  match_keys: ColumnType<number[] | null, number[], number[]>;
  nik_slots: Buffer | null;
}

/** How a member stands in a lending system; see `lending_link`. */
export type LinkState = 'waiting' | 'done' | 'refused' | 'later' | 'conflict';

export type MemberEventKind =
  | 'joined'
  | 'renewed'
  | 'suspended'
  | 'resumed'
  | 'cleared'
  | 'ended'
  | 'corrected'
  | 'card_replaced'
  | 'reactivated';

/** Carries what the reports count by, so that an erasure never changes a closed month. */
export interface MemberEventTable {
  library_id: LibraryId;
  id: string;
  member_id: MemberId;
  at: Date;
  effective_at: Date;
  kind: MemberEventKind;
  reason: string | null;
  old_valid_until: PlainDate | null;
  valid_until: PlainDate | null;
  member_type: string;
  sex: Sex | null;
  birth_year: number | null;
  district: string | null;
  actor_kind: ActorKind;
  actor_id: string | null;
  service_point_id: ServicePointId | null;
}

export interface CardTable {
  library_id: LibraryId;
  id: CardId;
  member_id: MemberId;
  token_hash: Buffer;
  access_generation: Defaulted<number>;
  service_point_id: ServicePointId;
  issued_at: Date;
  valid_until: PlainDate | null;
  printed_at: Date | null;
  handed_over_at: Date | null;
  revoked_at: Date | null;
  revoked_reason: string | null;
  /** Of the short code with which the holder opens the KTA for the first time; works until `pickup_expires_at`. */
  pickup_hash: Buffer | null;
  pickup_expires_at: Date | null;
}

/** Keys that sign the codes of a library's cards. */
export interface LibraryKeyTable {
  library_id: LibraryId;
  /** Four bytes of the thumbprint of the public key. */
  key_id: Buffer;
  public_key: Buffer;
  state: 'active' | 'retired' | 'revoked';
  /** Of the active key only: what signs no more cannot be stolen. */
  sealed_seed: Buffer | null;
  /** `installation`: of the one key that all libraries had. */
  origin: 'library' | 'installation';
  made_at: Date;
  made_by: OfficerId | null;
  retired_at: Date | null;
  retired_by: OfficerId | null;
  revoked_at: Date | null;
  revoked_by: OfficerId | null;
}

/** Phones that were certified to show the moving code of a card; nothing of the phone but that it is another one. */
export interface KtaPhoneTable {
  library_id: LibraryId;
  card_id: CardId;
  key_hash: Buffer;
  generation: number;
  kept: boolean;
  since: Date;
  certified_at: Date;
  ends_at: Date;
}

export interface CardEventTable {
  library_id: LibraryId;
  id: string;
  card_id: CardId;
  kind: 'issued' | 'printed' | 'print_failed' | 'handed_over' | 'revoked' | 'replaced';
  at: Date;
  effective_at: Date;
  actor_kind: ActorKind;
  actor_id: string | null;
  service_point_id: ServicePointId | null;
  detail: string | null;
}

export interface CardBatchTable {
  library_id: LibraryId;
  id: CardBatchId;
  submit_key: string;
  made_at: Date;
  made_by: OfficerId;
  service_point_id: ServicePointId;
  layout: CardLayout;
  start_at: Defaulted<number>;
  /** Codes of the choice that was made. */
  selection: string;
  reason: string | null;
  cards: number;
  told_at: Date | null;
  told_by: OfficerId | null;
  failed: Defaulted<number>;
}

export interface CardBatchRowTable {
  library_id: LibraryId;
  batch_id: CardBatchId;
  /** From 1, in the order of printing. */
  place: number;
  card_id: CardId;
  reprint: boolean;
  /** `gone`: revoked before it was told. */
  outcome: 'printed' | 'failed' | 'gone' | null;
}

export interface VisitTable {
  library_id: LibraryId;
  id: VisitId;
  submit_key: Buffer;
  /** When the page of the guest book was opened for it; null where that was not seen. */
  opened_at: Defaulted<Date | null>;
  at: Date;
  day: PlainDate;
  kind: 'member' | 'non_member' | 'group';
  mode: Defaulted<'luring' | 'daring'>;
  member_id: MemberId | null;
  purpose: string;
  service_point_id: ServicePointId;
  device_id: DeviceId | null;
  officer_id: OfficerId | null;
  persons: Defaulted<number>;
  /** Non-members may leave their name out; for a group, its leader. */
  name: string | null;
  sex: Sex | null;
  education: string | null;
  occupation: string | null;
  institution: string | null;
  group_phone: string | null;
  group_counts: Json<GroupCounts> | null;
  /** False where the library's rule makes it the same visit as an earlier check-in of this member. */
  counted: Flag;
  /** The entry that this one corrects; that one is voided. */
  replaces: Defaulted<VisitId | null>;
  /** Figures leave out what was voided; the row stays. */
  voided_at: Defaulted<Date | null>;
  voided_by: Defaulted<OfficerId | null>;
  void_reason: Defaulted<string | null>;
}

/** What a check found; kept with the decision. Ids and codes only. */
export interface CrossCheckCandidate {
  readonly kind: 'member' | 'application';
  readonly id: string;
  readonly score: number;
  readonly verdict: 'same' | 'look' | 'different';
  readonly reasons: readonly string[];
}

/** Two people whom an officer told apart; each id is a member's or a case's, the smaller one first. */
export interface ToldApartTable {
  library_id: LibraryId;
  id: string;
  one_id: string;
  other_id: string;
  /** Keyed, of what the check compares, as it was then. */
  one_digest: Buffer;
  other_digest: Buffer;
  /** How alike they were then. */
  score: number;
  reason: string;
  decided_at: Date;
  decided_by: OfficerId | null;
}

export interface MemberMergeTable {
  library_id: LibraryId;
  id: string;
  winner_id: MemberId;
  loser_id: MemberId;
  /** What the winner took over; see `MERGE_FIELDS`. */
  fields: string[];
  /** Sealed under the winner's key: the columns as they were before and as the merge set them. */
  content: Buffer;
  loser_state: MemberState;
  loser_state_reason: string | null;
  loser_state_effective_at: Date;
  reason: string;
  merged_at: Date;
  merged_by: OfficerId;
  undone_at: Defaulted<Date | null>;
  undone_by: Defaulted<OfficerId | null>;
  undo_reason: Defaulted<string | null>;
}

/** A text of a version of the consents; `notice` is all items of the notice. */
export type ConsentTextPurpose =
  | 'notice'
  | 'acknowledgement'
  | 'guardian'
  | 'photo_on_card'
  | 'messages'
  | 'visit_notice';

/** `again`: after a restore brought the person back. */
export type ErasureCause = 'retention' | 'request' | 'again';

/** What a person asked of their data. */
export interface RightsRequestTable {
  library_id: LibraryId;
  id: string;
  kind: RightsKind;
  member_id: MemberId | null;
  application_id: ApplicationId | null;
  channel: 'phone' | 'desk';
  /** Sealed under the person's key. */
  words: Buffer | null;
  received_at: Date;
  received_by: OfficerId | null;
  due_at: Date;
  state: RightsState;
  decided_at: Defaulted<Date | null>;
  decided_by: Defaulted<OfficerId | null>;
  reason: Defaulted<RightsReason | null>;
  held_until: Defaulted<PlainDate | null>;
  version: Defaulted<number>;
}

/** A failure of the protection of personal data. */
export interface BreachTable {
  library_id: LibraryId;
  id: string;
  state: 'open' | 'closed';
  title: string;
  found_at: Date;
  happened: string;
  cause: string;
  data_kinds: BreachData[];
  persons: number | null;
  measures: string;
  contact: string;
  due_at: Date;
  persons_told_at: Defaulted<Date | null>;
  persons_told_by: Defaulted<OfficerId | null>;
  authority_told_at: Defaulted<Date | null>;
  authority_told_by: Defaulted<OfficerId | null>;
  closed_at: Defaulted<Date | null>;
  recorded_at: Date;
  recorded_by: OfficerId;
  version: Defaulted<number>;
}

/** Accounts of machines that ask: SIP2 devices, programs. */
export interface ClientTable {
  library_id: LibraryId;
  id: ClientId;
  kind: ClientKind;
  name: string;
  /** Argon2id; of a key of the API or of a service, which cannot be guessed, SHA-256; empty of one that keeps none. */
  secret_hash: string;
  scopes: string[];
  /** By kind: `Sip2Settings`, `ApiSettings`, `ServiceSettings`. */
  settings: Json<unknown>;
  /** Addresses and CIDR ranges it may come from; empty: any. */
  addresses: string[];
  per_minute: number;
  service_point_id: ServicePointId;
  created_at: Date;
  /** Null: by a command. */
  created_by: OfficerId | null;
  rotated_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
  last_address: string | null;
}

/** What a program sent with an `Idempotency-Key`, and the sealed answer it got. */
export interface ApiRequestTable {
  library_id: LibraryId;
  client_id: ClientId;
  key_hash: Buffer;
  request_hash: Buffer;
  at: Date;
  status: number | null;
  answer: Buffer | null;
}

/** A program of others that is told what happened. */
export interface WebhookTable {
  library_id: LibraryId;
  id: WebhookId;
  name: string;
  url: string;
  /** Whether the address may lie inside the library's own network. */
  inside: boolean;
  kinds: string[];
  /** Sealed. */
  secret: Buffer;
  /** Signs beside the new one until `old_until`. */
  old_secret: Buffer | null;
  old_until: Date | null;
  state: WebhookState;
  state_at: Date;
  /** Attempts that failed since one went well. */
  failures: Defaulted<number>;
  delivered_at: Date | null;
  /** The first last day of validity that was not looked at yet for who expired. */
  expired_to: PlainDate;
  version: Defaulted<number>;
  created_at: Date;
  /** Null: by a command. */
  created_by: OfficerId | null;
  rotated_at: Date | null;
}

/** One event for one receiver, written by triggers on the tables of history; see migration 27. */
export interface WebhookMessageTable {
  library_id: LibraryId;
  id: WebhookMessageId;
  webhook_id: WebhookId;
  /** In the order in which things happened. */
  n: Defaulted<string>;
  kind: MessageKind;
  /** What goes out one after the other: of a member, or of a case that is none yet. */
  subject: string;
  at: Date;
  member_id: MemberId | null;
  application_id: ApplicationId | null;
  card_id: CardId | null;
  /** Null as well once the person was erased. */
  number: string | null;
  status: MemberState | ApplicationState | null;
  valid_until: PlainDate | null;
  state: Defaulted<MessageState>;
  attempts: Defaulted<number>;
  next_at: Date;
  delivered_at: Date | null;
}

export interface WebhookAttemptTable {
  library_id: LibraryId;
  id: string;
  message_id: WebhookMessageId;
  at: Date;
  /** Of the answer; null where there was none. */
  status: number | null;
  /** Null where it went well. */
  failure: AttemptFailure | null;
  duration_ms: number;
}

/**
 * By what a session was opened: what was given last. `sign_on_factor`: the identity provider said that a second factor
 * was used there, and the library lets it count.
 */
export type SessionWay = 'password' | 'code' | 'recovery_code' | 'passkey' | 'sign_on' | 'sign_on_factor';
/** Keys that a library signs with when members sign in to services. */
export interface OidcKeyTable {
  library_id: LibraryId;
  kid: string;
  algorithm: 'ES256' | 'RS256';
  state: 'active' | 'retired';
  /** The private JWK. */
  sealed_key: Buffer;
  made_at: Date;
  retired_at: Date | null;
}

/** What the provider keeps of a sign-in to a service: sessions, codes, tokens, grants; sealed, and found by keyed hashes. */
export interface OidcRecordTable {
  library_id: LibraryId;
  model: string;
  id_hash: Buffer;
  content: Buffer;
  uid_hash: Buffer | null;
  grant_hash: Buffer | null;
  member_id: MemberId | null;
  client_id: ClientId | null;
  ends_at: Date;
  consumed_at: Date | null;
}

/** Which service a member lets know what. */
export interface ServiceConsentTable {
  library_id: LibraryId;
  id: string;
  member_id: MemberId;
  client_id: ClientId;
  scopes: string[];
  given_at: Date;
  last_used_at: Date | null;
  ended_at: Date | null;
}

export interface MemberPasskeyTable {
  library_id: LibraryId;
  id: Buffer;
  member_id: MemberId;
  label: string;
  public_key: Buffer;
  /** bigint: a string as it is read. */
  counter: ColumnType<string, number, number>;
  transports: string[];
  rp_id: string;
  synced: Flag;
  created_at: Date;
  last_used_at: Date | null;
}

export interface Database {
  installation: { key: string; value: string };
  library: { id: LibraryId; slug: string; name: string; timezone: string; created_at: Date };
  region: {
    code: string;
    name: string;
    level: number;
    parent_code: string | null;
    path: string;
    search_key: string;
  };
  setting: {
    library_id: LibraryId;
    name: string;
    value: Json<unknown>;
    updated_at: Date;
    updated_by: OfficerId | null;
  };
  procedure_version: {
    library_id: LibraryId;
    version: number;
    state: 'draft' | 'checked_coordinator' | 'checked_head' | 'signed';
    effective_from: Date | null;
    definition: JSONColumnType<Procedure>;
    created_at: Date;
    created_by: OfficerId | null;
    coordinator_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
    coordinator_by: ColumnType<OfficerId | null, OfficerId | null | undefined, OfficerId | null>;
    head_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
    head_by: ColumnType<OfficerId | null, OfficerId | null | undefined, OfficerId | null>;
    signed_at: Date | null;
    signed_by: OfficerId | null;
    /** Why the last one who looked gave the draft back. */
    returned_note: ColumnType<string | null, string | null | undefined, string | null>;
    /** Everybody who ever saved the draft: none of them passes, checks or signs it. */
    edited_by: Defaulted<OfficerId[]>;
    /** Rises with every change of a draft, so that two writers never overwrite each other. */
    edits: Defaulted<number>;
  };
  /** Sheets of closed months; a withdrawn one stays beside its successor. */
  monthly_report: {
    library_id: LibraryId;
    /** `YYYY-MM` */
    month: string;
    revision: number;
    figures: JSONColumnType<object>;
    /** Keyed, of the figures as `canonicalJson`. */
    digest: Buffer;
    checked_at: Date;
    checked_by: OfficerId;
    /** As they were called on that day. */
    checked_name: string;
    checked_acting: 'plh' | 'plt' | null;
    signed_at: Date | null;
    signed_by: OfficerId | null;
    signed_name: string | null;
    signed_acting: 'plh' | 'plt' | null;
    withdrawn_at: Date | null;
    withdrawn_by: OfficerId | null;
    withdrawn_name: string | null;
    withdrawn_reason: string | null;
  };
  service_point: {
    library_id: LibraryId;
    id: ServicePointId;
    code: string;
    name: string;
    kind: string;
    active: Flag;
  };
  officer: {
    library_id: LibraryId;
    id: OfficerId;
    username: string;
    name: string;
    roles: Role[];
    password_hash: string;
    must_change_password: Flag;
    totp_secret: Buffer | null;
    /** The last 30-second step whose code was used: a code opens one session, once. */
    totp_step: ColumnType<number | null, number | null | undefined, number | null>;
    /** Steps that the phone's clock is ahead, see `CodeClock`. */
    totp_drift: Defaulted<number>;
    /** Another difference, to be confirmed by the next code. */
    totp_slip: Defaulted<number | null>;
    service_point_id: ServicePointId | null;
    active: Flag;
    created_at: Date;
    /** From then on the account does nothing before it has a second factor; null where none is asked, or it has one. */
    factor_due_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  };
  passkey: {
    library_id: LibraryId;
    id: Buffer;
    officer_id: OfficerId;
    label: string;
    public_key: Buffer;
    counter: number;
    transports: string[];
    rp_id: string;
    synced: boolean;
    created_at: Date;
    last_used_at: Date | null;
  };
  passkey_answer: {
    library_id: LibraryId;
    challenge_hash: Buffer;
    ends_at: Date;
  };
  rate_window: {
    key: Buffer;
    count: number;
    ends_at: Date;
  };
  recovery_code: {
    library_id: LibraryId;
    officer_id: OfficerId;
    code_hash: Buffer;
    /** Null: made before, and hashed by the key alone. */
    salt: Defaulted<Buffer | null>;
    made_at: Date;
    used_at: Date | null;
  };
  session: {
    library_id: LibraryId;
    token_hash: Buffer;
    officer_id: OfficerId;
    created_at: Date;
    last_seen_at: Date;
    expires_at: Date;
    ended_at: Date | null;
    /** When password, code or passkey were last given; null asks again before anything sensitive. */
    confirmed_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
    /** The two halves of that: password or identity provider; app, passkey or recovery code. */
    password_proven_at: Defaulted<Date | null>;
    factor_proven_at: Defaulted<Date | null>;
    /** By what it was opened; null: before that was written down. */
    way: Defaulted<SessionWay | null>;
    /** The identity provider had said who it is, whatever was asked after it. */
    by_provider: Flag;
  };
  /** The government's identity provider for staff; at most one a library. */
  sign_on_provider: {
    library_id: LibraryId;
    issuer: string;
    name: string;
    client_id: string;
    /** Sealed. */
    client_secret: Buffer;
    scopes: string[];
    claim: string;
    email_domain: string | null;
    second_factor: string[];
    required: boolean;
    private_address: boolean;
    active: boolean;
    version: Defaulted<number>;
    set_at: Date;
    set_by: OfficerId;
  };
  /** Who an officer is at the provider: expected, or come. Keyed hashes. */
  officer_identity: {
    library_id: LibraryId;
    officer_id: OfficerId;
    issuer: string;
    expected_hash: Buffer | null;
    subject_hash: Buffer | null;
    set_at: Date;
    linked_at: Date | null;
    last_used_at: Defaulted<Date | null>;
  };
  delegation: {
    library_id: LibraryId;
    id: string;
    officer_id: OfficerId;
    role: Role;
    kind: 'plh' | 'plt';
    from_day: PlainDate;
    until_day: PlainDate;
    created_by: OfficerId;
    created_at: Date;
  };
  device: {
    library_id: LibraryId;
    id: DeviceId;
    kind: 'kiosk' | 'gate';
    name: string;
    service_point_id: ServicePointId;
    pairing_hash: Buffer | null;
    pairing_expires_at: Date | null;
    token_hash: Buffer | null;
    paired_at: Date | null;
    paired_by: OfficerId;
    revoked_at: Date | null;
    last_seen_at: Date | null;
  };
  api_request: ApiRequestTable;
  client: ClientTable;
  client_day: {
    library_id: LibraryId;
    client_id: ClientId;
    day: PlainDate;
    messages: number;
    lookups: number;
  };
  webhook: WebhookTable;
  webhook_message: WebhookMessageTable;
  webhook_attempt: WebhookAttemptTable;
  number_counter: { library_id: LibraryId; series: string; next: number };
  file: {
    library_id: LibraryId;
    id: FileId;
    kind: 'photo' | 'scan' | 'guardian_letter' | 'emblem' | 'evidence' | 'card_picture';
    application_id: ApplicationId | null;
    member_id: MemberId | null;
    mime: string;
    /** Sealed; null once deleted, so that the trace stays. */
    bytes: Buffer | null;
    size: number;
    created_at: Date;
    created_by: OfficerId | null;
    deleted_at: Date | null;
  };
  draft: {
    library_id: LibraryId;
    id: string;
    code_hash: Buffer;
    token_hash: Buffer;
    /** A short code that opens the form on the visitor's own phone, for a few minutes. */
    phone_code_hash: Defaulted<Buffer | null>;
    phone_code_expires_at: Defaulted<Date | null>;
    content: Buffer;
    visit_id: VisitId | null;
    attempts: Defaulted<number>;
    created_at: Date;
    expires_at: Date;
    taken_at: Date | null;
  };
  application: ApplicationTable;
  told_apart: ToldApartTable;
  member_merge: MemberMergeTable;
  application_event: ApplicationEventTable;
  step_time: {
    library_id: LibraryId;
    application_id: ApplicationId;
    first_step: number;
    round: Defaulted<number>;
    covers: number[];
    procedure_version: number;
    standard_seconds: number;
    started_at: Date | null;
    ended_at: Date | null;
    working_seconds: number | null;
    waiting_seconds: number | null;
    outcome: 'done' | 'at_home' | 'not_needed';
    officer_id: OfficerId | null;
    service_point_id: ServicePointId | null;
  };
  queue_ticket: {
    library_id: LibraryId;
    id: string;
    service_point_id: ServicePointId;
    day: PlainDate;
    number: number;
    priority: 'lansia' | 'disabilitas' | 'ibu_hamil' | null;
    application_id: ApplicationId | null;
    visit_id: VisitId | null;
    /** When its page at the kiosk was opened; null where an officer gave it. */
    opened_at: Defaulted<Date | null>;
    issued_at: Date;
    called_at: Date | null;
    called_by: OfficerId | null;
    /** How often it was called; a number put back into the queue is called again. */
    calls: Defaulted<number>;
    done_at: Date | null;
  };
  consent: {
    library_id: LibraryId;
    id: string;
    application_id: ApplicationId | null;
    member_id: MemberId | null;
    purpose: 'acknowledgement' | 'photo_on_card' | 'messages' | 'guardian';
    given: boolean;
    by_guardian: Flag;
    text_version: string;
    /** In which language it was shown; null where that was not kept. */
    text_lang: Defaulted<'id' | 'en' | null>;
    channel: ConsentChannel;
    recorded_at: Date;
    recorded_by: OfficerId | null;
    withdrawn_at: Date | null;
  };
  consent_text: {
    library_id: LibraryId;
    version: string;
    purpose: ConsentTextPurpose;
    lang: 'id' | 'en';
    content: string;
    digest: Buffer;
    kept_at: Date;
  };
  own_consent: {
    library_id: LibraryId;
    member_id: MemberId;
    asked_at: Date;
    answered_at: Defaulted<Date | null>;
  };
  rights_request: RightsRequestTable;
  erasure_list: {
    library_id: LibraryId;
    subject: string;
    subject_kind: 'member' | 'application';
    at: Date;
    cause: ErasureCause;
    /** When it stood in the file outside the database as well. */
    written_at: Defaulted<Date | null>;
    mentions: Json<DecidedMentions> | null;
  };
  retention_run: {
    library_id: LibraryId;
    id: string;
    at: Date;
    ended_at: Date;
    counts: Json<Readonly<Record<string, number>>>;
    /** False where some were left for the next run. */
    complete: boolean;
  };
  /** How far stored texts were looked through for identity numbers, by the rule's version. */
  text_cover: {
    library_id: LibraryId;
    rule: number;
    started_at: Date;
    at_table: string;
    /** Key of the last row that was looked at, as text. */
    position: string | null;
    /** bigint: a string as it is read. */
    looked: ColumnType<string, number | undefined, never>;
    /** By `table.column`. */
    counts: Json<Readonly<Record<string, number>>>;
    unchanged: Defaulted<number>;
    /** The first of those, with the name of the error. */
    left_rows: ColumnType<
      readonly { readonly table: string; readonly key: string; readonly error: string }[],
      string | undefined,
      string
    >;
    ended_at: Defaulted<Date | null>;
  };
  breach: BreachTable;
  identity_check: {
    library_id: LibraryId;
    id: string;
    application_id: ApplicationId;
    document_type: DocumentType | null;
    document_form: DocumentForm | null;
    exception_reason: string | null;
    at: Date;
    officer_id: OfficerId;
  };
  cross_check: {
    library_id: LibraryId;
    id: string;
    application_id: ApplicationId;
    outcome: 'new' | 'already_member' | 'escalated';
    reason: string | null;
    candidates: Json<readonly CrossCheckCandidate[]>;
    member_id: MemberId | null;
    at: Date;
    officer_id: OfficerId | null;
  };
  correction: {
    library_id: LibraryId;
    id: string;
    application_id: ApplicationId;
    round: number;
    fields: string[];
    message: Buffer | null;
    requested_at: Date;
    requested_by: OfficerId;
    answered_at: Date | null;
  };
  revision: {
    library_id: LibraryId;
    id: string;
    application_id: ApplicationId | null;
    member_id: MemberId | null;
    at: Date;
    actor_kind: ActorKind;
    actor_id: string | null;
    fields: string[];
    /** Sealed under the person's key: `{before, after}`. */
    content: Buffer;
    /** A code. */
    evidence: string | null;
    /** An officer's own words in its place, under the person's key. */
    evidence_words: Buffer | null;
  };
  photo_link: {
    library_id: LibraryId;
    token_hash: Buffer;
    /** Of the short code that is typed instead of scanning. */
    code_hash: Buffer;
    /** How many links the case had before: part of what the token is derived from. */
    generation: number;
    application_id: ApplicationId;
    created_by: OfficerId;
    created_at: Date;
    expires_at: Date;
    used_at: Date | null;
  };
  member: MemberTable;
  member_event: MemberEventTable;
  /** Kept by a trigger from `member_event`: what the reports count, never written by the program. */
  member_span: {
    library_id: LibraryId;
    member_id: MemberId;
    n: number;
    recorded_at: Date;
    /** On the library's wall calendar; the next event's as well. */
    day: PlainDate;
    next_day: PlainDate | null;
    kind: string;
    /** Just before the event, and just after it. */
    from_status: string | null;
    status: string;
    /** The day after the last one, where nothing happened before; null where it never expires. */
    expires_on: PlainDate | null;
    valid_until: PlainDate | null;
    member_type: string;
    sex: Sex | null;
    birth_year: number | null;
    district: string | null;
    service_point_id: ServicePointId | null;
  };
  card: CardTable;
  library_key: LibraryKeyTable;
  card_event: CardEventTable;
  kta_phone: KtaPhoneTable;
  card_batch: CardBatchTable;
  card_batch_row: CardBatchRowTable;
  visit: VisitTable;
  /** Messages that leave after the commit: ids only, the text is made when one is sent. */
  outbox: {
    library_id: LibraryId;
    id: string;
    kind:
      | 'submitted'
      | 'correction_requested'
      | 'approved'
      | 'rejected'
      | 'guardian_asked'
      | 'own_consent'
      | 'audit_anchor'
      | 'one_time_code';
    application_id: ApplicationId | null;
    /** Of a message about a membership. */
    member_id: Defaulted<MemberId | null>;
    one_time_code_id: Defaulted<string | null>;
    /** The line it leaves on; null until that is known, see `sortCodes`, and where nothing but e-mail can leave. */
    way: Defaulted<'email' | 'sms' | null>;
    created_at: Date;
    sent_at: Date | null;
    attempts: Defaulted<number>;
    /** Null once sent or given up. */
    next_attempt_at: Date | null;
    /** A code, never an address. */
    last_error_code: string | null;
  };
  oidc_key: OidcKeyTable;
  oidc_record: OidcRecordTable;
  service_consent: ServiceConsentTable;
  member_passkey: MemberPasskeyTable;
  /** Codes sent to a person's own address; both ids null where nobody was found. */
  one_time_code: {
    library_id: LibraryId;
    id: string;
    ticket_hash: Buffer;
    purpose: 'lost_link' | 'own_page' | 'sign_in';
    member_id: MemberId | null;
    application_id: ApplicationId | null;
    /** The code is a keyed hash of it. */
    seed: Buffer;
    language: 'id' | 'en';
    /** How it was asked to come; where the person has no such address, the other way. */
    way: Defaulted<'email' | 'sms'>;
    tries: Defaulted<number>;
    made_at: Date;
    ends_at: Date;
    used_at: Defaulted<Date | null>;
  };
  /** Text messages of the last day; a number is only a keyed hash. */
  sms_sent: {
    library_id: LibraryId;
    id: string;
    number_hash: Buffer;
    /** For the door of other services. */
    at_door: boolean;
    at: Date;
  };
  /** An import and how far it is. */
  import: {
    library_id: LibraryId;
    id: ImportId;
    format: SourceFormat;
    file_name: string;
    /** Keyed, of the whole file: the same one again goes on where it stopped. */
    source_hash: Buffer;
    file_facts: Json<ImportFileFacts>;
    mapping: Json<ImportMapping>;
    state: ImportState;
    /** An officer stopped it; it goes on when it is told to. */
    paused: Flag;
    /** The service works at it, and goes on by itself after a stop; else the command that reads the source does. */
    in_service: Flag;
    failure: Defaulted<string | null>;
    /** Bytes of a file, members of a database. */
    size: number;
    /** In the units of `size` while it reads, rows after that. */
    progress: Defaulted<number>;
    /** The last row that was read and kept. */
    last_row: Defaulted<number>;
    counts: Json<ImportCounts>;
    phase_began_at: Defaulted<Date | null>;
    phase_began_with: Defaulted<number>;
    beat_at: Defaulted<Date | null>;
    created_at: Date;
    created_by: OfficerId | null;
    applied_by: Defaulted<OfficerId | null>;
    finished_at: Defaulted<Date | null>;
  };
  /** Whom rows that are still to be read must not bring back; gone when all have been. */
  import_erased: { library_id: LibraryId; import_id: ImportId; n: number; content: Buffer };
  import_chunk: { library_id: LibraryId; import_id: ImportId; n: number; bytes: Buffer };
  import_row: {
    library_id: LibraryId;
    import_id: ImportId;
    n: number;
    /** Sealed: a `StagedMember`; null once it is not needed any more. */
    content: Buffer | null;
    /** Keyed, of all that the source says in this row. */
    row_hash: Buffer;
    /** Keyed, of the old number: members are found by it whatever their number is now. */
    number_hash: Buffer | null;
    outcome: RowOutcome;
    reasons: string[];
    candidates: Json<readonly ImportCandidate[]>;
    /** Rare keys, for finding one person twice in the file; null once that is done. */
    keys: number[] | null;
    /** As of the member that the row may become, see `MatchColumns`; null once it has, and where they are to be made anew. */
    match_keys: Defaulted<number[] | null>;
    nik_slots: Defaulted<Buffer | null>;
    decision: Defaulted<'same' | 'different' | null>;
    decided_at: Defaulted<Date | null>;
    decided_by: Defaulted<OfficerId | null>;
    member_id: Defaulted<MemberId | null>;
    applied_at: Defaulted<Date | null>;
    photo_done: Flag;
  };
  export: {
    library_id: LibraryId;
    id: ExportId;
    target: ExportTarget;
    changed_only: boolean;
    state: 'running' | 'done' | 'failed' | 'withdrawn';
    /** A code. */
    failure: Defaulted<string | null>;
    /** Whether identity numbers went along. */
    identity_numbers: boolean;
    sent: Defaulted<number>;
    misfit: Defaulted<number>;
    started_at: Date;
    finished_at: Defaulted<Date | null>;
    started_by: OfficerId | null;
    /** It went by itself. */
    feed: Flag;
  };
  feed: {
    library_id: LibraryId;
    target: ExportTarget;
    /** Of Koha's staff interface, or `mysql://host:port/database`. */
    url: Defaulted<string | null>;
    access: Defaulted<KohaAccess['kind'] | null>;
    /** The user, or the client's id. */
    account: Defaulted<string | null>;
    /** Sealed. */
    secret: Defaulted<Buffer | null>;
    every_minutes: Defaulted<number | null>;
    active: Flag;
    token_hash: Defaulted<Buffer | null>;
    made_at: Date;
    made_by: OfficerId;
    /** Counts the changes by officers. */
    version: Defaulted<number>;
    next_at: Defaulted<Date | null>;
    asked: Flag;
    looked_at: Defaulted<Date | null>;
    failures: Defaulted<number>;
    failure: Defaulted<FeedFailure | null>;
    /** Whether the address may be inside the network. */
    inside: Flag;
    first_meeting: Defaulted<FirstMeeting>;
    /** Such as the GRANT that is missing; never a secret. */
    failure_note: Defaulted<string | null>;
    failing_since: Defaulted<Date | null>;
    succeeded_at: Defaulted<Date | null>;
  };
  /** A member in a lending system that is spoken to. */
  lending_link: {
    library_id: LibraryId;
    target: LiveTarget;
    member_id: MemberId;
    /** Sealed: the key of the row there. */
    foreign_id: Defaulted<Buffer | null>;
    state: LinkState;
    reasons: Defaulted<string[]>;
    memory: ColumnType<LiveMemory, string, string>;
    /** Sealed: `Differences`, as JSON. */
    differences: Defaulted<Buffer | null>;
    tries: Defaulted<number>;
    again_at: Defaulted<Date | null>;
    changed_at: Date;
    seq: Defaulted<number>;
  };
  export_row: {
    library_id: LibraryId;
    target: ExportTarget;
    member_id: MemberId;
    export_id: ExportId;
    /** The member's, when it went. */
    version: number;
    sent: boolean;
    reasons: Defaulted<string[]>;
  };
  data_key_holder: {
    process: string;
    host: string;
    pid: number;
    active: number;
    keys: string[];
    seen_at: Defaulted<Date>;
  };
  backup_run: {
    id: Defaulted<string>;
    kind: BackupKind;
    started_at: Date;
    ended_at: Date;
    failure: BackupReason | null;
    file: string | null;
    bytes: number | null;
    rows: number | null;
    checked: CheckedHow | null;
    second: SecondCopy | null;
  };
  audit_log: {
    library_id: LibraryId;
    id: string;
    at: Date;
    actor_kind: AuditActorKind;
    actor_id: string | null;
    action: string;
    subject_kind: string;
    subject_id: string | null;
    fields: Defaulted<string[]>;
    purpose: string | null;
    digest: Buffer | null;
    request_id: string | null;
    /** The order in which rows were begun; bigint, as text. */
    seq: ColumnType<string, undefined, never>;
  };
  /** An officer's own words of an audit row, sealed under the key of whom they are about; gone with an erasure. */
  audit_words: {
    library_id: LibraryId;
    audit_id: string;
    /** The case or member. */
    subject: string;
    content: Buffer;
  };
  /** Written by `seal_audit` alone, like the next one. */
  /** How far it went to another system (AUDIT_TO). */
  audit_sent: { library_id: LibraryId; n: number; at: Date };
  audit_seal: {
    library_id: ColumnType<LibraryId, never, never>;
    n: ColumnType<number, never, never>;
    rows: ColumnType<number, never, never>;
    /** Of this seal and all before it; bigint, as text. */
    total: ColumnType<string, never, never>;
    prev: ColumnType<Buffer, never, never>;
    digest: ColumnType<Buffer, never, never>;
    sealed_at: ColumnType<Date, never, never>;
  };
  audit_leaf: {
    library_id: ColumnType<LibraryId, never, never>;
    n: ColumnType<number, never, never>;
    pos: ColumnType<number, never, never>;
    audit_id: ColumnType<string, never, never>;
    digest: ColumnType<Buffer, never, never>;
  };
}
