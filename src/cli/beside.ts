import type { Db } from '../db/connection.ts';
import { openInstallation } from '../db/installation.ts';
import { besideService } from '../main.ts';
import type { Deps } from '../usecases/context.ts';
import { explain } from './refusals.ts';
import { settingsOrExplain } from './settings.ts';

/** Does the work of a command on the library's database, whether the service runs or not. @returns the exit code */
export async function besideDatabase(work: (db: Db, deps: Deps) => Promise<number>): Promise<number> {
  const config = settingsOrExplain();
  if (config === undefined) return 2;
  const reached = await openInstallation({ ...config, log: console.log, besideService: true });
  if (!reached.ok) {
    console.error(explain(reached, config.dataDir));
    return 1;
  }
  try {
    return await besideService(reached.installation, work);
  } finally {
    await reached.installation.stop();
  }
}
