/** Programs of others are told what happened: once for each act, in order, for as long as it takes, and nobody else waits. */
import { sql } from 'kysely';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listLibraries } from '../../src/db/library.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { MemberId, WebhookId } from '../../src/domain/ids.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import { WEBHOOK_KINDS, type WebhookChoice } from '../../src/domain/webhook.ts';
import { openWebhookRunner, type WebhookRunner, type WebhookRunnerPorts } from '../../src/jobs/webhooks.ts';
import { applyRetention } from '../../src/usecases/apply-retention.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { erasePeople } from '../../src/usecases/erase-person.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import {
  changeWebhook,
  createWebhook,
  removeWebhook,
  replayWebhook,
  rotateWebhook,
  setWebhookState,
  testWebhook,
} from '../../src/usecases/manage-webhook.ts';
import { anyWebhookStopped, listWebhooks, readWebhookLog } from '../../src/usecases/read-webhooks.ts';
import { replaceCard } from '../../src/usecases/replace-card.ts';
import { claimWebhook, noteExpired } from '../../src/usecases/send-webhooks.ts';
import { submitApplication } from '../../src/usecases/submit-application.ts';
import { resumeMember, suspendMember } from '../../src/usecases/suspend-member.ts';
import { createTestApp } from '../support/app.ts';
import { applicantNamed } from '../support/applicants.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';
import { fieldsOf } from '../support/page-form.ts';
import { openReceiver, type Receiver } from '../support/receiver.ts';

let database: TestDatabase;
let receiver: Receiver;
/** Signatures are as old as the clock says, and whoever verifies one has the real one. */
let deps: ReturnType<typeof testDeps>;
let library: LibraryContext;
const logged: Record<string, unknown>[] = [];
const HOUR = 3_600_000;

beforeAll(async () => {
  database = await createTestDatabase();
}, 120_000);
afterAll(() => database.drop());
beforeEach(async () => {
  deps = testDeps(new Date());
  library = await libraryOf('banyuwangi');
  receiver = await openReceiver();
  logged.length = 0;
});
afterEach(async () => {
  for (const slug of ['banyuwangi', 'jateng'])
    for (const { id } of await listWebhooks(database.db, admin(await libraryOf(slug))))
      await removeWebhook(database.db, deps, admin(await libraryOf(slug)), id);
  await receiver.close();
});

async function libraryOf(slug: string): Promise<LibraryContext> {
  const found = await loadLibrary(database.db, slug, deps.now());
  if (!found) throw new Error('not seeded');
  return found;
}

const admin = (of: LibraryContext = library): Scope => scopeOfRole(of, deps, ['admin']);
const officer = (): Scope => scopeOfRole(library, deps, ['petugas', 'sub_koordinator']);
const later = (ms: number) => {
  deps.clock.now = new Date(deps.clock.now.getTime() + ms);
};
let people = 0;
const person = () => memberNamed(database, deps, officer(), `Contoh Kabar ${++people}`);

async function register(
  changes: Partial<WebhookChoice> = {},
  of: LibraryContext = library,
): Promise<{ id: WebhookId; secret: string }> {
  const made = await createWebhook(database.db, deps, admin(of), {
    name: `Contoh ${++people}`,
    url: receiver.url,
    inside: true,
    kinds: WEBHOOK_KINDS,
    ...changes,
  });
  if (!made.ok) throw new Error(made.reason);
  return made;
}

const runners: WebhookRunner[] = [];
afterEach(async () => {
  for (const runner of runners.splice(0)) await runner.stop();
});
function runner(network: WebhookRunnerPorts['network'] = {}, places = 64): WebhookRunner {
  const made = openWebhookRunner(database.db, deps, {
    leading: () => true,
    log: (entry) => void logged.push(entry),
    network,
    places,
  });
  runners.push(made);
  return made;
}

