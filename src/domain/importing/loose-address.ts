import type { Address } from '../applicant.ts';
import type { RegionCode } from '../ids.ts';
import type { IncomingField } from './incoming-member.ts';
import type { NoteCode } from './row-outcome.ts';

/** Names as written, or codes with or without dots; empty where the source says nothing. */
export interface RegionNames {
  readonly village: string;
  readonly district: string;
  readonly regency: string;
  readonly province: string;
}

/** An address whose places are names yet. */
export interface LooseAddress {
  readonly line: string;
  readonly rt: string | null;
  readonly rw: string | null;
  readonly region: RegionNames;
}

type Which = 'address' | 'present';
type Part = 'line' | 'rt' | 'rw' | 'village' | 'district' | 'regency' | 'province';

/** The address of a row; for the present one null where there is none. */
export function looseAddress(which: 'address', text: Text, note: Note): LooseAddress;
export function looseAddress(which: Which, text: Text, note: Note): LooseAddress | null;
export function looseAddress(which: Which, text: Text, note: Note): LooseAddress | null {
  const part = (name: Part) => text(`${which}_${name}`);
  const postcode = which === 'address' ? text('address_postcode') : '';
  const typed = part('line');
  const line =
    postcode !== '' && !typed.includes(postcode) ? [typed, postcode].filter(Boolean).join(', ') : typed;
  const region = {
    village: part('village'),
    district: part('district'),
    regency: part('regency'),
    province: part('province'),
  };
  const threeDigits = (name: 'rt' | 'rw') => {
    const value = part(name);
    const digits = /^0*(\d{1,3})$/.exec(value)?.[1];
    if (digits !== undefined) return Number(digits) === 0 ? null : digits.padStart(3, '0');
    if (value !== '') note('text_unusable', `${which}_${name}`, value);
    return null;
  };
  const [rt, rw] = [threeDigits('rt'), threeDigits('rw')];
  if (which === 'present' && line === '' && Object.values(region).every((name) => name === '')) return null;
  return { line, rt, rw, region };
}

type Text = (field: IncomingField) => string;
type Note = (code: NoteCode, field: IncomingField, value: string) => void;

/** The address as it is kept: with the village's code where that is certain, else with the names behind the line. */
export function settledAddress(loose: LooseAddress, village: RegionCode | null): Address {
  const { line, rt, rw, region } = loose;
  if (village !== null) return { line, rt, rw, village };
  const seen = line.toLowerCase();
  const names = [region.village, region.district, region.regency, region.province].filter(
    (name) => name !== '' && !seen.includes(name.toLowerCase()),
  );
  return { line: [line, ...names].filter((part) => part !== '').join(', '), rt, rw, village: null };
}

export function namesAnyRegion({ region }: LooseAddress): boolean {
  return region.village !== '' || region.district !== '' || region.regency !== '' || region.province !== '';
}
