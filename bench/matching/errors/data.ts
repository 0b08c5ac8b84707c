/** Errors in dates, numbers and addresses. */
import type { Draft } from '../draft.ts';
import { makeEmail } from '../identity.ts';
import { callName } from '../names.ts';
import { nearOrFar, type Person, type World } from '../people.ts';
import { BIRTH_PLACES, makeHome } from '../places.ts';
import { between, chance, draw, pick, type Rng } from '../random.ts';
import type { ErrorKind } from './error-kind.ts';

function dayMonthSwapped(draft: Draft): boolean {
  const [year = '', month = '', day = ''] = draft.birth.split('-');
  return setBirth(draft, `${year}-${day}-${month}`);
}

/** One of the last three digits of the year, of the month or of the day. */
function birthDigitWrong(draft: Draft, rng: Rng): boolean {
  if (draft.birth === '') return false;
  for (let tries = 0; tries < 30; tries++)
    if (setBirth(draft, otherDigit(rng, draft.birth, pick(rng, [2, 3, 3, 5, 6, 8, 8, 9, 9])))) return true;
  return false;
}

function yearOffByOne(draft: Draft, rng: Rng): boolean {
  if (draft.birth === '') return false;
  return setBirth(draft, `${Number(draft.birth.slice(0, 4)) + pick(rng, [-1, 1])}${draft.birth.slice(4)}`);
}

/** Only the year was known to whoever wrote. */
function firstOfJanuary(draft: Draft): boolean {
  return draft.birth !== '' && setBirth(draft, `${draft.birth.slice(0, 4)}-01-01`);
}

function birthDateMissing(draft: Draft): boolean {
  if (draft.birth === '') return false;
  draft.birth = '';
  return true;
}

/** False where there is no such day, or nobody at school yet is so young. */
function setBirth(draft: Draft, birth: string): boolean {
  const time = Date.parse(birth);
  const year = Number(birth.slice(0, 4));
  if (Number.isNaN(time) || birth === draft.birth || year < 1925 || year > 2021) return false;
  // 30 February becomes 2 March for the parser.
  if (new Date(time).toISOString().slice(0, 10) !== birth) return false;
  draft.birth = birth;
  return true;
}

/** The district's name for the regency's, the regency spelt out, the town's short or former name. */
function birthPlaceOtherwise(draft: Draft, rng: Rng): boolean {
  const place = draft.birthPlace;
  if (place === '') return false;
  const short: Readonly<Record<string, readonly string[]>> = {
    Banyuwangi: ['Bwi', 'BWI', 'Banyuwangi, Jatim', 'Bayuwangi'],
    Surabaya: ['Sby', 'SBY'],
    Jakarta: ['Jkt', 'DKI Jakarta', 'Jakarta Timur'],
    Yogyakarta: ['Jogja', 'Jogjakarta', 'Yogya'],
    Surakarta: ['Solo'],
    Solo: ['Surakarta'],
    Makassar: ['Ujung Pandang', 'Ujungpandang'],
    'Ujung Pandang': ['Makassar'],
    Semarang: ['Smg', 'Kota Semarang'],
    Purwokerto: ['Banyumas'],
  };
  const turn = rng();
  if (turn < 0.4) draft.birthPlace = pick(rng, short[place] ?? [`Kab. ${place}`, `Kota ${place}`]);
  else if (turn < 0.65) draft.birthPlace = pick(rng, ['Kab. ', 'Kabupaten ', 'Kota ', 'Kec. ']) + place;
  else if (turn < 0.85) draft.birthPlace = draft.home.village.district;
  else draft.birthPlace = draw(rng, BIRTH_PLACES);
  return draft.birthPlace !== place;
}

function nikDigitWrong(draft: Draft, rng: Rng): boolean {
  if (draft.nik === '') return false;
  draft.nik = otherDigit(rng, draft.nik, between(rng, 0, 15));
  return true;
}

function nikDigitsSwapped(draft: Draft, rng: Rng): boolean {
  const { nik } = draft;
  const places = Array.from({ length: 15 }, (_, at) => at).filter(
    (at) => nik !== '' && nik[at] !== nik[at + 1],
  );
  if (places.length === 0) return false;
  const at = pick(rng, places);
  draft.nik = nik.slice(0, at) + nik.slice(at + 1, at + 2) + nik.slice(at, at + 1) + nik.slice(at + 2);
  return true;
}