/** One look of the job, to its end. */
async function deliver(network: WebhookRunnerPorts['network'] = {}): Promise<void> {
  const one = runner(network);
  await one.look();
  await one.idle();
}

const typesOf = (memberId: MemberId) =>
  receiver.heard.filter(({ data }) => data.member_id === memberId).map(({ type }) => type);
const logOf = (id: WebhookId) =>
  readWebhookLog(database.db, admin(), id, { state: null, before: null }).then(({ messages }) => messages);
const receiverOf = async (id: WebhookId) =>
  (await listWebhooks(database.db, admin())).find((one) => one.id === id);

async function suspend(memberId: MemberId): Promise<void> {
  const reason = library.settings.suspensionReasons[0]?.code ?? '';
  const done = await suspendMember(database.db, deps, officer(), { memberId, reason, effectiveOn: null });
  if (!done.ok) throw new Error(JSON.stringify(done));
}
async function resume(memberId: MemberId): Promise<void> {
  const done = await resumeMember(database.db, deps, officer(), { memberId, effectiveOn: null });
  if (!done.ok) throw new Error(JSON.stringify(done));
}

describe('what is told', () => {
  it('is each act once, in its order, without a name or a number of identity', async () => {
    await register();
    const submitted = await submitApplication(database.db, deps, officer(), {
      applicant: applicantNamed('Contoh Diberitahukan'),
      channel: 'desk',
      submitKey: 'contoh kabar',
      language: 'id',
      visit: null,
      familyOf: null,
      openedAt: null,
    });
    const memberId = await person();
    await suspend(memberId);
    await resume(memberId);
    await replaceCard(database.db, deps, officer(), { memberId, reason: 'lost' });
    await deliver();
    expect(typesOf(memberId)).toEqual([
      'member.created',
      'card.issued',
      'member.suspended',
      'member.changed',
      'card.revoked',
      'card.issued',
    ]);
    expect(receiver.heard.find(({ data }) => data.application_id === submitted.applicationId)).toMatchObject({
      type: 'application.submitted',
      data: { library: 'banyuwangi', status: 'in_review' },
    });
    const suspended = receiver.heard.find(({ type }) => type === 'member.suspended');
    expect(Object.keys(suspended?.data ?? {}).sort()).toEqual([
      'application_id',
      'library',
      'member_id',
      'number',
      'status',
      'valid_until',
    ]);
    for (const { body } of receiver.heard) {
      expect(body).not.toMatch(/Contoh|99\d{14}/);
      expect(body.length).toBeLessThan(500);
    }
    const before = receiver.heard.length;
    await deliver();
    expect(receiver.heard.length).toBe(before);
    expect(new Set(receiver.heard.map(({ id }) => id)).size).toBe(before);
  });

  it('is only what the receiver wants to hear, and nothing is written for a library without one', async () => {
    await person();
    const rows = () =>
      inLibrary(database.db, library.id, (tx) => tx.selectFrom('webhook_message').selectAll().execute());
    expect(await rows()).toEqual([]);
    await register({ kinds: ['member.created'] });
    const memberId = await person();
    await suspend(memberId);
    expect((await rows()).map(({ kind }) => kind)).toEqual(['member.created']);
  });

  it('is undone with the act', async () => {
    await register();
    const memberId = await person();
    await deliver();
    const before = receiver.heard.length;
    await expect(
      inLibrary(database.db, library.id, async (tx) => {
        await erasePeople(tx, deps, officer(), { members: [memberId] }, 'request');
        throw new Error('the database ends');
      }),
    ).rejects.toThrow('the database ends');
    await deliver();
    expect(receiver.heard.length).toBe(before);
  });

  it('of a membership that ran out comes once for each end of validity', async () => {
    const memberId = await person();
    const put = (valid_until: string) =>
      inLibrary(database.db, library.id, (tx) =>
        tx
          .updateTable('member')
          .set({ valid_until: valid_until as PlainDate })
          .where('id', '=', memberId)
          .execute(),
      );
    const day = (days: number) =>
      new Date(deps.clock.now.getTime() + days * 24 * HOUR + 7 * HOUR).toISOString().slice(0, 10);
    const expired = () => receiver.heard.filter(({ type }) => type === 'member.expired');
    await put(day(-3));
    await register();
    await deliver();
    expect(expired()).toEqual([]);
    await put(day(1));
    later(24 * HOUR);
    await deliver();
    expect(expired()).toEqual([]);
    later(24 * HOUR);
    await deliver();
    await deliver();
    later(24 * HOUR);
    await deliver();
    expect(expired().map(({ data }) => data)).toMatchObject([{ member_id: memberId, status: 'expired' }]);
    await put(day(5));
    later(10 * 24 * HOUR);
    await deliver();
    expect(expired().length).toBe(2);
  });

  it('of a membership that somebody renews at the same moment is not told that it ran out', async () => {
    const memberId = await person();
    await inLibrary(database.db, library.id, (tx) =>
      tx
        .updateTable('member')
        .set({
          valid_until: new Date(deps.clock.now.getTime() + 24 * HOUR).toISOString().slice(0, 10) as PlainDate,
        })
        .where('id', '=', memberId)
        .execute(),
    );
    const { id } = await register();
    later(72 * HOUR);
    const isWaitedFor = async () => {
      for (;;) {
        const { rows } = await sql<{ waits: boolean }>`
          select exists (select from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock') as waits`.execute(database.db);
        if (rows[0]?.waits === true) return;
      }
    };
    let noted: Promise<void> = Promise.resolve();
    await inLibrary(database.db, library.id, async (tx) => {
      await tx
        .updateTable('member')
        .set({
          valid_until: new Date(deps.clock.now.getTime() + 9_000 * HOUR)
            .toISOString()
            .slice(0, 10) as PlainDate,
        })
        .where('id', '=', memberId)
        .execute();
      noted = noteExpired(database.db, deps, library);
      await Promise.race([noted, isWaitedFor()]);
    });
    await noted;
    const told = await inLibrary(database.db, library.id, (tx) =>
      tx
        .selectFrom('webhook_message')
        .select('id')
        .where('webhook_id', '=', id)
        .where('member_id', '=', memberId)
        .where('kind', '=', 'member.expired')
        .execute(),
    );
    expect(told).toEqual([]);
  });

  it('is not kept of a person who was erased: what waits says only that a membership ended', async () => {
    const { id } = await register();
    const memberId = await person();
    receiver.answer = () => 500;
    await deliver();
    await inLibrary(database.db, library.id, (tx) =>
      erasePeople(tx, deps, officer(), { members: [memberId] }, 'request'),
    );
    receiver.answer = () => 204;
    receiver.heard.length = 0;
    later(HOUR);
    await deliver();
    const told = receiver.heard.filter(({ data }) => data.member_id === memberId);
    expect(told.at(-1)).toMatchObject({ type: 'member.changed', data: { status: 'ended', number: null } });
    for (const { data } of told) expect([data.number, data.valid_until]).toEqual([null, null]);
    for (const { number } of await logOf(id)) expect(number).toBeNull();
  });
});

