import { parseArgs } from 'node:util';
import { API_SCOPES, DEFAULT_API } from '../domain/api-scope.ts';
import { PER_MINUTE } from '../domain/client.ts';
import { createApiKey, listApiKeys, readApiScopes } from '../usecases/api-key.ts';
import type { Scope } from '../usecases/context.ts';
import { loadLibrary } from '../usecases/get-library.ts';
import { type AccountProblem, revokeClient } from '../usecases/manage-client.ts';
import { besideDatabase } from './beside.ts';

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
export async function apiKeys(
  args: readonly string[],
  problems: Readonly<Record<AccountProblem | 'not-found', string>>,
): Promise<number> {
  const asked = readArguments(args);
  if (asked === undefined) {
    console.error(USAGE);
    return 2;
  }
  return besideDatabase(async (db, deps) => {
    const at = deps.now();
    const library = await loadLibrary(db, asked.library, at);
    if (library === undefined) {
      console.error(`There is no library ${asked.library}.`);
      return 1;
    }
    const scope: Scope = { library, actor: { kind: 'system' }, at, requestId: 'command' };
    switch (asked.act) {
      case 'create': {
        const outcome = await createApiKey(db, deps, scope, asked.account);
        if (!outcome.ok) {
          console.error(problems[outcome.reason]);
          return 1;
        }
        console.log(`key: ${outcome.key}`);
        console.log('The key is shown only now and kept nowhere.');
        return 0;
      }
      case 'revoke': {
        const outcome = await revokeClient(db, deps, scope, { kind: 'api', name: asked.account.name });
        console.log(outcome.ok ? 'Revoked.' : problems[outcome.reason]);
        return outcome.ok ? 0 : 1;
      }
      case 'list':
        for (const one of await listApiKeys(db, scope)) {
          const used = one.lastUsedAt === null ? 'never used' : `last used ${one.lastUsedAt.toISOString()}`;
          const from = one.lastAddress === null ? '' : ` from ${one.lastAddress}`;
          const state = one.revokedAt === null ? '' : `, revoked ${one.revokedAt.toISOString()}`;
          console.log(`${one.name.padEnd(32)} ${used}${from}${state}: ${one.scopes.join(' ')}`);
        }
        return 0;
    }
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
        addresses: (values.address ?? '').split(',').filter((one) => one !== ''),
        perMinute: Number(values['per-minute'] ?? PER_MINUTE.usual),
        servicePointId: null,
      },
    } as const;
  } catch {
    return undefined;
  }
}
