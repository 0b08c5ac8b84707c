import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ApplicationId } from '../../src/domain/ids.ts';
import { plainDateIn } from '../../src/domain/plain-date.ts';
import { attachPhoto } from '../../src/usecases/attach-photo.ts';
import { callNext } from '../../src/usecases/call-next.ts';
import { issueTicket } from '../../src/usecases/queue-ticket.ts';
import { readCase } from '../../src/usecases/read-case.ts';
import { handOverCard } from '../../src/usecases/record-card.ts';
import { recordVisit } from '../../src/usecases/record-visit.ts';
import { reportSteps } from '../../src/usecases/report-steps.ts';
import { takeNumber } from '../../src/usecases/take-number.ts';
import { type Counter, type CounterOfficer, openCounter } from '../support/counter.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { typedForm } from '../support/typed-form.ts';

let database: TestDatabase;
let photo: Uint8Array;
beforeAll(async () => {
  database = await createTestDatabase();
  photo = await sharp({ create: { width: 600, height: 800, channels: 3, background: '#383' } })
    .jpeg()
    .toBuffer();
});
afterAll(() => database.drop());

describe.each(['banyuwangi', 'jateng'] as const)('the step clock of %s', (slug) => {
  let counter: Counter;
  let officer: CounterOfficer;
  let head: CounterOfficer;
  beforeAll(async () => {
    counter = await openCounter(database, slug);
    officer = await counter.officer('petugas');
    head = await counter.officer('subkoordinator');
  });
  beforeEach(() => counter.pass(60));
  const page = (id: ApplicationId | string) => `/${slug}/loket/${id}`;
  const isSopB = slug === 'banyuwangi';

  async function serve(id: ApplicationId): Promise<void> {
    counter.pass(45);
    expect((await officer.post(`${page(id)}/identitas`, { dokumen: 'ktp:original' })).status).toBe(303);
    counter.pass(30);
    await attachPhoto(database.db, counter.deps, officer.scope(), {
      applicationId: id,
      jpeg: photo,
      startedAt: new Date(counter.deps.now().getTime() - 20_000),
      source: 'webcam',
    });
    counter.pass(20);
    expect((await officer.post(`${page(id)}/setujui`, {})).status).toBe(303);
    counter.pass(25);
    await handOverCard(database.db, counter.deps, officer.scope(), { applicationId: id, how: 'kta_online' });
  }

  async function timesOf(id: ApplicationId) {
    const view = await readCase(database.db, counter.deps, officer.scope(), id);
    return (view?.clock.steps ?? []).map((step) => ({
      covers: step.covers.join('+'),
      outcome: step.outcome,
      worked: step.workingSeconds,
      waited: step.waitingSeconds,
      measured: step.standardSeconds !== null,
    }));
  }

  /** Done in the library against a standard: each has a time. */
  async function expectAllTimed(id: ApplicationId): Promise<void> {
    const times = await timesOf(id);
    const done = times.filter((step) => step.measured && step.outcome === 'done');
    expect(done.length).toBeGreaterThan(2);
    for (const step of done) expect(step.worked, step.covers).not.toBeNull();
    const kept = await inLibrary(database.db, counter.library.id, (tx) =>
      tx.selectFrom('step_time').selectAll().where('application_id', '=', id).orderBy('first_step').execute(),
    );
    expect(kept.map((row) => [row.covers.join('+'), row.outcome, row.working_seconds])).toEqual(
      times.filter((step) => step.measured).map((step) => [step.covers, step.outcome, step.worked]),
    );
  }

  it('leaves no step of a clean case filled on a phone without a time, nor does the report', async () => {
    const { applicationId: id, ticketCode } = await counter.fromPhone('Contoh Jam Langkah');
    await officer.post(`/${slug}/loket/pindai`, { kode: ticketCode });
    await serve(id);
    await expectAllTimed(id);
    const covers = (await timesOf(id)).map((step) => step.covers);
    expect(covers).toContain(isSopB ? '2+4' : '2+5');

    const [year = 0, month = 0] = plainDateIn(counter.library.settings.profile.timezone, counter.deps.now())
      .split('-')
      .map(Number);
    const report = await reportSteps(database.db, head.scope(), {
      period: { kind: 'month', year, month },
      servicePointId: null,
    });
    const steps = report.procedures[0]?.steps ?? [];
    expect(steps.map((step) => step.covers.join('+'))).toContain(isSopB ? '2+4' : '2+5');
    for (const step of steps) expect(step.unmeasured, step.covers.join('+')).toBe(0);
  });

  it('shows the act that covers two steps once, against the sum of their standards', async () => {
    const { applicationId: id, ticketCode } = await counter.fromPhone('Contoh Satu Tindakan');
    await officer.post(`/${slug}/loket/pindai`, { kode: ticketCode });
    counter.pass(45);
    await officer.post(`${page(id)}/identitas`, { dokumen: 'ktp:original' });
    const html = await (await officer.page(page(id))).text();
    expect(html).toContain(isSopB ? '2 + 4' : '2 + 5');
    expect(html).toContain('satu tindakan');
    expect(html).toContain(isSopB ? '45 detik dari 6 menit' : '45 detik dari 1 menit 10 detik');
  });

  it('counts from the guest book for whoever was called by a number, and waiting apart', async () => {
    const opened = counter.deps.now();
    counter.pass(40);
    const scope = officer.scope();
    if (scope.actor.kind !== 'officer') throw new Error('an officer');
    const visit = await recordVisit(
      database.db,
      counter.deps,
      counter.library,
      scope.at,
      { by: 'officer', officerId: scope.actor.id, servicePointId: scope.actor.servicePointId },
      {
        visitor: { kind: 'non_member', name: '', sex: null, education: null, occupation: null },
        purpose: counter.library.settings.services[0]?.code ?? '',
        submitKey: randomBytes(16).toString('hex'),
        openedAt: opened,
      },
    );
    if (!visit.ok) throw new Error(visit.reason);
    counter.pass(20);
    await takeNumber(database.db, counter.deps, officer.scope(), {
      key: randomBytes(16).toString('hex'),
      visitId: visit.visitId,
      priority: null,
    });
    counter.pass(600);
    const called = await callNext(database.db, counter.deps, officer.scope());
    if (!called.ok) throw new Error(called.reason);
    const begun = counter.deps.now().toISOString();
    counter.pass(240);
    const made = await officer.post(`/${slug}/loket/baru`, {
      ...typedForm({
        name: 'Contoh Dipanggil',
        document_number: '9901011705910021',
        'birth_date.year': '1991',
        phone: '',
      }),
      kunci: randomBytes(24).toString('base64url'),
      mulai: begun,
      antrean: called.ticketId,
    });
    const id = (made.headers.get('location') ?? '').split('/').at(-1) as ApplicationId;
    expect((await counter.row(id)).visit_id).toBe(visit.visitId);
    await serve(id);
    await expectAllTimed(id);
    const times = await timesOf(id);
    const waited = times.reduce((sum, step) => sum + step.waited, 0);
    expect(waited).toBe(620);
    const arrival = times.find((step) => step.covers.split('+').includes(isSopB ? '1' : '2'));
    expect(arrival?.worked).toBe(isSopB ? 40 : 40 + 45);
    const form = times.find((step) => step.covers.includes('3'));
    expect(form).toMatchObject({ covers: isSopB ? '3' : '3+4', worked: 240 });
  });

  it('a ticket scanned by the officer who called a number belongs to who came with that number', async () => {
    const given = counter.deps.now();
    await issueTicket(database.db, counter.deps, officer.scope(), null);
    counter.pass(300);
    const called = await callNext(database.db, counter.deps, officer.scope());
    if (!called.ok) throw new Error(called.reason);
    const { applicationId: id, ticketCode } = await counter.fromPhone('Contoh Nomor Dan Tiket');
    const form = await (await officer.page(`/${slug}/loket/baru?antrean=${called.ticketId}`)).text();
    expect(form).toMatch(new RegExp(`name="antrean"[^>]*value="${called.ticketId}"`));
    counter.pass(10);
    await officer.post(`/${slug}/loket/pindai`, { kode: ticketCode, antrean: called.ticketId });
    expect((await counter.row(id)).arrived_at).toEqual(given);
    const view = await readCase(database.db, counter.deps, officer.scope(), id);
    expect(view?.ticket?.number).toBe(called.number);
    expect(view?.clock.waitingSeconds).toBe(310);
  });

  it('the form typed for somebody whom nothing announced is the arrival too', async () => {
    const begun = counter.deps.now().toISOString();
    counter.pass(200);
    const made = await officer.post(`/${slug}/loket/baru`, {
      ...typedForm({
        name: 'Contoh Tanpa Nomor',
        document_number: '9901011705920022',
        'birth_date.year': '1992',
        phone: '',
      }),
      kunci: randomBytes(24).toString('base64url'),
      mulai: begun,
    });
    const id = (made.headers.get('location') ?? '').split('/').at(-1) as ApplicationId;
    await serve(id);
    await expectAllTimed(id);
    const form = (await timesOf(id)).find((step) => step.covers.includes('3'));
    expect(form).toMatchObject({ covers: isSopB ? '1+3' : '3+4', worked: 200 });
  });
});
