import { chmod, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import type { FirstSignIn } from '../usecases/create-library.ts';

export interface FirstSignIns {
  readonly slug: string;
  readonly signIns: readonly FirstSignIn[];
}

/** Beside the database: whoever reads there has everything anyhow. */
const FILE = 'first-sign-ins.txt';

/** With `1`, first passwords go wherever the output goes. */
const SWITCH = 'PRINT_FIRST_PASSWORDS';

/**
 * A command's own output. What does not go to a terminal is kept by somebody: the journal of a service manager, a
 * container's log, a file; for years, for everybody who reads it.
 */
export function sayTo(
  dataDir: string,
  env: NodeJS.ProcessEnv = process.env,
  terminal = process.stdout.isTTY === true,
) {
  return {
    kept: !terminal && env[SWITCH] !== '1',
    dataDir,
    say: (line: string) => console.log(line),
  };
}

/**
 * Shows first passwords to whoever started the program at a terminal. Else they go into a file that only the service's own
 * account reads, and the output says where it is.
 * @param to.kept whether what is said may be kept
 */
export async function showFirstSignIns(
  created: readonly FirstSignIns[],
  to: { readonly kept: boolean; readonly dataDir: string; readonly say: (line: string) => void },
): Promise<void> {
  const lines = created.flatMap(({ slug, signIns }) =>
    signIns.map(
      ({ username, password, roles }) =>
        `  ${slug.padEnd(12)} ${username.padEnd(16)} ${password}  (${roles.join(', ')})`,
    ),
  );
  if (lines.length === 0) return;
  const show = (): void => {
    to.say('\nFirst sign-ins, shown only now; each password is changed at the first sign-in:');
    for (const line of lines) to.say(line);
  };
  if (!to.kept) return show();
  const file = path.join(to.dataDir, FILE);
  try {
    await keep(file, lines);
  } catch (error) {
    // They exist nowhere else, and nobody could ever sign in.
    to.say(`\n${file} could not be written (${error instanceof Error ? error.message : String(error)}).`);
    return show();
  }
  to.say(
    `\nFirst sign-ins are in ${file}, which only this account may read: hand them out, then delete it. Each password is changed at the first sign-in. This output is no terminal, so somebody may keep it; ${SWITCH}=1 prints them here.`,
  );
}

async function keep(file: string, lines: readonly string[]): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const handle = await open(file, 'a', 0o600);
  try {
    // One that somebody has put there with wider rights before.
    await chmod(file, 0o600);
    await handle.writeFile(`${lines.join('\n')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
