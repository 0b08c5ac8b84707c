/**
 * After everything: what the journal was told must be in the database, once and whole. Written against the tables alone,
 * with none of the service's own queries, as the superuser whom row-level security does not bind.
 */
import pg from 'pg';
import type { DatabaseAddress } from '../src/db/connection.ts';
import type { Told } from './journal.ts';

export interface Verdict {
  readonly acknowledged: number;
  /** Acts whose sender was told that they are done, and that are not there. */
  readonly lost: number;
  /** Acts that are there more than once, acknowledged or not. */
  readonly doubled: number;
  /** Cases, members, cards and visits of which a part is missing. */
  readonly halfDone: number;
  /** Numbers and codes that two have. */
  readonly sameNumber: number;
  /** Acts without the audit row that belongs to them. */
  readonly unaudited: number;
  /** What was found, for a person; ids and counts only. */
  readonly findings: readonly string[];
}

export async function check(admin: DatabaseAddress, told: readonly Told[]): Promise<Verdict> {
  const client = new pg.Client(admin);
  await client.connect();
  try {
    await client.query(`create temporary table told as
      select act, library.id as library_id, subject, acknowledged
      from json_to_recordset('[]'::json) as t(act text, library text, subject text, acknowledged bool)
      join library on library.slug = t.library with no data`);
    await client.query(
      `insert into told select act, library.id, subject, acknowledged
       from json_to_recordset($1::json) as t(act text, library text, subject text, acknowledged bool)
       join library on library.slug = t.library`,
      [JSON.stringify(told)],
    );
    await client.query('create index on told (act, library_id, subject); analyze told');
    const findings: string[] = [];
    const count = async (questions: readonly Question[]): Promise<number> => {
      let sum = 0;
      for (const { what, query } of questions) {
        const { rows } = await client.query<{ subject: string | null; n: number | string }>(query);
        sum += rows.length;
        for (const row of rows.slice(0, 5)) findings.push(`${what}: ${row.subject ?? ''} (${row.n})`);
      }
      return sum;
    };
    return {
      acknowledged: told.filter((act) => act.acknowledged).length,
      lost: await count(
        ACTS.map(({ act, there }) => ({ what: `lost ${act}`, query: lostQuery(act, there) })),
      ),
      doubled: await count(
        ACTS.filter(({ mayRepeat }) => mayRepeat !== true).map(({ act, there }) => ({
          what: `doubled ${act}`,
          query: doubledQuery(act, there),
        })),
      ),
      halfDone: await count(WHOLE),
      sameNumber: await count(UNIQUE),
      unaudited: await count(AUDITED),
      findings,
    };
  } finally {
    await client.end();
  }
}

interface Question {
  readonly what: string;
  /** One row for each that is wrong: `subject`, `n`. */
  readonly query: string;
}

/** How an act of the journal is found: a query for `library_id`, `subject` and one row each time it was done. */
interface ActRows {
  readonly act: Told['act'];
  readonly there: string;
  /** A photo taken again replaces the one before: twice the same is one. */
  readonly mayRepeat?: true;
}

const caseEvents = (act: string): string =>
  `select library_id, application_id::text as subject from application_event where act = '${act}'`;

const ACTS: readonly ActRows[] = [
  { act: 'register', there: 'select library_id, name as subject from application' },
  { act: 'group', there: `select library_id, name as subject from visit where kind = 'group'` },
  {
    act: 'visit',
    there: `select visit.library_id, member.number as subject from visit
      join member on member.library_id = visit.library_id and member.id = visit.member_id`,
  },
  { act: 'identity', there: caseEvents('see_identity') },
  { act: 'photo', there: caseEvents('photo'), mayRepeat: true },
  {
    act: 'approve',
    there: `select member.library_id, member.application_id::text as subject from member
      where member.application_id is not null`,
  },
  {
    act: 'print',
    there: `select card.library_id, member.application_id::text as subject from card_event
      join card on card.library_id = card_event.library_id and card.id = card_event.card_id
      join member on member.library_id = card.library_id and member.id = card.member_id
      where card_event.kind = 'printed'`,
  },
  {
    act: 'hand',
    there: `select card.library_id, member.application_id::text as subject from card_event
      join card on card.library_id = card_event.library_id and card.id = card_event.card_id
      join member on member.library_id = card.library_id and member.id = card.member_id
      where card_event.kind = 'handed_over'`,
  },
];

function lostQuery(act: string, there: string): string {
  return `with there as materialized (${there})
    select distinct told.subject, 0 as n from told
    where told.act = '${act}' and told.acknowledged
      and not exists (select from there where there.library_id = told.library_id and there.subject = told.subject)`;
}

function doubledQuery(act: string, there: string): string {
  return `with there as materialized (${there})
    select there.subject, count(*) as n from there
    join (select distinct library_id, subject from told where act = '${act}') as asked
      on asked.library_id = there.library_id and asked.subject = there.subject
    group by there.library_id, there.subject having count(*) > 1`;
}

