/** What has to be in the database before anything can be measured, and what came to it meanwhile. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { type Db, openDatabase } from '../src/db/connection.ts';
import { type Installation, openInstallation } from '../src/db/installation.ts';
import { inLibrary } from '../src/db/tenancy.ts';
import type { Vault } from '../src/db/vault.ts';
import { encodeCardToken } from '../src/domain/card-token.ts';
import type { CardId } from '../src/domain/ids.ts';
import { plainDateIn } from '../src/domain/plain-date.ts';
import type { LibraryContext } from '../src/usecases/context.ts';
import { loadLibrary } from '../src/usecases/get-library.ts';
import { signerOf } from '../src/usecases/library-keys.ts';
import type { Task } from './tasks.ts';

/** The library that is measured: both presets are equally heavy. */
export const SLUG = 'banyuwangi';
/** Its own regency, where nearly all of its members live. */
const REGENCY = '35.10.%';
/** Two visits a second each, the limit of a kiosk: enough for what a small machine can take in a minute. */
const KIOSKS = 1_500;
const MEMBERS = 20_000;
/** First part of their numbers. */
const NUMBER_BEGIN = '2026';

export interface Ground {
  readonly slug: string;
  registering(): Promise<Task>;
  /** Enrols kiosks and makes members, as many as the bench needs unless told. */
  visiting(kiosks?: number, members?: number): Promise<Task>;
  /** Makes members with cards. @returns the codes of their printed cards, as `/k/` takes them */
  cards(): Promise<readonly string[]>;
  /**
   * What the database does by itself within a minute: a statement that was planned while the guest book was empty would
   * read all of it for every visit.
   */
  analyse(): Promise<void>;
  /** Complete registrations so far: cases that have their event, their three consents and their audit row. */
  countRegistrations(): Promise<number>;
  /** Visits so far in which a kiosk and a member were found. */
  countVisits(): Promise<number>;
  close(): Promise<void>;
}

/** Reaches the database of the running service on `dataDir`. */
export async function openGround(dataDir: string): Promise<Ground> {
  return await openGroundOf(await reach(dataDir), SLUG);
}

/** The same of any library of an installation. */
export async function openGroundOf(
  installation: Pick<Installation, 'app' | 'owner' | 'vault'>,
  slug: string,
): Promise<Ground> {
  const { db, close } = openDatabase({ address: installation.app, poolSize: 2, statementTimeoutMs: 0 });
  const library = await loadLibrary(db, slug, new Date());
  if (!library) throw new Error(`there is no library ${slug}`);
  return {
    slug,
    registering: async () => ({
      kind: 'register',
      setting: {
        slug,
        consentVersion: library.settings.consents.version,
        memberType: memberTypeOf(library),
        villages: await villagesOf(db),
      },
    }),
    visiting: (kiosks = KIOSKS, members = MEMBERS) =>
      prepareVisits(db, library, installation.vault, kiosks, members),
    cards: () => prepareCards(db, library, installation),
    async analyse() {
      const owner = openDatabase({ address: installation.owner, poolSize: 1 });
      await sql`analyze device, member, visit`.execute(owner.db).finally(() => owner.close());
    },
    countRegistrations: () => countRegistrations(db, library),
    countVisits: () => countVisits(db, library),
    close,
  };
}

/** The installation of a service that runs, its database left to it. */
export async function reach(dataDir: string): Promise<Installation> {
  const opened = await openInstallation({
    dataDir,
    databaseUrl: undefined,
    migrationDatabaseUrl: undefined,
    dataKey: undefined,
    besideService: true,
    log: () => undefined,
  });
  if (!opened.ok) throw new Error(`the database of the service cannot be reached: ${opened.reason}`);
  if (opened.installation.database !== 'running') throw new Error('the service does not run');
  return opened.installation;
}

function memberTypeOf(library: LibraryContext): string {
  const types = library.settings.memberTypes.filter((each) => each.active);
  const type = types.find((each) => each.code === 'UMUM') ?? types[0];
  if (!type) throw new Error('the library has no member type');
  return type.code;
}

async function villagesOf(db: Db): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('region')
    .select('code')
    .where('level', '=', 4)
    .where('code', 'like', REGENCY)
    .execute();
  return rows.map((row) => row.code);
}

