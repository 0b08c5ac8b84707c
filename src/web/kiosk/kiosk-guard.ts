import { type DeviceLimit, openDeviceLimit } from '../device-limit.ts';
import type { WebDeps } from '../env.ts';
import { networkOf } from '../network.ts';
import { openRateLimit } from '../rate-limit.ts';

const QUARTER_S = 15 * 60;

export interface KioskGuard {
  /** A visit of this device, by its secret. */
  readonly visits: DeviceLimit;
  /** Seconds to wait, or null: a form or a number of the queue that this device asks for, by its id. */
  limitAct(act: 'form' | 'number', deviceId: string): number | null;
  limitPairing(libraryId: number, clientAddress: string): number | null;
}

/**
 * Numbers cannot be probed at a kiosk, as every answer is the same; this keeps somebody who plays with the screen, or
 * a stolen secret, from filling the guest book. Faster than any visitor and slower than any program: two a second.
 * Pairing codes have 40 bits and live for minutes: a few tries are enough for a typing error.
 */
export function openKioskGuard(deps: Pick<WebDeps, 'rates'>): KioskGuard {
  const { rates: exchange } = deps;
  const visits = openDeviceLimit(deps, { name: 'kiosk visit', points: 120, seconds: 60 });
  const acts = openRateLimit({ points: 120, seconds: 60, shared: { name: 'kiosk act', exchange } });
  const codesOfAddress = openRateLimit({
    points: 10,
    seconds: QUARTER_S,
    shared: { name: 'kiosk pairing', exchange },
  });
  const codesOfLibrary = openRateLimit({
    points: 200,
    seconds: QUARTER_S,
    shared: { name: 'kiosk pairing library', exchange },
  });
  return {
    visits,
    limitAct: (act, deviceId) => acts.take(`${act}|${deviceId}`),
    limitPairing: (libraryId, clientAddress) =>
      codesOfAddress.take(`${libraryId}|${networkOf(clientAddress)}`) ??
      codesOfLibrary.take(String(libraryId)),
  };
}
