import type { Context } from 'hono';
import { LinkButton } from '../components/button.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { openingRows, openingSentence } from './opening-view.ts';

/** How a membership is renewed: at the counter, whoever comes and whatever they bring. Where it is, and when open. */
export function RenewPart({
  c,
  at,
  lead,
}: {
  readonly c: Context<LibraryEnv>;
  readonly at: Date;
  readonly lead: string | null;
}) {
  const { kta, service } = textsOf(c);
  const words = kta.remind;
  const library = c.get('library');
  const lang = c.get('lang');
  const { profile } = library.settings;
  const days = openingRows(library, at, lang).filter(({ hours }) => hours !== '');
  return (
    <section class="kta-renew dp-stack" data-gap="s" aria-labelledby="perpanjang">
      <h2 id="perpanjang">{words.title}</h2>
      {lead !== null && <p>{lead}</p>}
      <p>{words.bring}</p>
      <dl>
        <dt>{words.where}</dt>
        <dd>{[profile.address, profile.city].filter((part) => part !== '').join(', ')}</dd>
        {profile.phone !== '' && (
          <>
            <dt>{words.phone}</dt>
            <dd>
              <a href={`tel:${profile.phone.replace(/[^+\d]/g, '')}`}>{profile.phone}</a>
            </dd>
          </>
        )}
        <dt>{words.hours}</dt>
        <dd>
          <strong>{openingSentence(library, at, lang, service)}</strong>
          <ul class="dp-bare dp-small">
            {days.map(({ day, hours }) => (
              <li>
                {day} {hours}
              </li>
            ))}
          </ul>
        </dd>
      </dl>
      <LinkButton href={`/${library.slug}`} variant="tertiary">
        {words.library}
      </LinkButton>
    </section>
  );
}
