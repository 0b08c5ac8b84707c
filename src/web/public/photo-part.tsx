import type { Context } from 'hono';
import { takesUpload } from '../../usecases/attach-scan.ts';
import { Button } from '../components/button.tsx';
import { FileField } from '../components/file-field.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import type { StatusPageState } from './status-page.tsx';

interface Part {
  readonly c: Context<LibraryEnv>;
  readonly state: StatusPageState;
  readonly base: string;
}

/** The photo of the card: seen once it is there, sent or replaced while the case is open. */
export function PhotoPart({ c, state, base }: Part) {
  const { status } = textsOf(c);
  const { row, allowed, correction } = state.view;
  // Asked for by the officer: it is sent with the answer.
  const maySend = allowed.has('set_photo') && !correction?.fields.includes('photo');
  if (!maySend && row.photo_id === null) return null;
  const { photo } = status;
  const error = state.refused?.part === 'foto' ? state.refused.text : undefined;
  return (
    <section aria-labelledby="foto" class="dp-stack dp-noprint" data-gap="s" id="bagian-foto">
      <h2 id="foto">{photo.title}</h2>
      {row.photo_id !== null && (
        <img
          class="dp-photo"
          src={`${base}/foto.jpg?v=${row.photo_id}`}
          alt={photo.alt}
          width="120"
          height="160"
        />
      )}
      {maySend && (
        <form
          method="post"
          action={`${base}/foto`}
          enctype="multipart/form-data"
          class="dp-stack"
          data-gap="s"
        >
          <p class="dp-muted">{photo.why}</p>
          <PhotoField c={c} error={error} label={photo.label} />
          <Button variant={row.photo_id === null ? 'primary' : 'secondary'}>
            {row.photo_id === null ? photo.send : photo.replace}
          </Button>
        </form>
      )}
    </section>
  );
}

/** A file that the phone makes smaller before it travels; without script it is sent as it is. */
export function PhotoField(props: {
  readonly c: Context<LibraryEnv>;
  readonly label: string;
  readonly error?: string | undefined;
}) {
  const { photo } = textsOf(props.c).status;
  return (
    <photo-shrink data-working={photo.shrinking} data-done={photo.shrunk('{}')}>
      <FileField
        name="foto-berkas"
        label={props.label}
        description={photo.hint}
        error={props.error}
        accept="image/jpeg,image/png,image/webp"
      />
      <p class="dp-small" role="status" />
    </photo-shrink>
  );
}

/** A picture of the document ahead of the visit, where the procedure accepts one. */
export function ScanPart({ c, state, base }: Part) {
  const { scan } = textsOf(c).status;
  const { view } = state;
  const accepted = takesUpload(view.procedure, view.row.document_type);
  if (!accepted || !view.allowed.has('attach_scan')) return null;
  return (
    <section aria-labelledby="dokumen" class="dp-stack dp-noprint" data-gap="s">
      <h2 id="dokumen">{scan.title}</h2>
      <form
        method="post"
        action={`${base}/dokumen`}
        enctype="multipart/form-data"
        class="dp-stack"
        data-gap="s"
      >
        <p class="dp-muted">{scan.why}</p>
        <FileField
          name="dokumen-berkas"
          label={scan.label}
          description={scan.hint}
          error={state.refused?.part === 'dokumen' ? state.refused.text : undefined}
          accept="image/jpeg,image/png,image/webp,application/pdf"
        />
        <Button variant="secondary">{scan.send}</Button>
      </form>
    </section>
  );
}
