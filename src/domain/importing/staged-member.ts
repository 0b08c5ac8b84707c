import type { Address } from '../applicant.ts';
import type { RegionCode } from '../ids.ts';
import type { CheckedMember } from './check-incoming.ts';
import type { IncomingMember } from './incoming-member.ts';
import { type LooseAddress, namesAnyRegion, settledAddress } from './loose-address.ts';

/** A row as it waits to be taken over: sealed, with its places settled. */
export interface StagedMember extends Omit<CheckedMember, 'address' | 'present'> {
  readonly address: Address;
  readonly present: Address | null;
  /** `nameKey` of the name, of rows that are not refused: what is made to find the row is not made again for the member. */
  readonly nameKey?: string;
}

/** Puts the places in that were certain; names of the others stay in the address, and the report says so. */
export function stage(
  checked: CheckedMember,
  village: RegionCode | null,
  presentVillage: RegionCode | null,
): StagedMember {
  const { address, present, notes } = checked;
  const asText = (loose: LooseAddress | null, code: RegionCode | null) =>
    loose !== null && code === null && namesAnyRegion(loose);
  return {
    ...checked,
    address: settledAddress(address, village),
    present: present === null ? null : settledAddress(present, presentVillage),
    notes:
      asText(address, village) || asText(present, presentVillage)
        ? [...notes, { code: 'region_as_text' }]
        : notes,
  };
}

/** All that a row says, the same for the same row of a later file; its place in the file does not matter. */
export function rowText({ facts, renewals, leftOver }: IncomingMember): string {
  const sorted = Object.entries(facts).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([sorted, renewals, leftOver.length]);
}
