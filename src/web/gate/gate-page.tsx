import type { Context } from 'hono';
import type { ShownPerson } from '../../domain/gate-protocol.ts';
import type { PairedDevice } from '../../usecases/pair-device.ts';
import { assetUrl } from '../assets.ts';
import { Alert } from '../components/alert.tsx';
import { Button } from '../components/button.tsx';
import { Document } from '../components/document.tsx';
import { Emblem } from '../components/emblem.tsx';
import { Icon } from '../components/icon.tsx';
import { LanguageSwitch } from '../components/language-switch.tsx';
import { SkipLink } from '../components/layout-parts.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { TextField } from '../components/text-field.tsx';
import type { LibraryEnv } from '../env.ts';
import { layoutLibrary, publicFrame, textsOf } from '../frame.tsx';
import type { Child, PropsWithChildren } from '../jsx/jsx-runtime.ts';
import { allowScanner } from '../middleware/security-headers.ts';

/** What the server found, where no script runs. */
export interface GateShown {
  readonly verdict: 'admit' | 'look' | 'refuse';
  readonly word?: string;
  readonly reason?: string;
  readonly person?: ShownPerson | null;
  readonly recorded?: boolean;
  /** Hidden fields of the officer's decision; none: nobody may decide here. */
  readonly decide?: Readonly<Record<string, string>>;
}

const TONES = { ready: 'neutral', admit: 'success', look: 'warning', refuse: 'danger' } as const;

/** The page of an enrolled gate: the answer fills the screen, everything else stands beside it. */
export function gatePage(
  c: Context<LibraryEnv>,
  view: {
    readonly device: PairedDevice;
    readonly shown: GateShown | null;
    readonly error: string | null;
    readonly key: string;
  },
) {
  const { gate } = textsOf(c);
  const library = c.get('library');
  const base = `/${library.slug}/gerbang`;
  allowScanner(c);
  return (
    <GateFrame c={c} device={view.device} islands={['scanner-input', 'gate-page']}>
      <div class="gt-main">
        <Answer c={c} shown={view.shown} base={base} />
        <div class="gt-side">
          <div class="gt-notices" data-part="notices" />
          <noscript>
            {/* Without script nothing moves by itself: the next one begins with the form. */}
            <Alert tone="info">{gate.onlineOnly}</Alert>
          </noscript>
          <section class="gt-camera" data-part="camera" aria-labelledby="kamera" hidden>
            <h2 id="kamera">{gate.camera.title}</h2>
            <div class="gt-view">
              <video muted playsinline hidden />
              <Icon name="camera" />
            </div>
            <p role="status" data-part="camera-status" />
            <div class="gt-row">
              <button class="ds-button" type="button" data-variant="secondary" data-do="camera">
                {gate.camera.start}
              </button>
              <button class="ds-button" type="button" data-variant="tertiary" data-do="turn" hidden>
                {gate.camera.turn}
              </button>
            </div>
          </section>
          <scanner-input>
            <form method="post" action={base} class="gt-form" autocomplete="off" novalidate>
              <input type="hidden" name="kunci" value={view.key} />
              <TextField
                name="kode"
                label={gate.number}
                description={gate.numberAbout}
                error={view.error ?? undefined}
                autocomplete="off"
                code
              />
              <Button fullWidth>{gate.submit}</Button>
            </form>
          </scanner-input>
          <State c={c} />
        </div>
      </div>
    </GateFrame>
  );
}

