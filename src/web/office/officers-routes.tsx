import { type Context, Hono } from 'hono';
import type { OfficerId, ServicePointId } from '../../domain/ids.ts';
import { delegate, endDelegation } from '../../usecases/delegate.ts';
import { listOfficers } from '../../usecases/list-officers.ts';
import {
  createOfficer,
  type OfficerRefusal,
  resetPassword,
  resetSecondFactor,
  setOfficerActive,
  updateOfficer,
} from '../../usecases/manage-officer.ts';
import { expectOfficer, unlinkOfficer } from '../../usecases/sign-on.ts';
import { readProvider } from '../../usecases/sign-on-provider.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { type FormBody, readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { requireEveryFactor } from '../middleware/fresh.ts';
import { requirePermission } from '../middleware/session.ts';
import { dateOf, uuidOf } from './input.ts';
import type { FieldError } from './member-action-page.tsx';
import { conflictNotice, type Notice } from './office-page.tsx';
import type { TypedDelegation } from './officer-panels.tsx';
import {
  EMPTY_OFFICER,
  officerPage,
  officersPage,
  passwordShownPage,
  type TypedOfficer,
} from './officers-page.tsx';

/** `/pengaturan/petugas`: accounts, their roles, and who acts for whom. */
export function officerRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const manage = requirePermission('officer.manage');
  const whole = requireEveryFactor(deps);
  const base = (c: Context<LibraryEnv>) => `/${c.get('library').slug}/pengaturan/petugas`;

  app.get('/pengaturan/petugas', manage, async (c) =>
    officersPage(c, await listOfficers(deps.db, scopeOf(c, deps)), deps.now(), doneNotice(c)),
  );

  app.get('/pengaturan/petugas/baru', manage, (c) =>
    officerPage(c, {
      officer: null,
      otherAdmin: true,
      typed: EMPTY_OFFICER,
      errors: [],
      notices: [],
      now: deps.now(),
    }),
  );

  app.post('/pengaturan/petugas/baru', manage, whole, async (c) => {
    const typed = typedOf(await readForm(c));
    const outcome = await createOfficer(deps.db, deps, scopeOf(c, deps), inputOf(typed));
    // Answers with the password instead of a redirect: it is shown once and stands in no address.
    if (outcome.ok)
      return passwordShownPage(c, { name: typed.name, username: typed.username, password: outcome.password });
    c.status(422);
    return officerPage(c, {
      officer: null,
      otherAdmin: true,
      typed,
      errors: errorsOf(c, outcome),
      notices: [],
      now: deps.now(),
    });
  });

  app.get('/pengaturan/petugas/:id', manage, (c) => one(c, deps, {}));

  app.post('/pengaturan/petugas/:id', manage, whole, async (c) => {
    const id = uuidOf<OfficerId>(c.req.param('id'));
    if (!id) return c.notFound();
    const body = await readForm(c);
    const typed = typedOf(body);
    const outcome = await updateOfficer(deps.db, deps, scopeOf(c, deps), {
      ...inputOf(typed),
      officerId: id,
      version: body.text('versi'),
    });
    if (outcome.ok) return c.redirect(`${base(c)}?selesai=simpan`, 303);
    return one(c, deps, { typed, refusal: outcome });
  });

  for (const [path, active] of [
    ['tutup', false],
    ['buka', true],
  ] as const) {
    app.post(`/pengaturan/petugas/:id/${path}`, manage, whole, async (c) => {
      const id = uuidOf<OfficerId>(c.req.param('id'));
      if (!id) return c.notFound();
      const outcome = await setOfficerActive(deps.db, deps, scopeOf(c, deps), { officerId: id, active });
      if (outcome.ok) return c.redirect(`${base(c)}?selesai=${path}`, 303);
      return one(c, deps, { refusal: outcome });
    });
  }

  app.post('/pengaturan/petugas/:id/sandi', manage, whole, async (c) => {
    const id = uuidOf<OfficerId>(c.req.param('id'));
    if (!id) return c.notFound();
    const outcome = await resetPassword(deps.db, deps, scopeOf(c, deps), id);
    if (!outcome.ok) return one(c, deps, { refusal: outcome });
    const officer = (await listOfficers(deps.db, scopeOf(c, deps))).find((each) => each.id === id);
    return passwordShownPage(c, {
      name: officer?.name ?? '',
      username: officer?.username ?? '',
      password: outcome.password,
    });
  });

  app.post('/pengaturan/petugas/:id/faktor-kedua', manage, whole, async (c) => {
    const id = uuidOf<OfficerId>(c.req.param('id'));
    if (!id) return c.notFound();
    const recognised = (await readForm(c)).text('dikenali');
    const outcome = await resetSecondFactor(deps.db, deps, scopeOf(c, deps), { officerId: id, recognised });
    if (!outcome.ok && outcome.reason === 'not-recognised') {
      const text = textsOf(c).office.officers.recognition.missing;
      return one(c, deps, { errors: [{ field: 'dikenali', text }] });
    }
    if (!outcome.ok) return one(c, deps, { refusal: outcome });
    return c.redirect(`${base(c)}/${id}?selesai=faktor`, 303);
  });

  app.post('/pengaturan/petugas/:id/penyedia', manage, whole, async (c) => {
    const id = uuidOf<OfficerId>(c.req.param('id'));
    if (!id) return c.notFound();
    const typed = (await readForm(c)).text('pengenal');
    const outcome = await expectOfficer(deps.db, deps, scopeOf(c, deps), { officerId: id, typed });
    if (outcome.ok) return c.redirect(`${base(c)}/${id}?selesai=pengenal`, 303);
    switch (outcome.reason) {
      case 'expected-missing':
      case 'expected-taken':
      case 'no-provider': {
        const text = textsOf(c).signOn.officer.problems[outcome.reason];
        return one(c, deps, { errors: [{ field: 'pengenal', text }] });
      }
      default:
        return one(c, deps, { refusal: outcome });
    }
  });

  app.post('/pengaturan/petugas/:id/penyedia/lepas', manage, whole, async (c) => {
    const id = uuidOf<OfficerId>(c.req.param('id'));
    if (!id) return c.notFound();
    const outcome = await unlinkOfficer(deps.db, deps, scopeOf(c, deps), id);
    if (!outcome.ok) return one(c, deps, { refusal: outcome });
    return c.redirect(`${base(c)}/${id}?selesai=lepas`, 303);
  });

  app.post('/pengaturan/petugas/:id/delegasi', manage, whole, async (c) => {
    const id = uuidOf<OfficerId>(c.req.param('id'));
    if (!id) return c.notFound();
    const body = await readForm(c);
    const [from, until] = [dateOf(body, 'dari'), dateOf(body, 'sampai')];
    const text = textsOf(c).office.officers.delegation;
    const delegation = {
      role: body.text('peran'),
      kind: body.text('jenis'),
      from: from.text,
      until: until.text,
    };
    const again = (field: string, said: string) =>
      one(c, deps, { delegation, errors: [{ field, text: said }] });
    if (!from.date) return again('dari', text.datesMissing);
    if (!until.date) return again('sampai', text.datesMissing);
    const outcome = await delegate(deps.db, deps, scopeOf(c, deps), {
      ...delegation,
      officerId: id,
      from: from.date,
      until: until.date,
    });
    if (outcome.ok) return c.redirect(`${base(c)}/${id}?selesai=delegasi`, 303);
    if (outcome.reason === 'dates') return again('sampai', text.datesWrong);
    if (outcome.reason === 'unknown-role') return again('peran-delegasi', text.roleMissing);
    if (outcome.reason === 'own-account') return one(c, deps, { refusedDelegation: true });
    return c.notFound();
  });

  app.post('/pengaturan/petugas/:id/delegasi/:delegation/akhiri', manage, whole, async (c) => {
    const id = uuidOf<string>(c.req.param('delegation'));
    if (!id) return c.notFound();
    const outcome = await endDelegation(deps.db, deps, scopeOf(c, deps), id);
    if (!outcome.ok && outcome.reason === 'own-account') return one(c, deps, { refusedDelegation: true });
    if (!outcome.ok) return c.notFound();
    return c.redirect(`${base(c)}/${c.req.param('id')}?selesai=delegasi-akhir`, 303);
  });

  return app;
}

