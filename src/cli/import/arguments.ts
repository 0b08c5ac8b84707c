import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { INCOMING_FIELDS, type IncomingField } from '../../domain/importing/incoming-member.ts';

export const USAGE = `npm run import -- <file or mysql://user@host/database> --library <slug> [options]
  <file>          xlsx of INLISLite 3.2 or 3.3, CSV of SLiMS or Koha, any other CSV or xlsx with --map
  mysql://…       a live database of INLISLite or SLiMS, only read; the password stands in MYSQL_PWD or is asked for
                  as part of the address; ?socketPath=/run/mysqld/mysqld.sock for a local one
  --dry-run       only the report (default)
  --apply         after the report the new ones become members; a stopped run goes on where it was
  --map <json>    which column is what: {"Nama Lengkap": "name", "No HP": "phone"}; the names of ours are
                  ${INCOMING_FIELDS.slice(0, 8).join(', ')}, …
  --photos <dir>  folder with the photos that the rows name (INLISLite: uploaded_files/foto_anggota)
  --report <csv>  writes every row with its outcome and reasons
  --no-visits     of a live database: leaves its guest book
  --lang en       language of the report (default: id)`;

export interface ImportArguments {
  readonly source: string;
  readonly library: string;
  readonly apply: boolean;
  readonly columns: Readonly<Record<string, IncomingField>> | null;
  readonly photos: string | null;
  readonly report: string | null;
  readonly visits: boolean;
  readonly lang: 'id' | 'en';
}

/** What was asked for; a text says why not. */
export function readArguments(args: readonly string[]): ImportArguments | string {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        library: text,
        map: text,
        photos: text,
        report: text,
        lang: text,
        apply: flag,
        'dry-run': flag,
        'no-visits': flag,
      },
    });
    const [source, ...more] = positionals;
    const lang = values.lang ?? 'id';
    if (source === undefined || more.length > 0 || values.library === undefined) return USAGE;
    if (lang !== 'id' && lang !== 'en') return USAGE;
    if (values.apply === true && values['dry-run'] === true) return 'Either --dry-run or --apply, not both.';
    const columns = values.map === undefined ? null : readMapping(values.map);
    if (typeof columns === 'string') return columns;
    return {
      source,
      library: values.library,
      apply: values.apply === true,
      columns,
      photos: values.photos ?? null,
      report: values.report ?? null,
      visits: values['no-visits'] !== true,
      lang,
    };
  } catch (error) {
    return `${error instanceof Error ? error.message : ''}\n${USAGE}`.trim();
  }
}

function readMapping(path: string): Readonly<Record<string, IncomingField>> | string {
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return `${path} cannot be read as JSON.`;
  }
  if (typeof found !== 'object' || found === null || Array.isArray(found))
    return `${path} is no object of columns.`;
  const fields: readonly string[] = INCOMING_FIELDS;
  const unknown = Object.values(found).filter((field) => !fields.includes(String(field)));
  if (unknown.length > 0)
    return `${path} names ${unknown.join(', ')}; there are: ${INCOMING_FIELDS.join(', ')}.`;
  return found as Readonly<Record<string, IncomingField>>;
}
