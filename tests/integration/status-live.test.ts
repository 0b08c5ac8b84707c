import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { callNext } from '../../src/usecases/call-next.ts';
import { changeConsent } from '../../src/usecases/change-consent.ts';
import { issueQueueNumber, linkTicket } from '../../src/usecases/queue-ticket.ts';
import { takeCase } from '../../src/usecases/take-case.ts';
import { portrait } from '../support/cases.ts';
import { type Counter, type CounterOfficer, openCounter } from '../support/counter.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let counter: Counter;
let officer: CounterOfficer;
beforeAll(async () => {
  database = await createTestDatabase();
  counter = await openCounter(database, 'banyuwangi');
  officer = await counter.officer('petugas');
});
afterAll(() => database.drop());

const pageOf = (token: string) => `/banyuwangi/permohonan/${token}`;

/** The open page's connection. */
async function listen(token: string) {
  const controller = new AbortController();
  const answer = await counter.test.request(`${pageOf(token)}/siaran`, { signal: controller.signal });
  const reader = answer.body?.getReader();
  return {
    status: answer.status,
    headers: answer.headers,
    heard: async () => new TextDecoder().decode((await reader?.read())?.value),
    async close() {
      await reader?.cancel();
      controller.abort();
    },
  };
}

async function versionOf(token: string): Promise<string> {
  const { version } = (await (await counter.test.request(`${pageOf(token)}/versi`)).json()) as {
    version: string;
  };
  return version;
}

describe('the applicant’s open page', () => {
  it('hears at once that its own case changed, nothing of other cases, and never what', async () => {
    const mine = await counter.fromPhone('Contoh Halaman Sendiri');
    const other = await counter.fromPhone('Contoh Halaman Lain');
    const feed = await listen(mine.token);
    expect(feed.headers.get('content-type')).toContain('text/event-stream');
    expect(feed.headers.get('cache-control')).toBe('no-store');
    expect(await feed.heard()).toContain('event: ping');
    let spoken = false;
    const news = feed.heard().then((text) => {
      spoken = true;
      return text;
    });
    await takeCase(counter.deps.db, counter.deps, officer.scope(), { applicationId: other.applicationId });
    // The other case's wake was delivered before its use case returned; the stream has had its turn since.
    await new Promise((resolve) => setImmediate(resolve));
    expect(spoken).toBe(false);
    await takeCase(counter.deps.db, counter.deps, officer.scope(), { applicationId: mine.applicationId });
    expect((await news).replace(/\s+/g, ' ').trim()).toBe('event: change data:');
    await feed.close();
  });

  it('cannot be listened to with another library’s address, nor with one that never was', async () => {
    const { token } = await counter.fromPhone('Contoh Alamat Salah');
    for (const path of [
      `/jateng/permohonan/${token}/siaran`,
      `/banyuwangi/permohonan/${'A'.repeat(22)}/siaran`,
    ])
      expect((await counter.test.request(path)).status).toBe(404);
  });

  it('holds few connections a case; one that is closed makes room', async () => {
    const { token } = await counter.fromPhone('Contoh Banyak Tab');
    const feeds = await Promise.all(Array.from({ length: 8 }, () => listen(token)));
    const refused = await listen(token);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).not.toBeNull();
    await feeds[0]?.heard();
    await feeds[0]?.close();
    await expect
      .poll(async () => {
        const again = await listen(token);
        await again.close();
        return again.status;
      })
      .toBe(200);
    for (const feed of feeds.slice(1)) await feed.close();
  });

  it('keeps its places although somebody asks for the heads of its connection only', async () => {
    const { token } = await counter.fromPhone('Contoh Kepala Saja');
    for (let asked = 0; asked < 20; asked++) {
      const head = await counter.test.request(`${pageOf(token)}/siaran`, { method: 'HEAD' });
      expect(head.status).toBe(200);
      expect(head.headers.get('content-type')).toContain('text/event-stream');
      expect(head.headers.get('cache-control')).toBe('no-store');
    }
    const feed = await listen(token);
    expect(feed.status).toBe(200);
    await feed.close();
  });

  it('has another version whenever it shows something else, a call and a consent included', async () => {
    const { token, applicationId } = await counter.fromPhone('Contoh Versi');
    const { deps } = counter;
    const seen = [await versionOf(token)];
    const queue = await inLibrary(deps.db, counter.library.id, (tx) =>
      issueQueueNumber(tx, deps, officer.scope(), { applicationId: null, visitId: null, priority: 'lansia' }),
    );
    await linkTicket(deps.db, deps, officer.scope(), queue.ticketId, applicationId);
    seen.push(await versionOf(token));
    const number = String(queue.number).padStart(3, '0');
    const page = async () => (await counter.test.request(pageOf(token))).text();
    expect(await page()).toContain(`Nomor antrean Anda ${number}`);
    await callNext(deps.db, deps, officer.scope());
    seen.push(await versionOf(token));
    const called = await page();
    expect(called).toContain(`Nomor antrean ${number} dipanggil`);
    expect(called).toContain(`data-version="${seen.at(-1)}"`);
    await changeConsent(deps.db, deps, counter.citizen(), {
      applicationId,
      kind: 'messages',
      given: true,
      channel: 'phone',
    });
    seen.push(await versionOf(token));
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('sends nobody to the officer any more once the case is decided, although the card is still to be handed over', async () => {
    const { token, ticketCode, applicationId } = await counter.fromPhone('Contoh Sudah Disetujui');
    const base = `/banyuwangi/loket/${applicationId}`;
    const page = async () => (await counter.test.request(pageOf(token))).text();
    await officer.post('/banyuwangi/loket/pindai', { kode: ticketCode });
    await officer.post(`${base}/identitas`, { dokumen: 'ktp:original' });
    await officer.post(`${base}/kros-cek`, { alasan: 'other_person' });
    await counter.test.upload(`${base}/foto`, { foto: await portrait() }, officer.cookie);
    expect(await page()).toContain('Silakan ke petugas');
    await officer.post(`${base}/setujui`, {});
    const approved = await page();
    expect(approved).toContain('Selamat, Anda sudah menjadi anggota');
    expect(approved).not.toContain('Nomor antrean');
    expect(approved).not.toContain('Silakan ke petugas');
    expect(approved).toContain(`data-version="${await versionOf(token)}"`);
  });
});
