import type { Tx } from '../db/connection.ts';
import {
  type ExportRecord,
  findNikNumbers,
  findPlaceNames,
  nextOutgoing,
  type OutgoingRow,
} from '../db/export.ts';
import type { Education, GuardianRelation, Occupation } from '../domain/applicant.ts';
import type { OutgoingAddress, OutgoingMember } from '../domain/exporting/outgoing-member.ts';
import type { MemberId, Phone } from '../domain/ids.ts';
import { plainDateIn } from '../domain/plain-date.ts';
import type { Deps, Scope } from './context.ts';

/** Members of one transaction: what is in memory does not grow with the library. */
export const EXPORT_BATCH = 1_000;

export interface Outgoing {
  readonly id: MemberId;
  readonly version: number;
  readonly member: OutgoingMember;
  /** Has left, and the target still has them. */
  readonly left: boolean;
  /** Their data are gone here. */
  readonly erased: boolean;
}

/** Names of places met so far; a country has some ninety thousand. */
export type PlaceNames = Map<string, string>;

/** The next members of an export, with their numbers opened only where the library lets them go. */
export async function readOutgoing(
  tx: Tx,
  deps: Pick<Deps, 'vault' | 'now'>,
  scope: Scope,
  record: ExportRecord,
  after: MemberId | null,
  places: PlaceNames,
  again = true,
): Promise<readonly Outgoing[]> {
  const rows = await nextOutgoing(tx, {
    target: record.target,
    after,
    changedOnly: record.changed_only,
    again,
    at: deps.now(),
    limit: EXPORT_BATCH,
  });
  if (rows.length === 0) return [];
  const unknown = new Set(
    rows
      .flatMap((row) => [row.address_village, row.present_village])
      .flatMap((code) => (code === null ? [] : levelsOf(code)))
      .filter((code) => !places.has(code)),
  );
  for (const [code, name] of await findPlaceNames(tx, [...unknown])) places.set(code, name);
  const { lendingSystem, publicNumberIsNik } = scope.library.settings;
  const nikNumbers = lendingSystem.identityNumbers
    ? await findNikNumbers(
        tx,
        rows.map((row) => row.id),
      )
    : new Set<MemberId>();
  return rows.map((row) => ({
    id: row.id,
    version: row.version,
    member: outgoingMember(deps, scope, row, places, publicNumberIsNik || nikNumbers.has(row.id)),
    left: row.state === 'ended',
    erased: row.person_key.length === 0,
  }));
}

function outgoingMember(
  { vault }: Pick<Deps, 'vault'>,
  scope: Scope,
  row: OutgoingRow,
  places: PlaceNames,
  numberIsNik: boolean,
): OutgoingMember {
  const { id, settings } = scope.library;
  const lets = settings.lendingSystem.identityNumbers;
  const nik = row.nik !== null && (lets || numberIsNik) ? vault.openText(id, 'nik', row.nik) : null;
  const document =
    row.document_number !== null && row.document_type !== null && lets
      ? { type: row.document_type, number: vault.openText(id, 'document', row.document_number) }
      : null;
  const isNik = nik !== null && document?.number !== nik;
  const type = settings.memberTypes.find(({ code }) => code === row.member_type);
  const { guardian_name: guardian, guardian_relation: relation } = row;
  return {
    number: numberIsNik && nik !== null ? nik : row.number,
    name: row.name,
    birthPlace: row.birth_place,
    birthDate: row.birth_date,
    sex: row.sex,
    // One number goes, and the NIK is the one that says who it is.
    identity: lets && nik !== null && isNik ? { type: 'ktp', number: nik } : document,
    address: addressOf(row.address_line, row.address_rt, row.address_rw, row.address_village, places),
    present: row.present_same
      ? null
      : addressOf(row.present_line, row.present_rt, row.present_rw, row.present_village, places),
    phone: row.phone as Phone | null,
    email: row.email,
    occupation: row.occupation as Occupation | null,
    education: row.education as Education | null,
    institution: row.institution,
    memberType: { code: row.member_type, name: type?.name.id ?? row.member_type },
    memberSince: row.member_since,
    validFrom: row.valid_from,
    validUntil: row.valid_until,
    state: row.state,
    stateSince: plainDateIn(settings.profile.timezone, row.state_effective_at),
    guardian:
      guardian === null || relation === null
        ? null
        : {
            name: guardian,
            relation: relation as GuardianRelation,
            phone: row.guardian_phone as Phone | null,
          },
  };
}

function addressOf(
  line: string | null,
  rt: string | null,
  rw: string | null,
  village: string | null,
  places: PlaceNames,
): OutgoingAddress {
  const [province, regency, district, place] = village === null ? [] : levelsOf(village);
  const name = (code: string | undefined) => (code === undefined ? '' : (places.get(code) ?? ''));
  return {
    line: line ?? '',
    rt,
    rw,
    village: name(place),
    district: name(district),
    regency: name(regency),
    province: name(province),
  };
}

/** `35.10.01.2001` with all it lies in, the largest first. */
function levelsOf(code: string): readonly string[] {
  return code.split('.').map((_, at, parts) => parts.slice(0, at + 1).join('.'));
}
