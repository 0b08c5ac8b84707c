import { may, type Permission, type Role } from './permissions.ts';
import { actsInOrder, availableActs, identityVerified, type Procedure, type StepAct } from './procedure.ts';

/** The lifecycle of a case, equal for all libraries. */
export const APPLICATION_STATES = [
  'draft',
  'waiting_guardian',
  'submitted',
  'in_review',
  'needs_correction',
  'approved',
  'already_member',
  'rejected',
  'cancelled',
  'lapsed',
  'completed',
] as const;
export type ApplicationState = (typeof APPLICATION_STATES)[number];

/** Sent and not decided: such a case is still about to become a membership. */
export const OPEN_STATES = [
  'waiting_guardian',
  'submitted',
  'in_review',
  'needs_correction',
] as const satisfies readonly ApplicationState[];

export function isOpenState(state: ApplicationState): boolean {
  return OPEN_STATES.some((open) => open === state);
}

/** Everything anybody can do with a case. */
export type ApplicationAction =
  | 'save_draft'
  | 'submit'
  | 'consent_as_guardian'
  | 'take'
  | 'take_over'
  | 'release'
  | 'see_identity'
  | 'attach_scan'
  | 'verify'
  | 'cross_check'
  | 'correct'
  | 'request_correction'
  | 'answer_correction'
  | 'set_photo'
  | 'escalate'
  | 'decide_exception'
  | 'endorse'
  | 'approve'
  | 'conclude_already_member'
  | 'reject'
  | 'withdraw'
  | 'lapse'
  | 'print_card'
  | 'hand_over'
  | 'complete';

const working = [
  'take',
  'take_over',
  'release',
  'consent_as_guardian',
  'see_identity',
  'attach_scan',
  'verify',
  'cross_check',
  'correct',
  'request_correction',
  'set_photo',
  'escalate',
  'decide_exception',
  'endorse',
  'approve',
  'conclude_already_member',
  'reject',
  'withdraw',
] as const;

/**
 * One row of allowed actions per state. The compiler keeps it complete; the server's refusal and the
 * screen's buttons both come from `allowedActions` below.
 */
export const ACTIONS_OF_STATE = {
  draft: ['save_draft', 'submit', 'withdraw', 'lapse'],
  waiting_guardian: [
    // A mistyped birth year makes a child of an adult: who waits here must be able to put it right.
    'answer_correction',
    'consent_as_guardian',
    'attach_scan',
    'correct',
    'set_photo',
    'take',
    'withdraw',
    'lapse',
    'reject',
  ],
  submitted: ['take', 'answer_correction', 'attach_scan', 'set_photo', 'withdraw', 'lapse'],
  in_review: working,
  needs_correction: [
    'take',
    'answer_correction',
    'attach_scan',
    'set_photo',
    'correct',
    'withdraw',
    'lapse',
    'reject',
  ],
  approved: ['take', 'take_over', 'release', 'print_card', 'hand_over', 'complete'],
  already_member: [],
  rejected: [],
  cancelled: [],
  lapsed: [],
  completed: ['print_card', 'hand_over'],
} as const satisfies Record<ApplicationState, readonly ApplicationAction[]>;

/** What a person needs in order to do an action; `applicant` stands for the holder of the secret address. */
const NEEDS: Record<ApplicationAction, { applicant: boolean; officer: Permission | null }> = {
  save_draft: { applicant: true, officer: 'application.process' },
  submit: { applicant: true, officer: 'application.process' },
  consent_as_guardian: { applicant: true, officer: 'application.process' },
  take: { applicant: false, officer: 'application.process' },
  take_over: { applicant: false, officer: 'application.process' },
  release: { applicant: false, officer: 'application.process' },
  see_identity: { applicant: false, officer: 'application.process' },
  attach_scan: { applicant: true, officer: 'application.process' },
  verify: { applicant: false, officer: 'application.process' },
  cross_check: { applicant: false, officer: 'application.process' },
  correct: { applicant: false, officer: 'application.process' },
  request_correction: { applicant: false, officer: 'application.process' },
  answer_correction: { applicant: true, officer: null },
  set_photo: { applicant: true, officer: 'application.process' },
  escalate: { applicant: false, officer: 'application.process' },
  decide_exception: { applicant: false, officer: 'application.except' },
  endorse: { applicant: false, officer: 'application.endorse' },
  approve: { applicant: false, officer: 'application.approve' },
  conclude_already_member: { applicant: false, officer: 'application.process' },
  reject: { applicant: false, officer: 'application.reject' },
  withdraw: { applicant: true, officer: 'application.process' },
  lapse: { applicant: false, officer: null },
  print_card: { applicant: false, officer: 'card.print' },
  // Opening the KTA online on the own phone is how its holder receives it.
  hand_over: { applicant: true, officer: 'application.process' },
  complete: { applicant: false, officer: 'application.process' },
};

