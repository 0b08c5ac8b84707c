import { parseArgs } from 'node:util';
import type { Db } from '../db/connection.ts';
import { listLibraries } from '../db/library.ts';
import { readDigest, spokenDigest } from '../domain/audit-chain.ts';
import type { LibraryId } from '../domain/ids.ts';
import { readTypedDate } from '../domain/typed-date.ts';
import { anchorOfDay } from '../usecases/audit-anchor.ts';
import { sealWaiting } from '../usecases/audit-seal.ts';
import { type AuditFinding, countUnsealed, findAnchor, verifyAudit } from '../usecases/audit-verify.ts';
import { type Deps, type Scope, todayOf } from '../usecases/context.ts';
import { loadLibrary } from '../usecases/get-library.ts';
import { besideDatabase } from './beside.ts';

const VERIFY_USAGE = `npm run audit:verify -- [--library <library>] [--bound <seconds>] [--seal] [--anchor <digest>]
  recomputes every seal of the audit log from its rows, of all libraries; ends with 1 where anything is wrong
  --library <library>  only this one, by the first part of its addresses
  --bound <seconds>    rows older than this must be in a seal; 60 without it
  --seal               seals what waits first: where the service does not run
  --anchor <digest>    also tells whether this anchor, printed or mailed, still stands in a chain`;

const ANCHOR_USAGE = `npm run audit:anchor -- [--library <library>] [--day YYYY-MM-DD]
  prints the anchor of a day, of today until now without --day: write it down outside the service`;

/** How long rows that should be sealed are waited for: the service seals every five seconds. */
const PATIENCE_MS = 12_000;
/** More of one library are counted, not told. */
const MOST_TOLD = 50;

interface Library {
  readonly id: LibraryId;
  readonly slug: string;
}

/** `audit:verify`: whether the audit log is as it was written, while the service runs or not. */
export async function auditVerify(args: readonly string[]): Promise<number> {
  const asked = readVerify(args);
  if (asked === undefined) {
    console.error(VERIFY_USAGE);
    return 2;
  }
  return besideDatabase(async (db, deps) => {
    const libraries = await librariesOf(db, asked.library);
    if (libraries === undefined) return 1;
    if (asked.seal) await sealWaiting(db);
    let wrong = 0;
    for (const library of libraries) wrong += await verifyOne(db, deps, library, asked.boundMs);
    const stands = asked.anchor === null || (await tellAnchor(db, libraries, asked.anchor, wrong));
    console.log(wrong === 0 ? 'audit_chain: whole' : `audit_chain: broken (${wrong} findings)`);
    return wrong === 0 && stands ? 0 : 1;
  });
}

/** `audit:anchor`: what to write down. */
export async function auditAnchor(args: readonly string[]): Promise<number> {
  const asked = readAnchorArgs(args);
  if (asked === undefined) {
    console.error(ANCHOR_USAGE);
    return 2;
  }
  return besideDatabase(async (db, deps) => {
    const libraries = await librariesOf(db, asked.library);
    if (libraries === undefined) return 1;
    for (const { slug } of libraries) {
      const library = await loadLibrary(db, slug, deps.now());
      if (!library) continue;
      const scope: Scope = { library, actor: { kind: 'system' }, at: deps.now(), requestId: 'audit:anchor' };
      const anchor = await anchorOfDay(db, scope, asked.day ?? todayOf(scope));
      if (anchor === null) {
        console.log(`${slug}: nothing was sealed until then.`);
        continue;
      }
      console.log(
        `${slug}  ${anchor.day}  seal ${anchor.n}  ${anchor.rows} rows  ${anchor.sealedAt.toISOString()}`,
      );
      const groups = spokenDigest(anchor.digest);
      for (let from = 0; from < groups.length; from += 4)
        console.log(`  ${groups.slice(from, from + 4).join(' ')}`);
    }
    return 0;
  });
}

