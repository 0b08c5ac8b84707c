import type { Db } from '../../db/connection.ts';
import { connectForeign, NeedsName, recogniseForeign } from '../../db/foreign/connect.ts';
import { countInlislite, inlisliteMembers, stateOfInlislite } from '../../db/foreign/inlislite.ts';
import { countSlims, slimsMembers, stateOfSlims } from '../../db/foreign/slims.ts';
import { isTlsTrouble } from '../../db/foreign/tls.ts';
import { inlisliteVisits, slimsVisits } from '../../db/foreign/visits.ts';
import { codeOf } from '../../domain/error-code.ts';
import type { ImportId } from '../../domain/ids.ts';
import type { IncomingMember } from '../../domain/importing/incoming-member.ts';
import { isThisComputer } from '../../domain/network-address.ts';
import { mayAskHost } from '../../domain/outgoing-hosts.ts';
import { partsOf } from '../../domain/parts.ts';
import type { Deps, Scope } from '../../usecases/context.ts';
import { importVisits } from '../../usecases/import-visits.ts';
import type { MemberSource } from '../../usecases/run-import.ts';
import type { NewImport } from '../../usecases/start-import.ts';

/** A live database of another system. */
export interface OpenedDatabase {
  readonly about: NewImport;
  readonly source: MemberSource;
  takeVisits(db: Db, deps: Deps, scope: Scope, importId: ImportId, stopped: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/**
 * An address as it may be shown; undefined where it cannot be read. A password with a sign that ends one (`#`, `/`, `?`) makes no
 * address, or one of another host that has the password's rest behind it.
 */
function readAddress(address: string): { readonly url: URL; readonly shown: string } | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (url.hash !== '' || `${url.pathname}${url.search}`.includes('@')) return undefined;
  const open = new URL(url);
  open.password = '';
  return { url, shown: open.href };
}

/** Opens `mysql://…` and finds out whose it is; a text says why not. The password comes from `MYSQL_PWD`. */
export async function openLive(address: string): Promise<OpenedDatabase | string> {
  const read = readAddress(address);
  if (read === undefined)
    return 'The address cannot be read: mysql://user@host/database, with the password in MYSQL_PWD. In the address itself # / ? @ : % of a password are written %23 %2F %3F %40 %3A %25.';
  const { url, shown } = read;
  const host = url.hostname || 'localhost';
  const hosts = partsOf(process.env.OUTGOING_HOSTS);
  if (!url.searchParams.has('socketPath') && !mayAskHost(hosts, host))
    return `${shown} is not in OUTGOING_HOSTS, which names all that this program may connect to.`;
  const isLocal = url.searchParams.has('socketPath') || isThisComputer(host);
  const tls = !isLocal && !partsOf(process.env.ALLOW_PLAINTEXT).includes('lending');
  let database: Awaited<ReturnType<typeof connectForeign>>;
  try {
    database = await connectForeign(address, process.env.MYSQL_PWD, tls);
  } catch (error) {
    const why = codeOf(error);
    if (error instanceof NeedsName || isTlsTrouble(why))
      return `${shown} is on another computer, and its server has no TLS with a certificate for the name in the address. Switch TLS on there (NODE_EXTRA_CA_CERTS=<file> for an authority of your own), or set ALLOW_PLAINTEXT=lending where the network between the two is your own.`;
    return `${shown} cannot be reached (${why}). Are host, user, MYSQL_PWD and the name of the database right?`;
  }
  const format = await recogniseForeign(database);
  if (format === undefined) {
    await database.close();
    return `${shown} holds neither the tables of INLISLite nor those of SLiMS.`;
  }
  const size = await (format === 'inlislite-db' ? countInlislite(database) : countSlims(database));
  const state = await (format === 'inlislite-db' ? stateOfInlislite(database) : stateOfSlims(database));
  let count = 0;
  async function* members(): AsyncGenerator<IncomingMember> {
    count = 0;
    for await (const member of format === 'inlislite-db'
      ? inlisliteMembers(database)
      : slimsMembers(database)) {
      count += 1;
      yield member;
    }
  }
  return {
    about: {
      fileName: shown.replace(/\?.*$/, ''),
      format,
      size,
      facts: { hasHeader: false, dialect: null, titles: [] },
      columns: {},
      // A database that has changed is read anew; one that has not goes on where it stopped.
      digest: `${shown} ${state}`,
    },
    source: { members, progress: () => count },
    async takeVisits(db, deps, scope, importId, stopped) {
      const visits = format === 'inlislite-db' ? inlisliteVisits(database) : slimsVisits(database);
      const { unreadable } = await importVisits(db, deps, scope, importId, shown, visits, stopped);
      if (unreadable > 0) console.log(`${unreadable} visits without a time that can be read were left.`);
    },
    close: () => database.close(),
  };
}
