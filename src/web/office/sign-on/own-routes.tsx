import { type Context, Hono } from 'hono';
import { formatDateTime } from '../../../i18n/format.ts';
import { ownLink, unlinkOwnAccount } from '../../../usecases/sign-on.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { DefinitionList } from '../../components/definition-list.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Tag } from '../../components/tag.tsx';
import { type LibraryEnv, type SiteEnv, scopeOf, type WebDeps } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { requireEveryFactor } from '../../middleware/fresh.ts';
import { requireOfficer } from '../../middleware/session.ts';
import { isInside } from '../inside.ts';
import { type Notice, officePage } from '../office-page.tsx';
import { problemPage } from './door-routes.tsx';
import { beginFlow, type FlowPurpose } from './flow.ts';

/** `/{library}/akun-penyedia`: the officer's own account at the identity provider, and proving again through it. */
export function ownSignOnRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const own = requireOfficer();
  const whole = requireEveryFactor(deps);
  const base = (c: Context<LibraryEnv>) => `/${c.get('library').slug}/akun-penyedia`;

  app.get('/akun-penyedia', own, (c) => page(c, deps));

  // A form may lead to this site only (CSP), so that it is answered with a page and a link. As a form it is what no
  // other site can make a browser do: linking to somebody else's account there would give the account here away.
  app.post('/akun-penyedia/tautkan', own, whole, async (c) => {
    const begun = await begin(c, deps, 'link', '');
    return 'url' in begun ? leavePage(c, deps, begun.url) : begun.problem;
  });

  app.post('/akun-penyedia/lepas', own, whole, async (c) => {
    const outcome = await unlinkOwnAccount(deps.db, deps, scopeOf(c, deps));
    return c.redirect(`${base(c)}?selesai=${outcome.ok ? 'lepas' : outcome.reason}`, 303);
  });

  app.get('/konfirmasi/penyedia', own, async (c) => {
    const back = c.req.query('kembali') ?? '';
    const begun = await begin(c, deps, 'confirm', isInside(back, c.get('library').slug) ? back : '');
    return 'url' in begun ? c.redirect(begun.url, 303) : begun.problem;
  });

  return app;
}

async function begin(c: Context<LibraryEnv>, deps: WebDeps, purpose: FlowPurpose, back: string) {
  const library = c.get('library');
  const begun = await beginFlow(c, deps, library, { purpose, back, token: c.get('sessionToken') });
  if (begun.ok) return { url: begun.url };
  const shown = { reason: begun.reason, back: '' };
  return { problem: problemPage(c as unknown as Context<SiteEnv>, library, begun.provider, shown) };
}

async function page(c: Context<LibraryEnv>, deps: WebDeps) {
  const { office, signOn: text } = textsOf(c);
  const library = c.get('library');
  const { slug } = library;
  const link = await ownLink(deps.db, scopeOf(c, deps));
  const when = (at: Date | null) =>
    at === null ? '–' : formatDateTime(c.get('lang'), at, library.settings.profile.timezone);
  return officePage(
    c,
    {
      area: null,
      title: text.own.title,
      back: { href: `/${slug}/sesi`, label: office.sessions.title },
      notices: noticesOf(c),
    },
    <>
      <PageHeader
        title={text.own.title}
        lead={link === null ? text.own.none : text.own.lead(link.provider)}
      />
      {link !== null && (
        <section class="dp-panel dp-stack" data-gap="s" aria-labelledby="tautan">
          <h2 id="tautan">{link.provider}</h2>
          <p>
            <Tag tone={link.linkedAt === null ? undefined : 'success'}>
              {link.linkedAt === null ? text.own.notLinked : text.own.linked}
            </Tag>
          </p>
          {link.linkedAt !== null && (
            <DefinitionList
              items={[
                { label: text.own.linkedAt, value: when(link.linkedAt) },
                { label: text.own.lastUsedAt, value: when(link.lastUsedAt) },
              ]}
            />
          )}
          {link.only && <p>{text.own.only(link.provider)}</p>}
          <div class="dp-actions">
            <form method="post" action={`/${slug}/akun-penyedia/tautkan`}>
              <Button variant="secondary">
                {link.linkedAt === null ? text.own.link : text.own.linkAgain}
              </Button>
            </form>
            {link.linkedAt !== null && !link.only && (
              <form method="post" action={`/${slug}/akun-penyedia/lepas`}>
                <Button variant="tertiary" tone="danger">
                  {text.own.unlink}
                </Button>
              </form>
            )}
          </div>
        </section>
      )}
    </>,
  );
}

async function leavePage(c: Context<LibraryEnv>, deps: WebDeps, url: string) {
  const { signOn: text } = textsOf(c);
  const link = await ownLink(deps.db, scopeOf(c, deps));
  const name = link?.provider ?? text.anyProvider;
  return officePage(
    c,
    { area: null, title: text.own.leave(name) },
    <div class="dp-main--narrow dp-stack">
      <PageHeader title={text.own.leave(name)} lead={text.own.leaveLead(name)} />
      <div class="dp-actions">
        <LinkButton href={url}>{text.own.leaveNow(name)}</LinkButton>
        <LinkButton href={`/${c.get('library').slug}/akun-penyedia`} variant="tertiary">
          {textsOf(c).common.action.cancel}
        </LinkButton>
      </div>
    </div>,
  );
}

function noticesOf(c: Context<LibraryEnv>): readonly Notice[] {
  const { done } = textsOf(c).signOn.own;
  switch (c.req.query('selesai')) {
    case 'taut':
      return [{ tone: 'success', text: done.linked }];
    case 'lepas':
      return [{ tone: 'success', text: done.unlinked }];
    case 'provider-only':
      return [{ tone: 'warning', text: done.only }];
    case 'not-found':
      return [{ tone: 'warning', text: done.notLinked }];
    default:
      return [];
  }
}
