import { type Context, Hono } from 'hono';
import { checkForm } from '../../domain/check-form.ts';
import type { FormWarningCode } from '../../domain/form-outcome.ts';
import { type CarriedVisit, findCarriedVisit } from '../../usecases/carry-visit.ts';
import { formContextFor } from '../../usecases/form-context.ts';
import { submitApplication } from '../../usecases/submit-application.ts';
import type { LibraryEnv, WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { readFormValues, readVillageTexts } from '../public/form-input.ts';
import type { FormPlace } from '../public/form-page.tsx';
import { showForm, smallForms } from '../public/form-routes.tsx';
import { VILLAGE_NAMES } from '../public/villages.ts';
import { waitPage } from '../wait-page.tsx';
import { currentVisitor, type Kiosk, keepOpened, keepVisitor, openedAt } from './device-cookie.ts';
import type { KioskGuard } from './kiosk-guard.ts';
import { keptKey } from './kiosk-layout.tsx';

/** A visitor cannot put these right: the officer sees them beside the document. */
const FOR_THE_OFFICER: readonly FormWarningCode[] = ['nik_prefix_unknown', 'nik_serial_zero'];

type KioskEnv = LibraryEnv & { Variables: { kiosk: Kiosk } };

/**
 * `/{library}/buku-tamu/daftar`: the registration form at the kiosk. The guest-book entry fills what it knows and its
 * time is the arrival; no draft stays on the device; after sending, the ticket is shown and the screen is cleared.
 */
export function registerRoutes(deps: WebDeps, guard: KioskGuard): Hono<KioskEnv> {
  const app = new Hono<KioskEnv>();

  app.get('/daftar', async (c) => {
    const visit = await visitOf(c, deps);
    keepOpened(plain(c), c.get('kiosk').scope.at);
    return showForm(plain(c), deps, { values: visit?.values ?? {}, fresh: true, place: placeOf(c) });
  });

  app.post('/daftar', smallForms(), async (c) => {
    const { scope, device } = c.get('kiosk');
    const wait = guard.limitAct('form', device.id);
    if (wait !== null) return waitPage(plain(c), wait);
    const body = await readForm(c);
    const values = readFormValues(body);
    const typed = {
      values,
      villageTexts: readVillageTexts(body),
      submitKey: keptKey(body.text('kunci'), deps.randomBytes),
      place: placeOf(c),
    };
    const searched = VILLAGE_NAMES.find((name) => name === body.text('cari'));
    if (searched) return showForm(plain(c), deps, { ...typed, search: [searched] });
    const outcome = checkForm(values, await formContextFor(deps.db, scope, 'kiosk', values));
    if (!outcome.ok) {
      const search = VILLAGE_NAMES.filter(
        (name) =>
          typed.villageTexts[name].trim() !== '' &&
          outcome.problems.some((problem) => problem.field === name),
      );
      c.status(422);
      return showForm(plain(c), deps, { ...typed, problems: outcome.problems, search });
    }
    const warnings = outcome.warnings.filter((warning) => !FOR_THE_OFFICER.includes(warning.code));
    if (warnings.length > 0 && body.text('yakin') !== '1')
      return showForm(plain(c), deps, { ...typed, warnings });
    const visit = await visitOf(c, deps);
    const submitted = await submitApplication(deps.db, deps, scope, {
      applicant: outcome.applicant,
      channel: 'kiosk',
      submitKey: typed.submitKey,
      language: c.get('lang'),
      visit: visit ?? null,
      familyOf: null,
      openedAt: openedAt(plain(c), scope.at),
    });
    keepVisitor(plain(c), { statusToken: submitted.token, ticketCode: submitted.ticketCode });
    return c.redirect(`/${scope.library.slug}/buku-tamu/terdaftar`, 303);
  });

  return app;
}

function plain(c: Context<KioskEnv>): Context<LibraryEnv> {
  return c as unknown as Context<LibraryEnv>;
}

function placeOf(c: Context<KioskEnv>): FormPlace {
  return { channel: 'kiosk', action: `/${c.get('library').slug}/buku-tamu/daftar`, handOver: null };
}

async function visitOf(c: Context<KioskEnv>, deps: WebDeps): Promise<CarriedVisit | undefined> {
  const { visitId } = currentVisitor(plain(c));
  return visitId === undefined ? undefined : findCarriedVisit(deps.db, c.get('kiosk').scope, visitId);
}