describe('the signature', () => {
  it('is what the library of Standard Webhooks accepts, and nothing of it can be changed', async () => {
    const { secret } = await register();
    await person();
    await deliver();
    const [event] = receiver.heard;
    if (!event) throw new Error('nothing came');
    const headers = event.headers as Record<string, string>;
    expect(new Webhook(secret).verify(event.body, headers)).toMatchObject({ type: event.type });
    expect(event.headers['content-type']).toBe('application/json');
    expect(() => new Webhook(secret).verify(event.body.replace('banyuwangi', 'jateng'), headers)).toThrow();
    expect(() => new Webhook(secret).verify(event.body, { ...headers, 'webhook-id': 'msg_x' })).toThrow();
    const other = `whsec_${Buffer.alloc(32).toString('base64')}`;
    expect(() => new Webhook(other).verify(event.body, headers)).toThrow();
  });

  it('is made with the old and the new secret for a day, then with the new one alone', async () => {
    const { id, secret } = await register();
    const rotated = await rotateWebhook(database.db, deps, admin(), id);
    if (!rotated.ok) throw new Error('not found');
    await testWebhook(database.db, deps, admin(), id);
    await deliver();
    const [event] = receiver.heard;
    const headers = event?.headers as Record<string, string>;
    for (const each of [secret, rotated.secret])
      expect(new Webhook(each).verify(event?.body ?? '', headers)).toMatchObject({ type: 'webhook.test' });
    later(25 * HOUR);
    await testWebhook(database.db, deps, admin(), id);
    await deliver();
    expect(String(receiver.heard[1]?.headers['webhook-signature']).split(' ').length).toBe(1);
  });

  it('keeps the secret that the receiver knows where the page with the new one never arrived', async () => {
    const { id, secret } = await register();
    const site = createTestApp(database);
    const { header } = await site.signIn('banyuwangi', 'admin');
    const here = `/banyuwangi/pengaturan/webhook/${id}`;
    const openPage = async () => {
      site.clock.now = new Date(site.clock.now.getTime() + 1_000);
      const html = await (await site.request(here, { headers: { cookie: header } })).text();
      const fields = fieldsOf(html, `${here}/rahasia`);
      return async () => {
        site.clock.now = new Date(site.clock.now.getTime() + 1_000);
        const answer = await (await site.post(`${here}/rahasia`, fields, header)).text();
        return /whsec_[A-Za-z0-9+/=]+/.exec(answer)?.[0];
      };
    };
    const stored = () =>
      inLibrary(database.db, library.id, async (tx) => {
        const row = await tx.selectFrom('webhook').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
        const open = (value: Buffer) => deps.vault.openText(library.id, 'webhook', value);
        return { now: open(row.secret), old: row.old_secret && open(row.old_secret), until: row.old_until };
      });
    const first = await openPage();
    await first();
    const { until } = await stored();
    const second = await first();
    expect(await stored()).toEqual({ now: second, old: secret, until });
    // Who has seen the new one may replace it as well.
    const third = await (await openPage())();
    expect(await stored()).toMatchObject({ now: third, old: second });
    // A page from before whose day is over: the present secret is the one that the receiver knows.
    site.clock.now = new Date(site.clock.now.getTime() + 25 * HOUR);
    const late = await rotateWebhook(database.db, site.deps, { ...admin(), at: site.clock.now }, id, null);
    expect(await stored()).toMatchObject({ now: late.ok && late.secret, old: third });
  });

  it('comes from a secret that the database holds sealed', async () => {
    const { id, secret } = await register();
    const row = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('webhook').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    );
    expect(JSON.stringify(row)).not.toContain(secret.slice(6));
    expect(row.secret.toString('latin1')).not.toContain(secret.slice(6));
    expect(deps.vault.openText(library.id, 'webhook', row.secret)).toBe(secret);
  });
});

