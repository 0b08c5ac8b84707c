import type { CardTexts } from '../i18n/id/card.ts';
import { Button } from './components/button.tsx';

/**
 * What the island `photo-capture` opens: the camera with a line for the face, then the cut of 3 to 4. Texts stand
 * here, the island has none. `send` is the word where the photo leaves the phone.
 */
export function CaptureTemplate({ texts, send }: { readonly texts: CardTexts; readonly send?: boolean }) {
  const { capture } = texts;
  return (
    <template data-studio="">
      <dialog class="dp-studio" aria-labelledby="dp-studio-title">
        <h2 id="dp-studio-title" tabindex={-1}>
          <span data-when="camera">{capture.cameraTitle}</span>
          <span data-when="crop">{capture.cropTitle}</span>
        </h2>
        <div class="dp-studio__frame">
          <video data-when="camera" playsinline muted autoplay />
          <svg data-when="camera" viewBox="0 0 30 40" aria-hidden="true">
            <ellipse cx="15" cy="17.5" rx="7.6" ry="10.4" />
          </svg>
          <div data-when="crop" tabindex={0} role="application" aria-label={capture.area}>
            <canvas width="720" height="960" />
          </div>
        </div>
        <p class="dp-small" role="status">
          <span data-say="starting">{capture.starting}</span>
          <span data-say="guide" hidden>
            {capture.guide} {capture.veil}
          </span>
          <span data-say="help" hidden>
            {capture.help}
          </span>
          <span data-say="sending" hidden>
            {capture.sending}
          </span>
          {(['denied', 'missing', 'busy', 'failed', 'unreadable'] as const).map((reason) => (
            <span data-say={reason} hidden>
              {capture[reason]}
            </span>
          ))}
        </p>
        <div class="dp-row dp-studio__sizes" data-when="crop">
          <Button
            type="button"
            variant="secondary"
            attrs={{ 'data-do': 'smaller', 'aria-label': capture.zoomOut }}
          >
            −
          </Button>
          <Button
            type="button"
            variant="secondary"
            attrs={{ 'data-do': 'larger', 'aria-label': capture.zoomIn }}
          >
            +
          </Button>
          <Button type="button" variant="secondary" attrs={{ 'data-do': 'rotate' }}>
            {capture.rotate}
          </Button>
        </div>
        <div class="dp-row">
          <Button type="button" attrs={{ 'data-do': 'take', 'data-when': 'camera' }}>
            {capture.take}
          </Button>
          <Button type="button" attrs={{ 'data-do': 'use', 'data-when': 'crop' }}>
            {send ? capture.send : capture.use}
          </Button>
          <Button type="button" variant="secondary" attrs={{ 'data-do': 'again', 'data-when': 'crop' }}>
            {capture.again}
          </Button>
          <Button
            type="button"
            variant="tertiary"
            attrs={{ 'data-do': 'switch', 'data-when': 'camera', hidden: true }}
          >
            {capture.otherCamera}
          </Button>
          <Button type="button" variant="tertiary" attrs={{ 'data-do': 'close' }}>
            {capture.cancel}
          </Button>
        </div>
      </dialog>
    </template>
  );
}
