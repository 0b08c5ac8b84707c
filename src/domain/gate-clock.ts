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

/** Both clocks of a device at one moment, from which its time can be told once the server's is known. */
export interface ClockMark {
  /** Of one opening of a clock: `steady` means something there alone. */
  readonly run: string;
  readonly wall: number;
  readonly steady: number;
  /** When the server had last been heard, by its clock: the moment is later. */
  readonly after: number;
}

export interface GateClock {
  /** Milliseconds since 1970 by the server's clock, as far as it is known. */
  now(): number;
  /** An answer of the server that held its time. @param asked,answered by `wall` */
  learn(asked: number, answered: number, server: number): void;
  state(): ClockState;
  /** To be kept; null while the server was never heard. */
  known(): KnownOffset | null;
  /** This moment, to be told later; null where the clock is true, and `now` is right. */
  mark(): ClockMark | null;
  /**
   * When a marked moment was, by what is known of the server's clock now; undefined where neither clock can say. The
   * device's clock counts while it slept, the steady one is never set: the first is believed unless what it says cannot be.
   */
  timeOf(mark: ClockMark): number | undefined;
}

/** The device's clock and one that only goes on; further apart than this, somebody set the first, or the device slept. */
const JUMP_MS = 2_000;
/** An answer that took longer tells the time less well than a clock that is true already. */
const SLOW_MS = 1_000;

/**
 * The server's clock at a gate. The device's own clock may be minutes off, and may be set while it runs.
 * @param device.wall milliseconds since 1970 @param device.steady milliseconds since anything, never set
 * @param run any name that no other opening has
 * @param kept of an earlier run: believed as long as the device's clock has not gone back behind it
 */
export function openGateClock(
  device: { readonly wall: () => number; readonly steady: () => number },
  kept: KnownOffset | null = null,
  run = '',
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

  function now(): number {
    look();
    return device.wall() + (known?.offset ?? 0);
  }
  function state(): ClockState {
    look();
    return known === null ? 'unknown' : isSure ? 'true' : 'unsure';
  }

  return {
    now,
    learn(asked, answered, server) {
      look();
      const { offset, error } = clockOffset(asked, answered, server);
      // Set between question and answer: it says nothing of either.
      if (answered < asked || (isSure && error > SLOW_MS)) return;
      known = { offset, error, learned: server };
      isSure = true;
      lead = device.wall() - device.steady();
    },
    state,
    known: () => known,
    mark() {
      if (state() === 'true') return null;
      return { run, wall: device.wall(), steady: device.steady(), after: known?.learned ?? 0 };
    },
    timeOf(mark) {
      const isSame = mark.run === run;
      const latest = now() - (isSame ? device.steady() - mark.steady : 0);
      const byWall = mark.wall + (known?.offset ?? 0);
      if (byWall >= mark.after - JUMP_MS && byWall <= latest + JUMP_MS) return Math.round(byWall);
      return isSame ? Math.round(latest) : undefined;
    },
  };
}
