import type { Context } from 'hono';
import { formatDate } from '../../i18n/format.ts';
import type { ConsentsView } from '../../usecases/read-consents.ts';
import type { Kta } from '../../usecases/read-kta.ts';
import { assetUrl } from '../assets.ts';
import { memberTypeText } from '../card-print.ts';
import { Alert } from '../components/alert.tsx';
import { Button, LinkButton } from '../components/button.tsx';
import { Icon } from '../components/icon.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { PublicLayout } from '../components/public-layout.tsx';
import type { LibraryEnv } from '../env.ts';
import { layoutLibrary, publicFrame, textsOf } from '../frame.tsx';
import { ConsentPart } from './consent-part.tsx';
import { KtaCard } from './kta-card.tsx';

/** What the KTA online is drawn from. */
export interface KtaPageProps {
  readonly kta: Kta;
  /** `/{library}/kta/{token}` */
  readonly base: string;
  readonly barcode: string;
  readonly qr: string;
  readonly consents: ConsentsView | null;
  /** The officer's own screen shows it too; only the holder's opening is a hand-over. */
  readonly receives: boolean;
}

/** The member card at its secret address: shown at the gate, kept on the phone, printed. */
export function ktaPage(c: Context<LibraryEnv>, props: KtaPageProps) {
  const { kta, base } = props;
  const texts = textsOf(c);
  const words = texts.card.kta;
  const library = c.get('library');
  const lang = c.get('lang');
  const problem =
    kta.status === 'active' || kta.status === 'ended'
      ? null
      : kta.status === 'expired'
        ? words.statusText.expired(kta.validUntil === null ? '' : formatDate(lang, kta.validUntil))
        : words.statusText[kta.status];
  return (
    <PublicLayout
      {...publicFrame(c)}
      title={words.pageTitle}
      noindex
      islands={['kta-keep']}
      head={
        <>
          <link rel="stylesheet" href={assetUrl('kta.css')} />
          <link rel="manifest" href={`${base}/manifest.webmanifest`} />
          <link rel="apple-touch-icon" href={`${base}/ikon-180.png`} />
          <meta name="apple-mobile-web-app-title" content={library.settings.profile.shortName} />
        </>
      }
    >
      <div class="kta-page">
        <div>
          {problem !== null && (
            <Alert tone="warning">
              <p>{problem}</p>
            </Alert>
          )}
          <KtaCard
            library={layoutLibrary(library)}
            texts={texts.card}
            lang={lang}
            number={kta.number}
            name={kta.name}
            memberType={memberTypeText(library, kta.memberType, lang)}
            validUntil={kta.validUntil}
            status={kta.status}
            photoUrl={kta.photoId === null ? undefined : `${base}/foto`}
            barcode={props.barcode}
            qr={props.qr}
          />
        </div>
        <kta-keep
          class="kta-side dp-stack dp-noprint"
          data-base={base}
          data-worker={`${base}/pekerja.js`}
          data-receive={props.receives ? `${base}/diterima` : undefined}
        >
          <p class="kta-offline" role="status">
            <span data-offline="" hidden>
              {words.offlineNotice}
            </span>
          </p>
          <section class="dp-stack" data-gap="s" aria-labelledby="simpan">
            <h2 id="simpan">{words.keepTitle}</h2>
            <Button type="button" fullWidth attrs={{ 'data-do': 'install', hidden: true }}>
              <Icon name="phone" /> <span>{words.install}</span>
            </Button>
            <ul class="kta-how dp-small">
              <li>{words.howAndroid}</li>
              <li>{words.howIos}</li>
            </ul>
            <Button type="button" variant="secondary" fullWidth attrs={{ 'data-do': 'keep', hidden: true }}>
              <Icon name="download" /> <span>{words.keepOffline}</span>
            </Button>
            <p class="dp-small" role="status">
              <span data-kept="" hidden>
                <Icon name="check" /> {words.keptOffline}
              </span>
            </p>
          </section>
          <section class="dp-stack" data-gap="s" aria-labelledby="cetak">
            <h2 id="cetak">{words.printOrSave}</h2>
            <div class="dp-row">
              <LinkButton href={`${base}/kartu.pdf`} variant="secondary">
                <Icon name="card" /> <span>{words.pdfCard}</span>
              </LinkButton>
              <LinkButton href={`${base}/kartu.pdf?lembar=a4`} variant="secondary">
                <Icon name="download" /> <span>{words.pdfSheet}</span>
              </LinkButton>
              <Button type="button" variant="tertiary" attrs={{ 'data-do': 'print', hidden: true }}>
                <Icon name="print" /> <span>{words.print}</span>
              </Button>
            </div>
          </section>
          {props.consents !== null && (
            <ConsentPart
              c={c}
              view={props.consents}
              action={`${base}/persetujuan`}
              forChild={{ text: texts.status.consent.childOnKta }}
            />
          )}
          <div class="dp-small dp-muted dp-stack" data-gap="s">
            <p>
              <Icon name="lock" /> {words.secret}
            </p>
            <p>{words.lost}</p>
          </div>
        </kta-keep>
      </div>
    </PublicLayout>
  );
}

/** An address that opens no card, and says nothing of anybody. */
export function deadKtaPage(c: Context<LibraryEnv>, reason: 'unknown' | 'revoked') {
  const { kta } = textsOf(c).card;
  const slug = c.get('library').slug;
  const title = reason === 'revoked' ? kta.deadTitle : kta.unknownTitle;
  return (
    <PublicLayout
      {...publicFrame(c)}
      title={title}
      narrow
      noindex
      head={<link rel="stylesheet" href={assetUrl('kta.css')} />}
    >
      <div class="kta-dead">
        <svg viewBox="0 0 86 54" aria-hidden="true">
          <rect x="1" y="1" width="84" height="52" rx="5" />
          <path d="M1 15h84M9 23h16v21H9zM32 25h34M32 33h22M32 41h28" />
          <path class="kta-dead__cut" d="M50 -2L36 56" />
        </svg>
        <PageHeader title={title} lead={reason === 'revoked' ? kta.deadText : kta.unknownText} />
        <div class="dp-row">
          <LinkButton href={`/${slug}/kta`}>{kta.codeTitle}</LinkButton>
          <LinkButton href={`/${slug}`} variant="secondary">
            {textsOf(c).common.layout.home}
          </LinkButton>
        </div>
      </div>
    </PublicLayout>
  );
}
