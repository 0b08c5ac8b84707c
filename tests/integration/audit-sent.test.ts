import { type AddressInfo, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { keepSentAudit } from '../../src/db/audit-sent.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { Phone } from '../../src/domain/ids.ts';
import { type AuditTarget, openAuditSink, readAuditTarget } from '../../src/interop/audit-sink.ts';
import { writeAudit } from '../../src/usecases/audit.ts';
import { sealWaiting } from '../../src/usecases/audit-seal.ts';
import type { Deps, LibraryContext, Scope } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { sendAudit } from '../../src/usecases/send-audit.ts';
import { type Collector, openCollector } from '../support/collector.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';
import { selfSigned } from '../support/tls-files.ts';

let database: TestDatabase;
let deps: Deps;
let library: LibraryContext;
let scope: Scope;
const collectors: Collector[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  deps = testDeps();
  const found = await loadLibrary(database.db, 'jateng', deps.now());
  if (!found) throw new Error('not seeded');
  library = found;
  scope = scopeOfRole(library, deps, ['petugas']);
});
afterEach(async () => {
  for (const one of collectors.splice(0)) await one.close();
});
afterAll(() => database.drop());

async function collector(files?: { readonly cert: string; readonly key: string }): Promise<Collector> {
  const made = await openCollector(files);
  collectors.push(made);
  return made;
}
const plainTo = (one: Collector): AuditTarget => ({
  kind: 'syslog',
  host: '127.0.0.1',
  port: one.port,
  tls: false,
});
const sinkTo = (target: AuditTarget, ca?: string) =>
  openAuditSink(target, { now: deps.now, timeoutMs: 5_000, ...(ca === undefined ? {} : { ca }) });
const send = (one: Collector) => sendAudit(database.db, deps.now, sinkTo(plainTo(one)));

interface Said {
  readonly event: string;
  readonly library: string;
  readonly seal: number;
  readonly [name: string]: unknown;
}
const saidTo = (one: Collector): Said[] => one.lines.map((line) => JSON.parse(line) as Said);
const idsIn = (said: readonly Said[]) =>
  said.filter(({ event }) => event === 'audit').map(({ id }) => String(id));

async function write(count: number, words?: { readonly subject: string }): Promise<void> {
  await inLibrary(database.db, library.id, async (tx) => {
    for (let n = 0; n < count; n++)
      await writeAudit(tx, deps, scope, {
        action: 'member.view',
        subjectKind: 'member',
        subjectId: words?.subject ?? deps.uuid(deps.now()),
        purpose: words === undefined ? 'view_member' : 'mencari tetangga bernama Contoh',
        fields: ['name'],
      });
  });
  await sealWaiting(database.db);
}

const stored = async () => {
  const rows = await inLibrary(database.db, library.id, (tx) =>
    tx.selectFrom('audit_leaf').select('audit_id').orderBy('n').orderBy('pos').execute(),
  );
  return rows.map(({ audit_id }) => String(audit_id));
};

