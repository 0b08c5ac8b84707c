import { type Context, Hono } from 'hono';
import { formatDateTime } from '../../i18n/format.ts';
import { endListedSession, type ListedSession, listSessions } from '../../usecases/list-sessions.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { DataTable } from '../components/data-table.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { Tag } from '../components/tag.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { requireFresh } from '../middleware/fresh.ts';
import { requireOfficer } from '../middleware/session.ts';
import { type Notice, officePage } from './office-page.tsx';

/** `/{library}/sesi`: where one is signed in, and for an admin where everybody is; each can be ended. */
export function sessionListRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  // Every role: everybody may see and end what is their own.
  const anybody = requireOfficer();

  app.get('/sesi', anybody, async (c) => {
    const { doors, office, signOn } = textsOf(c);
    const { sessions: text } = office;
    const library = c.get('library');
    const lang = c.get('lang');
    const { timezone } = library.settings.profile;
    const rows = await listSessions(deps.db, deps, scopeOf(c, deps), c.get('sessionToken'));
    return officePage(
      c,
      {
        area: null,
        title: text.title,
        notices: noticesOf(c),
      },
      <>
        <PageHeader title={text.title} lead={text.lead}>
          <LinkButton href={`/${library.slug}/sandi`} variant="secondary">
            {office.password.title}
          </LinkButton>
          <LinkButton href={`/${library.slug}/faktor-kedua`} variant="secondary">
            {office.factor.title}
          </LinkButton>
          <LinkButton href={`/${library.slug}/kunci-sandi`} variant="secondary">
            {doors.passkey.title}
          </LinkButton>
          <LinkButton href={`/${library.slug}/akun-penyedia`} variant="secondary">
            {signOn.own.title}
          </LinkButton>
        </PageHeader>
        <DataTable<ListedSession>
          caption={text.title}
          hiddenCaption
          rows={rows}
          empty={text.empty}
          stack
          columns={[
            {
              label: text.officer,
              rowHeader: true,
              cell: (session) => (
                <>
                  {session.officerName} {session.current && <Tag tone="success">{text.current}</Tag>}
                </>
              ),
            },
            { label: text.created, cell: (session) => formatDateTime(lang, session.createdAt, timezone) },
            { label: signOn.way, cell: (session) => wayOf(c, session) },
            { label: text.lastSeen, cell: (session) => formatDateTime(lang, session.lastSeenAt, timezone) },
            {
              label: text.end,
              hiddenLabel: true,
              cell: (session) =>
                session.current ? (
                  ''
                ) : (
                  <form method="post" action={`/${library.slug}/sesi`} class="dp-row-buttons">
                    <input type="hidden" name="sesi" value={session.id} />
                    <Button
                      variant="tertiary"
                      tone="danger"
                      attrs={{ 'aria-label': text.endOf(session.officerName) }}
                    >
                      {text.end}
                    </Button>
                  </form>
                ),
            },
          ]}
        />
      </>,
    );
  });

  app.post('/sesi', anybody, requireFresh(deps), async (c) => {
    const body = await readForm(c);
    const outcome = await endListedSession(deps.db, deps, scopeOf(c, deps), body.text('sesi'));
    return c.redirect(`/${c.get('library').slug}/sesi?selesai=${outcome.ok ? 1 : 0}`, 303);
  });

  return app;
}

function wayOf(c: Context<LibraryEnv>, { way, byProvider }: ListedSession): string {
  const { ways, waysByProvider } = textsOf(c).signOn;
  if (way === null) return '–';
  const afterProvider: Readonly<Record<string, string>> = waysByProvider;
  return (byProvider ? afterProvider[way] : undefined) ?? ways[way];
}

function noticesOf(c: Context<LibraryEnv>): readonly Notice[] {
  const { sessions: text } = textsOf(c).office;
  switch (c.req.query('selesai')) {
    case '1':
      return [{ tone: 'success', text: text.ended }];
    case '0':
      return [{ tone: 'warning', text: text.notEnded }];
    default:
      return [];
  }
}
