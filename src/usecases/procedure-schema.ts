import { z } from 'zod';
import { ROLES } from '../domain/permissions.ts';
import { DOCUMENT_TYPES, type Procedure, STEP_ACTS, type StepActor } from '../domain/procedure.ts';
import type { ProcedureProblem } from '../domain/procedure-rules.ts';

/** Who can stand in a column of the flow table; an admin does no step. */
export const STEP_ACTORS: readonly StepActor[] = ['pemustaka', ...ROLES.filter((role) => role !== 'admin')];
export const STEP_KINDS = ['start', 'process', 'decision', 'end'] as const;
export const DOCUMENT_FORMS = ['original', 'copy', 'ikd', 'upload'] as const;

/** A step as the editor sends it: it may be half finished, `procedureProblems` says so before it is passed on. */
export interface StepEdit {
  /** Names the step while it is moved about: the number it had when the editor was opened, or `baru-1`. */
  readonly key: string;
  readonly text: string;
  readonly kind: string;
  readonly actors: readonly string[];
  /** The actors that were inferred have been confirmed. */
  readonly actorsConfirmed: boolean;
  readonly acts: readonly string[];
  /** null where there is none. */
  readonly standardSeconds: number | null;
  readonly completeness: readonly string[];
  readonly output: string;
  readonly note: string;
  /** `to` is the key of a step; empty where none was chosen, or it was taken out. */
  readonly branches: readonly { readonly label: string; readonly to: string }[];
  readonly isPublic: boolean;
}

/** Everything of a procedure that a draft may change, in the order of its steps. */
export interface ProcedureEdit {
  readonly serviceName: string;
  readonly title: string;
  readonly number: string;
  readonly revision: string;
  readonly legalBasis: readonly string[];
  readonly qualifications: readonly string[];
  readonly relatedProcedures: readonly string[];
  readonly equipment: readonly string[];
  readonly warning: string;
  readonly records: readonly string[];
  readonly requirements: readonly string[];
  readonly cost: string;
  readonly product: string;
  readonly publishedTotalSeconds: number;
  readonly complaintChannels: readonly { readonly kind: string; readonly value: string }[];
  readonly actorColumns: readonly { readonly actor: string; readonly label: string }[];
  readonly documents: readonly { readonly type: string; readonly forms: readonly string[] }[];
  readonly documentsRule: string;
  readonly steps: readonly StepEdit[];
}

const line = (longest: number) => z.string().trim().max(longest, 'too_long');
const filled = (longest: number) => z.string().trim().min(1, 'required').max(longest, 'too_long');
const lines = z.array(filled(400)).max(40, 'too_large');
const seconds = z
  .number('format')
  .int('format')
  .min(0, 'too_small')
  .max(7 * 86_400, 'too_large');
const actor = z.enum(STEP_ACTORS, 'unknown_choice');

const stepSchema = z.object({
  key: z.string().max(20, 'format'),
  text: line(600),
  kind: z.enum(STEP_KINDS, 'unknown_choice'),
  actors: z.array(actor),
  actorsConfirmed: z.boolean(),
  acts: z.array(z.enum(STEP_ACTS, 'unknown_choice')),
  standardSeconds: z.union([z.null(), seconds]),
  completeness: lines,
  output: line(300),
  note: line(400),
  branches: z.array(z.object({ label: line(60), to: z.string().max(20, 'format') })).max(6, 'too_large'),
  isPublic: z.boolean(),
});

const schema = z.object({
  serviceName: filled(200),
  title: filled(200),
  number: line(80),
  revision: line(20),
  legalBasis: lines,
  qualifications: lines,
  relatedProcedures: lines,
  equipment: lines,
  warning: line(600),
  records: lines,
  requirements: lines,
  cost: line(200),
  product: line(200),
  publishedTotalSeconds: seconds.min(1, 'required'),
  complaintChannels: z
    .array(
      z.object({
        kind: z.enum(['phone', 'sms', 'whatsapp', 'email', 'web', 'counter'], 'unknown_choice'),
        value: filled(200),
      }),
    )
    .max(12, 'too_large'),
  actorColumns: z.array(z.object({ actor, label: line(40) })),
  documents: z.array(
    z.object({
      type: z.enum(DOCUMENT_TYPES, 'unknown_choice'),
      forms: z.array(z.enum(DOCUMENT_FORMS, 'unknown_choice')),
    }),
  ),
  documentsRule: z.enum(['any', 'all'], 'unknown_choice'),
  steps: z.array(stepSchema).max(40, 'too_large'),
});

/**
 * The draft with this edit in it, or what cannot be stored. Steps are numbered anew in their order; branches and the
 * rows of the public page follow their steps. Whether it could be put into force is asked of `procedureProblems`.
 */
export function editProcedure(
  procedure: Procedure,
  edit: ProcedureEdit,
): { ok: true; procedure: Procedure } | { ok: false; problems: readonly ProcedureProblem[] } {
  const result = schema.safeParse(edit);
  if (!result.success)
    return {
      ok: false,
      problems: result.error.issues.map((issue) => ({ field: issue.path.join('.'), code: issue.message })),
    };
  const { title, number, revision, steps, ...rest } = result.data;
  const numbers = new Map(steps.map((step, index) => [step.key, index + 1]));
  return {
    ok: true,
    procedure: {
      ...procedure,
      ...rest,
      identity: { ...procedure.identity, title, number, revision },
      steps: steps.map(({ key, actorsConfirmed, isPublic: _public, branches, acts, ...step }, index) => {
        const stored = procedure.steps.find((one) => String(one.no) === key);
        return {
          ...step,
          no: index + 1,
          // One press may do several acts: they count in the order in which the counter does them.
          actors: STEP_ACTORS.filter((one) => step.actors.includes(one)),
          acts: STEP_ACTS.filter((act) => acts.includes(act)),
          actorsInferred:
            stored?.actorsInferred === true && !actorsConfirmed && same(stored.actors, step.actors),
          branches: branches
            .filter(({ label, to }) => label !== '' || to !== '')
            .map(({ label, to }) => ({ label, to: numbers.get(to) ?? 0 })),
        };
      }),
      publicSteps: steps.flatMap((step, index) => (step.isPublic ? [index + 1] : [])),
    },
  };
}

/** The edit that changes nothing. */
export function editOf({ identity, steps, publicSteps, ...rest }: Procedure): ProcedureEdit {
  return {
    ...rest,
    title: identity.title,
    number: identity.number,
    revision: identity.revision,
    steps: steps.map((step) => ({
      ...step,
      key: String(step.no),
      actorsConfirmed: false,
      isPublic: publicSteps.includes(step.no),
      branches: step.branches.map(({ label, to }) => ({ label, to: String(to) })),
    })),
  };
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each));
}
