/**
 * Which step of 30 seconds a code of an authenticator app may belong to (RFC 6238, section 6). The clocks of phone and
 * server may differ, but no code is taken for longer than its step: the difference is learnt from two codes that follow
 * one another, and from then on expected.
 */

/** So many steps phone and server may be apart: five minutes. */
export const MOST_DRIFT = 10;
/** The second code comes within as many steps of the first: what was noted is not for whoever comes later. */
const SLIP_STEPS = 10;

/** What is kept of an officer's app beside its secret. */
export interface CodeClock {
  /** Steps that the phone is ahead of the server; negative where it is behind. */
  readonly drift: number;
  /** Another difference, which the last code told and the next one has to confirm. */
  readonly slip: number | null;
  /** Of the latest code that was taken or noted: no code counts twice, and none of before any more. */
  readonly step: number;
}

interface CodeJudgement {
  /** `right` opens; `clock` asks for the next code, as this one is of a phone whose clock differs. */
  readonly verdict: 'right' | 'clock' | 'wrong';
  /** To be kept, whatever the verdict. */
  readonly clock: CodeClock;
}

/**
 * @param now step of the server
 * @param fits whether the code is the one of a step; asked at most once for each of `MOST_DRIFT` around now
 */
export function judgeCode(clock: CodeClock, now: number, fits: (step: number) => boolean): CodeJudgement {
  const { drift, step } = clock;
  // What was noted holds one step: the age is told by the step that it was noted with.
  const slip = clock.slip !== null && now - (step - clock.slip) <= SLIP_STEPS ? clock.slip : null;
  for (const expected of [drift, ...(slip === null ? [] : [slip])])
    if (now + expected > step && fits(now + expected))
      return { verdict: 'right', clock: { drift: expected, slip: null, step: now + expected } };
  const found = nearestDrift(now, fits);
  if (found === null) return { verdict: 'wrong', clock: { ...clock, slip: null } };
  // Noted, and used up by it: whoever guessed one learns that it was near, and nothing that a later try could use.
  if (now + found > step) return { verdict: 'clock', clock: { drift, slip: found, step: now + found } };
  // Once more the code that was just noted: the next one is still to come.
  return { verdict: slip === null ? 'wrong' : 'clock', clock: { ...clock, slip } };
}

/** How far the phone's clock is from the server's by one code, the nearest first; null where it is no code of these steps. */
export function nearestDrift(now: number, fits: (step: number) => boolean): number | null {
  for (let away = 0; away <= MOST_DRIFT; away++)
    for (const drift of away === 0 ? [0] : [-away, away]) if (fits(now + drift)) return drift;
  return null;
}
