import type { WebDeps } from './env.ts';
import { openRateLimit } from './rate-limit.ts';

export interface DeviceLimit {
  /** Counts one of whoever sends this secret. @returns seconds to wait, or null where it may pass */
  take(secret: string): number | null;
  /** It was an enrolled device's: the other processes hear of it. */
  isKnown(secret: string): void;
}

/**
 * What one device may do, in all processes together. Before the database has said whose a secret is, only this
 * process counts it: a program that sends another made-up one each time costs no rows.
 * @param name tells one limit from another where counts are shared
 */
export function openDeviceLimit(
  { rates: exchange }: Pick<WebDeps, 'rates'>,
  { name, ...limit }: { readonly name: string; readonly points: number; readonly seconds: number },
): DeviceLimit {
  const here = openRateLimit(limit);
  const everywhere = openRateLimit({ ...limit, shared: { name, exchange } });
  return {
    take: (secret) => here.take(secret) ?? everywhere.look(secret),
    isKnown: (secret) => void everywhere.take(secret),
  };
}
