import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { OfficerId, ServicePointId } from '../../src/domain/ids.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import {
  createPairing,
  findDevice,
  listDevices,
  pairDevice,
  renewPairing,
  revokeDevice,
} from '../../src/usecases/pair-device.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';

let database: TestDatabase;
let library: LibraryContext;
let other: LibraryContext;
const deps = testDeps();

beforeAll(async () => {
  database = await createTestDatabase();
  const found = await Promise.all(
    ['banyuwangi', 'jateng'].map((slug) => loadLibrary(database.db, slug, new Date())),
  );
  if (!found[0] || !found[1]) throw new Error('not seeded');
  [library, other] = [found[0], found[1]];
});
afterAll(() => database.drop());

const point = (of: LibraryContext) => of.servicePoints[0]?.id ?? ('' as ServicePointId);
function scope(of: LibraryContext = library): Scope {
  const id = '01890000-0000-7000-8000-000000000001' as OfficerId;
  return {
    library: of,
    actor: { kind: 'officer', id, roles: ['admin'], servicePointId: point(of) },
    at: deps.now(),
    requestId: 'test',
  };
}
async function enrol(name: string) {
  const made = await createPairing(database.db, deps, scope(), {
    name,
    kind: 'kiosk',
    servicePointId: point(library),
  });
  if (!made.ok) throw new Error(made.reason);
  return made;
}

