import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ACTIONS_OF_STATE,
  APPLICATION_STATES,
  type ApplicationAction,
  type ApplicationState,
  actOfAction,
  allowedActions,
  type CaseFacts,
  type CaseParty,
} from './application.ts';
import { ROLES, type Role } from './permissions.ts';
import {
  actsInOrder,
  isFinished,
  OPTIONAL_ACTS,
  type Procedure,
  STEP_ACTS,
  type StepAct,
} from './procedure.ts';

/** The order of acts of the two presets and of a library that does nearly everything otherwise. */
const ORDERS = {
  banyuwangi: ['arrive', 'see_identity', 'fill_form', 'verify', 'photo', 'issue_card', 'hand_over'],
  jateng: [
    'arrive',
    'see_identity',
    'fill_form',
    'cross_check',
    'revise',
    'photo',
    'issue_card',
    'print_card',
    'hand_over',
  ],
  third: ['fill_form', 'see_identity', 'endorse', 'issue_card', 'hand_over'],
} as const satisfies Record<string, readonly StepAct[]>;

function procedureOf(acts: readonly StepAct[]): Procedure {
  return { steps: acts.map((act, index) => ({ no: index + 1, acts: [act] })) } as unknown as Procedure;
}
const fresh: CaseFacts = {
  state: 'submitted',
  done: new Set(['fill_form']),
  heldBy: null,
  escalated: false,
  escalatedBy: null,
  guardianMissing: false,
};
const officer = (roles: readonly Role[], officerId = 'me'): CaseParty => ({
  kind: 'officer',
  officerId,
  roles,
});

const procedure = fc.constantFrom(...Object.values(ORDERS)).map((acts) => procedureOf(acts));
const facts: fc.Arbitrary<CaseFacts> = fc.record({
  state: fc.constantFrom(...APPLICATION_STATES),
  done: fc.subarray([...STEP_ACTS]).map((acts) => new Set(acts)),
  heldBy: fc.constantFrom('me', 'other', null),
  escalated: fc.boolean(),
  escalatedBy: fc.constantFrom('me', 'other', null),
  guardianMissing: fc.boolean(),
});
const party: fc.Arbitrary<CaseParty> = fc.oneof(
  fc.constant<CaseParty>({ kind: 'applicant' }),
  fc.constant<CaseParty>({ kind: 'system' }),
  fc.subarray([...ROLES]).map((roles) => officer(roles)),
);

/** Checks a rule on every action that is allowed to anybody in any case. */
function always(
  rule: (action: ApplicationAction, made: Procedure, known: CaseFacts, who: CaseParty) => boolean,
) {
  fc.assert(
    fc.property(procedure, facts, party, (made, known, who) => {
      for (const action of allowedActions(made, known, who))
        expect(rule(action, made, known, who)).toBe(true);
    }),
    { numRuns: 1500 },
  );
}
const rolesOf = (who: CaseParty): readonly Role[] => (who.kind === 'officer' ? who.roles : []);

