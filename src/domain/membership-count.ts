import { addDays, type PlainDate, plainDateIn } from './plain-date.ts';

/** What happened to a membership; `corrected` and `card_replaced` change no count. */
export type MembershipChangeKind =
  | 'joined'
  | 'renewed'
  | 'suspended'
  | 'resumed'
  | 'cleared'
  | 'ended'
  | 'corrected'
  | 'card_replaced'
  | 'reactivated';

/** A row of the history of memberships, as the count reads it. */
export interface MembershipChange {
  readonly memberId: string;
  readonly effectiveAt: Date;
  readonly kind: MembershipChangeKind;
  /** Last day of validity as it stands after the change; null is for life. */
  readonly validUntil: PlainDate | null;
}

/** `active` (aktif), `expired` (kedaluwarsa), `suspended` (ditangguhkan), `cleared` (bebas pustaka), `ended` (berhenti). */
export type MembershipStatus = 'active' | 'expired' | 'suspended' | 'cleared' | 'ended';

export interface MembershipCount {
  /** Terdaftar: everybody who joined and did not end. */
  readonly registered: number;
  readonly active: number;
  readonly expired: number;
  readonly suspended: number;
  readonly cleared: number;
  /** Berhenti up to this date. */
  readonly ended: number;
}

/** Ways into and out of the active members. */
export type ActiveIn = 'joined' | 'renewed' | 'resumed' | 'reactivated';
export type ActiveOut = 'expired' | 'suspended' | 'cleared' | 'ended';

/** The movement of a period; `opening + in − out = closing` holds for the registered and for the active. */
export interface MembershipMovement {
  readonly opening: MembershipCount;
  readonly closing: MembershipCount;
  readonly registered: { readonly joined: number; readonly reactivated: number; readonly ended: number };
  readonly active: {
    readonly in: Readonly<Record<ActiveIn, number>>;
    readonly out: Readonly<Record<ActiveOut, number>>;
  };
  /** Diperpanjang: all renewals, those before the end of validity included, which move nobody. */
  readonly renewals: number;
}

/** A membership passing from one status to another, on the library's calendar. */
export interface MembershipStep {
  readonly on: PlainDate;
  readonly from: MembershipStatus | null;
  readonly to: MembershipStatus;
  readonly cause: MembershipChangeKind | 'expired';
}

/** The members as they stood at the end of a date, on the wall calendar of the zone. */
export function countMembers(
  changes: readonly MembershipChange[],
  on: PlainDate,
  zone: string,
): MembershipCount {
  const count = { registered: 0, active: 0, expired: 0, suspended: 0, cleared: 0, ended: 0 };
  for (const history of historiesOf(changes)) {
    const status = stepsOf(history, zone, on).at(-1)?.to;
    if (status === undefined) continue;
    count[status]++;
    if (status !== 'ended') count.registered++;
  }
  return count;
}

/** How the members of one date became those of another; both days are part of the period. */
export function countMovement(
  changes: readonly MembershipChange[],
  from: PlainDate,
  to: PlainDate,
  zone: string,
): MembershipMovement {
  const registered = { joined: 0, reactivated: 0, ended: 0 };
  const into = { joined: 0, renewed: 0, resumed: 0, reactivated: 0 };
  const out = { expired: 0, suspended: 0, cleared: 0, ended: 0 };
  let renewals = 0;
  for (const history of historiesOf(changes)) {
    for (const step of stepsOf(history, zone, to)) {
      if (step.on < from) continue;
      if (step.cause === 'renewed') renewals++;
      if (step.from === null) registered.joined++;
      else if (step.from === 'ended' && step.to !== 'ended') registered.reactivated++;
      else if (step.from !== 'ended' && step.to === 'ended') registered.ended++;
      if (step.from !== 'active' && step.to === 'active') into[entrance(step)]++;
      if (step.from === 'active' && step.to !== 'active') out[step.to]++;
    }
  }
  return {
    opening: countMembers(changes, addDays(from, -1), zone),
    closing: countMembers(changes, to, zone),
    registered,
    active: { in: into, out },
    renewals,
  };
}

/**
 * The passages of one membership up to the end of a date. Nothing is netted: who joins and ends on one day
 * came and went, so that the months of a year add up to the year. A membership expires on the day after its
 * last day of validity. Renewals are passages even where the status stays.
 * @param history changes of one member in order of effect, as `historiesOf` gives them
 */
export function stepsOf(
  history: readonly MembershipChange[],
  zone: string,
  until: PlainDate,
): readonly MembershipStep[] {
  const steps: MembershipStep[] = [];
  let base: Exclude<MembershipStatus, 'expired'> | null = null;
  let status: MembershipStatus | null = null;
  let validUntil: PlainDate | null = null;
  for (const change of history) {
    const on = plainDateIn(zone, change.effectiveAt);
    if (on > until) break;
    expireBefore(on);
    const next = baseAfter(base, change.kind);
    if (next === null) continue;
    const first = base === null;
    base = next;
    validUntil = change.validUntil;
    const to = statusOf(base, validUntil, on);
    if (to !== status || first || change.kind === 'renewed')
      steps.push({ on, from: status, to, cause: change.kind });
    status = to;
  }
  expireBefore(until);
  return steps;

  /** The end of validity passes by itself, at the beginning of the day after. */
  function expireBefore(day: PlainDate): void {
    if (status !== 'active' || validUntil === null || validUntil >= day) return;
    steps.push({ on: addDays(validUntil, 1), from: status, to: 'expired', cause: 'expired' });
    status = 'expired';
  }
}

/** The changes of each member in order of effect; those at one instant keep the order given. */
export function historiesOf(changes: readonly MembershipChange[]): readonly (readonly MembershipChange[])[] {
  const byMember = new Map<string, MembershipChange[]>();
  for (const change of changes) {
    const history = byMember.get(change.memberId);
    if (history) history.push(change);
    else byMember.set(change.memberId, [change]);
  }
  return [...byMember.values()].map((history) =>
    history.sort((one, other) => one.effectiveAt.getTime() - other.effectiveAt.getTime()),
  );
}

function statusOf(
  base: Exclude<MembershipStatus, 'expired'>,
  validUntil: PlainDate | null,
  day: PlainDate,
): MembershipStatus {
  return base === 'active' && validUntil !== null && validUntil < day ? 'expired' : base;
}

/** null: before joining nothing else counts. An ended membership comes back only by `reactivated` or `joined`. */
function baseAfter(
  base: Exclude<MembershipStatus, 'expired'> | null,
  kind: MembershipChangeKind,
): Exclude<MembershipStatus, 'expired'> | null {
  if (base === null) return kind === 'joined' ? 'active' : null;
  switch (kind) {
    case 'joined':
    case 'reactivated':
      return 'active';
    case 'resumed':
      return base === 'ended' ? base : 'active';
    case 'suspended':
    case 'cleared':
      return base === 'ended' ? base : kind;
    case 'ended':
      return 'ended';
    case 'renewed':
    case 'corrected':
    case 'card_replaced':
      return base;
  }
}

function entrance(step: MembershipStep): ActiveIn {
  switch (step.cause) {
    case 'joined':
      return step.from === null ? 'joined' : 'reactivated';
    case 'renewed':
    case 'resumed':
    case 'reactivated':
      return step.cause;
    // A corrected end of validity makes an expired member valid again: a renewal in all but name.
    default:
      return 'renewed';
  }
}
