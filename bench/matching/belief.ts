/**
 * What registers are known to hold, before anything was counted: the estimate begins with it, so that an outcome the
 * sets hardly hold is not taken for impossible.
 */
import type { Odds, WEIGHTS, WORD } from '../../src/domain/matching/weights.ts';

type Believed = {
  readonly [Field in keyof typeof WEIGHTS]: { readonly [Outcome in keyof (typeof WEIGHTS)[Field]]: Odds };
};

export const BELIEVED: Believed = {
  birth: {
    same: { same: 0.9, household: 0.03, twin: 0.93, unrelated: 1e-4 },
    same_new_year: { same: 0.04, household: 3e-4, twin: 0.006, unrelated: 1.2e-5 },
    swapped: { same: 0.015, household: 1e-4, twin: 0.002, unrelated: 4e-5 },
    slip: { same: 0.03, household: 0.005, twin: 0.01, unrelated: 0.0022 },
    day_unknown: { same: 0.02, household: 0.002, twin: 0.005, unrelated: 1e-3 },
    in_nik: { same: 0.02, household: 1e-5, twin: 0.01, unrelated: 2e-6 },
    next_day: { same: 0.002, household: 1e-5, twin: 0.01, unrelated: 1e-4 },
    part: { same: 0.004, household: 2e-5, twin: 0.004, unrelated: 0.0015 },
    year_differs: { same: 0.008, household: 0.003, twin: 0.003, unrelated: 0.0026 },
    differs: { same: 0.006, household: 0.35, twin: 0.015, unrelated: 0.35 },
    far: { same: 0.0004, household: 0.6, twin: 0.005, unrelated: 0.64 },
  },
  sex: {
    same: { same: 0.992, household: 0.5, twin: 0.7, unrelated: 0.97 },
    differs: { same: 0.008, household: 0.5, twin: 0.3, unrelated: 0.03 },
  },
  nikOfOneDay: {
    same: { same: 0.93, household: 0.012, twin: 0.002, unrelated: 1e-6 },
    near: { same: 0.03, household: 2e-4, twin: 0.002, unrelated: 1e-5 },
    next_serial: { same: 0.003, household: 0.45, twin: 0.8, unrelated: 0.05 },
    other_serial: { same: 0.009, household: 0.05, twin: 0.1, unrelated: 0.05 },
    rounded: { same: 0.005, household: 0.01, twin: 0.02, unrelated: 0.003 },
    other_sex: { same: 0.0005, household: 0.001, twin: 0.08, unrelated: 0.005 },
    other_district: { same: 0.012, household: 0.004, twin: 0.001, unrelated: 0.03 },
    differs: { same: 0.015, household: 0.48, twin: 0.095, unrelated: 0.87 },
  },
  nikOfTwoDays: {
    same: { same: 0.85, household: 0.002, twin: 0.002, unrelated: 1e-6 },
    near: { same: 0.05, household: 2e-4, twin: 0.3, unrelated: 1e-6 },
    next_serial: { same: 0.002, household: 1e-5, twin: 0.25, unrelated: 5e-7 },
    other_serial: { same: 0.005, household: 1e-5, twin: 0.03, unrelated: 5e-7 },
    rounded: { same: 0.005, household: 2e-7, twin: 0.01, unrelated: 1e-7 },
    as_dates: { same: 0.002, household: 0.001, twin: 0.01, unrelated: 0.0005 },
    other_date: { same: 0.03, household: 0.003, twin: 0.3, unrelated: 0.001 },
    differs: { same: 0.04, household: 0.99, twin: 0.398, unrelated: 1 },
  },
  nikOfAnother: {
    same: { same: 0.3, household: 0.1, twin: 0.05, unrelated: 0.000001 },
    differs: { same: 0.7, household: 0.9, twin: 0.95, unrelated: 1 },
  },
  document: {
    same: { same: 0.9, household: 0.005, twin: 0.005, unrelated: 1e-5 },
    differs: { same: 0.1, household: 0.995, twin: 0.995, unrelated: 1 },
  },
  familyCard: {
    same: { same: 0.88, household: 0.88, twin: 0.95, unrelated: 2e-4 },
    differs: { same: 0.12, household: 0.12, twin: 0.05, unrelated: 1 },
  },
  phone: {
    same: { same: 0.6, household: 0.4, twin: 0.6, unrelated: 4e-4 },
    differs: { same: 0.4, household: 0.6, twin: 0.4, unrelated: 1 },
  },
  email: {
    same: { same: 0.7, household: 0.15, twin: 0.1, unrelated: 2e-4 },
    differs: { same: 0.3, household: 0.85, twin: 0.9, unrelated: 1 },
  },
  village: {
    same: { same: 0.84, household: 0.94, twin: 0.93, unrelated: 0.004 },
    district: { same: 0.06, household: 0.02, twin: 0.03, unrelated: 0.05 },
    differs: { same: 0.1, household: 0.04, twin: 0.04, unrelated: 0.93 },
  },
  birthPlace: {
    same: { same: 0.94, household: 0.6, twin: 0.97, unrelated: 0.08 },
    differs: { same: 0.06, household: 0.4, twin: 0.03, unrelated: 0.9 },
  },
  address: {
    same: { same: 0.8, household: 0.88, twin: 0.88, unrelated: 0.02 },
    differs: { same: 0.2, household: 0.12, twin: 0.12, unrelated: 0.98 },
  },
  addressOfOneVillage: {
    same: { same: 0.9, household: 0.93, twin: 0.93, unrelated: 0.05 },
    differs: { same: 0.1, household: 0.07, twin: 0.07, unrelated: 0.95 },
  },
  addressOfTwoVillages: {
    same: { same: 0.15, household: 0.1, twin: 0.1, unrelated: 0.002 },
    differs: { same: 0.85, household: 0.9, twin: 0.9, unrelated: 0.998 },
  },
  name: {
    same: { same: 0.75, household: 0.01, twin: 0.002, unrelated: 1 },
    spelling: { same: 0.1, household: 0.012, twin: 0.002, unrelated: 1 },
    slip: { same: 0.08, household: 0.02, twin: 0.01, unrelated: 1 },
    // Twins' names are names, and few of them are known to nobody.
    variant: { same: 0.04, household: 0.03, twin: 0.03, unrelated: 1 },
    slip_behind: { same: 0.08, household: 0.008, twin: 0.01, unrelated: 1 },
    neighbour_behind: { same: 0.008, household: 0.01, twin: 0.01, unrelated: 1 },
    renamed: { same: 0.012, household: 0.01, twin: 0.02, unrelated: 1 },
    ending: { same: 0.02, household: 0.08, twin: 0.1, unrelated: 1 },
    shortened: { same: 0.12, household: 0.022, twin: 0.02, unrelated: 1 },
    // A twin's name is the end of the other's where the own first word is left out and the rest is the family's.
    headless: { same: 0.02, household: 0.06, twin: 0.03, unrelated: 1 },
    neighbour: { same: 0.01, household: 0.3, twin: 0.1, unrelated: 1 },
    conflict: { same: 0.003, household: 0.9, twin: 0.666, unrelated: 1 },
  },
};

/** The same of the words of one person's name. */
export const BELIEVED_WORD: Readonly<Record<keyof typeof WORD, number>> = {
  exact: 0.93,
  spelling: 0.012,
  slip: 3e-4,
  twoSlips: 1e-5,
  initial: 0.9,
  shortened: 0.02,
  missing: 0.12,
  missingWeak: 0.54,
  conflict: 0.0025,
};
