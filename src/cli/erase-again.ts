import type { RestoredDatabase, RestoredDoors } from '../db/restore.ts';
import type { Erasure } from '../db/restore-erasures.ts';
import { besideService } from '../main.ts';
import { endRestoredSignIns } from '../usecases/end-restored-sign-ins.ts';
import { eraseAgain } from '../usecases/erase-again.ts';

/** Erases again, in a restored database that nobody uses yet, who was erased after its backup was made. */
export async function eraseAgainBeside(
  { app, key }: RestoredDatabase,
  entries: readonly Erasure[],
): Promise<number> {
  return await besideService(
    { app, vault: key.vault, ring: key.ring },
    async (db, deps) => (await eraseAgain(db, deps, entries)).erased,
  );
}

/** Ends there what would let somebody in who was shut out after its backup was made. */
export async function endSignInsBeside({ app, key }: RestoredDatabase): Promise<readonly RestoredDoors[]> {
  return await besideService({ app, vault: key.vault, ring: key.ring }, endRestoredSignIns);
}
