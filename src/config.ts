/**
 * The environment, read and checked once. Every problem names its variable and says what to do; all problems are
 * told at once. A variable set to nothing counts as not set.
 */

import { accessSync, constants, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { hashListProblem } from './breached-passwords.ts';
import { isWrappedBy, type KeyRing, parseEnvRing } from './db/key-ring.ts';
import type { BackupKeep } from './domain/backup-plan.ts';
import { isThisComputer } from './domain/network-address.ts';
import { mayAskHost, type OutgoingHosts } from './domain/outgoing-hosts.ts';
import { partsOf } from './domain/parts.ts';
import { gatewayHost, gatewayProblems, readGatewayHeader, type SmsGateway } from './domain/sms-gateway.ts';
import { type AuditTarget, readAuditTarget } from './interop/audit-sink.ts';
import { isAddressRange } from './usecases/address-list.ts';

/** When the service makes backups by itself, and where they go. */
export interface BackupSettings {
  /** By itself, every day; on where the database is embedded, unless told otherwise. */
  readonly scheduled: boolean;
  /** Whether one is made before the schema changes, where the database is ours to back up. */
  readonly beforeUpgrade: boolean;
  /** Absolute path. */
  readonly folder: string;
  /** Absolute path of a folder on another disk, which also gets each of them. */
  readonly second: string | undefined;
  /** 'HH:MM' by the clock of the first library. */
  readonly time: string;
  readonly keep: BackupKeep;
  /** Opens backups besides the recovery key; kept nowhere else. */
  readonly passphrase: string | undefined;
}

/** Where SIP2 devices reach the service. */
export interface Sip2Door {
  /** 0 lets the system choose a free port. */
  readonly port: number;
  readonly host: string;
  /** Undefined: in the clear, for a network that is the library's own. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
}

/** Settings of one running service. */
export interface Config {
  /** 0 lets the system choose a free port. */
  readonly port: number;
  readonly host: string;
  /** Absolute path. */
  readonly dataDir: string;
  /** Origin under which people reach the service, without a closing slash; undefined: the listening address. */
  readonly publicUrl: string | undefined;
  /** Whether browsers are told that all names below ours are https as well. */
  readonly hstsSubdomains: boolean;
  /** Undefined: the embedded database. */
  readonly databaseUrl: string | undefined;
  readonly migrationDatabaseUrl: string | undefined;
  /** How many processes serve pages on the one port, the service's own among them. */
  readonly pageProcesses: number;
  /** Most database connections of each process. */
  readonly databasePoolSize: number;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** The door of SIP2 devices; undefined: shut. */
  readonly sip2: Sip2Door | undefined;
  /** Absolute path of the list of breached passwords; undefined: only common ones are refused. */
  readonly breachedPasswords: string | undefined;
  /** Addresses and CIDR ranges whose X-Forwarded-* headers are believed. */
  readonly trustedProxies: readonly string[];
  /** Hosts that lending systems may be at, by name, `*.name` or address; empty: as an admin says. */
  readonly lendingHosts: readonly string[];
  /** Whether members and passwords may go to lending systems on other computers without TLS. */
  readonly lendingPlaintext: boolean;
  /** All that the service connects to; empty: as the rules of each kind of connection say. */
  readonly outgoingHosts: OutgoingHosts;
  /** Where the audit log goes besides the database; undefined: nowhere. */
  readonly auditTo: AuditTarget | undefined;
  readonly smtp: { readonly url: string; readonly from: string } | undefined;
  /** Where text messages leave; undefined: none do. */
  readonly sms: SmsGateway | undefined;
  /** Master key given by the environment, with DATA_KEYS as a ring; undefined: DATA_DIR/keys.json. */
  readonly dataKey: Uint8Array | KeyRing | undefined;
  readonly backup: BackupSettings;
}

export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: string[] };

/** A list (`partsOf`); none where it is not set. */
function listOf(isPart: (part: string) => boolean, error: string) {
  return z
    .string()
    .default('')
    .transform(partsOf)
    .refine((parts) => parts.every(isPart), { error });
}

/** A host's name or address, or `*.name` for all below it. */
function isHostOrBelow(part: string): boolean {
  return /^(?:\*\.)?[A-Za-z0-9.:-]+$/.test(part);
}

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
    HSTS_SUBDOMAINS: z
      .string()
      .refine((text) => text === 'on' || text === 'off', {
        error:
          'must be on or off; leave it out for on where PUBLIC_URL is https, off where names below that host still speak http',
      })
      .optional(),
    ALLOW_PLAINTEXT: listOf(
      (part) => ['database', 'mail', 'sms', 'audit', 'lending'].includes(part),
      'must be database, mail, sms, audit, lending, or some of them with a comma between; leave it out to require TLS to other hosts',
    ),
    DATABASE_URL: postgresUrl('DATABASE_URL'),
    MIGRATION_DATABASE_URL: postgresUrl('MIGRATION_DATABASE_URL'),
    DATABASE_POOL_SIZE: z
      .string()
      .refine((text) => /^\d{1,3}$/.test(text) && Number(text) >= 2 && Number(text) <= 500, {
        error:
          'must be a number from 2 to 500; leave it out for 20, or four for each processor that the embedded database shares with the service',
      })
      .transform(Number)
      .optional(),
    PAGE_PROCESSES: z
      .string()
      .default('1')
      .refine((text) => /^[1-8]$/.test(text), {
        error: 'must be a number from 1 to 8, at most one for each processor; leave it out for 1',
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
    SIP2_PORT: z
      .string()
      .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, {
        error: 'must be a port number from 0 to 65535, such as 6001; leave it out for no SIP2',
      })
      .transform(Number)
      .optional(),
    SIP2_HOST: z
      .string()
      .default('127.0.0.1')
      .refine((text) => isIP(text) !== 0 || /^[a-zA-Z0-9.-]+$/.test(text), {
        error:
          'must be an address or a host name without port; 127.0.0.1 for this computer only, its own address in the network of the gates for those',
      }),
    SIP2_TLS_CERT: z
      .string()
      .refine(isReadable, { error: 'must be a readable file with the certificate chain in PEM form' })
      .optional(),
    SIP2_TLS_KEY: z
      .string()
      .refine(isReadable, { error: 'must be a readable file with the private key in PEM form' })
      .optional(),
    BREACHED_PASSWORDS: z
      .string()
      .superRefine((file, context) => {
        const message = hashListProblem(file);
        if (message !== undefined) context.addIssue({ code: 'custom', message });
      })
      .optional(),
    TRUSTED_PROXIES: listOf(
      isAddressRange,
      'must be addresses or CIDR ranges separated by commas; for example TRUSTED_PROXIES=127.0.0.1,10.0.0.0/8',
    ),
    LENDING_HOSTS: listOf(
      isHostOrBelow,
      'must be host names or addresses separated by commas; for example LENDING_HOSTS=koha.example.go.id,10.0.0.5',
    ),
    OUTGOING_HOSTS: listOf(
      isHostOrBelow,
      'must be all host names or addresses that the service connects to, separated by commas; for example OUTGOING_HOSTS=koha.example.go.id,mail.example.go.id',
    ),
    AUDIT_TO: z
      .string()
      .refine((text) => readAuditTarget(text) !== undefined, {
        error:
          'must be stdout, syslogs://host:port (TLS, 6514) or syslog://host:port (601); for example AUDIT_TO=syslogs://log.example.go.id',
      })
      .optional(),
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
    SMS_URL: z.string().optional(),
    SMS_METHOD: z
      .string()
      .transform((text) => text.toUpperCase())
      .refine((text) => text === 'GET' || text === 'POST', {
        error: 'must be GET or POST; leave it out for POST with SMS_BODY, GET without',
      })
      .optional(),
    SMS_BODY: z.string().optional(),
    SMS_AUTHORIZATION: z
      .string()
      .refine((text) => readGatewayHeader(text) !== undefined, {
        error:
          'must be what the header Authorization says, such as Bearer …, or another header, such as X-Api-Key: …',
      })
      .optional(),
    SMS_AUTHORIZATION_FILE: z
      .string()
      .refine((file) => readGatewayHeader(readSecret(file) ?? '') !== undefined, {
        error: 'must be a readable file with what SMS_AUTHORIZATION would say, in one line',
      })
      .optional(),
    SMS_OK: z.string().optional(),
    DATA_KEY: z
      .string()
      .refine((text) => decodeKey(text) !== undefined, {
        error:
          'must be 32 random bytes in base64 (44 characters; `openssl rand -base64 32` makes one); leave it out to use keys.json in DATA_DIR',
      })
      .optional(),
    DATA_KEYS: z.string().optional(),
    LOOKUP_KEYS: z.string().optional(),
    BACKUP: z
      .string()
      .refine((text) => text === 'on' || text === 'off', {
        error: 'must be on or off; leave it out for on with the embedded database, off with DATABASE_URL',
      })
      .optional(),
    BACKUP_BEFORE_UPGRADE: z
      .string()
      .default('on')
      .refine((text) => text === 'on' || text === 'off', {
        error: 'must be on or off; off only where another backup is the way back from an upgrade',
      }),
    BACKUP_DIR: z.string().optional(),
    BACKUP_SECOND_DIR: z.string().optional(),
    BACKUP_TIME: z
      .string()
      .default('02:00')
      .refine((text) => /^([01]\d|2[0-3]):[0-5]\d$/.test(text), {
        error: 'must be a time of day; for example BACKUP_TIME=02:00',
      }),
    BACKUP_KEEP: z
      .string()
      .default('7,4,12')
      .refine((text) => /^\s*[1-9]\d{0,2}\s*(,\s*\d{1,3}\s*){2}$/.test(text), {
        error:
          'must be how many daily, weekly and monthly backups to keep, at least one daily; for example BACKUP_KEEP=7,4,12',
      })
      .transform((text) => {
        const [daily = 7, weekly = 4, monthly = 12] = text.split(',').map(Number);
        return { daily, weekly, monthly };
      }),
    BACKUP_PASSPHRASE: z
      .string()
      .refine((text) => text.length >= 12, {
        error: 'must have at least 12 characters; several words are best',
      })
      .optional(),
  })
  .superRefine((env, context) => {
    for (const name of ['DATABASE_URL', 'MIGRATION_DATABASE_URL'] as const)
      if (env[name] !== undefined && !env.ALLOW_PLAINTEXT.includes('database') && isOpenDatabase(env[name]))
        context.addIssue({
          code: 'custom',
          path: [name],
          message:
            'leads to another host without TLS, names none, or has its certificate unchecked: add ?sslmode=verify-full (with sslrootcert=<file> for a certificate of your own), or set ALLOW_PLAINTEXT=database where the network between the two is your own',
        });
    if (env.SMTP_URL !== undefined && !env.ALLOW_PLAINTEXT.includes('mail') && isOpenMail(env.SMTP_URL))
      context.addIssue({
        code: 'custom',
        path: ['SMTP_URL'],
        message:
          'leads to another host without TLS, names none, or has its certificate unchecked: begin it with smtps://, or add ?requireTLS=true where the server begins it by itself (port 587); or set ALLOW_PLAINTEXT=mail where the network between the two is your own',
      });
    const sms = smsGateway(env);
    for (const { of, message } of sms === undefined ? [] : gatewayProblems(sms))
      context.addIssue({ code: 'custom', path: [smsVariable(of, env)], message });
    const gateway = sms && gatewayHost(sms.url);
    if (
      gateway !== undefined &&
      sms?.url.toLowerCase().startsWith('http:') &&
      !isThisComputer(gateway) &&
      !env.ALLOW_PLAINTEXT.includes('sms')
    )
      context.addIssue({
        code: 'custom',
        path: ['SMS_URL'],
        message:
          'leads to another host without TLS: begin it with https://, or set ALLOW_PLAINTEXT=sms where the network between the two is your own',
      });
    const audit = readAuditTarget(env.AUDIT_TO ?? '');
    const collector = audit?.kind === 'syslog' ? audit.host : undefined;
    if (
      audit?.kind === 'syslog' &&
      !audit.tls &&
      !isThisComputer(audit.host) &&
      !env.ALLOW_PLAINTEXT.includes('audit')
    )
      context.addIssue({
        code: 'custom',
        path: ['AUDIT_TO'],
        message:
          'leads to another host without TLS: begin it with syslogs://, or set ALLOW_PLAINTEXT=audit where the network between the two is your own',
      });
    for (const [name, host] of [
      ['AUDIT_TO', collector],
      ['DATABASE_URL', databaseHost(env.DATABASE_URL)],
      ['MIGRATION_DATABASE_URL', databaseHost(env.MIGRATION_DATABASE_URL)],
      ['SMTP_URL', parseUrl(env.SMTP_URL ?? '')?.hostname],
      ['SMS_URL', gateway],
    ] as const)
      if (host !== undefined && !isThisComputer(host) && !mayAskHost(env.OUTGOING_HOSTS, host))
        context.addIssue({
          code: 'custom',
          path: [name],
          message: 'leads to a host that OUTGOING_HOSTS does not name: add it there',
        });
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
      env.SIP2_TLS_CERT,
      env.SIP2_TLS_KEY,
      'SIP2_TLS_KEY',
      'is missing: SIP2_TLS_CERT is set, name the file of its private key too',
    );
    needs(
      env.SIP2_TLS_KEY,
      env.SIP2_TLS_CERT,
      'SIP2_TLS_CERT',
      'is missing: SIP2_TLS_KEY is set, name the file of its certificate too',
    );
    needs(
      env.SIP2_TLS_CERT,
      env.SIP2_PORT,
      'SIP2_PORT',
      'is missing: SIP2_TLS_CERT is set, but without a port there is no SIP2',
    );
    needs(
      env.SMTP_URL,
      env.SMTP_FROM,
      'SMTP_FROM',
      'is missing: SMTP_URL is set, name the sender address too',
    );
    for (const name of [
      'SMS_METHOD',
      'SMS_BODY',
      'SMS_AUTHORIZATION',
      'SMS_AUTHORIZATION_FILE',
      'SMS_OK',
    ] as const)
      needs(env[name], env.SMS_URL, 'SMS_URL', `is missing: ${name} is set, name the gateway's address too`);
    if (env.SMS_AUTHORIZATION !== undefined && env.SMS_AUTHORIZATION_FILE !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['SMS_AUTHORIZATION_FILE'],
        message: 'is set, and SMS_AUTHORIZATION as well: leave one of them out',
      });
    needs(
      env.DATA_KEYS,
      env.DATA_KEY,
      'DATA_KEY',
      'is missing: DATA_KEYS is set; it stays what it was, and DATA_KEYS adds to it',
    );
    needs(
      env.LOOKUP_KEYS,
      env.DATA_KEYS,
      'DATA_KEYS',
      'is missing: LOOKUP_KEYS is set, and a root that was replaced is no data key',
    );
    const root = env.DATA_KEY === undefined ? undefined : decodeKey(env.DATA_KEY);
    const problem = root && problemOfRing(root, env.DATA_KEYS, env.LOOKUP_KEYS);
    if (problem !== undefined) context.addIssue({ code: 'custom', ...problem });
    needs(
      env.MIGRATION_DATABASE_URL,
      env.DATABASE_URL,
      'DATABASE_URL',
      'is missing: MIGRATION_DATABASE_URL is set; set both, or neither for the embedded database',
    );
  });

