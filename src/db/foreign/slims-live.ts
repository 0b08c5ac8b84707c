import {
  type Fitted,
  FOR_LIFE,
  localPhone,
  type Misfit,
  type OutgoingMember,
  wholeAddress,
} from '../../domain/exporting/outgoing-member.ts';
import type { LiveTexts } from '../../domain/exporting/reconcile.ts';
import type { TablePlan } from './live-table.ts';

const text = (column: string) => ({ kind: 'text', column }) as const;
const date = (column: string) => ({ kind: 'date', column }) as const;
/** "Pending" members borrow nothing there: it is its word for whoever may not. */
const LENDING = { yes: 'Boleh meminjam', no: 'Tidak boleh meminjam' } as const;

/** `member` of SLiMS 9 (`interop.md`). Notes, picture, fax and the password are theirs alone. */
export const SLIMS_LIVE: TablePlan = {
  table: 'member',
  key: 'member_id',
  columns: {
    number: text('member_id'),
    name: text('member_name'),
    sex: { kind: 'code', column: 'gender', words: { '1': 'Laki-laki', '0': 'Perempuan' } },
    birth_date: date('birth_date'),
    member_type: {
      kind: 'lookup',
      column: 'member_type_id',
      table: 'mst_member_type',
      word: 'member_type_name',
      filler: null,
    },
    email: text('member_email'),
    address: text('member_address'),
    institution: text('inst_name'),
    identity_number: text('pin'),
    phone: text('member_phone'),
    member_since: date('member_since_date'),
    valid_from: date('register_date'),
    valid_until: date('expire_date'),
    status: { kind: 'code', column: 'is_pending', words: { '0': LENDING.yes, '1': LENDING.no } },
  },
  once: { is_new: '0' },
  hangs: ['loan', 'fines', 'reserve'],
  touched: ['input_date', 'last_update'],
  tooLong: {
    number: 'number_too_long',
    name: 'name_too_long',
    member_type: 'type_too_long',
    email: 'email_too_long',
    address: 'address_too_long',
    institution: 'institution_too_long',
    identity_number: 'identity_too_long',
  },
  texts,
};

function texts(member: OutgoingMember): Fitted<LiveTexts> {
  const { identity, state } = member;
  const erased = member.name === '';
  // A new row has no empty gender: 0 is female.
  const misfits: readonly Misfit[] = member.sex === null && !erased ? ['sex_missing'] : [];
  if (misfits.length > 0) return { ok: false, misfits };
  const until = member.validUntil ?? FOR_LIFE;
  const values: LiveTexts = {
    // Loans there point to the number: when a person is erased it stays, unless it is a NIK (`mayRename`).
    number: member.number,
    ...(erased ? {} : { member_type: member.memberType.name }),
    name: erased ? member.number : member.name,
    ...(member.sex === null ? {} : { sex: member.sex === 'L' ? 'Laki-laki' : 'Perempuan' }),
    birth_date: member.birthDate ?? '',
    email: member.email ?? '',
    address: wholeAddress(member.address),
    institution: member.institution ?? '',
    ...(identity === null && !erased ? {} : { identity_number: identity?.number ?? '' }),
    phone: localPhone(member.phone),
    member_since: member.memberSince,
    valid_from: member.validFrom,
    valid_until: state === 'ended' && member.stateSince < until ? member.stateSince : until,
    status: state === 'active' ? LENDING.yes : LENDING.no,
  };
  return { ok: true, value: values, notes: [] };
}
