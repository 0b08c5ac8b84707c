import type { Role } from './permissions.ts';
import type { PlainDate } from './plain-date.ts';

/**
 * What the software can do for a step. A step names the acts that fulfil it; the step's clock runs by
 * these acts alone, so no officer ever presses "start step" or "end step".
 */
export const STEP_ACTS = [
  'arrive', // the visitor's arrival is recorded: visit log, ticket scanned, walk-in
  'see_identity', // a document was shown and recorded
  'fill_form', // the form is filled, by the applicant or by the officer
  'verify', // the filled data were compared with the document
  'cross_check', // compared with members and open cases
  'revise', // data corrected; happens only where needed
  'photo', // the photo of the card
  'endorse', // an approval by another role before the card
  'issue_card', // approval: member number, validity, card
  'print_card', // the plastic or paper card
  'hand_over', // the card is given, or the address of the KTA online
] as const;
export type StepAct = (typeof STEP_ACTS)[number];

/** Acts that a case may legitimately end without: the step then reads "tidak dilakukan". */
export const OPTIONAL_ACTS: readonly StepAct[] = ['arrive', 'revise', 'print_card'];

/** Who does a step, in the words of the procedures; `pemustaka` is the citizen. */
export type StepActor = 'pemustaka' | Role;

export interface StepBranch {
  /** Official words, Indonesian: "revisi", "tanpa revisi". */
  readonly label: string;
  /** The step the branch leads to. */
  readonly to: number;
}

export interface ProcedureStep {
  readonly no: number;
  /** Official text, Indonesian; shown with lang=id in any language of the interface. */
  readonly text: string;
  /** The symbol of PermenPANRB 35/2012: capsule, box, diamond. */
  readonly kind: 'start' | 'process' | 'decision' | 'end';
  readonly actors: readonly StepActor[];
  /** The source lost its marks: actors are inferred ("perlu dipastikan") and printed blank until confirmed. */
  readonly actorsInferred: boolean;
  /** Kelengkapan */
  readonly completeness: readonly string[];
  /** Standard time in seconds; null where the source gives none (start, end). */
  readonly standardSeconds: number | null;
  readonly output: string;
  /** Keterangan */
  readonly note: string;
  readonly branches: readonly StepBranch[];
  readonly acts: readonly StepAct[];
}

/** How a document may be shown. */
export type DocumentForm = 'original' | 'copy' | 'ikd' | 'upload';
export const DOCUMENT_TYPES = ['ktp', 'kia', 'kk', 'ktm', 'sim', 'paspor'] as const;
export type DocumentType = (typeof DOCUMENT_TYPES)[number];

export interface AcceptedDocument {
  readonly type: DocumentType;
  readonly forms: readonly DocumentForm[];
}

/** An official or an acting one, with the dates of office: officials are settings, never constants. */
export interface Official {
  readonly role: 'kepala_skpd' | 'kepala_bidang' | 'sub_koordinator';
  readonly title: string;
  readonly name: string;
  readonly rank: string;
  readonly nip: string;
  readonly from: PlainDate | null;
  readonly until: PlainDate | null;
  readonly acting: 'plh' | 'plt' | null;
}

export interface ComplaintChannel {
  readonly kind: 'phone' | 'sms' | 'whatsapp' | 'email' | 'web' | 'counter';
  readonly value: string;
}

/** One service procedure as data: what a library publishes and what the desk runs. */
export interface Procedure {
  /** What the public page calls the service; the SOP's own title may differ (SOP-J). */
  readonly serviceName: string;
  /** Identity block of SOP AP (PermenPANRB 35/2012). */
  readonly identity: {
    readonly title: string;
    readonly unit: string;
    readonly government: string;
    /** Empty where the source is empty. */
    readonly number: string;
    readonly createdOn: PlainDate | null;
    readonly revisedOn: PlainDate | null;
    readonly revision: string;
    readonly effectiveOn: PlainDate | null;
    readonly ratifiedBy: Official | null;
  };
  readonly legalBasis: readonly string[];
  readonly qualifications: readonly string[];
  readonly relatedProcedures: readonly string[];
  readonly equipment: readonly string[];
  readonly warning: string;
  readonly records: readonly string[];
  /** Columns of the flow table, in order. */
  readonly actorColumns: readonly { readonly actor: StepActor; readonly label: string }[];
  readonly steps: readonly ProcedureStep[];
  /** Rows shown on the public page; SOP-J publishes only 2 to 5. */
  readonly publicSteps: readonly number[];
  readonly documents: readonly AcceptedDocument[];
  /** Any one of the documents suffices, unless the procedure says all. */
  readonly documentsRule: 'any' | 'all';
  readonly requirements: readonly string[];
  readonly cost: string;
  readonly product: string;
  /** The published total, which may differ from the sum of the steps (SOP-J: 14 min against 13 min 50 s). */
  readonly publishedTotalSeconds: number;
  readonly complaintChannels: readonly ComplaintChannel[];
  /** The public form of the library's former system, kept as a reference. */
  readonly sourceLink: string | null;
}

/** The sum of the standard times of all steps, in seconds. */
export function sumOfStandards(procedure: Procedure): number {
  return procedure.steps.reduce((sum, step) => sum + (step.standardSeconds ?? 0), 0);
}

/** The step an act belongs to; the first, where several name it. */
export function stepOfAct(procedure: Procedure, act: StepAct): ProcedureStep | undefined {
  return procedure.steps.find((step) => step.acts.includes(act));
}

/** All steps an act covers: SOP-J 3 and 4 are one act, counted once against the sum of their standards. */
export function stepsOfAct(procedure: Procedure, act: StepAct): readonly ProcedureStep[] {
  return procedure.steps.filter((step) => step.acts.includes(act));
}

/** Whether the document was seen and, where the procedure compares the entries with it, compared. */
export function identityVerified(procedure: Procedure, done: ReadonlySet<StepAct>): boolean {
  return done.has('see_identity') && (done.has('verify') || !actsInOrder(procedure).includes('verify'));
}

/** The acts of a procedure in its order, each once. */
export function actsInOrder(procedure: Procedure): readonly StepAct[] {
  return [...new Set(procedure.steps.flatMap((step) => step.acts))];
}

/**
 * What the procedure lets happen now: every act whose mandatory predecessors are done. An act done
 * before may be done again (another photo), as the clock counts each.
 */
export function availableActs(procedure: Procedure, done: ReadonlySet<StepAct>): ReadonlySet<StepAct> {
  const available = new Set<StepAct>();
  for (const act of actsInOrder(procedure)) {
    available.add(act);
    if (!done.has(act) && !OPTIONAL_ACTS.includes(act)) break;
  }
  return available;
}

/** Whether everything the procedure demands has been done. */
export function isFinished(procedure: Procedure, done: ReadonlySet<StepAct>): boolean {
  return actsInOrder(procedure).every((act) => done.has(act) || OPTIONAL_ACTS.includes(act));
}