describe('a kiosk', () => {
  it('is enrolled with a code that works once, and is known from then on', async () => {
    const { code, deviceId } = await enrol('Kios lobi');
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/);
    const paired = await pairDevice(database.db, deps, scope(), code.toLowerCase());
    if (!paired.ok) throw new Error(paired.reason);
    expect(await findDevice(database.db, deps, library, paired.token)).toMatchObject({
      id: deviceId,
      name: 'Kios lobi',
      servicePointId: point(library),
    });
    expect(await pairDevice(database.db, deps, scope(), code)).toEqual({ ok: false, reason: 'wrong-code' });
  });

  it('that is seen waits for nobody who holds its row, and is noted the next time', async () => {
    const { code, deviceId } = await enrol('Kios ramai');
    const paired = await pairDevice(database.db, deps, scope(), code);
    if (!paired.ok) throw new Error(paired.reason);
    const seen = async () =>
      (await listDevices(database.db, scope())).find(({ id }) => id === deviceId)?.lastSeenAt;
    const before = await seen();
    deps.clock.now = new Date(deps.clock.now.getTime() + 61_000);
    await inLibrary(database.db, library.id, async (tx) => {
      await tx.selectFrom('device').select('id').where('id', '=', deviceId).forUpdate().execute();
      expect(await findDevice(database.db, deps, library, paired.token)).toMatchObject({ id: deviceId });
    });
    expect(await seen()).toEqual(before);
    // Ten at once, and another one: each is noted, all in a moment.
    const next = await enrol('Kios sebelah');
    const other = await pairDevice(database.db, deps, scope(), next.code);
    if (!other.ok) throw new Error(other.reason);
    deps.clock.now = new Date(deps.clock.now.getTime() + 61_000);
    const tokens = [...Array.from({ length: 10 }, () => paired.token), other.token];
    await Promise.all(tokens.map((token) => findDevice(database.db, deps, library, token)));
    expect(await seen()).toEqual(deps.now());
    expect(
      (await listDevices(database.db, scope())).find(({ id }) => id === next.deviceId)?.lastSeenAt,
    ).toEqual(deps.now());
  });

  it('is not enrolled with a code that is older than a quarter of an hour, or with an invented one', async () => {
    const { code } = await enrol('Kios lambat');
    deps.clock.now = new Date(deps.clock.now.getTime() + 15 * 60_000 + 1);
    expect((await pairDevice(database.db, deps, scope(), code)).ok).toBe(false);
    expect((await pairDevice(database.db, deps, scope(), 'ABCD-EFGH')).ok).toBe(false);
    expect((await pairDevice(database.db, deps, scope(), 'bukan kode')).ok).toBe(false);
  });

  it('is enrolled, renewed and taken away by nobody but who manages devices', async () => {
    const { deviceId } = await enrol('Kios terkunci');
    const admin = scope();
    const officer: Scope = {
      ...admin,
      actor: { ...admin.actor, kind: 'officer', roles: ['petugas', 'sub_koordinator'] } as Scope['actor'],
    };
    const device = { name: 'Kios liar', kind: 'kiosk', servicePointId: point(library) } as const;
    await expect(async () => createPairing(database.db, deps, officer, device)).rejects.toThrow();
    await expect(async () => renewPairing(database.db, deps, officer, deviceId)).rejects.toThrow();
    await expect(async () => revokeDevice(database.db, deps, officer, deviceId)).rejects.toThrow();
    expect((await listDevices(database.db, admin)).map(({ name }) => name)).not.toContain('Kios liar');
  });

  it('of one library is a stranger in another, with its code and with its secret', async () => {
    const { code } = await enrol('Kios sendiri');
    expect((await pairDevice(database.db, deps, scope(other), code)).ok).toBe(false);
    const paired = await pairDevice(database.db, deps, scope(), code);
    if (!paired.ok) throw new Error(paired.reason);
    expect(await findDevice(database.db, deps, other, paired.token)).toBeUndefined();
  });

  it('is a stranger at once when it was revoked, also with a code that was not used yet', async () => {
    const { code, deviceId } = await enrol('Kios dicabut');
    const paired = await pairDevice(database.db, deps, scope(), code);
    if (!paired.ok) throw new Error(paired.reason);
    const renewed = await renewPairing(database.db, deps, scope(), deviceId);
    if (!renewed.ok) throw new Error(renewed.reason);
    expect((await revokeDevice(database.db, deps, scope(), deviceId)).ok).toBe(true);
    expect(await findDevice(database.db, deps, library, paired.token)).toBeUndefined();
    expect((await pairDevice(database.db, deps, scope(), renewed.code)).ok).toBe(false);
    expect((await renewPairing(database.db, deps, scope(), deviceId)).ok).toBe(false);
    // Pressed twice it was taken back once; in another library there is no such device.
    expect((await revokeDevice(database.db, deps, scope(), deviceId)).ok).toBe(true);
    expect((await revokeDevice(database.db, deps, scope(other), deviceId)).ok).toBe(false);
    const actions = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('audit_log').select('action').where('subject_id', '=', deviceId).execute(),
    );
    expect(actions.filter(({ action }) => action === 'device.revoke')).toHaveLength(1);
  });

  it('that lost its secret gets a new one and stays the same device', async () => {
    const { code, deviceId } = await enrol('Kios baru');
    const first = await pairDevice(database.db, deps, scope(), code);
    const renewed = await renewPairing(database.db, deps, scope(), deviceId);
    if (!first.ok || !renewed.ok) throw new Error('not paired');
    const second = await pairDevice(database.db, deps, scope(), renewed.code);
    if (!second.ok) throw new Error(second.reason);
    expect(second.device.id).toBe(deviceId);
    expect(await findDevice(database.db, deps, library, first.token)).toBeUndefined();
    expect((await findDevice(database.db, deps, library, second.token))?.id).toBe(deviceId);
  });

  it('is listed without its code or secret, and every step is in the audit log', async () => {
    const { code, deviceId } = await enrol('Kios tercatat');
    await pairDevice(database.db, deps, scope(), code);
    const listed = (await listDevices(database.db, scope())).find((device) => device.id === deviceId);
    expect(listed).toMatchObject({ state: 'paired', name: 'Kios tercatat' });
    expect(Object.keys(listed ?? {}).join()).not.toMatch(/hash|token|code/);
    const actions = await inLibrary(database.db, library.id, (tx) =>
      tx
        .selectFrom('audit_log')
        .select(['action', 'actor_kind'])
        .where('subject_id', '=', deviceId)
        .execute(),
    );
    expect(actions).toEqual([
      { action: 'device.create', actor_kind: 'officer' },
      { action: 'device.pair', actor_kind: 'device' },
    ]);
  });

  it('has a name and stands at a service point of its library', async () => {
    const make = (name: string, servicePointId: ServicePointId) =>
      createPairing(database.db, deps, scope(), { name, kind: 'kiosk', servicePointId });
    expect(await make('  ', point(library))).toMatchObject({ reason: 'name-missing' });
    expect(await make('k'.repeat(61), point(library))).toMatchObject({ reason: 'name-too-long' });
    expect(await make('Kios', point(other))).toMatchObject({ reason: 'unknown-service-point' });
  });
});
