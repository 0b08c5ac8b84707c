/** The measure itself: so many clients, each sending its next request when the last one was answered. */

import { setTimeout as sleep } from 'node:timers/promises';

export interface Measured {
  /** Answered well within the time. */
  readonly count: number;
  readonly failed: number;
  readonly seconds: number;
  /** Times of the good answers in milliseconds, sorted. */
  readonly times: readonly number[];
}

/**
 * @param clients one function each: sends one request, tells whether it was answered as it should be; undefined where
 *   nothing is left to send, which ends the measure early
 * @param seconds begun requests are waited for and counted, so that the time measured is a little longer
 */
export async function closedLoop(
  clients: readonly (() => Promise<boolean | undefined>)[],
  seconds: number,
): Promise<Measured> {
  const times: number[] = [];
  let failed = 0;
  const began = performance.now();
  const until = began + seconds * 1000;
  await Promise.all(
    clients.map(async (send) => {
      for (let start = performance.now(); start < until; ) {
        const good = await send();
        if (good === undefined) return;
        const end = performance.now();
        if (good) times.push(end - start);
        else failed++;
        start = end;
      }
    }),
  );
  const elapsed = (performance.now() - began) / 1000;
  return { count: times.length, failed, seconds: elapsed, times: times.sort((a, b) => a - b) };
}

/**
 * Requests at a steady pace, whatever the answers take: each time counts from the moment at which the request was due,
 * so that a service that falls behind is seen to.
 * @param clients as many as may be waited for at once
 */
export async function steadyPace(
  clients: readonly (() => Promise<boolean | undefined>)[],
  perSecond: number,
  seconds: number,
): Promise<Measured> {
  const times: number[] = [];
  let failed = 0;
  let turn = 0;
  const began = performance.now();
  const count = perSecond * seconds;
  await Promise.all(
    clients.map(async (send) => {
      while (turn < count) {
        const due = began + (turn++ * 1000) / perSecond;
        const early = due - performance.now();
        if (early > 0) await sleep(early);
        if (await send()) times.push(performance.now() - due);
        else failed++;
      }
    }),
  );
  const elapsed = (performance.now() - began) / 1000;
  return { count: times.length, failed, seconds: elapsed, times: times.sort((a, b) => a - b) };
}

/** Several rounds as one. */
export function together(rounds: readonly Measured[]): Measured {
  const sum = (of: (round: Measured) => number) => rounds.reduce((total, round) => total + of(round), 0);
  return {
    count: sum((round) => round.count),
    failed: sum((round) => round.failed),
    seconds: sum((round) => round.seconds),
    times: rounds.flatMap((round) => round.times).sort((a, b) => a - b),
  };
}

export function perSecond(measured: Measured): number {
  return measured.count / measured.seconds;
}

/** The time that so many of a hundred answers did not exceed; 0 where there is none. */
export function percentile({ times }: Pick<Measured, 'times'>, percent: number): number {
  return times[Math.max(0, Math.ceil((times.length * percent) / 100) - 1)] ?? 0;
}