describe('a receiver that does not take it', () => {
  it('holds back the later events of that member, and of nobody else', async () => {
    await register();
    const one = await person();
    const two = await person();
    await deliver();
    receiver.heard.length = 0;
    let refuses = true;
    receiver.answer = ({ data, type }) =>
      refuses && data.member_id === one && type === 'member.suspended' ? 500 : 200;
    await suspend(one);
    await resume(one);
    await suspend(two);
    await resume(two);
    await deliver();
    expect(typesOf(one)).toEqual(['member.suspended']);
    expect(typesOf(two)).toEqual(['member.suspended', 'member.changed']);
    refuses = false;
    later(HOUR);
    await deliver();
    expect(typesOf(one)).toEqual(['member.suspended', 'member.suspended', 'member.changed']);
    const [first, again] = receiver.heard.filter(({ data }) => data.member_id === one);
    expect([again?.id, again?.body]).toEqual([first?.id, first?.body]);
  });

  it('and is dead delays no other receiver, and is paused after days, with a word to the admin', async () => {
    const dead = await openReceiver();
    await dead.close();
    const { id } = await register({ url: dead.url });
    await register();
    const memberId = await person();
    await deliver();
    expect(typesOf(memberId)).toEqual(['member.created', 'card.issued']);
    expect(await receiverOf(id)).toMatchObject({ state: 'active' });
    expect(await anyWebhookStopped(database.db, admin())).toBe(false);
    for (let round = 0; round < 14; round++) {
      later(30 * HOUR);
      await deliver();
    }
    expect(await receiverOf(id)).toMatchObject({ state: 'failing' });
    expect(await anyWebhookStopped(database.db, admin())).toBe(true);
    expect(logged).toContainEqual({ event: 'webhook-stopped', library: 'banyuwangi', reason: 'failing' });
    const log = await logOf(id);
    expect(Math.max(...log.map(({ attempts }) => attempts.length))).toBe(13);
    expect(log.every(({ attempts }) => attempts.every(({ failure }) => failure === 'unreachable'))).toBe(
      true,
    );
    // Repaired: what waits arrives, in its order.
    const row = await receiverOf(id);
    if (!row) throw new Error('gone');
    await changeWebhook(
      database.db,
      deps,
      admin(),
      { id, version: row.version },
      { ...row, url: receiver.url },
    );
    await setWebhookState(database.db, deps, admin(), id, 'active');
    receiver.heard.length = 0;
    await deliver();
    expect(typesOf(memberId)).toEqual(['member.created', 'card.issued']);
  });

  it('of one event only, while it takes others, loses that one after days and not the rest', async () => {
    const { id } = await register();
    const one = await person();
    await deliver();
    receiver.answer = ({ type }) => (type === 'member.suspended' ? 500 : 200);
    await suspend(one);
    await resume(one);
    for (let round = 0; round < 14; round++) {
      await testWebhook(database.db, deps, admin(), id);
      await deliver();
      later(30 * HOUR);
    }
    expect(await receiverOf(id)).toMatchObject({ state: 'active' });
    const failed = (await logOf(id)).filter(({ state }) => state === 'failed');
    expect(failed.map(({ kind }) => kind)).toEqual(['member.suspended']);
    expect(typesOf(one).at(-1)).toBe('member.changed');
  });

  it('and says that it is gone is asked no more', async () => {
    const { id } = await register();
    await person();
    receiver.answer = () => 410;
    await deliver();
    expect(await receiverOf(id)).toMatchObject({ state: 'gone' });
    const before = receiver.heard.length;
    later(48 * HOUR);
    await person();
    await deliver();
    expect(receiver.heard.length).toBe(before);
    expect((await receiverOf(id))?.waiting).toBe(6);
  });

  it('in time is given up on: slow for one is no wait for another', async () => {
    const slow = await openReceiver();
    let letGo: (status: number) => void = () => undefined;
    slow.answer = () => new Promise((resolve) => (letGo = resolve));
    const { id } = await register({ url: slow.url });
    await register();
    const memberId = await person();
    const one = runner({ timeoutMs: 400 });
    await one.look();
    await expect.poll(() => typesOf(memberId)).toEqual(['member.created', 'card.issued']);
    await one.idle();
    const [message] = (await logOf(id)).filter(({ kind }) => kind === 'member.created');
    expect(message).toMatchObject({ state: 'waiting', attempts: [{ failure: 'timeout', status: null }] });
    letGo(200);
    await slow.close();
  });

  it('within ten seconds is given up on, and asked again later', async () => {
    const { id } = await register();
    let hears: (status: number) => void = () => undefined;
    receiver.answer = () => new Promise((resolve) => (hears = resolve));
    await testWebhook(database.db, deps, admin(), id);
    const begun = performance.now();
    await deliver();
    const took = performance.now() - begun;
    expect(took).toBeGreaterThan(9_900);
    expect(took).toBeLessThan(20_000);
    expect((await logOf(id))[0]).toMatchObject({
      state: 'waiting',
      attempts: [{ failure: 'timeout', status: null }],
    });
    hears(204);
    receiver.answer = () => 204;
    later(HOUR);
    await deliver();
    expect(receiver.heard.map((event) => event.id)).toEqual(Array(2).fill(receiver.heard[0]?.id));
    expect((await logOf(id))[0]).toMatchObject({ state: 'delivered' });
  });

  it('sends elsewhere is not followed, and an endless answer is not read', async () => {
    const { id } = await register();
    const other = await openReceiver();
    receiver.answer = () => ({ status: 307, headers: { location: other.url } });
    await testWebhook(database.db, deps, admin(), id);
    await deliver();
    expect(other.heard).toEqual([]);
    expect((await logOf(id))[0]?.attempts).toMatchObject([{ status: 307, failure: 'redirect' }]);
    await other.close();
  });
});

