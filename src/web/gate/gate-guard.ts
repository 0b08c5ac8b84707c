import type { WebDeps } from '../env.ts';
import { networkOf } from '../network.ts';
import { openRateLimit } from '../rate-limit.ts';

const QUARTER_S = 15 * 60;

export interface GateGuard {
  /** Seconds to wait, or null: a code of this gate. */
  limitCheck(deviceToken: string): number | null;
  /** A typed number, of which an attended gate tells whose it is. */
  limitNumber(deviceToken: string): number | null;
  /** Anything that a gate asks by itself. */
  limitOwn(deviceToken: string): number | null;
  limitPairing(libraryId: number, clientAddress: string): number | null;
}

/**
 * A gate scans faster than a kiosk is typed at, four a second at most; numbers can be tried out, so that they go as slowly
 * as people type. What a gate asks by itself is a request every few seconds. Pairing as at the kiosk.
 */
export function openGateGuard({ rates: exchange }: Pick<WebDeps, 'rates'>): GateGuard {
  // What one device asks reaches one process or few, many times a second: counted there.
  const checks = openRateLimit({ points: 240, seconds: 60 });
  const numbers = openRateLimit({ points: 30, seconds: 60, shared: { name: 'gate number', exchange } });
  const own = openRateLimit({ points: 180, seconds: 60 });
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
    limitCheck: (deviceToken) => checks.take(deviceToken),
    limitNumber: (deviceToken) => numbers.take(deviceToken),
    limitOwn: (deviceToken) => own.take(deviceToken),
    limitPairing: (libraryId, clientAddress) =>
      codesOfAddress.take(`${libraryId}|${networkOf(clientAddress)}`) ??
      codesOfLibrary.take(String(libraryId)),
  };
}
