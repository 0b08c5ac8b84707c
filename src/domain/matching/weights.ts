/**
 * How often each outcome of a comparison occurs: within one person written twice (`same`), between two people of one
 * household (`household`), between twins (`twin`), between two people who have nothing to do with each other
 * (`unrelated`). A field's evidence is the logarithm of the ratio of two of these (Fellegi and Sunter, 1969).
 *
 * How the numbers were got: see docs/decisions/011 and `npm run bench -- matching --estimate`.
 */
export interface Odds {
  readonly same: number;
  readonly household: number;
  readonly twin: number;
  readonly unrelated: number;
}

export const WEIGHTS = {
  birth: {
    same: { same: 0.9, household: 0.00022, twin: 0.92, unrelated: 0.000067 },
    /** Both 1 January of one year: half of those are "unknown". */
    same_new_year: { same: 0.038, household: 0.00022, twin: 0.0069, unrelated: 0.000011 },
    swapped: { same: 0.018, household: 7.2e-7, twin: 0.02, unrelated: 0.000019 },
    slip: { same: 0.059, household: 0.0016, twin: 0.04, unrelated: 0.0019 },
    /** One side is 1 January of the same year: the day was not known. */
    day_unknown: { same: 0.015, household: 0.00024, twin: 0.013, unrelated: 0.00035 },
    year_differs: { same: 0.0028, household: 0.00067, twin: 0.0018, unrelated: 0.0007 },
    differs: { same: 0.00019, household: 0.56, twin: 0.0011, unrelated: 0.49 },
    /** More than twelve years apart and no slip explains it: parent and child, or strangers. */
    far: { same: 0.000047, household: 0.43, twin: 0.00038, unrelated: 0.51 },
  },
  sex: {
    same: { same: 0.99, household: 0.48, twin: 0.82, unrelated: 0.5 },
    differs: { same: 0.0064, household: 0.52, twin: 0.18, unrelated: 0.5 },
  },
  /** Where both were born on one day. */
  nikOfOneDay: {
    same: { same: 0.86, household: 0.012, twin: 0.0024, unrelated: 0.000001 },
    /** A digit wrong, or two neighbours swapped, that nothing below explains. */
    near: { same: 0.046, household: 0.0002, twin: 0.062, unrelated: 0.00006 },
    /** Only the end of the serial differs: twins, or two who were registered one after the other. */
    next_serial: { same: 0.013, household: 0.5, twin: 0.77, unrelated: 0.1 },
    /** Only the district differs: most serials are small. */
    other_district: { same: 0.037, household: 0.004, twin: 0.0002, unrelated: 0.03 },
    differs: { same: 0.041, household: 0.48, twin: 0.17, unrelated: 0.87 },
  },
  /** Where the birth dates differ or one is not known. */
  nikOfTwoDays: {
    same: { same: 0.87, household: 0.0013, twin: 0.0014, unrelated: 3.3e-8 },
    /** A digit wrong, or two neighbours swapped, that the two dates do not explain. */
    near: { same: 0.052, household: 0.0000038, twin: 0.38, unrelated: 3.3e-8 },
    /** The dates in the numbers differ as the birth dates do. */
    other_date: { same: 0.029, household: 0.00063, twin: 0.27, unrelated: 0.000063 },
    differs: { same: 0.045, household: 1, twin: 0.35, unrelated: 1 },
  },
  document: {
    same: { same: 0.9, household: 0.005, twin: 0.005, unrelated: 0.00001 },
    differs: { same: 0.1, household: 0.99, twin: 0.99, unrelated: 1 },
  },
  familyCard: {
    same: { same: 0.91, household: 0.9, twin: 0.96, unrelated: 0.000048 },
    differs: { same: 0.087, household: 0.099, twin: 0.038, unrelated: 1 },
  },
  phone: {
    same: { same: 0.84, household: 0.17, twin: 0.41, unrelated: 0.000029 },
    differs: { same: 0.16, household: 0.83, twin: 0.59, unrelated: 1 },
  },
  email: {
    same: { same: 0.88, household: 0.015, twin: 0.056, unrelated: 0.000034 },
    differs: { same: 0.12, household: 0.98, twin: 0.94, unrelated: 1 },
  },
  /** Of `unrelated` in one village: as many as live there. */
  village: {
    same: { same: 0.91, household: 0.83, twin: 0.93, unrelated: 0.0068 },
    district: { same: 0.041, household: 0.079, twin: 0.034, unrelated: 0.038 },
    differs: { same: 0.048, household: 0.092, twin: 0.036, unrelated: 0.96 },
  },
  /** Of `unrelated` born in one place: as many as were born there. */
  birthPlace: {
    same: { same: 0.98, household: 0.55, twin: 0.98, unrelated: 0.29 },
    differs: { same: 0.021, household: 0.45, twin: 0.019, unrelated: 0.71 },
  },
  address: {
    /** Alike within one village, or with no village on one side. */
    same: { same: 0.91, household: 0.82, twin: 0.92, unrelated: 0.015 },
    differs: { same: 0.094, household: 0.18, twin: 0.076, unrelated: 0.99 },
  },
  /** Names, as a whole: what remains beside the frequencies of their words. */
  name: {
    /** Every word has its partner, letter for letter. */
    same: { same: 0.64, household: 0.0075, twin: 0.0054, unrelated: 1 },
    /** A word in another spelling that sounds the same. */
    spelling: { same: 0.064, household: 0.0062, twin: 0.019, unrelated: 1 },
    /** A slip of the pen in a word. */
    slip: { same: 0.11, household: 0.01, twin: 0.11, unrelated: 1 },
    /** The last letter of a word differs: a slip as well, but also how parents name twins. */
    ending: { same: 0.018, household: 0.04, twin: 0.14, unrelated: 1 },
    /** Words at the end left out or shortened. */
    shortened: { same: 0.14, household: 0.012, twin: 0.021, unrelated: 1 },
    /** The first word is missing: what is left is often the family's. */
    headless: { same: 0.011, household: 0.032, twin: 0.039, unrelated: 1 },
    /** A word that differs by a letter and is a name of its own. */
    neighbour: { same: 0.011, household: 0.15, twin: 0.087, unrelated: 1 },
    /** Words on both sides that have nothing in common. */
    conflict: { same: 0.0031, household: 0.94, twin: 0.58, unrelated: 1 },
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

/** Before anything is compared: how often a person who comes is on file, how many of the household, and how often a twin is. */
export const PRIOR = { known: 0.3, household: 0.8, twin: 0.01 } as const;
