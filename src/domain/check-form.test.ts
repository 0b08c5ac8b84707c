import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Address,
  type ApplicantData,
  EDUCATIONS,
  GUARDIAN_RELATIONS,
  OCCUPATIONS,
  SEXES,
} from './applicant.ts';
import { checkForm } from './check-form.ts';
import { needsGuardian } from './child.ts';
import { FIELD_NAMES, type FormContext, type FormValues, getField } from './form-fields.ts';
import type { FormWarningCode } from './form-outcome.ts';
import { changedFields, familyValues, valuesOf } from './form-values.ts';
import type { Nik, Phone, RegionCode } from './ids.ts';
import { addDays, type PlainDate } from './plain-date.ts';
import { DOCUMENT_TYPES } from './procedure.ts';

const context: FormContext = {
  today: '2026-11-21' as PlainDate,
  documentsAccepted: DOCUMENT_TYPES,
  noDocumentReasons: ['lost', 'in_process'],
  memberTypes: ['UMUM', 'ANAK'],
  consentVersion: '2025-1',
  channel: 'phone',
  knownPrefix: (prefix) => prefix.startsWith('99'),
  knownVillage: (code) => code.startsWith('99.'),
  fitsMemberType: (code, age) => code !== 'ANAK' || age <= 12,
};

const adult: FormValues = {
  document_type: 'ktp',
  document_number: '9974015705900001',
  name: 'Siti Contoh',
  birth_place: 'Semarang',
  birth_date: '1990-05-17',
  sex: 'P',
  address_line: 'Jl. Contoh No. 1',
  address_rt: '3',
  address_rw: '012',
  address_village: '99.74.01.1001',
  present_same: 'same',
  member_type: 'UMUM',
  acknowledged: '1',
};
const child: FormValues = {
  ...adult,
  document_type: 'kia',
  document_number: '9974015705160001',
  birth_date: '2016-05-17',
  member_type: 'ANAK',
  guardian_name: 'Ibu Contoh',
  guardian_relation: 'mother',
};

function accepted(values: FormValues, changes: Partial<FormContext> = {}): ApplicantData {
  const outcome = checkForm(values, { ...context, ...changes });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.applicant;
}
function problemsOf(values: FormValues, changes: Partial<FormContext> = {}) {
  const outcome = checkForm(values, { ...context, ...changes });
  return outcome.ok ? [] : outcome.problems.map(({ field, code }) => `${field}: ${code}`);
}
function warningsOf(values: FormValues) {
  const outcome = checkForm(values, context);
  return outcome.ok ? outcome.warnings.map(({ field, code }) => `${field}: ${code}`) : ['refused'];
}

describe('a clean form', () => {
  it('becomes the data of an applicant', () => {
    expect(checkForm(adult, context)).toEqual({
      ok: true,
      warnings: [],
      applicant: {
        documentType: 'ktp',
        documentNumber: '9974015705900001',
        nik: '9974015705900001',
        kk: null,
        noDocumentReason: null,
        name: 'Siti Contoh',
        birthPlace: 'Semarang',
        birthDate: '1990-05-17',
        sex: 'P',
        address: { line: 'Jl. Contoh No. 1', rt: '003', rw: '012', village: '99.74.01.1001' },
        presentSame: true,
        present: null,
        phone: null,
        email: null,
        occupation: null,
        institution: null,
        education: null,
        memberType: 'UMUM',
        guardian: null,
        acknowledged: true,
        consents: { photo_on_card: false, messages: false },
        consentVersion: '2025-1',
      },
    });
  });

  it('needs no phone, no e-mail and no optional consent', () => {
    expect(accepted(adult)).toMatchObject({ phone: null, email: null, consents: { messages: false } });
  });

  it('takes a name of one word and one of more than sixty characters', () => {
    expect(accepted({ ...adult, name: 'Sukarno' }).name).toBe('Sukarno');
    const long = 'Drs. H. Contoh Panjang Sekali Namanya Sampai Enam Puluh Huruf Lebih, S.Pd., M.Si.';
    expect(accepted({ ...adult, name: long }).name).toBe(long);
  });

  it('takes a present address elsewhere', () => {
    const present = { present_same: 'different', present_line: 'Asrama', present_village: '99.74.01.1002' };
    expect(accepted({ ...adult, ...present })).toMatchObject({
      presentSame: false,
      present: { line: 'Asrama', rt: null, rw: null, village: '99.74.01.1002' },
    });
  });

  it('does not read an answer that is no longer asked', () => {
    const values = { ...adult, present_line: 'left over', guardian_name: 'left over', nik: 'left over' };
    expect(accepted(values)).toMatchObject({ present: null, guardian: null });
  });
});

