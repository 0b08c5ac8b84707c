/**
 * A commit that waits for a synchronous standby can be told to wait no longer (`pg_cancel_backend`, say). PostgreSQL then
 * answers as if it were done, with a warning only: it is on one disk, and a failover takes it back. Here such an answer
 * is none: nobody is told that it is done, and the same form sent again finds out (PostgreSQL, 27.2.8, syncrep.c).
 */
import type pg from 'pg';
import { DatabaseUnreachable } from './outage.ts';

const doubtful = new WeakSet<object>();

/** Listens to the warnings of a connection, before its first statement. */
export function watchCommits(client: pg.ClientBase): void {
  client.on('notice', (notice) => {
    // By its place in the server: its words are in the server's language.
    if (notice.routine === 'SyncRepWaitForLSN') doubtful.add(client);
  });
}

/** Whether a commit on this connection was not confirmed; nothing that it says afterwards is believed. */
export function isDoubtful(client: object): boolean {
  return doubtful.has(client);
}

/** Told instead of the server's answer: only the database knows, and not before the standby does. */
export class Unconfirmed extends DatabaseUnreachable {
  constructor() {
    super('the standby has not confirmed the commit');
  }
}
