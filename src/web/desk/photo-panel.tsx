import { formatShortCode } from '../../domain/short-code.ts';
import { formatTime } from '../../i18n/format.ts';
import { Button } from '../components/button.tsx';
import { Details } from '../components/details.tsx';
import { FileField } from '../components/file-field.tsx';
import { Icon } from '../components/icon.tsx';
import type { Child } from '../jsx/jsx-runtime.ts';
import { CaptureTemplate } from '../photo-capture.tsx';
import type { CasePanelProps } from './panel-props.ts';

type Props = CasePanelProps;

/**
 * The photo of the card: what the applicant sent is accepted with one key; else it comes from the counter's camera, the
 * applicant's phone or a file. The code for the phone stands here while it works; the page refreshes itself when the
 * photo arrives.
 */
export function PhotoPanel(props: Props) {
  const { view, state, texts } = props;
  const { photo } = texts.card;
  const may = view.allowed.has('set_photo') && !view.masked;
  const has = view.row.photo_id !== null;
  if (!may) {
    return has && !view.masked ? (
      <Shown {...props} />
    ) : (
      <p class="dp-muted">{has ? texts.desk.photo.done : photo.none}</p>
    );
  }
  if (view.photoLink !== null) {
    return (
      <div class="dp-stack" data-gap="s">
        <LinkBox {...props} />
        <Ways {...props} keys={null} waiting />
      </div>
    );
  }
  if (state === 'done') {
    return (
      <Shown {...props}>
        <Details summary={photo.replace}>
          <Ways {...props} keys={null} />
        </Details>
      </Shown>
    );
  }
  if (has) return <FromHome {...props} />;
  if (state === 'upcoming') {
    return (
      <>
        <p class="dp-muted">{photo.none}</p>
        <Details summary={texts.desk.photo.title}>
          <Ways {...props} keys={null} />
        </Details>
      </>
    );
  }
  return <Ways {...props} keys={['Enter', '1', '2']} />;
}

function Picture({ view, base, texts, large }: Props & { readonly large?: boolean }) {
  return (
    <img
      class="dp-photo"
      data-size={large ? 'l' : undefined}
      // The id changes with every photo, so that no older one is shown from memory.
      src={`${base}/foto?versi=${view.row.photo_id ?? ''}`}
      width={large ? 176 : 120}
      height={large ? 235 : 160}
      alt={texts.card.photo.alt}
    />
  );
}

/** The photo as it stands, where it came from and when. */
function Shown(props: Props & { readonly children?: Child }) {
  const { view, lang, library, texts } = props;
  const { done, takenAt } = texts.card.photo;
  const last = view.events.findLast((event) => event.act === 'photo');
  const source = last?.reason ?? '';
  return (
    <div class="dp-photo-row">
      <Picture {...props} />
      <div class="dp-stack" data-gap="s">
        <p>
          {source in done ? done[source as keyof typeof done] : texts.desk.photo.done}
          {last && (
            <span class="dp-muted dp-small">
              {' '}
              {takenAt(formatTime(lang, last.effective_at, library.settings.profile.timezone))}
            </span>
          )}
        </p>
        {props.children}
      </div>
    </div>
  );
}

function FromHome(props: Props) {
  const { view, state, base, texts } = props;
  const { photo } = texts.card;
  return (
    <div class="dp-stack" data-gap="s">
      <div class="dp-photo-row">
        <Picture {...props} large={state === 'current'} />
        <form method="post" action={`${base}/foto/terima`} class="dp-stack" data-gap="s">
          <input type="hidden" name="versi" value={String(view.row.version)} />
          <p>{photo.fromHome}</p>
          <Button
            fullWidth
            variant={state === 'current' ? 'primary' : 'secondary'}
            shortcut={state === 'current' ? 'Enter' : undefined}
          >
            {photo.accept}
          </Button>
        </form>
      </div>
      <Ways {...props} keys={state === 'current' ? ['1', '2', '3'] : null} secondary />
    </div>
  );
}

