import type { Context } from 'hono';
import type { Db } from '../db/connection.ts';
import type { Drawers } from '../documents/card/write-cards.ts';
import type { PdfDrawer } from '../documents/pdf-scan.ts';
import type { DocumentsPort } from '../documents/port.ts';
import type { BackupKeep } from '../domain/backup-plan.ts';
import type { OutgoingHosts } from '../domain/outgoing-hosts.ts';
import type { Lang } from '../i18n/index.ts';
import type { SharedCodes } from '../usecases/check-at-gate.ts';
import type { Actor, Deps, LibraryContext, RequestOrigin, Scope, Wake } from '../usecases/context.ts';
import type { Libraries } from '../usecases/get-library.ts';
import type { tryFeed } from '../usecases/read-feeds.ts';
import type { View } from '../usecases/record-view.ts';
import type { SignedIn } from '../usecases/session.ts';
import type { RateExchange } from '../usecases/shared-counts.ts';
import { networkOf } from './network.ts';
import type { ImportRunner } from './office/imports/runner.ts';

/** What the pages are wired to; made once in `main.ts`, or by a test. */
export interface WebDeps extends Deps {
  readonly db: Db;
  readonly libraries: Libraries;
  /** Pictures, codes and printed sheets. */
  readonly documents: DocumentsPort;
  /** Pages that stay open hear what changed, after the commit. */
  readonly feed: Feed;
  /** Address under which people reach the service, without a trailing slash; null: as the request says. */
  readonly publicUrl: string | null;
  /** What identity providers may be asked at; none: as their own rules say. */
  readonly outgoingHosts?: OutgoingHosts;
  /** Whether browsers are told that names below ours are https too; over https only. */
  readonly hstsSubdomains?: boolean;
  /** Peers whose `X-Forwarded-For` and `-Proto` are believed. */
  readonly isTrustedProxy: (address: string) => boolean;
  /** Threads that draw cards; without them they are drawn in the one thread there is. */
  readonly cardDrawers?: Drawers;
  /** Where the limits of all processes meet; without it each counts for itself. */
  readonly rates?: RateExchange;
  /** For tests: forms of one kind that a library takes in ten minutes before it is a flood; see `openFloodLimit`. */
  readonly formsOfLibrary?: number;
  /** For tests: keys that a usual task takes at most; see `openProofs`. */
  readonly keysOfTask?: number;
  /** Moving codes that gates and SIP2 devices of this process took; without it the gates' own. */
  readonly codes?: SharedCodes;
  /** Draws documents that come as PDF, away from everybody else's requests; without it they are drawn in the one thread. */
  readonly drawPdf?: PdfDrawer;
  /** For tests: identity providers for staff may stand on 127.0.0.1 and speak plain http. */
  readonly loopbackProviders?: boolean;
  /** Works at imports behind the pages. */
  readonly imports: ImportRunner;
  /** Whether e-mail can leave: without it nobody can be sent a code, and none is asked for. */
  readonly mails?: boolean;
  /** Whether text messages can leave; only codes do, and only where a library has switched it on. */
  readonly texts?: boolean;
  /** Whether a lending system lets us in and lets us write; sends nobody. */
  readonly tryLending: Parameters<typeof tryFeed>[4];
  /** How backups are made; a test has none. */
  readonly backups?: BackupPlan;
  /** One line of JSON; ids and route patterns only. */
  readonly log: (entry: Readonly<Record<string, string | number | boolean | null>>) => void;
}

/** How this installation makes backups, for an admin to see; it is set in the environment. */
export interface BackupPlan {
  readonly scheduled: boolean;
  readonly folder: string;
  readonly second: string | undefined;
  /** 'HH:MM' */
  readonly time: string;
  readonly keep: BackupKeep;
  /** What opens scheduled ones besides the key of this computer. */
  openers(): Promise<readonly ('passphrase' | 'recovery')[]>;
}

/** Who listens hears every wake of one library. */
export interface Feed {
  publish(wake: Wake): void;
  /** @returns stops listening */
  subscribe(libraryId: number, listener: (wake: Wake) => void): () => void;
  /** Where this process's feed stands: taken before a page reads what it shows. */
  mark(): string;
  /** Whether anything wanted happened since; also true where that is not known any more, or to another process. */
  hasMissed(libraryId: number, mark: string, wanted: (wake: Wake) => boolean): boolean;
}

/** Variables of every request. */
export interface RequestVariables {
  requestId: string;
  lang: Lang;
  /** `https:` at the browser, so that cameras and secure cookies work. */
  secure: boolean;
  /** Scheme, host and port that the browser shows. */
  origin: string;
  /** Address of the client, behind trusted proxies too. */
  clientAddress: string;
}

/** Below `/{library}`. */
export interface LibraryVariables extends RequestVariables {
  library: LibraryContext;
  officer: SignedIn | null;
  sessionToken: string | null;
  /** This very request has shown a code or a passkey, on the page that asks again. */
  factorShown: true | undefined;
  /** Of `Feed.mark`, before anything of this request was read. */
  feedMark: string;
  /** People whose data this page shows beside those its address names, for the log of looks (`record-views.ts`). */
  alsoShown?: readonly View[];
  /** An officer's roles do not open this address. */
  refused?: boolean;
}

export type SiteEnv = { Variables: RequestVariables };
export type LibraryEnv = { Variables: LibraryVariables };

/** The scope of a use case for this request; without `actor`, the signed-in officer's, else the citizen's. */
export function scopeOf(c: Context<LibraryEnv>, deps: WebDeps, actor?: Actor): Scope {
  const officer = c.get('officer');
  return {
    library: c.get('library'),
    actor:
      actor ??
      (officer === null
        ? { kind: 'applicant' }
        : { kind: 'officer', id: officer.id, roles: officer.roles, servicePointId: officer.servicePointId }),
    at: deps.now(),
    ...originOf(c),
  };
}

/** Which request this is, for the rows that remember it. */
export function originOf(c: Context<SiteEnv> | Context<LibraryEnv>): RequestOrigin {
  const { get } = c as Context<SiteEnv>;
  return { requestId: get('requestId'), network: networkOf(get('clientAddress')) };
}