/** The answer itself; the script fills the same places. */
function Answer(props: {
  readonly c: Context<LibraryEnv>;
  readonly shown: GateShown | null;
  readonly base: string;
}) {
  const { c, shown } = props;
  const { gate } = textsOf(c);
  const verdict = shown?.verdict ?? 'ready';
  const word = shown === null ? gate.ready.title : (shown.word ?? gate.verdicts[shown.verdict]);
  const reason = shown === null ? gate.ready.lead : (shown.reason ?? '');
  const person = shown?.person ?? null;
  return (
    <div class="gt-answer" data-part="answer" data-verdict={verdict} data-color={TONES[verdict]}>
      <div class="gt-icons" aria-hidden="true">
        <Icon name="card" />
        <Icon name="check" />
        <Icon name="people" />
        <Icon name="cross" />
      </div>
      <div class="gt-said" role="alert" data-part="said">
        <p class="gt-word" data-part="word">
          {word}
        </p>
        <p class="gt-reason" data-part="reason">
          {reason}
        </p>
        <p class="gt-note" data-part="note">
          {shown?.recorded ? gate.recorded : ''}
        </p>
      </div>
      <div class="gt-person" data-part="person" hidden={person === null}>
        <img
          data-part="photo"
          alt=""
          width="180"
          height="240"
          src={person?.photo ?? undefined}
          hidden={!person?.photo}
        />
        <p>
          <strong data-part="name">{person?.name ?? ''}</strong>
          <span data-part="about">{person?.about ?? ''}</span>
          <span class="gt-hint" data-part="hint">
            {person?.hint ?? ''}
          </span>
        </p>
      </div>
      <form
        method="post"
        action={`${props.base}/masuk`}
        class="gt-decide"
        data-part="decide"
        aria-label={gate.decide.group}
        hidden={shown?.decide === undefined}
      >
        {Object.entries(shown?.decide ?? {}).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <button class="ds-button gt-yes" type="submit" name="putusan" value="admit" data-do="admit">
          <Icon name="check" />
          <span>{gate.decide.admit}</span>
          <kbd>Enter</kbd>
        </button>
        <button class="ds-button gt-no" type="submit" name="putusan" value="refuse" data-do="refuse">
          <Icon name="cross" />
          <span>{gate.decide.refuse}</span>
          <kbd>Esc</kbd>
        </button>
      </form>
    </div>
  );
}

/** How old the list is, what waits, whose clock it goes by: always on the screen. */
function State({ c }: { readonly c: Context<LibraryEnv> }) {
  const { status, sound } = textsOf(c).gate;
  return (
    <section class="gt-state" data-part="state" aria-label={status.title} hidden>
      <ul>
        <li data-part="list">
          <Icon name="book" />
          <span>{status.noList}</span>
        </li>
        <li data-part="waiting">
          <Icon name="upload" />
          <span>{status.noneWaiting}</span>
        </li>
        <li data-part="clock">
          <Icon name="clock" />
          <span>{status.clockUnknown}</span>
        </li>
      </ul>
      <button class="ds-button" type="button" data-variant="tertiary" data-do="sound" aria-pressed="true">
        {sound.on}
      </button>
    </section>
  );
}

/** A device that nobody enrolled: the field for its code, and what an earlier enrolment has left on it. */
export function enrolGatePage(c: Context<LibraryEnv>, error: string | null) {
  const { enrol } = textsOf(c).gate;
  // Has the page's worker drop the gate's page that it keeps; no answer of anything on the way says this.
  c.header('Gate-Page', 'none');
  allowScanner(c);
  return (
    <GateFrame c={c} device={null} islands={['gate-page']}>
      <div class="gt-narrow">
        <PageHeader title={enrol.title} lead={enrol.lead} />
        <div class="gt-notices" data-part="notices" />
        <form method="post" action={`/${c.get('library').slug}/gerbang/pasang`} class="dp-stack" novalidate>
          <TextField
            name="kode"
            label={enrol.code}
            description={enrol.codeAbout}
            error={error ?? undefined}
            autocomplete="off"
            code
            required
          />
          <Button>{enrol.submit}</Button>
        </form>
      </div>
    </GateFrame>
  );
}

function GateFrame(
  props: PropsWithChildren<{
    readonly c: Context<LibraryEnv>;
    readonly device: PairedDevice | null;
    readonly islands: readonly string[];
  }>,
) {
  const { c, device } = props;
  const { gate, common } = textsOf(c);
  const { id, slug } = c.get('library');
  const { lang, languages } = publicFrame(c);
  const library = layoutLibrary(c.get('library'));
  const base = `/${slug}/gerbang`;
  return (
    <Document
      lang={lang}
      title={`${gate.title} – ${library.name}`}
      colour={library.colour}
      bundle="public.css"
      islands={props.islands}
      rootClass="gt"
      noindex
      head={<link rel="stylesheet" href={assetUrl('gate.css')} />}
    >
      <SkipLink texts={common.layout} />
      <gate-page
        data-enrolled={device === null ? undefined : ''}
        data-base={base}
        data-slug={slug}
        data-library={String(id)}
        data-keys={`/.well-known/card-keys/${slug}/jwks.json`}
        data-worker={`${base}/pekerja.js`}
        data-wasm={assetUrl('zxing_reader.wasm')}
        data-words={JSON.stringify(wordsForPage(c))}
      >
        <header class="gt-bar">
          <Emblem name={library.name} url={library.emblemUrl} />
          <p class="gt-place">
            <span>{library.name}</span>
            {device !== null && (
              <>
                <span class="gt-hidden">, </span>
                <strong>{device.name}</strong>
              </>
            )}
          </p>
          {device !== null && <Connection c={c} />}
          <LanguageSwitch lang={lang} label={common.layout.languageLabel} options={languages ?? []} />
        </header>
        <main id="isi" tabindex={-1}>
          {device !== null && <h1 class="gt-hidden">{gate.title}</h1>}
          {props.children as Child}
        </main>
      </gate-page>
    </Document>
  );
}

function Connection({ c }: { readonly c: Context<LibraryEnv> }) {
  return (
    <p class="gt-line" role="status" data-part="line" data-state="checking" hidden>
      {textsOf(c).gate.status.checking}
    </p>
  );
}

/** Every word that the page says by itself: it has to say them without the server. */
function wordsForPage(c: Context<LibraryEnv>) {
  const { gate } = textsOf(c);
  const { enrol: _enrol, validUntil: _validUntil, number: _number, numberAbout: _about, ...words } = gate;
  return words;
}
