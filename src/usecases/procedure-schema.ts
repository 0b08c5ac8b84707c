import { z } from 'zod';
import type { Procedure } from '../domain/procedure.ts';

/**
 * What may be edited in a draft: texts, times, requirements and channels. The order of the steps and the acts that
 * fulfil them are the machine of the procedure and stay as they are.
 */
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
  readonly steps: readonly {
    readonly no: number;
    readonly text: string;
    /** null where the source gives none. */
    readonly standardSeconds: number | null;
    readonly completeness: readonly string[];
    readonly output: string;
    readonly note: string;
    /** The actors that were inferred have been confirmed. */
    readonly actorsConfirmed: boolean;
  }[];
}

const line = (longest: number) => z.string().trim().max(longest, 'too_long');
const filled = (longest: number) => z.string().trim().min(1, 'required').max(longest, 'too_long');
const lines = z.array(filled(400)).max(40, 'too_large');
const seconds = z
  .number('format')
  .int('format')
  .min(0, 'too_small')
  .max(7 * 86_400, 'too_large');

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
  steps: z.array(
    z.object({
      no: z.number().int(),
      text: filled(600),
      standardSeconds: z.union([z.null(), seconds]),
      completeness: lines,
      output: line(300),
      note: line(400),
      actorsConfirmed: z.boolean(),
    }),
  ),
});

export interface ProcedureProblem {
  /** `steps.3.text` */
  readonly field: string;
  readonly code: string;
}

/** The draft with these texts in it, or what is wrong with them. */
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
  const { title, number, revision, steps, ...texts } = result.data;
  return {
    ok: true,
    procedure: {
      ...procedure,
      ...texts,
      identity: { ...procedure.identity, title, number, revision },
      steps: procedure.steps.map((step) => {
        const change = steps.find((one) => one.no === step.no);
        if (!change) return step;
        const { actorsConfirmed, no: _no, ...rest } = change;
        return { ...step, ...rest, actorsInferred: step.actorsInferred && !actorsConfirmed };
      }),
    },
  };
}
