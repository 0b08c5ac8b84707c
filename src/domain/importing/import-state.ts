import type { IncomingField } from './incoming-member.ts';
import type { ReasonCode, RowOutcome } from './row-outcome.ts';

/**
 * `uploading` comes in pieces; `mapping` waits for somebody who says which column is what; `reading` judges every row;
 * `comparing` finds people who are in the file twice; `checked` is the report of the dry run, nothing has changed yet;
 * `applying` makes members; `failed` cannot go on; `discarded` was given up before it changed anything.
 */
export const IMPORT_STATES = [
  'uploading',
  'mapping',
  'reading',
  'comparing',
  'checked',
  'applying',
  'done',
  'failed',
  'discarded',
] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

/** States in which the program works by itself. */
export function isRunning(state: ImportState): boolean {
  return state === 'reading' || state === 'comparing' || state === 'applying';
}

/** What was found out about the file when it was recognised; nothing personal. */
export interface ImportFileFacts {
  readonly hasHeader: boolean;
  readonly dialect: {
    readonly separator: ',' | ';' | '\t' | '|';
    readonly escape: 'quote' | 'backslash';
  } | null;
  readonly titles: readonly string[];
}

export interface ImportMapping {
  /** Our name for each column, by its title. */
  readonly columns: Readonly<Record<string, IncomingField>>;
  /** A member type of the library for each name of the source that says nothing by itself. */
  readonly types: Readonly<Record<string, string>>;
}

/** Sums that the report begins with; kept while it runs, as a million rows are not counted at every look. */
export interface ImportCounts {
  readonly outcomes?: Readonly<Partial<Record<RowOutcome, number>>>;
  readonly reasons?: Readonly<Record<string, number>>;
  /** Columns with something in them that has no place here, by title. */
  readonly leftOver?: Readonly<Record<string, number>>;
  /** Member types of the source that the library does not have by that name. */
  readonly types?: Readonly<Record<string, number>>;
  readonly applied?: number;
  readonly photos?: number;
  readonly visits?: number;
}

/** Somebody a row may be: a member, or an earlier row of the file. */
export interface ImportCandidate {
  readonly kind: 'member' | 'row';
  readonly id: string;
  readonly score: number;
  readonly verdict: 'same' | 'look' | 'different';
  readonly reasons: readonly string[];
}

export interface Judgement {
  readonly outcome: RowOutcome;
  readonly reason: ReasonCode | null;
  readonly candidate: ImportCandidate | null;
}

/** Evidence that two people, not one, have the same number: an old system gave it twice. */
const AGAINST = new Set([
  'name_differs',
  'name_renamed',
  'name_neighbour',
  'birth_date_differs',
  'birth_date_next_day',
  'birth_date_part',
  'birth_date_year_differs',
  'sex_differs',
  'nik_differs',
]);
const ONE_NUMBER = new Set(['nik_same', 'document_same']);

/**
 * What becomes of a row, from those it was compared with. The same number and nothing against it is the same person
 * even where little else is known; the same number of somebody else is decided by an officer.
 * @param owner who has the row's number already
 */
export function judge(candidates: readonly ImportCandidate[], owner: ImportCandidate | null): Judgement {
  const inFile = (candidate: ImportCandidate) => candidate.kind === 'row';
  if (owner !== null && (owner.verdict === 'same' || !owner.reasons.some((code) => AGAINST.has(code))))
    return { outcome: 'same', reason: inFile(owner) ? 'same_in_file' : 'same_on_file', candidate: owner };
  const same = candidates.find((candidate) => candidate.verdict === 'same');
  if (same)
    return { outcome: 'same', reason: inFile(same) ? 'same_in_file' : 'same_on_file', candidate: same };
  if (owner !== null)
    return { outcome: 'look', reason: inFile(owner) ? 'number_in_file' : 'number_on_file', candidate: owner };
  const alike = candidates.find(
    ({ verdict, reasons }) => verdict === 'look' || reasons.some((code) => ONE_NUMBER.has(code)),
  );
  if (alike)
    return { outcome: 'look', reason: inFile(alike) ? 'alike_in_file' : 'alike_on_file', candidate: alike };
  return { outcome: 'new', reason: null, candidate: null };
}

/** Which type of the library a name of the source is; by code or name, by what was decided, by the usual words. */
export function typeCodeOf(
  name: string | null,
  types: readonly { readonly code: string; readonly name: { readonly id: string; readonly en: string } }[],
  decided: Readonly<Record<string, string>>,
  usual: (name: string) => string | undefined,
): string | undefined {
  if (name === null) return undefined;
  const key = name.trim().toLowerCase();
  const chosen =
    decided[name] ??
    types.find((type) => [type.code, type.name.id, type.name.en].some((one) => one.toLowerCase() === key))
      ?.code ??
    usual(name);
  return types.some((type) => type.code === chosen) ? chosen : undefined;
}
