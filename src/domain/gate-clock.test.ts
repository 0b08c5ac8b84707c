import { describe, expect, it } from 'vitest';
import { type KnownOffset, openGateClock } from './gate-clock.ts';

const SERVER = Date.parse('2026-11-22T03:00:00Z');

/** A device whose clock is five minutes behind the server's. */
function device(kept: KnownOffset | null = null) {
  const time = { wall: SERVER - 300_000, steady: 1_000 };
  const pass = (ms: number) => {
    time.wall += ms;
    time.steady += ms;
  };
  const clock = openGateClock({ wall: () => time.wall, steady: () => time.steady }, kept);
  return { time, pass, clock };
}

describe('the clock of a gate', () => {
  it('goes by the server’s as soon as it has heard it', () => {
    const { time, pass, clock } = device();
    expect(clock.state()).toBe('unknown');
    clock.learn(time.wall - 40, time.wall, SERVER - 20);
    expect(clock.state()).toBe('true');
    pass(60_000);
    expect(clock.now()).toBe(SERVER + 60_000);
  });

  it('says so when the device’s clock was set, and is right again after the next answer', () => {
    const { time, pass, clock } = device();
    clock.learn(time.wall, time.wall, SERVER);
    pass(10_000);
    time.wall += 3_600_000;
    expect(clock.state()).toBe('unsure');
    // It stays so: nobody has said which of the two was right.
    pass(10_000);
    expect(clock.state()).toBe('unsure');
    clock.learn(time.wall, time.wall, SERVER + 20_000);
    expect([clock.state(), clock.now()]).toEqual(['true', SERVER + 20_000]);
  });

  it('is not moved by the little by which two clocks of one device differ', () => {
    const { time, pass, clock } = device();
    clock.learn(time.wall, time.wall, SERVER);
    for (let i = 0; i < 3; i++) {
      pass(60_000);
      time.wall += 500;
    }
    expect(clock.state()).toBe('true');
  });

  it('remembers after it was off, unless its clock has gone back meanwhile', () => {
    const kept = { offset: 300_000, error: 10, learned: SERVER - 86_400_000 };
    expect(device(kept).clock.state()).toBe('true');
    expect(device(kept).clock.now()).toBe(SERVER);
    expect(device({ ...kept, learned: SERVER + 3_600_000 }).clock.state()).toBe('unsure');
  });

  it('tells afterwards when something was that happened while it was wrong', () => {
    // Without a battery for its clock, a tablet begins in 1970.
    const kept = { offset: 300_000, error: 10, learned: SERVER - 3_600_000 };
    const { time, pass, clock } = device(kept);
    expect(clock.mark()).toBeNull();
    time.wall = 5_000;
    const mark = clock.mark() ?? expect.fail();
    pass(60_000);
    clock.learn(time.wall, time.wall, SERVER);
    expect(clock.timeOf(mark)).toBe(SERVER - 60_000);
  });

  it('does so where the device’s clock was put right before the server was heard', () => {
    const { time, pass, clock } = device({ offset: 300_000, error: 10, learned: SERVER - 3_600_000 });
    time.wall -= 10 * 86_400_000;
    const mark = clock.mark() ?? expect.fail();
    pass(60_000);
    time.wall += 10 * 86_400_000;
    clock.learn(time.wall, time.wall, SERVER);
    expect(clock.timeOf(mark)).toBe(SERVER - 60_000);
  });

  it('does so where the device slept meanwhile, and the steady clock with it', () => {
    const { time, pass, clock } = device();
    const mark = clock.mark() ?? expect.fail();
    pass(60_000);
    time.wall += 3_600_000;
    clock.learn(time.wall, time.wall, SERVER);
    expect(clock.timeOf(mark)).toBe(SERVER - 3_660_000);
  });

  it('says that it cannot tell, after a restart, what the device’s clock alone knew', () => {
    const { time, clock } = device();
    clock.learn(time.wall, time.wall, SERVER);
    const mark = { run: 'before', wall: 5_000, steady: 1, after: SERVER - 3_600_000 };
    expect(clock.timeOf(mark)).toBeUndefined();
    expect(clock.timeOf({ ...mark, wall: time.wall - 60_000 })).toBe(SERVER - 60_000);
  });

  it('does not take a slow answer for a better clock than a true one', () => {
    const { time, clock } = device();
    clock.learn(time.wall, time.wall, SERVER);
    clock.learn(time.wall - 8_000, time.wall, SERVER + 3_000);
    expect(clock.now()).toBe(SERVER);
    // Slow is better than nothing.
    time.wall += 10_000;
    clock.learn(time.wall - 8_000, time.wall, SERVER);
    expect(clock.state()).toBe('true');
  });
});
