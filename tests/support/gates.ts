/** Gates as officers enrol them, and codes as cards and phones show them. */
import { encodeCardToken } from '../../src/domain/card-token.ts';
import type { CardId } from '../../src/domain/ids.ts';
import { certificateEnd, encodeMovingCode, encodePhoneCertificate } from '../../src/domain/moving-code.ts';
import { addMonths, type PlainDate, plainDateIn } from '../../src/domain/plain-date.ts';
import type { Deps, LibraryContext } from '../../src/usecases/context.ts';
import { signerOf } from '../../src/usecases/library-keys.ts';
import { createPairing, type DeviceKind } from '../../src/usecases/pair-device.ts';
import type { TestApp } from './app.ts';
import { libraryOf } from './cases.ts';
import { scopeOfRole } from './members.ts';

/** The code that enrols a new device, and the device. */
export async function pairingCode(
  app: TestApp,
  slug: string,
  name: string,
  kind: DeviceKind = 'gate',
): Promise<{ readonly code: string; readonly deviceId: string }> {
  const library = await libraryOf(app, slug);
  const scope = scopeOfRole(library, app.deps, ['admin']);
  const point = library.servicePoints[0];
  if (!point) throw new Error('not seeded');
  const made = await createPairing(app.deps.db, app.deps, scope, { name, kind, servicePointId: point.id });
  if (!made.ok) throw new Error(made.reason);
  return made;
}

/** What a printed card carries. */
export function printCode(
  deps: Pick<Deps, 'vault' | 'now'>,
  library: LibraryContext,
  card: CardId,
  validUntil?: PlainDate | null,
): string {
  const today = plainDateIn(library.settings.profile.timezone, deps.now());
  const until = validUntil === undefined ? addMonths(today, 12) : validUntil;
  const claims = { library: library.id, card, issued: addMonths(today, -1), validUntil: until };
  return `https://perpus.contoh.test/k/${encodeCardToken(claims, signerOf(deps, library))}`;
}

/** A phone that holds a KTA: what its screen shows at an instant. */
export async function phoneOf(
  deps: Pick<Deps, 'vault' | 'now'>,
  library: LibraryContext,
  card: CardId,
  generation = 0,
): Promise<(now: number) => Promise<string>> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  const phoneKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const certificate = encodePhoneCertificate(
    {
      library: library.id,
      card,
      generation,
      ends: certificateEnd(deps.now(), null),
      phoneKey: phoneKey as never,
    },
    signerOf(deps, library),
  );
  if (certificate === undefined) throw new Error('no point of the curve');
  return async (now) => {
    const code = await encodeMovingCode(
      certificate,
      now,
      async (bytes) =>
        new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, bytes)),
    );
    return `HTTPS://PERPUS.CONTOH.TEST/K/${code}`;
  };
}
