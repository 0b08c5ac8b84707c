import { z } from 'zod';
import { listVisitRows } from '../../db/api-list.ts';
import { inLibrary } from '../../db/tenancy.ts';
import { EDUCATIONS, OCCUPATIONS, SEXES } from '../../domain/applicant.ts';
import { VISIT_KINDS } from '../../domain/visit.ts';
import { texts } from '../../i18n/index.ts';
import { recordProgramViews } from '../../usecases/program-members.ts';
import { readMember, recordVisit, type Visitor } from '../../usecases/record-visit.ts';
import type { WebDeps } from '../env.ts';
import { inBackground } from './background.ts';
import { type Operation, operation } from './operation.ts';
import type { Problem } from './problem.ts';
import { askedDay, code, day, listed, moment, pageOf, pick, text, uuid } from './schemas.ts';

const VISIT_FIELDS = [
  'id',
  'at',
  'day',
  'kind',
  'purpose',
  'persons',
  'counted',
  'voided',
  'service_point_id',
  'member_id',
  'name',
  'institution',
] as const;

const visit = z
  .object({
    id: uuid,
    at: moment,
    day,
    kind: z.enum(VISIT_KINDS),
    purpose: z.string(),
    persons: z.int(),
    counted: z.boolean(),
    voided: z.boolean(),
    service_point_id: uuid,
    /** Null without `visits.names`. */
    member_id: uuid.nullable(),
    name: z.string().nullable(),
    institution: z.string().nullable(),
  })
  .partial()
  .required({ id: true });

const count = z.int().min(0).max(100_000);
const parts = (names: readonly string[]) =>
  z.strictObject(Object.fromEntries(names.map((name) => [name, count.optional()])));

const body = z.strictObject({
  kind: z.enum(VISIT_KINDS),
  purpose: code.describe('Code of `services` of `GET /library`.'),
  member: text(1_000).optional().describe('Of a member: the scanned code or the number.'),
  name: text(200).optional(),
  sex: z.enum(SEXES).optional(),
  education: z.enum(EDUCATIONS).optional(),
  occupation: z.enum(OCCUPATIONS).optional(),
  leader: text(200).optional(),
  institution: text(200).optional(),
  phone: text(40).optional(),
  counts: z
    .strictObject({
      total: count,
      by_sex: parts(SEXES).optional(),
      by_education: parts(EDUCATIONS).optional(),
      by_occupation: parts(OCCUPATIONS).optional(),
    })
    .optional(),
});

/** What may be said of whom; anything else is a mistake of the program. */
const BELONGS: Readonly<Record<(typeof VISIT_KINDS)[number], readonly string[]>> = {
  member: ['member'],
  non_member: ['name', 'sex', 'education', 'occupation'],
  group: ['leader', 'institution', 'phone', 'counts'],
};

