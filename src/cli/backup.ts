import { makeBackup, writeBackup } from '../db/backup.ts';
import { openInstallation } from '../db/installation.ts';
import { explain } from './refusals.ts';
import { settingsOrExplain } from './settings.ts';

/** `backup [file]`: while the service runs or not; without a file, into DATA_DIR/backups. */
export async function backup(args: readonly string[]): Promise<number> {
  const config = settingsOrExplain();
  if (config === undefined) return 2;
  if (config.databaseUrl !== undefined) {
    console.error(
      'With DATABASE_URL the backup is made with the tools of that server: pg_dump --format=custom.',
    );
    return 2;
  }
  const opened = await openInstallation({ ...config, log: console.log, besideService: true });
  if (!opened.ok) {
    console.error(explain(opened, config.dataDir));
    return 1;
  }
  const { admin, stop } = opened.installation;
  try {
    if (admin === undefined) return 1;
    const [file] = args;
    const now = new Date();
    const made =
      file === undefined
        ? await makeBackup(admin, config.dataDir, 'daftar', now)
        : await writeBackup(admin, file, now);
    console.log(`${made.file}: ${made.rows} rows, ${made.bytes} bytes`);
    console.log(
      config.dataKey === undefined
        ? `The key is not in it: keep a copy of ${config.dataDir}/keys.json in another safe place.`
        : 'The key is not in it: keep DATA_KEY in another safe place.',
    );
    return 0;
  } finally {
    await stop();
  }
}
