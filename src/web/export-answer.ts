import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Context } from 'hono';
import { exportFile } from '../documents/export-file.ts';
import type { FileTarget } from '../domain/exporting/outgoing-member.ts';
import type { ExportId } from '../domain/ids.ts';
import { exportFormat } from '../interop/export-formats.ts';
import { type Scope, todayOf } from '../usecases/context.ts';
import { exportRows, finishExport, kohaCodesOf } from '../usecases/export-members.ts';
import type { LibraryEnv, WebDeps } from './env.ts';

/**
 * An export that has begun, as the answer: nobody's data are kept here a second time. It counts once the connection has
 * taken the last byte; who hangs up earlier has got nobody.
 * @param export.fed for a feed: whoever did not fit is left alone until they change, and a file of nobody is a 204
 */
export async function exportAnswer(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  scope: Scope,
  { exportId, target, fed = false }: { exportId: ExportId; target: FileTarget; fed?: boolean },
): Promise<Response> {
  const outgoing = (c.env as { readonly outgoing?: ServerResponse } | undefined)?.outgoing;
  const rows = exportRows(deps.db, deps, scope, exportId, exportFormat(target, kohaCodesOf(scope)), {
    again: !fed,
    // A single request of a test has no connection.
    ...(outgoing === undefined ? {} : { delivered: 'told-by-caller' }),
  });
  const finish = async (state: 'done' | 'failed') => {
    const failure = state === 'done' ? null : 'broken-off';
    await finishExport(deps.db, deps, scope, exportId, state, failure).catch((error: unknown) =>
      deps.log({ event: 'export-not-closed', error: error instanceof Error ? error.name : 'unknown' }),
    );
  };
  const first = [await rows.next(), await rows.next()].flatMap((one) => (one.done ? [] : [one.value]));
  if (fed && first.length < 2) {
    await finish('done');
    return c.body(null, 204, { 'Cache-Control': 'no-store' });
  }
  if (outgoing !== undefined) void taken(outgoing).then((whole) => finish(whole ? 'done' : 'failed'));
  const file = exportFile(target, following(first, rows));
  const name = `${scope.library.slug}-${target}-${todayOf(scope)}.${file.extension}`;
  return c.body(Readable.toWeb(file.bytes) as ReadableStream<Uint8Array<ArrayBuffer>>, 200, {
    'Content-Type': file.type,
    'Content-Disposition': `attachment; filename="${name}"`,
    'Cache-Control': 'no-store',
  });
}

/**
 * Whether the connection took the last byte. Node calls an answer finished as well when its connection was destroyed
 * under it: only one that still stands has sent everything.
 */
function taken(outgoing: ServerResponse): Promise<boolean> {
  if (outgoing.closed) return Promise.resolve(false);
  const { socket } = outgoing;
  return new Promise((resolve) => {
    let whole = false;
    outgoing.prependOnceListener('finish', () => {
      whole = socket?.destroyed === false;
    });
    outgoing.once('close', () => resolve(whole));
  });
}

/** What was read already, then the rest; whoever stops early stops the rest too. */
async function* following(
  first: readonly (readonly string[])[],
  rest: AsyncGenerator<readonly string[]>,
): AsyncGenerator<readonly string[]> {
  try {
    yield* first;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}
