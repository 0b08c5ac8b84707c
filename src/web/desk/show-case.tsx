import type { Context } from 'hono';
import type { ApplicationId } from '../../domain/ids.ts';
import { readCase } from '../../usecases/read-case.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { type CasePageProps, casePage } from './case-page.tsx';
import { isUuid } from './input.ts';

/** The case of the address, or undefined where its form is not that of an id. */
export function caseIdOf(c: Context<LibraryEnv>): ApplicationId | undefined {
  const id = c.req.param('id') ?? '';
  return isUuid(id) ? (id as ApplicationId) : undefined;
}

/** Draws a case as it stands now. */
export async function showCase(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  more: Omit<CasePageProps, 'view' | 'now'> = {},
): Promise<Response> {
  const id = caseIdOf(c);
  const scope = scopeOf(c, deps);
  const view = id === undefined ? undefined : await readCase(deps.db, deps, scope, id);
  if (!view) return await c.notFound();
  return await c.html(casePage(c, { view, now: scope.at, ...more }));
}

/** What every refused change has in common: why, and the case as it stands now. */
export interface Refused {
  readonly reason: string;
}

/**
 * Answers a refused change: with the errors at the fields of the open panel, or with the case as it stands and what
 * to do now.
 */
export async function showRefusal(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  refused: Refused,
  more: Omit<CasePageProps, 'view' | 'now' | 'notice'> = {},
): Promise<Response> {
  const { refusals } = textsOf(c).desk;
  switch (refused.reason) {
    case 'not-found':
      return await c.notFound();
    case 'changed-meanwhile':
    case 'not-allowed':
      c.status(409);
      return showCase(c, deps, { notice: { tone: 'warning', text: refusals[refused.reason] } });
    case 'somebody-alike':
      c.status(409);
      return showCase(c, deps, { notice: { tone: 'warning', text: refusals[refused.reason] } });
    default:
      c.status(422);
      return showCase(c, deps, more);
  }
}
