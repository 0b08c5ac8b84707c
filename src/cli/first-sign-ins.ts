import { chmod, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import type { FirstSignIn } from '../usecases/create-library.ts';

export interface FirstSignIns {
  readonly slug: string;
  readonly signIns: readonly FirstSignIn[];
}

/** Beside the database: whoever reads there has everything anyhow. */
const FILE = 'first-sign-ins.txt';

/** A command's own output. A service manager's journal keeps what is said for years, for everybody who reads it. */
export function sayTo(dataDir: string, env: NodeJS.ProcessEnv = process.env) {
  return {
    journal: env.JOURNAL_STREAM !== undefined && process.stdout.isTTY !== true,
    dataDir,
    say: (line: string) => console.log(line),
  };
}

/**
 * Shows first passwords to whoever started the program. In a journal they go into a file that only the service's own
 * account reads, and the journal says where it is.
 * @param to.journal whether what is said is kept by a service manager
 */
export async function showFirstSignIns(
  created: readonly FirstSignIns[],
  to: { readonly journal: boolean; readonly dataDir: string; readonly say: (line: string) => void },
): Promise<void> {
  const lines = created.flatMap(({ slug, signIns }) =>
    signIns.map(
      ({ username, password, roles }) =>
        `  ${slug.padEnd(12)} ${username.padEnd(16)} ${password}  (${roles.join(', ')})`,
    ),
  );
  if (lines.length === 0) return;
  if (!to.journal) {
    to.say('\nFirst sign-ins, shown only now; each password is changed at the first sign-in:');
    for (const line of lines) to.say(line);
    return;
  }
  const file = path.join(to.dataDir, FILE);
  await mkdir(to.dataDir, { recursive: true });
  const handle = await open(file, 'a', 0o600);
  try {
    // One that somebody has put there with wider rights before.
    await chmod(file, 0o600);
    await handle.writeFile(`${lines.join('\n')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  to.say(
    `\nFirst sign-ins are in ${file}, which only this account may read: hand them out, then delete it. Each password is changed at the first sign-in.`,
  );
}
