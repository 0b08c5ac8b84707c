import type { Context } from 'hono';
import { may } from '../../domain/permissions.ts';
import { formatNumber } from '../../i18n/format.ts';
import { readTextsState } from '../../usecases/deliver-texts.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { textsOf } from '../frame.tsx';
import type { Child } from '../jsx/jsx-runtime.ts';
import type { Notice } from './office-page.tsx';

/**
 * For the admin, who can do something about it, and whoever leads the counter, where people come who got no code. The
 * people who asked see nothing of it.
 */
export async function textsNotices(c: Context<LibraryEnv>, deps: WebDeps): Promise<readonly Notice[]> {
  const { settings, slug } = c.get('library');
  const roles = c.get('officer')?.roles ?? [];
  const changes = may(roles, 'setting.change');
  if (!settings.sms.enabled || !(changes || may(roles, 'member.correct'))) return [];
  const { limited, failed, failure } = await readTextsState(deps.db, scopeOf(c, deps));
  const { sms } = textsOf(c).office.settings;
  const count = (number: number): string => formatNumber(c.get('lang'), number);
  const said = [
    ...(limited > 0 ? [sms.limited(count(limited))] : []),
    ...(failure !== null ? [sms.failed(count(failed), failure)] : []),
  ];
  return said.map((text) => ({
    tone: 'warning',
    text: (
      <p>
        {text} {changes && <a href={`/${slug}/pengaturan/sms`}>{sms.link}</a>}
      </p>
    ),
  }));
}

/** Beside the settings: whether there is a gateway, and how far the limit is used. */
export async function textsState(c: Context<LibraryEnv>, deps: WebDeps): Promise<Child> {
  const { sms } = textsOf(c).office.settings;
  const { sent, limited, failed, failure } = await readTextsState(deps.db, scopeOf(c, deps));
  const count = (number: number): string => formatNumber(c.get('lang'), number);
  return (
    <div class="dp-muted">
      {deps.texts !== true && <p>{sms.off}</p>}
      <p>{sms.sent(count(sent), count(c.get('library').settings.sms.most))}</p>
      {limited > 0 && <p>{sms.limited(count(limited))}</p>}
      {failure !== null && <p>{sms.failed(count(failed), failure)}</p>}
    </div>
  );
}
