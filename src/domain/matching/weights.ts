/**
 * How often each outcome of a comparison occurs: within one person written twice (`same`), between two people of one
 * household (`household`), between two people who have nothing to do with each other (`unrelated`). A field's evidence
 * is the logarithm of the ratio of two of these (Fellegi and Sunter, 1969).
 *
 * How the numbers were got: see docs/decisions/011 and `npm run bench -- matching --estimate`.
 */
export interface Odds {
  readonly same: number;
  readonly household: number;
  readonly unrelated: number;
}

export const WEIGHTS = {
  birth: {
    same: { same: 0.9, household: 0.03, unrelated: 5.5e-5 },
    /** Both 1 January of one year: half of those are "unknown". */
    same_new_year: { same: 0.9, household: 0.03, unrelated: 8e-4 },
    swapped: { same: 0.015, household: 1e-4, unrelated: 5.5e-5 },
    slip: { same: 0.03, household: 0.005, unrelated: 0.0022 },
    /** One side is 1 January of the same year: the day was not known. */
    day_unknown: { same: 0.02, household: 0.002, unrelated: 1e-3 },
    year_differs: { same: 0.008, household: 0.003, unrelated: 0.0026 },
    differs: { same: 0.006, household: 0.35, unrelated: 0.35 },
    /** More than twelve years apart and no slip explains it: parent and child, or strangers. */
    far: { same: 0.0015, household: 0.6, unrelated: 0.64 },
  },
  sex: {
    same: { same: 0.992, household: 0.5, unrelated: 0.5 },
    differs: { same: 0.008, household: 0.5, unrelated: 0.5 },
  },
  nik: {
    same: { same: 0.93, household: 0.012, unrelated: 1e-6 },
    /** A digit wrong, or two neighbours swapped, that no difference of the birth dates explains. */
    near: { same: 0.03, household: 2e-4, unrelated: 1e-6 },
    /** Only the end of the serial differs, with one birth date: twins, or two who were registered one after the other. */
    next_serial: { same: 0.012, household: 0.5, unrelated: 0.01 },
    /** Only the district differs, with one birth date: most serials are small. */
    other_district: { same: 0.012, household: 0.004, unrelated: 0.03 },
    /** The dates in the numbers differ as the birth dates do. */
    other_date: { same: 0.012, household: 0.03, unrelated: 0.02 },
    differs: { same: 0.03, household: 0.98, unrelated: 1 },
  },
  document: {
    same: { same: 0.9, household: 0.005, unrelated: 1e-5 },
    differs: { same: 0.1, household: 0.995, unrelated: 1 },
  },
  familyCard: {
    same: { same: 0.88, household: 0.88, unrelated: 2e-4 },
    differs: { same: 0.12, household: 0.12, unrelated: 1 },
  },
  phone: {
    same: { same: 0.6, household: 0.4, unrelated: 4e-4 },
    differs: { same: 0.4, household: 0.6, unrelated: 1 },
  },
  email: {
    same: { same: 0.7, household: 0.15, unrelated: 2e-4 },
    differs: { same: 0.3, household: 0.85, unrelated: 1 },
  },
  /** Of `unrelated` in one village: as many as live there. */
  village: {
    same: { same: 0.84, household: 0.94, unrelated: 0.004 },
    district: { same: 0.06, household: 0.02, unrelated: 0.05 },
    differs: { same: 0.1, household: 0.04, unrelated: 0.93 },
  },
  /** Of `unrelated` born in one place: as many as were born there. */
  birthPlace: {
    same: { same: 0.94, household: 0.6, unrelated: 0.08 },
    differs: { same: 0.06, household: 0.4, unrelated: 0.9 },
  },
  address: {
    /** Alike within one village, or with no village on one side. */
    same: { same: 0.8, household: 0.88, unrelated: 0.02 },
    differs: { same: 0.2, household: 0.12, unrelated: 0.98 },
  },
  /** Names, as a whole: what remains beside the frequencies of their words. */
  name: {
    /** Every word has its partner, letter for letter. */
    same: { same: 0.75, household: 0.01, unrelated: 1 },
    /** A word in another spelling that sounds the same. */
    spelling: { same: 0.1, household: 0.012, unrelated: 1 },
    /** A slip of the pen in a word. */
    slip: { same: 0.08, household: 0.02, unrelated: 1 },
    /** The last letter of a word differs: a slip as well, but also how parents name twins. */
    ending: { same: 0.02, household: 0.08, unrelated: 1 },
    /** Words at the end left out or shortened. */
    shortened: { same: 0.12, household: 0.022, unrelated: 1 },
    /** The first word is missing: what is left is often the family's. */
    headless: { same: 0.02, household: 0.06, unrelated: 1 },
    /** A word that differs by a letter and is a name of its own. */
    neighbour: { same: 0.01, household: 0.3, unrelated: 1 },
    /** Words on both sides that have nothing in common. */
    conflict: { same: 0.003, household: 0.9, unrelated: 1 },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Odds>>>>;

/** Within one person: how often a word is written so. */
export const WORD = {
  exact: 0.93,
  /** Divided by the spellings that sound alike. */
  spelling: 0.012,
  /** Divided by the slips that a word of its length allows. */
  slip: 3e-4,
  twoSlips: 1e-5,
  initial: 0.9,
  shortened: 0.02,
  /** A word of one side is missing on the other. */
  missing: 0.12,
  missingWeak: 0.6,
  conflict: 0.0025,
} as const;

/** Before anything is compared: how often a person who comes is on file, and how many of the household are. */
export const PRIOR = { known: 0.3, household: 0.8 } as const;
