import type { Education, Guardian, Occupation, Sex } from '../applicant.ts';
import { needsGuardian } from '../child.ts';
import { cleanText } from '../clean-text.ts';
import { isEmail } from '../email.ts';
import { coverIdentityNumbers, holdsIdentityNumber, identityNumbersIn } from '../identity-in-text.ts';
import type { Phone } from '../ids.ts';
import type { MemberState } from '../member.ts';
import { maskNik } from '../nik.ts';
import { cleanName } from '../person-name.ts';
import { parsePhone } from '../phone.ts';
import { ageOn, type PlainDate } from '../plain-date.ts';
import { type IncomingIdentity, identityOf } from './check-identity.ts';
import type { IncomingField, IncomingMember } from './incoming-member.ts';
import {
  EDUCATION_WORDS,
  OCCUPATION_WORDS,
  RELATION_WORDS,
  SEX_WORDS,
  STATUS_WORDS,
  wordKey,
} from './incoming-words.ts';
import { type LooseAddress, looseAddress } from './loose-address.ts';
import { readIncomingDate } from './read-date.ts';
import type { ImportNote, NoteCode, RefusalCode } from './row-outcome.ts';

/** A row of another system as far as it could be understood; nothing else of it is taken. */
export interface CheckedMember {
  /** Why it cannot become a member at all; everything else may then be empty. */
  readonly refusal: RefusalCode | null;
  /** The old number where it stays; null: the library gives one of its own. */
  readonly number: string | null;
  /** As written in the source, for finding the member by it again. */
  readonly oldNumber: string | null;
  readonly identity: IncomingIdentity;
  readonly name: string;
  readonly birthPlace: string | null;
  readonly birthDate: PlainDate | null;
  readonly sex: Sex | null;
  readonly address: LooseAddress;
  /** Null where the source gives none, or the same. */
  readonly present: LooseAddress | null;
  readonly phone: Phone | null;
  readonly email: string | null;
  readonly occupation: Occupation | null;
  readonly education: Education | null;
  readonly institution: string | null;
  /** The type's name in the source; which of the library's it is, is decided when the rows are taken over. */
  readonly typeName: string | null;
  readonly guardian: Omit<Guardian, 'consented'> | null;
  readonly memberSince: PlainDate | null;
  readonly validUntil: PlainDate | null;
  /** A year such as 9999 stands for no end. */
  readonly forLife: boolean;
  readonly state: MemberState;
  readonly renewals: readonly { readonly on: PlainDate; readonly until: PlainDate }[];
  readonly photo: string | null;
  readonly notes: readonly ImportNote[];
  readonly leftOver: readonly string[];
}

const LONGEST_TEXT = 500;
/** Older than any person: a slip in the year. */
const IMPOSSIBLE_AGE = 130;
const FOR_LIFE_FROM = '2900';
/** What people write for "nothing", the filler of our own export among them. */
const NOTHING = new Set([
  '',
  'null',
  'tidak dicatat',
  'tidak ada',
  'n a',
  'none',
  '0000 00 00',
  '00 00 0000',
]);

/** Nothing is written longer, not even with dashes for a whole cell. */
const LONGEST_NOTHING = 40;

function isNothing(text: string): boolean {
  return text.length <= LONGEST_NOTHING && NOTHING.has(wordKey(text));
}

