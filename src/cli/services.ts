import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  DEFAULT_SERVICE,
  SERVICE_ALGORITHMS,
  SERVICE_METHODS,
  SERVICE_SCOPES,
  type ServiceScope,
} from '../domain/service.ts';
import { createService, listServices, type ServiceInput } from '../usecases/service.ts';
import { atLibrary, listed, refuse, revoking, useOf } from './client-account.ts';

const USAGE = `npm run client -- create oidc --library <slug> --name <name> --title <title> --redirect <address,address> [options]
npm run client -- list oidc --library <slug>
npm run client -- revoke oidc --library <slug> --name <name>
  create oidc   a service that members sign in to (OpenID Connect); its secret is shown once
    --name      small letters, digits, hyphens, such as buku-elektronik
    --title     as members read it
    --redirect  where a sign-in leads back to, letter by letter: https, or http://127.0.0.1 of a program
    --logout    where signing out leads back to
    --scopes    what it learns: ${SERVICE_SCOPES.join(',')} (default: both)
    --method    ${SERVICE_METHODS.join(', ')}: how it shows who it is; none is an app with PKCE alone (default: basic)
    --keys      for the method jwt: file with the service's public keys (JWKS)
    --algorithm ${SERVICE_ALGORITHMS.join(' (default), ')}
    --ask-always  members consent at each sign-in
    --admit-all   also suspended, expired and cleared members; their standing is told
    --children    members under 18 whose guardian's consent is on record
    --offline     refresh tokens`;

/** `client … oidc`: services that members sign in to, while the service runs or not. */
export async function services(args: readonly string[]): Promise<number> {
  const asked = readArguments(args);
  if (asked === undefined) {
    console.error(USAGE);
    return 2;
  }
  const { act, library, input } = asked;
  if (act === 'revoke') return atLibrary(library, revoking({ kind: 'oidc', name: input.name }));
  return atLibrary(library, async (db, deps, scope) => {
    if (act === 'list') {
      for (const one of await listServices(db, scope))
        console.log(`${one.name.padEnd(32)} ${one.id} ${useOf(one)}: ${one.scopes.join(' ')}`);
      return 0;
    }
    const outcome = await createService(db, deps, scope, input);
    if (!outcome.ok) return refuse(outcome.reason);
    console.log(`client_id:     ${outcome.id}`);
    if (outcome.secret === null) return 0;
    console.log(`client_secret: ${outcome.secret}`);
    console.log('The secret is shown only now and kept nowhere.');
    return 0;
  });
}

function readArguments(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        library: text,
        name: text,
        title: text,
        redirect: text,
        logout: text,
        scopes: text,
        method: text,
        keys: text,
        algorithm: text,
        'ask-always': flag,
        'admit-all': flag,
        children: flag,
        offline: flag,
      },
    });
    const [act, kind, ...more] = positionals;
    const { library } = values;
    if (library === undefined || kind !== 'oidc' || more.length > 0) return undefined;
    if (act !== 'create' && act !== 'list' && act !== 'revoke') return undefined;
    const scopes = listed(values.scopes ?? SERVICE_SCOPES.join(','));
    const method = SERVICE_METHODS.find((one) => one === (values.method ?? DEFAULT_SERVICE.method));
    const algorithm = SERVICE_ALGORITHMS.find(
      (one) => one === (values.algorithm ?? DEFAULT_SERVICE.algorithm),
    );
    if (method === undefined || algorithm === undefined) return undefined;
    if (scopes.some((one) => !SERVICE_SCOPES.includes(one as ServiceScope))) return undefined;
    const input: ServiceInput = {
      name: (values.name ?? '').toLowerCase(),
      scopes: SERVICE_SCOPES.filter((one) => scopes.includes(one)),
      settings: {
        ...DEFAULT_SERVICE,
        title: values.title ?? '',
        redirects: listed(values.redirect),
        afterLogout: listed(values.logout),
        method,
        keys: values.keys === undefined ? '' : readFileSync(values.keys, 'utf8'),
        algorithm,
        ask: values['ask-always'] === true ? 'always' : 'once',
        admits: values['admit-all'] === true ? 'all' : 'active',
        children: values.children === true,
        offline: values.offline === true,
      },
    };
    return { act, library, input } as const;
  } catch {
    return undefined;
  }
}
