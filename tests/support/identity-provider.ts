/** A real identity provider on this machine: `oidc-provider`, which certified itself, with people of the tests in it. */
import { createSign, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

/** Who signs in, as an account at the provider and as what the provider says of it. */
export interface ProviderPerson {
  readonly subject: string;
  readonly username: string;
  readonly email: string;
  readonly emailVerified?: boolean;
  readonly acr?: string;
  readonly amr?: readonly string[];
  /** Seconds since they signed in there; default 0. */
  readonly signedInAgo?: number;
}

export interface IdentityProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Who is at the provider's page; null cancels there. */
  person: ProviderPerson | null;
  /** Changes the ID token before it goes out, signed with the provider's own key again, or with `key`. */
  tamper: ((claims: Record<string, unknown>) => Record<string, unknown>) | undefined;
  signWith: KeyObject | undefined;
  /** Answers nothing for so long, or 500, or a redirect. */
  trouble: 'silent' | 'broken' | 'redirect' | undefined;
  /** Requests to each path since the start. */
  readonly asked: Map<string, number>;
  /** New keys; the ones of before are gone. */
  turnKeys(): void;
  close(): Promise<void>;
}

/**
 * @param redirectUris where it sends people back to
 * @param button whether a person presses a button at the provider's page (a browser), or it goes on by itself
 */
export async function openIdentityProvider(
  redirectUris: readonly string[],
  options: { readonly button?: boolean; readonly saysIss?: boolean; readonly afterLogout?: string } = {},
): Promise<IdentityProvider> {
  const clientId = 'daftar-pustaka';
  const clientSecret = `rahasia-${randomUUID()}`;
  let callback: (request: IncomingMessage, response: ServerResponse) => unknown = () => undefined;
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let key = newKey();

  const self: IdentityProvider = {
    issuer,
    clientId,
    clientSecret,
    person: null,
    tamper: undefined,
    signWith: undefined,
    trouble: undefined,
    asked: new Map(),
    turnKeys() {
      key = newKey();
      callback = build();
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };

  function build() {
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: clientId,
          client_secret: clientSecret,
          redirect_uris: [...redirectUris],
          post_logout_redirect_uris: options.afterLogout === undefined ? [] : [options.afterLogout],
          response_types: ['code'],
          grant_types: ['authorization_code'],
        },
      ],
      jwks: {
        keys: [{ ...key.privateKey.export({ format: 'jwk' }), kid: key.kid, use: 'sig', alg: 'RS256' }],
      },
      claims: {
        openid: ['sub', 'acr', 'amr', 'auth_time'],
        profile: ['preferred_username'],
        email: ['email', 'email_verified'],
      },
      acrValues: ['urn:contoh:loa2'],
      cookies: { keys: [randomUUID()] },
      features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
      pkce: { required: () => true },
      ttl: {
        AccessToken: 600,
        AuthorizationCode: 60,
        Grant: 600,
        IdToken: 600,
        Interaction: 600,
        Session: 600,
      },
      interactions: { url: (_context, interaction) => `/masuk/${interaction.uid}` },
      findAccount: (_context, id) => ({
        accountId: id,
        claims: () => ({
          sub: id,
          preferred_username: self.person?.username,
          email: self.person?.email,
          email_verified: self.person?.emailVerified ?? true,
        }),
      }),
      // Whoever runs the provider has agreed for everybody.
      async loadExistingGrant(context) {
        const { client, session } = context.oidc;
        if (!client || session?.accountId === undefined) return undefined;
        const grant = new context.oidc.provider.Grant({
          clientId: client.clientId,
          accountId: session.accountId,
        });
        grant.addOIDCScope('openid profile email');
        await grant.save();
        return grant;
      },
    });
    const handle = provider.callback();
    return async (request: IncomingMessage, response: ServerResponse) => {
      const url = new URL(request.url ?? '/', issuer);
      if (!url.pathname.startsWith('/masuk/')) return handle(request, response);
      if (options.button && request.method === 'GET') {
        response.setHeader('content-type', 'text/html; charset=utf-8');
        return response.end(
          `<!doctype html><html lang="id"><title>Portal Pegawai</title><form method="post"><button>Masuk di Portal Pegawai</button></form></html>`,
        );
      }
      const { person } = self;
      const at = Math.floor(Date.now() / 1000) - (person?.signedInAgo ?? 0);
      return provider.interactionFinished(
        request,
        response,
        person === null
          ? { error: 'access_denied', error_description: 'batal' }
          : {
              login: {
                accountId: person.subject,
                remember: false,
                ts: at,
                ...(person.acr === undefined ? {} : { acr: person.acr }),
                ...(person.amr === undefined ? {} : { amr: [...person.amr] }),
              },
            },
      );
    };
  }
  callback = build();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', issuer).pathname;
    self.asked.set(path, (self.asked.get(path) ?? 0) + 1);
    if (path === '/favicon.ico') {
      response.statusCode = 204;
      response.end();
      return;
    }
    if (self.trouble === 'silent') return;
    if (self.trouble === 'broken') {
      response.statusCode = 500;
      response.end('rusak');
      return;
    }
    if (self.trouble === 'redirect') {
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' });
      response.end();
      return;
    }
    const { tamper } = self;
    if (path === '/token' && tamper !== undefined) {
      // What the provider wanted to say, with another ID token.
      const parts: Buffer[] = [];
      const end = response.end.bind(response);
      response.write = ((part: Buffer | string) =>
        parts.push(Buffer.from(part)) > 0) as typeof response.write;
      response.end = ((part?: Buffer | string) => {
        if (part !== undefined && typeof part !== 'function') parts.push(Buffer.from(part));
        const said = JSON.parse(Buffer.concat(parts).toString()) as { id_token?: string };
        if (said.id_token !== undefined) said.id_token = changed(said.id_token, tamper);
        const body = JSON.stringify(said);
        response.setHeader('content-length', Buffer.byteLength(body));
        return end(body);
      }) as typeof response.end;
    }
    await callback(request, response);
  }

  function changed(
    token: string,
    change: (claims: Record<string, unknown>) => Record<string, unknown>,
  ): string {
    const [head = '', body = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
    const made = `${head}.${Buffer.from(JSON.stringify(change(claims))).toString('base64url')}`;
    const sign = createSign('RSA-SHA256').update(made);
    return `${made}.${sign.sign(self.signWith ?? key.privateKey).toString('base64url')}`;
  }
  return self;
}

