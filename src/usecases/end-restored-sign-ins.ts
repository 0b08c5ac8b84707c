import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { listLibraries } from '../db/library.ts';
import type { RestoredDoors } from '../db/restore.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { Deps } from './context.ts';

/**
 * A backup brings back sessions and tokens that had been ended since. None of them is let in: everybody signs in again. What
 * people would have to make anew stays, and is counted for whoever restores, library by library.
 */
export async function endRestoredSignIns(db: Db, deps: Pick<Deps, 'now'>): Promise<readonly RestoredDoors[]> {
  const found: RestoredDoors[] = [];
  for (const { id, slug } of await listLibraries(db)) {
    await inLibrary(db, id, async (tx) => {
      await tx.deleteFrom('oidc_record').execute();
      await tx.updateTable('session').set({ ended_at: deps.now() }).where('ended_at', 'is', null).execute();
      const { rows } = await sql<RestoredDoors>`
        select ${slug} as library,
          (select count(*)::int from client where revoked_at is null) as accounts,
          (select count(*)::int from device where revoked_at is null) as devices,
          (select count(*)::int from passkey) as "officerPasskeys",
          (select count(*)::int from officer_identity) as "officerLinks",
          (select count(*)::int from member_passkey) as "memberPasskeys",
          (select count(*)::int from service_consent where ended_at is null) as consents`.execute(tx);
      found.push(...rows);
    });
  }
  return found;
}