function countRegistrations(db: Db, library: LibraryContext): Promise<number> {
  return inLibrary(db, library.id, async (tx) => {
    const { rows } = await sql<{ complete: number }>`
      select count(*) as complete from application a
      where 1 = (select count(*) from application_event e
          where e.library_id = a.library_id and e.application_id = a.id)
        and 3 = (select count(*) from consent c where c.library_id = a.library_id and c.application_id = a.id)
        and 1 = (select count(*) from audit_log l
          where l.library_id = a.library_id and l.subject_id = a.id::text)`.execute(tx);
    return rows[0]?.complete ?? 0;
  });
}

async function prepareVisits(
  db: Db,
  library: LibraryContext,
  vault: Vault,
  kiosks: number,
  count: number,
): Promise<Task> {
  const [point] = library.servicePoints;
  const purpose = library.settings.services.find((service) => service.active)?.code;
  if (!point || purpose === undefined) throw new Error('the library has no service point or no service');
  const personKey = vault.newPersonKey(library.id);
  const devices = Array.from({ length: kiosks }, () => randomBytes(24).toString('base64url'));
  const hashes = devices.map((token) => vault.hash(library.id, 'token', token));
  await inLibrary(db, library.id, async (tx) => {
    await sql`insert into device (library_id, id, kind, name, service_point_id, token_hash, paired_by)
      select ${library.id}, gen_random_uuid(), 'kiosk', 'Kios', ${point.id}, hash, gen_random_uuid()
      from unnest(${hashes}::bytea[]) as hash`.execute(tx);
    await sql`insert into member (library_id, id, number, state, state_effective_at, service_point_id, member_since,
        valid_from, valid_until, created_at, updated_at, name, name_key, birth_date, member_type, person_key)
      select ${library.id}, gen_random_uuid(), ${NUMBER_BEGIN} || lpad(n::text, 6, '0'), 'active', now(), ${point.id},
        current_date, current_date, current_date + 365, now(), now(), 'Contoh ' || n, 'contoh ' || n,
        date '1980-01-01' + n % 9000, 'UMUM', ${personKey}
      from generate_series(0, ${count - 1}) as n`.execute(tx);
  });
  const members = Array.from({ length: count }, (_, n) => `${NUMBER_BEGIN}${String(n).padStart(6, '0')}`);
  return { kind: 'visit', setting: { slug: library.slug, purpose, devices, members } };
}

async function prepareCards(
  db: Db,
  library: LibraryContext,
  { vault, owner }: Pick<Installation, 'vault' | 'owner'>,
): Promise<readonly string[]> {
  const [point] = library.servicePoints;
  if (!point) throw new Error('the library has no service point');
  const cards = await inLibrary(db, library.id, async (tx) => {
    await sql`insert into member (library_id, id, number, state, state_effective_at, service_point_id, member_since,
        valid_from, valid_until, created_at, updated_at, name, name_key, birth_date, member_type, person_key)
      select ${library.id}, gen_random_uuid(), 'K' || n, 'active', now(), ${point.id},
        current_date, current_date, current_date + 365, now(), now(), 'Contoh ' || n, 'contoh ' || n,
        date '1980-01-01' + n % 9000, 'UMUM', decode(md5(n::text), 'hex')
      from generate_series(0, ${MEMBERS - 1}) as n`.execute(tx);
    const { rows } = await sql<{
      id: CardId;
    }>`insert into card (library_id, id, member_id, token_hash, service_point_id,
        issued_at)
      select library_id, gen_random_uuid(), id, decode(md5(id::text), 'hex'), ${point.id}, now()
      from member where library_id = ${library.id} and number like 'K%' returning id`.execute(tx);
    return rows.map(({ id }) => id);
  });
  const admin = openDatabase({ address: owner, poolSize: 1 });
  await sql`analyze member, card`.execute(admin.db).finally(() => admin.close());
  const signer = signerOf({ vault }, library);
  const issued = plainDateIn(library.settings.profile.timezone, new Date());
  return cards.map((card) =>
    encodeCardToken({ library: library.id, card, issued, validUntil: null }, signer),
  );
}

function countVisits(db: Db, library: LibraryContext): Promise<number> {
  return inLibrary(db, library.id, async (tx) => {
    const { rows } = await sql<{ complete: number }>`
      select count(*) as complete from visit where device_id is not null and member_id is not null`.execute(
      tx,
    );
    return rows[0]?.complete ?? 0;
  });
}
