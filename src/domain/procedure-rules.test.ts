import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { thirdLibrary } from '../../tests/support/third-library.ts';
import { type ApplicationAction, actOfAction, allowedActions, type CaseFacts } from './application.ts';
import { ROLES } from './permissions.ts';
import {
  actsInOrder,
  availableActs,
  isFinished,
  type Procedure,
  type ProcedureStep,
  STEP_ACTS,
  type StepAct,
} from './procedure.ts';
import { procedureProblems } from './procedure-rules.ts';

const base = thirdLibrary.procedure;

function stepsOf(acts: readonly (readonly StepAct[])[]): Procedure {
  const steps = acts.map(
    (own, index): ProcedureStep => ({
      no: index + 1,
      text: `Langkah ${index + 1}`,
      kind: 'process',
      actors: ['pemustaka', 'petugas', 'kepala_bidang'],
      actorsInferred: false,
      completeness: [],
      standardSeconds: 60,
      output: '',
      note: '',
      branches: [],
      acts: own,
    }),
  );
  return { ...base, steps, publicSteps: [1] };
}

const codes = (procedure: Procedure) =>
  procedureProblems(procedure).map(({ field, code }) => `${field} ${code}`);

/** Works a case through as a counter would, with all roles, doing whatever is allowed until nothing new happens. */
function canBeFinished(procedure: Procedure): boolean {
  const known = actsInOrder(procedure);
  const done = new Set<StepAct>(known.filter((act) => act === 'arrive' || act === 'fill_form'));
  let state: 'in_review' | 'approved' = 'in_review';
  for (let round = 0; round < 30; round++) {
    const facts: CaseFacts = {
      state,
      done,
      heldBy: 'a',
      escalated: false,
      escalatedBy: null,
      guardianMissing: false,
    };
    const allowed = allowedActions(procedure, facts, { kind: 'officer', officerId: 'a', roles: ROLES });
    // Nobody verifies apart from seeing the document: that press records both, where both are next.
    const acts: readonly ApplicationAction[] = [
      'see_identity',
      'cross_check',
      'set_photo',
      'endorse',
      'approve',
      'print_card',
      'hand_over',
    ];
    const next = acts.find((action) => {
      const act = actOfAction(action);
      return act !== undefined && !done.has(act) && allowed.has(action);
    });
    const act = next === undefined ? undefined : actOfAction(next);
    if (next === undefined || act === undefined) break;
    done.add(act);
    if (act === 'see_identity' && known.includes('verify') && availableActs(procedure, done).has('verify'))
      done.add('verify');
    if (next === 'approve') state = 'approved';
  }
  return state === 'approved' && isFinished(procedure, done);
}

test('a procedure in another order than the presets may go into force', () => {
  expect(codes(base)).toEqual([]);
  expect(canBeFinished(base)).toBe(true);
});

describe('the order of the acts', () => {
  it('that is let through can always be worked to the end at the counter', () => {
    const acts = fc.shuffledSubarray([...STEP_ACTS], { minLength: 1 }).chain((order) =>
      fc.array(fc.nat({ max: 2 }), { minLength: order.length, maxLength: order.length }).map((cuts) => {
        const steps: StepAct[][] = [[]];
        order.forEach((act, index) => {
          if (cuts[index] === 0) steps.push([]);
          steps.at(-1)?.push(act);
        });
        return steps;
      }),
    );
    let passed = 0;
    fc.assert(
      fc.property(acts, (steps) => {
        const procedure = stepsOf(steps);
        if (codes(procedure).length > 0) return;
        passed++;
        expect(canBeFinished(procedure)).toBe(true);
      }),
      { numRuns: 20_000 },
    );
    expect(passed).toBeGreaterThan(20);
  });

  it('that cannot be worked to the end is never let through', () => {
    const order = fc.shuffledSubarray([...STEP_ACTS], { minLength: 1 });
    fc.assert(
      fc.property(order, (acts) => {
        const procedure = stepsOf(acts.map((act) => [act]));
        if (!canBeFinished(procedure)) expect(codes(procedure)).not.toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['without an approval', [['fill_form'], ['hand_over']], ['acts no_approval']],
    ['with the card handed over first', [['hand_over'], ['issue_card']], ['steps.0.acts before_approval']],
    ['with a photo after the card', [['issue_card'], ['photo']], ['steps.1.acts after_approval']],
    [
      'checking a form before it is filled',
      [['cross_check'], ['fill_form'], ['issue_card']],
      ['steps.0.acts before_form'],
    ],
    [
      'verifying without having seen the document',
      [['verify'], ['issue_card']],
      ['steps.0.acts verify_apart'],
    ],
    [
      'verifying only after the photo',
      [['see_identity'], ['photo'], ['verify'], ['issue_card']],
      ['steps.2.acts verify_apart'],
    ],
    [
      'with one act in steps apart',
      [['fill_form'], ['photo'], ['fill_form'], ['issue_card']],
      ['steps.2.acts act_apart'],
    ],
  ] as const)('is refused %s', (_name, acts, expected) => {
    expect(codes(stepsOf(acts))).toEqual(expected);
  });
});

describe('a step', () => {
  const whole = stepsOf([['fill_form'], ['issue_card']]);
  const first = (changes: Partial<ProcedureStep>): Procedure => ({
    ...whole,
    steps: whole.steps.map((step, index) => (index === 0 ? { ...step, ...changes } : step)),
  });

  it.each([
    [{ text: '' }, 'steps.0.text required'],
    [{ standardSeconds: null }, 'steps.0.standardSeconds required'],
    [{ actors: [] }, 'steps.0.actors needs_one'],
    [{ actors: ['sub_koordinator'] }, 'steps.0.actors no_column'],
    [{ actors: ['pemustaka'], acts: ['see_identity'] }, 'steps.0.actors cannot_do'],
    [{ actors: ['petugas'], acts: ['endorse'] }, 'steps.0.actors cannot_do'],
    [{ kind: 'end' }, 'steps.0.kind kind_place'],
    [{ branches: [{ label: 'ya', to: 2 }] }, 'steps.0.branches branch_kind'],
    [{ kind: 'decision' }, 'steps.0.branches branch_two'],
    [
      {
        kind: 'decision',
        branches: [
          { label: 'ya', to: 2 },
          { label: 'tidak', to: 9 },
        ],
      },
      'steps.0.branches.1.to required',
    ],
  ] as const)('%o is refused where it stands', (changes, problem) => {
    expect(codes(first(changes))).toEqual([problem]);
  });

  it('that only marks the beginning needs no time', () => {
    expect(codes(first({ kind: 'start', standardSeconds: null }))).toEqual([]);
  });
});

test('documents, requirements, columns and rows for the public are each needed', () => {
  const whole = stepsOf([['issue_card']]);
  expect(codes({ ...whole, documents: [] })).toEqual(['documents needs_one']);
  expect(codes({ ...whole, documents: [{ type: 'ktp', forms: [] }] })).toEqual(['documents.ktp needs_one']);
  expect(codes({ ...whole, requirements: [] })).toEqual(['requirements required']);
  expect(codes({ ...whole, publicSteps: [] })).toEqual(['publicSteps needs_one']);
  expect(codes({ ...whole, steps: [] })).toEqual([
    'steps required',
    'acts no_approval',
    'publicSteps needs_one',
  ]);
  expect(codes({ ...whole, actorColumns: [] })).toContain('actorColumns needs_one');
});
