/** A library of a hundred thousand members, as the database of a kabupaten has it after six years: made up in SQL. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { type Db, openDatabase, type Tx } from '../src/db/connection.ts';
import { inLibrary } from '../src/db/tenancy.ts';
import type { LibraryContext } from '../src/usecases/context.ts';
import { loadLibrary } from '../src/usecases/get-library.ts';
import { reach } from './ground.ts';

const SLUG = 'jateng';
const MEMBERS = 100_000;
const VISITS = 200_000;
const CASES = 20_000;
const YEARS = 6;

export interface ReportGround {
  readonly slug: string;
  /** Header of a signed-in Sub Koordinator, who sees the most. */
  readonly cookie: string;
  /** Milliseconds of the plain count of one table's rows, under the same row-level security. */
  scan(table: ReportTable): Promise<number>;
  close(): Promise<void>;
}

/** The tables that the reports read most of. */
export type ReportTable = 'member_span' | 'application_event' | 'visit' | 'step_time';

/** Fills the library of a running service on `dataDir`; takes some ten seconds. */
export async function openReportGround(dataDir: string): Promise<ReportGround> {
  const installation = await reach(dataDir);
  const { db, close } = openDatabase({ address: installation.app, poolSize: 2, statementTimeoutMs: 0 });
  const library = await loadLibrary(db, SLUG, new Date());
  if (!library) throw new Error(`there is no library ${SLUG}`);
  // The owner, bound by the same row-level security, may make temporary tables.
  const owner = openDatabase({ address: installation.owner, poolSize: 1, statementTimeoutMs: 0 });
  await fill(owner.db, library);
  // What the database does by itself within a minute.
  for (const table of [
    'member',
    'member_event',
    'member_span',
    'visit',
    'application',
    'application_event',
    'step_time',
  ])
    await sql`vacuum (analyze) ${sql.table(table)}`.execute(owner.db);
  await owner.close();
  const token = randomBytes(24).toString('base64url');
  await inLibrary(db, library.id, (tx) =>
    signIn(tx, library, installation.vault.hash(library.id, 'token', token)),
  );
  return {
    slug: SLUG,
    cookie: `sesi-${SLUG}=${token}`,
    scan: (table) =>
      inLibrary(db, library.id, async (tx) => {
        const began = performance.now();
        await sql`select count(*) from ${sql.table(table)}`.execute(tx);
        return performance.now() - began;
      }),
    close,
  };
}

async function signIn(tx: Tx, library: LibraryContext, tokenHash: Buffer): Promise<void> {
  await sql`update officer set must_change_password = false where username = 'subkoordinator'`.execute(tx);
  await sql`insert into session (library_id, token_hash, officer_id, created_at, last_seen_at, expires_at)
    select ${library.id}, ${tokenHash}, id, now(), now(), now() + interval '1 hour' from officer
    where username = 'subkoordinator'`.execute(tx);
}