function typedOf(body: FormBody): TypedOfficer {
  return {
    username: body.text('nama-pengguna'),
    name: body.text('nama'),
    roles: body.texts('peran'),
    servicePointId: body.text('titik'),
  };
}

function inputOf(typed: TypedOfficer) {
  return { ...typed, servicePointId: uuidOf<ServicePointId>(typed.servicePointId) ?? null };
}

function errorsOf(c: Context<LibraryEnv>, refusal: OfficerRefusal): readonly FieldError[] {
  const text = textsOf(c).office.officers.problems;
  if (refusal.reason !== 'invalid') return [];
  const fields = {
    'username-invalid': 'nama-pengguna',
    'username-taken': 'nama-pengguna',
    'name-missing': 'nama',
    'no-role': 'peran',
    'unknown-service-point': 'titik',
  } as const;
  return [{ field: fields[refusal.problem], text: text[refusal.problem] }];
}

/** One account, with what was typed and why it was refused. */
async function one(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  shown: {
    readonly typed?: TypedOfficer;
    readonly refusal?: OfficerRefusal;
    readonly errors?: readonly FieldError[];
    /** Somebody tried to appoint themselves, or to end their own appointment. */
    readonly refusedDelegation?: boolean;
    readonly delegation?: TypedDelegation;
  },
) {
  const all = await listOfficers(deps.db, scopeOf(c, deps));
  const officer = all.find((each) => each.id === c.req.param('id'));
  if (!officer || shown.refusal?.reason === 'not-found' || shown.refusal?.reason === 'not-allowed')
    return c.notFound();
  const { office } = textsOf(c);
  const notices: Notice[] = [...doneNotice(c)];
  if (shown.refusal?.reason === 'changed-meanwhile')
    notices.push(conflictNotice(c, `/${c.get('library').slug}/pengaturan/petugas/${officer.id}`));
  if (shown.refusal?.reason === 'last-admin' || shown.refusal?.reason === 'own-account')
    notices.push({ tone: 'danger', text: office.officers.problems[shown.refusal.reason] });
  if (shown.refusal?.reason === 'own-roles')
    notices.push({
      tone: 'danger',
      text: office.officers.own[shown.refusal.otherAdmin ? 'roles' : 'rolesAlone'],
    });
  if (shown.refusedDelegation) {
    c.status(422);
    notices.push({ tone: 'danger', text: office.officers.own.delegation });
  }
  const errors = [...(shown.errors ?? []), ...(shown.refusal ? errorsOf(c, shown.refusal) : [])];
  if (errors.length > 0 || shown.refusal) c.status(shown.refusal?.reason === 'changed-meanwhile' ? 409 : 422);
  return officerPage(c, {
    officer,
    otherAdmin: all.some((each) => each.active && each.roles.includes('admin') && each.id !== officer.id),
    typed: shown.typed ?? {
      username: officer.username,
      name: officer.name,
      roles: officer.roles,
      servicePointId: officer.servicePointId ?? '',
    },
    errors,
    notices,
    delegation: shown.delegation,
    claim: (await readProvider(deps.db, scopeOf(c, deps)))?.claim,
    now: deps.now(),
  });
}

function doneNotice(c: Context<LibraryEnv>): readonly Notice[] {
  const { office, signOn } = textsOf(c);
  const words: Readonly<Record<string, string>> = {
    ...office.officers.done,
    pengenal: signOn.officer.done.expected,
    lepas: signOn.officer.done.unlinked,
  };
  const text = words[c.req.query('selesai') ?? ''];
  return text === undefined ? [] : [{ tone: 'success', text }];
}