describe('people who do not fit', () => {
  it('accepts a person without any document, with the reason', () => {
    const { document_number: _, ...rest } = adult;
    const values = { ...rest, document_type: 'none', no_document_reason: 'lost' };
    expect(accepted(values)).toMatchObject({ documentType: null, nik: null, noDocumentReason: 'lost' });
    expect(problemsOf({ ...values, no_document_reason: '' })).toEqual(['no_document_reason: required']);
  });

  it('accepts a student card alone, with its university and without a NIK', () => {
    const ktm = { ...adult, document_type: 'ktm', document_number: 'h1a 019' };
    expect(problemsOf(ktm)).toEqual(['institution: required']);
    expect(accepted({ ...ktm, institution: 'Universitas Contoh' })).toMatchObject({
      documentNumber: 'H1A 019',
      nik: null,
    });
  });

  it('takes the NIK beside a student card where it is given', () => {
    const ktm = { ...adult, document_type: 'ktm', document_number: 'H1', institution: 'Universitas Contoh' };
    expect(accepted({ ...ktm, nik: '9974 0157 0590 0001' }).nik).toBe('9974015705900001');
    expect(problemsOf({ ...ktm, nik: '99' })).toEqual(['nik: nik_not_16_digits']);
  });

  it('takes old and new driving licences', () => {
    expect(accepted({ ...adult, document_type: 'sim', document_number: '123456789012' }).nik).toBeNull();
    expect(accepted({ ...adult, document_type: 'sim' }).nik).toBe('9974015705900001');
  });

  it('keeps the number of a family card apart from the NIK', () => {
    const kk = { ...adult, document_type: 'kk', document_number: '9974011001200001' };
    expect(accepted(kk)).toMatchObject({ kk: '9974011001200001', nik: null });
    expect(warningsOf({ ...kk, document_number: '9974015705900001', nik: '9974015705900001' })).toEqual([
      'nik: nik_equals_kk',
    ]);
  });

  it('does not ask a foreigner for an Indonesian village', () => {
    const passport = { ...adult, document_type: 'paspor', document_number: 'X1234567', address_village: '' };
    expect(accepted(passport).address.village).toBeNull();
    expect(problemsOf({ ...adult, address_village: '' })).toEqual(['address_village: required']);
  });
});

describe('a child', () => {
  it('needs a guardian with a relation, and may lack the phone', () => {
    expect(accepted(child).guardian).toEqual({
      name: 'Ibu Contoh',
      relation: 'mother',
      phone: null,
      consented: false,
    });
    expect(problemsOf({ ...child, guardian_name: '', guardian_relation: '' })).toEqual([
      'guardian_name: required',
      'guardian_relation: required',
    ]);
  });

  it('has no teacher for a guardian', () => {
    expect(problemsOf({ ...child, guardian_relation: 'teacher' })).toEqual([
      'guardian_relation: unknown_choice',
    ]);
  });

  it('is a child until the eighteenth birthday, with a KTP too', () => {
    const seventeen = { ...adult, birth_date: '2008-11-22', document_number: '9974016211080001' };
    expect(problemsOf(seventeen)).toEqual(['guardian_name: required', 'guardian_relation: required']);
    expect(accepted({ ...seventeen, birth_date: '2008-11-21' }).guardian).toBeNull();
  });

  it('keeps the consent that the guardian gave on the form itself', () => {
    expect(accepted({ ...child, guardian_consent: '1' }).guardian?.consented).toBe(true);
  });
});

