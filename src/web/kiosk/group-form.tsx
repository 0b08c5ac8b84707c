import { EDUCATIONS, OCCUPATIONS, SEXES } from '../../domain/applicant.ts';
import { type GroupCounts, type GroupPart, LARGEST_GROUP } from '../../domain/visit.ts';
import type { FormTexts } from '../../i18n/id/form.ts';
import type { KioskTexts } from '../../i18n/id/kiosk.ts';
import type { Visitor, VisitProblem } from '../../usecases/record-visit.ts';
import { TextField } from '../components/text-field.tsx';
import type { FormBody } from '../form-body.ts';

/** What was typed about a group, as typed; the names of the fields. */
export type GroupValues = Readonly<Record<string, string>>;

const TEXTS = ['pemimpin', 'lembaga', 'telepon', 'jumlah'] as const;
const PARTS = {
  sex: ['jk', SEXES],
  education: ['pend', EDUCATIONS],
  occupation: ['kerja', OCCUPATIONS],
} as const;

export function readGroupValues(body: FormBody): GroupValues {
  const names = [
    ...TEXTS,
    ...Object.values(PARTS).flatMap(([prefix, codes]) => codes.map((code) => `${prefix}_${code}`)),
  ];
  return Object.fromEntries(names.map((name) => [name, body.text(name).slice(0, 300)]));
}

/** The group as the use case wants it; a number nobody can read is NaN and is refused there. */
export function groupOf(values: GroupValues): Visitor {
  const part = <Code extends string>(prefix: string, codes: readonly Code[]) =>
    Object.fromEntries(
      codes.flatMap((code) => {
        const typed = (values[`${prefix}_${code}`] ?? '').trim();
        return typed === '' ? [] : [[code, count(typed)]];
      }),
    ) as Partial<Record<Code, number>>;
  const counts: GroupCounts = {
    total: count((values.jumlah ?? '').trim()),
    bySex: part(...PARTS.sex),
    byEducation: part(...PARTS.education),
    byOccupation: part(...PARTS.occupation),
  };
  return {
    kind: 'group',
    leader: values.pemimpin ?? '',
    institution: values.lembaga ?? '',
    phone: values.telepon ?? '',
    counts,
  };
}

function count(typed: string): number {
  return /^\d{1,4}$/.test(typed) ? Number(typed) : Number.NaN;
}

/** The same numbers as typed, for the correction of a stored group. */
export function groupValues(visit: {
  readonly name: string | null;
  readonly institution: string | null;
  readonly phone: string | null;
  readonly counts: GroupCounts | null;
}): GroupValues {
  const part = (prefix: string, numbers: Readonly<Record<string, number | undefined>>) =>
    Object.entries(numbers).map(([code, number]) => [`${prefix}_${code}`, String(number ?? '')]);
  return Object.fromEntries([
    ['pemimpin', visit.name ?? ''],
    ['lembaga', visit.institution ?? ''],
    ['telepon', visit.phone ?? ''],
    ['jumlah', String(visit.counts?.total ?? '')],
    ...part('jk', visit.counts?.bySex ?? {}),
    ...part('pend', visit.counts?.byEducation ?? {}),
    ...part('kerja', visit.counts?.byOccupation ?? {}),
  ]);
}

export interface ShownProblem {
  readonly field: string;
  readonly text: string;
}

const FIELD_OF: Record<GroupPart, string> = {
  total: 'jumlah',
  sex: 'jk_L',
  education: 'pend_none',
  occupation: 'kerja_pupil',
};

/** Problems in words, each with the field that its link goes to. */
export function shownProblems(problems: readonly VisitProblem[], kiosk: KioskTexts): readonly ShownProblem[] {
  return problems.map((problem) => shownProblem(problem, kiosk));
}

