/** What has to be there before anybody comes: officers with sessions, devices, cards, and what is typed. */
import { randomBytes } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import { sql } from 'kysely';
import { type Db, openDatabase } from '../../src/db/connection.ts';
import type { Installation } from '../../src/db/installation.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import { encodeCardToken } from '../../src/domain/card-token.ts';
import { type CardId, type MemberId, risingUuids } from '../../src/domain/ids.ts';
import { parsePlainDate, plainDateIn } from '../../src/domain/plain-date.ts';
import type { LibraryContext } from '../../src/usecases/context.ts';
import { PASSWORD_HASHING } from '../../src/usecases/create-library.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { signerOf } from '../../src/usecases/library-keys.ts';
import { questionsFor } from '../crosscheck/ask.ts';
import { openGroundOf } from '../ground.ts';
import type { PersonRow } from '../matching/generate.ts';
import type { LibraryGround } from './crowd.ts';
import { WRITTEN, type Written } from './tally.ts';

const PASSWORD = 'sandi contoh untuk beban';
/** Of those on file that is not measured: made here, not loaded. */
const SMALL_LIBRARY = 20_000;
const SMALLEST = 2_000;
/** Members with a card in hand: those who pass the gate and open their KTA. */
const CARDS = 4_000;
/** What is typed into the search for villages, letter by letter. */
const PLACES = ['ban', 'rogo', 'genteng', 'sumber', 'karang', 'kali', 'muncar', 'tegal', 'semar', 'giri'];

/** @param loaded members that the cross-check's loader put into this library; 0: a few are made here */
export async function prepareLibrary(
  installation: Installation,
  slug: string,
  actors: number,
  loaded: number,
): Promise<LibraryGround> {
  const ground = await openGroundOf(installation, slug);
  const small = Math.min(SMALL_LIBRARY, Math.max(SMALLEST, actors * 10));
  const { db, close } = openDatabase({ address: installation.app, poolSize: 2, statementTimeoutMs: 0 });
  try {
    const library = await loadLibrary(db, slug, new Date());
    if (!library) throw new Error(`there is no library ${slug}`);
    const registering = await ground.registering();
    const visiting = await ground.visiting(actors, small);
    if (registering.kind !== 'register' || visiting.kind !== 'visit') throw new Error('unknown tasks');
    const { usual, searches } = loaded === 0 ? { usual: [], searches: [] } : questionsFor(loaded);
    const numbers = await memberNumbers(db, library);
    const gates = await enrolGates(db, library, installation, actors);
    const officers = await employ(db, library, installation, actors);
    const cards = await giveCards(db, library, installation, actors);
    return {
      slug,
      form: registering.setting,
      applicants: usual
        .map(({ person }) => person)
        .filter(isWhole)
        .map(fieldsOf),
      kiosks: visiting.setting.devices,
      gates,
      officers,
      password: PASSWORD,
      members: numbers,
      cards,
      searches: searches.length > 0 ? searches.map(({ typed }) => typed) : madeUpSearches(numbers),
      places: PLACES,
    };
  } finally {
    await close();
    await ground.close();
  }
}

/** Numbers of members from all over the library, as they come to the kiosk. */
async function memberNumbers(db: Db, library: LibraryContext): Promise<readonly string[]> {
  return inLibrary(db, library.id, async (tx) => {
    const { rows } = await sql<{ number: string }>`
      select number from member where library_id = ${library.id} order by id limit 20000`.execute(tx);
    return rows.map(({ number }) => number);
  });
}

function madeUpSearches(numbers: readonly string[]): readonly string[] {
  return numbers
    .slice(0, 600)
    .flatMap((number, n) => [number, number.slice(-6), `Contoh ${n * 7}`, 'contoh']);
}

async function enrolGates(
  db: Db,
  library: LibraryContext,
  { vault }: Installation,
  count: number,
): Promise<readonly string[]> {
  const tokens = Array.from({ length: count }, () => randomBytes(24).toString('base64url'));
  const hashes = tokens.map((token) => vault.hash(library.id, 'token', token));
  await inLibrary(db, library.id, (tx) =>
    sql`insert into device (library_id, id, kind, name, service_point_id, token_hash, paired_at, paired_by)
      select ${library.id}, gen_random_uuid(), 'gate', 'Gerbang', ${pointOf(library)}, hash, now(), gen_random_uuid()
      from unnest(${hashes}::bytea[]) as hash`.execute(tx),
  );
  return tokens;
}

