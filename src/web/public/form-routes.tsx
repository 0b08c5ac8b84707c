import { type Context, Hono } from 'hono';
import { checkForm } from '../../domain/check-form.ts';
import type { FieldName, FormValues } from '../../domain/form-fields.ts';
import type { FormProblem, FormWarning, FormWarningCode } from '../../domain/form-outcome.ts';
import type { Actor } from '../../usecases/context.ts';
import { formContext, formContextFor } from '../../usecases/form-context.ts';
import { submitApplication } from '../../usecases/submit-application.ts';
import { deleteDraft, findDraft, type TakenDraft } from '../../usecases/take-draft.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { tooLargePage } from '../error-pages.tsx';
import { type FormBody, readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { deviceToken } from '../kiosk/device-cookie.ts';
import { limitBody } from '../middleware/limit-body.ts';
import { waitPage } from '../wait-page.tsx';
import { openFormGuard } from './form-guard.ts';
import { readFormValues, readVillageTexts } from './form-input.ts';
import { type FormPageState, type FormPlace, formPage } from './form-page.tsx';
import { formWords } from './form-words.ts';
import { searchVillages, VILLAGE_NAMES, type VillageName, villageViews } from './villages.ts';

/** The widest form is under 10 kB; nobody needs more. */
const LARGEST_FORM = 64 * 1024;
/** A person cannot put these right: the officer sees them beside the document. */
const FOR_THE_OFFICER: readonly FormWarningCode[] = ['nik_prefix_unknown', 'nik_serial_zero'];
const CITIZEN: Actor = { kind: 'applicant' };

/** A posted page may not be larger than this; files have a limit of their own. */
export function smallForms() {
  return limitBody(LARGEST_FORM, tooLargePage);
}

/** `/{library}/daftar`: the registration form on a citizen's own device, and the search for villages. */
export function formRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const guard = openFormGuard(deps);

  app.get('/daftar', async (c) => {
    c.header('Cache-Control', 'no-store');
    const token = c.req.query('lanjut') ?? '';
    // A kiosk has a form of its own, which leaves nothing on the device.
    if (token === '' && deviceToken(c) !== null)
      return c.redirect(`/${c.get('library').slug}/buku-tamu/daftar`, 303);
    if (token !== '') c.header('Referrer-Policy', 'no-referrer');
    const draft = token === '' ? null : await findDraft(deps.db, deps, scopeOf(c, deps, CITIZEN), token);
    const found = draft?.ok === true;
    return showForm(c, deps, {
      values: found ? draft.values : {},
      continues: found ? token : '',
      note: draft === null ? null : found ? 'continued' : 'continue-expired',
      fresh: true,
    });
  });

  app.post('/daftar', smallForms(), async (c) => {
    c.header('Cache-Control', 'no-store');
    const body = await readForm(c);
    const pass = guard.begin(c.get('library').id, c.get('clientAddress'), body.text('bukti'));
    const limited = await pass.request();
    const values = readFormValues(body);
    const typed = typedState(deps, body, values);
    if (limited !== null) return refuse(c, limited);
    const searched = VILLAGE_NAMES.find((name) => name === body.text('cari'));
    if (searched) return showForm(c, deps, { ...typed, search: [searched] });

    const scope = scopeOf(c, deps, CITIZEN);
    const outcome = checkForm(values, await formContextFor(deps.db, scope, 'phone', values));
    if (!outcome.ok) {
      // A village that was typed and not chosen: the choices stand there with the error.
      const search = VILLAGE_NAMES.filter(
        (name) =>
          typed.villageTexts[name].trim() !== '' &&
          outcome.problems.some((problem) => problem.field === name),
      );
      c.status(422);
      return showForm(c, deps, { ...typed, problems: outcome.problems, search });
    }
    const warnings = outcome.warnings.filter((warning) => !FOR_THE_OFFICER.includes(warning.code));
    if (warnings.length > 0 && body.text('yakin') !== '1') return showForm(c, deps, { ...typed, warnings });

    const wait = await pass.form();
    if (wait !== null) return refuse(c, wait);
    const draft = await continuedDraft(c, deps, typed.continues);
    const submitted = await submitApplication(deps.db, deps, scope, {
      applicant: outcome.applicant,
      channel: 'phone',
      submitKey: typed.submitKey,
      language: c.get('lang'),
      visit: draft?.visit ?? null,
      familyOf: null,
      openedAt: null,
    });
    if (draft) await deleteDraft(deps.db, deps, scope, typed.continues);
    return c.redirect(`/${scope.library.slug}/permohonan/${submitted.token}`, 303);
  });

  app.get('/wilayah', async (c) => {
    const text = c.req.query('q') ?? '';
    const limited = guard.limitSearch(c.get('clientAddress'));
    if (limited !== null) return c.json([], 429, { 'Retry-After': String(limited) });
    const hits = await searchVillages(deps.db, c.get('library'), text);
    c.header('Cache-Control', 'public, max-age=86400');
    return c.json(hits.map(({ code, path }) => [code, path]));
  });

  async function refuse(c: Context<LibraryEnv>, seconds: number) {
    return waitPage(c, seconds, { challenge: await guard.challenge(c.get('library').id) });
  }

  return app;
}

