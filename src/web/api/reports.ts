import { z } from 'zod';
import { readPeriod } from '../../domain/report-period.ts';
import { readMonth } from '../../usecases/report-month.ts';
import type { WebDeps } from '../env.ts';
import { type Operation, operation } from './operation.ts';

const counts = z.record(z.string(), z.int());

const month = z.object({
  month: z.string(),
  running: z.boolean(),
  sheet: z.enum(['open', 'checked', 'signed']),
  digest: z.string(),
  members: z.object({ opening: counts, closing: counts, registered: counts, renewals: z.int() }),
  applications: z.object({ opening: z.int(), closing: z.int(), totals: counts }),
  visits: z.object({
    persons: z.int(),
    by_kind: counts,
    service_days: z.int(),
    mean_per_service_day: z.number().nullable(),
    by_purpose: z.array(z.object({ purpose: z.string(), persons: z.int() })),
  }),
});

const YYYY_MM = '2026-01';

/** `/reports`: the figures of a month, no person in them. */
export function reportOperations(deps: WebDeps): readonly Operation[] {
  return [
    operation({
      id: 'getMonth',
      method: 'GET',
      path: '/reports/months/{month}',
      tag: 'reports',
      scope: 'reports.read',
      params: z.strictObject({
        month: z
          .string()
          .regex(/^\d{4}-(?:0[1-9]|1[0-2])$/)
          .refine((typed) => readPeriod(typed)?.kind === 'month'),
      }),
      answer: month,
      problems: ['not-found'],
      example: {
        answer: {
          month: YYYY_MM,
          running: false,
          sheet: 'signed',
          digest: '0c5e',
          members: {
            opening: { registered: 1200, active: 900 },
            closing: { registered: 1260, active: 950 },
            registered: { joined: 64, reactivated: 0, ended: 4 },
            renewals: 31,
          },
          applications: { opening: 5, closing: 3, totals: { new: 70, approved: 64 } },
          visits: {
            persons: 4100,
            by_kind: { member: 2900, non_member: 700, group: 500 },
            service_days: 26,
            mean_per_service_day: 157.7,
            by_purpose: [{ purpose: 'BACA', persons: 2500 }],
          },
        },
      },
      async handle(call) {
        const report = await readMonth(deps.db, deps, call.scope, call.params.month, null);
        const { standing } = report;
        const figures = standing?.figures ?? report.live;
        const { movement } = figures.members;
        return {
          status: 200,
          body: {
            month: report.month,
            running: report.running,
            sheet: standing === null ? 'open' : standing.signed === null ? 'checked' : 'signed',
            digest: standing?.digest ?? report.liveDigest,
            members: {
              opening: movement.opening,
              closing: movement.closing,
              registered: movement.registered,
              renewals: movement.renewals,
            },
            applications: { ...figures.cases.waiting, totals: figures.cases.totals },
            visits: {
              persons: figures.visits.persons,
              by_kind: figures.visits.byKind,
              service_days: figures.visits.serviceDays,
              mean_per_service_day: figures.visits.meanPerServiceDay,
              by_purpose: figures.visits.byPurpose.map(({ value, persons }) => ({ purpose: value, persons })),
            },
          },
        };
      },
    }),
  ];
}