describe('what refuses a form', () => {
  it.each<[Partial<FormValues>, string]>([
    [{ document_type: '' }, 'document_type: required'],
    [{ document_type: 'paspor', document_number: '!' }, 'document_number: number_unreadable'],
    [{ document_number: '' }, 'document_number: required'],
    [{ document_number: '99740157059000' }, 'document_number: nik_not_16_digits'],
    [{ document_type: 'kk', document_number: '1' }, 'document_number: kk_not_16_digits'],
    [{ document_type: 'sim', document_number: '1' }, 'document_number: sim_not_12_or_16_digits'],
    [{ name: ' ' }, 'name: required'],
    [{ name: '...' }, 'name: required'],
    [{ name: 'Siti\u0000' }, 'name: control_characters'],
    [{ name: 'a'.repeat(201) }, 'name: too_long'],
    [{ birth_place: '' }, 'birth_place: required'],
    [{ birth_date: '31-02-1990' }, 'birth_date: not_a_date'],
    [{ birth_date: '1890-01-01' }, 'birth_date: date_too_early'],
    [{ sex: 'X' }, 'sex: unknown_choice'],
    [{ address_rt: 'tiga' }, 'address_rt: rt_rw_not_digits'],
    [{ address_village: '12.34.56.7890' }, 'address_village: unknown_village'],
    [{ address_village: 'Sekaran' }, 'address_village: unknown_village'],
    [{ phone: '12' }, 'phone: phone_unreadable'],
    [{ email: 'siti@contoh' }, 'email: email_unreadable'],
    [{ occupation: 'astronaut' }, 'occupation: unknown_choice'],
    [{ member_type: 'VIP' }, 'member_type: unknown_choice'],
    [{ acknowledged: '' }, 'acknowledged: must_acknowledge'],
    [{ acknowledged: 'yes' }, 'acknowledged: must_acknowledge'],
    [{ consent_version: '2024-9' }, 'acknowledged: consent_text_changed'],
  ])('%o gives %s', (change, problem) => {
    expect(problemsOf({ ...adult, ...change })).toEqual([problem]);
  });

  it('says so of a birth date in the future', () => {
    expect(problemsOf({ ...child, birth_date: '2026-11-22' })).toEqual(['birth_date: date_in_future']);
  });

  it('does not take a document that the library does not accept', () => {
    expect(problemsOf(adult, { documentsAccepted: ['kia'] })).toEqual(['document_type: unknown_choice']);
  });

  it('finds everything at once, in the order of the form', () => {
    const problems = problemsOf({});
    expect(problems).toEqual([
      'document_type: required',
      'name: required',
      'birth_place: required',
      'birth_date: required',
      'sex: required',
      'address_line: required',
      'address_village: required',
      'member_type: required',
      'acknowledged: must_acknowledge',
    ]);
  });

  it('never throws, whatever a client sends', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('1', 'ktp', '2010-01-01'),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...FIELD_NAMES), anything), (values) => {
        const outcome = checkForm(values, context);
        if (!outcome.ok) expect(outcome.problems.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('what only warns', () => {
  it.each<[Partial<FormValues>, `${string}: ${FormWarningCode}`[]]>([
    [{ birth_date: '1990-05-18' }, ['document_number: nik_birth_date_differs']],
    [{ sex: 'L' }, ['document_number: nik_sex_differs']],
    [{ document_number: '9974013505900001' }, ['document_number: nik_day_impossible']],
    [{ document_number: '9974017102900001' }, ['document_number: nik_date_impossible']],
    [{ document_number: '1274015705900001' }, ['document_number: nik_prefix_unknown']],
    [{ document_number: '9974015705900000' }, ['document_number: nik_serial_zero']],
    [{ document_type: 'kia' }, ['document_type: kia_from_17']],
    [{ member_type: 'ANAK' }, ['member_type: member_type_age']],
    [{ birth_date: '1920-05-17' }, ['document_number: nik_birth_date_differs', 'birth_date: very_old']],
  ])('%o gives %j', (change, warnings) => {
    expect(warningsOf({ ...adult, ...change })).toEqual(warnings);
  });

  it('a KTP before seventeen, as of a married child', () => {
    expect(warningsOf({ ...child, document_type: 'ktp' })).toEqual(['document_type: ktp_before_17']);
  });
});

describe('filling the form from known data', () => {
  const date = fc.integer({ min: 0, max: 36_000 }).map((days) => addDays('1928-01-01' as PlainDate, days));
  const words = fc.stringMatching(/^[A-Z][a-z]{1,9}( [A-Z][a-z]{1,9}){0,3}$/);
  const address: fc.Arbitrary<Address> = fc.record({
    line: words,
    rt: fc.option(fc.stringMatching(/^\d{3}$/)),
    rw: fc.option(fc.stringMatching(/^\d{3}$/)),
    village: fc.stringMatching(/^99\.\d{2}\.\d{2}\.\d{4}$/).map((code) => code as RegionCode),
  });
  const phone = fc.option(fc.stringMatching(/^\+628\d{9,10}$/).map((text) => text as Phone));
  const nik = fc.stringMatching(/^99\d{14}$/).map((text) => text as Nik);
  const document = fc.oneof(
    fc
      .tuple(fc.constantFrom('ktp' as const, 'kia' as const, 'sim' as const), nik)
      .map(([documentType, number]) => ({
        documentType,
        documentNumber: number,
        nik: number,
        kk: null,
        noDocumentReason: null,
      })),
    fc.tuple(fc.option(nik), nik).map(([own, kk]) => ({
      documentType: 'kk' as const,
      documentNumber: kk,
      nik: own === kk ? null : own,
      kk,
      noDocumentReason: null,
    })),
    fc.option(nik).map((own) => ({
      documentType: 'ktm' as const,
      documentNumber: 'H1A 019',
      nik: own,
      kk: null,
      noDocumentReason: null,
    })),
    fc.constant({ documentType: null, documentNumber: null, nik: null, kk: null, noDocumentReason: 'lost' }),
  );
  const applicant: fc.Arbitrary<ApplicantData> = fc
    .record({
      document,
      name: words,
      birthPlace: words,
      birthDate: date,
      sex: fc.constantFrom(...SEXES),
      address,
      present: fc.option(address),
      phone,
      email: fc.option(fc.constant('siti@contoh.example')),
      occupation: fc.option(fc.constantFrom(...OCCUPATIONS)),
      institution: words,
      education: fc.option(fc.constantFrom(...EDUCATIONS)),
      memberType: fc.constantFrom(...context.memberTypes),
      guardian: fc.record({
        name: words,
        relation: fc.constantFrom(...GUARDIAN_RELATIONS),
        phone,
        consented: fc.boolean(),
      }),
      consents: fc.record({ photo_on_card: fc.boolean(), messages: fc.boolean() }),
    })
    .map(({ document: shown, guardian, ...rest }) => ({
      ...rest,
      ...shown,
      presentSame: rest.present === null,
      guardian: needsGuardian(rest.birthDate, context.today) ? guardian : null,
      acknowledged: true as const,
      consentVersion: context.consentVersion,
    }));

  it('gives the same data back when the form is sent unchanged', () => {
    fc.assert(
      fc.property(applicant, (data) => {
        expect(accepted(valuesOf(data))).toEqual(data);
      }),
    );
  });

  it('names exactly the fields that changed', () => {
    const before = valuesOf(accepted(adult));
    expect(changedFields(before, before)).toEqual([]);
    expect(changedFields(before, { ...before, name: 'Siti Contoh Baru', phone: '081234567890' })).toEqual([
      'name',
      'phone',
    ]);
  });

  it('hands address, guardian and contact to the next family member, never identity or consent', () => {
    const next = familyValues({ ...child, phone: '081234567890', guardian_consent: '1' });
    expect(next).toEqual({
      address_line: 'Jl. Contoh No. 1',
      address_rt: '3',
      address_rw: '012',
      address_village: '99.74.01.1001',
      present_same: 'same',
      phone: '081234567890',
      guardian_name: 'Ibu Contoh',
      guardian_relation: 'mother',
    });
  });
});

it('has one definition for every field', () => {
  for (const name of FIELD_NAMES) expect(getField(name).name).toBe(name);
});
