import type { Context } from 'hono';
import type { ConsentPurpose } from '../../domain/library-settings.ts';
import { formatDateTime } from '../../i18n/format.ts';
import type { StatusTexts } from '../../i18n/id/status.ts';
import { type ConsentChange, changeConsent } from '../../usecases/change-consent.ts';
import type { Actor } from '../../usecases/context.ts';
import {
  CONSENT_PURPOSES,
  type ConsentStanding,
  type ConsentsView,
  type ConsentView,
  type ConsentWord,
} from '../../usecases/read-consents.ts';
import { Alert } from '../components/alert.tsx';
import type { Tone } from '../components/attributes.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { Details } from '../components/details.tsx';
import { Tag } from '../components/tag.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';

const CITIZEN: Actor = { kind: 'applicant' };
/** Of the section, so that the answer to a choice is in sight without script. */
const ANCHOR = 'persetujuan';

type ConsentNews = keyof StatusTexts['consent']['news'];

export interface ConsentPartProps {
  readonly c: Context<LibraryEnv>;
  readonly view: ConsentsView;
  /** Where the choices are posted to. */
  readonly action: string;
  /** The guardian's own page; elsewhere a child's consents are only shown. */
  readonly guardian?: boolean | undefined;
  /** Shown instead of the buttons for a child: the way to the guardian's page, or what to do without it. */
  readonly forChild: { readonly text: string; readonly href?: string | undefined };
}

/** The optional consents: text, what stands since when, everything said before, and a button to change it. */
export function ConsentPart({ c, view, action, guardian = false, forChild }: ConsentPartProps) {
  const { consent } = textsOf(c).status;
  const changeable = guardian || !view.child;
  return (
    <section id={ANCHOR} aria-labelledby="persetujuan-judul" class="dp-stack dp-noprint" data-gap="s">
      <h2 id="persetujuan-judul">{guardian ? consent.guardianTitle : consent.title}</h2>
      <ConsentNewsAlert c={c} />
      {changeable ? (
        <p class="dp-muted">{guardian ? consent.guardianLead : consent.lead}</p>
      ) : (
        <p class="dp-muted">{forChild.text}</p>
      )}
      <ul class="dp-consents">
        {view.consents.map((one) => (
          <li>
            <OneConsent c={c} one={one} action={changeable ? action : null} />
          </li>
        ))}
      </ul>
      {!changeable && forChild.href !== undefined && (
        <p>
          <LinkButton href={forChild.href} variant="secondary">
            {consent.childLink}
          </LinkButton>
        </p>
      )}
    </section>
  );
}

const TONES: Readonly<Record<ConsentStanding, Tone>> = {
  given: 'success',
  refused: 'neutral',
  withdrawn: 'warning',
  unrecorded: 'neutral',
};

function OneConsent(props: {
  readonly c: Context<LibraryEnv>;
  readonly one: ConsentView;
  readonly action: string | null;
}) {
  const { c, one, action } = props;
  const { consent } = textsOf(c).status;
  const { consents } = c.get('library').settings;
  const text = consents.items.find((each) => each.purpose === one.purpose)?.text[c.get('lang')];
  const [newest, ...earlier] = one.words;
  return (
    <div class="dp-stack" data-gap="s">
      <h3 class="dp-h3">
        {consent.purpose[one.purpose]}{' '}
        <Tag tone={TONES[one.standing]} icon={one.standing === 'given' ? 'check' : undefined}>
          {consent.standing[one.standing]}
        </Tag>
      </h3>
      {text !== undefined && <p>{text}</p>}
      <p class="dp-small dp-muted">{newest ? wordLine(c, newest) : consent.unrecorded}</p>
      {earlier.length > 0 && (
        <Details summary={`${consent.history} (${one.words.length})`}>
          <ul class="dp-small">
            {one.words.map((word) => (
              <li>{wordLine(c, word)}</li>
            ))}
          </ul>
        </Details>
      )}
      {action !== null && (
        <form method="post" action={action} class="dp-row">
          <input type="hidden" name="tujuan" value={one.purpose} />
          <input type="hidden" name="versi" value={consents.version} />
          {one.standing !== 'given' && (
            <Choice
              answer="ya"
              label={consent.give}
              of={consent.of(consent.give, consent.purpose[one.purpose])}
            />
          )}
          {one.standing === 'given' && (
            <Choice
              answer="tidak"
              label={consent.withdraw}
              of={consent.of(consent.withdraw, consent.purpose[one.purpose])}
            />
          )}
          {one.standing === 'unrecorded' && (
            <Choice
              answer="tidak"
              label={consent.refuse}
              of={consent.of(consent.refuse, consent.purpose[one.purpose])}
            />
          )}
        </form>
      )}
    </div>
  );
}

function Choice(props: { readonly answer: 'ya' | 'tidak'; readonly label: string; readonly of: string }) {
  return (
    <Button variant="secondary" name="jawaban" value={props.answer} attrs={{ 'aria-label': props.of }}>
      {props.label}
    </Button>
  );
}

/** "Disetujui 12 Januari 2026 pukul 10.15 WIB, di loket, teks versi 2025-1". */
function wordLine(c: Context<LibraryEnv>, word: ConsentWord): string {
  const { consent } = textsOf(c).status;
  const { timezone } = c.get('library').settings.profile;
  return [
    consent.said[word.said](formatDateTime(c.get('lang'), word.at, timezone)),
    ...(word.byGuardian ? [consent.byGuardian] : []),
    consent.channel[word.channel],
    consent.version(word.textVersion),
  ].join(', ');
}

function ConsentNewsAlert({ c }: { readonly c: Context<LibraryEnv> }) {
  const { news } = textsOf(c).status.consent;
  const asked = c.req.query(ANCHOR) ?? '';
  if (!Object.hasOwn(news, asked)) return null;
  const found = asked as ConsentNews;
  return (
    <Alert tone={found === 'teks' || found === 'tidak' ? 'warning' : 'success'}>
      <p>{news[found]}</p>
    </Alert>
  );
}

/** Does what a button of the part asks, and leads back to the part with the answer in the address. */
export async function answerConsent(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  whose: Pick<Extract<ConsentChange, { applicationId: unknown }>, 'applicationId' | 'by'> | MemberOf,
  back: string,
): Promise<Response> {
  const body = await readForm(c);
  const kind: ConsentPurpose | undefined = CONSENT_PURPOSES.find((each) => each === body.text('tujuan'));
  const given = body.text('jawaban') === 'ya';
  const lead = (news: ConsentNews) => c.redirect(`${back}?${ANCHOR}=${news}#${ANCHOR}`, 303);
  if (!kind || (!given && body.text('jawaban') !== 'tidak')) return lead('tidak');
  const outcome = await changeConsent(deps.db, deps, scopeOf(c, deps, CITIZEN), {
    ...whose,
    kind,
    given,
    channel: 'phone',
    textVersion: body.text('versi') || undefined,
    textLang: c.get('lang'),
  });
  if (outcome.ok) return lead(`${given ? 'beri' : 'tarik'}-${kind}`);
  return lead(outcome.reason === 'text-changed' ? 'teks' : 'tidak');
}

type MemberOf = Pick<Extract<ConsentChange, { memberId: unknown }>, 'memberId'>;
