import { parseArgs } from 'node:util';
import { API_SCOPES, DEFAULT_API } from '../domain/api-scope.ts';
import { PER_MINUTE } from '../domain/client.ts';
import { createApiKey, listApiKeys, readApiScopes } from '../usecases/api-key.ts';
import { atLibrary, listed, refuse, revoking, useOf } from './client-account.ts';

const USAGE = `npm run client -- create api --library <slug> --name <name> --scopes <scope,scope> [options]
npm run client -- list api --library <slug>
npm run client -- revoke api --library <slug> --name <name>
  create api    a key for one program, for /api/v1; it is shown once
    --name      small letters, digits, hyphens, such as situs-web
    --scopes    ${API_SCOPES.join(',\n                ')}
    --language  of its messages: id (default), en
    --address   addresses and ranges it may come from: 10.1.2.3,10.2.0.0/16 (default: any)
    --per-minute  requests a minute (default: ${PER_MINUTE.usual})
    --no-numbers  signed codes only, member numbers are not enough where a card is checked
    --attended  somebody stands there who compares the photo`;

/** `client … api`: keys of programs, while the service runs or not; a revoked one is refused at once. */
export async function apiKeys(args: readonly string[]): Promise<number> {
  const asked = readArguments(args);
  if (asked === undefined) {
    console.error(USAGE);
    return 2;
  }
  const { act, library, account } = asked;
  if (act === 'revoke') return atLibrary(library, revoking({ kind: 'api', name: account.name }));
  return atLibrary(library, async (db, deps, scope) => {
    if (act === 'list') {
      for (const one of await listApiKeys(db, scope))
        console.log(`${one.name.padEnd(32)} ${useOf(one)}: ${one.scopes.join(' ')}`);
      return 0;
    }
    const outcome = await createApiKey(db, deps, scope, account);
    if (!outcome.ok) return refuse(outcome.reason);
    console.log(`key: ${outcome.key}`);
    console.log('The key is shown only now and kept nowhere.');
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
        scopes: text,
        language: text,
        address: text,
        'per-minute': text,
        'no-numbers': flag,
        attended: flag,
      },
    });
    const [act, , ...more] = positionals;
    const { library, language = 'id', name = '' } = values;
    const scopes = readApiScopes(values.scopes ?? '');
    if (library === undefined || more.length > 0 || scopes === undefined) return undefined;
    if (act !== 'create' && act !== 'list' && act !== 'revoke') return undefined;
    if (language !== 'id' && language !== 'en') return undefined;
    return {
      act,
      library,
      account: {
        name: name.toLowerCase(),
        scopes,
        settings: {
          ...DEFAULT_API,
          language,
          numbers: values['no-numbers'] !== true,
          attended: values.attended === true,
        },
        addresses: listed(values.address),
        perMinute: Number(values['per-minute'] ?? PER_MINUTE.usual),
        servicePointId: null,
      },
    } as const;
  } catch {
    return undefined;
  }
}
