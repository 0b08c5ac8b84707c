import { describe, expect, it } from 'vitest';
import {
  autocompleteOf,
  choicesOf,
  FAMILY_FIELDS,
  FIELD_NAMES,
  FORM_FIELDS,
  type FormContext,
  type FormValues,
  getField,
  pickFormValues,
} from './form-fields.ts';
import type { PlainDate } from './plain-date.ts';

const context: FormContext = {
  today: '2026-11-21' as PlainDate,
  documentsAccepted: ['ktp', 'ktm'],
  noDocumentReasons: ['lost'],
  memberTypes: ['UMUM'],
  consentVersion: '2025-1',
  channel: 'phone',
};
const asked = (values: FormValues) =>
  FORM_FIELDS.filter((field) => field.asked(values, context)).map((field) => field.name);

describe('the form', () => {
  it('defines every field once, in one order', () => {
    expect(FORM_FIELDS.map((field) => field.name)).toEqual(FIELD_NAMES);
  });

  it('says of every visible field why it is asked', () => {
    for (const field of FORM_FIELDS) if (field.kind !== 'hidden') expect(field.why).not.toBeNull();
  });

  it('never asks for what banks or nobody should be told', () => {
    for (const name of FIELD_NAMES) expect(name).not.toMatch(/mother|religion|blood|marital|guardian_nik/);
  });

  it('leaves the optional consents unticked', () => {
    for (const name of [
      'acknowledged',
      'consent_photo_on_card',
      'consent_messages',
      'guardian_consent',
    ] as const)
      expect(getField(name).initial).toBe('');
  });

  it('asks for a guardian only of those under eighteen', () => {
    expect(asked({ birth_date: '21-11-2008' })).not.toContain('guardian_name');
    expect(asked({ birth_date: '22-11-2008' })).toContain('guardian_name');
    expect(asked({ birth_date: '' })).not.toContain('guardian_name');
  });

  it('asks for the NIK apart only where the document does not carry it', () => {
    expect(asked({ document_type: 'ktp' })).not.toContain('nik');
    expect(asked({ document_type: 'kia' })).not.toContain('nik');
    expect(asked({ document_type: 'ktm' })).toContain('nik');
    expect(asked({ document_type: 'none' })).toContain('no_document_reason');
  });

  it('offers the documents of the library and that there is none', () => {
    expect(choicesOf(getField('document_type'), context)).toEqual(['ktp', 'ktm', 'none']);
    expect(choicesOf(getField('member_type'), context)).toEqual(['UMUM']);
    expect(choicesOf(getField('no_document_reason'), context)).toEqual(['lost']);
    expect(choicesOf(getField('name'), context)).toEqual([]);
  });

  it('offers no remembered data on a kiosk or an officer’s screen', () => {
    expect(autocompleteOf(getField('name'), 'phone')).toBe('name');
    expect(autocompleteOf(getField('name'), 'kiosk')).toBe('off');
    expect(autocompleteOf(getField('name'), 'desk')).toBe('off');
  });

  it('copies to the next family member nothing of identity and no consent', () => {
    const own = FIELD_NAMES.filter((name) =>
      /^(document|nik|name|birth|sex|consent|acknowledged|guardian_consent)/.test(name),
    );
    for (const name of own) expect(FAMILY_FIELDS).not.toContain(name);
  });

  it('keeps only its own fields of what a client sends', () => {
    expect(pickFormValues({ name: 'Siti', phone: ['1'], role: 'admin', sex: 1 })).toEqual({ name: 'Siti' });
  });
});