/** What the environment may set; `docs/settings.md` has a line for each. */
export const SETTINGS: readonly string[] = Object.keys(schema.shape);

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
      hstsSubdomains:
        value.HSTS_SUBDOMAINS === undefined
          ? value.PUBLIC_URL?.startsWith('https:') === true
          : value.HSTS_SUBDOMAINS === 'on',
      databaseUrl: value.DATABASE_URL,
      migrationDatabaseUrl: value.MIGRATION_DATABASE_URL,
      pageProcesses: value.PAGE_PROCESSES,
      databasePoolSize: Math.max(
        4,
        Math.ceil((value.DATABASE_POOL_SIZE ?? usualPoolSize(value.DATABASE_URL)) / value.PAGE_PROCESSES),
      ),
      tls:
        value.TLS_CERT === undefined || value.TLS_KEY === undefined
          ? undefined
          : { certFile: value.TLS_CERT, keyFile: value.TLS_KEY },
      sip2:
        value.SIP2_PORT === undefined
          ? undefined
          : {
              port: value.SIP2_PORT,
              host: value.SIP2_HOST,
              tls:
                value.SIP2_TLS_CERT === undefined || value.SIP2_TLS_KEY === undefined
                  ? undefined
                  : { certFile: value.SIP2_TLS_CERT, keyFile: value.SIP2_TLS_KEY },
            },
      breachedPasswords:
        value.BREACHED_PASSWORDS === undefined ? undefined : path.resolve(value.BREACHED_PASSWORDS),
      trustedProxies: value.TRUSTED_PROXIES,
      lendingHosts: value.LENDING_HOSTS,
      lendingPlaintext: value.ALLOW_PLAINTEXT.includes('lending'),
      outgoingHosts: value.OUTGOING_HOSTS,
      auditTo: value.AUDIT_TO === undefined ? undefined : readAuditTarget(value.AUDIT_TO),
      smtp:
        value.SMTP_URL === undefined || value.SMTP_FROM === undefined
          ? undefined
          : { url: value.SMTP_URL, from: value.SMTP_FROM },
      sms: smsGateway(value),
      dataKey: dataKeyOf(value.DATA_KEY, value.DATA_KEYS, value.LOOKUP_KEYS),
      backup: {
        scheduled: value.BACKUP === undefined ? value.DATABASE_URL === undefined : value.BACKUP === 'on',
        beforeUpgrade: value.BACKUP_BEFORE_UPGRADE === 'on',
        folder: path.resolve(value.BACKUP_DIR ?? path.join(value.DATA_DIR, 'backups')),
        second: value.BACKUP_SECOND_DIR === undefined ? undefined : path.resolve(value.BACKUP_SECOND_DIR),
        time: value.BACKUP_TIME,
        keep: value.BACKUP_KEEP,
        passphrase: value.BACKUP_PASSPHRASE,
      },
    },
  };
}