function shownProblem(problem: VisitProblem, kiosk: KioskTexts): ShownProblem {
  const { group, purpose } = kiosk;
  const text = group.problems;
  switch (problem.field) {
    case 'purpose':
      return { field: 'tujuan', text: purpose.missing };
    case 'phone':
      return { field: 'telepon', text: text.phone };
    case 'name':
    case 'leader':
    case 'institution': {
      const field = { name: 'nama', leader: 'pemimpin', institution: 'lembaga' }[problem.field];
      const missing = problem.field === 'institution' ? text.institution : text.leader;
      const words = {
        missing,
        too_long: text.tooLong,
        control_characters: text.characters,
        identity_number: text.identityNumber,
      };
      return { field, text: words[problem.code] };
    }
    case 'counts': {
      const { part, expected, actual } = problem.problem;
      const words = {
        out_of_range: text.outOfRange(LARGEST_GROUP),
        not_a_count: text.notACount,
        does_not_add_up: text.sum(group.parts[part], actual, expected),
      };
      return { field: FIELD_OF[part], text: words[problem.code] };
    }
  }
}

export interface GroupFieldsProps {
  readonly kiosk: KioskTexts;
  readonly form: FormTexts;
  /** `boleh dikosongkan` */
  readonly optional: string;
  readonly values: GroupValues;
  readonly problems: readonly ShownProblem[];
}

/** Leader, institution, and counts whose sums run along while they are typed; the server checks them again. */
export function GroupFields(props: GroupFieldsProps) {
  const { kiosk, form, values } = props;
  const { group } = kiosk;
  const error = (field: string) => props.problems.find((problem) => problem.field === field)?.text;
  const field = (name: (typeof TEXTS)[number], label: string, more: object = {}) => (
    <TextField
      name={name}
      label={label}
      value={values[name]}
      error={error(name)}
      autocomplete="off"
      {...more}
    />
  );
  return (
    <>
      <div class="kp-fields">
        {field('pemimpin', group.leader, { required: true })}
        {field('lembaga', group.institution, { required: true })}
        {field('telepon', group.phone, { type: 'tel', inputmode: 'tel', optional: props.optional })}
      </div>
      <kiosk-sums data-total="jumlah" data-right={group.sumRight} data-sum={group.sum('{sum}', '{total}')}>
        <h2 class="dp-h3">{group.countsTitle}</h2>
        <div class="kp-total">
          {field('jumlah', group.total, { required: true, inputmode: 'numeric', width: '4' })}
        </div>
        <Counts
          part="sex"
          title={group.sex}
          words={form.choices.sex}
          error={error('jk_L')}
          values={values}
          required
        />
        <Counts
          part="education"
          title={group.education}
          about={group.optionalPart}
          words={form.choices.education}
          error={error('pend_none')}
          values={values}
        />
        <Counts
          part="occupation"
          title={group.occupation}
          about={group.optionalPart}
          words={form.choices.occupation}
          error={error('kerja_pupil')}
          values={values}
        />
      </kiosk-sums>
    </>
  );
}

function Counts(props: {
  readonly part: keyof typeof PARTS;
  readonly title: string;
  readonly about?: string | undefined;
  readonly words: Readonly<Record<string, string>>;
  readonly error: string | undefined;
  readonly values: GroupValues;
  readonly required?: boolean | undefined;
}) {
  const [prefix, codes] = PARTS[props.part];
  const id = `${prefix}-bagian`;
  return (
    <fieldset
      class={`kp-counts${props.error === undefined ? '' : ' dp-invalid'}`}
      data-part=""
      data-required={props.required ? '' : undefined}
      aria-describedby={`${id}-jumlah`}
    >
      <legend>{props.title}</legend>
      {props.about && <p class="dp-small dp-muted">{props.about}</p>}
      {props.error !== undefined && <p class="ds-validation-message">{props.error}</p>}
      <div class="kp-counts__grid">
        {codes.map((code) => {
          const name = `${prefix}_${code}`;
          return (
            <div class="kp-count">
              <label for={name}>{props.words[code]}</label>
              <input
                class="ds-input"
                id={name}
                name={name}
                value={props.values[name]}
                inputmode="numeric"
                autocomplete="off"
                maxlength={4}
                aria-invalid={props.error === undefined ? undefined : 'true'}
              />
            </div>
          );
        })}
      </div>
      <p class="kp-sum" id={`${id}-jumlah`} role="status" data-sum="" />
    </fieldset>
  );
}
