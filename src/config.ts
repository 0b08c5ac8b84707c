/**
 * The environment, read and checked once. Every problem names its variable and says what to do; all problems are
 * told at once. A variable set to nothing counts as not set.
 */
import { accessSync, constants } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import { z } from 'zod';

/** Settings of one running service. */
export interface Config {
  /** 0 lets the system choose a free port. */
  readonly port: number;
  readonly host: string;
  /** Absolute path. */
  readonly dataDir: string;
  /** Origin under which people reach the service, without a closing slash; undefined: the listening address. */
  readonly publicUrl: string | undefined;
  /** Undefined: the embedded database. */
  readonly databaseUrl: string | undefined;
  readonly migrationDatabaseUrl: string | undefined;
  /** Most database connections of this process. */
  readonly databasePoolSize: number;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** Addresses and CIDR ranges whose X-Forwarded-* headers are believed. */
  readonly trustedProxies: readonly string[];
  readonly smtp: { readonly url: string; readonly from: string } | undefined;
  /** Master key given by the environment; undefined: DATA_DIR/keys.json. */
  readonly dataKey: Uint8Array | undefined;
}

export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: string[] };

const schema = z
  .object({
    PORT: z
      .string()
      .default('8080')
      .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, {
        error: 'must be a port number from 0 to 65535; for example PORT=8080',
      })
      .transform(Number),
    HOST: z
      .string()
      .default('127.0.0.1')
      .refine((text) => isIP(text) !== 0 || /^[a-zA-Z0-9.-]+$/.test(text), {
        error:
          'must be an address or a host name without port; 127.0.0.1 for this computer only, 0.0.0.0 for the network',
      }),
    DATA_DIR: z.string().default('./data'),
    PUBLIC_URL: z
      .string()
      .refine(isOrigin, {
        error:
          'must be the address people type, without a path, starting with http:// or https://; for example PUBLIC_URL=https://anggota.perpus.example',
      })
      .transform((text) => new URL(text).origin)
      .optional(),
    DATABASE_URL: postgresUrl('DATABASE_URL'),
    MIGRATION_DATABASE_URL: postgresUrl('MIGRATION_DATABASE_URL'),
    DATABASE_POOL_SIZE: z
      .string()
      .default('20')
      .refine((text) => /^\d{1,3}$/.test(text) && Number(text) >= 2 && Number(text) <= 500, {
        error: 'must be a number from 2 to 500; leave it out for 20',
      })
      .transform(Number),
    TLS_CERT: z
      .string()
      .refine(isReadable, { error: 'must be a readable file with the certificate chain in PEM form' })
      .optional(),
    TLS_KEY: z
      .string()
      .refine(isReadable, { error: 'must be a readable file with the private key in PEM form' })
      .optional(),
    TRUSTED_PROXIES: z
      .string()
      .default('')
      .transform((text) => text.split(/[\s,]+/).filter((part) => part !== ''))
      .refine((parts) => parts.every(isAddressRange), {
        error:
          'must be addresses or CIDR ranges separated by commas; for example TRUSTED_PROXIES=127.0.0.1,10.0.0.0/8',
      }),
    SMTP_URL: z
      .string()
      .refine((text) => ['smtp:', 'smtps:'].includes(parseUrl(text)?.protocol ?? ''), {
        error:
          'must start with smtp:// or smtps://; for example SMTP_URL=smtps://user:password@mail.example:465',
      })
      .optional(),
    SMTP_FROM: z
      .string()
      .refine((text) => /^[^\r\n]*[^\s@<]+@[^\s@>]+>?$/.test(text), {
        error: 'must be a sender address; for example SMTP_FROM="Perpustakaan <perpus@example.go.id>"',
      })
      .optional(),
    DATA_KEY: z
      .string()
      .refine((text) => decodeKey(text) !== undefined, {
        error:
          'must be 32 random bytes in base64 (44 characters; `openssl rand -base64 32` makes one); leave it out to use keys.json in DATA_DIR',
      })
      .optional(),
  })
  .superRefine((env, context) => {
    const needs = (present: unknown, missing: unknown, name: string, message: string): void => {
      if (present !== undefined && missing === undefined) {
        context.addIssue({ code: 'custom', path: [name], message });
      }
    };
    needs(
      env.TLS_CERT,
      env.TLS_KEY,
      'TLS_KEY',
      'is missing: TLS_CERT is set, name the file of its private key too',
    );
    needs(
      env.TLS_KEY,
      env.TLS_CERT,
      'TLS_CERT',
      'is missing: TLS_KEY is set, name the file of its certificate too',
    );
    needs(
      env.SMTP_URL,
      env.SMTP_FROM,
      'SMTP_FROM',
      'is missing: SMTP_URL is set, name the sender address too',
    );
    needs(
      env.MIGRATION_DATABASE_URL,
      env.DATABASE_URL,
      'DATABASE_URL',
      'is missing: MIGRATION_DATABASE_URL is set; set both, or neither for the embedded database',
    );
  });

/** Reads and checks the settings. Values are never repeated in a problem: some of them are secrets. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): ConfigResult {
  const given = Object.fromEntries(
    Object.keys(schema.shape).map((name) => {
      const value = env[name]?.trim();
      return [name, value === '' ? undefined : value];
    }),
  );
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    return {
      ok: false,
      problems: parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`),
    };
  }
  const value = parsed.data;
  return {
    ok: true,
    config: {
      port: value.PORT,
      host: value.HOST,
      dataDir: path.resolve(value.DATA_DIR),
      publicUrl: value.PUBLIC_URL,
      databaseUrl: value.DATABASE_URL,
      migrationDatabaseUrl: value.MIGRATION_DATABASE_URL,
      databasePoolSize: value.DATABASE_POOL_SIZE,
      tls:
        value.TLS_CERT === undefined || value.TLS_KEY === undefined
          ? undefined
          : { certFile: value.TLS_CERT, keyFile: value.TLS_KEY },
      trustedProxies: value.TRUSTED_PROXIES,
      smtp:
        value.SMTP_URL === undefined || value.SMTP_FROM === undefined
          ? undefined
          : { url: value.SMTP_URL, from: value.SMTP_FROM },
      dataKey: value.DATA_KEY === undefined ? undefined : decodeKey(value.DATA_KEY),
    },
  };
}

function postgresUrl(name: string) {
  return z
    .string()
    .refine(
      (text) => {
        const url = parseUrl(text);
        return (
          url !== undefined && ['postgres:', 'postgresql:'].includes(url.protocol) && url.pathname.length > 1
        );
      },
      {
        error: `must look like postgres://user:password@host:5432/database; for example ${name}=postgres://daftar:…@db.example/daftar`,
      },
    )
    .optional();
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function isOrigin(text: string): boolean {
  const url = parseUrl(text);
  return (
    url !== undefined &&
    ['http:', 'https:'].includes(url.protocol) &&
    url.pathname === '/' &&
    url.search === '' &&
    url.hash === '' &&
    url.username === ''
  );
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function isAddressRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function decodeKey(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(text)) return undefined;
  return new Uint8Array(Buffer.from(text, 'base64'));
}