/** `/visits`: the guest book. */
export function visitOperations(deps: WebDeps): readonly Operation[] {
  const { db } = deps;
  return [
    operation({
      id: 'recordVisit',
      method: 'POST',
      path: '/visits',
      tag: 'visits',
      scope: 'visits.write',
      body,
      answer: z.object({ id: uuid, at: moment, day }),
      status: 201,
      once: true,
      example: {
        body: { kind: 'non_member', purpose: 'BACA', name: 'Contoh Tamu', sex: 'P' },
        answer: {
          id: '01890000-0000-7000-8000-0000000000e1',
          at: '2026-01-05T02:10:00.000Z',
          day: '2026-01-05',
        },
      },
      async handle(call) {
        const { scope, client } = call;
        const { kind, purpose } = call.body;
        const words = texts(client.settings.language).api.fields;
        const wrong = (field: string, found: keyof typeof words): Problem => ({
          problem: 'invalid-content',
          errors: [{ pointer: `#/${field}`, code: found, detail: words[found] }],
        });
        const others = Object.values(BELONGS)
          .flat()
          .filter((field) => !BELONGS[kind].includes(field) && field in call.body);
        if (others[0] !== undefined) return wrong(others[0], 'unexpected');
        let visitor: Visitor;
        if (kind === 'member') {
          const read = readMember(deps, scope.library, call.body.member ?? '', scope.at);
          if (!read.ok) return wrong('member', read.reason === 'missing' ? 'required' : 'member_unreadable');
          visitor = { kind, member: read.member };
        } else if (kind === 'non_member') {
          const { name = '', sex = null, education = null, occupation = null } = call.body;
          visitor = { kind, name, sex, education, occupation };
        } else {
          const { leader = '', institution = '', phone = '', counts } = call.body;
          if (counts === undefined) return wrong('counts', 'required');
          visitor = {
            kind,
            leader,
            institution,
            phone,
            counts: {
              total: counts.total,
              bySex: counts.by_sex ?? {},
              byEducation: counts.by_education ?? {},
              byOccupation: counts.by_occupation ?? {},
            },
          };
        }
        const outcome = await recordVisit(
          db,
          deps,
          scope.library,
          scope.at,
          { by: 'client', servicePointId: client.servicePointId },
          { visitor, purpose, submitKey: `api|${client.id}|${call.onceKey}` },
        );
        if (!outcome.ok) {
          if (outcome.reason === 'not-enrolled') throw new Error('a program needs no enrolment');
          return {
            problem: 'invalid-content',
            errors: outcome.problems.map(({ field, code: found }) => {
              const name =
                found === 'missing' ? 'required' : found === 'unreadable' ? 'phone_unreadable' : found;
              return {
                pointer: `#/${field}`,
                code: name,
                detail: words[field === 'purpose' ? 'unknown_choice' : name],
              };
            }),
          };
        }
        const [row] = await inLibrary(db, scope.library.id, (tx) =>
          tx.selectFrom('visit').select(['id', 'at', 'day']).where('id', '=', outcome.visitId).execute(),
        );
        if (!row) throw new Error('a visit that was written is there');
        return { status: 201, body: { id: row.id, at: row.at.toISOString(), day: row.day } };
      },
    }),
    operation({
      id: 'listVisits',
      method: 'GET',
      path: '/visits',
      tag: 'visits',
      scope: 'visits.read',
      query: listed.extend({
        from: askedDay.optional(),
        to: askedDay.optional(),
        kind: z.enum(VISIT_KINDS).optional(),
      }),
      answer: pageOf(visit),
      fields: VISIT_FIELDS,
      example: {
        query: { from: '2026-01-05', to: '2026-12-31', limit: '1' },
        answer: {
          items: [
            {
              id: '01890000-0000-7000-8000-0000000000e1',
              at: '2026-01-05T02:10:00.000Z',
              day: '2026-01-05',
              kind: 'non_member',
              purpose: 'BACA',
              persons: 1,
              counted: true,
              voided: false,
              service_point_id: '01890000-0000-7000-8000-0000000000aa',
              member_id: null,
              name: null,
              institution: null,
            },
          ],
          next: null,
        },
      },
      async handle(call) {
        const { scope, client } = call;
        const { limit, from, to, kind } = call.query;
        const rows = await inLibrary(db, scope.library.id, (tx) =>
          listVisitRows(tx, { from, to, kind }, { after: call.cursors.after?.[0] ?? null, limit: limit + 1 }),
        );
        const items = rows.slice(0, limit);
        const last = rows.length > limit ? items.at(-1) : undefined;
        const names = client.scopes.includes('visits.names');
        if (names && (call.wants('name') || call.wants('member_id'))) {
          const seen = items.map((row) => row.standing_id).filter((id) => id !== null);
          inBackground(deps, scope, recordProgramViews(db, deps, scope, [...new Set(seen)]));
        }
        return {
          status: 200,
          body: {
            items: items.map((row) =>
              pick(call.wants, {
                id: () => row.id,
                at: () => row.at.toISOString(),
                day: () => row.day,
                kind: () => row.kind,
                purpose: () => row.purpose,
                persons: () => row.persons,
                counted: () => row.counted,
                voided: () => row.voided_at !== null,
                service_point_id: () => row.service_point_id,
                member_id: () => (names ? row.standing_id : null),
                name: () => (names ? row.member_name || row.name || null : null),
                institution: () => row.institution,
              }),
            ),
            next: last ? call.cursors.make([last.id]) : null,
          },
        };
      },
    }),
  ];
}
