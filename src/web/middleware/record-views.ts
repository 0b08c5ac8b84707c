import type { Context, MiddlewareHandler } from 'hono';
import { recordView, type View } from '../../usecases/record-view.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';

const ID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/** `/{library}/loket/{case}…` and `/{library}/anggota/{member}…`, the other member of a merge beside it. */
const SUBJECT = new RegExp(`^/[^/]+/(loket|anggota)/(${ID})(?:/([a-z.]+)(?:/(${ID}))?)?`);

/**
 * Logs whose case, member page or photo an officer was shown, whatever page below the subject it was. After the answer
 * is made: the page waits for nothing, and a log that cannot be written fails no page.
 */
export function recordViews(deps: WebDeps): MiddlewareHandler<LibraryEnv> {
  return async (c, next) => {
    await next();
    if (c.req.method !== 'GET' || c.res.status !== 200 || c.get('officer') === null) return;
    const scope = scopeOf(c, deps);
    const views = [
      ...viewsOf(c.req.path, c.res.headers.get('Content-Type') ?? ''),
      ...(c.get('alsoShown') ?? []),
    ];
    for (const view of views) {
      recordView(deps.db, deps, scope, view).catch((error: unknown) =>
        deps.log({
          event: 'view-not-logged',
          request: scope.requestId,
          error: error instanceof Error ? error.name : 'unknown',
        }),
      );
    }
  };
}

/**
 * For a page that shows a person its address does not name: more than a line of a list has (name, number, state, masked
 * numbers), so contact, address, date of birth, photo, own words.
 */
export function showsPerson(
  c: Context<LibraryEnv>,
  subjectKind: View['subjectKind'],
  subjectId: string,
  purpose: NonNullable<View['purpose']>,
): void {
  const view: View = { action: `${subjectKind}.view`, subjectKind, subjectId, purpose };
  c.set('alsoShown', [...(c.get('alsoShown') ?? []), view]);
}

/** What an answer of this kind under this path showed; a drawn code or a stream of events shows nobody. */
export function viewsOf(path: string, contentType: string): View[] {
  const [, area, id, page, other] = SUBJECT.exec(path) ?? [];
  if (area === undefined || id === undefined) return [];
  const isPicture = contentType.startsWith('image/');
  // A scan is logged where it is opened.
  if (page === 'pindaian' || contentType.startsWith('text/event-stream')) return [];
  if (isPicture && page !== 'foto') return [];
  if (contentType.startsWith('image/svg')) return [];
  const subjectKind = area === 'loket' ? 'application' : 'member';
  const action = isPicture ? 'photo.view' : (`${subjectKind}.view` as const);
  const ids = page === 'gabung' && other !== undefined ? [id, other] : [id];
  return ids.map((subjectId) => ({ action, subjectKind, subjectId }) as const);
}