describe('a library whose receivers are slow', () => {
  const peopleOf = async (of: LibraryContext, count: number) => {
    const by = scopeOfRole(of, deps, ['petugas', 'sub_koordinator']);
    for (let n = 0; n < count; n++) await memberNamed(database, deps, by, `Contoh Lambat ${++people}`);
  };
  /** In the order in which the job takes them. */
  const bothLibraries = async () => {
    const [one, other] = await Promise.all(
      (await listLibraries(database.db)).map(({ slug }) => libraryOf(slug)),
    );
    if (!one || !other) throw new Error('two are seeded');
    return [one, other] as const;
  };
  async function openSlow() {
    const slow = await openReceiver();
    let letGo: () => void = () => undefined;
    const hold = () => {
      const held = new Promise<number>((resolve) => {
        letGo = () => resolve(204);
      });
      slow.answer = () => held;
    };
    hold();
    return { slow, hold, letGo: () => letGo() };
  }

  it('leaves places to others, however many it has', async () => {
    const [one, other] = await bothLibraries();
    const { slow, letGo } = await openSlow();
    for (let n = 0; n < 3; n++) await register({ url: slow.url }, one);
    await register({}, other);
    await peopleOf(one, 4);
    await peopleOf(other, 1);
    const job = runner({}, 10);
    await job.look();
    // The case and the member; what else is told of the member comes after.
    await expect.poll(() => receiver.heard.length).toBeGreaterThanOrEqual(2);
    await expect.poll(() => slow.heard.length).toBe(8);
    letGo();
    await job.idle();
    await slow.close();
  });

  it('that took the last place is not the first again at the next look', async () => {
    const [one, other] = await bothLibraries();
    const { slow, hold, letGo } = await openSlow();
    await register({ url: slow.url }, one);
    await register({}, other);
    await peopleOf(one, 4);
    await peopleOf(other, 1);
    const job = runner({}, 4);
    await job.look();
    await expect.poll(() => slow.heard.length).toBe(4);
    expect(receiver.heard).toEqual([]);
    letGo();
    await job.idle();
    hold();
    await peopleOf(one, 4);
    await job.look();
    await expect.poll(() => receiver.heard.length).toBeGreaterThanOrEqual(2);
    letGo();
    await job.idle();
    await slow.close();
  });
});

