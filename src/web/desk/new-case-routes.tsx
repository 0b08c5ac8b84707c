import { type Context, Hono } from 'hono';
import { findApplication } from '../../db/application.ts';
import { inLibrary } from '../../db/tenancy.ts';
import { checkForm } from '../../domain/check-form.ts';
import type { FormValues } from '../../domain/form-fields.ts';
import type { FormProblem } from '../../domain/form-outcome.ts';
import { familyValues } from '../../domain/form-values.ts';
import type { ApplicationId, VisitId } from '../../domain/ids.ts';
import { readFreeNumber } from '../../usecases/arrival.ts';
import { crossCheckAsNew, NOBODY_ALIKE } from '../../usecases/cross-check.ts';
import { formContextFor } from '../../usecases/form-context.ts';
import { handOverHeldCases } from '../../usecases/hand-over-held.ts';
import { linkTicket } from '../../usecases/queue-ticket.ts';
import { formValuesOf } from '../../usecases/revise-person.ts';
import { submitApplication } from '../../usecases/submit-application.ts';
import { takeDraft } from '../../usecases/take-draft.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { requirePermission } from '../middleware/session.ts';
import { readFormValues, readVillageTexts } from '../public/form-input.ts';
import { formWords } from '../public/form-words.ts';
import { VILLAGE_NAMES, type VillageName, villageViews } from '../public/villages.ts';
import { newCasePage } from './edit-page.tsx';
import { isUuid, startOf } from './input.ts';
import { show } from './queue-routes.tsx';

/** A case typed at the counter: a walk-in, the next of a family, or a form begun on a phone. */
export function newCaseRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const process = requirePermission('application.process');

  app.get('/loket/baru', process, async (c) => {
    const family = await findFamily(c, deps, c.req.query('keluarga') ?? '');
    return page(c, deps, {
      values: family?.values ?? {},
      ticketId: c.req.query('antrean') ?? '',
      familyId: family?.id ?? '',
    });
  });

  app.post('/loket/konsep', process, async (c) => {
    const code = (await readForm(c)).text('kode_konsep');
    const taken = await takeDraft(deps.db, deps, scopeOf(c, deps), code);
    if (taken.ok)
      return page(c, deps, {
        values: taken.values,
        visitId: taken.visit?.id ?? '',
        fromDraft: true,
      });
    const { queue } = textsOf(c).desk;
    c.status(taken.reason === 'not-found' ? 422 : 429);
    return show(c, deps, {
      notice: {
        tone: 'warning',
        text: taken.reason === 'not-found' ? queue.draftUnknown : queue.draftTooMany,
      },
      typedDraft: code.slice(0, 9),
    });
  });

  app.post('/loket/baru', process, async (c) => {
    const body = await readForm(c);
    const scope = scopeOf(c, deps);
    const values = readFormValues(body);
    const context = await formContextFor(deps.db, scope, 'desk', values);
    const typed = {
      values,
      texts: readVillageTexts(body),
      ticketId: body.text('antrean'),
      familyId: body.text('keluarga'),
      visitId: body.text('kunjungan'),
      submitKey: body.text('kunci'),
      startedAt: startOf(body.text('mulai'), scope.at) ?? scope.at,
    };
    const search = VILLAGE_NAMES.filter((name) => body.text('cari') === name);
    if (search.length > 0) return page(c, deps, { ...typed, search });
    const outcome = checkForm(values, context);
    if (!outcome.ok || !/^[\w-]{22,64}$/.test(typed.submitKey)) {
      c.status(422);
      const searched = VILLAGE_NAMES.filter(
        (name) => typed.texts[name] !== '' && (values[name] ?? '') === '',
      );
      return page(c, deps, { ...typed, search: searched, problems: outcome.ok ? [] : outcome.problems });
    }
    const made = await submitApplication(deps.db, deps, scope, {
      applicant: outcome.applicant,
      channel: 'desk',
      submitKey: typed.submitKey,
      language: c.get('lang'),
      visit: await findVisit(c, deps, typed.visitId),
      number: isUuid(typed.ticketId)
        ? ((await readFreeNumber(deps.db, scope, typed.ticketId)) ?? null)
        : null,
      familyOf: isUuid(typed.familyId) ? (typed.familyId as ApplicationId) : null,
      openedAt: typed.startedAt,
    });
    // Where the procedure's order lets it come first, the check is done before anybody looks.
    if (!made.repeated)
      await crossCheckAsNew(deps.db, deps, scope, {
        applicationId: made.applicationId,
        reason: NOBODY_ALIKE,
      });
    await handOverHeldCases(deps.db, deps, scope, made.applicationId);
    if (isUuid(typed.ticketId)) await linkTicket(deps.db, deps, scope, typed.ticketId, made.applicationId);
    return c.redirect(`/${c.get('library').slug}/loket/${made.applicationId}`, 303);
  });

  return app;
}

