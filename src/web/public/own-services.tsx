import type { Context } from 'hono';
import type { OwnData } from '../../usecases/rights-data.ts';
import { Button } from '../components/button.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { dayText, rightsWords, timeText } from './my-data-words.ts';

/** Which services know a member and what, and the member's passkeys; each can be ended. @param base of the page */
export function OwnServices(props: {
  readonly c: Context<LibraryEnv>;
  readonly data: OwnData;
  readonly base: string;
}) {
  const { c, data, base } = props;
  const { own, consent } = textsOf(c).signIn;
  const words = rightsWords(c);
  const { services, passkeys } = data;
  if (!c.get('library').settings.memberSignIn.enabled && services.length + passkeys.length === 0) return null;
  return (
    <>
      <section aria-labelledby="layanan" class="dp-stack dp-noprint" data-gap="s">
        <h2 id="layanan">{own.title}</h2>
        <p class="dp-muted">{own.about}</p>
        {services.length === 0 && <p>{own.empty}</p>}
        {services.map((one) => (
          <div class="dp-panel dp-stack" data-gap="s">
            <h3>{one.title}</h3>
            <ul>
              {one.scopes.map((scope) => (
                <li>
                  {consent.knows[scope]}
                  <form method="post" action={`${base}/layanan/${one.clientId}/bagian`}>
                    <input type="hidden" name="bagian" value={scope} />
                    <Button
                      variant="tertiary"
                      attrs={{ 'aria-label': own.partOf(consent.knows[scope], one.title) }}
                    >
                      {own.part}
                    </Button>
                  </form>
                </li>
              ))}
              {one.scopes.length === 0 && <li>{consent.knows.openid}</li>}
            </ul>
            <p class="dp-small dp-muted">
              {own.since(dayText(words, one.since))}
              {one.lastUsedAt !== null && `. ${own.lastUsed(timeText(words, one.lastUsedAt))}`}
            </p>
            <form method="post" action={`${base}/layanan/${one.clientId}`}>
              <Button variant="secondary" attrs={{ 'aria-label': own.endOf(one.title) }}>
                {own.end}
              </Button>
            </form>
          </div>
        ))}
      </section>
      {passkeys.length > 0 && (
        <section aria-labelledby="kunci-sandi" class="dp-stack dp-noprint" data-gap="s">
          <h2 id="kunci-sandi">{own.passkeys}</h2>
          <p class="dp-muted">{own.passkeysAbout}</p>
          {passkeys.map((one) => (
            <div class="dp-panel dp-stack" data-gap="s">
              <h3>{one.label}</h3>
              <p class="dp-small dp-muted">
                {own.since(dayText(words, one.createdAt))}
                {one.lastUsedAt !== null && `. ${own.lastUsed(timeText(words, one.lastUsedAt))}`}
              </p>
              <form method="post" action={`${base}/kunci-sandi/${one.id}`}>
                <Button variant="secondary" attrs={{ 'aria-label': own.removeOf(one.label) }}>
                  {own.remove}
                </Button>
              </form>
            </div>
          ))}
        </section>
      )}
    </>
  );
}
