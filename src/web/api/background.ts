import type { WebDeps } from '../env.ts';

/** For what an answer does not wait for: that a look was not logged stands in the service's log at least. */
export function inBackground(
  deps: Pick<WebDeps, 'log'>,
  scope: { readonly requestId: string },
  work: Promise<unknown>,
): void {
  work.catch((error: unknown) =>
    deps.log({
      level: 'error',
      request: scope.requestId,
      event: 'view-not-logged',
      error: error instanceof Error ? error.name : 'unknown',
    }),
  );
}