/** Judges the texts of one row. Only a missing name refuses: every other fault costs its own value, and is told. */
export function checkIncoming(incoming: IncomingMember, today: PlainDate): CheckedMember {
  const notes: ImportNote[] = [];
  const note = (code: NoteCode, field: IncomingField, value: string) =>
    void notes.push({ code, field, value });
  const raw = (field: IncomingField): string => {
    const written = incoming.facts[field];
    if (written === undefined) return '';
    const result = cleanText(written, LONGEST_TEXT);
    if (!result.ok) note('text_unusable', field, written.slice(0, 80));
    return result.ok && !isNothing(result.text) ? result.text : '';
  };
  /** Of what is stored as it is written. The number itself is in the list that was sent, and nowhere here. */
  const text = (field: IncomingField): string => withoutNumbers(field, raw(field));
  const withoutNumbers = (field: IncomingField, value: string): string => {
    const numbers = identityNumbersIn(value);
    if (numbers.length === 0) return value;
    note('identity_in_text', field, numbers.map(maskNik).join(', '));
    return coverIdentityNumbers(value);
  };
  const parsed = <T>(
    field: IncomingField,
    code: NoteCode,
    read: (value: string) => T | undefined,
  ): T | null => {
    const value = raw(field);
    if (value === '') return null;
    const found = read(value);
    if (found === undefined) note(code, field, value);
    return found ?? null;
  };
  const word = <T>(field: IncomingField, meanings: ReadonlyMap<string, T>) =>
    parsed(field, 'word_unknown', (value) => meanings.get(wordKey(value)));
  const phone = (field: IncomingField) =>
    parsed(field, 'phone_unreadable', (value) => {
      const result = parsePhone(value);
      return result.ok ? result.phone : undefined;
    });
  const date = (field: IncomingField) => parsed(field, 'date_unreadable', (value) => readIncomingDate(value));

  const readEmail = (): string | null => {
    if (!holdsIdentityNumber(raw('email')))
      return parsed('email', 'email_unreadable', (value) => (isEmail(value) ? value : undefined));
    // Told; an address with its digits covered reaches nobody.
    text('email');
    return null;
  };

  const name = cleanName(withoutNumbers('name', incoming.facts.name ?? ''));
  const identity = identityOf({
    number: raw('number'),
    identityType: raw('identity_type'),
    identityNumber: raw('identity_number'),
    note,
  });
  const birthDate = plausibleBirth(date('birth_date'), today, note);
  const since = date('member_since');
  if (since !== null && since > today) note('date_in_future', 'member_since', since);
  const until = date('valid_until');
  const forLife = until !== null && until >= FOR_LIFE_FROM;
  const status = word('status', STATUS_WORDS) ?? 'active';
  if (status === 'unconfirmed') note('status_unconfirmed', 'status', text('status'));
  const [first, second] = [phone('phone'), phone('phone_other')];
  if (first !== null && second !== null && first !== second) note('second_phone', 'phone_other', second);
  const guardian = guardianOf(
    text('guardian_name'),
    word('guardian_relation', RELATION_WORDS),
    phone('guardian_phone'),
  );
  const minor = birthDate !== null && needsGuardian(birthDate, today);
  if (minor && guardian === null) notes.push({ code: 'minor_without_guardian' });
  const address = looseAddress('address', text, note);
  const present = looseAddress('present', text, note);
  const refusal: RefusalCode | null = incoming.problems.includes('row_unreadable')
    ? 'row_unreadable'
    : name.ok
      ? null
      : incoming.facts.name
        ? 'name_unusable'
        : 'name_missing';
  if (incoming.problems.includes('too_many_cells')) notes.push({ code: 'too_many_cells' });
  return {
    refusal,
    ...identity,
    name: name.ok ? name.name : '',
    birthPlace: text('birth_place') || null,
    birthDate,
    sex: word('sex', SEX_WORDS),
    address,
    present: present !== null && !sameAddress(present, address) ? present : null,
    phone: first ?? second,
    email: readEmail(),
    occupation: word('occupation', OCCUPATION_WORDS),
    education: word('education', EDUCATION_WORDS),
    institution: text('institution') || null,
    typeName: text('member_type') || null,
    // An emergency contact of a grown-up is not asked for here; of a child it is the guardian.
    guardian: minor ? guardian : null,
    memberSince: since !== null && since <= today ? since : null,
    validUntil: forLife ? null : until,
    forLife,
    state: status === 'unconfirmed' ? 'active' : status,
    renewals: incoming.renewals.flatMap(({ on, until }) => {
      const [day, end] = [readIncomingDate(on), readIncomingDate(until)];
      if (day && end && day <= today) return [{ on: day, until: end }];
      notes.push({ code: 'renewal_unreadable', value: `${on} → ${until}` });
      return [];
    }),
    // Names a file, which the number may be; kept sealed with the row.
    photo: raw('photo') || null,
    notes,
    leftOver: [...incoming.leftOver, ...(guardian !== null && !minor ? ['guardian_name'] : [])],
  };
}

function plausibleBirth(
  date: PlainDate | null,
  today: PlainDate,
  note: (code: NoteCode, field: IncomingField, value: string) => void,
): PlainDate | null {
  if (date === null) return null;
  if (date <= today && ageOn(date, today) <= IMPOSSIBLE_AGE) return date;
  note('date_impossible', 'birth_date', date);
  return null;
}

function guardianOf(
  name: string,
  relation: Guardian['relation'] | null,
  phone: Phone | null,
): CheckedMember['guardian'] {
  const clean = cleanName(name);
  return clean.ok ? { name: clean.name, relation: relation ?? 'relative', phone } : null;
}

function sameAddress(one: LooseAddress, other: LooseAddress | null): boolean {
  return other !== null && wordKey(JSON.stringify(one)) === wordKey(JSON.stringify(other));
}