/** A child's form with a parent's card; a couple that took each other's. */
function nikOfFamily(draft: Draft, rng: Rng): boolean {
  const other = familyMember(draft.person, rng);
  if (draft.nik === '' || other === undefined) return false;
  draft.nik = other.nik;
  return true;
}

function kkAsNik(draft: Draft): boolean {
  if (draft.nik === '') return false;
  draft.nik = draft.person.kk;
  return true;
}

function kkDigitWrong(draft: Draft, rng: Rng): boolean {
  if (draft.kk === '') return false;
  draft.kk = otherDigit(rng, draft.kk, between(rng, 0, 15));
  return true;
}

function phoneChanged(draft: Draft, _rng: Rng, { registrar }: World): boolean {
  if (draft.phone === '') return false;
  draft.phone = registrar.phone();
  return true;
}

function phoneOfFamily(draft: Draft, rng: Rng): boolean {
  const phone = familyMember(draft.person, rng)?.phone;
  if (draft.phone === '' || phone === undefined || phone === draft.phone) return false;
  draft.phone = phone;
  return true;
}

function phoneDigitWrong(draft: Draft, rng: Rng): boolean {
  if (draft.phone === '') return false;
  draft.phone = otherDigit(rng, draft.phone, between(rng, 4, draft.phone.length - 1));
  return true;
}

function emailChanged(draft: Draft, rng: Rng): boolean {
  if (draft.email === '') return false;
  draft.email = makeEmail(rng, callName(draft.person.name), draft.person.birth);
  return true;
}

/** Village and address; half of them have a new family card with it. */
function movedHouse(draft: Draft, rng: Rng, world: World): boolean {
  if (!draft.hasAddress && !draft.hasVillage) return false;
  draft.home = makeHome(rng, nearOrFar(world, draft.person));
  if (draft.kk !== '' && chance(rng, 0.5)) draft.kk = world.registrar.kk(draft.home.village.prefix);
  return true;
}

/** The second key of the list was taken for the first. */
function sexWrong(draft: Draft): boolean {
  if (draft.sex === '') return false;
  draft.sex = draft.sex === 'L' ? 'P' : 'L';
  return true;
}

function familyMember(person: Person, rng: Rng): Person | undefined {
  const { husband, wife } = person.household;
  const others = [husband, wife].filter((one) => one !== undefined && one !== person);
  return others.length > 0 ? pick(rng, others) : undefined;
}

/** Another digit than the one that stands there. */
function otherDigit(rng: Rng, text: string, at: number): string {
  const digit = (Number(text[at]) + between(rng, 1, 9)) % 10;
  return text.slice(0, at) + String(digit) + text.slice(at + 1);
}

export const DATA: readonly ErrorKind[] = [
  { id: 'birth-day-month-swapped', field: 'birth', rate: 30, apply: dayMonthSwapped },
  { id: 'birth-digit-wrong', field: 'birth', rate: 22, apply: birthDigitWrong },
  { id: 'birth-year-off-by-one', field: 'birth', rate: 12, apply: yearOffByOne },
  { id: 'birth-first-of-january', field: 'birth', rate: 8, apply: firstOfJanuary },
  { id: 'birth-date-missing', field: 'birth', rate: 7, apply: birthDateMissing },
  { id: 'birth-place-otherwise', field: 'birth-place', rate: 22, apply: birthPlaceOtherwise },
  { id: 'nik-digit-wrong', field: 'nik', rate: 38, apply: nikDigitWrong },
  { id: 'nik-digits-swapped', field: 'nik', rate: 22, apply: nikDigitsSwapped },
  { id: 'nik-of-family', field: 'nik', rate: 16, apply: nikOfFamily },
  { id: 'kk-as-nik', field: 'nik', rate: 8, apply: kkAsNik },
  { id: 'kk-digit-wrong', field: 'kk', rate: 8, apply: kkDigitWrong },
  { id: 'phone-changed', field: 'phone', rate: 120, apply: phoneChanged },
  { id: 'phone-of-family', field: 'phone', rate: 14, apply: phoneOfFamily },
  { id: 'phone-digit-wrong', field: 'phone', rate: 9, apply: phoneDigitWrong },
  { id: 'email-changed', field: 'email', rate: 16, apply: emailChanged },
  { id: 'moved-house', field: 'home', rate: 50, apply: movedHouse },
  { id: 'sex-wrong', field: 'sex', rate: 3, apply: sexWrong },
];
