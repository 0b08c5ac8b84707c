import type { Db } from '../db/connection.ts';
import { listLibraries } from '../db/library.ts';
import type { Role } from '../domain/permissions.ts';
import { PRESETS } from '../presets/presets.ts';
import type { Deps } from './context.ts';
import { createLibrary, type FirstSignIn } from './create-library.ts';

/** One account per role, so that a new installation can be tried out in full; names are the roles' own. */
const FIRST_OFFICERS: readonly { username: string; name: string; roles: readonly Role[] }[] = [
  { username: 'petugas', name: 'Petugas', roles: ['petugas'] },
  { username: 'subkoordinator', name: 'Sub Koordinator', roles: ['sub_koordinator'] },
  { username: 'kabid', name: 'Kepala Bidang', roles: ['kepala_bidang'] },
  { username: 'kepala', name: 'Kepala SKPD', roles: ['kepala_skpd'] },
  { username: 'admin', name: 'Admin', roles: ['admin'] },
];

/**
 * Creates the two preset libraries where they are missing; safe to run at every start.
 * @returns per created library the sign-ins, whose passwords are kept nowhere
 */
export async function seedLibraries(
  owner: Db,
  app: Db,
  deps: Deps,
): Promise<readonly { slug: string; signIns: readonly FirstSignIn[] }[]> {
  const known = new Set((await listLibraries(owner)).map((library) => library.slug));
  const created: { slug: string; signIns: readonly FirstSignIn[] }[] = [];
  for (const preset of PRESETS) {
    if (known.has(preset.slug)) continue;
    const outcome = await createLibrary(owner, app, deps, { ...preset, officers: FIRST_OFFICERS });
    if (outcome.ok) created.push({ slug: preset.slug, signIns: outcome.signIns });
  }
  return created;
}
