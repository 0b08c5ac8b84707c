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
    same: { same: 0.9, household: 0.00021, twin: 0.94, unrelated: 0.00029 },
    /** Both 1 January of one year: half of those are "unknown". */
    same_new_year: { same: 0.012, household: 0.0000071, twin: 0.0081, unrelated: 0.00003 },
    swapped: { same: 0.015, household: 0.000015, twin: 0.0078, unrelated: 0.000024 },
    slip: { same: 0.044, household: 0.0014, twin: 0.019, unrelated: 0.002 },
    /** One side is 1 January of the same year: the day was not known. */
    day_unknown: { same: 0.011, household: 0.00026, twin: 0.005, unrelated: 0.00064 },
    /** The dates differ, and the NIK of one side has the date of the other, who has none. */
    in_nik: { same: 0.018, household: 0.0000071, twin: 0.016, unrelated: 5.3e-7 },
    next_day: { same: 0.001, household: 0.000014, twin: 0.00076, unrelated: 0.000027 },
    /** The year is one, and of day and month one of the two. */
    part: { same: 0.002, household: 0.00044, twin: 0.00038, unrelated: 0.0015 },
    year_differs: { same: 0.0049, household: 0.00073, twin: 0.0018, unrelated: 0.0011 },
    differs: { same: 0.003, household: 0.57, twin: 0.0011, unrelated: 0.45 },
    /** More than twelve years apart and no slip explains it: parent and child, or strangers. */
    far: { same: 0.0002, household: 0.43, twin: 0.00038, unrelated: 0.55 },
  },
  sex: {
    same: { same: 1, household: 0.48, twin: 0.83, unrelated: 0.99 },
    differs: { same: 0.005, household: 0.52, twin: 0.17, unrelated: 0.011 },
  },
  /** Where both were born on one day. */
  nikOfOneDay: {
    same: { same: 0.9, household: 0.012, twin: 0.001, unrelated: 0.000001 },
    /** A digit wrong, or two neighbours swapped, that nothing below explains. */
    near: { same: 0.052, household: 0.001, twin: 0.001, unrelated: 0.00001 },
    /** The serials follow each other: twins, or two who were registered one after the other. */
    next_serial: { same: 0.0014, household: 0.45, twin: 0.75, unrelated: 0.05 },
    /** Another digit at the end of the serial. */
    other_serial: { same: 0.007, household: 0.05, twin: 0.06, unrelated: 0.05 },
    /** A spreadsheet made the last digit 0. */
    rounded: { same: 0.0027, household: 0.01, twin: 0.004, unrelated: 0.003 },
    /** Only the tens of the day differ, and so do the sexes: a brother and a sister of one day. */
    other_sex: { same: 0.00025, household: 0.001, twin: 0.092, unrelated: 0.005 },
    /** Only the district differs: most serials are small. */
    other_district: { same: 0.038, household: 0.004, twin: 0.001, unrelated: 0.03 },
    differs: { same: 0.0075, household: 0.48, twin: 0.12, unrelated: 0.87 },
  },
  /** Where the birth dates differ or one is not known. */
  nikOfTwoDays: {
    same: { same: 0.87, household: 0.000039, twin: 0.0043, unrelated: 4.9e-7 },
    /** A digit wrong, or two neighbours swapped, that the two dates do not explain. */
    near: { same: 0.044, household: 0.000019, twin: 0.26, unrelated: 4.9e-7 },
    /** The serials follow each other, and the numbers name one date. */
    next_serial: { same: 0.001, household: 0.000019, twin: 0.28, unrelated: 2.5e-7 },
    /** Another digit at the end of the serial. */
    other_serial: { same: 0.0037, household: 0.000019, twin: 0.034, unrelated: 2.5e-7 },
    /** A spreadsheet made the last digit 0. */
    rounded: { same: 0.0037, household: 0.000019, twin: 0.0086, unrelated: 4.9e-8 },
    /** They differ in the digit in which the birth dates differ. */
    as_dates: { same: 0.0021, household: 0.00029, twin: 0.0086, unrelated: 0.00025 },
    /** They differ in another digit of the date. */
    other_date: { same: 0.041, household: 0.00017, twin: 0.29, unrelated: 0.00049 },
    differs: { same: 0.02, household: 1, twin: 0.38, unrelated: 1 },
  },
  /** Where the number of one side says another date or sex than its form: a parent's on a child's, mostly. */
  nikOfAnother: {
    same: { same: 0.24, household: 0.085, twin: 0.046, unrelated: 0.000001 },
    differs: { same: 0.76, household: 0.91, twin: 0.95, unrelated: 1 },
  },
  document: {
    same: { same: 0.9, household: 0.005, twin: 0.005, unrelated: 0.00001 },
    differs: { same: 0.1, household: 0.99, twin: 0.99, unrelated: 1 },
  },
  familyCard: {
    same: { same: 0.92, household: 0.89, twin: 0.94, unrelated: 0.00018 },
    differs: { same: 0.08, household: 0.11, twin: 0.058, unrelated: 1 },
  },
  phone: {
    same: { same: 0.78, household: 0.28, twin: 0.47, unrelated: 0.00017 },
    differs: { same: 0.22, household: 0.72, twin: 0.53, unrelated: 1 },
  },
  email: {
    same: { same: 0.88, household: 0.075, twin: 0.05, unrelated: 0.00017 },
    differs: { same: 0.17, household: 0.92, twin: 0.95, unrelated: 1 },
  },
  /** Of `unrelated` in one village: as many as live there. */
  village: {
    same: { same: 0.92, household: 0.83, twin: 0.95, unrelated: 0.0067 },
    district: { same: 0.039, household: 0.077, twin: 0.022, unrelated: 0.04 },
    differs: { same: 0.046, household: 0.096, twin: 0.029, unrelated: 0.95 },
  },
  /** Of `unrelated` born in one place: as many as were born there. */
  birthPlace: {
    same: { same: 0.99, household: 0.56, twin: 0.99, unrelated: 0.22 },
    differs: { same: 0.036, household: 0.44, twin: 0.0083, unrelated: 0.77 },
  },
  /** Where the village of one side is not known. */
  address: {
    same: { same: 0.86, household: 0.76, twin: 0.88, unrelated: 0.014 },
    differs: { same: 0.14, household: 0.24, twin: 0.12, unrelated: 0.99 },
  },
  /** Two of one village share a hamlet or a street now and then. */
  addressOfOneVillage: {
    same: { same: 0.96, household: 0.92, twin: 0.91, unrelated: 0.05 },
    differs: { same: 0.043, household: 0.083, twin: 0.089, unrelated: 0.95 },
  },
  /** Who moves has another of both. */
  addressOfTwoVillages: {
    same: { same: 0.076, household: 0.013, twin: 0.078, unrelated: 0.0039 },
    differs: { same: 0.93, household: 0.99, twin: 0.92, unrelated: 1 },
  },
  /** Names, as a whole: what remains beside the frequencies of their words. */
  name: {
    /** Every word has its partner, letter for letter. */
    same: { same: 0.66, household: 0.0073, twin: 0.0022, unrelated: 1 },
    /** A word in another spelling that sounds the same. */
    spelling: { same: 0.071, household: 0.0061, twin: 0.003, unrelated: 1 },
    /** A slip of the pen in the word that the person is called by. */
    slip: { same: 0.056, household: 0.01, twin: 0.012, unrelated: 1 },
    /** A letter of a word differs that nobody is told from a brother or sister by. */
    slip_behind: { same: 0.058, household: 0.0042, twin: 0.0054, unrelated: 1 },
    /** The same in two words that both are names. */
    neighbour_behind: { same: 0.0025, household: 0.0052, twin: 0.0087, unrelated: 1 },
    /** A letter of that word differs, and both could be names by their letters though one or both are not known as such. */
    variant: { same: 0.019, household: 0.015, twin: 0.022, unrelated: 1 },
    /** The last letter of that word differs: a slip as well, but also how parents name twins. */
    ending: { same: 0.01, household: 0.04, twin: 0.05, unrelated: 1 },
    /** Words at the end left out or shortened. */
    shortened: { same: 0.12, household: 0.012, twin: 0.016, unrelated: 1 },
    /** The first word is missing: what is left is often the family's. */
    headless: { same: 0.011, household: 0.033, twin: 0.022, unrelated: 1 },
    /** That word differs by a letter and is a name of its own. */
    neighbour: { same: 0.0042, household: 0.15, twin: 0.15, unrelated: 1 },
    /** The word that the person is called by is one, others have nothing in common: who marries. */
    renamed: { same: 0.0066, household: 0.0096, twin: 0.02, unrelated: 1 },
    /** Words on both sides that have nothing in common. */
    conflict: { same: 0.0011, household: 0.94, twin: 0.69, unrelated: 1 },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Odds>>>>;

/** Within one person: how often a word is written so; `missing` and `conflict`: of how many names it is so. Counted as the odds are. */
export const WORD = {
  exact: 0.88,
  /** Divided by the spellings that sound alike. */
  spelling: 0.03,
  /** Divided by the slips that a word of its length allows. */
  slip: 0.00016,
  twoSlips: 0.000005,
  initial: 0.86,
  shortened: 0.012,
  /** A word of one side is missing on the other. */
  missing: 0.092,
  /** A word that half the country bears, or a father's name. */
  missingWeak: 0.35,
  conflict: 0.0022,
} as const;

/** The same between two strangers. */
export const WORD_BY_CHANCE = {
  /** A letter is the first of a word. */
  initial: 0.086,
  missing: 0.6,
  missingWeak: 0.96,
  conflict: 1,
} as const;

/** Before anything is compared: how often a person who comes is on file, how many of the household, and how often a twin is. */
export const PRIOR = { known: 0.3, household: 0.8, twin: 0.01 } as const;
