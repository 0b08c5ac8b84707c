import { CompiledQuery } from 'kysely';
import { type Db, PREPARED } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { DeviceId, OfficerId, ServicePointId } from '../domain/ids.ts';
import { may } from '../domain/permissions.ts';
import { readShortCode, shortCodeOf } from '../domain/short-code.ts';
import { writeAudit } from './audit.ts';
import type { Actor, Deps, LibraryContext, Scope } from './context.ts';
import { newId } from './context.ts';
import { notingSeen } from './note-seen.ts';

export type DeviceKind = 'kiosk' | 'gate';

/** Long enough to walk to the kiosk, too short to be found by guessing. */
const PAIRING_MS = 15 * 60_000;
/** `last_seen_at` is written at most this often. */
const SEEN_EVERY_MS = 60_000;
const LONGEST_NAME = 60;

/** A device that may record visits, and nothing else. */
export interface PairedDevice {
  readonly id: DeviceId;
  readonly kind: DeviceKind;
  readonly name: string;
  readonly servicePointId: ServicePointId;
}

export interface ListedDevice extends PairedDevice {
  readonly state: 'waiting' | 'code-expired' | 'paired' | 'revoked';
  readonly pairedAt: Date | null;
  readonly lastSeenAt: Date | null;
  readonly revokedAt: Date | null;
}

/**
 * A new device and the code that enrols it, shown once: eight characters, fifteen minutes, one use. For an officer with
 * `device.manage`.
 */
export async function createPairing(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly name: string; readonly kind: DeviceKind; readonly servicePointId: ServicePointId },
): Promise<
  | { readonly ok: true; readonly deviceId: DeviceId; readonly code: string; readonly expiresAt: Date }
  | { readonly ok: false; readonly reason: 'name-missing' | 'name-too-long' | 'unknown-service-point' }
> {
  const { library, at } = scope;
  const pairedBy = managerOf(scope);
  const name = input.name.trim().replace(/\s+/g, ' ');
  if (name === '') return { ok: false, reason: 'name-missing' };
  if ([...name].length > LONGEST_NAME) return { ok: false, reason: 'name-too-long' };
  if (!library.servicePoints.some((point) => point.id === input.servicePointId))
    return { ok: false, reason: 'unknown-service-point' };
  const deviceId = newId<DeviceId>(deps, at);
  const code = shortCodeOf(deps.randomBytes(8));
  const expiresAt = new Date(at.getTime() + PAIRING_MS);
  await inLibrary(db, library.id, async (tx) => {
    await tx
      .insertInto('device')
      .values({
        library_id: library.id,
        id: deviceId,
        kind: input.kind,
        name,
        service_point_id: input.servicePointId,
        pairing_hash: deps.vault.hash(library.id, 'pairing', code),
        pairing_expires_at: expiresAt,
        token_hash: null,
        paired_at: null,
        paired_by: pairedBy,
        revoked_at: null,
        last_seen_at: null,
      })
      .execute();
    await writeAudit(tx, deps, scope, {
      action: 'device.create',
      subjectKind: 'device',
      subjectId: deviceId,
      fields: ['name', 'kind', 'service_point_id'],
    });
  });
  return { ok: true, deviceId, code, expiresAt };
}

/**
 * A new code for a device that lost its secret (a cleared browser, a new machine in the old place): it stays the same
 * device in the reports, and its old secret dies when the code is used.
 */
export async function renewPairing(
  db: Db,
  deps: Deps,
  scope: Scope,
  deviceId: DeviceId,
): Promise<
  | { readonly ok: true; readonly code: string; readonly expiresAt: Date }
  | { readonly ok: false; readonly reason: 'not-found' }
