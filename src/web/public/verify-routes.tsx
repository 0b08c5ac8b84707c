import { type Context, Hono } from 'hono';
import { formatDate, formatDateTime } from '../../i18n/format.ts';
import { type VerifiedCard, verifyCard } from '../../usecases/verify-card.ts';
import { assetUrl } from '../assets.ts';
import { memberTypeText } from '../card-print.ts';
import { DefinitionList } from '../components/definition-list.tsx';
import { Icon } from '../components/icon.tsx';
import { PublicLayout } from '../components/public-layout.tsx';
import type { SiteEnv, WebDeps } from '../env.ts';
import { layoutLibrary, siteFrame, textsOf } from '../frame.tsx';
import { networkOf } from '../network.ts';
import { openRateLimit } from '../rate-limit.ts';
import { secretAddress, tooManyPage } from './secret-page.ts';

/** A gate scans one card after the other; a program that walks through codes does it faster. */
const PER_MINUTE = 120;

/**
 * `/k/{signed}`: whether a card is genuine and valid today, as a page, or as JSON for programs that ask for it. The code
 * is signed: nothing can be tried out. `/K/` is the same: capitals throughout make a smaller QR code.
 */
export function verifyRoutes(deps: WebDeps): Hono<SiteEnv> {
  const app = new Hono<SiteEnv>();
  const limiter = openRateLimit({
    points: PER_MINUTE,
    seconds: 60,
    shared: { name: 'verify', exchange: deps.rates },
  });
  for (const letter of ['k', 'K']) {
    app.use(`/${letter}/*`, secretAddress());
    app.get(`/${letter}/:signed`, async (c) => {
      const wait = limiter.take(networkOf(c.get('clientAddress')));
      if (wait !== null) return tooManyPage(c, wait);
      const at = deps.now();
      const card = await verifyCard(deps.db, deps.libraries, { signed: c.req.param('signed') ?? '', at });
      const status = card.state === 'unknown' ? 404 : 200;
      c.header('Vary', 'Accept');
      return c.req.header('Accept') === 'application/json'
        ? c.json(answerOf(card, at), status)
        : c.html(verifyPage(c, card, at), status);
    });
  }
  return app;
}

/** What the page says, for programs. */
function answerOf(card: VerifiedCard, at: Date) {
  const holder =
    'name' in card ? { name: card.name, memberType: card.memberType, validUntil: card.validUntil } : {};
  return {
    state: card.state,
    ...('library' in card ? { library: card.library.slug } : {}),
    ...holder,
    checkedAt: at.toISOString(),
  };
}

const LOOKS = {
  valid: ['success', 'check'],
  picture: ['info', 'people'],
  expired: ['warning', 'clock'],
  suspended: ['warning', 'warning'],
  revoked: ['danger', 'cross'],
  'not-of-now': ['warning', 'clock'],
  untrusted: ['danger', 'cross'],
  unknown: ['danger', 'cross'],
} as const;

function verifyPage(c: Context<SiteEnv>, card: VerifiedCard, at: Date) {
  const { verify } = textsOf(c).card;
  const lang = c.get('lang');
  const library = 'library' in card ? card.library : undefined;
  const [tone, icon] = LOOKS[card.state];
  const text = {
    valid: verify.validText,
    picture: verify.pictureText,
    expired: verify.expiredText,
    suspended: verify.suspendedText,
    revoked: verify.revokedText,
    'not-of-now': verify.notOfNowText,
    untrusted: verify.untrustedText,
    unknown: verify.unknownText,
  }[card.state];
  const items =
    'name' in card
      ? [
          { label: verify.name, value: card.name },
          { label: verify.memberType, value: memberTypeText(card.library, card.memberType, lang) },
          {
            label: verify.validUntil,
            value: card.validUntil === null ? verify.lifetime : formatDate(lang, card.validUntil),
          },
        ]
      : [];
  return (
    <PublicLayout
      {...siteFrame(c)}
      title={verify.title}
      library={library && layoutLibrary(library)}
      narrow
      noindex
      head={<link rel="stylesheet" href={assetUrl('kta.css')} />}
    >
      <div class="kta-verdict" data-color={tone}>
        <Icon name={icon} />
        <h1>{verify[card.state]}</h1>
      </div>
      <div class="dp-stack">
        <p>{text}</p>
        {library && (
          <DefinitionList
            items={[{ label: verify.library, value: library.settings.profile.name }, ...items]}
          />
        )}
        <p class="dp-small dp-muted">
          {verify.checkedAt(formatDateTime(lang, at, library?.settings.profile.timezone ?? 'Asia/Jakarta'))}.{' '}
          {items.length > 0 && verify.privacy}
        </p>
      </div>
    </PublicLayout>
  );
}