async function fill(db: Db, library: LibraryContext): Promise<void> {
  const { settings, procedureVersion, servicePoints } = library;
  const points = servicePoints.map(({ id }) => id);
  const types = settings.memberTypes.map(({ code }) => code);
  const purposes = settings.services.map(({ code }) => code);
  const oneOf = (list: readonly string[], type = 'text') =>
    sql`(${list}::${sql.raw(type)}[])[1 + floor(random() * ${list.length})::int]`;
  const hash = sql`decode(md5(random()::text), 'hex')`;
  await inLibrary(db, library.id, async (tx) => {
    await sql`select setseed(0.42)`.execute(tx);
    // More of them in the later years: the library grows. Work is done between eight and half past three.
    await sql`create temp table someone on commit drop as
      select gen_random_uuid() as id, n, ${oneOf(types)} as member_type, ${oneOf(points, 'uuid')} as point,
        case when random() < 0.55 then 'P' else 'L' end as sex, 1950 + floor(random() * 68)::int as birth_year,
        '33.74.' || lpad((1 + floor(random() * random() * 16))::int::text, 2, '0') as district,
        current_date - (${365 * YEARS} * (1 - sqrt(random())))::int - 1 as joined, random() as fate,
        floor(random() * 5)::int as renewals
      from generate_series(1, ${MEMBERS}) as n`.execute(tx);
    const at = (day: ReturnType<typeof sql>) => sql`${day} + time '01:00' + random() * interval '7.5 hours'`;
    await sql`create temp table happened on commit drop as
      select id, joined as day, 'joined' as kind, joined + 365 as valid_until from someone
      union all
      select id, joined + 365 * k - 20 + floor(random() * 60)::int, 'renewed', joined + 365 * (k + 1)
        from someone, generate_series(1, renewals) as k
      union all
      select id, joined + 200 + floor(fate * 4000)::int, case when fate < 0.04 then 'ended' else 'suspended' end,
        joined + 365 from someone where fate < 0.05
      union all
      select id, joined + 100, 'corrected', joined + 365 from someone where fate > 0.95`.execute(tx);
    await sql`insert into member_event (library_id, id, member_id, at, effective_at, kind, valid_until, member_type, sex,
        birth_year, district, actor_kind, service_point_id)
      select ${library.id}, gen_random_uuid(), id, ${at(sql`day`)}, ${at(sql`day`)}, kind, valid_until, member_type,
        sex, birth_year, district, 'system', point
      from happened join someone using (id) where day < current_date order by day`.execute(tx);
    await sql`insert into member (library_id, id, number, state, state_effective_at, service_point_id, member_since,
        valid_from, valid_until, created_at, updated_at, name, name_key, birth_date, sex, member_type, person_key)
      select ${library.id}, id, 'R' || lpad(n::text, 7, '0'), 'active', joined, point, joined, joined, joined + 365,
        joined, joined, 'Contoh ' || n, 'contoh ' || n, make_date(birth_year, 1, 1), sex, member_type, ${hash}
      from someone`.execute(tx);
    await sql`insert into visit (library_id, id, submit_key, at, day, kind, member_id, purpose, service_point_id,
        persons, sex, group_counts)
      select ${library.id}, gen_random_uuid(), ${hash}, day + time '01:00' + random() * interval '7.5 hours', day,
        kind, case when kind = 'member' then gen_random_uuid() end, ${oneOf(purposes)}, ${oneOf(points, 'uuid')},
        case when kind = 'group' then 30 else 1 end, case when kind = 'non_member' then 'P' end,
        case when kind = 'group' then '{"bySex": {"L": 14, "P": 16}}'::jsonb end
      from (select current_date - floor(random() * 365)::int as day,
          case when random() < 0.62 then 'member' when random() < 0.98 then 'non_member' else 'group' end as kind
        from generate_series(1, ${VISITS}) order by 1) as came`.execute(tx);
    await sql`create temp table asked on commit drop as
      select gen_random_uuid() as id, n, ${oneOf(points, 'uuid')} as point,
        (array['phone', 'desk'])[1 + floor(random() * 2)::int] as channel, current_date - floor(random() * 365)::int - 1
          + time '01:00' + random() * interval '7 hours' as at,
        case when fate < 0.88 then 'completed' when fate < 0.92 then 'rejected' when fate < 0.95 then 'cancelled'
          when fate < 0.98 then 'already_member' else 'lapsed' end as state
      from (select n, random() as fate from generate_series(1, ${CASES}) as n) as drawn`.execute(tx);
    await sql`insert into application (library_id, id, state, state_effective_at, procedure_version, service_point_id,
        channel, submit_key, token_hash, ticket_code, created_at, submitted_at, closed_at, name, name_key, member_type,
        person_key)
      select ${library.id}, id, state, at + interval '15 minutes', ${procedureVersion}, point, channel,
        decode(md5('s' || n), 'hex'), decode(md5('t' || n), 'hex'), 'R' || n, at, at, at + interval '15 minutes',
        'Contoh ' || n, 'contoh ' || n, ${types[0]}, ${hash} from asked order by at`.execute(tx);
    await sql`insert into application_event (library_id, id, application_id, at, effective_at, kind, act, from_state,
        to_state, place, actor_kind, service_point_id, reason)
      select ${library.id}, gen_random_uuid(), id, at + made.minute * interval '1 minute',
        at + made.minute * interval '1 minute', made.kind, made.act, made.was,
        case when made.ending then state else made.becomes end, 'counter', 'officer', point,
        case when made.ending and state = 'rejected' then 'incomplete' end
      from asked cross join (values (0, 'submitted', 'fill_form', 'draft', 'submitted', false),
        (1, 'ticket_scanned', 'arrive', null, null, false), (1, 'taken', null, 'submitted', 'in_review', false),
        (4, 'act', 'see_identity', null, null, false), (6, 'act', 'cross_check', null, null, false),
        (9, 'act', 'photo', null, null, false), (11, 'act', 'issue_card', 'in_review', 'approved', false),
        (15, 'state', 'hand_over', 'in_review', '', true)) as made (minute, kind, act, was, becomes, ending)
      where state = 'completed' or made.becomes <> 'approved' order by at`.execute(tx);
    await sql`insert into step_time (library_id, application_id, first_step, covers, procedure_version,
        standard_seconds, started_at, ended_at, working_seconds, waiting_seconds, outcome, service_point_id)
      select ${library.id}, id, step, array[step], ${procedureVersion}, 60 * step, at, at + interval '15 minutes',
        (30 * step * (0.5 + random() * 2))::int, (random() * 600)::int,
        case when random() < 0.9 then 'done' else 'not_needed' end, point
      from asked cross join generate_series(2, 8) as step order by at`.execute(tx);
  });
}
