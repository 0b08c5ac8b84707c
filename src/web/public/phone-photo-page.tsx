import type { Context } from 'hono';
import type { PhotoLinkState } from '../../usecases/send-linked-photo.ts';
import { assetUrl } from '../assets.ts';
import { Alert } from '../components/alert.tsx';
import { Button, LinkButton } from '../components/button.tsx';
import { FileField } from '../components/file-field.tsx';
import { Icon } from '../components/icon.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { PublicLayout } from '../components/public-layout.tsx';
import { TextField } from '../components/text-field.tsx';
import type { LibraryEnv } from '../env.ts';
import { publicFrame, textsOf } from '../frame.tsx';
import { CaptureTemplate } from '../photo-capture.tsx';
import type { PhotoRefusal } from '../photo-upload.ts';

/** The page that the officer's QR opens on the applicant's phone: one photo, nothing of the person. */
export function phonePhotoPage(c: Context<LibraryEnv>, error: PhotoRefusal | null) {
  const texts = textsOf(c);
  const { phonePage, photo } = texts.card;
  return (
    <PublicLayout
      {...publicFrame(c)}
      title={phonePage.title}
      narrow
      noindex
      islands={['photo-capture']}
      head={<link rel="stylesheet" href={assetUrl('photo.css')} />}
    >
      <PageHeader title={phonePage.title} lead={phonePage.lead} />
      {error !== null && (
        <Alert tone="danger" live="alert">
          <p>
            <a href="#foto">{photo.refused[error]}</a>
          </p>
        </Alert>
      )}
      <photo-capture class="dp-capture dp-stack">
        <form method="post" enctype="multipart/form-data" class="dp-stack" data-upload="">
          <input type="hidden" name="sumber" value="file" />
          <div class="dp-stack" data-plain="">
            <FileField
              name="foto"
              label={phonePage.choose}
              accept="image/*"
              capture="user"
              required
              description={phonePage.about}
              error={error === null ? undefined : photo.refused[error]}
            />
            <Button fullWidth>{phonePage.send}</Button>
          </div>
        </form>
        {/* With script the photo is chosen, cut and sent in one go, and the plain field steps back. */}
        <div data-file="" hidden class="dp-stack" data-gap="s">
          <span class="dp-bigpick">
            <Button type="button" fullWidth attrs={{ 'data-do': 'file' }}>
              <Icon name="camera" /> <span>{phonePage.choose}</span>
            </Button>
          </span>
          <p class="dp-small dp-muted">{phonePage.about}</p>
        </div>
        <ul class="dp-tips">
          {phonePage.tips.map((tip) => (
            <li>
              <Icon name="check" /> {tip}
            </li>
          ))}
        </ul>
        <p class="dp-small dp-muted">
          <Icon name="lock" /> {phonePage.use}
        </p>
        <CaptureTemplate texts={texts.card} send />
      </photo-capture>
    </PublicLayout>
  );
}

/** Sent, or why nothing can be sent any more; each with what to do. */
export function phonePhotoEndPage(
  c: Context<LibraryEnv>,
  end: 'sent' | Exclude<PhotoLinkState, 'open'> | 'unknown' | 'not-needed',
) {
  const { phonePage } = textsOf(c).card;
  const { title, text } = {
    sent: { title: phonePage.sentTitle, text: phonePage.sentText },
    used: { title: phonePage.usedTitle, text: phonePage.usedText },
    expired: { title: phonePage.expiredTitle, text: phonePage.expiredText },
    unknown: { title: phonePage.unknownTitle, text: phonePage.unknownText },
    'not-needed': { title: phonePage.notNeededTitle, text: phonePage.notNeededText },
  }[end];
  return (
    <PublicLayout
      {...publicFrame(c)}
      title={title}
      narrow
      noindex
      head={<link rel="stylesheet" href={assetUrl('photo.css')} />}
    >
      <div class="dp-outcome" data-end={end}>
        <Icon name={end === 'sent' ? 'check' : 'camera'} />
        <PageHeader title={title} lead={text} />
        {end === 'sent' ? (
          <p class="dp-small dp-muted">{phonePage.sentAgain}</p>
        ) : (
          <LinkButton href={`/${c.get('library').slug}/foto`} variant="secondary">
            {phonePage.typeCode}
          </LinkButton>
        )}
      </div>
    </PublicLayout>
  );
}

interface CodeTexts {
  readonly title: string;
  readonly lead: string;
  readonly label: string;
  readonly about: string;
  readonly submit: string;
  /** For whoever has no code either. */
  readonly more?: { readonly href: string; readonly label: string };
}

/** Where a short code from an officer's screen is typed instead of scanning. */
export function codePage(
  c: Context<LibraryEnv>,
  words: CodeTexts,
  typed: { readonly value: string; readonly error: string | undefined },
) {
  return (
    <PublicLayout {...publicFrame(c)} title={words.title} narrow noindex>
      <PageHeader title={words.title} lead={words.lead} />
      <form method="post" class="dp-stack">
        <TextField
          name="kode"
          label={words.label}
          description={words.about}
          value={typed.value}
          error={typed.error}
          required
          autocomplete="off"
          code
          width="16"
          maxlength={12}
          attrs={{ autocapitalize: 'characters' }}
        />
        <Button fullWidth>{words.submit}</Button>
      </form>
      {words.more && (
        <p>
          <a href={words.more.href}>{words.more.label}</a>
        </p>
      )}
    </PublicLayout>
  );
}
