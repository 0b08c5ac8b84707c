import type { Context } from 'hono';
import { plainDateIn } from '../../domain/plain-date.ts';
import { daysLeft, REMIND_DAYS } from '../../domain/validity.ts';
import { formatDate } from '../../i18n/format.ts';
import type { KtaTexts } from '../../i18n/id/kta.ts';
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
import { KtaGate } from './kta-gate.tsx';
import { RenewPart } from './kta-renew.tsx';
import { MyDataLink } from './my-data-link.tsx';

/** What the KTA online is drawn from. */
export interface KtaPageProps {
  readonly kta: Kta;
  /** `/{library}/kta/{token}` */
  readonly base: string;
  readonly at: Date;
  readonly barcode: string;
  /** Of the picture code; null while the card is not valid. */
  readonly qr: string | null;
  /** What stands before a code in its address, in capitals. */
  readonly prefix: string;
  readonly consents: ConsentsView | null;
  /** An officer's own screen shows it too; only the holder's opening is a hand-over, and only the holder's phone signs. */
  readonly byHolder: boolean;
}

/** The member card at its secret address: shown at the gate, kept on the phone, saved. */
export function ktaPage(c: Context<LibraryEnv>, props: KtaPageProps) {
  const { kta, base } = props;
  const texts = textsOf(c);
  const words = texts.card.kta;
  const own = texts.kta;
  const library = c.get('library');
  const lang = c.get('lang');
  const zone = library.settings.profile.timezone;
  const isActive = kta.status === 'active';
  const until = kta.validUntil === null ? null : formatDate(lang, kta.validUntil);
  const left = kta.validUntil === null ? null : daysLeft(kta.validUntil, plainDateIn(zone, props.at));
  const isNear = isActive && left !== null && left < REMIND_DAYS;
  const problem =
    kta.status === 'active' || kta.status === 'ended'
      ? null
      : kta.status === 'expired'
        ? words.statusText.expired(until ?? '')
        : words.statusText[kta.status];
  const shown = {
    library: layoutLibrary(library),
    words: own,
    number: kta.number,
    name: kta.name,
    memberType: memberTypeText(library, kta.memberType, lang),
    photoUrl: kta.photoId === null ? undefined : `${base}/foto`,
  };
  return (
    <PublicLayout
      {...publicFrame(c)}
      title={words.pageTitle}
      noindex
      offlineNotice={false}
      islands={['kta-code', 'kta-keep']}
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
        <kta-code
          data-base={base}
          data-prefix={props.prefix}
          data-label={own.code.moving}
          data-active={isActive && props.byHolder ? '' : undefined}
          data-until={kta.validUntil ?? undefined}
          data-zone={zone}
        >
          {problem !== null && (
            <Alert tone="warning">
              <p>{problem}</p>
            </Alert>
          )}
          <KtaCard
            {...shown}
            texts={texts.card}
            lang={lang}
            validUntil={kta.validUntil}
            status={kta.status}
            reminder={isNear ? daysText(own.remind, left) : null}
            barcode={props.barcode}
            qr={props.qr}
          />
          {isActive && (
            <KtaGate
              {...shown}
              until={until === null ? own.gate.lifetime : own.gate.until(until)}
              photoAlt={words.photoAlt}
            />
          )}
        </kta-code>
        <kta-keep
          class="kta-side dp-stack dp-noprint"
          data-base={base}
          data-worker={`${base}/pekerja.js`}
          data-self={isActive && props.byHolder ? '' : undefined}
          data-receive={props.byHolder && kta.handsOver !== null ? `${base}/diterima` : undefined}
        >
          <p class="kta-offline" role="status">
            <span data-offline="" hidden>
              {words.offlineNotice}
            </span>
          </p>
          {(isNear || kta.status === 'expired') && (
            <RenewPart c={c} at={props.at} lead={isNear && until !== null ? own.remind.soon(until) : null} />
          )}
          {isActive && (
            <>
              <section class="dp-stack" data-gap="s" aria-labelledby="simpan">
                <h2 id="simpan">{words.keepTitle}</h2>
                <p class="dp-small" role="status">
                  <span class="kta-kept" data-kept="" hidden>
                    <Icon name="check" /> <span>{words.keptOffline}</span>
                  </span>
                  <span data-forgotten="" hidden>
                    {own.keep.forgotten}
                  </span>
                  <span data-failed="" hidden>
                    {own.keep.failed}
                  </span>
                </p>
                <Button
                  type="button"
                  variant="secondary"
                  fullWidth
                  attrs={{ 'data-do': 'keep', hidden: true }}
                >
                  <Icon name="download" /> <span>{words.keepOffline}</span>
                </Button>
                <Button
                  type="button"
                  variant="secondary"
                  fullWidth
                  attrs={{ 'data-do': 'install', hidden: true }}
                >
                  <Icon name="phone" /> <span>{words.install}</span>
                </Button>
                <p class="dp-small">
                  {own.keep.about} {own.keep.phones}
                </p>
                <ul class="kta-how dp-small">
                  <li>{words.howAndroid}</li>
                  <li>{words.howIos}</li>
                </ul>
                <Button type="button" variant="tertiary" attrs={{ 'data-do': 'forget', hidden: true }}>
                  {own.keep.forget}
                </Button>
              </section>
              <section class="dp-stack" data-gap="s" aria-labelledby="gambar">
                <h2 id="gambar">{own.save.title}</h2>
                <p class="dp-small">{own.save.about}</p>
                <div class="dp-row" data-online="">
                  <LinkButton
                    href={`${base}/kartu.png`}
                    variant="secondary"
                    download={`kartu-${kta.number}.png`}
                  >
                    <Icon name="download" /> <span>{own.save.png}</span>
                  </LinkButton>
                  <LinkButton
                    href={`${base}/kartu.pdf`}
                    variant="secondary"
                    download={`kartu-${kta.number}.pdf`}
                  >
                    <Icon name="card" /> <span>{own.save.pdf}</span>
                  </LinkButton>
                </div>
                <p class="dp-small" data-offline="" hidden>
                  {own.save.offline}
                </p>
              </section>
            </>
          )}
          {props.consents !== null && (
            <ConsentPart
              c={c}
              view={props.consents}
              action={`${base}/persetujuan`}
              forChild={{ text: texts.status.consent.childOnKta }}
            />
          )}
          <MyDataLink
            c={c}
            way="kta"
            token={base.slice(base.lastIndexOf('/') + 1)}
            waitsForOwn={props.consents?.waitsForOwn}
          />
          <section class="dp-stack" data-gap="s" aria-labelledby="hilang">
            <h2 id="hilang">{own.lost.title}</h2>
            <p class="dp-small">{own.lost.text}</p>
            <p class="dp-small dp-muted">{own.lost.why}</p>
          </section>
          <p class="dp-small dp-muted">
            <Icon name="lock" /> {words.secret}
          </p>
        </kta-keep>
      </div>
    </PublicLayout>
  );
}

function daysText(words: KtaTexts['remind'], days: number): string {
  return days === 0 ? words.lastDay : words.days.replace('{n}', String(days));
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
          <LinkButton href={`/${slug}/lupa-tautan`} variant="secondary">
            {textsOf(c).code.lost.link}
          </LinkButton>
          <LinkButton href={`/${slug}`} variant="secondary">
            {textsOf(c).common.layout.home}
          </LinkButton>
        </div>
      </div>
    </PublicLayout>
  );
}
