import type { Context } from 'hono';
import { QUEUE_PRIORITIES } from '../../usecases/queue-ticket.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { ShownKey } from '../components/key-hint.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';

interface Part {
  readonly c: Context<LibraryEnv>;
}

/** The field a scanner and a hand type into; the one thing every arrival begins with. */
export function ScanPanel({ c, typed }: Part & { readonly typed: string }) {
  const { desk } = textsOf(c);
  return (
    <scanner-input>
      <form method="post" action={`/${c.get('library').slug}/loket/pindai`} class="dp-panel dp-scan">
        <label for="kode">{desk.queue.scan}</label>
        <div class="dp-scan__row">
          <input
            class="ds-input"
            id="kode"
            name="kode"
            value={typed}
            autocomplete="off"
            autocapitalize="characters"
            data-code=""
            maxlength={600}
            aria-keyshortcuts="/"
            aria-describedby="kode-about"
          />
          <Button>{desk.queue.scanGo}</Button>
        </div>
        <p class="dp-small dp-muted" id="kode-about">
          {desk.queue.scanAbout} <ShownKey name="/" />
        </p>
      </form>
    </scanner-input>
  );
}

/** Calling, giving numbers, beginning a case, taking a draft over. */
export function CounterPanel({
  c,
  inHand,
  waiting,
  submitKey,
  typedDraft,
}: Part & {
  readonly inHand: string | null;
  readonly waiting: number;
  readonly submitKey: string;
  readonly typedDraft: string;
}) {
  const { desk } = textsOf(c);
  const base = `/${c.get('library').slug}/loket`;
  return (
    <>
      <section class="dp-panel" aria-label={desk.queue.next}>
        <form method="post" action={`${base}/panggil`}>
          {/* As it was when the page was opened, never exchanged: what a press on its way has called is not yet seen. */}
          <input type="hidden" name="di_tangan" value={inHand ?? ''} />
          <Button fullWidth shortcut="N" variant={waiting > 0 ? 'primary' : 'secondary'}>
            {desk.queue.next}
            <span class="dp-badge" id="nomor-menunggu" data-live="">
              {waiting}
            </span>
          </Button>
        </form>
        <LinkButton href={`${base}/baru`} variant="secondary" fullWidth shortcut="B">
          {desk.queue.newCase}
        </LinkButton>
        <form method="post" action={`${base}/nomor`} class="dp-give">
          <input type="hidden" name="kunci" value={submitKey} />
          <fieldset class="ds-fieldset">
            <legend class="dp-give__label">{desk.queue.giveNumber}</legend>
            <div class="dp-row">
              <Button variant="tertiary" name="prioritas" value="">
                {desk.queue.ordinary}
              </Button>
              {QUEUE_PRIORITIES.map((priority) => (
                <Button variant="tertiary" name="prioritas" value={priority}>
                  {desk.queue.priorities[priority]}
                </Button>
              ))}
            </div>
          </fieldset>
        </form>
      </section>
      <form method="post" action={`${base}/konsep`} class="dp-panel dp-scan">
        <label for="kode-konsep">{desk.queue.draftTitle}</label>
        <div class="dp-scan__row">
          <input
            class="ds-input"
            id="kode-konsep"
            name="kode_konsep"
            value={typedDraft}
            inputmode="numeric"
            autocomplete="off"
            data-code=""
            maxlength={9}
            placeholder="000000"
            aria-describedby="kode-konsep-about"
          />
          <Button variant="secondary">{desk.queue.draftGo}</Button>
        </div>
        <p class="dp-small dp-muted" id="kode-konsep-about">
          {desk.queue.draftCode}. {desk.queue.draftAbout}
        </p>
      </form>
    </>
  );
}
