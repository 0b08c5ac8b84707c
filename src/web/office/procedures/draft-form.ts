import type { Procedure } from '../../../domain/procedure.ts';
import { DOCUMENT_TYPES } from '../../../domain/procedure.ts';
import {
  editOf,
  type ProcedureEdit,
  STEP_ACTORS,
  type StepEdit,
} from '../../../usecases/procedure-schema.ts';
import type { FormBody } from '../../form-body.ts';
import { channelOf, channelWord } from './channel-words.ts';

export const LINES = [
  'serviceName',
  'title',
  'number',
  'revision',
  'cost',
  'product',
  'warning',
  'publishedTotalSeconds',
] as const;
export const LISTS = [
  'requirements',
  'legalBasis',
  'qualifications',
  'relatedProcedures',
  'equipment',
  'records',
  'complaintChannels',
] as const;

/** A step as it is typed: times and lists are texts, so that what cannot be read stands there again. */
export interface StepForm extends Omit<StepEdit, 'standardSeconds' | 'completeness'> {
  readonly standardSeconds: string;
  readonly completeness: string;
}

/** The editor's form as it is typed. */
export interface DraftForm {
  readonly texts: Readonly<Record<(typeof LINES)[number] | (typeof LISTS)[number], string>>;
  readonly columns: readonly { readonly actor: string; readonly label: string; readonly shown: boolean }[];
  readonly documents: readonly { readonly type: string; readonly forms: readonly string[] }[];
  readonly documentsRule: string;
  readonly steps: readonly StepForm[];
}

/** A decision leads two ways; more only where the procedure has them. */
const BRANCHES = 2;

export function formOf(procedure: Procedure): DraftForm {
  const edit = editOf(procedure);
  const columns = edit.actorColumns.map((column) => ({ ...column, shown: true }));
  const others = STEP_ACTORS.filter((actor) => !columns.some((column) => column.actor === actor));
  return {
    texts: {
      ...edit,
      publishedTotalSeconds: minutesText(edit.publishedTotalSeconds),
      requirements: edit.requirements.join('\n'),
      legalBasis: edit.legalBasis.join('\n'),
      qualifications: edit.qualifications.join('\n'),
      relatedProcedures: edit.relatedProcedures.join('\n'),
      equipment: edit.equipment.join('\n'),
      records: edit.records.join('\n'),
      complaintChannels: edit.complaintChannels
        .map((one) => `${channelWord(one.kind)}: ${one.value}`)
        .join('\n'),
    },
    columns: [...columns, ...others.map((actor) => ({ actor, label: '', shown: false }))],
    documents: DOCUMENT_TYPES.map((type) => ({
      type,
      forms: edit.documents.find((document) => document.type === type)?.forms ?? [],
    })),
    documentsRule: edit.documentsRule,
    steps: edit.steps.map((step) => ({
      ...step,
      standardSeconds: step.standardSeconds === null ? '' : minutesText(step.standardSeconds),
      completeness: step.completeness.join('\n'),
    })),
  };
}

export function readDraft(body: FormBody): DraftForm {
  const count = Math.min(60, Number(body.text('steps.jumlah')) || 0);
  return {
    texts: Object.fromEntries(
      [...LINES, ...LISTS].map((name) => [name, body.text(name)]),
    ) as DraftForm['texts'],
    columns: body.texts('kolom').map((actor) => ({
      actor,
      label: body.text(`actorColumns.${actor}`),
      shown: body.text(`actorColumns.${actor}.shown`) !== '',
    })),
    documents: DOCUMENT_TYPES.map((type) => ({ type, forms: body.texts(`documents.${type}`) })),
    documentsRule: body.text('documentsRule'),
    steps: Array.from({ length: count }, (_none, index) => {
      const at = `steps.${index}`;
      const branches = Number(body.text(`${at}.cabang`)) || 0;
      return {
        key: body.text(`${at}.key`),
        text: body.text(`${at}.text`),
        kind: body.text(`${at}.kind`),
        actors: body.texts(`${at}.actors`),
        actorsConfirmed: body.text(`${at}.actorsConfirmed`) !== '',
        acts: body.texts(`${at}.acts`),
        standardSeconds: body.text(`${at}.standardSeconds`),
        completeness: body.text(`${at}.completeness`),
        output: body.text(`${at}.output`),
        note: body.text(`${at}.note`),
        branches: Array.from({ length: Math.min(6, branches) }, (_branch, nth) => ({
          label: body.text(`${at}.branches.${nth}.label`),
          to: body.text(`${at}.branches.${nth}.to`),
        })),
        isPublic: body.text(`${at}.isPublic`) !== '',
      };
    }),
  };
}