/** The act of the procedure that an action performs; actions without one are free of the procedure's order. */
const ACT_OF_ACTION: Partial<Record<ApplicationAction, StepAct>> = {
  see_identity: 'see_identity',
  verify: 'verify',
  cross_check: 'cross_check',
  correct: 'revise',
  request_correction: 'revise',
  set_photo: 'photo',
  endorse: 'endorse',
  approve: 'issue_card',
  print_card: 'print_card',
  hand_over: 'hand_over',
};

/** The act that an action performs, where it performs one. */
export function actOfAction(action: ApplicationAction): StepAct | undefined {
  return ACT_OF_ACTION[action];
}

/** Who is acting on a case. `system` is a job of the service itself. */
export type CaseParty =
  | { readonly kind: 'applicant' }
  | { readonly kind: 'officer'; readonly officerId: string; readonly roles: readonly Role[] }
  | { readonly kind: 'system' };

/** What `allowedActions` needs to know of a case. */
export interface CaseFacts {
  readonly state: ApplicationState;
  readonly done: ReadonlySet<StepAct>;
  /** The officer who holds the case; null when it lies in the queue. */
  readonly heldBy: string | null;
  /** Waiting for a decision by the Sub Koordinator: an exception or a possible duplicate. */
  readonly escalated: boolean;
  /** The officer who asked for the exception: nobody approves an exception of their own. */
  readonly escalatedBy: string | null;
  /** Under 18 and no guardian's consent recorded yet. */
  readonly guardianMissing: boolean;
}

/** Acts done before the officer sees the case need no hold; these do. */
const NEED_HOLD: ReadonlySet<ApplicationAction> = new Set([
  'release',
  'see_identity',
  'verify',
  'cross_check',
  'correct',
  'request_correction',
  'escalate',
  'approve',
  'conclude_already_member',
]);

/**
 * What this party may do with this case now: the state's row ∩ the procedure's next steps ∩ the party's
 * permission. The only place that decides; screens draw their buttons from it and use cases refuse by it.
 */
export function allowedActions(
  procedure: Procedure,
  facts: CaseFacts,
  party: CaseParty,
): ReadonlySet<ApplicationAction> {
  const next = availableActs(procedure, facts.done);
  const known = new Set(actsInOrder(procedure));
  // Every case gets these two, whether or not its procedure spends a step of its own on them.
  const isChecked = facts.done.has('see_identity') && facts.done.has('cross_check');
  const allowed = new Set<ApplicationAction>();
  for (const action of ACTIONS_OF_STATE[facts.state]) {
    if (isPermitted(action, party) && fitsProcedure(action) && fitsHold(action)) allowed.add(action);
  }
  return allowed;

  function fitsProcedure(action: ApplicationAction): boolean {
    const act = ACT_OF_ACTION[action];
    if (act === undefined) return true;
    // A photo sent from the phone and a correction may come ahead of their step: the clock counts them
    // at home, and refusing them would make the citizen wait for nothing.
    if (act === 'photo') return known.has('photo');
    if (act === 'revise') return true;
    // A card can be printed for any procedure; whether it is a step only changes the clock.
    if (act === 'print_card') return facts.done.has('issue_card');
    // Two checks that every case gets, whether or not the procedure spends a step of its own on them, each once; the
    // document again where the entries that agreed with it have been corrected since.
    if (act === 'see_identity' && identityVerified(procedure, facts.done)) return false;
    if ((act === 'cross_check' || act === 'see_identity') && !known.has(act)) return !facts.done.has(act);
    return known.has(act) ? next.has(act) : act === 'hand_over' ? facts.done.has('issue_card') : false;
  }

  function fitsHold(action: ApplicationAction): boolean {
    if (party.kind !== 'officer') return true;
    const mine = facts.heldBy === party.officerId;
    if (action === 'take') return facts.heldBy === null;
    if (action === 'take_over') return facts.heldBy !== null && !mine;
    if (NEED_HOLD.has(action) && !mine) return false;
    const inHand = action === 'set_photo' || action === 'attach_scan' || action === 'consent_as_guardian';
    if (inHand && facts.state === 'in_review' && !mine) return false;
    if (action === 'escalate') return !facts.escalated;
    if (action === 'decide_exception') return facts.escalated && facts.escalatedBy !== party.officerId;
    // The card of a member is handed out again on its strength: first the person is seen to be that member.
    if (action === 'conclude_already_member') return facts.done.has('see_identity');
    if (action === 'approve') return !facts.escalated && !facts.guardianMissing && isChecked;
    return true;
  }
}

function isPermitted(action: ApplicationAction, party: CaseParty): boolean {
  const need = NEEDS[action];
  switch (party.kind) {
    case 'system':
      return action === 'lapse' || action === 'complete';
    case 'applicant':
      return need.applicant;
    case 'officer':
      return need.officer !== null && may(party.roles, need.officer);
  }
}
