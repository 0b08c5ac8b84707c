import { type DeviceLimit, openDeviceLimit } from '../device-limit.ts';
import type { WebDeps } from '../env.ts';
import { networkOf } from '../network.ts';
import { openRateLimit } from '../rate-limit.ts';

const QUARTER_S = 15 * 60;

export interface GateGuard {
  /** A code of this gate. */
  readonly checks: DeviceLimit;
  /** Anything that a gate asks by itself. */
  readonly own: DeviceLimit;
  /** Seconds to wait, or null: a typed number, of which an attended gate tells whose it is. */
  limitNumber(deviceToken: string): number | null;
  limitPairing(libraryId: number, clientAddress: string): number | null;
}

/**
 * A gate scans faster than a kiosk is typed at, four a second at most; numbers can be tried out, so that they go as slowly
 * as people type. What a gate asks by itself is a request every few seconds. Pairing as at the kiosk.
 */
export function openGateGuard(deps: Pick<WebDeps, 'rates'>): GateGuard {
  const { rates: exchange } = deps;
  const numbers = openRateLimit({ points: 30, seconds: 60, shared: { name: 'gate number', exchange } });
  const codesOfAddress = openRateLimit({
    points: 10,
    seconds: QUARTER_S,
    shared: { name: 'gate pairing', exchange },
  });
  const codesOfLibrary = openRateLimit({
    points: 200,
    seconds: QUARTER_S,
    shared: { name: 'gate pairing library', exchange },
  });
  return {
    checks: openDeviceLimit(deps, { name: 'gate check', points: 240, seconds: 60 }),
    own: openDeviceLimit(deps, { name: 'gate own', points: 180, seconds: 60 }),
    limitNumber: (deviceToken) => numbers.take(deviceToken),
    limitPairing: (libraryId, clientAddress) =>
      codesOfAddress.take(`${libraryId}|${networkOf(clientAddress)}`) ??
      codesOfLibrary.take(String(libraryId)),
  };
}