/** The form as the use case takes it; a time that cannot be read is NaN, for the schema to refuse. */
export function editOfForm(form: DraftForm): ProcedureEdit {
  const { texts } = form;
  return {
    ...texts,
    requirements: linesOf(texts.requirements),
    legalBasis: linesOf(texts.legalBasis),
    qualifications: linesOf(texts.qualifications),
    relatedProcedures: linesOf(texts.relatedProcedures),
    equipment: linesOf(texts.equipment),
    records: linesOf(texts.records),
    publishedTotalSeconds: secondsOf(texts.publishedTotalSeconds) ?? 0,
    // "telepon: 0333-123456", one a line.
    complaintChannels: linesOf(texts.complaintChannels).map((one) => {
      const [kind = '', ...rest] = one.split(':');
      return { kind: channelOf(kind), value: rest.join(':').trim() };
    }),
    actorColumns: form.columns.filter((column) => column.shown).map(({ actor, label }) => ({ actor, label })),
    documents: form.documents.filter((document) => document.forms.length > 0),
    documentsRule: form.documentsRule,
    steps: form.steps.map((step) => ({
      ...step,
      standardSeconds: secondsOf(step.standardSeconds),
      completeness: linesOf(step.completeness),
    })),
  };
}

/** Branches of a step with room for one more decision. */
export function branchSlots(step: StepForm): StepForm['branches'] {
  const missing = Math.max(0, BRANCHES - step.branches.length);
  return [...step.branches, ...Array.from({ length: missing }, () => ({ label: '', to: '' }))];
}

/** What a button of the editor did: the form, and the control that gets the focus. */
export interface Applied {
  readonly form: DraftForm;
  /** Id of a control of the changed form. */
  readonly focus: string;
  /** The step that is opened, by its index. */
  readonly open: number | null;
}

/** `naik:2`, `turun:2`, `sisip:2` (a new step below), `hapus:2`; anything else only shows the preview. */
export function applyButton(form: DraftForm, button: string): Applied {
  const [what, position = ''] = button.split(':');
  const index = Number(position);
  const steps = [...form.steps];
  const step = steps[index];
  const done = (focus: string, open: number | null = null): Applied => ({
    form: { ...form, steps },
    focus,
    open,
  });
  if (what === 'sisip') {
    const at = steps.length === 0 ? 0 : index + 1;
    steps.splice(at, 0, emptyStep(form));
    return done(`steps.${at}.text`, at);
  }
  if (!step) return done('pratinjau');
  const move = (to: number, focus: string) => {
    steps.splice(index, 1);
    steps.splice(to, 0, step);
    return done(focus);
  };
  switch (what) {
    case 'naik':
      return index === 0 ? done('naik-0') : move(index - 1, index === 1 ? 'turun-0' : `naik-${index - 1}`);
    case 'turun':
      if (index >= steps.length - 1) return done(`turun-${index}`);
      return move(index + 1, index === steps.length - 2 ? `naik-${index + 1}` : `turun-${index + 1}`);
    case 'hapus': {
      steps.splice(index, 1);
      // A branch to the step that is gone leads nowhere until another is chosen.
      const left = steps.map((one) => ({
        ...one,
        branches: one.branches.map((branch) => (branch.to === step.key ? { ...branch, to: '' } : branch)),
      }));
      const near = Math.min(index, left.length - 1);
      return {
        form: { ...form, steps: left },
        focus: near < 0 ? 'tambah' : `langkah-${near}`,
        open: null,
      };
    }
    default:
      return done('pratinjau');
  }
}

function emptyStep(form: DraftForm): StepForm {
  const taken = new Set(form.steps.map((step) => step.key));
  let number = 1;
  while (taken.has(`baru-${number}`)) number++;
  return {
    key: `baru-${number}`,
    text: '',
    kind: 'process',
    actors: [],
    actorsConfirmed: true,
    acts: [],
    standardSeconds: '',
    completeness: '',
    output: '',
    note: '',
    branches: [],
    isPublic: true,
  };
}

function linesOf(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** `2.30` or `2:30` is two and a half minutes, `3` three minutes; empty is none, anything else NaN. */
export function secondsOf(text: string): number | null {
  const typed = text.trim();
  if (typed === '') return null;
  const match = /^(\d{1,4})(?:[.:](\d{2}))?$/.exec(typed);
  const rest = Number(match?.[2] ?? 0);
  return match && rest < 60 ? Number(match[1]) * 60 + rest : Number.NaN;
}

/** `2.30` is two minutes and thirty seconds. */
function minutesText(seconds: number): string {
  const rest = seconds % 60;
  return `${Math.floor(seconds / 60)}${rest === 0 ? '' : `.${String(rest).padStart(2, '0')}`}`;
}
