/** The service's own use cases on a connection of their own, beside the plainest query that reads as much. */
import { sql } from 'kysely';
import { type Db, PREPARED } from '../../src/db/connection.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { Vault } from '../../src/db/vault.ts';
import type { ApplicationId, MemberId, OfficerId } from '../../src/domain/ids.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { findCandidates } from '../../src/usecases/find-candidates.ts';
import { COMPARED, LOOKED_AT } from '../../src/usecases/match-people.ts';
import { listMembers, readMemberQuery } from '../../src/usecases/search-members.ts';
import { percentile } from '../closed-loop.ts';
import { type Asked, type Questions, SEARCH_KINDS } from './ask.ts';
import { type Place, personOf } from './chunk.ts';

export type Print = (name: string, value: number, unit: string) => void;

interface Ground {
  readonly db: Db;
  readonly vault: Vault;
  readonly library: LibraryContext;
  readonly place: Place;
}

/** Full checks, candidates and score: of people as they come, then of the worst there are. */
export async function measureChecks(ground: Ground, questions: Questions, print: Print): Promise<void> {
  const { usual, worst } = questions;
  await check(ground, usual.slice(0, 100));
  const answers = await check(ground, usual);
  const times = answers.map(({ taken }) => taken);
  for (const percent of [50, 95, 99]) print(`crosscheck_p${percent}`, at(times, percent), 'ms');
  const known = answers.filter(({ member }) => member !== null);
  print('crosscheck_found', known.filter(({ found }) => found).length / known.length, 'share');
  const hard = await check(ground, worst);
  print(
    'crosscheck_worst_p95',
    at(
      hard.map(({ taken }) => taken),
      95,
    ),
    'ms',
  );
  print('crosscheck_limit_p95', at(await readMembers(ground), 95), 'ms');
}

async function check({ db, vault, library, place }: Ground, asked: readonly Asked[]) {
  const answers: { readonly taken: number; readonly member: string | null; readonly found: boolean }[] = [];
  for (const { person, member } of asked) {
    const row = {
      ...personOf(person, vault, place),
      id: '01890000-0000-7000-8000-000000000000' as ApplicationId,
    };
    const began = performance.now();
    const candidates = await inLibrary(db, library.id, (tx) =>
      findCandidates(tx, { vault }, scopeOf(library), row),
    );
    const taken = performance.now() - began;
    const found = candidates.some((each) => each.kind === 'member' && each.number === member);
    answers.push({ taken, member, found });
  }
  return answers;
}

/** Members by their ids, as many and as much of them as a check compares: what no check can be faster than. */
async function readMembers({ db, library }: Ground): Promise<readonly number[]> {
  const ids = await inLibrary(db, library.id, (tx) =>
    sql<{ id: MemberId }>`select id from member tablesample system (0.5) limit 6000`.execute(tx),
  );
  const columns = sql.join(COMPARED.map((column) => sql.ref(column)));
  const times: number[] = [];
  for (let n = 0; n < 200; n++) {
    const some = Array.from(
      { length: LOOKED_AT },
      (_, k) => ids.rows[(n * LOOKED_AT + k * 97) % ids.rows.length]?.id ?? '',
    );
    const began = performance.now();
    await inLibrary(db, library.id, (tx) =>
      sql`${sql.raw(PREPARED)} select ${columns} from member where id = any(${some}::uuid[])`.execute(tx),
    );
    times.push(performance.now() - began);
  }
  return times;
}

/** What an officer types, each kind for itself and all together. */
export async function measureSearches(ground: Ground, questions: Questions, print: Print): Promise<void> {
  const scope = scopeOf(ground.library);
  const filter = { status: null, type: null, servicePointId: null };
  const all: number[] = [];
  for (const kind of SEARCH_KINDS) {
    const times: number[] = [];
    const typed = questions.searches.filter((each) => each.kind === kind);
    for (const each of typed) {
      const query = readMemberQuery(each.typed);
      const began = performance.now();
      const answer = await listMembers(ground.db, ground, scope, { query, filter, after: null });
      times.push(performance.now() - began);
      if (!answer.ok || answer.page.members.length === 0)
        throw new Error(`a search for somebody on file (${kind}) found nobody: "${each.typed}"`);
    }
    all.push(...times);
    print(`member_search_${kind}_p95`, at(times, 95), 'ms');
  }
  print('member_search_p95', at(all, 95), 'ms');
}

function scopeOf(library: LibraryContext): Scope {
  const [point] = library.servicePoints;
  if (!point) throw new Error('the library has no service point');
  return {
    library,
    actor: {
      kind: 'officer',
      id: '01890000-0000-7000-8000-000000000001' as OfficerId,
      roles: ['petugas'],
      servicePointId: point.id,
    },
    at: new Date(),
    requestId: 'bench',
  };
}

function at(times: readonly number[], percent: number): number {
  return percentile({ times: [...times].sort((one, other) => one - other) }, percent);
}
