import { may, type Permission } from './permissions.ts';
import { OPTIONAL_ACTS, type Procedure, type ProcedureStep, STEP_ACTS, type StepAct } from './procedure.ts';

/** What keeps a procedure from being run, at the place where it is put right. */
export interface ProcedureProblem {
  /** `steps.3.acts`: the path in the procedure, steps by their index. */
  readonly field: string;
  readonly code: string;
}

/** What an officer needs for an act that the applicant cannot do. */
const OFFICER_ACTS: Partial<Record<StepAct, Permission>> = {
  see_identity: 'application.process',
  verify: 'application.process',
  cross_check: 'application.process',
  endorse: 'application.endorse',
  issue_card: 'application.approve',
  print_card: 'card.print',
};

/** Acts that begin with the card; all others end before it, as an approved case allows only these. */
const AFTER_APPROVAL: readonly StepAct[] = ['print_card', 'hand_over'];

/** Acts that look at what the form says. */
const READ_FORM: readonly StepAct[] = ['verify', 'cross_check', 'revise'];

/**
 * Why a procedure cannot be put into force yet, in the order of its parts; empty where the engine can run it from the
 * form to the card and SOP AP can be printed. The order of the acts follows from `allowedActions` and the use cases
 * behind it: what this lets through, they can finish.
 */
export function procedureProblems(procedure: Procedure): readonly ProcedureProblem[] {
  return [
    ...columnProblems(procedure),
    ...(procedure.steps.length === 0 ? [{ field: 'steps', code: 'required' }] : []),
    ...procedure.steps.flatMap((step, index) => [
      ...stepProblems(procedure, step, index),
      ...branchProblems(procedure, step, index),
    ]),
    ...orderProblems(procedure),
    ...(procedure.steps.some((step) => procedure.publicSteps.includes(step.no))
      ? []
      : [{ field: 'publicSteps', code: 'needs_one' }]),
    ...documentProblems(procedure),
  ];
}

function columnProblems({ actorColumns }: Procedure): ProcedureProblem[] {
  if (actorColumns.length === 0) return [{ field: 'actorColumns', code: 'needs_one' }];
  return actorColumns.flatMap(({ actor, label }) =>
    label === '' ? [{ field: `actorColumns.${actor}`, code: 'required' }] : [],
  );
}

function stepProblems(procedure: Procedure, step: ProcedureStep, index: number): ProcedureProblem[] {
  const problems: ProcedureProblem[] = [];
  const say = (field: string, code: string) => problems.push({ field: `steps.${index}.${field}`, code });
  const isMark = step.kind === 'start' || step.kind === 'end';
  if (step.text === '') say('text', 'required');
  if ((step.kind === 'start' && index > 0) || (step.kind === 'end' && index < procedure.steps.length - 1))
    say('kind', 'kind_place');
  if (step.standardSeconds === null && !isMark) say('standardSeconds', 'required');
  if (!step.actors.some((actor) => procedure.actorColumns.some((column) => column.actor === actor)))
    say('actors', step.actors.length === 0 ? 'needs_one' : 'no_column');
  else if (step.acts.some((act) => !canBeDone(step, act))) say('actors', 'cannot_do');
  return problems;
}

function canBeDone({ actors }: ProcedureStep, act: StepAct): boolean {
  const permission = OFFICER_ACTS[act];
  return (
    permission === undefined || actors.some((actor) => actor !== 'pemustaka' && may([actor], permission))
  );
}

function branchProblems(procedure: Procedure, step: ProcedureStep, index: number): ProcedureProblem[] {
  const field = `steps.${index}.branches`;
  if (step.kind !== 'decision') return step.branches.length > 0 ? [{ field, code: 'branch_kind' }] : [];
  if (step.branches.length < 2) return [{ field, code: 'branch_two' }];
  return step.branches.flatMap(({ label, to }, at) => [
    ...(label === '' ? [{ field: `${field}.${at}.label`, code: 'required' }] : []),
    ...(procedure.steps.some((other) => other.no === to)
      ? []
      : [{ field: `${field}.${at}.to`, code: 'required' }]),
  ]);
}

/** Whether every act can be reached, in the order in which the counter works. */
function orderProblems({ steps }: Procedure): ProcedureProblem[] {
  const places = steps.flatMap((step, index) => step.acts.map((act) => ({ act, index })));
  // As the engine reads it: an act that several steps name belongs to the first.
  const order = places.filter(({ act }, at) => places.findIndex((other) => other.act === act) === at);
  const at = (act: StepAct) => order.findIndex((place) => place.act === act);
  const problems: ProcedureProblem[] = [];
  const say = (index: number, code: string) => {
    const field = `steps.${index}.acts`;
    if (!problems.some((problem) => problem.field === field && problem.code === code))
      problems.push({ field, code });
  };
  const approval = at('issue_card');
  if (approval < 0) problems.push({ field: 'acts', code: 'no_approval' });
  order.forEach(({ act, index }, place) => {
    if (approval >= 0 && AFTER_APPROVAL.includes(act) && place < approval) say(index, 'before_approval');
    if (approval >= 0 && !AFTER_APPROVAL.includes(act) && place > approval) say(index, 'after_approval');
    if (READ_FORM.includes(act) && at('fill_form') > place) say(index, 'before_form');
  });
  const verify = order[at('verify')];
  if (verify) {
    // One press records that the document was seen and agrees: nothing else can stand between the two.
    const between = order.slice(at('see_identity') + 1, at('verify')).map(({ act }) => act);
    const isTogether = between.every((act) => act === 'fill_form' || OPTIONAL_ACTS.includes(act));
    if (at('see_identity') < 0 || at('see_identity') > at('verify') || !isTogether)
      say(verify.index, 'verify_apart');
  }
  for (const act of STEP_ACTS) {
    const indexes = places.filter((place) => place.act === act).map(({ index }) => index);
    const last = indexes.at(-1);
    // Steps of one act are one line of the clock: another step between them would lie inside that line.
    if (last !== undefined && indexes.some((index, nth) => nth > 0 && index !== (indexes[nth - 1] ?? 0) + 1))
      say(last, 'act_apart');
  }
  return problems.sort((one, other) => indexIn(one.field) - indexIn(other.field));
}

function indexIn(field: string): number {
  return Number(/^steps\.(\d+)/.exec(field)?.[1] ?? -1);
}

function documentProblems({ documents, requirements }: Procedure): ProcedureProblem[] {
  return [
    ...(documents.length === 0 ? [{ field: 'documents', code: 'needs_one' }] : []),
    ...documents.flatMap(({ type, forms }) =>
      forms.length === 0 ? [{ field: `documents.${type}`, code: 'needs_one' }] : [],
    ),
    ...(requirements.length === 0 ? [{ field: 'requirements', code: 'required' }] : []),
  ];
}
