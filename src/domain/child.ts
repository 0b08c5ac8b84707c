import { ageOn, type PlainDate } from './plain-date.ts';

/** Below this age a parent or guardian consents (UU 27/2022 on personal data; a KTP at 17 changes nothing). */
export const AGE_OF_CONSENT = 18;
/** A KIA is a document of people under 17 and unmarried; at 17 the KTP takes its place. */
export const AGE_OF_KTP = 17;

/** Whether a parent or guardian has to consent for someone born on this date. */
export function needsGuardian(birthDate: PlainDate, today: PlainDate): boolean {
  return ageOn(birthDate, today) < AGE_OF_CONSENT;
}

/** Whether someone born on this date can hold a KIA (child identity card). */
export function canHoldKia(birthDate: PlainDate, today: PlainDate): boolean {
  return ageOn(birthDate, today) < AGE_OF_KTP;
}