it('the sealed log goes to a collector, in the order of the chain, with ids and digests and no value', async () => {
  const memberId = await memberNamed(database, deps, scope, 'Contoh Rahasia', {
    phone: '+6281234500077' as Phone,
  });
  await write(3, { subject: memberId });
  const one = await collector();
  await send(one);
  const said = saidTo(one).filter((line) => line.library === 'jateng');
  expect(idsIn(said)).toEqual(await stored());
  expect(one.heads.every((head) => head.startsWith('<110>1 '))).toBe(true);
  const seals = said.filter(({ event }) => event === 'audit-seal');
  expect(seals.map(({ seal }) => seal)).toEqual(seals.map((_, at) => at + 1));
  expect(seals.at(-1)).toMatchObject({ digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
  const text = one.lines.join('\n');
  for (const value of ['Contoh', 'tetangga', '81234500077', 'purpose']) expect(text).not.toContain(value);
  expect(said.some((line) => line.subject_id === memberId && line.action === 'member.view')).toBe(true);
  // Nothing twice where all went well.
  const again = await collector();
  await send(again);
  expect(again.lines).toEqual([]);
});

it('what a collector did not read to its end is sent once more, and what came meanwhile after it', async () => {
  await write(4_000);
  const broken = await collector();
  broken.cutAfter = 1_000;
  await expect(send(broken)).rejects.toThrow();
  const heard = idsIn(saidTo(broken));
  expect(heard.length).toBeGreaterThan(0);
  const away = await collector();
  await away.close();
  collectors.splice(collectors.indexOf(away), 1);
  await expect(send(away)).rejects.toThrow();
  await write(5);
  const whole = await collector();
  expect(await send(whole)).toBe(4_005);
  const all = await stored();
  expect(idsIn(saidTo(whole))).toEqual(all.slice(-4_005));
  expect(idsIn(saidTo(whole))).toEqual(expect.arrayContaining(heard));
});

it('how far it went is written down forwards only, and never beyond what is sealed', async () => {
  await write(1);
  await send(await collector());
  const there = () =>
    inLibrary(database.db, library.id, async (tx) => {
      const { n } = await tx.selectFrom('audit_sent').select('n').executeTakeFirstOrThrow();
      const { last } = await tx
        .selectFrom('audit_seal')
        .select((of) => of.fn.max('n').as('last'))
        .executeTakeFirstOrThrow();
      return { n, last };
    });
  const { n, last } = await there();
  expect(n).toBe(last);
  const keep = (seal: number) =>
    inLibrary(database.db, library.id, (tx) => keepSentAudit(tx, seal, deps.now()));
  await expect(keep(n - 1)).rejects.toThrow('more than seal');
  await expect(keep(n + 1)).rejects.toThrow('there is no seal');
  await expect(
    inLibrary(database.db, library.id, (tx) =>
      tx
        .updateTable('audit_sent')
        .set({ n: n - 1 })
        .execute(),
    ),
  ).rejects.toThrow('permission denied');
  await keep(n);
  expect(await there()).toEqual({ n, last });
});

it('a collector that says goodbye before it has everything has not got it', async () => {
  const server = createServer(
    (socket) =>
      void socket
        .on('error', () => undefined)
        .resume()
        .end(),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const lines = Array.from({ length: 64 }, () => 'x'.repeat(1_000_000));
  const sink = sinkTo({ kind: 'syslog', host: '127.0.0.1', port, tls: false });
  await expect(sink(lines)).rejects.toThrow('closed before the end');
  server.close();
});

it('goes over TLS to whoever shows the certificate of that name, and to nobody else', async () => {
  await write(2);
  const files = selfSigned();
  const one = await collector(files);
  const target: AuditTarget = { kind: 'syslog', host: 'localhost', port: one.port, tls: true };
  await expect(sendAudit(database.db, deps.now, sinkTo(target))).rejects.toThrow();
  await expect(
    sendAudit(database.db, deps.now, sinkTo({ ...target, host: '127.0.0.1' }, files.cert)),
  ).rejects.toThrow();
  expect(one.lines).toEqual([]);
  expect(await sendAudit(database.db, deps.now, sinkTo(target, files.cert))).toBe(2);
  expect(idsIn(saidTo(one))).toHaveLength(2);
});

it('is set by an address, over TLS unless the operator says otherwise', () => {
  expect(readAuditTarget('stdout')).toEqual({ kind: 'stdout' });
  expect(readAuditTarget('syslogs://log.contoh.go.id')).toMatchObject({ port: 6514, tls: true });
  expect(readAuditTarget('syslog://[2001:db8::1]:1514')).toMatchObject({ host: '2001:db8::1', port: 1514 });
  for (const wrong of ['', 'log.contoh.go.id', 'https://log.contoh.go.id', 'syslog://a:0', 'syslogs://a/b'])
    expect(readAuditTarget(wrong), wrong).toBeUndefined();
  const open = readConfig({ AUDIT_TO: 'syslog://log.contoh.go.id' });
  expect(open).toMatchObject({
    ok: false,
    problems: [expect.stringContaining('AUDIT_TO leads to another host')],
  });
  expect(readConfig({ AUDIT_TO: 'syslog://log.contoh.go.id', ALLOW_PLAINTEXT: 'audit' }).ok).toBe(true);
  expect(readConfig({ AUDIT_TO: 'syslogs://log.contoh.go.id' }).ok).toBe(true);
  for (const here of ['[::1]:601', '127.0.0.1', 'localhost'])
    expect(readConfig({ AUDIT_TO: `syslog://${here}`, OUTGOING_HOSTS: 'lain.contoh.go.id' }).ok, here).toBe(
      true,
    );
  expect(readConfig({ AUDIT_TO: 'syslog://[::2]:601' }).ok).toBe(false);
});
