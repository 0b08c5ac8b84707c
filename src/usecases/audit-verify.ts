import { sql } from 'kysely';
import {
  findDoubledRows,
  findSealOf,
  findUnsealedRows,
  type Leaf,
  readLeaves,
  readSeals,
  rowDigest,
  type Seal,
  sealDigest,
  type UnsealedRows,
} from '../db/audit-seal.ts';
import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import { NO_SEAL } from '../domain/audit-chain.ts';
import type { LibraryId } from '../domain/ids.ts';

/** What is wrong, and where. */
export type AuditFinding =
  /** Seals are not there: `n` to `until`. */
  | { readonly problem: 'seals-missing'; readonly n: number; readonly until: number }
  /** The seal does not name the digest of the one before. */
  | { readonly problem: 'link-broken'; readonly n: number }
  /** What the seal says of itself and the digests of its rows do not give its digest. */
  | { readonly problem: 'seal-changed'; readonly n: number }
  /** A running number of the seal's rows, or of all up to it, does not agree. */
  | { readonly problem: 'count-wrong'; readonly n: number }
  /** Places for rows of a seal that is not there. */
  | { readonly problem: 'places-without-seal'; readonly n: number }
  | { readonly problem: 'row-gone'; readonly n: number; readonly pos: number; readonly id: string }
  | { readonly problem: 'row-changed'; readonly n: number; readonly pos: number; readonly id: string }
  | { readonly problem: 'row-doubled'; readonly id: string }
  /** Rows older than the bound that no seal has: the sealing stands still, or seals were taken away. */
  | { readonly problem: 'unsealed'; readonly waiting: UnsealedRows };

export interface VerifiedChain {
  readonly seals: number;
  readonly rows: number;
  readonly findings: number;
  readonly last: { readonly n: number; readonly digest: string; readonly sealedAt: Date } | null;
}

/** Rows and seals that are in memory at once. */
const PORTION = 2_000;

/**
 * Recomputes the whole chain of a library from its rows, as they stand at one moment. Streams: the memory does not grow
 * with the log.
 * @param input.before rows written before this time must be in a seal
 * @param tell called for each thing that is wrong, in the order of the chain
 */
export function verifyAudit(
  db: Db,
  libraryId: LibraryId,
  input: { readonly before: Date },
  tell: (finding: AuditFinding) => void,
): Promise<VerifiedChain> {
  return inLibrary(
    db,
    libraryId,
    async (tx) => {
      // A log of many years takes minutes.
      await sql`set local statement_timeout = 0`.execute(tx);
      let findings = 0;
      const found = (finding: AuditFinding): void => {
        findings++;
        tell(finding);
      };
      const chain = await walk(tx, found);
      for (const id of await findDoubledRows(tx)) found({ problem: 'row-doubled', id });
      const waiting = await findUnsealedRows(tx, input.before);
      if (waiting.count > 0) found({ problem: 'unsealed', waiting });
      return { ...chain, findings };
    },
    'repeatable read',
  );
}

async function walk(
  tx: Tx,
  found: (finding: AuditFinding) => void,
): Promise<Omit<VerifiedChain, 'findings'>> {
  const leaves = new Places(readLeaves(tx, PORTION));
  let seals = 0;
  let rows = 0;
  let last: Seal | undefined;
  for await (const seal of readSeals(tx, PORTION)) {
    const { n } = seal;
    const expected = (last?.n ?? 0) + 1;
    if (n > expected) found({ problem: 'seals-missing', n: expected, until: n - 1 });
    if (n < expected || seal.texts.prev !== (last?.digest ?? NO_SEAL)) found({ problem: 'link-broken', n });
    for (const orphan of await leaves.before(n)) found({ problem: 'places-without-seal', n: orphan });
    const digest = sealDigest(seal.texts);
    let count = 0;
    let inOrder = true;
    for (let leaf = await leaves.next(n); leaf !== undefined; leaf = await leaves.next(n)) {
      inOrder &&= leaf.pos === count;
      count++;
      digest.add(leaf.digest);
      const at = { n, pos: leaf.pos, id: leaf.auditId };
      if (leaf.row === null) found({ problem: 'row-gone', ...at });
      else if (rowDigest(leaf.row) !== leaf.digest) found({ problem: 'row-changed', ...at });
    }
    if (!inOrder || count !== seal.rows || seal.total !== (last?.total ?? 0) + seal.rows)
      found({ problem: 'count-wrong', n });
    if (digest.end() !== seal.digest) found({ problem: 'seal-changed', n });
    seals++;
    rows += count;
    last = seal;
  }
  for (const orphan of await leaves.before(Number.POSITIVE_INFINITY))
    found({ problem: 'places-without-seal', n: orphan });
  return {
    seals,
    rows,
    last: last === undefined ? null : { n: last.n, digest: last.digest, sealedAt: last.sealedAt },
  };
}

/** The places of all seals, taken seal by seal. */
class Places {
  readonly #leaves: AsyncGenerator<Leaf>;
  #held: Leaf | undefined;

  constructor(leaves: AsyncGenerator<Leaf>) {
    this.#leaves = leaves;
  }

  async #look(): Promise<Leaf | undefined> {
    if (this.#held === undefined) {
      const step = await this.#leaves.next();
      this.#held = step.done === true ? undefined : step.value;
    }
    return this.#held;
  }

  /** The next place of this seal. */
  async next(n: number): Promise<Leaf | undefined> {
    const leaf = await this.#look();
    if (leaf?.n !== n) return undefined;
    this.#held = undefined;
    return leaf;
  }

  /** Passes over places of seals before this one. @returns their numbers */
  async before(n: number): Promise<readonly number[]> {
    const passed: number[] = [];
    for (let leaf = await this.#look(); leaf !== undefined && leaf.n < n; leaf = await this.#look()) {
      if (passed.at(-1) !== leaf.n) passed.push(leaf.n);
      this.#held = undefined;
    }
    return passed;
  }
}

/** Rows that no seal has although they were written before this time. */
export function countUnsealed(db: Db, libraryId: LibraryId, before: Date): Promise<number> {
  return inLibrary(db, libraryId, async (tx) => (await findUnsealedRows(tx, before)).count);
}

/** Where an anchor that was printed or mailed stands in the chain today; undefined where no seal has this digest. */
export function findAnchor(
  db: Db,
  libraryId: LibraryId,
  digest: string,
): Promise<{ readonly n: number; readonly total: number; readonly sealedAt: Date } | undefined> {
  return inLibrary(db, libraryId, async (tx) => {
    const seal = await findSealOf(tx, digest);
    return seal && { n: seal.n, total: seal.total, sealedAt: seal.sealedAt };
  });
}
