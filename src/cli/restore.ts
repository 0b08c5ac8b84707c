import { restoreBackup } from '../db/restore.ts';
import { explain } from './refusals.ts';
import { settingsOrExplain } from './settings.ts';

/** `restore <file> [--replace]`: with the service stopped. */
export async function restore(args: readonly string[]): Promise<number> {
  const config = settingsOrExplain();
  if (config === undefined) return 2;
  const file = args.find((argument) => !argument.startsWith('--'));
  if (file === undefined) {
    console.error('Which backup? npm run restore -- <file> [--replace]');
    return 2;
  }
  if (config.databaseUrl !== undefined) {
    console.error('With DATABASE_URL a backup is restored with the tools of that server: pg_restore.');
    return 2;
  }
  const result = await restoreBackup({
    dataDir: config.dataDir,
    dataKey: config.dataKey,
    file,
    replace: args.includes('--replace'),
    log: console.log,
  });
  if (!result.ok) {
    console.error(explain(result, config.dataDir));
    return 1;
  }
  console.log(
    `restored ${result.rows} rows of the backup of ${result.madeAt}; start the service with npm start`,
  );
  return 0;
}