async function verifyOne(db: Db, deps: Deps, { id, slug }: Library, boundMs: number): Promise<number> {
  const before = new Date(deps.now().getTime() - boundMs);
  // A long import commits rows that were begun long ago: a moment later they are sealed.
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until && (await countUnsealed(db, id, before)) > 0)
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  let told = 0;
  const chain = await verifyAudit(db, id, { before }, (finding) => {
    if (told++ < MOST_TOLD) console.error(`${slug}: ${sentenceOf(finding)}`);
  });
  if (told > MOST_TOLD) console.error(`${slug}: and ${told - MOST_TOLD} more.`);
  const end =
    chain.last === null
      ? 'nothing is sealed yet'
      : `the last seal is ${chain.last.n} of ${chain.last.sealedAt.toISOString()}`;
  console.log(`${slug}: ${chain.seals} seals, ${chain.rows} rows, ${end}`);
  return chain.findings;
}

/** Each finding in plain words. */
export function sentenceOf(finding: AuditFinding): string {
  switch (finding.problem) {
    case 'seals-missing':
      return finding.n === finding.until
        ? `Seal ${finding.n} is missing: it was removed.`
        : `Seals ${finding.n} to ${finding.until} are missing: they were removed.`;
    case 'link-broken':
      return `Seal ${finding.n} does not follow the seal before it: one of the two was replaced, moved or removed.`;
    case 'seal-changed':
      return `Seal ${finding.n} is not what was sealed: it, or the list of its rows, was changed.`;
    case 'count-wrong':
      return `Seal ${finding.n} does not have the rows it counts: rows were added to it, moved or taken away.`;
    case 'places-without-seal':
      return `Rows point to seal ${finding.n}, which is not there.`;
    case 'row-gone':
      return `The row ${finding.id} (seal ${finding.n}, place ${finding.pos}) was deleted.`;
    case 'row-changed':
      return `The row ${finding.id} (seal ${finding.n}, place ${finding.pos}) was changed after it was sealed.`;
    case 'row-doubled':
      return `The row ${finding.id} stands in two seals.`;
    case 'unsealed': {
      const { count, oldest, ids } = finding.waiting;
      const since = oldest === null ? '' : `, the oldest of ${oldest.toISOString()}`;
      return `${count} rows are in no seal${since} (${ids.join(', ')}${count > ids.length ? ', …' : ''}): the sealing stands still (does the service run?), or seals were removed.`;
    }
  }
}

/** @returns whether it stands */
async function tellAnchor(
  db: Db,
  libraries: readonly Library[],
  digest: string,
  wrong: number,
): Promise<boolean> {
  for (const { id, slug } of libraries) {
    const seal = await findAnchor(db, id, digest);
    if (seal === undefined) continue;
    console.log(
      `The anchor is seal ${seal.n} of ${slug}, made ${seal.sealedAt.toISOString()}, over ${seal.total} rows. ${
        wrong === 0
          ? 'It stands: none of these rows was changed, removed or added since.'
          : 'The chain is broken, see above.'
      }`,
    );
    return true;
  }
  console.error(
    'No seal has this digest. Either it was copied wrongly, or the audit log was rewritten after the anchor was made.',
  );
  return false;
}

async function librariesOf(db: Db, slug: string | null): Promise<readonly Library[] | undefined> {
  const all = await listLibraries(db);
  const chosen = slug === null ? all : all.filter((library) => library.slug === slug);
  if (chosen.length > 0) return chosen;
  console.error(slug === null ? 'There is no library.' : `There is no library ${slug}.`);
  return undefined;
}

interface VerifyArgs {
  readonly library: string | null;
  readonly boundMs: number;
  readonly seal: boolean;
  readonly anchor: string | null;
}

function readVerify(args: readonly string[]): VerifyArgs | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        library: { type: 'string' },
        bound: { type: 'string', default: '60' },
        seal: { type: 'boolean', default: false },
        anchor: { type: 'string' },
      },
    });
    // A digest is often typed in its groups.
    const typed = values.anchor === undefined ? null : [values.anchor, ...positionals].join(' ');
    const anchor = typed === null ? null : readDigest(typed);
    if (anchor === undefined || (typed === null && positionals.length > 0)) return undefined;
    if (!/^\d{1,6}$/.test(values.bound)) return undefined;
    return {
      library: values.library ?? null,
      boundMs: Number(values.bound) * 1_000,
      seal: values.seal,
      anchor,
    };
  } catch {
    return undefined;
  }
}

function readAnchorArgs(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { library: { type: 'string' }, day: { type: 'string' } },
    });
    const day = values.day === undefined ? null : readTypedDate(values.day);
    return day === undefined ? undefined : { library: values.library ?? null, day };
  } catch {
    return undefined;
  }
}
