/** The program's entry: `node dist/cli.js <command>`. */
import { auditAnchor, auditVerify } from './audit.ts';
import { backup } from './backup.ts';
import { client } from './client.ts';
import { demo } from './demo.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { keys } from './keys.ts';
import { library } from './library.ts';
import { match } from './match.ts';
import { restore } from './restore.ts';
import { start } from './start.ts';
import { webhook } from './webhook.ts';

/** A command gets its arguments and returns the exit code once it is done. */
export type Command = (args: readonly string[]) => Promise<number>;

const commands: Readonly<Record<string, Command>> = {
  start,
  demo,
  library,
  keys,
  client,
  webhook,
  import: importCommand,
  export: exportCommand,
  match,
  'audit:verify': auditVerify,
  'audit:anchor': auditAnchor,
  backup,
  restore,
};

async function run(): Promise<void> {
  const [name = 'start', ...args] = process.argv.slice(2);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    console.error(`Unknown command ${name}. There are: ${Object.keys(commands).join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  process.exitCode = await command(args);
  // A connection that somebody forgot to close must not keep a stopped program in the process list.
  setTimeout(() => process.exit(), 5_000).unref();
}

await run();
