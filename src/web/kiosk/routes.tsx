import { type Context, Hono } from 'hono';
import { EDUCATIONS, OCCUPATIONS, SEXES } from '../../domain/applicant.ts';
import { findCarriedVisit, handOverToPhone } from '../../usecases/carry-visit.ts';
import { describeVisit } from '../../usecases/describe-visit.ts';
import { pairDevice } from '../../usecases/pair-device.ts';
import { QUEUE_PRIORITIES } from '../../usecases/queue-ticket.ts';
import { type ReadMember, readMember, recordVisit, type Visitor } from '../../usecases/record-visit.ts';
import { takeNumber } from '../../usecases/take-number.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { type FormBody, readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { smallForms } from '../public/form-routes.tsx';
import { waitPage } from '../wait-page.tsx';
import {
  clearDeviceCookie,
  currentVisitor,
  deviceToken,
  forgetVisitor,
  type Kiosk,
  keepOpened,
  keepVisitor,
  kioskOf,
  openedAt,
  setDeviceCookie,
} from './device-cookie.ts';
import { numberPage, phonePage, sentPage, takeNumberPage, thanksPage } from './end-pages.tsx';
import { groupOf, readGroupValues, shownProblems } from './group-form.tsx';
import { groupPage } from './group-page.tsx';
import { refuseStranger, toStart } from './kiosk-answers.tsx';
import { openKioskGuard } from './kiosk-guard.ts';
import { keptKey, newKey, noStore } from './kiosk-layout.tsx';
import { memberPage, purposePage } from './member-page.tsx';
import { registerRoutes } from './register-routes.tsx';
import { enrolPage, startPage } from './start-page.tsx';

/**
 * `/{library}/buku-tamu`: the guest book on enrolled devices. Every answer to a number is the same whether it exists or
 * not; nothing of a visitor stands in an address or stays in the browser; only the start page is shown to a stranger's
 * device, as a field for the pairing code.
 */
