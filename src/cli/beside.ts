import type { Config } from '../config.ts';
import type { Db } from '../db/connection.ts';
import { type Installation, openInstallation } from '../db/installation.ts';
import { besideService } from '../main.ts';
import type { Deps } from '../usecases/context.ts';
import { explain } from './refusals.ts';
import { settingsOrExplain } from './settings.ts';

/**
 * Reaches the installation, whether the service runs or not, and lets it go again.
 * @returns the exit code; 2 where the settings, 1 where the database refuses, said in words
 */
export async function reachInstallation(
  work: (config: Config, installation: Installation) => Promise<number>,
): Promise<number> {
  const config = settingsOrExplain();
  if (config === undefined) return 2;
  const reached = await openInstallation({ ...config, log: console.log, besideService: true });
  if (!reached.ok) {
    console.error(explain(reached, config.dataDir));
    return 1;
  }
  try {
    return await work(config, reached.installation);
  } finally {
    await reached.installation.stop();
  }
}

/** Does the work of a command on the library's database, whether the service runs or not. @returns the exit code */
export function besideDatabase(work: (db: Db, deps: Deps) => Promise<number>): Promise<number> {
  return reachInstallation((_config, installation) => besideService(installation, work));
}
