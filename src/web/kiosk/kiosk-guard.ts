import type { WebDeps } from '../env.ts';
import { networkOf } from '../network.ts';
import { openRateLimit } from '../rate-limit.ts';

const QUARTER_S = 15 * 60;

export interface KioskGuard {
  /** Seconds to wait, or null: a visit of this device. */
  limitVisit(deviceToken: string): number | null;
  limitPairing(libraryId: number, clientAddress: string): number | null;
}

/**
 * Numbers cannot be probed at a kiosk, as every answer is the same; this keeps somebody who plays with the screen, or
 * a stolen secret, from filling the guest book. Faster than any visitor and slower than any program: two a second.
 * Pairing codes have 40 bits and live for minutes: a few tries are enough for a typing error.
 */
export function openKioskGuard({ rates: exchange }: Pick<WebDeps, 'rates'>): KioskGuard {
  const visits = openRateLimit({ points: 120, seconds: 60 });
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
    limitVisit: (deviceToken) => visits.take(deviceToken),
    limitPairing: (libraryId, clientAddress) =>
      codesOfAddress.take(`${libraryId}|${networkOf(clientAddress)}`) ??
      codesOfLibrary.take(String(libraryId)),
  };
}
