import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type GateState, keysTagOfJwks, type OutboxVisit } from '../../domain/gate-protocol.ts';
import type { LibraryId } from '../../domain/ids.ts';
import { type Jwks, jwksOf, type PublishedKey } from '../../domain/published-keys.ts';
import { openGateKeeper } from './keeper.ts';
import type { Answered, GateServer } from './server.ts';
import { openGateStore } from './store.ts';

const LIBRARY = 1 as LibraryId;
const OLD = new Uint8Array([1, 2, 3, 4]);
const NEW = new Uint8Array([5, 6, 7, 8]);
const key = (keyId: Uint8Array, state: PublishedKey['state']): PublishedKey => ({
  library: LIBRARY,
  slug: 'jateng',
  keyId,
  publicKey: new Uint8Array(32),
  state,
  revokedAt: state === 'revoked' ? new Date(0) : null,
});
const before = jwksOf([key(OLD, 'active')]);
const after = jwksOf([key(OLD, 'revoked'), key(NEW, 'active')]);

/** A server whose state and keys may come from two processes, one of which is behind. */
function serverOf(state: Jwks, keys: Jwks) {
  const said = { state, keys, keysAsked: 0, visits: [] as OutboxVisit[] };
  const away = { ok: false, reason: 'away' } as const;
  const server: GateServer = {
    state: async () => ({
      ok: true,
      value: {
        now: Date.now(),
        library: { id: LIBRARY, slug: 'jateng' },
        zone: 'Asia/Jakarta',
        device: 'Pintu utama',
        attended: true,
        policy: { printed: 'yes', picture: 'look', listHours: 72 },
        listTag: 'none',
        listAsOf: 0,
        keysTag: keysTagOfJwks(said.state, LIBRARY),
      } satisfies GateState,
    }),
    keys: async (): Promise<Answered<unknown>> => {
      said.keysAsked += 1;
      return { ok: true, value: said.keys };
    },
    list: async () => away,
    check: async () => away,
    async deliver(visits) {
      said.visits.push(...visits);
      return { ok: true, value: visits.map(() => 'recorded' as const) };
    },
  };
  return { said, server };
}

// Neither locks nor a database: as in a private window.
beforeEach(() => void vi.stubGlobal('navigator', {}));

describe('the keys of a gate', () => {
  it('are asked for again until they are those that hold now', async () => {
    const store = await openGateStore('jateng');
    const { said, server } = serverOf(before, before);
    const keeper = await openGateKeeper(
      { slug: 'jateng', library: LIBRARY, judges: true },
      store,
      server,
      () => undefined,
    );
    await keeper.refresh();
    expect(await store.read('keys')).toEqual({ jwks: before });
    // A key was taken back; a cache on the way still has the set of before.
    said.state = after;
    await keeper.refresh();
    expect(await store.read('keys')).toEqual({ jwks: before });
    said.keys = after;
    await keeper.refresh();
    expect(await store.read('keys')).toEqual({ jwks: after });
    const asked = said.keysAsked;
    await keeper.refresh();
    expect(said.keysAsked).toBe(asked);
  });

  it('are not replaced by older ones', async () => {
    const store = await openGateStore('jateng');
    const { said, server } = serverOf(after, after);
    const keeper = await openGateKeeper(
      { slug: 'jateng', library: LIBRARY, judges: true },
      store,
      server,
      () => undefined,
    );
    await keeper.refresh();
    said.state = before;
    await keeper.refresh();
    expect(await store.read('keys')).toEqual({ jwks: after });
  });
});

describe('the visits of a gate whose clock is in doubt', () => {
  it('wait for the server’s clock, and are sent with the time at which they were', async () => {
    const store = await openGateStore('jateng');
    const { said, server } = serverOf(before, before);
    const keeper = await openGateKeeper(
      { slug: 'jateng', library: LIBRARY, judges: false },
      store,
      server,
      () => undefined,
    );
    const mark = keeper.clock.mark() ?? expect.fail();
    // By a clock that began in 1970.
    await store.addVisit({ key: 'kunci-gerbang-0123456789', at: 5_000, mark });
    await keeper.send();
    expect(said.visits).toEqual([]);
    await keeper.refresh();
    expect(said.visits).toEqual([{ key: 'kunci-gerbang-0123456789', at: expect.any(Number) }]);
    expect(Math.abs((said.visits[0]?.at ?? 0) - Date.now())).toBeLessThan(10_000);
  });
});