describe('a process that is killed', () => {
  it('between sending and writing down sends again, the same under the same id', async () => {
    const { id } = await register();
    await testWebhook(database.db, deps, admin(), id);
    // Sent, and the process ends before it has settled.
    const lost = await claimWebhook(database.db, deps, library, id);
    await deliver();
    expect(receiver.heard).toEqual([]);
    later(61_000);
    await deliver();
    expect(receiver.heard.map((event) => [event.id, event.body])).toEqual([
      [lost?.headers['webhook-id'], lost?.body],
    ]);
  });

  it('never has two processes send one event, or two of one member at once', async () => {
    await register();
    const memberIds: MemberId[] = [];
    for (let n = 0; n < 8; n++) memberIds.push(await person());
    const [one, two] = [runner(), runner()];
    await Promise.all([one.look(), two.look()]);
    await Promise.all([one.idle(), two.idle()]);
    for (const memberId of memberIds) expect(typesOf(memberId)).toEqual(['member.created', 'card.issued']);
  });

  it('stops in the middle of a request that nobody answers, which is sent again', async () => {
    const { id } = await register();
    receiver.answer = () => new Promise(() => undefined);
    await testWebhook(database.db, deps, admin(), id);
    const one = runner({ timeoutMs: 60_000 });
    await one.look();
    await expect.poll(() => receiver.heard.length).toBe(1);
    await one.stop();
    expect((await logOf(id))[0]).toMatchObject({ state: 'waiting', attempts: [] });
  });
});

