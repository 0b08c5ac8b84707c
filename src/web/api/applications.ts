import { z } from 'zod';
import { type ApiApplicationRow, findApplicationRow, listApplicationRows } from '../../db/api-list.ts';
import { inLibrary } from '../../db/tenancy.ts';
import { APPLICATION_STATES } from '../../domain/application.ts';
import { checkForm } from '../../domain/check-form.ts';
import { CHECKED, FIELD_NAMES, type FieldName, type FormValues, getField } from '../../domain/form-fields.ts';
import type { FormWarningCode } from '../../domain/form-outcome.ts';
import type { ApplicationId } from '../../domain/ids.ts';
import { texts } from '../../i18n/index.ts';
import { formContextFor } from '../../usecases/form-context.ts';
import { recordView } from '../../usecases/record-view.ts';
import { submitApplication } from '../../usecases/submit-application.ts';
import type { WebDeps } from '../env.ts';
import { inBackground } from './background.ts';
import { type Call, type Operation, operation } from './operation.ts';
import { askedMoment, byId, listed, moment, pageOf, pick, shown, text, uuid } from './schemas.ts';

const APPLICATION_FIELDS = [
  'id',
  'ticket_code',
  'state',
  'state_since',
  'channel',
  'member_type',
  'service_point_id',
  'submitted_at',
  'closed_at',
  'member_id',
  'decision_reason',
  'version',
  'name',
] as const;

const application = z
  .object({
    id: uuid,
    ticket_code: z.string(),
    state: z.enum(APPLICATION_STATES),
    state_since: moment,
    channel: z.enum(['phone', 'kiosk', 'desk', 'import', 'api']),
    member_type: z.string(),
    service_point_id: uuid,
    submitted_at: moment.nullable(),
    closed_at: moment.nullable(),
    member_id: uuid.nullable(),
    decision_reason: z.string().nullable(),
    version: z.int(),
    /** Null without `applications.names`. */
    name: z.string().nullable(),
  })
  .partial()
  .required({ id: true });

/** A person cannot put these right: the officer sees them beside the document, as with the form for everybody. */
const FOR_THE_OFFICER: readonly FormWarningCode[] = ['nik_prefix_unknown', 'nik_serial_zero'];
const LONGEST = 500;

/** The fields of the registration form under their own names; boxes are true or false. What is asked of whom is the form's rule. */
const formShape = Object.fromEntries(
  FIELD_NAMES.map((name): [FieldName, z.ZodOptional] => {
    const field = getField(name);
    if (field.kind === 'checkbox') return [name, z.boolean().optional()];
    return [name, text(field.kind === 'digits' ? LONGEST : (field.maxLength ?? LONGEST)).optional()];
  }),
) as Readonly<Record<FieldName, z.ZodOptional>>;

const body = z.strictObject({
  ...formShape,
  consent_version: text(40).describe(
    'Version of the texts that the person has read: `consents.version` of `GET /library`.',
  ),
  language: z.enum(['id', 'en']).optional(),
  confirmed: z
    .boolean()
    .optional()
    .describe('That what looks unusual is right; asked for by the problem `needs-confirmation`.'),
});

const sent = z.object({
  id: uuid,
  ticket_code: z.string(),
  state: z.enum(APPLICATION_STATES),
  status_url: z.url().describe("Secret: the applicant's own page."),
});

const ID = '01890000-0000-7000-8000-0000000000d1';
const EXAMPLE = {
  id: ID,
  ticket_code: 'K7M-4QX',
  state: 'submitted',
  state_since: '2026-01-05T02:10:00.000Z',
  channel: 'api',
  member_type: 'UMUM',
  service_point_id: '01890000-0000-7000-8000-0000000000aa',
  submitted_at: '2026-01-05T02:10:00.000Z',
  closed_at: null,
  member_id: null,
  decision_reason: null,
  version: 0,
  name: null,
};

