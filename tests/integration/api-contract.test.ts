/** The OpenAPI document holds: every example, and what is not like it, is sent to the running service. */
import Ajv from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API_SCOPES, type ApiScope } from '../../src/domain/api-scope.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import { apiOperations } from '../../src/web/api/routes.tsx';
import { onceKey, type Program, programOf } from '../support/api-keys.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { libraryOf, phoneCase } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

interface Media {
  readonly schema: object;
  readonly example?: Record<string, unknown>;
}
interface Documented {
  readonly operationId: string;
  readonly 'x-scope'?: ApiScope;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: 'path' | 'query' | 'header';
    readonly required: boolean;
    readonly example?: string;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Documented>>>>;
  readonly components: { readonly schemas: { readonly Problem: object } };
}

const NIK = '9901015708990777';

let database: TestDatabase;
let site: TestApp;
let listening: Awaited<ReturnType<TestApp['listen']>>;
let program: Program;
let document: Document;
let member: MemberId;
let stranger: MemberId;
let application: string;
let operations: readonly { readonly method: string; readonly path: string; readonly op: Documented }[];
const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  listening = await site.listen();
  program = await programOf(site, 'banyuwangi', undefined, {}, listening.url);
  const scope = scopeOfRole(await libraryOf(site, 'banyuwangi'), site.deps, ['petugas']);
  member = await memberNamed(database, site.deps, scope, 'Contoh Rahasia', {
    nik: NIK as never,
    documentNumber: NIK,
    address: { line: 'Jl. Contoh 1', rt: '001', rw: '002', village: '99.01.01.2001' as never },
  });
  const there = scopeOfRole(await libraryOf(site, 'jateng'), site.deps, ['petugas']);
  stranger = await memberNamed(database, site.deps, there, 'Contoh Jateng');
  ({ applicationId: application } = await phoneCase(site, 'banyuwangi', 'Contoh Kasus'));
  document = (await (await site.request('/api/v1/openapi.json?lang=en')).json()) as Document;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, op]) => ({ method: method.toUpperCase(), path, op })),
  );
}, 120_000);
afterAll(async () => {
  await listening.close();
  await database.drop();
});

const only = (id: string) => {
  const found = operations.find(({ op }) => op.operationId === id);
  if (!found) throw new Error(`no operation ${id}`);
  return found;
};

/** An address with real ids; `id` is another one where it is asked for. */
function addressOf(path: string, id?: string): string {
  return path
    .replace('/members/{id}', `/members/${id ?? member}`)
    .replace('/applications/{id}', `/applications/${id ?? application}`)
    .replace('{month}', id ?? '2026-01');
}

async function headersOf(op: Documented): Promise<Record<string, string>> {
  const wanted = (name: string) => op.parameters.some((one) => one.name === name);
  const headers: Record<string, string> = {};
  if (wanted('Idempotency-Key')) headers['idempotency-key'] = onceKey();
  if (wanted('If-Match'))
    headers['if-match'] = (await program.ask('GET', `/members/${member}`)).headers.get('etag') ?? '';
  return headers;
}

/** Whether an answer is one that the document tells of. */
async function answerOf(op: Documented, answer: Response): Promise<Record<string, unknown>> {
  const documented = op.responses[String(answer.status)];
  expect(documented, `${op.operationId} answers ${answer.status}`).toBeDefined();
  const type = answer.headers.get('content-type') ?? '';
  const text = await answer.text();
  if (text === '') return {};
  const media = documented?.content?.[type];
  expect(media, `${op.operationId} ${answer.status} ${type}`).toBeDefined();
  const schema =
    type === 'application/problem+json' ? document.components.schemas.Problem : (media?.schema ?? false);
  const body = JSON.parse(text) as Record<string, unknown>;
  const right = ajv.validate(schema, body);
  expect(right ? [] : ajv.errors, `${op.operationId} ${text.slice(0, 300)}`).toEqual([]);
  expect(text).not.toContain(NIK);
  return body;
}