interface WaysProps extends Props {
  /** For camera, phone and file. */
  readonly keys: readonly [string, string, string] | null;
  /** Beside a stronger choice: none of the three is the primary one. */
  readonly secondary?: boolean;
  /** The phone's code is shown already. */
  readonly waiting?: boolean;
}

/** The three ways a photo gets here. Without script: the phone and the file. */
function Ways(props: WaysProps) {
  const { view, base, texts, keys } = props;
  const { photo } = texts.card;
  const strong = props.secondary !== true && props.waiting !== true && keys !== null;
  return (
    <photo-capture class="dp-capture" data-size="desk">
      <div class="dp-ways-of-photo">
        <span data-camera="" hidden>
          <Button
            type="button"
            fullWidth
            variant={strong ? 'primary' : 'secondary'}
            shortcut={keys?.[0]}
            attrs={{ 'data-do': 'camera' }}
          >
            <Icon name="camera" /> <span>{photo.camera}</span>
          </Button>
        </span>
        <form method="post" action={`${base}/foto/ponsel`}>
          {/* Where there is no camera, Enter finds this one. */}
          <Button
            fullWidth
            variant="secondary"
            shortcut={keys?.[1]}
            attrs={keys?.[0] === 'Enter' ? { 'aria-keyshortcuts': `${keys[1]} Enter` } : {}}
          >
            <Icon name="phone" /> <span>{props.waiting ? photo.link.again : photo.phone}</span>
          </Button>
        </form>
        <span data-file="" hidden>
          <Button
            type="button"
            fullWidth
            variant="secondary"
            shortcut={keys?.[2]}
            attrs={{ 'data-do': 'file' }}
          >
            <Icon name="upload" /> <span>{photo.file}</span>
          </Button>
        </span>
      </div>
      <p class="dp-small" data-insecure="" hidden>
        <Icon name="warning" /> {photo.insecure}
      </p>
      <p class="dp-small dp-muted" data-nocamera="" hidden>
        {photo.noCamera}
      </p>
      <form
        method="post"
        action={`${base}/foto`}
        enctype="multipart/form-data"
        class="dp-stack"
        data-gap="s"
        data-upload=""
      >
        <input type="hidden" name="sumber" value="file" />
        <div class="dp-stack" data-gap="s" data-plain="">
          <FileField
            name="foto"
            id={`foto-${view.row.id}`}
            label={photo.fileLabel}
            accept="image/jpeg,image/png,image/webp"
            description={photo.fileAbout}
          />
          <Button variant="secondary">{photo.upload}</Button>
        </div>
      </form>
      <CaptureTemplate texts={texts.card} />
    </photo-capture>
  );
}

/** What the applicant scans or types. */
function LinkBox({ view, base, origin, library, lang, texts }: Props) {
  const { link } = texts.card.photo;
  const { photoLink } = view;
  if (photoLink === null) return null;
  const time = formatTime(lang, photoLink.expiresAt, library.settings.profile.timezone);
  return (
    <div class="dp-scanbox" role="status">
      <img
        class="dp-qr"
        src={`${base}/foto/kode.svg?${photoLink.code}`}
        width="176"
        height="176"
        alt={link.qr}
      />
      <div class="dp-stack" data-gap="s">
        <h3>{link.title}</h3>
        <p class="dp-small">
          {link.scan}, {link.orType}{' '}
          <strong class="dp-address">{addressText(origin, library.slug, 'foto')}</strong> {link.andCode}
        </p>
        <p class="dp-shortcode">{formatShortCode(photoLink.code)}</p>
        <p class="dp-small dp-muted">{link.until(time)}</p>
      </div>
    </div>
  );
}

/** An address as a person types it. */
export function addressText(origin: string, slug: string, page: string): string {
  return `${origin.replace(/^https?:\/\//, '')}/${slug}/${page}`;
}