interface NewCaseState {
  readonly values: FormValues;
  readonly texts?: Readonly<Record<VillageName, string>>;
  readonly search?: readonly VillageName[];
  readonly problems?: readonly FormProblem[];
  readonly ticketId?: string;
  readonly familyId?: string;
  readonly visitId?: string;
  readonly submitKey?: string;
  readonly startedAt?: Date;
  readonly fromDraft?: boolean;
}

async function page(c: Context<LibraryEnv>, deps: WebDeps, state: NewCaseState) {
  const library = c.get('library');
  const lang = c.get('lang');
  const { values, problems = [] } = state;
  const scope = scopeOf(c, deps);
  const texts = textsOf(c).form.problems;
  const family = await findFamily(c, deps, state.familyId ?? '');
  return c.html(
    newCasePage(c, {
      fields: {
        library,
        lang,
        words: formWords(library, lang, 'officer'),
        context: await formContextFor(deps.db, scope, 'desk', values),
        action: `/${library.slug}/loket/baru`,
        values,
        errors: Object.fromEntries(problems.map(({ field, code }) => [field, texts[code]])),
        warnings: {},
        villages: await villageViews(
          deps.db,
          library,
          values,
          state.texts ?? { address_village: '', present_village: '' },
          state.search ?? [],
        ),
      },
      problems,
      submitKey: state.submitKey ?? Buffer.from(deps.randomBytes(24)).toString('base64url'),
      startedAt: state.startedAt ?? scope.at,
      ticket: await findTicket(c, deps, state.ticketId ?? ''),
      family: family ? { id: family.id, name: family.name } : null,
      visit: state.visitId === undefined || state.visitId === '' ? null : state.visitId,
      fromDraft: state.fromDraft === true,
    }),
  );
}

/** Address, guardian and contact of the family member before; never identity or consent. */
async function findFamily(c: Context<LibraryEnv>, deps: WebDeps, id: string) {
  if (!isUuid(id)) return undefined;
  const library = c.get('library');
  const row = await inLibrary(deps.db, library.id, (tx) => findApplication(tx, id as ApplicationId));
  if (!row) return undefined;
  return {
    id: row.id,
    name: row.name,
    values: familyValues(formValuesOf(row, deps.vault, library.id, 'masked')),
  };
}

async function findTicket(c: Context<LibraryEnv>, deps: WebDeps, id: string) {
  if (!isUuid(id)) return null;
  const row = await inLibrary(deps.db, c.get('library').id, (tx) =>
    tx
      .selectFrom('queue_ticket')
      .select(['id', 'number'])
      .where('id', '=', id)
      .where('application_id', 'is', null)
      .executeTakeFirst(),
  );
  return row ?? null;
}

async function findVisit(c: Context<LibraryEnv>, deps: WebDeps, id: string) {
  if (!isUuid(id)) return null;
  const row = await inLibrary(deps.db, c.get('library').id, (tx) =>
    tx
      .selectFrom('visit')
      .select(['id', 'at', 'opened_at as openedAt'])
      .where('id', '=', id as VisitId)
      .executeTakeFirst(),
  );
  return row ?? null;
}
