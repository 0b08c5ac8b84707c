import { parseArgs } from 'node:util';
import {
  DEFAULT_SIP2,
  PER_MINUTE,
  readClientLogin,
  SIP2_FIELDS,
  SIP2_SCOPES,
  type Sip2Account,
  type Sip2Field,
} from '../domain/client.ts';
import { CHARSETS } from '../domain/sip2-grammar/text.ts';
import { createSip2Client, listSip2Clients, rotateClient } from '../usecases/manage-client.ts';
import { apiKeys } from './api-keys.ts';
import { atLibrary, listed, refuse, revoking, useOf } from './client-account.ts';
import { services } from './services.ts';

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
npm run client -- create api | list api | revoke api: keys of programs for /api/v1
npm run client -- create oidc | list oidc | revoke oidc: services that members sign in to`;

/** `client`: accounts of machines, while the service runs or not; it notices within seconds. */
export async function client(args: readonly string[]): Promise<number> {
  if (args[1] === 'api') return apiKeys(args);
  if (args[1] === 'oidc') return services(args);
  const asked = readArguments(args);
  if (asked === undefined) {
    console.error(USAGE);
    return 2;
  }
  return atLibrary(asked.library, workOf(asked));
}

interface Asked {
  readonly act: 'create' | 'list' | 'rotate' | 'revoke';
  readonly library: string;
  readonly account: Sip2Account;
}

function workOf({ act, account }: Asked): Parameters<typeof atLibrary>[1] {
  const which = { kind: 'sip2', name: account.name } as const;
  switch (act) {
    case 'create':
    case 'rotate':
      return async (db, deps, scope) => {
        const outcome =
          act === 'create'
            ? await createSip2Client(db, deps, scope, account)
            : await rotateClient(db, deps, scope, which);
        if (!outcome.ok) return refuse(outcome.reason);
        console.log(`login:    ${outcome.login}`);
        console.log(`password: ${outcome.password}`);
        console.log('The password is shown only now and kept nowhere.');
        return 0;
      };
    case 'revoke':
      return revoking(which);
    case 'list':
      return async (db, _deps, scope) => {
        for (const one of await listSip2Clients(db, scope))
          console.log(`${one.login.padEnd(40)} ${useOf(one)}, ${one.messagesToday} messages today`);
        return 0;
      };
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
    const fields = listed(values.fields ?? DEFAULT_SIP2.fields.join(','));
    const rights = listed(values.rights);
    const charset = CHARSETS.find((one) => one === (values.charset ?? DEFAULT_SIP2.charset));
    const language = values.language ?? 'id';
    if (charset === undefined || (language !== 'id' && language !== 'en')) return undefined;
    if (fields.some((one) => !SIP2_FIELDS.includes(one as Sip2Field))) return undefined;
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
          fields: SIP2_FIELDS.filter((one) => fields.includes(one)),
          numbers: values['no-numbers'] !== true,
          attended: values.attended === true,
        },
        addresses: listed(values.address),
        perMinute: Number(values['per-minute'] ?? PER_MINUTE.usual),
        servicePointId: null,
      },
    };
  } catch {
    return undefined;
  }
}
