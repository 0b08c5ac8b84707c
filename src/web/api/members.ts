import { z } from 'zod';
import type { MemberId } from '../../domain/ids.ts';
import { MEMBER_STATES, type MemberState } from '../../domain/member.ts';
import { type PlainDate, plainDateIn } from '../../domain/plain-date.ts';
import { texts } from '../../i18n/index.ts';
import {
  changeContact,
  findProgramMember,
  listProgramMembers,
  type ProgramMember,
  recordProgramViews,
} from '../../usecases/program-members.ts';
import { resumeMember, suspendMember } from '../../usecases/suspend-member.ts';
import type { WebDeps } from '../env.ts';
import { inBackground } from './background.ts';
import { type Call, type Operation, operation } from './operation.ts';
import type { Problem } from './problem.ts';
import {
  askedDay,
  askedMoment,
  byId,
  code,
  day,
  listed,
  moment,
  pageOf,
  pick,
  shown,
  text,
  uuid,
} from './schemas.ts';

export const MEMBER_FIELDS = [
  'id',
  'number',
  'name',
  'state',
  'status',
  'state_since',
  'member_type',
  'service_point_id',
  'member_since',
  'valid_from',
  'valid_until',
  'merged_into',
  'version',
  'updated_at',
  'contact',
] as const;

const statuses = [...MEMBER_STATES, 'expired'] as const;

const member = z
  .object({
    id: uuid,
    number: z.string(),
    name: z.string().nullable(),
    state: z.enum(MEMBER_STATES),
    status: z.enum(statuses),
    state_since: moment,
    member_type: z.string(),
    service_point_id: uuid,
    member_since: day,
    valid_from: day,
    valid_until: day.nullable(),
    merged_into: uuid.nullable(),
    version: z.int(),
    updated_at: moment,
    contact: z
      .object({
        birth_date: day.nullable(),
        phone: z.string().nullable(),
        email: z.string().nullable(),
        address: z.object({
          line: z.string().nullable(),
          rt: z.string().nullable(),
          rw: z.string().nullable(),
          village: z.string().nullable(),
        }),
      })
      .nullable(),
  })
  .partial()
  .required({ id: true });

/** After a change: who and how it stands now, without a name, for it is kept with the `Idempotency-Key`. */
const changed = z.object({
  id: uuid,
  version: z.int(),
  state: z.enum(MEMBER_STATES),
  status: z.enum(statuses),
});

const ID = '01890000-0000-7000-8000-000000000001';
const EXAMPLE = {
  id: ID,
  number: '3510000001',
  name: 'Contoh Anggota',
  state: 'active',
  status: 'active',
  state_since: '2026-01-05T02:10:00.000Z',
  member_type: 'UMUM',
  service_point_id: '01890000-0000-7000-8000-0000000000aa',
  member_since: '2026-01-05',
  valid_from: '2026-01-05',
  valid_until: '2027-01-05',
  merged_into: null,
  version: 3,
  updated_at: '2026-01-05T02:10:00.000Z',
};
const EXAMPLE_CONTACT = {
  birth_date: '1990-05-17',
  phone: '+6281200001111',
  email: 'contoh@contoh.test',
  address: { line: 'Jalan Contoh 1', rt: '003', rw: '012', village: '99.01.01.2001' },
};

type AnyCall = Pick<Call<unknown, unknown, unknown>, 'wants'>;

function memberBody(call: AnyCall, { row, status, contact }: ProgramMember) {
  return pick(call.wants, {
    id: () => row.id,
    number: () => row.number,
    name: () => (row.name === '' ? null : row.name),
    state: () => row.state,
    status: () => status,
    state_since: () => row.state_effective_at.toISOString(),
    member_type: () => row.member_type,
    service_point_id: () => row.service_point_id,
    member_since: () => row.member_since,
    valid_from: () => row.valid_from,
    valid_until: () => row.valid_until,
    merged_into: () => row.merged_into,
    version: () => row.version,
    updated_at: () => row.updated_at.toISOString(),
    contact: () =>
      contact && {
        birth_date: contact.birthDate,
        phone: contact.phone,
        email: contact.email,
        address: contact.address,
      },
  });
}

/** Who a program is told of by name, or how to reach, is told of it. */
function noteViews(deps: WebDeps, call: Call<never, never, never>, found: readonly ProgramMember[]): void {
  const seen = found.filter(
    ({ row, contact }) =>
      row.name !== '' && (call.wants('name') || (call.wants('contact') && contact !== null)),
  );
  inBackground(
    deps,
    call.scope,
    recordProgramViews(
      deps.db,
      deps,
      call.scope,
      seen.map(({ row }) => row.id),
    ),
  );
}

