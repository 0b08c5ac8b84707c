import type { Context } from 'hono';
import { Button, LinkButton } from './components/button.tsx';
import { PageHeader } from './components/page-header.tsx';
import { PublicLayout } from './components/public-layout.tsx';
import type { LibraryEnv } from './env.ts';
import { readForm } from './form-body.ts';
import { publicFrame, textsOf } from './frame.tsx';

/**
 * The session ended while an officer was typing. What was typed is on this page and nowhere else: after signing in,
 * in a second tab, the same form is sent once more. Files cannot be kept and have to be chosen again.
 */
export async function sessionOverPage(c: Context<LibraryEnv>) {
  const { over } = textsOf(c).office.signIn;
  const body = await readForm(c);
  const url = new URL(c.req.url);
  c.header('Cache-Control', 'no-store');
  return c.html(
    <PublicLayout {...publicFrame(c)} title={over.title} narrow noindex>
      <PageHeader title={over.title} lead={over.lead} />
      <form method="post" action={`${url.pathname}${url.search}`} class="dp-stack">
        {body.names.flatMap((name) =>
          body.texts(name).map((value) => <input type="hidden" name={name} value={value} />),
        )}
        <div class="dp-row">
          <LinkButton
            href={`/masuk?perpustakaan=${c.get('library').slug}`}
            attrs={{ target: '_blank', rel: 'noopener' }}
          >
            {over.signIn}
          </LinkButton>
          <Button variant="secondary">{over.again}</Button>
        </div>
      </form>
    </PublicLayout>,
    401,
  );
}
