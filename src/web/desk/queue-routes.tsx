import { type Context, Hono } from 'hono';
import { scanKind } from '../../domain/scan-kind.ts';
import { callAgain, callNext } from '../../usecases/call-next.ts';
import { findScannedMember } from '../../usecases/find-scanned-member.ts';
import { listQueue, QUEUE_SECTIONS, type QueueFilter } from '../../usecases/list-queue.ts';
import { QUEUE_PRIORITIES, type QueuePriority, setTicketPriority } from '../../usecases/queue-ticket.ts';
import { scanTicket } from '../../usecases/take-case.ts';
import { takeNumber } from '../../usecases/take-number.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { feedOf } from '../event-stream.ts';
import { type FormBody, readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { droppedIdentityField, refuseIdentityAddress, withoutIdentityNumbers } from '../identity-address.ts';
import { keptKey, newKey } from '../kiosk/kiosk-layout.tsx';
import { requirePermission } from '../middleware/session.ts';
import { isUuid } from './input.ts';
import { type QueuePageProps, queueAddress, queuePage } from './queue-page.tsx';
import { queueNumber } from './words.ts';

/** `/{library}/loket`: the queue, its live feed, the scan field, calling and giving numbers. */
export function queueRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const view = requirePermission('application.view');
  const process = requirePermission('application.process');

  app.get('/loket', view, refuseIdentityAddress(), (c) => show(c, deps, {}));

  // Posted, so that a NIK typed here never is in an address.
  app.post('/loket/cari', view, async (c) => {
    const body = await readForm(c);
    const filter = filterOf((name) => body.text(name));
    return c.redirect(withoutIdentityNumbers(queueAddress(c, filter, filter.section)), 303);
  });

  app.get('/loket/siaran', view, (c) => {
    const watched = c.req.query('permohonan');
    return feedOf(
      c,
      deps,
      ({ topic, subjectId }) =>
        topic !== 'visit' && topic !== 'card' && (watched === undefined || subjectId === watched),
    );
  });

  app.post('/loket/pindai', view, async (c) => {
    const { desk } = textsOf(c);
    const slug = c.get('library').slug;
    const body = await readForm(c);
    const typed = body.text('kode').trim();
    const called = body.text('antrean');
    const scanned = scanKind(typed);
    const refuse = (text: string) => {
      c.status(422);
      // An identity number typed into the wrong field is not sent back to the screen.
      return show(c, deps, {
        notice: { tone: 'warning', text },
        typedTicket: scanned.kind === 'identity_number' ? '' : typed.slice(0, 40),
      });
    };
    const scope = scopeOf(c, deps);
    if (scanned.kind === 'identity_number') return refuse(desk.queue.identityNumber);
    if (scanned.kind === 'unknown') return refuse(desk.queue.unreadable);
    if (scanned.kind === 'ticket' || scanned.kind === 'status') {
      const outcome = await scanTicket(deps.db, deps, scope, typed, isUuid(called) ? called : null);
      if (outcome.ok) return c.redirect(`/${slug}/loket/${outcome.applicationId}`, 303);
    }
    // A card belongs to a member; a library may also number its members like tickets.
    const member = await findScannedMember(deps.db, deps, scope, scanned);
    if (member !== undefined) return c.redirect(`/${slug}/anggota/${member}`, 303);
    const isTicket = scanned.kind === 'ticket' || scanned.kind === 'status';
    return refuse(isTicket ? desk.queue.unknown : desk.queue.unknownCard);
  });

  app.post('/loket/panggil', process, async (c) => {
    const slug = c.get('library').slug;
    const called = await callNext(deps.db, deps, scopeOf(c, deps), inHandOf(await readForm(c)));
    if (!called.ok) {
      c.status(409);
      return show(c, deps, { notice: { tone: 'info', text: textsOf(c).desk.queue.nobody } });
    }
    return c.redirect(
      called.applicationId === null
        ? `/${slug}/loket/baru?antrean=${called.ticketId}`
        : `/${slug}/loket/${called.applicationId}`,
      303,
    );
  });

  app.post('/loket/nomor/:ticket/panggil', process, async (c) => {
    const ticket = c.req.param('ticket');
    if (!isUuid(ticket)) return c.notFound();
    const back = (await readForm(c)).text('permohonan');
    const slug = c.get('library').slug;
    const called = await callAgain(deps.db, deps, scopeOf(c, deps), ticket);
    if (!called.ok) return c.redirect(`/${slug}/loket`, 303);
    return c.redirect(`/${slug}/loket/${isUuid(back) ? back : `baru?antrean=${ticket}`}`, 303);
  });

  app.post('/loket/nomor', process, async (c) => {
    const body = await readForm(c);
    const { number } = await takeNumber(deps.db, deps, scopeOf(c, deps), {
      key: keptKey(body.text('kunci'), deps.randomBytes),
      visitId: null,
      priority: priorityOf(body.text('prioritas')),
    });
    return c.redirect(`/${c.get('library').slug}/loket?nomor=${number}`, 303);
  });

  app.post('/loket/nomor/:ticket/prioritas', process, async (c) => {
    if (!isUuid(c.req.param('ticket'))) return c.notFound();
    const body = await readForm(c);
    await setTicketPriority(
      deps.db,
      deps,
      scopeOf(c, deps),
      c.req.param('ticket'),
      priorityOf(body.text('prioritas')),
    );
    const back = body.text('permohonan');
    const slug = c.get('library').slug;
    return c.redirect(isUuid(back) ? `/${slug}/loket/${back}` : `/${slug}/loket`, 303);
  });

  return app;
}

/** Draws the queue as the address asks for it. */
export async function show(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  more: Partial<Pick<QueuePageProps, 'notice' | 'typedTicket' | 'typedDraft'>>,
) {
  const filter = filterOf((name) => c.req.query(name) ?? '');
  const scope = scopeOf(c, deps);
  const queue = await listQueue(deps.db, scope, filter);
  const given = Number(c.req.query('nomor'));
  const { desk } = textsOf(c);
  const notice =
    Number.isInteger(given) && given > 0
      ? { tone: 'success' as const, text: desk.queue.numberGiven(queueNumber(given)) }
      : droppedIdentityField(c) !== null
        ? { tone: 'warning' as const, text: desk.queue.identityNumber }
        : undefined;
  const submitKey = newKey(deps.randomBytes);
  return c.html(queuePage(c, { queue, filter, now: scope.at, submitKey, notice, ...more }));
}

function filterOf(value: (name: string) => string): QueueFilter {
  const section = QUEUE_SECTIONS.find((each) => each === value('bagian'));
  return {
    section,
    priorityOnly: value('prioritas') === '1',
    search: value('cari').trim().slice(0, 100),
  };
}

/** The number in hand that the page showed; undefined where the form says nothing of it. */
function inHandOf(body: FormBody): string | null | undefined {
  if (!body.names.includes('di_tangan')) return undefined;
  const id = body.text('di_tangan');
  return isUuid(id) ? id : null;
}

function priorityOf(text: string): QueuePriority | null {
  return QUEUE_PRIORITIES.find((priority) => priority === text) ?? null;
}
