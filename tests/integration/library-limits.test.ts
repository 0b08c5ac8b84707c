/** Floods from many addresses: past a library's own limit nobody is shut out, and who sends on and on solves tasks. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.ts';
import { phoneCase } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { solve } from '../support/proof.ts';
import { typedForm } from '../support/typed-form.ts';

/** Instead of the 60,000 of the service. */
const OF_LIBRARY = 20;

let database: TestDatabase;
let site: TestApp;
beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database, { formsOfLibrary: OF_LIBRARY });
});
afterAll(() => database.drop());

type Fields = Readonly<Record<string, string>>;
async function send(
  path: string,
  remoteAddress: string,
  body: URLSearchParams | FormData,
): Promise<Response> {
  const headers = { origin: 'http://localhost' };
  return site.app.request(
    path,
    { method: 'POST', body, headers },
    { incoming: { socket: { remoteAddress } } },
  );
}
const post = (path: string, address: string, fields: Fields) =>
  send(path, address, new URLSearchParams(fields));
const NOBODY = 'AAAAAAAAAAAAAAAAAAAAAA';

/** @param isIn what is answered where the form was let in */
const KINDS: readonly {
  readonly what: string;
  readonly path: string;
  readonly fields?: () => Fields;
  readonly isIn: number;
}[] = [
  { what: 'registration', path: '/daftar', fields: () => typedForm(), isIn: 303 },
  { what: 'draft', path: '/daftar/lanjutkan', isIn: 303 },
  { what: 'guardian', path: `/permohonan/${NOBODY}/wali`, isIn: 404 },
  { what: 'status page', path: `/permohonan/${NOBODY}/persetujuan`, isIn: 404 },
  { what: 'KTA', path: `/kta/${NOBODY}/persetujuan`, isIn: 404 },
  { what: 'own data', path: `/data-saya/kta/${NOBODY}/unduh`, isIn: 404 },
];

describe.each(KINDS)('the $what', ({ path, fields = () => ({}), isIn }) => {
  it('asks for a task past the limit of the library, of those who send one form after the other', async () => {
    const address = `/banyuwangi${path}`;
    for (let one = 0; one < OF_LIBRARY; one++)
      expect((await post(address, `10.1.0.${one}`, fields())).status).toBe(isIn);
    // It is a flood now. Whoever has sent few passes as ever, without script as well.
    for (let one = 0; one < 5; one++) expect((await post(address, '10.2.0.1', fields())).status).toBe(isIn);
    const waiting = await post(address, '10.2.0.1', fields());
    expect(waiting.status).toBe(429);
    const page = await waiting.text();
    expect(page).toMatch(/data-wait="\d+"/);
    const { bukti } = solve(page);
    expect((await post(address, '10.2.0.1', { ...fields(), bukti })).status).toBe(isIn);
    expect((await post(address, '10.2.0.1', { ...fields(), bukti })).status).toBe(429);
    expect((await post(address, '10.2.0.2', fields())).status).toBe(isIn);
    // Another library is not flooded.
    const elsewhere = `/jateng${path}`;
    if (isIn === 404) expect((await post(elsewhere, '10.2.0.1', fields())).status).toBe(isIn);
  });
});

it('uploads go on by ten for each task', async () => {
  const { token } = await phoneCase(site, 'banyuwangi', 'Contoh Banyak Foto');
  const path = `/banyuwangi/permohonan/${token}/foto`;
  const upload = (address: string, fields: Fields = { 'foto-berkas': '' }) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    return send(path, address, body);
  };
  for (let one = 0; one < OF_LIBRARY; one++) expect((await upload(`10.3.0.${one}`)).status).not.toBe(429);
  for (let one = 0; one < 5; one++) expect((await upload('10.4.0.1')).status).not.toBe(429);
  const waiting = await upload('10.4.0.1');
  expect(waiting.status).toBe(429);
  expect((await upload('10.4.0.1', { bukti: solve(await waiting.text()).bukti })).status).toBe(303);
  for (let one = 0; one < 10; one++) expect((await upload('10.4.0.1')).status).not.toBe(429);
  expect((await upload('10.4.0.1')).status).toBe(429);
  expect((await upload('10.4.0.2')).status).not.toBe(429);
});
