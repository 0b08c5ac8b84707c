import { z } from 'zod';
import { listCardRows } from '../../db/api-list.ts';
import { inLibrary } from '../../db/tenancy.ts';
import type { MemberId } from '../../domain/ids.ts';
import { askPatron, memberOfAnswer } from '../../usecases/ask-patron.ts';
import { openSharedCodes } from '../../usecases/check-at-gate.ts';
import { recordProgramViews } from '../../usecases/program-members.ts';
import type { WebDeps } from '../env.ts';
import { inBackground } from './background.ts';
import { type Operation, operation } from './operation.ts';
import { day, listed, moment, pageOf, pick, text, uuid } from './schemas.ts';

const CARD_FIELDS = [
  'id',
  'member_id',
  'issued_at',
  'valid_until',
  'printed_at',
  'handed_over_at',
  'revoked_at',
  'revoked_reason',
] as const;

const card = z
  .object({
    id: uuid,
    member_id: uuid,
    issued_at: moment,
    valid_until: day.nullable(),
    printed_at: moment.nullable(),
    handed_over_at: moment.nullable(),
    revoked_at: moment.nullable(),
    revoked_reason: z.string().nullable(),
  })
  .partial()
  .required({ id: true });

/** Reasons of the gates (`RefuseReason`), and `look`: somebody would have to compare the photo. */
const REASONS = [
  'foreign',
  'identity_number',
  'damaged',
  'other_library',
  'forged',
  'unknown_key',
  'revoked_key',
  'expired',
  'certificate_expired',
  'revoked',
  'suspended',
  'superseded',
  'stale',
  'early',
  'replayed',
  'unknown_number',
  'kind_not_taken',
  'look',
] as const;

const verdict = z.object({
  valid: z.boolean(),
  reason: z.enum(REASONS).nullable(),
  /** Null without `members.read`, and of whoever is refused. */
  member: z
    .object({ id: uuid, name: z.string(), member_type: z.string(), valid_until: day.nullable() })
    .nullable(),
});

/** `/cards`, and whether one is valid now. */
export function cardOperations(deps: WebDeps): readonly Operation[] {
  const { db } = deps;
  const codes = deps.codes ?? openSharedCodes();
  return [
    operation({
      id: 'verifyCard',
      method: 'POST',
      path: '/cards/verify',
      tag: 'cards',
      scope: 'cards.verify',
      body: z.strictObject({
        code: text(1_000)
          .min(1)
          .describe('What a reader scanned: code of a card or phone, or a member number.'),
      }),
      answer: verdict,
      example: {
        body: { code: '0000000' },
        answer: { valid: false, reason: 'unknown_number', member: null },
      },
      async handle(call) {
        const { scope, client } = call;
        const { numbers, attended } = client.settings;
        const answer = await askPatron(db, deps, scope, codes, {
          code: call.body.code,
          scan: `api|${client.id}|${call.onceKey}`,
          device: { numbers, attended },
        });
        const named = client.scopes.includes('members.read') ? answer.patron : null;
        const id = named && (await memberOfAnswer(db, scope, call.body.code, answer));
        if (id) {
          // The answer does not wait for its row in the log.
          inBackground(deps, scope, recordProgramViews(db, deps, scope, [id]));
        }
        return {
          status: 200,
          body: {
            valid: answer.refused === null,
            reason: answer.refused,
            member:
              named && id
                ? { id, name: named.name, member_type: named.memberType, valid_until: named.validUntil }
                : null,
          },
        };
      },
    }),
    operation({
      id: 'listCards',
      method: 'GET',
      path: '/cards',
      tag: 'cards',
      scope: 'cards.read',
      query: listed.extend({
        member_id: uuid.optional(),
        revoked: z
          .enum(['true', 'false'])
          .transform((typed) => typed === 'true')
          .optional(),
      }),
      answer: pageOf(card),
      fields: CARD_FIELDS,
      example: {
        query: { revoked: 'false', limit: '1' },
        answer: {
          items: [
            {
              id: '01890000-0000-7000-8000-0000000000c1',
              member_id: '01890000-0000-7000-8000-000000000001',
              issued_at: '2026-01-05T02:10:00.000Z',
              valid_until: '2027-01-05',
              printed_at: '2026-01-05T02:12:00.000Z',
              handed_over_at: null,
              revoked_at: null,
              revoked_reason: null,
            },
          ],
          next: null,
        },
      },
      async handle(call) {
        const { limit, member_id, revoked } = call.query;
        const rows = await inLibrary(db, call.scope.library.id, (tx) =>
          listCardRows(
            tx,
            { member: member_id as MemberId | undefined, revoked },
            { after: call.cursors.after?.[0] ?? null, limit: limit + 1 },
          ),
        );
        const items = rows.slice(0, limit);
        const last = rows.length > limit ? items.at(-1) : undefined;
        return {
          status: 200,
          body: {
            items: items.map((row) =>
              pick(call.wants, {
                id: () => row.id,
                member_id: () => row.member_id,
                issued_at: () => row.issued_at.toISOString(),
                valid_until: () => row.valid_until,
                printed_at: () => row.printed_at?.toISOString() ?? null,
                handed_over_at: () => row.handed_over_at?.toISOString() ?? null,
                revoked_at: () => row.revoked_at?.toISOString() ?? null,
                revoked_reason: () => row.revoked_reason,
              }),
            ),
            next: last ? call.cursors.make([last.id]) : null,
          },
        };
      },
    }),
  ];
}
