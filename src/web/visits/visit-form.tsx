import type { Context } from 'hono';
import { EDUCATIONS, OCCUPATIONS, SEXES } from '../../domain/applicant.ts';
import { VISIT_KINDS, type VisitKind } from '../../domain/visit.ts';
import type { ReadMember, Visitor } from '../../usecases/record-visit.ts';
import { SelectField } from '../components/choice-fields.tsx';
import { TextField } from '../components/text-field.tsx';
import type { LibraryEnv } from '../env.ts';
import type { FormBody } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import type { Child } from '../jsx/jsx-runtime.ts';
import { personChoices } from '../kiosk/chips.tsx';
import {
  GroupFields,
  type GroupValues,
  groupOf,
  readGroupValues,
  type ShownProblem,
} from '../kiosk/group-form.tsx';

/** An entry as an officer typed it. */
export interface VisitValues {
  readonly kind: VisitKind;
  readonly code: string;
  readonly purpose: string;
  readonly servicePoint: string;
  readonly name: string;
  readonly sex: string;
  readonly education: string;
  readonly occupation: string;
  readonly group: GroupValues;
}

export function readVisitValues(body: FormBody): VisitValues {
  return {
    kind: VISIT_KINDS.find((kind) => kind === body.text('jenis')) ?? 'member',
    code: body.text('kode').slice(0, 600),
    purpose: body.text('tujuan'),
    servicePoint: body.text('titik'),
    name: body.text('nama').slice(0, 300),
    sex: body.text('jk'),
    education: body.text('pendidikan'),
    occupation: body.text('pekerjaan'),
    group: readGroupValues(body),
  };
}

/** The visitor of a typed entry; a member's number or card is read by `read`. */
export function visitorOf(
  values: VisitValues,
  read: (code: string) => ReadMember,
): Visitor | Extract<ReadMember, { ok: false }> {
  switch (values.kind) {
    case 'member': {
      const found = read(values.code);
      return found.ok ? { kind: 'member', member: found.member } : found;
    }
    case 'non_member':
      return {
        kind: 'non_member',
        name: values.name,
        sex: SEXES.find((one) => one === values.sex) ?? null,
        education: EDUCATIONS.find((one) => one === values.education) ?? null,
        occupation: OCCUPATIONS.find((one) => one === values.occupation) ?? null,
      };
    case 'group':
      return groupOf(values.group);
  }
}

export interface VisitFieldsProps {
  readonly c: Context<LibraryEnv>;
  readonly values: VisitValues;
  readonly problems: readonly ShownProblem[];
  /** Stands in place of the number of a member whose entry is corrected. */
  readonly memberNote?: Child | undefined;
}

/** All fields of one kind of entry, on one screen, for a keyboard. */
export function VisitFields(props: VisitFieldsProps) {
  const { c, values, problems } = props;
  const { kiosk, form, common } = textsOf(c);
  const { visits } = kiosk;
  const library = c.get('library');
  const lang = c.get('lang');
  const error = (field: string) => problems.find((problem) => problem.field === field)?.text;
  const choices = personChoices(form);
  const pick = (
    name: 'jk' | 'pendidikan' | 'pekerjaan',
    label: string,
    list: readonly { readonly value: string; readonly label: string }[],
    value: string,
  ) => (
    <SelectField
      name={name}
      label={label}
      optional={common.field.optional}
      choices={list}
      value={value}
      placeholder={visits.notSaid}
    />
  );
  return (
    <>
      <input type="hidden" name="jenis" value={values.kind} />
      {values.kind === 'member' && (
        <>
          {props.memberNote}
          <TextField
            name="kode"
            label={visits.number}
            value={values.code}
            error={error('kode')}
            autocomplete="off"
            width="16"
            code
            autofocus={props.memberNote === undefined && problems.length === 0}
            optional={props.memberNote === undefined ? undefined : common.field.optional}
          />
        </>
      )}
      {values.kind === 'non_member' && (
        <div class="dp-cols">
          <TextField
            name="nama"
            label={visits.name}
            optional={common.field.optional}
            value={values.name}
            error={error('nama')}
            autocomplete="off"
          />
          {pick('jk', visits.sex, choices.sex, values.sex)}
          {pick('pendidikan', visits.education, choices.education, values.education)}
          {pick('pekerjaan', visits.occupation, choices.occupation, values.occupation)}
        </div>
      )}
      {values.kind === 'group' && (
        <GroupFields
          kiosk={kiosk}
          form={form}
          optional={common.field.optional}
          values={values.group}
          problems={problems}
        />
      )}
      <div class="dp-cols">
        <SelectField
          name="tujuan"
          label={kiosk.purpose.label}
          value={values.purpose}
          error={error('tujuan')}
          placeholder={common.field.choose}
          choices={library.settings.services
            .filter((service) => service.active || service.code === values.purpose)
            .map((service) => ({ value: service.code, label: service.name[lang] }))}
          required
        />
        {library.servicePoints.length > 1 ? (
          <SelectField
            name="titik"
            label={visits.columns.servicePoint}
            value={values.servicePoint}
            error={error('titik')}
            choices={library.servicePoints.map((point) => ({ value: point.id, label: point.name }))}
          />
        ) : (
          <input type="hidden" name="titik" value={values.servicePoint} />
        )}
      </div>
    </>
  );
}
