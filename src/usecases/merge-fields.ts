import type { MemberState } from '../domain/member.ts';
import { MERGE_FIELDS, type MergeField } from '../domain/member-merge.ts';
import type { MemberRow } from './change-member.ts';

/** The columns of each choice. */
const COLUMNS = {
  name: ['name', 'name_key'],
  birth_place: ['birth_place'],
  birth_date: ['birth_date'],
  sex: ['sex'],
  identity: ['document_type', 'document_number', 'document_hash', 'nik', 'nik_hash', 'no_document_reason'],
  family_card: ['kk', 'kk_hash'],
  address: ['address_line', 'address_rt', 'address_rw', 'address_village'],
  present: ['present_same', 'present_line', 'present_rt', 'present_rw', 'present_village'],
  phone: ['phone'],
  email: ['email'],
  education: ['education'],
  occupation: ['occupation'],
  institution: ['institution'],
  member_type: ['member_type'],
  guardian: ['guardian_name', 'guardian_relation', 'guardian_phone'],
  photo: ['photo_id'],
  validity: ['valid_from', 'valid_until'],
  member_since: ['member_since'],
  state: ['state', 'state_reason', 'state_effective_at'],
} as const satisfies Record<MergeField, readonly (keyof MemberRow)[]>;

export type MergeColumns = Partial<MemberRow>;

/** Sealed anew at every writing: their hashes tell whether they are the same. */
const SEALED: ReadonlySet<keyof MemberRow> = new Set(['document_number', 'nik', 'kk']);

/** What is printed on a card, and when it ends. */
export const PRINTED: ReadonlySet<MergeField> = new Set(['name', 'photo', 'member_type', 'validity']);

export function columnsOf(field: MergeField, row: MemberRow): MergeColumns {
  return Object.fromEntries(COLUMNS[field].map((column) => [column, row[column]]));
}

/** Whether a field holds the same in two rows, or in a row and what was kept of one. */
export function holdsSame(field: MergeField, one: MergeColumns, other: MergeColumns): boolean {
  return COLUMNS[field]
    .filter((column) => !SEALED.has(column))
    .every((column) => isSame(one[column], other[column]));
}

/** The fields in which two memberships differ. Since when a state holds is no difference between two people. */
export function differingFields(one: MemberRow, other: MemberRow): readonly MergeField[] {
  return MERGE_FIELDS.filter((field) =>
    field === 'state' ? one.state !== other.state : !holdsSame(field, one, other),
  );
}

function isSame(one: unknown, other: unknown): boolean {
  if (one instanceof Date && other instanceof Date) return one.getTime() === other.getTime();
  if (one instanceof Uint8Array && other instanceof Uint8Array) return Buffer.compare(one, other) === 0;
  return one === other;
}

/** A suspension is not shaken off by joining, and a membership that ended does not end another. */
const STATES: readonly MemberState[] = ['suspended', 'active', 'cleared', 'ended'];

/**
 * Which of two to take where they differ: what is there before what is empty, a seen number before none, the fuller
 * name, the longer validity, the earlier beginning, the stricter state; else what was written last.
 */
export function preferred(field: MergeField, one: MemberRow, other: MemberRow): 'one' | 'other' {
  const pick = (isOne: boolean) => (isOne ? 'one' : 'other');
  const newest = pick(one.updated_at >= other.updated_at);
  switch (field) {
    case 'validity':
      if (one.valid_until === null || other.valid_until === null) return pick(one.valid_until === null);
      return pick(one.valid_until >= other.valid_until);
    case 'member_since':
      return pick(one.member_since <= other.member_since);
    case 'state':
      return pick(STATES.indexOf(one.state) <= STATES.indexOf(other.state));
    case 'identity':
      if ((one.nik === null) !== (other.nik === null)) return pick(one.nik !== null);
      if ((one.document_number === null) !== (other.document_number === null))
        return pick(one.document_number !== null);
      return newest;
    case 'name':
      return one.name.length === other.name.length ? newest : pick(one.name.length > other.name.length);
    default: {
      const [column] = COLUMNS[field];
      if ((one[column] === null) !== (other[column] === null)) return pick(one[column] !== null);
      return newest;
    }
  }
}

/** Columns as JSON text and back: numbers stay sealed, only wrapped. */
export function writeColumns(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, encoded) {
    const raw = this[key];
    if (raw instanceof Uint8Array) return { bytes: Buffer.from(raw).toString('base64') };
    return raw instanceof Date ? { time: raw.toISOString() } : encoded;
  });
}

export function readColumns(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if ('bytes' in value && typeof value.bytes === 'string') return Buffer.from(value.bytes, 'base64');
    return 'time' in value && typeof value.time === 'string' ? new Date(value.time) : value;
  });
}