describe('the document', () => {
  it('is of OpenAPI 3.1, in two languages, with an ETag', async () => {
    expect(document.openapi).toBe('3.1.0');
    const indonesian = await site.request('/api/v1/openapi.json');
    expect(await indonesian.text()).toContain('Daftar anggota');
    const etag = indonesian.headers.get('etag') ?? '';
    const again = await site.request('/api/v1/openapi.json', { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
  });

  it('tells of every route, and each example is as its schema says', () => {
    const routes = site.app.routes
      .filter(({ method, path }) => method !== 'ALL' && /^\/api\/v1\/(?!openapi)/.test(path))
      .map(({ method, path }) => `${method} ${path}`);
    const told = operations.map(
      ({ method, path }) => `${method} /api/v1${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    );
    expect([...new Set(routes)].sort()).toEqual(told.sort());
    for (const { op } of operations) {
      for (const [status, { content }] of Object.entries(op.responses)) {
        const media = content?.['application/json'];
        if (media?.example === undefined) continue;
        expect(ajv.validate(media.schema, media.example), `${op.operationId} ${status}`).toBe(true);
      }
      const sent = op.requestBody?.content['application/json'];
      if (sent) expect(ajv.validate(sent.schema, sent.example), op.operationId).toBe(true);
    }
  });

  it('is a page for people in both languages, without any script', async () => {
    for (const [lang, word] of [
      ['id', 'Aturan untuk semua permintaan'],
      ['en', 'Rules of all requests'],
    ]) {
      const answer = await site.request(`/api?lang=${lang}`);
      const page = await answer.text();
      expect(answer.status).toBe(200);
      expect(page).toContain(word);
      expect(page).not.toContain('<script');
      for (const { op } of operations) expect(page).toContain(`id="${op.operationId}"`);
    }
  });

  it('names no field of an identity number', () => {
    const answers = operations.flatMap(({ op }) => Object.values(op.responses));
    expect(JSON.stringify(answers)).not.toMatch(/"(nik|kk|document_number)"/);
  });
});

describe('what the document shows', () => {
  it('works as it is written there', async () => {
    for (const { method, path, op } of operations) {
      const query = new URLSearchParams(
        op.parameters.flatMap((one) =>
          one.in === 'query' && one.example !== undefined ? [[one.name, one.example]] : [],
        ),
      );
      const example = op.requestBody?.content['application/json']?.example;
      const answer = await program.ask(method, `${addressOf(path)}?${query}`, {
        ...(example === undefined ? {} : { body: example }),
        headers: await headersOf(op),
      });
      const text = await answer.clone().text();
      expect([200, 201], `${op.operationId}: ${text}`).toContain(answer.status);
      await answerOf(op, answer);
      expect(answer.headers.get('ratelimit')).toMatch(/^"minute";r=\d+;t=\d+$/);
    }
  });

  it('is refused in words where something in it is wrong', async () => {
    for (const { method, path, op } of operations) {
      const example = op.requestBody?.content['application/json']?.example;
      if (example === undefined) continue;
      const variants: unknown[] = [
        null,
        [],
        'text',
        { ...example, unknown: 1 },
        { ...example, __proto__: null, 'a/b~c': 1 },
        ...Object.keys(example).flatMap((name) => [
          { ...example, [name]: { a: 1 } },
          { ...example, [name]: [] },
          { ...example, [name]: `${'x'.repeat(1_001)}` },
          { ...example, [name]: 'a\u0000b' },
        ]),
      ];
      for (const body of variants) {
        const answer = await program.ask(method, addressOf(path), {
          body: JSON.stringify(body),
          headers: await headersOf(op),
        });
        const found = await answerOf(op, answer);
        expect(answer.status, `${op.operationId} ${JSON.stringify(body)}`).toBe(422);
        expect(found.errors).not.toEqual([]);
      }
      for (const [body, headers, status] of [
        ['{', {}, 400],
        ['\ufffd\ud800', {}, 400],
        [JSON.stringify(example), { 'content-type': 'text/plain' }, 415],
        [JSON.stringify(example), { 'content-type': 'application/x-www-form-urlencoded' }, 415],
        [JSON.stringify({ x: 'x'.repeat(70_000) }), {}, 413],
        [JSON.stringify(example), { accept: 'text/html' }, 406],
      ] as const) {
        const answer = await program.ask(method, addressOf(path), {
          body,
          headers: { ...(await headersOf(op)), ...headers },
        });
        await answerOf(op, answer);
        expect(answer.status, `${op.operationId} ${JSON.stringify(headers)}`).toBe(status);
      }
    }
  }, 60_000);

  it('is refused where a parameter is wrong, unknown or given twice', async () => {
    for (const { method, path, op } of operations.filter((one) => one.method === 'GET')) {
      for (const query of [
        'unknown=1',
        'limit=0',
        'limit=201',
        'limit=x',
        'cursor=x',
        'cursor=abc.def',
        'fields=nik',
        'fields=document_number,id',
        'fields=',
        'state=dead',
        'limit=1&limit=2',
        'changed_since=yesterday',
        'from=2026-02-30',
        'number=a%00b',
      ]) {
        const answer = await program.ask(method, `${addressOf(path)}?${query}`);
        await answerOf(op, answer);
        expect(answer.status, `${op.operationId} ${query}`).toBe(400);
      }
    }
  });

  it('finds nothing under another library’s ids, or what is none', async () => {
    for (const { method, path, op } of operations.filter((one) => one.path.includes('{'))) {
      for (const id of [
        stranger,
        '01890000-0000-7000-8000-00000000ffff',
        'x',
        '%27%20or%201=1',
        '99999999999999999999',
        '2026-13',
      ]) {
        const body = op.requestBody?.content['application/json']?.example;
        const answer = await program.ask(method, addressOf(path, id), {
          ...(body === undefined ? {} : { body }),
          headers: await headersOf(op),
        });
        await answerOf(op, answer);
        expect(answer.status, `${op.operationId} ${id}`).toBe(404);
      }
    }
  });

  it('answers other methods with those it knows, and other addresses as not found', async () => {
    for (const path of new Set(operations.map((one) => one.path))) {
      const known = operations.filter((one) => one.path === path).map(({ method }) => method);
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].filter(
        (one) => !known.includes(one),
      )) {
        const answer = await program.ask(method, addressOf(path));
        expect(answer.status, `${method} ${path}`).toBe(405);
        for (const one of known) expect(answer.headers.get('allow')).toContain(one);
        expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      }
    }
    for (const path of ['', '/', '/nowhere', '/members/', `/members/${member}/erase`]) {
      const answer = await program.ask('GET', path);
      expect(answer.status, path).toBe(404);
      if (path !== '') expect(answer.headers.get('content-type')).toBe('application/problem+json');
    }
  });
});

describe('scopes', () => {
  /** Written down from the decision and from nothing in the program. */
  const ORACLE: Readonly<Record<string, ApiScope | null>> = {
    getLibrary: null,
    listMembers: 'members.read',
    getMember: 'members.read',
    changeContact: 'members.write',
    suspendMember: 'members.suspend',
    resumeMember: 'members.suspend',
    verifyCard: 'cards.verify',
    listCards: 'cards.read',
    submitApplication: 'applications.write',
    listApplications: 'applications.read',
    getApplication: 'applications.read',
    recordVisit: 'visits.write',
    listVisits: 'visits.read',
    getMonth: 'reports.read',
  };

  it('open exactly what they name', async () => {
    expect(operations.map(({ op }) => op.operationId).sort()).toEqual(Object.keys(ORACLE).sort());
    for (const scope of [...API_SCOPES, null]) {
      const scopes = scope === null ? [] : [scope];
      const narrow = await programOf(site, 'banyuwangi', scopes, {}, listening.url);
      for (const { method, path, op } of operations) {
        const body = op.requestBody?.content['application/json']?.example;
        const answer = await narrow.ask(method, addressOf(path, '01890000-0000-7000-8000-00000000ffff'), {
          ...(body === undefined ? {} : { body: {} }),
          headers: await headersOf(op),
        });
        await answerOf(op, answer);
        const wanted = ORACLE[op.operationId];
        expect(answer.status === 403, `${op.operationId} with ${scope}: ${answer.status}`).toBe(
          wanted !== null && wanted !== scope,
        );
      }
    }
  }, 60_000);

  it('say of each operation in the document what it needs', () => {
    for (const { op } of operations) expect(op['x-scope'] ?? null).toBe(ORACLE[op.operationId]);
    expect(apiOperations(site.deps).length).toBe(operations.length);
    expect(only('getMember').path).toBe('/members/{id}');
  });
});