describe('sending again', () => {
  it('is for one event or for all since a day, under the ids they had', async () => {
    const { id } = await register();
    const memberId = await person();
    await deliver();
    const ids = receiver.heard.map((event) => event.id);
    const [newest] = await logOf(id);
    if (!newest) throw new Error('no log');
    expect(await replayWebhook(database.db, deps, admin(), id, { message: newest.id })).toEqual({
      ok: true,
      count: 1,
    });
    await deliver();
    expect(receiver.heard.at(-1)?.id).toBe(`msg_${newest.id}`);
    receiver.heard.length = 0;
    const replayed = await replayWebhook(database.db, deps, admin(), id, {
      since: new Date(deps.now().getTime() - HOUR),
    });
    expect(replayed).toEqual({ ok: true, count: ids.length });
    await deliver();
    expect(receiver.heard.map((event) => event.id).sort()).toEqual([...ids].sort());
    expect(typesOf(memberId)).toEqual(['member.created', 'card.issued']);
  });

  it('is not of another receiver’s or another library’s event', async () => {
    const { id } = await register();
    const jateng = await libraryOf('jateng');
    const { id: theirs } = await register({}, jateng);
    await testWebhook(database.db, deps, admin(jateng), theirs);
    const [message] = await readWebhookLog(database.db, admin(jateng), theirs, {
      state: null,
      before: null,
    }).then(({ messages }) => messages);
    if (!message) throw new Error('no message');
    const refused = { ok: false, reason: 'not-found' };
    expect(await replayWebhook(database.db, deps, admin(), id, { message: message.id })).toEqual(refused);
    expect(await replayWebhook(database.db, deps, admin(), theirs, { message: message.id })).toEqual(refused);
    expect(await testWebhook(database.db, deps, admin(), theirs)).toEqual(refused);
    expect(await rotateWebhook(database.db, deps, admin(), theirs)).toEqual(refused);
    expect(await removeWebhook(database.db, deps, admin(), theirs)).toEqual(refused);
    expect((await logOf(theirs)).length).toBe(0);
    expect((await listWebhooks(database.db, admin())).map((one) => one.id)).toEqual([id]);
    await person();
    await deliver();
    expect(new Set(receiver.heard.map(({ data }) => data.library))).toEqual(
      new Set(['banyuwangi', 'jateng']),
    );
    expect(receiver.heard.filter(({ data }) => data.library === 'jateng').length).toBe(1);
  });
});

