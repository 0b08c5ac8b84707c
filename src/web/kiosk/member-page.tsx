import type { Context } from 'hono';
import { parseNumberFormat } from '../../domain/member-number.ts';
import type { LibraryContext } from '../../usecases/context.ts';
import { assetUrl } from '../assets.ts';
import { Button } from '../components/button.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { Icon } from '../components/icon.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { TextField } from '../components/text-field.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { allowScanner } from '../middleware/security-headers.ts';
import { KioskLayout, startUrl } from './kiosk-layout.tsx';

const IDLE_S = 60;

/** Card or number: typed with the keypad or a keyboard, scanned by what types or by the camera. */
export function memberPage(c: Context<LibraryEnv>, error: string | null) {
  const { kiosk, common } = textsOf(c);
  const { member } = kiosk;
  const library = c.get('library');
  allowScanner(c);
  return (
    <KioskLayout
      c={c}
      title={error === null ? member.title : `${common.error.summaryTitle}: ${member.title}`}
      islands={['scanner-input', 'kiosk-keypad', 'qr-scan']}
      idleSeconds={IDLE_S}
    >
      <PageHeader title={member.title} lead={member.lead} />
      {error !== null && (
        <ErrorSummary title={common.error.summaryTitle} errors={[{ field: 'kode', text: error }]} />
      )}
      <div class="kp-two">
        <scanner-input>
          <form
            method="post"
            action={`/${library.slug}/buku-tamu/anggota`}
            class="dp-stack"
            autocomplete="off"
            novalidate
          >
            <TextField
              name="kode"
              label={member.number}
              description={member.numberAbout}
              error={error ?? undefined}
              autocomplete="off"
              code
              required
            />
            <kiosk-keypad data-for="kode" hidden>
              <fieldset class="kp-keys" aria-label={member.keypad}>
                {keysOf(library).map((key) => (
                  <button type="button" data-key={key}>
                    {key}
                  </button>
                ))}
                <button type="button" data-erase="" aria-label={member.erase}>
                  <Icon name="back" />
                </button>
              </fieldset>
            </kiosk-keypad>
            <Button fullWidth>{member.submit}</Button>
          </form>
        </scanner-input>
        <qr-scan
          data-wasm={assetUrl('zxing_reader.wasm')}
          data-for="kode"
          data-denied={member.cameraDenied}
          data-missing={member.cameraMissing}
          data-insecure={member.cameraInsecure}
          data-running={member.cameraRunning}
          data-found={member.cameraFound}
          hidden
        >
          <section class="kp-camera" aria-labelledby="kamera">
            <h2 id="kamera">{member.cameraTitle}</h2>
            <p>{member.cameraAbout}</p>
            <div class="kp-view">
              <video muted playsinline hidden />
              <Icon name="camera" />
            </div>
            <p role="status" data-status="" />
            <button class="ds-button" data-variant="secondary" type="button" data-start="">
              {member.cameraStart}
            </button>
          </section>
        </qr-scan>
      </div>
      <BackToStart c={c} />
    </KioskLayout>
  );
}

/** Digits, and whatever else stands in this library's numbers. */
function keysOf(library: LibraryContext): readonly string[] {
  const { numberFormat, servicePoints } = library.settings;
  const parsed = parseNumberFormat(numberFormat.pattern, numberFormat.prefix);
  const others = parsed.ok
    ? parsed.format.parts.flatMap((part) => {
        if (part.kind === 'text') return [...part.text];
        if (part.kind === 'prefix') return [...parsed.format.prefix];
        return part.kind === 'location' ? servicePoints.flatMap((point) => [...point.locationCode]) : [];
      })
    : [];
  const added = [...new Set(others.map((one) => one.toUpperCase()))].filter((one) => !/\d/.test(one)).sort();
  return ['1', '2', '3', '4', '5', '6', '7', '8', '9', ...added, '0'];
}

export interface PurposeProps {
  readonly kind: 'member' | 'non_member';
  /** What was scanned or typed, for a member; never shown again. */
  readonly code?: string | undefined;
  readonly submitKey: string;
  readonly missing?: boolean | undefined;
}

/** The last tap: the purpose itself sends the visit. */
export function purposePage(c: Context<LibraryEnv>, props: PurposeProps) {
  const { kiosk } = textsOf(c);
  const { purpose } = kiosk;
  const library = c.get('library');
  const lang = c.get('lang');
  return (
    <KioskLayout c={c} title={purpose.title} idleSeconds={IDLE_S}>
      <PageHeader
        eyebrow={props.kind === 'member' ? kiosk.member.read : library.settings.consents.visitNotice[lang]}
        title={purpose.title}
        lead={purpose.lead}
      />
      {props.missing && (
        <p class="ds-validation-message" role="alert">
          {purpose.missing}
        </p>
      )}
      <form method="post" action={`/${library.slug}/buku-tamu`} autocomplete="off">
        <input type="hidden" name="jenis" value={props.kind} />
        <input type="hidden" name="kunci" value={props.submitKey} />
        {props.code !== undefined && <input type="hidden" name="kode" value={props.code} />}
        <div class="kp-purposes">
          {library.settings.services
            .filter((service) => service.active)
            .map((service) => (
              <button class="dp-tile kp-purpose" type="submit" name="tujuan" value={service.code}>
                <strong>{breakable(service.name[lang])}</strong>
              </button>
            ))}
        </div>
      </form>
      <BackToStart c={c} />
    </KioskLayout>
  );
}

/** "Perpanjangan/pengembalian" may break after its stroke, and nowhere else. */
function breakable(text: string) {
  return text.split('/').map((part, index) =>
    index === 0 ? (
      part
    ) : (
      <>
        /<wbr />
        {part}
      </>
    ),
  );
}

/** The way out of every page. */
export function BackToStart({ c }: { readonly c: Context<LibraryEnv> }) {
  return (
    <p class="kp-back">
      <a class="ds-button" data-variant="tertiary" href={startUrl(c)}>
        <Icon name="back" />
        <span>{textsOf(c).kiosk.back}</span>
      </a>
    </p>
  );
}