/** Contact is asked for by name, and only with a right to it. */
function refuseContact(call: Pick<Call<never, never, never>, 'wants' | 'client'>): Problem | undefined {
  const { scopes } = call.client;
  const may = scopes.includes('members.contact') || scopes.includes('members.children');
  return call.wants('contact') && !may
    ? { problem: 'scope-missing', more: { scope: 'members.contact' } }
    : undefined;
}

const stop = z.strictObject({
  reason: code.describe('Code of `suspension_reasons` of `GET /library`.'),
  effective_on: askedDay.nullable().optional(),
});
const resume = z.strictObject({ effective_on: askedDay.nullable().optional() });

const contactBody = z
  .strictObject({
    phone: text(30).nullable(),
    email: text(254).nullable(),
    present_line: text(200).nullable(),
    present_rt: text(10).nullable(),
    present_rw: text(10).nullable(),
    present_village: text(13).nullable(),
  })
  .partial();

/** `/members` and what is done with one. */
export function memberOperations(deps: WebDeps): readonly Operation[] {
  const { db } = deps;

  /**
   * How the member stands after the change. Where it is refused as somebody stands so already, for the same reason, the
   * same sending may have done it and its answer was lost with the connection to the database: that is no refusal.
   */
  async function stateOr(
    call: Call<never, never, never>,
    id: string,
    outcome: { readonly ok: true } | Refused,
    asked: {
      readonly state: MemberState;
      readonly reason: string | null;
      /** Of a request that named one. */
      readonly effectiveOn: PlainDate | null;
    },
  ) {
    const stands =
      !outcome.ok && (outcome.reason === 'not-allowed' || outcome.reason === 'changed-meanwhile');
    if (!outcome.ok && !stands) return refusal(outcome, call.client.settings.language);
    const found = await findProgramMember(db, call.scope, call.client, id as MemberId);
    if (!found) return { problem: 'not-found' } as const;
    const { row, status } = found;
    const { timezone } = call.scope.library.settings.profile;
    const asAsked =
      row.merged_into === null &&
      row.state === asked.state &&
      row.state_reason === asked.reason &&
      (asked.effectiveOn === null || plainDateIn(timezone, row.state_effective_at) === asked.effectiveOn);
    if (!outcome.ok && !asAsked) return refusal(outcome, call.client.settings.language);
    return {
      status: 200,
      version: row.version,
      body: { id: row.id, version: row.version, state: row.state, status },
    } as const;
  }

  return [
    operation({
      id: 'listMembers',
      method: 'GET',
      path: '/members',
      tag: 'members',
      scope: 'members.read',
      query: listed.extend({
        state: z.enum(MEMBER_STATES).optional(),
        number: text(40).optional(),
        changed_since: askedMoment.optional(),
      }),
      answer: pageOf(member),
      fields: MEMBER_FIELDS,
      example: {
        query: { state: 'active', limit: '1', fields: 'id,number,status,valid_until' },
        answer: {
          items: [{ id: ID, number: '3510000001', status: 'active', valid_until: '2027-01-05' }],
          next: null,
        },
      },
      async handle(call) {
        const refused = refuseContact(call);
        if (refused) return refused;
        const { limit, state, number, changed_since } = call.query;
        const [changedAt, id] = call.cursors.after ?? [];
        const after = changedAt === undefined || id === undefined ? null : { changed: changedAt, id };
        const rows = await listProgramMembers(
          db,
          call.scope,
          call.client,
          { state, number, changedSince: changed_since },
          { after, limit: limit + 1 },
        );
        const items = rows.slice(0, limit);
        noteViews(deps, call as unknown as Call<never, never, never>, items);
        const last = rows.length > limit ? items.at(-1)?.row : undefined;
        return {
          status: 200,
          body: {
            items: items.map((one) => memberBody(call, one)),
            next: last ? call.cursors.make([last.changed, last.id]) : null,
          },
        };
      },
    }),
    operation({
      id: 'getMember',
      method: 'GET',
      path: '/members/{id}',
      tag: 'members',
      scope: 'members.read',
      params: byId,
      query: shown,
      answer: member,
      fields: MEMBER_FIELDS,
      problems: ['not-found'],
      example: { answer: EXAMPLE },
      async handle(call) {
        const refused = refuseContact(call);
        if (refused) return refused;
        const found = await findProgramMember(db, call.scope, call.client, call.params.id as MemberId);
        if (!found) return { problem: 'not-found' };
        noteViews(deps, call as unknown as Call<never, never, never>, [found]);
        return { status: 200, version: found.row.version, body: memberBody(call, found) };
      },
    }),
    operation({
      id: 'changeContact',
      method: 'PATCH',
      path: '/members/{id}',
      tag: 'members',
      scope: 'members.write',
      params: byId,
      body: contactBody,
      answer: member,
      match: 'must',
      problems: ['not-found', 'not-allowed'],
      example: {
        body: { phone: '0812 0000 3333', email: 'contoh@contoh.test' },
        answer: {
          ...EXAMPLE,
          version: 4,
          contact: { ...EXAMPLE_CONTACT, phone: '+6281200003333' },
        },
      },
      async handle(call) {
        const id = call.params.id as MemberId;
        const { client, scope } = call;
        const outcome = await changeContact(db, deps, scope, client, {
          memberId: id,
          expectedVersion: call.version ?? -1,
          change: Object.fromEntries(Object.entries(call.body).filter(([, value]) => value !== undefined)),
        });
        if (!outcome.ok) return refusal(outcome, client.settings.language);
        const found = await findProgramMember(db, scope, client, id);
        if (!found) return { problem: 'not-found' };
        const all = { wants: () => true };
        noteViews(deps, { ...(call as unknown as Call<never, never, never>), ...all }, [found]);
        return { status: 200, version: found.row.version, body: memberBody(all, found) };
      },
    }),
    operation({
      id: 'suspendMember',
      method: 'POST',
      path: '/members/{id}/suspend',
      tag: 'members',
      scope: 'members.suspend',
      params: byId,
      body: stop,
      answer: changed,
      once: true,
      match: 'may',
      problems: ['not-found', 'not-allowed'],
      example: {
        body: { reason: 'overdue' },
        answer: { id: ID, version: 4, state: 'suspended', status: 'suspended' },
      },
      async handle(call) {
        const { id } = call.params;
        const outcome = await suspendMember(db, deps, call.scope, {
          memberId: id as MemberId,
          reason: call.body.reason,
          effectiveOn: (call.body.effective_on ?? null) as PlainDate | null,
          expectedVersion: call.version,
        });
        return stateOr(call as unknown as Call<never, never, never>, id, outcome, {
          state: 'suspended',
          reason: call.body.reason,
          effectiveOn: (call.body.effective_on ?? null) as PlainDate | null,
        });
      },
    }),
    operation({
      id: 'resumeMember',
      method: 'POST',
      path: '/members/{id}/resume',
      tag: 'members',
      scope: 'members.suspend',
      params: byId,
      body: resume,
      answer: changed,
      once: true,
      match: 'may',
      problems: ['not-found', 'not-allowed'],
      example: { body: {}, answer: { id: ID, version: 5, state: 'active', status: 'active' } },
      async handle(call) {
        const { id } = call.params;
        const outcome = await resumeMember(db, deps, call.scope, {
          memberId: id as MemberId,
          effectiveOn: (call.body.effective_on ?? null) as PlainDate | null,
          expectedVersion: call.version,
        });
        return stateOr(call as unknown as Call<never, never, never>, id, outcome, {
          state: 'active',
          reason: null,
          effectiveOn: (call.body.effective_on ?? null) as PlainDate | null,
        });
      },
    }),
  ];
}

