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
    same: { same: 0.9, household: 0.00026, twin: 0.93, unrelated: 0.000066 },
    /** Both 1 January of one year: half of those are "unknown". */
    same_new_year: { same: 0.038, household: 0.00021, twin: 0.0061, unrelated: 0.000011 },
    swapped: { same: 0.019, household: 7.1e-7, twin: 0.015, unrelated: 0.000019 },
    slip: { same: 0.055, household: 0.0013, twin: 0.034, unrelated: 0.0019 },
    /** One side is 1 January of the same year: the day was not known. */
    day_unknown: { same: 0.014, household: 0.00027, twin: 0.0088, unrelated: 0.00035 },
    year_differs: { same: 0.002, household: 0.00062, twin: 0.0018, unrelated: 0.0007 },
    differs: { same: 0.00019, household: 0.57, twin: 0.0011, unrelated: 0.49 },
    /** More than twelve years apart and no slip explains it: parent and child, or strangers. */
    far: { same: 0.000047, household: 0.43, twin: 0.00038, unrelated: 0.51 },
  },
  sex: {
    same: { same: 0.99, household: 0.48, twin: 0.83, unrelated: 0.5 },
    differs: { same: 0.0055, household: 0.52, twin: 0.17, unrelated: 0.5 },
  },
  /** Where both were born on one day. */
  nikOfOneDay: {
    same: { same: 0.87, household: 0.014, twin: 0.0004, unrelated: 0.000001 },
    /** A digit wrong, or two neighbours swapped, that nothing below explains. */
    near: { same: 0.047, household: 0.0002, twin: 0.08, unrelated: 0.00006 },
    /** Only the end of the serial differs: twins, or two who were registered one after the other. */
    next_serial: { same: 0.012, household: 0.5, twin: 0.77, unrelated: 0.1 },
    /** Only the district differs: most serials are small. */
    other_district: { same: 0.037, household: 0.004, twin: 0.0002, unrelated: 0.03 },
    differs: { same: 0.034, household: 0.48, twin: 0.15, unrelated: 0.87 },
  },
  /** Where the birth dates differ or one is not known. */
  nikOfTwoDays: {
    same: { same: 0.85, household: 0.0013, twin: 0.0015, unrelated: 3.3e-8 },
    /** A digit wrong, or two neighbours swapped, that the two dates do not explain. */
    near: { same: 0.048, household: 0.0000038, twin: 0.38, unrelated: 3.3e-8 },
    /** The dates in the numbers differ as the birth dates do. */
    other_date: { same: 0.037, household: 0.00048, twin: 0.26, unrelated: 0.000063 },
    differs: { same: 0.061, household: 1, twin: 0.35, unrelated: 1 },
  },
  document: {
    same: { same: 0.9, household: 0.005, twin: 0.005, unrelated: 0.00001 },
    differs: { same: 0.1, household: 0.99, twin: 0.99, unrelated: 1 },
  },
  familyCard: {
    same: { same: 0.91, household: 0.91, twin: 0.96, unrelated: 0.000048 },
    differs: { same: 0.085, household: 0.094, twin: 0.039, unrelated: 1 },
  },
  phone: {
    same: { same: 0.78, household: 0.17, twin: 0.39, unrelated: 0.000029 },
    differs: { same: 0.22, household: 0.83, twin: 0.61, unrelated: 1 },
  },
  email: {
    same: { same: 0.88, household: 0.015, twin: 0.056, unrelated: 0.000034 },
    differs: { same: 0.12, household: 0.98, twin: 0.94, unrelated: 1 },
  },
  /** Of `unrelated` in one village: as many as live there. */
  village: {
    same: { same: 0.92, household: 0.83, twin: 0.95, unrelated: 0.0068 },
    district: { same: 0.038, household: 0.076, twin: 0.023, unrelated: 0.038 },
    differs: { same: 0.045, household: 0.092, twin: 0.029, unrelated: 0.96 },
  },
  /** Of `unrelated` born in one place: as many as were born there. */
  birthPlace: {
    same: { same: 0.99, household: 0.55, twin: 0.99, unrelated: 0.29 },
    differs: { same: 0.014, household: 0.45, twin: 0.0094, unrelated: 0.71 },
  },
  address: {
    /** Alike within one village, or with no village on one side. */
    same: { same: 0.88, household: 0.76, twin: 0.87, unrelated: 0.0047 },
    differs: { same: 0.12, household: 0.24, twin: 0.13, unrelated: 1 },
  },
  /** Names, as a whole: what remains beside the frequencies of their words. */
  name: {
    /** Every word has its partner, letter for letter. */
    same: { same: 0.66, household: 0.0072, twin: 0.0092, unrelated: 1 },
    /** A word in another spelling that sounds the same. */
    spelling: { same: 0.061, household: 0.0061, twin: 0.017, unrelated: 1 },
    /** A slip of the pen in a word. */
    slip: { same: 0.13, household: 0.01, twin: 0.18, unrelated: 1 },
    /** The last letter of a word differs: a slip as well, but also how parents name twins. */
    ending: { same: 0.00073, household: 0.04, twin: 0.0091, unrelated: 1 },
    /** Words at the end left out or shortened. */
    shortened: { same: 0.14, household: 0.012, twin: 0.03, unrelated: 1 },
    /** The first word is missing: what is left is often the family's. */
    headless: { same: 0.011, household: 0.032, twin: 0.044, unrelated: 1 },
    /** A word that differs by a letter and is a name of its own. */
    neighbour: { same: 0.0054, household: 0.15, twin: 0.14, unrelated: 1 },
    /** Words on both sides that have nothing in common. */
    conflict: { same: 0.0031, household: 0.94, twin: 0.57, unrelated: 1 },
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