/** `/applications`: registrations that a website takes, and what became of them. */
export function applicationOperations(deps: WebDeps): readonly Operation[] {
  const { db } = deps;

  function show(call: Pick<Call<never, never, never>, 'wants' | 'client'>, row: ApiApplicationRow) {
    const named = call.client.scopes.includes('applications.names');
    return pick(call.wants, {
      id: () => row.id,
      ticket_code: () => row.ticket_code,
      state: () => row.state,
      state_since: () => row.state_effective_at.toISOString(),
      channel: () => row.channel,
      member_type: () => row.member_type,
      service_point_id: () => row.service_point_id,
      submitted_at: () => row.submitted_at?.toISOString() ?? null,
      closed_at: () => row.closed_at?.toISOString() ?? null,
      member_id: () => row.member_id,
      decision_reason: () => row.decision_reason,
      version: () => row.version,
      name: () => (named && row.name !== '' ? row.name : null),
    });
  }

  function noteViews(call: Call<never, never, never>, rows: readonly ApiApplicationRow[]): void {
    if (!call.wants('name') || !call.client.scopes.includes('applications.names')) return;
    inBackground(
      deps,
      call.scope,
      Promise.all(
        rows.map(({ id }) =>
          recordView(db, deps, call.scope, {
            action: 'application.view',
            subjectKind: 'application',
            subjectId: id,
          }),
        ),
      ),
    );
  }

  return [
    operation({
      id: 'submitApplication',
      method: 'POST',
      path: '/applications',
      tag: 'applications',
      scope: 'applications.write',
      body,
      answer: sent,
      status: 201,
      once: true,
      problems: ['needs-confirmation'],
      example: {
        body: {
          document_type: 'ktp',
          document_number: '9901011705900001',
          name: 'Contoh Pemohon',
          birth_place: 'Sukacontoh',
          birth_date: '1990-05-17',
          sex: 'L',
          address_line: 'Jalan Contoh 1',
          address_rt: '3',
          address_rw: '12',
          address_village: '99.01.01.2001',
          present_same: 'same',
          phone: '0812 0000 1111',
          member_type: 'UMUM',
          acknowledged: true,
          consent_photo_on_card: true,
          consent_messages: false,
          consent_version: '2026-1',
        },
        answer: {
          id: ID,
          ticket_code: 'K7M-4QX',
          state: 'submitted',
          status_url: 'https://perpus.contoh.test/banyuwangi/permohonan/AAAAAAAAAAAAAAAAAAAAAA',
        },
      },
      async handle(call) {
        const { scope, client } = call;
        const { library } = scope;
        const { confirmed = false, language = 'id', ...typed } = call.body;
        const values = Object.fromEntries(
          Object.entries(typed)
            .map(([name, value]) => [name, value === true ? CHECKED : value])
            .filter(([, value]) => typeof value === 'string'),
        ) as FormValues;
        const form = texts(client.settings.language).form;
        const outcome = checkForm(values, await formContextFor(db, scope, 'phone', values));
        if (!outcome.ok)
          return {
            problem: 'invalid-content',
            errors: outcome.problems.map(({ field, code }) => ({
              pointer: `#/${field}`,
              code,
              detail: form.problems[code],
            })),
          };
        const warnings = outcome.warnings.filter(({ code }) => !FOR_THE_OFFICER.includes(code));
        if (warnings.length > 0 && !confirmed)
          return {
            problem: 'needs-confirmation',
            errors: warnings.map(({ field, code }) => ({
              pointer: `#/${field}`,
              code,
              detail: form.warnings[code],
            })),
          };
        const made = await submitApplication(db, deps, scope, {
          applicant: outcome.applicant,
          channel: 'api',
          submitKey: `api|${client.id}|${call.onceKey}`,
          language,
          visit: null,
          familyOf: null,
          openedAt: null,
        });
        return {
          status: 201,
          body: {
            id: made.applicationId,
            ticket_code: made.ticketCode,
            state: made.state,
            status_url: `${call.origin}/${library.slug}/permohonan/${made.token}`,
          },
        };
      },
    }),
    operation({
      id: 'listApplications',
      method: 'GET',
      path: '/applications',
      tag: 'applications',
      scope: 'applications.read',
      query: listed.extend({
        state: z.enum(APPLICATION_STATES).optional(),
        submitted_since: askedMoment.optional(),
      }),
      answer: pageOf(application),
      fields: APPLICATION_FIELDS,
      example: {
        query: { state: 'submitted', limit: '1' },
        answer: { items: [EXAMPLE], next: null },
      },
      async handle(call) {
        const { limit, state, submitted_since } = call.query;
        const rows = await inLibrary(db, call.scope.library.id, (tx) =>
          listApplicationRows(
            tx,
            { state, submittedSince: submitted_since },
            { after: call.cursors.after?.[0] ?? null, limit: limit + 1 },
          ),
        );
        const items = rows.slice(0, limit);
        noteViews(call as unknown as Call<never, never, never>, items);
        const last = rows.length > limit ? items.at(-1) : undefined;
        return {
          status: 200,
          body: {
            items: items.map((row) => show(call, row)),
            next: last ? call.cursors.make([last.id]) : null,
          },
        };
      },
    }),
    operation({
      id: 'getApplication',
      method: 'GET',
      path: '/applications/{id}',
      tag: 'applications',
      scope: 'applications.read',
      params: byId,
      query: shown,
      answer: application,
      fields: APPLICATION_FIELDS,
      problems: ['not-found'],
      example: { answer: EXAMPLE },
      async handle(call) {
        const row = await inLibrary(db, call.scope.library.id, (tx) =>
          findApplicationRow(tx, call.params.id as ApplicationId),
        );
        if (!row) return { problem: 'not-found' };
        noteViews(call as unknown as Call<never, never, never>, [row]);
        return { status: 200, version: row.version, body: show(call, row) };
      },
    }),
  ];
}
