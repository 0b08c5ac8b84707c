import type { Config } from '../config.ts';
import { type BackupSource, keyForBackup } from '../db/backup.ts';
import {
  keepRecipient,
  newRecoveryKey,
  passphraseRecipient,
  recipientsWith,
  SHORTEST_PASSPHRASE,
} from '../db/backup-keys.ts';
import { troubleOf } from '../db/backup-trouble.ts';
import { type Installation, openInstallation } from '../db/installation.ts';
import { type TakeResult, takeBackup } from '../db/take-backup.ts';
import { withClient } from '../db/with-client.ts';
import { askSecret } from './ask-secret.ts';
import { explain, explainBackup } from './refusals.ts';
import { settingsOrExplain } from './settings.ts';

const OPTIONS = ['--no-verify', '--scheduled', '--passphrase', '--new-recovery-key'];

/**
 * `backup [file] [--no-verify] [--passphrase] [--new-recovery-key]`: while the service runs or not, of an embedded or an
 * external database; without a file, into BACKUP_DIR. `--scheduled` is how the service calls it.
 */
export async function backup(args: readonly string[]): Promise<number> {
  const config = settingsOrExplain();
  if (config === undefined) return 2;
  const unknown = args.find((argument) => argument.startsWith('--') && !OPTIONS.includes(argument));
  if (unknown !== undefined) {
    console.error(`Unknown option ${unknown}. There are: ${OPTIONS.join(', ')}.`);
    return 2;
  }
  const opened = await openInstallation({ ...config, log: console.log, besideService: true });
  if (!opened.ok) {
    console.error(explain(opened, config.dataDir));
    return 1;
  }
  const { installation } = opened;
  try {
    const scheduled = args.includes('--scheduled');
    if (args.includes('--passphrase') && !(await choosePassphrase(config))) return 2;
    const result = await take(config, installation, args, scheduled);
    if (scheduled) console.log(JSON.stringify(told(result)));
    else tell(result, config);
    return result.ok ? 0 : 1;
  } catch (error) {
    const { reason, detail } = troubleOf(error);
    console.error(explainBackup(reason, detail));
    return 1;
  } finally {
    await installation.stop();
  }
}

async function take(
  config: Config,
  installation: Installation,
  args: readonly string[],
  scheduled: boolean,
): Promise<TakeResult> {
  const file = args.find((argument) => !argument.startsWith('--'));
  const { admin, owner } = installation;
  let recipients = await recipientsWith(config.dataDir, config.backup.passphrase);
  if (args.includes('--new-recovery-key') || (recipients.length === 0 && !scheduled)) {
    const made = newRecoveryKey();
    await keepRecipient(config.dataDir, made.recipient);
    console.log(
      `\nRecovery key, shown only now. Write it down or print it, and keep it away from this computer; it opens this and all later backups:\n\n  ${made.text}\n`,
    );
    recipients = await recipientsWith(config.dataDir, config.backup.passphrase);
  }
  const source: BackupSource = {
    address: admin ?? owner,
    master: installation.ring.root,
    key: () => keyForBackup(config),
    recipients,
  };
  return await takeBackup({
    kind: scheduled ? 'scheduled' : 'manual',
    source,
    dataDir: config.dataDir,
    folder: config.backup.folder,
    file,
    second: file === undefined ? config.backup.second : undefined,
    verify: args.includes('--no-verify') ? 'none' : 'restored',
    embedded: admin === undefined ? undefined : { admin, owner },
    ...(scheduled ? { keep: { counts: config.backup.keep, zone: await firstZone(installation) } } : {}),
    now: () => new Date(),
    log: console.log,
  });
}

/** The clock by which the people of the installation live. */
async function firstZone(installation: Installation): Promise<string> {
  return await withClient(installation.owner, async (client) => {
    const { rows } = await client.query<{ timezone: string }>(
      'select timezone from public.library order by id limit 1',
    );
    return rows[0]?.timezone ?? 'Asia/Jakarta';
  });
}

async function choosePassphrase(config: Config): Promise<boolean> {
  const first = await askSecret(`New passphrase for backups (at least ${SHORTEST_PASSPHRASE} characters): `);
  if (first === undefined) {
    console.error('A passphrase is asked for at a terminal. Without one, set BACKUP_PASSPHRASE.');
    return false;
  }
  if (first.length < SHORTEST_PASSPHRASE) {
    console.error(`The passphrase has fewer than ${SHORTEST_PASSPHRASE} characters. Nothing was changed.`);
    return false;
  }
  if ((await askSecret('The same once more: ')) !== first) {
    console.error('The two are not the same. Nothing was changed.');
    return false;
  }
  await keepRecipient(config.dataDir, await passphraseRecipient(first));
  return true;
}

/** For the service, which reads the last line. */
function told(result: TakeResult): Record<string, string | number | boolean | null> {
  return result.ok
    ? { ok: true, bytes: result.made.bytes, checked: result.checked, second: result.second }
    : { ok: false, reason: result.reason };
}

function tell(result: TakeResult, config: Config): void {
  if (!result.ok) {
    console.error(explainBackup(result.reason, result.detail));
    return;
  }
  const { made, checked, second } = result;
  console.log(`${made.file}: ${made.rows} rows of ${made.end.tables.length} tables, ${made.bytes} bytes`);
  console.log(
    checked === 'restored'
      ? 'Checked: restored into a scratch database, every table came out as it went in.'
      : checked === 'read'
        ? 'Checked: read whole, every byte is as it was written. It was not restored for a check.'
        : 'Not checked (--no-verify).',
  );
  if (second === 'copied') console.log(`Copied to ${config.backup.second}.`);
  if (second === 'missing')
    console.log(`Not copied: ${config.backup.second} is not there. Is the disk plugged in?`);
  if (second === 'failed') console.log(`The copy in ${config.backup.second} failed.`);
  console.log(
    'It is locked: the passphrase, the recovery key or the key of this installation opens it, and it brings that key along.',
  );
}
