import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';

const FILE = 'new-keys.txt';

/** The output of a command that makes keys for the environment; one that is no terminal is kept by somebody. */
export function newKeysTo(dataDir: string, terminal = process.stdout.isTTY === true) {
  return { kept: !terminal, dataDir, say: (line: string) => console.log(line) };
}

/**
 * Shows lines with keys at a terminal. Else they go into a file that only this account reads, in the place of those of an
 * earlier call, which were never used or are in the environment by now; no switch puts keys into a journal.
 * @param to.kept whether what is said may be kept
 */
export async function showNewKeys(
  lines: readonly string[],
  to: { readonly kept: boolean; readonly dataDir: string; readonly say: (line: string) => void },
): Promise<void> {
  if (lines.length === 0) return;
  if (!to.kept) return to.say(`\n${lines.map((line) => `  ${line}`).join('\n')}\n`);
  const file = path.join(to.dataDir, FILE);
  try {
    await keep(file, lines);
  } catch (error) {
    // Nothing is lost: the next call makes others.
    const why = error instanceof Error ? error.message : String(error);
    return to.say(
      `\n${file} could not be written (${why}), and this output is no terminal: the lines are shown nowhere. Repeat the command at a terminal.`,
    );
  }
  to.say(
    `\nThe lines are in ${file}, which only this account may read: put them into the environment, then delete it. This output is no terminal, so somebody may keep it.`,
  );
}

async function keep(file: string, lines: readonly string[]): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  // Made anew: one that is there may have wider rights, or lead elsewhere.
  await rm(file, { force: true });
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(`${lines.join('\n')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
