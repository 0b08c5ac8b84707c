import { expect, test } from 'vitest';
import type { ApplicationEventRow } from '../db/application.ts';
import type { ApplicationId, LibraryId, ServicePointId } from '../domain/ids.ts';
import { banyuwangi } from '../presets/banyuwangi.ts';
import { stepTimeRows } from './case-clock.ts';
import type { Scope } from './context.ts';

const servicePointId = 'point' as ServicePointId;
const officer = 'officer';

function row(time: string, kind: string, more: Partial<ApplicationEventRow>): ApplicationEventRow {
  const at = new Date(`2026-03-02T${time}+07:00`);
  return {
    library_id: 1 as LibraryId,
    id: time + kind + (more.act ?? ''),
    application_id: 'case' as ApplicationId,
    at,
    effective_at: at,
    kind,
    act: null,
    from_state: null,
    to_state: null,
    started_at: null,
    place: 'counter',
    round: 0,
    actor_kind: 'officer',
    actor_id: officer,
    service_point_id: servicePointId,
    reason: null,
    ...more,
  };
}

test('a walk-in typed by the officer is in the officer’s hands: what follows is work, not waiting', () => {
  const scope = {
    library: { id: 1 as LibraryId, settings: banyuwangi.settings, procedure: banyuwangi.procedure },
    actor: { kind: 'system' },
    at: new Date('2026-03-02T10:00:00+07:00'),
    requestId: 'test',
  } as unknown as Scope;
  const events = [
    row('09:00:00', 'arrived', { act: 'arrive' }),
    row('09:05:00', 'submitted', {
      act: 'fill_form',
      started_at: new Date('2026-03-02T09:01:00+07:00'),
      from_state: 'draft',
      to_state: 'in_review',
    }),
    row('09:07:00', 'act', { act: 'see_identity' }),
    row('09:07:00', 'act', { act: 'verify' }),
    row('09:09:00', 'act', { act: 'photo', started_at: new Date('2026-03-02T09:08:00+07:00') }),
    row('09:10:00', 'act', { act: 'issue_card', to_state: 'approved', from_state: 'in_review' }),
    row('09:11:00', 'act', { act: 'hand_over', to_state: 'completed', from_state: 'approved' }),
  ];
  const point = { id: 'case' as ApplicationId, procedure_version: 1, service_point_id: servicePointId };
  const times = new Map(
    stepTimeRows(scope, point, banyuwangi.procedure, events).map((step) => [step.first_step, step]),
  );
  expect(times.get(2)).toMatchObject({ outcome: 'done', working_seconds: 120, waiting_seconds: 0 });
  expect(times.get(3)).toMatchObject({ outcome: 'done', working_seconds: 240 });
  expect(times.get(5)).toMatchObject({ outcome: 'done', working_seconds: 180, waiting_seconds: 0 });
  expect(times.get(6)).toMatchObject({ outcome: 'done', working_seconds: 60, waiting_seconds: 0 });
});
