import { parseArgs } from 'node:util';
import { openInstallation } from '../db/installation.ts';
import { addLibrary } from '../main.ts';
import { PRESETS } from '../presets/presets.ts';
import { type FurtherLibrary, furtherLibrary } from '../usecases/further-library.ts';
import { sayTo, showFirstSignIns } from './first-sign-ins.ts';
import { explain } from './refusals.ts';
import { settingsOrExplain } from './settings.ts';

const USAGE = `npm run library -- <slug> --name "<full name>" [options]
  <slug>          first part of the addresses: lower-case letters, digits, hyphens
  --short <text>  name for narrow places (default: the full name)
  --government, --unit, --city <text>   as they stand on the card
  --timezone      Asia/Jakarta (default), Asia/Makassar, Asia/Jayapura
  --like          whose steps it starts with: ${PRESETS.map((preset) => preset.slug).join(', ')}
  --admin         sign-in name of its first admin (default: admin)`;

/** `library <slug> --name …`: a further library and its first admin, while the service runs or not. */
export async function library(args: readonly string[]): Promise<number> {
  const input = readArguments(args);
  const model = PRESETS.find((preset) => preset.slug === input?.like);
  if (input === undefined || model === undefined) {
    console.error(USAGE);
    return 2;
  }
  const config = settingsOrExplain();
  if (config === undefined) return 2;
  const opened = await openInstallation({ ...config, log: console.log, besideService: true });
  if (!opened.ok) {
    console.error(explain(opened, config.dataDir));
    return 1;
  }
  try {
    const outcome = await addLibrary(opened.installation, furtherLibrary(model, input));
    if (!outcome.ok) {
      console.error(REASONS[outcome.reason].replace('{slug}', input.slug));
      return 1;
    }
    await showFirstSignIns([{ slug: input.slug, signIns: outcome.signIns }], sayTo(config.dataDir));
    return 0;
  } finally {
    await opened.installation.stop();
  }
}

const REASONS = {
  'slug-taken': 'There is a library {slug} already.',
  'slug-invalid':
    '{slug} cannot be part of an address: a letter first, then lower-case letters, digits, hyphens.',
  'slug-reserved': '{slug} is an address of the service itself. Choose another.',
} as const;

function readArguments(args: readonly string[]): (FurtherLibrary & { readonly like: string }) | undefined {
  const text = { type: 'string' } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        name: text,
        short: text,
        government: text,
        unit: text,
        city: text,
        timezone: text,
        like: text,
        admin: text,
      },
    });
    const [slug, ...more] = positionals;
    if (slug === undefined || more.length > 0 || values.name === undefined) return undefined;
    const timezone = values.timezone ?? 'Asia/Jakarta';
    if (!Intl.supportedValuesOf('timeZone').includes(timezone)) return undefined;
    return {
      slug,
      name: values.name,
      shortName: values.short ?? values.name,
      government: values.government ?? '',
      unit: values.unit ?? '',
      city: values.city ?? '',
      timezone,
      like: values.like ?? 'banyuwangi',
      adminUsername: (values.admin ?? 'admin').toLowerCase(),
    };
  } catch {
    return undefined;
  }
}