type Refused = Exclude<
  | Awaited<ReturnType<typeof changeContact>>
  | Awaited<ReturnType<typeof suspendMember>>
  | Awaited<ReturnType<typeof resumeMember>>,
  { ok: true }
>;

/** A refusal of a use case, as a problem. */
function refusal(outcome: Refused, lang: 'id' | 'en'): Problem {
  const all = texts(lang);
  switch (outcome.reason) {
    case 'not-found':
      return { problem: 'not-found' };
    case 'not-reached':
      return { problem: 'scope-missing', more: { scope: outcome.scope } };
    case 'changed-meanwhile':
      return { problem: 'precondition-failed' };
    case 'not-allowed':
      return { problem: 'not-allowed', more: { state: outcome.state } };
    case 'form-problems':
      return {
        problem: 'invalid-content',
        errors: outcome.problems.map((one) => ({
          pointer: `#/${one.field}`,
          code: one.code,
          detail: all.form.problems[one.code],
        })),
      };
    case 'no-evidence':
      throw new Error('the name of a key is evidence enough');
    case 'unknown-reason':
      return {
        problem: 'invalid-content',
        errors: [{ pointer: '#/reason', code: 'unknown_choice', detail: all.form.problems.unknown_choice }],
      };
    case 'effective-date':
      return {
        problem: 'invalid-content',
        errors: [
          { pointer: '#/effective_on', code: 'effective_date', detail: all.api.fields.effective_date },
        ],
      };
  }
}
