import {
  type ExportFormat,
  type Fitted,
  FOR_LIFE,
  lineWithRt,
  localPhone,
  type Misfit,
  type OutgoingMember,
  withPlaces,
} from '../../domain/exporting/outgoing-member.ts';
import { RELATION_OUT, STATE_NOTE } from '../../domain/exporting/outgoing-words.ts';
import type { LiveTexts } from '../../domain/exporting/reconcile.ts';

/** What Koha calls the library and its kinds of patrons; both must be there before. */
export interface KohaCodes {
  readonly branch: string;
  /** By our code of the member type; where a type is not named, its own code. */
  readonly categories: Readonly<Record<string, string>>;
}

/** `borrowers.cardnumber` and `categories.categorycode`. */
const LONGEST_NUMBER = 32;
const CATEGORY = /^[A-Za-z0-9_-]{1,10}$/;

/** Titles of the patron import: names of the borrowers table, in any order. */
const COLUMNS = [
  'cardnumber',
  'surname',
  'firstname',
  'dateofbirth',
  'sex',
  'address',
  'city',
  'state',
  'phone',
  'email',
  'categorycode',
  'branchcode',
  'dateenrolled',
  'dateexpiry',
  'contactname',
  'relationship',
  'borrowernotes',
] as const;

/** The CSV of Koha's "Import patrons". */
export function kohaCsv(codes: KohaCodes): ExportFormat {
  return {
    header: COLUMNS,
    mostRows: Number.POSITIVE_INFINITY,
    row(member): Fitted<readonly string[]> {
      const { category, misfits } = checked(member, codes);
      if (misfits.length > 0) return { ok: false, misfits };
      const cells: Readonly<Record<(typeof COLUMNS)[number], string>> = {
        cardnumber: member.number,
        // Indonesian names have no family part; Koha asks only for this one.
        surname: member.name,
        firstname: '',
        dateofbirth: member.birthDate ?? '',
        sex: genderOf(member) ?? '',
        address: streetOf(member),
        city: member.address.regency,
        state: member.address.province,
        phone: localPhone(member.phone),
        email: member.email ?? '',
        categorycode: category,
        branchcode: codes.branch,
        dateenrolled: member.memberSince,
        // An empty one is reckoned from the category.
        dateexpiry: member.validUntil ?? FOR_LIFE,
        contactname: member.guardian?.name ?? '',
        relationship: member.guardian === null ? '' : RELATION_OUT[member.guardian.relation],
        borrowernotes: STATE_NOTE[member.state],
      };
      return { ok: true, value: COLUMNS.map((column) => cells[column]), notes: [] };
    },
  };
}

/**
 * What is ours of a patron over the REST API. It has no place for a suspension that is not staff's own notes: whoever may
 * not borrow is a patron whose last day was the day they were stopped.
 */
export function kohaTexts(member: OutgoingMember, codes: KohaCodes): Fitted<LiveTexts> {
  const { category, misfits } = checked(member, codes);
  if (misfits.length > 0) return { ok: false, misfits };
  const erased = member.name === '';
  const until = member.validUntil ?? FOR_LIFE;
  const value: LiveTexts = {
    number: member.number,
    name: erased ? member.number : member.name,
    member_type: category,
    branch: codes.branch,
    birth_date: member.birthDate ?? '',
    sex: genderOf(member) ?? '',
    address: streetOf(member),
    regency: member.address.regency,
    province: member.address.province,
    phone: localPhone(member.phone),
    email: member.email ?? '',
    member_since: member.memberSince,
    valid_until: member.state !== 'active' && member.stateSince < until ? member.stateSince : until,
  };
  return { ok: true, value, notes: [] };
}

function checked(member: OutgoingMember, codes: KohaCodes) {
  const category = codes.categories[member.memberType.code] ?? member.memberType.code;
  const misfits: readonly Misfit[] = [
    ...(member.number.length > LONGEST_NUMBER ? (['number_too_long'] as const) : []),
    ...(CATEGORY.test(category) ? [] : (['category_missing'] as const)),
  ];
  return { category, misfits };
}

function genderOf(member: OutgoingMember): 'M' | 'F' | null {
  return member.sex === null ? null : member.sex === 'L' ? 'M' : 'F';
}

/** All below the regency, which has its own place. */
function streetOf({ address }: OutgoingMember): string {
  return withPlaces(lineWithRt(address), [address.village, address.district]);
}
