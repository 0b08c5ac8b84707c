import { sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { findImport, findKnownRows } from '../db/import.ts';
import type { RegionFinder } from '../db/region-names.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ImportId, LibraryId } from '../domain/ids.ts';
import { checkIncoming } from '../domain/importing/check-incoming.ts';
import type { ImportCandidate } from '../domain/importing/import-state.ts';
import type { IncomingMember } from '../domain/importing/incoming-member.ts';
import { wordKey } from '../domain/importing/incoming-words.ts';
import { rowText, type StagedMember, stage } from '../domain/importing/staged-member.ts';
import { rarestKeys, storedKey } from '../domain/matching/block-keys.ts';
import type { Match } from '../domain/matching/compare.ts';
import { type Deps, type Scope, todayOf } from './context.ts';
import { type SoughtRow, soughtOf } from './import-person.ts';
import { matchPeople, type Sought } from './match-people.ts';
import { populationFor } from './population.ts';

/** As many people as a file may hold: keys that would find more than a few of them are left out. */
const MOST_IN_FILE = 1_000_000;
const FOUND_IN_FILE = 30;

/** A row with all that can be said of it by itself and against the members on file. */
export interface PreparedRow {
  readonly n: number;
  readonly staged: StagedMember;
  /** `staged`, sealed. */
  readonly content: Buffer;
  readonly rowHash: Buffer;
  readonly numberHash: Buffer | null;
  /** Null where the row is refused. */
  readonly sought: PreparedSought | null;
}

export interface PreparedSought extends Sought {
  /** Members who resemble the person, the likeliest first. */
  readonly candidates: readonly ImportCandidate[];
  /** See `fileKeysOf`. */
  readonly fileKeys: readonly number[];
  /** Of the member that the row may become. */
  readonly matchKeys: readonly number[];
  readonly nikSlots: Uint8Array | null;
}

/** What needs no other row of the file, so that several batches can be prepared at once and before their turn. */
export async function prepareBatch(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  regions: RegionFinder,
  rows: readonly IncomingMember[],
): Promise<readonly PreparedRow[]> {
  const prepared: PreparedRow[] = [];
  const about = await inLibrary(db, scope.library.id, async (tx) => ({
    population: await populationFor(tx, deps, scope),
    hasMembers: await anybodyOnFile(tx),
    // A page is given a table, only a command a folder beside it.
    withoutPhotos: (await findImport(tx, importId))?.in_service === true,
  }));
  for (const incoming of rows) prepared.push(await prepareRow(deps, scope, regions, incoming, about));
  return about.hasMembers ? await withCandidates(db, deps, scope, importId, prepared) : prepared;
}

/** The first members of a library resemble nobody. */
async function anybodyOnFile(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ some: boolean }>`select exists (select from member) as some`.execute(tx);
  return rows[0]?.some ?? true;
}

async function prepareRow(
  { vault }: Deps,
  scope: Scope,
  regions: RegionFinder,
  incoming: IncomingMember,
  {
    population,
    withoutPhotos,
  }: { readonly population: Awaited<ReturnType<typeof populationFor>>; readonly withoutPhotos: boolean },
): Promise<PreparedRow> {
  const { id } = scope.library;
  const checked = checkIncoming(incoming, todayOf(scope));
  const village = await regions.find(checked.address.region);
  const presentVillage = checked.present === null ? null : await regions.find(checked.present.region);
  const read = stage(checked, village, presentVillage);
  const staged =
    withoutPhotos && read.photo !== null ? { ...read, leftOver: [...read.leftOver, 'photo'] } : read;
  const sought = staged.refusal === null ? soughtOf(vault, id, staged, population) : null;
  return {
    n: incoming.row,
    staged,
    content: vault.seal(
      id,
      'import',
      JSON.stringify(sought === null ? staged : { ...staged, nameKey: sought.nameKey }),
    ),
    rowHash: vault.hash(id, 'import_row', rowText(incoming)),
    numberHash: staged.oldNumber === null ? null : numberHash({ vault }, scope, staged.oldNumber),
    sought: sought && {
      get person() {
        return sought.person;
      },
      nikKeys: sought.nikKeys,
      hashes: sought.hashes,
      candidates: [],
      fileKeys: fileKeysOf(id, staged, sought),
      matchKeys: sought.matchKeys,
      nikSlots: sought.nikSlots,
    },
  };
}

/** By which the rows of one file find each other. */
export function fileKeysOf(
  libraryId: LibraryId,
  staged: StagedMember,
  sought: Pick<SoughtRow, 'blocks' | 'nikKeys' | 'hashes'>,
): readonly number[] {
  return [
    ...rarestKeys(sought.blocks, MOST_IN_FILE, FOUND_IN_FILE).map((key) => storedKey(libraryId, key.text)),
    ...sought.nikKeys,
    ...sought.hashes.map((hash) => hash.readInt32BE(0)),
    ...(staged.phone === null ? [] : [storedKey(libraryId, `p|${staged.phone}`)]),
  ];
}

/** The same check as at the counter. Rows seen before are settled without it. */
async function withCandidates(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  rows: readonly PreparedRow[],
): Promise<readonly PreparedRow[]> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const known = await findKnownRows(
      tx,
      importId,
      rows.map((row) => row.rowHash),
    );
    const seen = new Set(known.map((row) => row.row_hash.toString('hex')));
    const open = rows.filter((row) => row.sought !== null && !seen.has(row.rowHash.toString('hex')));
    const hits = await matchPeople(
      tx,
      deps,
      scope,
      open.flatMap((row) => row.sought ?? []),
      scope.library.settings.crossCheck,
    );
    const candidates = new Map(
      open.map((row, at) => [
        row.n,
        (hits[at] ?? []).map(({ member, match }) => candidateOf('member', member.id, match)),
      ]),
    );
    return rows.map((row) =>
      row.sought === null
        ? row
        : { ...row, sought: { ...row.sought, candidates: candidates.get(row.n) ?? [] } },
    );
  });
}

/** By which a member is found whatever the number is now. */
export function numberHash({ vault }: Pick<Deps, 'vault'>, scope: Scope, number: string): Buffer {
  return vault.hash(scope.library.id, 'import_number', wordKey(number).replaceAll(' ', ''));
}

export function candidateOf(kind: 'member' | 'row', id: string, match: Match): ImportCandidate {
  return {
    kind,
    id,
    score: match.score,
    verdict: match.verdict,
    reasons: match.reasons.map((reason) => reason.code),
  };
}