describe('whatever the case, the procedure and the person', () => {
  it('nothing happens that the state does not list', () => {
    always((action, _, { state }) =>
      (ACTIONS_OF_STATE[state] as readonly ApplicationAction[]).includes(action),
    );
  });

  it('a case that ended stays as it is', () => {
    always((_, __, { state }) => !['already_member', 'rejected', 'cancelled', 'lapsed'].includes(state));
  });

  it('a card is approved only by the officer who holds a checked case with nothing left open', () => {
    always((action, made, known, who) => {
      if (action !== 'approve') return true;
      const order = actsInOrder(made);
      const before = order
        .slice(0, order.indexOf('issue_card'))
        .filter((act) => !OPTIONAL_ACTS.includes(act));
      return (
        known.state === 'in_review' &&
        known.heldBy === 'me' &&
        !known.escalated &&
        !known.guardianMissing &&
        known.done.has('see_identity') &&
        known.done.has('cross_check') &&
        before.every((act) => known.done.has(act)) &&
        rolesOf(who).some((role) => role === 'petugas' || role === 'sub_koordinator')
      );
    });
  });

  it('rejections and exceptions are for the Sub Koordinator, and nobody decides an exception of their own', () => {
    always((action, _, known, who) => {
      if (action === 'reject') return rolesOf(who).includes('sub_koordinator');
      if (action !== 'decide_exception') return true;
      return rolesOf(who).includes('sub_koordinator') && known.escalated && known.escalatedBy !== 'me';
    });
  });

  it('an officer takes only what lies free and takes over only from another', () => {
    always((action, _, known) => {
      if (action === 'take') return known.heldBy === null;
      return action === 'take_over' ? known.heldBy === 'other' : true;
    });
  });

  it('two officers never check or correct one case at once', () => {
    const needHold: readonly ApplicationAction[] = [
      'see_identity',
      'verify',
      'cross_check',
      'correct',
      'request_correction',
      'conclude_already_member',
    ];
    always(
      (action, _, known, who) =>
        who.kind !== 'officer' || !needHold.includes(action) || known.heldBy === 'me',
    );
  });

  it('the applicant corrects, adds and withdraws, and does nothing that is an officer’s', () => {
    const own: readonly ApplicationAction[] = [
      'save_draft',
      'submit',
      'consent_as_guardian',
      'answer_correction',
      'set_photo',
      'attach_scan',
      'withdraw',
      // Opens the KTA online: received.
      'hand_over',
    ];
    always((action, _, __, who) => who.kind !== 'applicant' || own.includes(action));
  });

  it('the service itself only lets a case lapse or closes a finished one', () => {
    always((action, _, __, who) => who.kind !== 'system' || action === 'lapse' || action === 'complete');
  });

  it('heads and admins touch no case, except that the Kepala Bidang endorses where the procedure asks for it', () => {
    always((action, made, _, who) => {
      if (
        rolesOf(who).some((role) => role === 'petugas' || role === 'sub_koordinator') ||
        who.kind !== 'officer'
      )
        return true;
      return (
        action === 'endorse' &&
        rolesOf(who).includes('kepala_bidang') &&
        actsInOrder(made).includes('endorse')
      );
    });
  });

  it('no card is printed or handed over before it is issued', () => {
    always(
      (action, _, known) => !['print_card', 'hand_over'].includes(action) || known.done.has('issue_card'),
    );
  });
});

describe('a clean case', () => {
  it.each(Object.entries(ORDERS))('goes from the form to the card by the procedure of %s', (_, order) => {
    const made = procedureOf(order);
    const done = new Set<StepAct>(['fill_form']);
    const known: { state: ApplicationState; heldBy: string | null } = { state: 'submitted', heldBy: null };
    const may = (action: ApplicationAction, roles: readonly Role[] = ['petugas']) =>
      allowedActions(made, { ...fresh, ...known, done }, officer(roles)).has(action);

    expect(may('take')).toBe(true);
    known.state = 'in_review';
    known.heldBy = 'me';
    expect(may('approve')).toBe(false);
    const work: readonly ApplicationAction[] = [
      'see_identity',
      'verify',
      'cross_check',
      'set_photo',
      'endorse',
      'approve',
    ];
    for (let round = 0; round < work.length; round++)
      for (const action of work) {
        const act = actOfAction(action);
        if (act && !done.has(act) && may(action, action === 'endorse' ? ['kepala_bidang'] : ['petugas']))
          done.add(act);
      }
    expect(done.has('issue_card')).toBe(true);
    known.state = 'approved';
    expect(may('hand_over')).toBe(true);
    done.add('hand_over');
    expect(isFinished(made, done)).toBe(true);
  });

  it('takes the photo from the phone before anybody saw the document', () => {
    expect(
      allowedActions(procedureOf(ORDERS.banyuwangi), fresh, { kind: 'applicant' }).has('set_photo'),
    ).toBe(true);
    expect(allowedActions(procedureOf(ORDERS.third), fresh, { kind: 'applicant' }).has('set_photo')).toBe(
      false,
    );
  });
});