describe('an address inside the network', () => {
  it('is refused when it is typed and when a name leads there later, unless the admin allowed it', async () => {
    const refused = await createWebhook(database.db, deps, admin(), {
      name: 'Contoh Dalam',
      url: `https://127.0.0.1:${receiver.port}/`,
      inside: false,
      kinds: WEBHOOK_KINDS,
    });
    expect(refused).toEqual({ ok: false, reason: 'url-inside' });
    const { id } = await register({ url: `https://penerima.contoh.id:${receiver.port}/`, inside: false });
    await testWebhook(database.db, deps, admin(), id);
    for (const address of ['127.0.0.1', '10.0.0.5', '169.254.169.254', '::ffff:127.0.0.1']) {
      await deliver({
        // A name that was public when it was typed.
        lookup: (_name, done) =>
          done(null, [
            { address: '93.184.216.34', family: 4 },
            { address, family: address.includes(':') ? 6 : 4 },
          ]),
      });
      later(40 * HOUR);
    }
    expect(receiver.heard).toEqual([]);
    const [message] = await logOf(id);
    expect(message?.attempts.map(({ failure }) => failure)).toEqual(Array(4).fill('address'));
  });

  it('is reached by the address that was checked, over TLS whose name is the one that was typed', async () => {
    const safe = await openReceiver({ tls: true });
    const { id } = await register({ url: safe.url });
    await testWebhook(database.db, deps, admin(), id);
    const asked: string[] = [];
    const lookup: NonNullable<WebhookRunnerPorts['network']>['lookup'] = (name, done) => {
      asked.push(name);
      done(null, [{ address: '127.0.0.1', family: 4 }]);
    };
    await deliver({ lookup });
    expect((await logOf(id))[0]?.attempts).toMatchObject([{ failure: 'certificate' }]);
    expect(safe.heard).toEqual([]);
    later(HOUR);
    await deliver({ lookup, ca: safe.ca ?? '' });
    expect(safe.heard.length).toBe(1);
    expect(asked).toEqual(['localhost', 'localhost']);
    await safe.close();
  });
});

describe('who decides about receivers', () => {
  it('is an admin; two who save at once are told, and names are given once', async () => {
    await expect(
      createWebhook(database.db, deps, officer(), {
        name: 'Contoh',
        url: receiver.url,
        inside: true,
        kinds: WEBHOOK_KINDS,
      }),
    ).rejects.toThrow('device.manage');
    const { id } = await register({ name: 'Contoh Satu' });
    const row = await receiverOf(id);
    if (!row) throw new Error('gone');
    const target = { id, version: row.version };
    const outcomes = await Promise.all(
      ['Contoh Dua', 'Contoh Tiga'].map((name) =>
        changeWebhook(database.db, deps, admin(), target, { ...row, name }),
      ),
    );
    expect(outcomes.filter(({ ok }) => ok).length).toBe(1);
    expect(outcomes).toContainEqual({ ok: false, reason: 'changed-meanwhile' });
    const taken = (await receiverOf(id))?.name ?? '';
    expect(await createWebhook(database.db, deps, admin(), { ...row, name: taken })).toEqual({
      ok: false,
      reason: 'name-taken',
    });
    expect(
      await createWebhook(database.db, deps, admin(), { ...row, name: 'Contoh Empat', kinds: [] }),
    ).toEqual({
      ok: false,
      reason: 'kinds-missing',
    });
  });

  it('leaves an audit row of each decision, and after 30 days nothing of what was sent', async () => {
    const { id } = await register();
    await testWebhook(database.db, deps, admin(), id);
    await deliver();
    await setWebhookState(database.db, deps, admin(), id, 'paused');
    const actions = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('audit_log').select('action').where('subject_id', '=', id).orderBy('id').execute(),
    );
    expect(actions.map(({ action }) => action)).toEqual(['webhook.create', 'webhook.test', 'webhook.pause']);
    later(31 * 24 * HOUR);
    await applyRetention(database.db, deps, library);
    expect(await logOf(id)).toEqual([]);
    const attempts = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('webhook_attempt').selectAll().execute(),
    );
    expect(attempts).toEqual([]);
  });
});
