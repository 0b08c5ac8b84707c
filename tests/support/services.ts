/** A service that members sign in to, by a client library of its own, and a browser without a screen. */
import * as oidc from 'openid-client';
import { expect } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { DEFAULT_SERVICE, type ServiceScope, type ServiceSettings } from '../../src/domain/service.ts';
import { mailComposer } from '../../src/jobs/compose-mail.ts';
import type { LibraryContext } from '../../src/usecases/context.ts';
import { deliverMessages, type Mail } from '../../src/usecases/deliver-messages.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { createService } from '../../src/usecases/service.ts';
import type { TestApp } from './app.ts';
import type { TestDatabase } from './database.ts';

export type Slug = 'jateng' | 'banyuwangi';
export const CALLBACK = 'https://buku.example/kembali';

/** Switches signing in of members on for a library. */
export async function switchOn(database: TestDatabase, site: TestApp, slug: Slug): Promise<LibraryContext> {
  await inLibrary(database.db, database.libraryIds[slug], (tx) =>
    tx
      .updateTable('setting')
      .set({ value: JSON.stringify({ enabled: true }) })
      .where('name', '=', 'memberSignIn')
      .execute(),
  );
  site.deps.libraries.forget(slug);
  const library = await loadLibrary(database.db, slug, site.deps.now());
  if (!library) throw new Error('not seeded');
  return library;
}

let made = 0;

export interface TestService {
  readonly id: string;
  readonly secret: string | null;
}

export async function serviceNamed(
  database: TestDatabase,
  site: TestApp,
  library: LibraryContext,
  settings: Partial<ServiceSettings> = {},
  scopes: readonly ServiceScope[] = ['profile', 'membership'],
): Promise<TestService> {
  const outcome = await createService(
    database.db,
    site.deps,
    { library, actor: { kind: 'system' }, at: site.deps.now(), requestId: 'test' },
    {
      name: `layanan-${made++}`,
      scopes,
      settings: { ...DEFAULT_SERVICE, title: 'Buku Contoh', redirects: [CALLBACK], ...settings },
    },
  );
  if (!outcome.ok) throw new Error(outcome.reason);
  return { id: outcome.id, secret: outcome.secret };
}

/** The service's own side: discovery and all later requests go to the app without a network. */
export function connect(
  site: TestApp,
  slug: Slug,
  service: TestService,
  root = 'http://localhost',
  settings: Partial<oidc.ClientMetadata> = {},
  proof: oidc.ClientAuth = service.secret === null ? oidc.None() : oidc.ClientSecretBasic(service.secret),
): Promise<oidc.Configuration> {
  const ask: oidc.CustomFetch = (url, options) =>
    site.request(url.replace(root, ''), options as unknown as RequestInit);
  return oidc.discovery(new URL(`${root}/${slug}/oidc`), service.id, settings, proof, {
    execute: [oidc.allowInsecureRequests],
    [oidc.customFetch]: ask,
  });
}

/** What a service keeps between sending somebody and their coming back. */
export interface Errand {
  readonly url: URL;
  readonly checks: {
    readonly pkceCodeVerifier: string;
    readonly expectedState: string;
    readonly expectedNonce: string;
  };
}

export async function errand(
  config: oidc.Configuration,
  more: Readonly<Record<string, string>> = {},
): Promise<Errand> {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()];
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK,
    scope: 'openid profile membership',
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
    ...more,
  });
  return { url, checks: { pkceCodeVerifier, expectedState, expectedNonce } };
}

/** Keeps cookies by their paths, as a browser does, and shows each page. */
export class Visitor {
  /** Another process may answer the next request. */
  site: TestApp;
  readonly #jar = new Map<string, { readonly value: string; readonly path: string }>();
  page = { status: 0, at: '', text: '', headers: new Headers() };

  constructor(site: TestApp) {
    this.site = site;
  }

  cookies(): string {
    return [...this.#jar].map(([name, { value, path }]) => `${name}=${value};${path}`).join('\n');
  }

  /** Goes there and follows what it is told, as long as it stays at this service. @returns where it was sent away to */
  async go(address: string, fields?: Readonly<Record<string, string>>): Promise<string | null> {
    let [path, body] = [
      address.replace('http://localhost', ''),
      fields && new URLSearchParams(fields).toString(),
    ];
    for (let hops = 0; hops < 10; hops++) {
      const where = path.split('?')[0] ?? '';
      const cookie = [...this.#jar]
        .filter(([, one]) => one.path === '/' || where === one.path || where.startsWith(`${one.path}/`))
        .map(([name, { value }]) => `${name}=${value}`)
        .join('; ');
      const answer = await this.site.request(path, {
        ...(body === undefined ? {} : { method: 'POST', body }),
        headers: {
          accept: 'text/html',
          ...(cookie === '' ? {} : { cookie }),
          ...(body === undefined
            ? {}
            : { origin: 'http://localhost', 'content-type': 'application/x-www-form-urlencoded' }),
        },
      });
      for (const set of answer.headers.getSetCookie()) this.#keep(set);
      const to = answer.headers.get('location');
      if (to === null) {
        this.page = { status: answer.status, at: where, text: await answer.text(), headers: answer.headers };
        return null;
      }
      const next = new URL(to, `http://localhost${path}`);
      if (next.origin !== 'http://localhost') return next.href;
      [path, body] = [`${next.pathname}${next.search}`, undefined];
    }
    throw new Error('sent round and round');
  }

  #keep(set: string): void {
    const [pair = '', ...rest] = set.split(';').map((part) => part.trim());
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    const path = rest.find((part) => part.toLowerCase().startsWith('path='))?.slice(5) ?? '/';
    if (value === '') this.#jar.delete(name);
    else this.#jar.set(name, { value, path });
  }
}

/** Everything that waits leaves; the code of the last mail to this address. */
export async function codeFor(database: TestDatabase, site: TestApp, address: string): Promise<string> {
  const mails: Mail[] = [];
  await deliverMessages(database.db, site.deps, {
    send: async (mail) => {
      mails.push(mail);
      return { ok: true };
    },
    compose: mailComposer('https://contoh.example'),
  });
  const text = mails.filter(({ to }) => to === address).at(-1)?.text ?? '';
  return /\b\d{6}\b/.exec(text)?.[0] ?? '';
}

/** Number, code and consent, as a member gives them. @returns where the browser was sent back to */
export async function signInByCode(
  parts: { readonly database: TestDatabase; readonly site: TestApp },
  visitor: Visitor,
  to: URL,
  member: { readonly number: string; readonly email: string },
): Promise<string> {
  await visitor.go(to.href);
  expect(visitor.page.text).toContain('name="nomor"');
  await visitor.go(visitor.page.at, { nomor: member.number });
  expect(visitor.page.text).toContain('name="kode"');
  const kode = await codeFor(parts.database, parts.site, member.email);
  let away = await visitor.go(visitor.page.at, { kode });
  if (away === null && visitor.page.at.endsWith('/simpan')) {
    const onward = /href="([^"]*\/oidc\/auth\/[^"]*)"/.exec(visitor.page.text)?.[1] ?? '';
    away = await visitor.go(onward);
  }
  if (away !== null) return away;
  // Stopped on a page that says why.
  if (!visitor.page.text.includes('/izin')) return '';
  const consent = `${visitor.page.at}/izin`;
  return (await visitor.go(consent, {})) ?? '';
}