interface TypedState {
  readonly values: FormValues;
  readonly villageTexts: Readonly<Record<VillageName, string>>;
  readonly submitKey: string;
  readonly continues: string;
}

function typedState(deps: WebDeps, body: FormBody, values: FormValues): TypedState {
  return {
    values,
    villageTexts: readVillageTexts(body),
    submitKey: isSubmitKey(body.text('kunci')) ? body.text('kunci') : newSubmitKey(deps),
    continues: body.text('lanjut'),
  };
}

async function continuedDraft(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  token: string,
): Promise<TakenDraft | null> {
  if (token === '') return null;
  const draft = await findDraft(deps.db, deps, scopeOf(c, deps, CITIZEN), token);
  return draft.ok ? draft : null;
}

/** What a form page may differ in; everything else follows from the answers. */
export interface ShownForm {
  readonly values: FormValues;
  readonly villageTexts?: Readonly<Record<VillageName, string>>;
  readonly submitKey?: string;
  readonly continues?: string;
  readonly problems?: readonly FormProblem[];
  readonly warnings?: readonly FormWarning[];
  readonly note?: FormPageState['note'];
  readonly fresh?: boolean;
  /** Village boxes whose text is searched now. */
  readonly search?: readonly VillageName[];
  /** Another place than the citizen's own device: the kiosk. */
  readonly place?: FormPlace;
}

/** Draws the registration form with what was typed so far. */
export async function showForm(c: Context<LibraryEnv>, deps: WebDeps, shown: ShownForm): Promise<Response> {
  const library = c.get('library');
  const lang = c.get('lang');
  const { form } = textsOf(c);
  const base = `/${library.slug}/daftar`;
  const place = shown.place ?? { channel: 'phone', action: base, handOver: `${base}/lanjutkan` };
  const { values, problems = [], warnings = [] } = shown;
  const villageTexts = shown.villageTexts ?? { address_village: '', present_village: '' };
  const state: FormPageState = {
    view: {
      library,
      lang,
      words: formWords(library, lang),
      context: formContext(scopeOf(c, deps, CITIZEN), place.channel),
      action: place.action,
      values,
      errors: messages(problems, form.problems),
      warnings: messages(warnings, form.warnings),
      villages: await villageViews(deps.db, library, values, villageTexts, shown.search ?? []),
    },
    place,
    submitKey: shown.submitKey ?? newSubmitKey(deps),
    continues: shown.continues ?? '',
    problems,
    warnings,
    note: shown.note ?? null,
    fresh: shown.fresh ?? false,
  };
  return c.html(formPage(c, state));
}

/** A key of at least 128 bits as this service makes them: a client's own short one could meet another person's. */
function isSubmitKey(key: string): boolean {
  return /^[A-Za-z0-9_-]{22,64}$/.test(key);
}

export function newSubmitKey(deps: Pick<WebDeps, 'randomBytes'>): string {
  return Buffer.from(deps.randomBytes(16)).toString('base64url');
}

export function messages<Code extends string>(
  found: readonly { readonly field: FieldName; readonly code: Code }[],
  words: Readonly<Record<Code, string>>,
): Partial<Record<FieldName, string>> {
  return Object.fromEntries(found.map(({ field, code }) => [field, words[code]]));
}
