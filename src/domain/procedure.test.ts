import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  actsInOrder,
  availableActs,
  isFinished,
  OPTIONAL_ACTS,
  type Procedure,
  STEP_ACTS,
  type StepAct,
  stepOfAct,
  stepsOfAct,
  sumOfStandards,
} from './procedure.ts';

/** Only the steps matter here. */
function procedureOf(steps: readonly { acts: readonly StepAct[]; seconds?: number | null }[]): Procedure {
  return {
    steps: steps.map(({ acts, seconds = null }, index) => ({
      no: index + 1,
      acts,
      standardSeconds: seconds,
    })),
  } as unknown as Procedure;
}

const act = fc.constantFrom(...STEP_ACTS);
const procedure = fc
  .array(fc.array(act, { maxLength: 3 }), { maxLength: 9 })
  .map((steps) => procedureOf(steps.map((acts) => ({ acts }))));
const done = fc.array(act, { maxLength: 11 }).map((acts): ReadonlySet<StepAct> => new Set(acts));

describe('the steps of a procedure', () => {
  it('add up their standard times, leaving out what has none', () => {
    const sopJ = [null, 10, 300, 300, 60, 120, 30, 10, null].map((seconds) => ({ acts: [], seconds }));
    expect(sumOfStandards(procedureOf(sopJ))).toBe(13 * 60 + 50);
  });

  it('may share one act: SOP-J writes the same data twice', () => {
    const twice = procedureOf([{ acts: ['arrive'] }, { acts: ['fill_form'] }, { acts: ['fill_form'] }]);
    expect(stepsOfAct(twice, 'fill_form').map((step) => step.no)).toEqual([2, 3]);
    expect(stepOfAct(twice, 'fill_form')?.no).toBe(2);
    expect(stepOfAct(twice, 'photo')).toBeUndefined();
    expect(actsInOrder(twice)).toEqual(['arrive', 'fill_form']);
  });
});

describe('what a procedure lets happen next', () => {
  it('is each act whose mandatory predecessors are done', () => {
    fc.assert(
      fc.property(procedure, done, (made, acts) => {
        const order = actsInOrder(made);
        const available = availableActs(made, acts);
        for (const [index, each] of order.entries()) {
          const before = order.slice(0, index).filter((other) => !OPTIONAL_ACTS.includes(other));
          expect(available.has(each)).toBe(before.every((other) => acts.has(other)));
        }
        expect([...available].every((each) => order.includes(each))).toBe(true);
      }),
    );
  });

  it('never holds a case up for an act that may be left out', () => {
    const made = procedureOf([
      { acts: ['arrive'] },
      { acts: ['cross_check'] },
      { acts: ['revise'] },
      { acts: ['photo'] },
    ]);
    expect([...availableActs(made, new Set())]).toEqual(['arrive', 'cross_check']);
    expect(availableActs(made, new Set(['cross_check'])).has('photo')).toBe(true);
  });

  it('leads to the end when one always does what comes next', () => {
    fc.assert(
      fc.property(procedure, (made) => {
        const acts = new Set<StepAct>();
        for (let round = 0; round <= STEP_ACTS.length && !isFinished(made, acts); round++) {
          const next = [...availableActs(made, acts)].find(
            (each) => !acts.has(each) && !OPTIONAL_ACTS.includes(each),
          );
          if (next) acts.add(next);
        }
        expect(isFinished(made, acts)).toBe(true);
      }),
    );
  });
});
