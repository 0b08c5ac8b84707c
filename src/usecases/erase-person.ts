import type { Updateable } from 'kysely';
import type { PersonColumns } from '../db/schema.ts';

/**
 * What a case or member keeps of a person after erasure: nothing that names them, and what the figures count by.
 * The person's key is destroyed, so that every revision of theirs can never be read again.
 */
export const ERASED_PERSON = {
  name: '',
  name_key: '',
  former_name_keys: [] as string[],
  birth_place: null,
  birth_date: null,
  document_type: null,
  document_number: null,
  document_hash: null,
  nik: null,
  nik_hash: null,
  kk: null,
  kk_hash: null,
  no_document_reason: null,
  address_line: null,
  address_rt: null,
  address_rw: null,
  present_line: null,
  present_rt: null,
  present_rw: null,
  phone: null,
  email: null,
  institution: null,
  guardian_name: null,
  guardian_relation: null,
  guardian_phone: null,
  photo_id: null,
  person_key: Buffer.alloc(0),
} satisfies Partial<Updateable<PersonColumns>>;