> {
  const { library, at } = scope;
  managerOf(scope);
  const code = shortCodeOf(deps.randomBytes(8));
  const expiresAt = new Date(at.getTime() + PAIRING_MS);
  return inLibrary(db, library.id, async (tx) => {
    const renewed = await tx
      .updateTable('device')
      .set({ pairing_hash: deps.vault.hash(library.id, 'pairing', code), pairing_expires_at: expiresAt })
      .where('id', '=', deviceId)
      .where('revoked_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (!renewed) return { ok: false, reason: 'not-found' };
    await writeAudit(tx, deps, scope, {
      action: 'device.renew_code',
      subjectKind: 'device',
      subjectId: deviceId,
    });
    return { ok: true, code, expiresAt };
  });
}

/**
 * The device types its code and gets the secret for its cookie. A used, expired, revoked or invented code are the same
 * refusal; who calls this limits the tries.
 * @param kind what the page is for that asked: the code of another kind of device is a wrong one
 */
export async function pairDevice(
  db: Db,
  deps: Deps,
  scope: Pick<Scope, 'library' | 'at' | 'requestId'>,
  typedCode: string,
  kind?: DeviceKind,
): Promise<
  | { readonly ok: true; readonly token: string; readonly device: PairedDevice }
  | { readonly ok: false; readonly reason: 'wrong-code' }
> {
  const { library, at, requestId } = scope;
  const code = readShortCode(typedCode);
  const token = Buffer.from(deps.randomBytes(24)).toString('base64url');
  return inLibrary(db, library.id, async (tx) => {
    const row =
      code === undefined
        ? undefined
        : await tx
            .updateTable('device')
            .set({
              pairing_hash: null,
              pairing_expires_at: null,
              token_hash: deps.vault.hash(library.id, 'token', token),
              paired_at: at,
              last_seen_at: at,
            })
            .where('pairing_hash', '=', deps.vault.hash(library.id, 'pairing', code))
            .where('pairing_expires_at', '>', at)
            .where('revoked_at', 'is', null)
            .$if(kind !== undefined, (asked) => asked.where('kind', '=', kind ?? 'kiosk'))
            .returning(['id', 'kind', 'name', 'service_point_id'])
            .executeTakeFirst();
    const actor: Actor = row
      ? { kind: 'device', id: row.id, servicePointId: row.service_point_id }
      : { kind: 'system' };
    await writeAudit(
      tx,
      deps,
      { library, at, requestId, actor },
      { action: row ? 'device.pair' : 'device.refuse', subjectKind: 'device', subjectId: row?.id ?? null },
    );
    return row ? { ok: true, token, device: deviceOf(row) } : { ok: false, reason: 'wrong-code' };
  });
}

/** The device of a cookie's secret; undefined where it was revoked, belongs to another library or never was. */
export async function findDevice(
  db: Db,
  deps: Deps,
  library: LibraryContext,
  token: string,
): Promise<PairedDevice | undefined> {
  const at = deps.now();
  const tokenHash = deps.vault.hash(library.id, 'token', token);
  const { rows } = await db.executeQuery<DeviceRow & { last_seen_at: Date | null }>(
    CompiledQuery.raw(DEVICE_NOW, [String(library.id), tokenHash]),
  );
  const [row] = rows;
  if (!row) return undefined;
  if (at.getTime() - (row.last_seen_at?.getTime() ?? 0) > SEEN_EVERY_MS)
    await see(db, { libraryId: library.id, key: row.id, at });
  return deviceOf(row);
}

const see = notingSeen<DeviceId>('device');

/** Asked at every visit and card that is held up: as `SESSION_NOW`. */
const DEVICE_NOW = `${PREPARED} with scope as materialized (
  select set_config('app.library_id', $1::text, true)::int as library_id
)
select device.* from scope cross join lateral (
  select id, kind, name, service_point_id, last_seen_at from device
  where library_id = scope.library_id and token_hash = $2::bytea and revoked_at is null limit 1
) device`;

/** Ends a device at once: its next request is a stranger's. Revoking it again changes nothing. */
export async function revokeDevice(
  db: Db,
  deps: Deps,
  scope: Scope,
  deviceId: DeviceId,
): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: 'not-found' }> {
  managerOf(scope);
  return inLibrary(db, scope.library.id, async (tx) => {
    const row = await tx
      .updateTable('device')
      .set({ revoked_at: scope.at, pairing_hash: null, pairing_expires_at: null })
      .where('id', '=', deviceId)
      .where('revoked_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    // Taken back before, it stands; a device that is not here must not be told to be taken back.
    if (!row) {
      const known = await tx.selectFrom('device').select('id').where('id', '=', deviceId).executeTakeFirst();
      return known ? { ok: true } : { ok: false, reason: 'not-found' };
    }
    await writeAudit(tx, deps, scope, {
      action: 'device.revoke',
      subjectKind: 'device',
      subjectId: deviceId,
    });
    return { ok: true };
  });
}

/** All devices of the library, those in use first; never a code or a secret. */
export async function listDevices(db: Db, scope: Scope): Promise<readonly ListedDevice[]> {
  const rows = await inLibrary(db, scope.library.id, (tx) =>
    tx.selectFrom('device').selectAll().orderBy('revoked_at', 'desc').orderBy('name').execute(),
  );
  return rows
    .map((row) => ({
      ...deviceOf(row),
      state: stateOf(row, scope.at),
      pairedAt: row.paired_at,
      lastSeenAt: row.last_seen_at,
      revokedAt: row.revoked_at,
    }))
    .sort((one, other) => Number(one.state === 'revoked') - Number(other.state === 'revoked'));
}

/** The pages ask for this permission too; a thing that may record visits has a second lock. */
function managerOf({ actor }: Scope): OfficerId {
  if (actor.kind !== 'officer' || !may(actor.roles, 'device.manage'))
    throw new Error('devices are managed by officers with device.manage');
  return actor.id;
}

function stateOf(
  row: { revoked_at: Date | null; token_hash: Buffer | null; pairing_expires_at: Date | null },
  at: Date,
): ListedDevice['state'] {
  if (row.revoked_at !== null) return 'revoked';
  if (row.token_hash !== null) return 'paired';
  return row.pairing_expires_at !== null && row.pairing_expires_at > at ? 'waiting' : 'code-expired';
}

interface DeviceRow {
  readonly id: DeviceId;
  readonly kind: DeviceKind;
  readonly name: string;
  readonly service_point_id: ServicePointId;
}

function deviceOf(row: DeviceRow): PairedDevice {
  return { id: row.id, kind: row.kind, name: row.name, servicePointId: row.service_point_id };
}