/** A count of rows that belong to `row`, by a condition. */
const rowsOf = (table: string, row: string, on: string): string =>
  `(select count(*) from ${table} part where part.library_id = ${row}.library_id and ${on})`;

const WHOLE: readonly Question[] = [
  {
    what: 'case without its first event or its consents',
    query: `select a.id::text as subject, a.version as n from application a
      where 1 <> ${rowsOf('application_event', 'a', `part.application_id = a.id and part.kind = 'submitted'`)}
         or 3 > ${rowsOf('consent', 'a', 'part.application_id = a.id')}`,
  },
  {
    what: 'part of a case that is not there',
    query: `select part.application_id::text as subject, 1 as n from application_event part
      where not exists (select from application a where a.library_id = part.library_id and a.id = part.application_id)
      union all
      select part.application_id::text, 2 from consent part where part.application_id is not null
        and not exists (select from application a where a.library_id = part.library_id and a.id = part.application_id)`,
  },
  {
    what: 'case whose acts are not its events',
    query: `select a.id::text as subject, cardinality(a.done_acts) as n from application a
      where exists (select unnest(a.done_acts) except
        select act from application_event e where e.library_id = a.library_id and e.application_id = a.id)`,
  },
  {
    what: 'approved case that is no member, or member of a case that is not approved',
    query: `select a.id::text as subject, 0 as n from application a
      left join member m on m.library_id = a.library_id and m.application_id = a.id
      where (a.state in ('approved', 'completed')) is distinct from (m.id is not null)
         or a.member_id is distinct from m.id`,
  },
  {
    what: 'member of a case without exactly one card, its events, its number',
    query: `select m.application_id::text as subject, 0 as n from member m
      where m.application_id is not null and (m.number is null
        or 1 <> ${rowsOf('card', 'm', 'part.member_id = m.id and part.revoked_at is null')}
        or 1 <> ${rowsOf('member_event', 'm', `part.member_id = m.id and part.kind = 'joined'`)}
        or 1 <> ${rowsOf('application_event', 'm', `part.application_id = m.application_id and part.act = 'issue_card'`)}
        or 0 <> ${rowsOf('consent', 'm', 'part.application_id = m.application_id and part.member_id is distinct from m.id')})`,
  },
  {
    what: 'card whose events do not tell what it says',
    query: `select c.id::text as subject, 0 as n from card c join member m on m.library_id = c.library_id and m.id = c.member_id
      where m.application_id is not null and (1 <> ${rowsOf('card_event', 'c', `part.card_id = c.id and part.kind = 'issued'`)}
        or (c.printed_at is not null) <> (${rowsOf('card_event', 'c', `part.card_id = c.id and part.kind = 'printed'`)} > 0)
        or (c.handed_over_at is not null) <> (${rowsOf('card_event', 'c', `part.card_id = c.id and part.kind = 'handed_over'`)} > 0)
        or ${rowsOf('card_event', 'c', `part.card_id = c.id and part.kind = 'printed'`)}
          <> ${rowsOf('application_event', 'c', `part.application_id = m.application_id and part.act = 'print_card'`)}
        or ${rowsOf('card_event', 'c', `part.card_id = c.id and part.kind = 'handed_over'`)}
          <> ${rowsOf('application_event', 'c', `part.application_id = m.application_id and part.act = 'hand_over'`)})`,
  },
  {
    what: 'case whose photo is no file',
    query: `select a.id::text as subject, 0 as n from application a where a.photo_id is not null
      and 1 <> ${rowsOf('file', 'a', 'part.id = a.photo_id and part.bytes is not null')}`,
  },
];

const same = (table: string, column: string): Question => ({
  what: `the same ${column} of ${table}`,
  query: `select '' as subject, count(*) as n from ${table} where ${column} is not null
    group by library_id, ${column} having count(*) > 1`,
});

const UNIQUE: readonly Question[] = [
  same('member', 'number'),
  same('member', 'application_id'),
  same('application', 'ticket_code'),
  same('application', 'submit_key'),
  same('visit', 'submit_key'),
  same('card', 'token_hash'),
];

/** Each act of a case has one row of the audit log, as many as it has events. */
const audited = (act: string, action: string): Question => ({
  what: `${act} without its audit row`,
  query: `select e.application_id::text as subject, count(*) as n from application_event e where e.act = '${act}'
    group by e.library_id, e.application_id
    having count(*) <> (select count(*) from audit_log l where l.library_id = e.library_id
      and l.subject_id = e.application_id::text and l.action = 'application.${action}')`,
});

const AUDITED: readonly Question[] = [
  audited('fill_form', 'submit'),
  audited('see_identity', 'see_identity'),
  audited('photo', 'set_photo'),
  audited('issue_card', 'approve'),
  audited('print_card', 'print_card'),
  audited('hand_over', 'hand_over'),
];
