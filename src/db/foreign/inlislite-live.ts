import {
  type Fitted,
  FOR_LIFE,
  localPhone,
  type OutgoingAddress,
  type OutgoingMember,
} from '../../domain/exporting/outgoing-member.ts';
import {
  EDUCATION_OUT,
  IDENTITY_OUT,
  NOT_RECORDED,
  OCCUPATION_OUT,
  RELATION_OUT,
  SEX_OUT,
  STATE_OUT,
} from '../../domain/exporting/outgoing-words.ts';
import type { LiveTexts } from '../../domain/exporting/reconcile.ts';
import type { TablePlan } from './live-table.ts';

const text = (column: string) => ({ kind: 'text', column }) as const;
const date = (column: string) => ({ kind: 'date', column }) as const;

/**
 * `members` of INLISLite 3.2 and 3.3 (`interop.md`); which of the columns a version has is asked of the database.
 * Notes, fees, schools, religion and the photo's file are theirs alone.
 */
export const INLISLITE_LIVE: TablePlan = {
  table: 'members',
  key: 'id',
  columns: {
    number: text('memberno'),
    name: text('fullname'),
    birth_place: text('placeofbirth'),
    birth_date: date('dateofbirth'),
    sex: { kind: 'code', column: 'sex_id', words: { '1': SEX_OUT.L, '2': SEX_OUT.P } },
    identity_type: lookup('identitytype_id', 'master_jenis_identitas', 'nama'),
    identity_number: text('identityno'),
    address_line: text('address'),
    address_rt: text('rt'),
    address_rw: text('rw'),
    address_village: text('kelurahan'),
    address_district: text('kecamatan'),
    address_regency: text('city'),
    address_province: text('province'),
    present_line: text('addressnow'),
    present_rt: text('rtnow'),
    present_rw: text('rwnow'),
    present_village: text('kelurahannow'),
    present_district: text('kecamatannow'),
    present_regency: text('citynow'),
    present_province: text('provincenow'),
    phone: text('nohp'),
    email: text('email'),
    occupation: lookup('job_id', 'master_pekerjaan', 'pekerjaan'),
    education: lookup('educationlevel_id', 'master_pendidikan', 'nama'),
    institution: text('institutionname'),
    // Rules of lending hang on it: no other word stands in for it.
    member_type: { ...lookup('jenisanggota_id', 'jenis_anggota', 'jenisanggota'), filler: null },
    member_since: date('registerdate'),
    valid_until: date('enddate'),
    status: {
      kind: 'code',
      column: 'statusanggota_id',
      words: { '3': STATE_OUT.active, '5': STATE_OUT.suspended, '6': STATE_OUT.cleared, '1': 'Baru' },
    },
    guardian_name: text('namadarurat'),
    guardian_relation: text('statushubungandarurat'),
    guardian_phone: text('telpdarurat'),
  },
  once: { jenispermohonan_id: '1' },
  touched: ['createdate', 'updatedate'],
  tooLong: {
    number: 'number_too_long',
    name: 'name_too_long',
    identity_number: 'identity_too_long',
    address_line: 'address_too_long',
    email: 'email_too_long',
    institution: 'institution_too_long',
  },
  texts,
};

function lookup(column: string, table: string, word: string) {
  return { kind: 'lookup', column, table, word, filler: NOT_RECORDED } as const;
}

function texts(member: OutgoingMember): Fitted<LiveTexts> {
  const { address, identity, guardian, state } = member;
  const erased = member.name === '';
  // It has no state for somebody who has left: no loans, and the last day is the day they left.
  const status = STATE_OUT[state === 'ended' ? 'suspended' : state];
  const until = member.validUntil ?? FOR_LIFE;
  const values: LiveTexts = {
    number: member.number,
    name: erased ? member.number : member.name,
    birth_place: member.birthPlace ?? '',
    birth_date: member.birthDate ?? '',
    sex: member.sex === null ? '' : SEX_OUT[member.sex],
    ...(identity === null && !erased
      ? {}
      : {
          identity_type: identity === null ? '' : IDENTITY_OUT[identity.type],
          identity_number: identity?.number ?? '',
        }),
    ...addressTexts('address', address),
    // Its form asks for the present address apart, and has no "the same".
    ...addressTexts('present', member.present ?? address),
    phone: localPhone(member.phone),
    email: member.email ?? '',
    occupation: member.occupation === null ? '' : OCCUPATION_OUT[member.occupation],
    education: member.education === null ? '' : EDUCATION_OUT[member.education],
    institution: member.institution ?? '',
    ...(erased ? {} : { member_type: member.memberType.name }),
    member_since: member.memberSince,
    valid_until: state === 'ended' && member.stateSince < until ? member.stateSince : until,
    status,
    guardian_name: guardian?.name ?? '',
    guardian_relation: guardian === null ? '' : RELATION_OUT[guardian.relation],
    guardian_phone: localPhone(guardian?.phone ?? null),
  };
  return { ok: true, value: values, notes: [] };
}

function addressTexts(kind: 'address' | 'present', address: OutgoingAddress): LiveTexts {
  return {
    [`${kind}_line`]: address.line,
    [`${kind}_rt`]: address.rt ?? '',
    [`${kind}_rw`]: address.rw ?? '',
    [`${kind}_village`]: address.village,
    [`${kind}_district`]: address.district,
    [`${kind}_regency`]: address.regency,
    [`${kind}_province`]: address.province,
  };
}
