import { hash } from '@node-rs/argon2';
import type { Db, Tx } from '../../db/connection.ts';
import { inLibrary } from '../../db/tenancy.ts';
import type { DeviceId, OfficerId } from '../../domain/ids.ts';
import type { Role } from '../../domain/permissions.ts';
import type { Official } from '../../domain/procedure.ts';
import type { Deps, LibraryContext } from '../../usecases/context.ts';
import { PASSWORD_HASHING } from '../../usecases/create-library.ts';
import { loadLibrary } from '../../usecases/get-library.ts';
import type { Chance } from './random.ts';

export interface DemoSignIn {
  readonly slug: string;
  readonly username: string;
  readonly password: string;
  readonly roles: readonly Role[];
}

/** How the audit log says that the people of a library are made up. */
export const FILLED = 'demo.fill';

/**
 * Whoever acts in the demonstration is plainly invented. The officials whom the two procedures name are real: they stand
 * where the source has them, in the procedure and its printed SOP, but check, sign and answer for nothing made up here.
 */
const NAMES: Readonly<Record<string, string>> = {
  petugas: 'Ayu Contoh',
  petugas2: 'Budi Contoh',
  petugas3: 'Citra Contoh',
  subkoordinator: 'Dewi Contoh, S.I.Pust.',
  kabid: 'Eko Contoh, S.Sos.',
  kepala: 'Fajar Contoh, M.Si.',
  admin: 'Gilang Contoh',
};

/** Of nobody: a number of the civil service begins with a date of birth. */
const NO_NIP = '00000000 000000 0 000';

export interface DemoStaff {
  readonly officers: readonly OfficerId[];
  readonly coordinator: OfficerId;
  readonly head: OfficerId;
  readonly chief: OfficerId;
  readonly kioskId: DeviceId;
}

export function demoName(username: string): string {
  return NAMES[username] ?? 'Contoh';
}

/** Names for the accounts, invented officials, two more officers, so that times can be told apart, and a kiosk. */
export async function addStaff(
  tx: Tx,
  deps: Deps,
  chance: Chance,
  library: LibraryContext,
  now: Date,
): Promise<DemoStaff> {
  const known = await tx.selectFrom('officer').select(['id', 'username', 'service_point_id']).execute();
  const idOf = (username: string) => {
    const id = known.find((officer) => officer.username === username)?.id;
    if (!id) throw new Error(`the library has no account ${username} of its preset`);
    return id;
  };
  const servicePointId = known.find(({ service_point_id }) => service_point_id !== null)?.service_point_id;
  if (!servicePointId) throw new Error('the library has no officers of its preset');
  for (const { id, username } of known)
    await tx
      .updateTable('officer')
      .set({ name: demoName(username) })
      .where('id', '=', id)
      .execute();
  await tx
    .updateTable('setting')
    .set({ value: JSON.stringify(officialsFor(library)), updated_at: now })
    .where('name', '=', 'officials')
    .execute();
  const secret = () => Buffer.from(deps.randomBytes(24)).toString('base64url');
  // Replaced by `setDemoPasswords` before anybody reads it.
  const unknown = await hash(secret(), PASSWORD_HASHING);
  const officers = [idOf('petugas')];
  for (const username of ['petugas2', 'petugas3']) {
    const id = chance.uuid(now) as OfficerId;
    officers.push(id);
    await tx
      .insertInto('officer')
      .values({
        library_id: library.id,
        id,
        username,
        name: demoName(username),
        roles: ['petugas'],
        password_hash: unknown,
        totp_secret: null,
        service_point_id: servicePointId,
        created_at: now,
      })
      .execute();
  }
  const kioskId = chance.uuid(now) as DeviceId;
  await tx
    .insertInto('device')
    .values({
      library_id: library.id,
      id: kioskId,
      kind: 'kiosk',
      name: 'Kios lobi (contoh)',
      service_point_id: servicePointId,
      pairing_hash: null,
      pairing_expires_at: null,
      // Nobody knows its secret: to try a kiosk, pair another device.
      token_hash: deps.vault.hash(library.id, 'token', secret()),
      paired_at: now,
      paired_by: idOf('petugas'),
      revoked_at: null,
      last_seen_at: now,
    })
    .execute();
  return {
    officers,
    coordinator: idOf('subkoordinator'),
    head: idOf('kabid'),
    chief: idOf('kepala'),
    kioskId,
  };
}

function officialsFor({ settings }: LibraryContext): readonly Official[] {
  const holders = [
    ['kepala_skpd', 'kepala'],
    ['kepala_bidang', 'kabid'],
    ['sub_koordinator', 'subkoordinator'],
  ] as const;
  return holders.map(([role, username]) => ({
    role,
    title: settings.officials.find((each) => each.role === role)?.title ?? settings.roleNames[role].id,
    name: demoName(username),
    rank: '',
    nip: NO_NIP,
    from: null,
    until: null,
    acting: null,
  }));
}

/**
 * Passwords of the sample accounts: the same at every start of this data folder, known to nobody without its key. They
 * need not be changed at the first sign-in. A library that the demonstration did not fill keeps its own.
 */
export async function setDemoPasswords(
  db: Db,
  deps: Deps,
  slugs: readonly string[],
): Promise<readonly DemoSignIn[]> {
  const signIns: DemoSignIn[] = [];
  for (const slug of slugs) {
    const library = await loadLibrary(db, slug, deps.now());
    if (!library) continue;
    await inLibrary(db, library.id, async (tx) => {
      const filled = await tx
        .selectFrom('audit_log')
        .select('id')
        .where('action', '=', FILLED)
        .executeTakeFirst();
      if (filled === undefined) return;
      const officers = await tx
        .selectFrom('officer')
        .select(['id', 'username', 'roles'])
        .orderBy('id')
        .execute();
      const passwords = officers.map(({ username }) =>
        deps.vault.token(library.id, 'status', `demo ${username}`, 0).slice(0, 14),
      );
      // Slow on purpose: all at once, on as many threads as there are.
      const hashes = await Promise.all(passwords.map((password) => hash(password, PASSWORD_HASHING)));
      for (const [index, { id, username, roles }] of officers.entries()) {
        const [password, passwordHash] = [passwords[index], hashes[index]];
        if (password === undefined || passwordHash === undefined) continue;
        signIns.push({ slug, username, password, roles });
        await tx
          .updateTable('officer')
          .set({ password_hash: passwordHash, must_change_password: false })
          .where('id', '=', id)
          .execute();
      }
    });
  }
  return signIns;
}