/** Officers with a password and an open session each: a thousand sign-ins at once happen on no morning. */
async function employ(
  db: Db,
  library: LibraryContext,
  { vault }: Installation,
  count: number,
): Promise<LibraryGround['officers']> {
  const password = await hash(PASSWORD, PASSWORD_HASHING);
  const officers = Array.from({ length: count }, (_, n) => ({
    username: `beban${n}`,
    session: randomBytes(24).toString('base64url'),
  }));
  const hashes = officers.map(({ session }) => vault.hash(library.id, 'token', session));
  await inLibrary(db, library.id, (tx) =>
    sql`with staff as (
        insert into officer (library_id, id, username, name, roles, password_hash, must_change_password,
          service_point_id, created_at)
        select ${library.id}, gen_random_uuid(), name, 'Petugas Contoh ' || n, array['petugas'], ${password}, false,
          ${pointOf(library)}, now()
        from unnest(${officers.map(({ username }) => username)}::text[]) with ordinality as given (name, n)
        returning id, username)
      insert into session (library_id, token_hash, officer_id, created_at, last_seen_at, expires_at, confirmed_at)
      select ${library.id}, token, staff.id, now(), now(), now() + interval '12 hours', now()
      from unnest(${officers.map(({ username }) => username)}::text[], ${hashes}::bytea[]) as given (name, token)
      join staff on staff.username = given.name`.execute(tx),
  );
  return officers;
}

async function giveCards(
  db: Db,
  library: LibraryContext,
  installation: Installation,
  actors: number,
): Promise<LibraryGround['cards']> {
  const { vault } = installation;
  const uuid = risingUuids(randomBytes);
  const signer = signerOf({ vault }, library);
  const issued = plainDateIn(library.settings.profile.timezone, new Date());
  const point = pointOf(library);
  return inLibrary(db, library.id, async (tx) => {
    const { rows } = await sql<{ id: MemberId }>`
      select id from member where library_id = ${library.id} order by id desc limit ${Math.max(CARDS, actors)}`.execute(
      tx,
    );
    const cards = rows.map(({ id: member }) => {
      const id = uuid(new Date()) as CardId;
      const kta = vault.token(library.id, 'kta', id, 0);
      const code = encodeCardToken({ library: library.id, card: id, issued, validUntil: null }, signer);
      return { id, member, kta, code };
    });
    await sql`insert into card (library_id, id, member_id, token_hash, service_point_id, issued_at)
      select ${library.id}, card, member, token, ${point}, now()
      from unnest(${cards.map(({ id }) => id)}::uuid[], ${cards.map(({ member }) => member)}::uuid[],
        ${cards.map(({ kta }) => vault.hash(library.id, 'token', kta))}::bytea[]) as given (card, member, token)`.execute(
      tx,
    );
    return cards.map(({ id, kta, code }) => ({ id, kta, code }));
  });
}

function pointOf(library: LibraryContext): string {
  const [point] = library.servicePoints;
  if (!point) throw new Error('the library has no service point');
  return point.id;
}

/** Whoever the form would send back with a question is left out: the load types what a person has corrected. */
function isWhole(row: PersonRow): boolean {
  return (
    /^\d{16}$/.test(row.nik) &&
    row.name.length >= 3 &&
    parsePlainDate(row.birth_date) !== undefined &&
    row.birth_date < '2007'
  );
}

function fieldsOf(row: PersonRow): Readonly<Record<string, string>> {
  const [year = '', month = '', day = ''] = row.birth_date.split('-').map((part) => String(Number(part)));
  return {
    document_number: row.nik,
    name: row.name,
    ...(row.birth_place === '' ? {} : { birth_place: row.birth_place }),
    'birth_date.day': day,
    'birth_date.month': month,
    'birth_date.year': year,
    ...(row.sex === 'L' || row.sex === 'P' ? { sex: row.sex } : {}),
    ...(row.address === '' ? {} : { address_line: row.address }),
  };
}

/** Rows of each library so far, by what a person was told of them. */
export async function countWritten(
  installation: Installation,
  slugs: readonly string[],
): Promise<Record<Written, number>> {
  const { db, close } = openDatabase({ address: installation.app, poolSize: 1, statementTimeoutMs: 0 });
  try {
    const all = Object.fromEntries(WRITTEN.map((what) => [what, 0])) as Record<Written, number>;
    for (const slug of slugs) {
      const library = await loadLibrary(db, slug, new Date());
      if (!library) continue;
      const { rows } = await inLibrary(db, library.id, (tx) =>
        sql<Record<Written, number>>`select
          (select count(*) from application where library_id = ${library.id}) as registrations,
          (select count(*) from visit where library_id = ${library.id}) as visits,
          (select count(*) from application where library_id = ${library.id} and state in ('approved', 'completed'))
            as approvals`.execute(tx),
      );
      for (const what of WRITTEN) all[what] += rows[0]?.[what] ?? 0;
    }
    return all;
  } finally {
    await close();
  }
}
