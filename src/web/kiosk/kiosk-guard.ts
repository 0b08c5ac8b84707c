import { RateLimiterMemory } from 'rate-limiter-flexible';
import { networkOf, take } from '../public/form-guard.ts';

const QUARTER_S = 15 * 60;

export interface KioskGuard {
  /** Seconds to wait, or null: a visit of this device. */
  limitVisit(deviceToken: string): Promise<number | null>;
  limitPairing(libraryId: number, clientAddress: string): Promise<number | null>;
}

/**
 * Numbers cannot be probed at a kiosk, as every answer is the same; this keeps somebody who plays with the screen, or
 * a stolen secret, from filling the guest book. Faster than any visitor and slower than any program: two a second.
 * Pairing codes have 40 bits and live for minutes: a few tries are enough for a typing error.
 */
export function openKioskGuard(): KioskGuard {
  const visits = new RateLimiterMemory({ points: 120, duration: 60 });
  const codesOfAddress = new RateLimiterMemory({ points: 10, duration: QUARTER_S });
  const codesOfLibrary = new RateLimiterMemory({ points: 200, duration: QUARTER_S });
  return {
    limitVisit: (deviceToken) => take(visits, deviceToken),
    async limitPairing(libraryId, clientAddress) {
      const own = await take(codesOfAddress, `${libraryId}|${networkOf(clientAddress)}`);
      return own ?? (await take(codesOfLibrary, String(libraryId)));
    },
  };
}
