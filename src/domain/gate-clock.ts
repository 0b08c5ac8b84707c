import { clockOffset } from './moving-clock.ts';

/** What a gate keeps of the server's clock over its being off. All in milliseconds. */
export interface KnownOffset {
  /** To be added to the device's clock. */
  readonly offset: number;
  /** The most it was wrong when it was learned. */
  readonly error: number;
  /** When it was learned, by the server's clock. */
  readonly learned: number;
}

/**
 * `true`: as the server's. `unsure`: the device's clock was set, or the device slept, since the server was last heard:
 * nothing that hangs on seconds can be decided. `unknown`: the server was never heard.
 */
export type ClockState = 'true' | 'unsure' | 'unknown';

export interface GateClock {
  /** Milliseconds since 1970 by the server's clock, as far as it is known. */
  now(): number;
  /** An answer of the server that held its time. @param asked,answered by `wall` */
  learn(asked: number, answered: number, server: number): void;
  state(): ClockState;
  /** To be kept; null while the server was never heard. */
  known(): KnownOffset | null;
}

/** The device's clock and one that only goes on; further apart than this, somebody set the first, or the device slept. */
const JUMP_MS = 2_000;
/** An answer that took longer tells the time less well than a clock that is true already. */
const SLOW_MS = 1_000;

/**
 * The server's clock at a gate. The device's own clock may be minutes off, and may be set while it runs.
 * @param device.wall milliseconds since 1970 @param device.steady milliseconds since anything, never set
 * @param kept of an earlier run: believed as long as the device's clock has not gone back behind it
 */
export function openGateClock(
  device: { readonly wall: () => number; readonly steady: () => number },
  kept: KnownOffset | null = null,
): GateClock {
  let known = kept;
  let lead = device.wall() - device.steady();
  let isSure = kept !== null && device.wall() + kept.offset >= kept.learned - JUMP_MS;

  function look(): void {
    const now = device.wall() - device.steady();
    if (Math.abs(now - lead) > JUMP_MS) {
      isSure = false;
      lead = now;
    }
  }

  return {
    now() {
      look();
      return device.wall() + (known?.offset ?? 0);
    },
    learn(asked, answered, server) {
      look();
      const { offset, error } = clockOffset(asked, answered, server);
      // Set between question and answer: it says nothing of either.
      if (answered < asked || (isSure && error > SLOW_MS)) return;
      known = { offset, error, learned: server };
      isSure = true;
      lead = device.wall() - device.steady();
    },
    state() {
      look();
      return known === null ? 'unknown' : isSure ? 'true' : 'unsure';
    },
    known: () => known,
  };
}
