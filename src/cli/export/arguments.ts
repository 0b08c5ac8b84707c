import { parseArgs } from 'node:util';
import type { KohaServer } from '../../domain/exporting/feed.ts';
import { EXPORT_TARGETS, type ExportTarget } from '../../domain/exporting/outgoing-member.ts';

export const USAGE = `npm run export -- --library <slug> --to <target> [options]
  --to            ${EXPORT_TARGETS.join(', ')}
  --changed       only those new or changed since they last went to this target (default: all)
  --out <file>    where the file goes (default: <slug>-<target>-<date>.xlsx or .csv here)
  --misfits <csv> who did not fit, and why
  --lang en       language of that list (default: id)
 inlislite-db, slims-db, and koha-rest without --url: one run of the connection that is set in the settings.
 koha-rest to another server; the password or secret stands in KOHA_PASSWORD or KOHA_CLIENT_SECRET, never in the command:
  --url <url>     Koha's staff interface (or KOHA_URL)
  --user <name>   basic authentication (or KOHA_USER)
  --client <id>   OAuth2 client (or KOHA_CLIENT_ID)`;

export interface ExportArguments {
  readonly library: string;
  readonly target: ExportTarget;
  readonly changedOnly: boolean;
  readonly out: string | null;
  readonly misfits: string | null;
  readonly lang: 'id' | 'en';
  readonly koha: KohaServer | null;
}

/** What was asked for; a text says why not. */
export function readExportArguments(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ExportArguments | string {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        library: text,
        to: text,
        out: text,
        misfits: text,
        lang: text,
        url: text,
        user: text,
        client: text,
        changed: { type: 'boolean' },
      },
    });
    const target = EXPORT_TARGETS.find((one) => one === values.to);
    const lang = values.lang ?? 'id';
    if (values.library === undefined || target === undefined || (lang !== 'id' && lang !== 'en'))
      return USAGE;
    const named = values.url !== undefined || env.KOHA_URL !== undefined;
    const koha = target === 'koha-rest' && named ? kohaServer(values, env) : null;
    if (typeof koha === 'string') return koha;
    return {
      library: values.library,
      target,
      changedOnly: values.changed === true,
      out: values.out ?? null,
      misfits: values.misfits ?? null,
      lang,
      koha,
    };
  } catch (error) {
    return `${error instanceof Error ? error.message : ''}\n${USAGE}`.trim();
  }
}

function kohaServer(
  values: Readonly<Record<string, string | boolean | undefined>>,
  env: Readonly<Record<string, string | undefined>>,
): KohaServer | string {
  const of = (flag: string, name: string) => String(values[flag] ?? env[name] ?? '');
  const [url, user, clientId] = [
    of('url', 'KOHA_URL'),
    of('user', 'KOHA_USER'),
    of('client', 'KOHA_CLIENT_ID'),
  ];
  if (!/^https?:\/\/[^/\s]+/.test(url))
    return 'Say with --url or KOHA_URL where Koha is: https://koha.example.go.id';
  if (clientId !== '')
    return { url, access: { kind: 'oauth', clientId, clientSecret: env.KOHA_CLIENT_SECRET ?? '' } };
  if (user !== '') return { url, access: { kind: 'basic', user, password: env.KOHA_PASSWORD ?? '' } };
  return 'Say who asks: KOHA_USER and KOHA_PASSWORD, or KOHA_CLIENT_ID and KOHA_CLIENT_SECRET.';
}
