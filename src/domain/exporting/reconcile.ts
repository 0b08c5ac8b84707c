/**
 * What is sent to a lending system where people change members too. Per field three texts are compared: what we want
 * there, what stands there now, and what stood there after we last wrote. Pure; texts of before are known by keyed
 * digests only, so that nobody's values are kept twice.
 */

/** Texts by field, as both sides can say them; empty where there is nothing. */
export type LiveTexts = Readonly<Record<string, string>>;
/** Keyed digests by field. */
export type Digests = Readonly<Record<string, string>>;

/** A member's row in the lending system. */
export interface RowThere {
  /** Its key there. */
  readonly id: string;
  readonly values: LiveTexts;
}

/** What is known of a member there. */
export interface LiveMemory {
  /** What stood there after we last wrote. */
  readonly left: Digests;
  /**
   * What we were about to write, all since the last answer: a process that is killed after writing has left one of
   * these, and the member may have changed again before the next one comes.
   */
  readonly intended: Readonly<Record<string, readonly string[]>>;
  /** A person has seen both and wants neither changed, as long as they stay so. */
  readonly apart: Readonly<Record<string, { readonly ours: string; readonly theirs: string }>>;
  /** A person has seen this text of theirs and wants ours in its place. */
  readonly agreed: Digests;
  /** Of somebody who was erased: the connection has moved since, and the key may be another person's row there. */
  readonly moved?: true;
}

export const NOTHING_KNOWN: LiveMemory = { left: {}, intended: {}, apart: {}, agreed: {} };

/** Nobody is killed so often between two answers while the member changes each time. */
const MOST_INTENDED = 20;

/** Stands for the whole row where it is missing there. */
export const GONE = 'row';

/** Whether the other fields of a row that was there before us may be overwritten at the first meeting. */
export const FIRST_MEETINGS = ['ask', 'ours'] as const;
export type FirstMeeting = (typeof FIRST_MEETINGS)[number];

/** By which a row there is known to be this person's; never overwritten at a first meeting. */
const IDENTITY: ReadonlySet<string> = new Set(['number', 'name', 'birth_date']);

export type Judged =
  /** Nobody is there, and nobody was: a new row. */
  | { readonly kind: 'insert' }
  /** These fields are written, which may be none; the others of `conflicts` wait for a person. */
  | { readonly kind: 'write'; readonly fields: readonly string[]; readonly conflicts: readonly string[] }
  /** Nothing is written: it may be somebody else's row, or it was deleted there. */
  | { readonly kind: 'hold'; readonly conflicts: readonly string[] }
  /** A person has said to leave it: the row was deleted there, or it is somebody else's. */
  | { readonly kind: 'skip' };

/**
 * @param input.known whether the row was ours before; false at the first meeting
 * @param input.ours every field that is ours to write; what is not in it is never looked at
 * @param input.digest keyed, of one text of one field
 */
export function judgeRow(input: {
  readonly ours: LiveTexts;
  readonly there: RowThere | null;
  readonly known: boolean;
  readonly memory: LiveMemory;
  readonly first: FirstMeeting;
  readonly digest: (field: string, text: string) => string;
}): Judged {
  const { ours, there, known, memory, first, digest } = input;
  if (there === null) {
    if (!known || memory.agreed[GONE] !== undefined) return { kind: 'insert' };
    return memory.apart[GONE] === undefined ? { kind: 'hold', conflicts: [GONE] } : { kind: 'skip' };
  }
  // Somebody else's row, as a person has said.
  if (!known && memory.apart[GONE]?.theirs === digest(GONE, there.id)) return { kind: 'skip' };
  const fields: string[] = [];
  const conflicts: string[] = [];
  for (const [field, own] of Object.entries(ours)) {
    const theirs = there.values[field];
    if (theirs === undefined || sameText(field, own, theirs)) continue;
    const mark = digest(field, theirs);
    const apart = memory.apart[field];
    if (mark === memory.agreed[field]) fields.push(field);
    else if (apart?.theirs === mark && apart.ours === digest(field, own)) continue;
    else if (mark === memory.left[field] || memory.intended[field]?.includes(mark)) fields.push(field);
    else if (memory.left[field] === undefined) {
      // Never ours before: an empty text has nothing to say, and one beside an empty place takes nothing away.
      if (own === '') continue;
      if (theirs === '' || (first === 'ours' && !IDENTITY.has(field))) fields.push(field);
      else conflicts.push(field);
    } else conflicts.push(field);
  }
  const maybeSomebodyElse = !known && conflicts.some((field) => IDENTITY.has(field));
  return maybeSomebodyElse ? { kind: 'hold', conflicts } : { kind: 'write', fields, conflicts };
}

/** What is known after our write, from what the row then held. */
export function rememberRow(input: {
  readonly ours: LiveTexts;
  readonly after: RowThere;
  readonly conflicts: readonly string[];
  readonly memory: LiveMemory;
  readonly digest: (field: string, text: string) => string;
}): LiveMemory {
  const { ours, after, conflicts, memory, digest } = input;
  const waits = new Set(conflicts);
  const left: Record<string, string> = {};
  const apart: Record<string, { ours: string; theirs: string }> = {};
  for (const [field, own] of Object.entries(ours)) {
    const theirs = after.values[field];
    if (theirs === undefined) continue;
    const kept = memory.apart[field];
    if (kept && kept.ours === digest(field, own) && kept.theirs === digest(field, theirs))
      apart[field] = kept;
    const before = memory.left[field];
    // What waits, and what was never ours, is no word of ours.
    if (waits.has(field) || apart[field] !== undefined || (own === '' && theirs !== '')) {
      if (before !== undefined) left[field] = before;
    } else left[field] = digest(field, theirs);
  }
  return { left, apart, intended: {}, agreed: {} };
}

/** What we would leave there: written down before the first byte goes. */
export function intendRow(
  ours: LiveTexts,
  memory: LiveMemory,
  digest: (field: string, text: string) => string,
): LiveMemory {
  const intended = Object.fromEntries(
    Object.entries(ours).map(([field, own]) => {
      const all = new Set([...(memory.intended[field] ?? []), digest(field, own)]);
      return [field, [...all].slice(-MOST_INTENDED)];
    }),
  );
  return { ...memory, intended };
}

/** Names differ in case and spaces where people type them; that alone is no change. */
function sameText(field: string, own: string, theirs: string): boolean {
  if (own === theirs) return true;
  if (field !== 'name') return false;
  const plain = (text: string) => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
  return plain(own) === plain(theirs);
}
