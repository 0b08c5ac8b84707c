import type { Context } from 'hono';
import { countRequests, mayDecide } from '../../usecases/rights-request.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { textsOf } from '../frame.tsx';
import type { Notice } from './office-page.tsx';

/** Above the list of members, for whoever answers them: requests that wait, red where one is late. */
export async function requestNotice(c: Context<LibraryEnv>, deps: WebDeps): Promise<readonly Notice[]> {
  const scope = scopeOf(c, deps);
  if (!mayDecide(scope)) return [];
  const { open, late } = await countRequests(deps.db, scope);
  if (open === 0) return [];
  const { office } = textsOf(c).rights;
  return [
    {
      tone: late > 0 ? 'danger' : 'info',
      text: (
        <p>
          <a href={`/${scope.library.slug}/permintaan-data`}>
            {office.fromMembers(String(open), String(late))}
          </a>
        </p>
      ),
    },
  ];
}
