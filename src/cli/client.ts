import { parseArgs } from 'node:util';
import type { Db } from '../db/connection.ts';
import {
  DEFAULT_SIP2,
  PER_MINUTE,
  readClientLogin,
  SIP2_FIELDS,
  SIP2_SCOPES,
  type Sip2Field,
} from '../domain/client.ts';
import { CHARSETS } from '../domain/sip2-grammar/text.ts';
import type { Deps, LibraryContext, Scope } from '../usecases/context.ts';
import { loadLibrary } from '../usecases/get-library.ts';
import {
  type AccountProblem,
  createSip2Client,
  listClients,
  revokeClient,
  rotateClient,
  type Sip2Account,
} from '../usecases/manage-client.ts';
import { apiKeys } from './api-keys.ts';
import { besideDatabase } from './beside.ts';

const USAGE = `npm run client -- create sip2 --library <slug> --name <name> [options]
npm run client -- list | rotate | revoke  --library <slug> [--name <name>]
  create sip2   an account of one SIP2 device; its password is shown once
    --name      small letters, digits, hyphens, such as gerbang-1; it signs in as <slug>.<name>
    --language  of its screen: id (default), en
    --charset   ${CHARSETS.join(' (default), ')}
    --fields    what goes out beside the validity: ${SIP2_FIELDS.join(',')} (default: ${DEFAULT_SIP2.fields.join(',')})
    --rights    block,enable (default: none)
    --address   addresses and ranges it may come from: 10.1.2.3,10.2.0.0/16 (default: any)
    --per-minute  messages a minute (default: ${PER_MINUTE.usual})
    --no-numbers  signed codes only, member numbers are not enough
    --attended  somebody stands there who compares the photo
  list          accounts, when and from where they were last used, what they asked today
  rotate        a new password; whoever signed in with the old one is sent away
  revoke        ends the account at once
npm run client -- create api | list api | revoke api: keys of programs for /api/v1`;

const PROBLEMS: Readonly<Record<AccountProblem | 'not-found', string>> = {
  'name-invalid': 'The name has small letters, digits and hyphens, at most 30.',
  'name-taken': 'The library has an account of this name already. Revoke it first, or choose another name.',
  'unknown-service-point': 'The library has no such service point.',
  'address-invalid': 'Addresses look like 10.1.2.3 or 10.2.0.0/16, separated by commas.',
  'pace-invalid': `Messages a minute are a number from ${PER_MINUTE.min} to ${PER_MINUTE.max}.`,
  'unknown-reason': 'The library has no such reason.',
  'not-found': 'The library has no account of this name in use.',
};

/** `client`: accounts of machines, while the service runs or not; it notices within seconds. */
export async function client(args: readonly string[]): Promise<number> {
  if (args[1] === 'api') return apiKeys(args, PROBLEMS);
  const asked = readArguments(args);
  if (asked === undefined) {
    console.error(USAGE);
    return 2;
  }
  return besideDatabase(async (db, deps) => {
    const library = await loadLibrary(db, asked.library, deps.now());
    if (library === undefined) {
      console.error(`There is no library ${asked.library}.`);
      return 1;
    }
    return work(db, deps, library, asked);
  });
}

interface Asked {
  readonly act: 'create' | 'list' | 'rotate' | 'revoke';
  readonly library: string;
  readonly account: Sip2Account;
}

async function work(db: Db, deps: Deps, library: LibraryContext, { act, account }: Asked): Promise<number> {
  const scope: Scope = { library, actor: { kind: 'system' }, at: deps.now(), requestId: 'command' };
  const which = { kind: 'sip2', name: account.name } as const;
  switch (act) {
    case 'create':
    case 'rotate': {
      const outcome =
        act === 'create'
          ? await createSip2Client(db, deps, scope, account)
          : await rotateClient(db, deps, scope, which);
      if (!outcome.ok) {
        console.error(PROBLEMS[outcome.reason]);
        return 1;
      }
      console.log(`login:    ${outcome.login}`);
      console.log(`password: ${outcome.password}`);
      console.log('The password is shown only now and kept nowhere.');
      return 0;
    }
    case 'revoke': {
      const outcome = await revokeClient(db, deps, scope, which);
      console.log(outcome.ok ? 'Revoked.' : PROBLEMS[outcome.reason]);
      return outcome.ok ? 0 : 1;
    }
    case 'list':
      for (const one of await listClients(db, scope, 'sip2')) {
        const used = one.lastUsedAt === null ? 'never used' : `last used ${one.lastUsedAt.toISOString()}`;
        const from = one.lastAddress === null ? '' : ` from ${one.lastAddress}`;
        const state = one.revokedAt === null ? '' : `, revoked ${one.revokedAt.toISOString()}`;
        console.log(`${one.login.padEnd(40)} ${used}${from}, ${one.messagesToday} messages today${state}`);
      }
      return 0;
  }
}

function readArguments(args: readonly string[]): Asked | undefined {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        library: text,
        name: text,
        language: text,
        charset: text,
        fields: text,
        rights: text,
        address: text,
        'per-minute': text,
        'no-numbers': flag,
        attended: flag,
      },
    });
    const [act, kind, ...more] = positionals;
    const library = values.library;
    if (library === undefined || more.length > 0 || kind !== (act === 'create' ? 'sip2' : undefined))
      return undefined;
    if (act !== 'create' && act !== 'list' && act !== 'rotate' && act !== 'revoke') return undefined;
    const name = (values.name ?? '').toLowerCase();
    if (act !== 'list' && readClientLogin(`${library}.${name}`) === undefined) return undefined;
    const fields = values.fields?.split(',').filter((one) => one !== '');
    const rights = (values.rights ?? '').split(',').filter((one) => one !== '');
    const charset = CHARSETS.find((one) => one === (values.charset ?? DEFAULT_SIP2.charset));
    const language = values.language ?? 'id';
    if (charset === undefined || (language !== 'id' && language !== 'en')) return undefined;
    if (fields?.some((one) => !SIP2_FIELDS.includes(one as Sip2Field))) return undefined;
    if (rights.some((one) => one !== 'block' && one !== 'enable')) return undefined;
    return {
      act,
      library,
      account: {
        name,
        scopes: SIP2_SCOPES.filter(
          (scope) => scope === 'patron.read' || rights.includes(scope.replace('patron.', '')),
        ),
        settings: {
          ...DEFAULT_SIP2,
          language,
          charset,
          fields: SIP2_FIELDS.filter((one) => (fields ?? DEFAULT_SIP2.fields).includes(one)),
          numbers: values['no-numbers'] !== true,
          attended: values.attended === true,
        },
        addresses: (values.address ?? '').split(',').filter((one) => one !== ''),
        perMinute: Number(values['per-minute'] ?? PER_MINUTE.usual),
        servicePointId: null,
      },
    };
  } catch {
    return undefined;
  }
}
