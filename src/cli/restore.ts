import type { Secret } from '../db/backup-keys.ts';
import { troubleOf } from '../db/backup-trouble.ts';
import { erasureFolders } from '../db/erasure-file.ts';
import {
  ReplacedWithoutKey,
  type RestoredDoors,
  type RestoreOptions,
  type RestoreResult,
  restoreBackup,
} from '../db/restore.ts';
import { askSecret } from './ask-secret.ts';
import { endSignInsBeside, eraseAgainBeside } from './erase-again.ts';
import { explain, explainBackup } from './refusals.ts';
import { settingsOrExplain } from './settings.ts';

/**
 * `restore <file> [--replace]`: into the embedded database, whether the service runs or not, or into an empty one named
 * by DATABASE_URL. The passphrase or recovery key comes from the environment or is asked for.
 */
export async function restore(args: readonly string[]): Promise<number> {
  const config = settingsOrExplain();
  if (config === undefined) return 2;
  const file = args.find((argument) => !argument.startsWith('--'));
  const unknown = args.find((argument) => argument.startsWith('--') && argument !== '--replace');
  if (file === undefined || unknown !== undefined) {
    console.error('Which backup? npm run restore -- <file> [--replace]');
    return 2;
  }
  const options: Omit<RestoreOptions, 'secrets'> = {
    dataDir: config.dataDir,
    databaseUrl: config.databaseUrl,
    migrationDatabaseUrl: config.migrationDatabaseUrl,
    dataKey: config.dataKey,
    file,
    erasureFolders: erasureFolders(config),
    replace: args.includes('--replace'),
    log: console.log,
    reapplyErasures: eraseAgainBeside,
    endSignIns: endSignInsBeside,
  };
  let result: RestoreResult;
  try {
    result = await restoreBackup({ ...options, secrets: given(config.backup.passphrase) });
    if (!result.ok && result.reason === 'bad-backup' && result.cause === 'secret-needed') {
      const typed = await askSecret('Passphrase or recovery key of the backup: ');
      if (typed !== undefined && typed !== '') {
        const secrets = [
          { kind: 'recovery', text: typed },
          { kind: 'passphrase', passphrase: typed },
        ] as const;
        result = await restoreBackup({ ...options, secrets });
      }
    }
  } catch (error) {
    if (error instanceof ReplacedWithoutKey) {
      console.error(
        `The database is restored, but its key could not be put into ${config.dataDir}/keys.json (${error.message}). Mend that and restore once more with --replace; what was replaced is in the backup that was made first.`,
      );
      return 1;
    }
    const { reason, detail } = troubleOf(error);
    console.error(`${explainBackup(reason, detail)} The present database was not changed.`);
    return 1;
  }
  if (!result.ok) {
    console.error(explain(result, config.dataDir));
    return 1;
  }
  console.log(`restored ${result.rows} rows of the backup of ${result.madeAt}`);
  if (result.erasedAgain > 0) {
    console.log(`erased again: ${result.erasedAgain} people who had been erased after the backup was made`);
  }
  tellDoors(result.madeAt, result.doors);
  if (result.newKey) {
    console.log(
      `the key came with it, into ${config.dataDir}/keys.json; with DATA_KEY, set that to the same key`,
    );
  }
  console.log(
    result.running
      ? 'the running service is on it already; people sign in again'
      : 'start the service with npm start',
  );
  return 0;
}

/** Who was shut out after the backup was made is let in again by it; only people know who that was. */
function tellDoors(madeAt: string, doors: readonly RestoredDoors[]): void {
  console.log('all sessions of officers and all sign-ins of members to services were ended');
  console.log(`check what was withdrawn after ${madeAt}: it is as it was then`);
  for (const one of doors) {
    const kinds = [
      [one.accounts, 'accounts of machines (SIP2, API keys, services)'],
      [one.devices, 'paired devices'],
      [one.officerPasskeys, 'passkeys of officers'],
      [one.officerLinks, 'officers linked to the identity provider'],
      [one.memberPasskeys, 'passkeys of members'],
      [one.consents, 'consents of members to services'],
    ] as const;
    const there = kinds.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
    console.log(`  ${one.library}: ${there.length === 0 ? 'none' : there.join(', ')}`);
  }
}

function given(passphrase: string | undefined): readonly Secret[] {
  const recovery = process.env.BACKUP_RECOVERY_KEY?.trim();
  return [
    ...(passphrase === undefined ? [] : [{ kind: 'passphrase', passphrase } as const]),
    ...(recovery === undefined || recovery === '' ? [] : [{ kind: 'recovery', text: recovery } as const]),
  ];
}
