import type { Context } from 'hono';
import { may } from '../../../domain/permissions.ts';
import { formatNumber } from '../../../i18n/format.ts';
import { readLendingTrouble } from '../../../usecases/read-feeds.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import type { Notice } from '../office-page.tsx';

/** For whoever can do something about it: a connection that fails for long, members who wait for a decision, and erasures. */
export async function lendingNotices(c: Context<LibraryEnv>, deps: WebDeps): Promise<readonly Notice[]> {
  const roles = c.get('officer')?.roles ?? [];
  const [connects, decides] = [may(roles, 'lending.connect'), may(roles, 'member.correct')];
  if (!connects && !decides) return [];
  const { failing, conflicts, erasures } = await readLendingTrouble(deps.db, scopeOf(c, deps));
  const { lending } = textsOf(c).office;
  const { start, targets } = lending;
  const link = <a href={`/${c.get('library').slug}/pengaturan/peminjaman`}>{start.open}</a>;
  return [
    ...(connects && failing.length > 0
      ? [
          {
            tone: 'danger' as const,
            text: (
              <p>
                {start.failing(failing.map((target) => targets[target]).join(', '))} {link}
              </p>
            ),
          },
        ]
      : []),
    ...(decides && conflicts > 0
      ? [
          {
            tone: 'warning' as const,
            text: (
              <p>
                {start.conflicts(formatNumber(c.get('lang'), conflicts))} {link}
              </p>
            ),
          },
        ]
      : []),
    ...(erasures > 0
      ? [
          {
            tone: 'warning' as const,
            text: (
              <p>
                {start.erasures(formatNumber(c.get('lang'), erasures))} {link}
              </p>
            ),
          },
        ]
      : []),
  ];
}