/**
 * An embedded database shares the processors with the service: who waits for a connection waits without taking time from who
 * is served, and twenty statements at once keep the one thread that answers from its processor (docs/decisions/054).
 */
function usualPoolSize(databaseUrl: string | undefined): number {
  return databaseUrl === undefined ? Math.min(20, Math.max(8, 4 * availableParallelism())) : 20;
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

/** What of `sslmode` pg encrypts and checks; `no-verify` and `prefer` ask for less (pg-connection-string). */
const CHECKED_TLS = ['require', 'verify-ca', 'verify-full'];

/** Whether a database of another host is reached in the clear, or without a look at its certificate; read as pg does. */
function isOpenDatabase(text: string): boolean {
  const url = parseUrl(text);
  if (url === undefined) return false;
  // Of a setting that is given twice, pg takes the last.
  const last = (name: string): string => url.searchParams.getAll(name).at(-1) ?? '';
  if (isThisComputer(databaseHost(text) ?? '')) return false;
  const mode = last('sslmode');
  // As libpq has it, `require` looks at no certificate unless it is given one to look for.
  const isUnchecked = mode === 'require' && last('uselibpqcompat') === 'true' && last('sslrootcert') === '';
  return isUnchecked || !CHECKED_TLS.includes(mode);
}

/** Where pg connects to for an address; undefined for what is none. */
function databaseHost(text: string | undefined): string | undefined {
  const url = text === undefined ? undefined : parseUrl(text);
  return url && (url.searchParams.getAll('host').at(-1) || decodeURIComponent(url.hostname));
}

/** The same of a mail server; `requireTLS` and `tls.…` as nodemailer reads them from the address. */
function isOpenMail(text: string): boolean {
  const url = parseUrl(text);
  if (url === undefined || isThisComputer(decodeURIComponent(url.hostname))) return false;
  const isEncrypted = url.protocol === 'smtps:' || url.searchParams.get('requireTLS') === 'true';
  const isChecked = url.searchParams.getAll('tls.rejectUnauthorized').every((value) => value === 'true');
  return !isEncrypted || !isChecked;
}

interface SmsVariables {
  readonly SMS_URL?: string | undefined;
  readonly SMS_METHOD?: string | undefined;
  readonly SMS_BODY?: string | undefined;
  readonly SMS_AUTHORIZATION?: string | undefined;
  readonly SMS_AUTHORIZATION_FILE?: string | undefined;
  readonly SMS_OK?: string | undefined;
}

function smsGateway(env: SmsVariables): SmsGateway | undefined {
  if (env.SMS_URL === undefined) return undefined;
  const { SMS_BODY: body, SMS_AUTHORIZATION_FILE: file } = env;
  const secret = env.SMS_AUTHORIZATION ?? (file === undefined ? undefined : readSecret(file));
  const usual = body === undefined ? 'GET' : 'POST';
  return {
    url: env.SMS_URL,
    method: env.SMS_METHOD === 'GET' || env.SMS_METHOD === 'POST' ? env.SMS_METHOD : usual,
    body,
    header: secret === undefined ? undefined : readGatewayHeader(secret),
    accepted: env.SMS_OK,
  };
}

function smsVariable(of: 'url' | 'method' | 'body' | 'header', env: SmsVariables): string {
  if (of === 'header')
    return env.SMS_AUTHORIZATION === undefined ? 'SMS_AUTHORIZATION_FILE' : 'SMS_AUTHORIZATION';
  return { url: 'SMS_URL', method: 'SMS_METHOD', body: 'SMS_BODY' }[of];
}

/** What a file says, without the line's end; undefined where it cannot be read, or is longer than a secret. */
function readSecret(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8').trim();
    return text.length > 4_096 ? undefined : text;
  } catch {
    return undefined;
  }
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

function dataKeyOf(
  first: string | undefined,
  further: string | undefined,
  lookups: string | undefined,
): Config['dataKey'] {
  const root = first === undefined ? undefined : decodeKey(first);
  return root === undefined || further === undefined ? root : parseEnvRing(root, further, lookups);
}

function problemOfRing(
  root: Uint8Array,
  further: string | undefined,
  lookups: string | undefined,
): { readonly path: string[]; readonly message: string } | undefined {
  if (lookups !== undefined && !isWrappedBy(root, lookups))
    return {
      path: ['LOOKUP_KEYS'],
      message:
        'does not belong to DATA_KEY: set the two, and DATA_KEYS, as `npm run keys -- rotate-root` printed them together',
    };
  if (further === undefined || parseEnvRing(root, further, lookups) !== undefined) return undefined;
  return {
    path: ['DATA_KEYS'],
    message:
      'must be further keys with their numbers from 2 on (with LOOKUP_KEYS: all of them), separated by spaces; for example DATA_KEYS="2:<32 bytes in base64>"',
  };
}

function decodeKey(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(text)) return undefined;
  return new Uint8Array(Buffer.from(text, 'base64'));
}