export function kioskRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const guard = openKioskGuard(deps);
  const read = (c: Context<LibraryEnv>, code: string): ReadMember =>
    readMember(deps, c.get('library'), code, deps.now());

  app.get('/buku-tamu', async (c) => {
    noStore(c);
    forgetVisitor(c);
    const token = deviceToken(c);
    const kiosk = await kioskOf(c, deps);
    if (!kiosk || token === null) {
      if (token !== null) clearDeviceCookie(c);
      return c.html(enrolPage(c, null));
    }
    setDeviceCookie(c, token);
    return c.html(startPage(c));
  });

  app.post('/buku-tamu/pasang', smallForms(), async (c) => {
    noStore(c);
    const { enrol } = textsOf(c).kiosk;
    const library = c.get('library');
    const wait = guard.limitPairing(library.id, c.get('clientAddress'));
    if (wait !== null) return waitPage(c, wait);
    const body = await readForm(c);
    const paired = await pairDevice(deps.db, deps, scopeOf(c, deps), body.text('kode'), 'kiosk');
    if (!paired.ok) return c.html(enrolPage(c, enrol.wrong), 422);
    setDeviceCookie(c, paired.token);
    return c.redirect(`/${library.slug}/buku-tamu`, 303);
  });

  app.post('/buku-tamu', smallForms(), (c) => recordRoute(c));

  async function recordRoute(c: Context<LibraryEnv>) {
    noStore(c);
    const library = c.get('library');
    const token = deviceToken(c);
    if (token === null) return refuseStranger(c);
    const wait = guard.visits.take(token);
    if (wait !== null) return waitPage(c, wait);
    const body = await readForm(c);
    const code = body.text('kode');
    const visitor = readVisitor(body, (typed) => read(c, typed));
    if (visitor === undefined) return c.redirect(`/${library.slug}/buku-tamu`, 303);
    if (!('kind' in visitor)) return c.html(memberPage(c, problemText(c, visitor)), 422);
    const submitKey = keptKey(body.text('kunci'), deps.randomBytes);
    const at = deps.now();
    const outcome = await recordVisit(
      deps.db,
      deps,
      library,
      at,
      { by: 'device', tokenHash: deps.vault.hash(library.id, 'token', token) },
      { visitor, purpose: body.text('tujuan'), submitKey, openedAt: openedAt(c, at) },
    );
    if (outcome.ok) {
      guard.visits.isKnown(token);
      keepVisitor(c, { visitId: outcome.visitId, kind: visitor.kind });
      return c.redirect(`/${library.slug}/buku-tamu/selesai`, 303);
    }
    switch (outcome.reason) {
      case 'not-enrolled':
        return refuseStranger(c);
      case 'invalid': {
        // A page that tells what is wrong is for an enrolled device only.
        if (!(await kioskOf(c, deps))) return refuseStranger(c);
        guard.visits.isKnown(token);
        if (visitor.kind !== 'group')
          return c.html(purposePage(c, { kind: visitor.kind, code, submitKey, missing: true }), 422);
        return c.html(
          groupPage(c, {
            values: readGroupValues(body),
            purpose: body.text('tujuan'),
            submitKey,
            problems: shownProblems(outcome.problems, textsOf(c).kiosk),
          }),
          422,
        );
      }
    }
  }

  const inside = new Hono<LibraryEnv & { Variables: { kiosk: Kiosk } }>();
  inside.use(async (c, next) => {
    const outer = c as unknown as Context<LibraryEnv>;
    noStore(outer);
    const kiosk = await kioskOf(outer, deps);
    if (!kiosk)
      return c.req.method === 'GET'
        ? c.redirect(`/${c.get('library').slug}/buku-tamu`, 303)
        : refuseStranger(outer);
    c.set('kiosk', kiosk);
    return next();
  });
  const plain = (c: unknown) => c as Context<LibraryEnv>;

  inside.get('/anggota', (c) => c.html(memberPage(plain(c), null)));

  inside.post('/anggota', smallForms(), async (c) => {
    const code = (await readForm(c)).text('kode').slice(0, 600);
    const found = read(plain(c), code);
    if (!found.ok) return c.html(memberPage(plain(c), problemText(plain(c), found)), 422);
    keepOpened(plain(c), c.get('kiosk').scope.at);
    return c.html(purposePage(plain(c), { kind: 'member', code, submitKey: newKey(deps.randomBytes) }));
  });

  inside.get('/tamu', (c) => {
    keepOpened(plain(c), c.get('kiosk').scope.at);
    return c.html(purposePage(plain(c), { kind: 'non_member', submitKey: newKey(deps.randomBytes) }));
  });

  inside.get('/rombongan', (c) => {
    keepOpened(plain(c), c.get('kiosk').scope.at);
    const submitKey = newKey(deps.randomBytes);
    return c.html(groupPage(plain(c), { values: {}, purpose: '', submitKey, problems: [] }));
  });

  inside.get('/selesai', (c) => {
    const visitor = currentVisitor(plain(c));
    return visitor.kind === undefined ? toStart(plain(c)) : c.html(thanksPage(plain(c), visitor));
  });

  inside.post('/selesai', smallForms(), async (c) => {
    const { scope } = c.get('kiosk');
    const { visitId } = currentVisitor(plain(c));
    const body = await readForm(c);
    const next = body.text('lanjut');
    if (visitId === undefined) return toStart(plain(c));
    await describeVisit(deps.db, scope, visitId, {
      name: body.text('nama'),
      sex: SEXES.find((one) => one === body.text('jk')) ?? null,
      education: EDUCATIONS.find((one) => one === body.text('pendidikan')) ?? null,
      occupation: OCCUPATIONS.find((one) => one === body.text('pekerjaan')) ?? null,
    });
    const base = `/${scope.library.slug}/buku-tamu`;
    if (next === 'daftar') return c.redirect(`${base}/daftar`, 303);
    if (next === 'antrean') return c.redirect(`${base}/antrean`, 303);
    if (next !== 'ponsel') return toStart(plain(c));
    const visit = await findCarriedVisit(deps.db, scope, visitId);
    if (!visit) return toStart(plain(c));
    const { token, phoneCode, deskCode } = await handOverToPhone(deps.db, deps, scope, visit);
    keepVisitor(plain(c), { draftToken: token, phoneCode, deskCode });
    return c.redirect(`${base}/ponsel`, 303);
  });

  inside.get('/ponsel', (c) => {
    const { draftToken, phoneCode, deskCode } = currentVisitor(plain(c));
    if (draftToken === undefined || phoneCode === undefined || deskCode === undefined)
      return toStart(plain(c));
    return c.html(phonePage(plain(c), deps, { draftToken, phoneCode, deskCode }));
  });

  inside.get('/antrean', (c) => {
    keepOpened(plain(c), c.get('kiosk').scope.at);
    return c.html(takeNumberPage(plain(c), newKey(deps.randomBytes)));
  });

  inside.post('/antrean', smallForms(), async (c) => {
    const { scope } = c.get('kiosk');
    const wait = guard.limitAct('number', c.get('kiosk').device.id);
    if (wait !== null) return waitPage(plain(c), wait);
    const body = await readForm(c);
    const priority = QUEUE_PRIORITIES.find((one) => one === body.text('prioritas')) ?? null;
    const { visitId, statusToken } = currentVisitor(plain(c));
    const { number } = await takeNumber(deps.db, deps, scope, {
      key: keptKey(body.text('kunci'), deps.randomBytes),
      visitId: visitId ?? null,
      statusToken,
      priority,
      openedAt: openedAt(plain(c), scope.at),
    });
    keepVisitor(plain(c), { queueNumber: number, ...(priority === null ? {} : { priority: true }) });
    return c.redirect(`/${scope.library.slug}/buku-tamu/nomor`, 303);
  });

  inside.get('/nomor', (c) => {
    const { queueNumber, priority } = currentVisitor(plain(c));
    return queueNumber === undefined
      ? toStart(plain(c))
      : c.html(numberPage(plain(c), queueNumber, priority === true));
  });

  inside.get('/terdaftar', (c) => {
    const { statusToken, ticketCode } = currentVisitor(plain(c));
    return statusToken === undefined || ticketCode === undefined
      ? toStart(plain(c))
      : c.html(sentPage(plain(c), deps, { statusToken, ticketCode }));
  });

  inside.route('/', registerRoutes(deps, guard));
  app.route('/buku-tamu', inside as unknown as Hono<LibraryEnv>);
  return app;
}

function problemText(c: Context<LibraryEnv>, problem: Extract<ReadMember, { ok: false }>): string {
  return textsOf(c).kiosk.member.problems[problem.reason];
}

/** The visitor of a posted form; a refusal of a code that can be no card; undefined where it names no kind at all. */
function readVisitor(
  body: FormBody,
  read: (code: string) => ReadMember,
): Visitor | Extract<ReadMember, { ok: false }> | undefined {
  switch (body.text('jenis')) {
    case 'member': {
      const found = read(body.text('kode'));
      return found.ok ? { kind: 'member', member: found.member } : found;
    }
    case 'non_member':
      return { kind: 'non_member', name: '', sex: null, education: null, occupation: null };
    case 'group':
      return groupOf(readGroupValues(body));
    default:
      return undefined;
  }
}
