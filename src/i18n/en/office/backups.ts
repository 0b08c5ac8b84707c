import type { OfficeTexts } from '../../id/office.ts';

export const backups: OfficeTexts['backups'] = {
  title: 'Backups',
  lead: 'Locked copies of everything in this service, with photos and scans, so that nothing is lost when a computer fails.',
  health: {
    good: (when) => `The last backup was finished ${when}. It was tried: what it holds can be restored.`,
    none: 'There is no backup yet. If the computer fails now, all data is lost. Run "npm run backup" on the server computer.',
    failed: 'The last attempt at a backup failed. The cause and what to do stand in the list below.',
    late: (when) =>
      `The last backup is old: ${when}. Check that the server computer is on and the service is running.`,
    lateNever:
      'No backup has succeeded for a long time. Check that the server computer is on and the service is running.',
    unchecked: (when) =>
      `The last backup was finished ${when}, but restoring it was not tried. Run "npm run backup" without --no-verify.`,
  },
  elsewhere:
    'Backups are made by who runs the database server, not by this service. Ask when restoring one was last tried.',
  second: {
    missing:
      'There is no second copy: the second disk is not plugged in. Plug it in; the next backup is copied there.',
    failed: 'The second copy failed. Check whether the second disk is full or broken.',
    none: 'All backups are on one computer. If it is lost or burns, they are lost with it. Ask who runs the server to set BACKUP_SECOND_DIR, for example to a USB disk.',
  },
  unlocked:
    'Scheduled backups open only with the key of this computer. Make a recovery key on paper with this command on the server computer:',
  plan: 'How backups are made',
  schedule: 'Schedule',
  daily: (time) => `Every day at ${time}, or soon after the computer is turned on`,
  off: 'Not scheduled (BACKUP=off, or the database is on another server)',
  kept: 'Kept',
  keptOf: (daily, weekly, monthly) => `${daily} daily, ${weekly} weekly, ${monthly} monthly`,
  folder: 'Place',
  secondFolder: 'Second place',
  noSecond: 'None',
  opens: 'Opened with',
  keys: {
    master: 'the key of this computer',
    passphrase: 'a passphrase',
    recovery: 'a recovery key on paper',
  },
  planAbout: 'Set by who runs the server, since a backup holds all libraries of this service.',
  runs: 'Latest backups',
  when: 'Time',
  kind: 'Kind',
  kinds: {
    scheduled: 'Scheduled',
    manual: 'On request',
    upgrade: 'Before an upgrade',
    replaced: 'Before a restore',
  },
  result: 'Result',
  made: 'Made',
  failed: 'Failed',
  size: 'Size',
  megabytes: (size) => `${size}\u00a0MB`,
  checked: 'Tried',
  checks: { restored: 'Restored and equal', read: 'Read whole', none: 'Not yet' },
  empty: 'No backups yet.',
  reasons: {
    'disk-full': 'The disk is full. Make room or choose another place (BACKUP_DIR).',
    'folder-unusable': 'The place for backups cannot be written. Check BACKUP_DIR and its permissions.',
    unreachable: 'The database could not be reached. It is tried again within an hour.',
    'check-failed':
      'What came out of the backup was not what went in. The file was set aside (.unusable). Have the disk checked.',
    'unknown-policy': 'A table has an access rule that this program did not make. Ask who runs the server.',
    other: "The cause stands in the service's log. It is tried again within an hour.",
  },
  drill: 'When a computer has failed',
  drillAbout: 'Practise these steps once every three months on another computer.',
  drillSteps: [
    'Install this program on another computer; do not start the service yet.',
    'Copy the newest backup file (.dpbackup) there from the second place.',
    'Run the command below. The passphrase or recovery key is asked for.',
    'Start the service with "npm start", sign in and look up a member you know.',
  ],
  drillMore: 'More in docs/operations.md.',
};
