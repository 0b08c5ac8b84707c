import { actsInOrder, type StepAct } from '../../domain/procedure.ts';
import type { CaseView } from '../../usecases/read-case.ts';
import type { PanelState } from './panel-props.ts';

/** What an officer works through, in the order of the case's own procedure. */
export type DeskStep = 'identity' | 'cross_check' | 'photo' | 'endorse' | 'card';

export interface DeskStepState {
  readonly step: DeskStep;
  readonly state: PanelState;
}

const ACT: Readonly<Record<DeskStep, StepAct>> = {
  identity: 'see_identity',
  cross_check: 'cross_check',
  photo: 'photo',
  endorse: 'endorse',
  card: 'issue_card',
};

/**
 * The steps of this case with where each stands; at most one is current, and none once the case is over. A photo sent
 * from home counts as done only when an officer has accepted it.
 */
export function deskSteps(view: CaseView, photoRequired: boolean): readonly DeskStepState[] {
  const acts = actsInOrder(view.procedure);
  const place = (step: DeskStep): number => {
    const index = acts.indexOf(ACT[step]);
    if (index >= 0) return index;
    // Checks that the procedure spends no step on come where the desk would do them.
    const identity = Math.max(acts.indexOf('see_identity'), 0);
    return step === 'identity'
      ? -1
      : step === 'cross_check'
        ? identity + 0.5
        : acts.indexOf('issue_card') - 0.5;
  };
  const steps = (['identity', 'cross_check', 'photo', 'endorse', 'card'] as const)
    .filter((step) => {
      if (step === 'photo') return acts.includes('photo') || photoRequired || view.row.photo_id !== null;
      return step !== 'endorse' || acts.includes('endorse');
    })
    .sort((one, other) => place(one) - place(other));
  const inHand = view.heldByMe || view.allowed.has('endorse');
  const running = view.row.state === 'approved' || (view.row.state === 'in_review' && inHand);
  let isCurrentSet = !running;
  return steps.map((step) => {
    if (isDone(view, step)) return { step, state: 'done' };
    if (isCurrentSet) return { step, state: 'upcoming' };
    isCurrentSet = true;
    return { step, state: 'current' };
  });
}

function isDone(view: CaseView, step: DeskStep): boolean {
  const done = new Set(view.row.done_acts);
  switch (step) {
    case 'identity':
      return (
        done.has('see_identity') && (!actsInOrder(view.procedure).includes('verify') || done.has('verify'))
      );
    case 'cross_check':
      return done.has('cross_check');
    case 'photo':
      return isPhotoAccepted(view);
    case 'endorse':
      return done.has('endorse');
    case 'card':
      return done.has('hand_over');
  }
}

/** Taken or accepted at the counter, as opposed to sent from home and not yet looked at. */
export function isPhotoAccepted(view: CaseView): boolean {
  return (
    view.row.photo_id !== null &&
    view.events.some((event) => event.act === 'photo' && event.place === 'counter')
  );
}
