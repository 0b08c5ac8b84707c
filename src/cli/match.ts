import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { indexPeople } from '../domain/matching/people-index.ts';
import { plainDateIn } from '../domain/plain-date.ts';
import { type PersonRow, personRows } from './match/person-rows.ts';
import { type Judgement, judgementRow, RESULT_HEADER } from './match/result-rows.ts';

const USAGE = `npm run match -- <existing.csv> <incoming.csv> [--lang en]
  Both UTF-8 with the header id,name,birth_place,birth_date,sex,nik,kk,phone,email,address,village_code
  (birth_date YYYY-MM-DD, sex L or P, any cell may be empty). Writes to the standard output:
  ${RESULT_HEADER}`;

/** `match existing.csv incoming.csv`: judges two files with the engine that serves the counter. */
export async function match(args: readonly string[]): Promise<number> {
  const input = readArguments(args);
  if (input === undefined) {
    console.error(USAGE);
    return 2;
  }
  const key = randomBytes(32);
  const files: PersonRow[][] = [];
  for (const path of [input.existing, input.incoming]) {
    const read = readPeople(path, key);
    if (!read.ok) {
      console.error(read.why);
      return 1;
    }
    for (const note of read.notes) console.error(`${path}: ${note}`);
    files.push([...read.rows]);
  }
  const [existing = [], incoming = []] = files;
  const index = indexPeople(existing.map((row) => row.person));
  const lines = [RESULT_HEADER];
  for (const row of incoming) {
    const found = index.find(row.person);
    const judgements: Judgement[] = found.flatMap((each) => {
      const other = existing[each.index];
      return other ? [{ match: each, other }] : [];
    });
    if (judgements.length === 0) lines.push(judgementRow(row, null, input.lang));
    for (const judgement of judgements) lines.push(judgementRow(row, judgement, input.lang));
    if (lines.length > 1_000) await write(lines);
  }
  await write(lines);
  return 0;
}

/** Waits where a pipe is full, so that a large result neither fills the memory nor is cut at the end. */
function write(lines: string[]): Promise<void> {
  const text = lines.length === 0 ? '' : `${lines.join('\n')}\n`;
  lines.length = 0;
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });
}

type ReadPeople =
  | { readonly ok: true; readonly rows: readonly PersonRow[]; readonly notes: readonly string[] }
  | { readonly ok: false; readonly why: string };

function readPeople(path: string, key: Uint8Array): ReadPeople {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return { ok: false, why: `${path} cannot be read: is it there, and may it be opened?` };
  }
  const read = personRows(bytes, key, plainDateIn('Asia/Jakarta', new Date()));
  return read.ok ? read : { ok: false, why: `${path}: ${read.why}` };
}

function readArguments(
  args: readonly string[],
): { readonly existing: string; readonly incoming: string; readonly lang: 'id' | 'en' } | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { lang: { type: 'string' } },
      allowPositionals: true,
    });
    const [existing, incoming, ...more] = positionals;
    const lang = values.lang ?? 'id';
    return existing !== undefined &&
      incoming !== undefined &&
      more.length === 0 &&
      (lang === 'id' || lang === 'en')
      ? { existing, incoming, lang }
      : undefined;
  } catch {
    return undefined;
  }
}