/** A key that nobody has published. */
export function strangeKey(): KeyObject {
  return newKey().privateKey;
}

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { privateKey, kid: randomUUID() };
}

/** A browser without a screen: keeps cookies by host and goes where it is sent. */
export function openJar() {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (origin: string) => {
    const jar = jars.get(origin) ?? new Map<string, string>();
    jars.set(origin, jar);
    return jar;
  };
  return {
    header(origin: string): string {
      return [...jarOf(origin)].map(([name, value]) => `${name}=${value}`).join('; ');
    },
    /** As after signing out there. */
    forget: (origin: string) => void jars.delete(origin),
    keep(origin: string, answer: Response): void {
      for (const cookie of answer.headers.getSetCookie()) {
        const [pair = '', ...rest] = cookie.split(';');
        const at = pair.indexOf('=');
        const gone = rest.some((part) => /max-age=0\b/i.test(part) || /expires=Thu, 01 Jan 1970/i.test(part));
        if (gone) jarOf(origin).delete(pair.slice(0, at));
        else jarOf(origin).set(pair.slice(0, at), pair.slice(at + 1));
      }
    },
  };
}

/** Follows the provider's own pages from its authorization address until it sends the browser back to us. */
export async function throughProvider(url: string, jar: ReturnType<typeof openJar>): Promise<string> {
  const { origin } = new URL(url);
  let at = url;
  for (let step = 0; step < 10; step++) {
    const answer = await fetch(at, {
      redirect: 'manual',
      headers: { cookie: jar.header(origin) },
    });
    jar.keep(origin, answer);
    const next = answer.headers.get('location');
    if (next === null)
      throw new Error(
        `the provider stays at ${new URL(at).pathname}: ${answer.status} ${await answer.text()}`,
      );
    at = new URL(next, at).href;
    if (new URL(at).origin !== origin) return at;
  }
  throw new Error('the provider goes round in circles');
}
