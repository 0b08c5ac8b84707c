import type { Admission } from '../domain/admission.ts';
import type { ClockMark } from '../domain/gate-clock.ts';
import { type LiveAnswer, numberOfVisit } from '../domain/gate-protocol.ts';
import {
  asksServer,
  gateVerdict,
  knowsTooLittle,
  SERVER_PATIENCE_MS,
  withdraws,
} from '../domain/gate-verdict.ts';
import type { CardId, LibraryId } from '../domain/ids.ts';
import { readScannedCode, type ScannedCode } from '../domain/scanned-code.ts';
import { openDetector } from './codes/detector.ts';
import { type AnswerPanel, openAnswerPanel, wordsFor } from './gate/answer.ts';
import { type GateCamera, openGateCamera } from './gate/camera.ts';
import { type GateKeeper, openGateKeeper } from './gate/keeper.ts';
import { notice, tellLeft, tellRefused, tellUnsaved } from './gate/notices.ts';
import { forgetPage, keepPage } from './gate/page-keep.ts';
import { type Answered, type GateServer, gateServer } from './gate/server.ts';
import { type GateSound, openGateSound } from './gate/sound.ts';
import { type GateStore, type KeptVisit, openGateStore } from './gate/store.ts';
import { ago, filled, type GateWords } from './gate/words.ts';

/** How often the server is asked what is new, and how often whether it is back. */
const REFRESH_MS = 30_000;
const RETRY_MS = 5_000;
/** An answer stands so long; one that waits for the officer, longer. */
const STANDS_MS = { admit: 4_000, refuse: 8_000, look: 45_000 } as const;
/** The same code, held before the camera or read twice by a scanner, is one scan. */
const SAME_MS = { camera: 2_500, scanner: 1_200 } as const;
/** An Enter that comes so soon after another key ends what is typed, by a slow scanner too: it decides about nobody. */
const TYPING_MS = 1_000;
/** Without a verdict of its own, the page waits for the server's. */
const ONLINE_ONLY_PATIENCE_MS = 2_500;

/** Who may come in by the scan that is on the screen. */
interface Passage {
  readonly scan: string;
  readonly at: number;
  /** Where the clock was in doubt. */
  readonly mark: ClockMark | null;
  readonly who: { readonly card?: CardId; readonly number?: string };
}

/**
 * The page of a gate: reads codes, judges them on the device, asks the server beside it, says the verdict in colour, word
 * and sound, and keeps the passages until the server has them. See docs/decisions/017.
 */
class GatePage extends HTMLElement {
  #words = {} as GateWords;
  #store!: GateStore;
  #keeper!: GateKeeper;
  #server!: GateServer;
  #sound!: GateSound;
  #answer!: AnswerPanel;
  #camera: GateCamera | undefined;
  /** Judged on the device; else by the server alone. */
  #judges = false;
  #isOver = false;
  /** The scan on the screen: what comes late for an earlier one changes nothing. */
  #current = '';
  #pending: Passage | undefined;
  #ready: number | undefined;
  #last = { text: '', at: Number.NEGATIVE_INFINITY };
  #work: Promise<void> = Promise.resolve();
  #isWorking = false;
  #feed: EventSource | undefined;

  connectedCallback(): void {
    this.#words = JSON.parse(this.dataset.words ?? '{}') as GateWords;
    void this.#begin();
  }

  async #begin(): Promise<void> {
    const { slug = '', base = '', keys = '' } = this.dataset;
    this.#store = await openGateStore(slug);
    const notices = this.#part('notices');
    if (this.dataset.enrolled === undefined) {
      await this.#store.forget();
      await forgetPage(base);
      // Visits of an earlier enrolment: they go by themselves once this device is a gate again.
      const left = await this.#store.countVisits();
      if (left > 0 && notices) await tellLeft(notices, this.#store, this.#words, false);
      return;
    }
    this.#server = gateServer(base, keys);
    this.#sound = openGateSound();
    this.#answer = openAnswerPanel(this);
    this.#judges = window.isSecureContext && globalThis.crypto?.subtle !== undefined && this.#store.lasts;
    const library = Number(this.dataset.library) as LibraryId;
    this.#keeper = await openGateKeeper(
      { slug, library, judges: this.#judges },
      this.#store,
      this.#server,
      (what) => {
        if (what === 'stranger') void this.#revoke();
        else void this.#show();
      },
    );
    if (notices && !window.isSecureContext) notice(notices, 'mode', 'warning', [this.#words.onlineOnly]);
    else if (notices && !this.#store.lasts) notice(notices, 'mode', 'warning', [this.#words.noStorage]);
    this.#listen();
    await this.#show();
    this.dataset.state = 'ready';
    void this.#tick();
    window.setInterval(() => void this.#store.settle().then(() => this.#show()), 5_000);
    await this.#camera?.startIfGranted();
    await this.#keep();
  }

  #part(name: string): HTMLElement | null {
    return this.querySelector<HTMLElement>(`[data-part="${name}"]`);
  }

  #listen(): void {
    const form = this.querySelector<HTMLFormElement>('.gt-form');
    const field = form?.querySelector<HTMLInputElement>('[name="kode"]');
    form?.addEventListener('submit', (event) => {
      event.preventDefault();
      const text = field?.value ?? '';
      if (field) field.value = '';
      if (text.trim() !== '') this.#heard(text, performance.now(), 'scanner');
    });
    if (window.matchMedia('(pointer: fine)').matches) field?.focus();
    this.#answer.decided((admit) => void this.#decide(admit));
    let typed = Number.NEGATIVE_INFINITY;
    document.addEventListener('keydown', (event) => {
      this.#sound.wake();
      if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey)
        typed = event.timeStamp;
      if (!this.#answer.isOpen() || event.defaultPrevented || event.repeat) return;
      // A number that is being typed has its own Enter.
      if (
        event.key === 'Enter' &&
        event.timeStamp - typed < TYPING_MS &&
        ((field?.value ?? '') === '' || !form?.contains(event.target as Node))
      ) {
        // On the button that lets somebody in, too.
        event.preventDefault();
      } else if (
        event.key === 'Enter' &&
        (field?.value ?? '') === '' &&
        !(event.target instanceof HTMLButtonElement)
      ) {
        event.preventDefault();
        void this.#decide(true);
      } else if (event.key === 'Escape') void this.#decide(false);
    });
    document.addEventListener('pointerdown', () => this.#sound.wake());
    this.querySelector('[data-do="sound"]')?.addEventListener('click', () => {
      this.#sound.turn(!this.#sound.isOn());
      this.#sound.wake();
      void this.#show();
    });
    window.addEventListener('online', () => void this.#tick());
    window.addEventListener('offline', () => this.#keeper.lost());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState !== 'visible') return;
      void this.#tick();
      void keepAwake();
    });
    void keepAwake();
    this.#openCamera();
  }

  #openCamera(): void {
    const video = this.querySelector('video');
    const place = this.#part('camera');
    if (!video || !place || !window.isSecureContext) return;
    place.hidden = false;
    const start = place.querySelector<HTMLElement>('[data-do="camera"]');
    const turn = place.querySelector<HTMLElement>('[data-do="turn"]');
    this.#camera = openGateCamera(
      video,
      this.dataset.wasm ?? '',
      (text, seenAt) => this.#heard(text, seenAt, 'camera'),
      (state) => {
        const line = this.#part('camera-status');
        if (line) line.textContent = this.#words.camera[state];
        place.dataset.state = state;
        if (start) start.hidden = state === 'running';
        if (turn) turn.hidden = state !== 'running';
      },
    );
    start?.addEventListener('click', () => void this.#camera?.start());
    turn?.addEventListener('click', () => void this.#camera?.turn());
    window.addEventListener('pagehide', () => this.#camera?.stop());
  }

  /** Once everything that it may need is loaded, the page is kept for the time without a server. */
  async #keep(): Promise<void> {
    if (!window.isSecureContext) return;
    const { worker = '', base = '', wasm = '' } = this.dataset;
    try {
      // The camera may be turned on for the first time when there is no server to fetch its reader from.
      await openDetector(wasm);
    } catch {
      // Without it the scanner and the field are there.
    }
    await keepPage(worker, base);
  }

  async #tick(): Promise<void> {
    if (this.#isOver) return;
    try {
      await this.#keeper.refresh();
    } catch {
      // The disk failed in the middle of it: the next time may go better, and there is a next time.
    }
    if (this.#isOver) return;
    const isOnline = this.#keeper.line() === 'online';
    if (isOnline && !this.#feed) this.#follow();
    if (!isOnline) this.#unfollow();
    window.clearTimeout(this.#next);
    this.#next = window.setTimeout(() => void this.#tick(), isOnline ? REFRESH_MS : RETRY_MS);
  }
  #next: number | undefined;

  /** What changes at a desk is here within a second. */
  #follow(): void {
    this.#feed = new EventSource(`${this.dataset.base ?? ''}/siaran`);
    this.#feed.addEventListener('change', () => void this.#keeper.refresh());
    this.#feed.addEventListener('error', () => this.#unfollow());
  }

  #unfollow(): void {
    this.#feed?.close();
    this.#feed = undefined;
  }

  #heard(text: string, seenAt: number, by: keyof typeof SAME_MS): void {
    if (this.#isOver) return;
    const isSame = text === this.#last.text && seenAt - this.#last.at < SAME_MS[by];
    // As long as the camera sees it, it is the same scan.
    if (isSame && by === 'scanner') return;
    if (isSame || (by === 'camera' && this.#isWorking)) {
      if (isSame) this.#last.at = seenAt;
      return;
    }
    this.#last = { text, at: seenAt };
    this.#work = this.#work.then(async () => {
      this.#isWorking = true;
      try {
        await this.#scan(text, seenAt);
      } catch {
        // A full disk, a broken browser: whoever stands there is told, and the next one can be scanned.
        this.#unreachable(seenAt);
      } finally {
        this.#isWorking = false;
      }
    });
  }

  async #scan(text: string, seenAt: number): Promise<void> {
    const scan = scanKey();
    const code = readScannedCode(text);
    const { clock } = this.#keeper;
    const [at, mark] = [Math.round(clock.now()), clock.mark()];
    const library = { id: Number(this.dataset.library), slug: this.dataset.slug ?? '' };
    const isOurs = asksServer(code, library);
    const isAsked = isOurs && (!this.#judges || this.#keeper.line() !== 'offline');
    const asking = isAsked ? this.#server.check(text, scan) : undefined;
    this.#pending = undefined;
    this.#current = scan;
    const own = this.#judges || !isOurs ? await this.#keeper.judge(code) : undefined;
    const judged = own !== undefined && !knowsTooLittle(own);
    const patience = judged ? SERVER_PATIENCE_MS - (performance.now() - seenAt) : ONLINE_ONLY_PATIENCE_MS;
    const live = asking && (await within(asking, patience));
    if (!judged && live?.ok !== true) this.#askAgainAbout(text);
    if (live?.ok === false) this.#missed(live);
    // No gate any more, by this very answer or meanwhile: it lets nobody in.
    if (this.#isOver) return;
    const word = live?.ok ? live.value : undefined;
    const said = own ? gateVerdict(own, word?.admission, clock.state()) : word?.admission;
    if (!said) return this.#unreachable(seenAt);
    const verdict = await this.#taken(said);
    if (this.#isOver) return;
    const passage = { scan, at, mark, who: whoOf(code, verdict) };
    // On its way to the disk before it is said, and not waited for.
    const kept = verdict.verdict === 'admit' ? this.#store.addVisit(visitOf(passage)) : undefined;
    this.#say(verdict, passage, seenAt);
    this.#answer.person(word?.person ?? null);
    // The next one in the queue waits for none of this.
    void this.#finish(kept, asking && !live ? asking : undefined, verdict, passage);
  }

  async #finish(
    kept: Promise<void> | undefined,
    asking: Promise<Answered<LiveAnswer>> | undefined,
    verdict: Admission,
    passage: Passage,
  ): Promise<void> {
    await kept;
    // First the server's late word: a passage that it takes back is not sent.
    if (asking !== undefined) await this.#late(asking, verdict, passage);
    if (kept !== undefined) await this.#send();
  }

  /** A moving code is taken once, by this tab or another. */
  async #taken(said: Admission): Promise<Admission> {
    if (said.verdict === 'refuse' || !said.remember || said.card === undefined) return said;
    const isNew = await this.#keeper.take(said.remember.key, said.remember.until);
    return isNew ? said : { verdict: 'refuse', reason: 'replayed', card: said.card, recheck: false };
  }

  /** The server answered after the gate had to speak: its word counts while the scan is on the screen. */
  async #late(asking: Promise<Answered<LiveAnswer>>, said: Admission, passage: Passage): Promise<void> {
    const late = await within(asking, 1_500);
    if (!late?.ok) {
      if (late) this.#missed(late);
      return;
    }
    if (this.#isOver || this.#current !== passage.scan) return;
    if (withdraws(said, late.value.admission)) {
      await this.#store.withdrawVisit(passage.scan);
      this.#pending = undefined;
      this.#say(late.value.admission, passage);
    }
    this.#answer.person(late.value.person);
  }

  /** Nobody knew anything of it: held before the camera all the time, it is read again. */
  #askAgainAbout(text: string): void {
    window.setTimeout(() => {
      if (this.#last.text === text) this.#last = { text: '', at: Number.NEGATIVE_INFINITY };
    }, SAME_MS.camera);
  }

  #missed(answered: Extract<Answered<unknown>, { readonly ok: false }>): void {
    if (answered.reason === 'stranger') void this.#revoke();
    if (answered.reason === 'away') this.#keeper.lost();
  }

  #unreachable(seenAt: number): void {
    if (this.#isOver) return;
    this.#answer.say(
      { shown: 'refuse', word: this.#words.verdicts.refuse, reason: this.#words.unreachable },
      seenAt,
    );
    this.#answer.person(null);
    this.#sound.play('refuse');
    this.#standFor(STANDS_MS.refuse);
  }

  #say(admission: Admission, passage: Passage, seenAt?: number): void {
    if (this.#isOver) return;
    const attended = this.#keeper.state()?.attended ?? true;
    const offline = this.#keeper.line() !== 'online';
    this.#answer.say(wordsFor(admission, this.#words, { attended, offline }), seenAt);
    this.#sound.play(admission.verdict);
    this.#pending = admission.verdict === 'look' && attended ? passage : undefined;
    this.#standFor(STANDS_MS[admission.verdict]);
  }

  async #decide(admit: boolean): Promise<void> {
    const passage = this.#pending;
    if (!passage || this.#isOver) return;
    this.#pending = undefined;
    const { verdicts, admitted, turnedAway } = this.#words;
    this.#answer.say(
      admit
        ? { shown: 'admit', word: verdicts.admit, note: admitted }
        : { shown: 'refuse', word: verdicts.refuse, reason: turnedAway },
    );
    this.#sound.play(admit ? 'admit' : 'refuse');
    this.#standFor(STANDS_MS.admit);
    if (!admit) return;
    const { clock } = this.#keeper;
    // Whoever was looked at while the clock was in doubt may be let in when it no longer is.
    const at = passage.mark && clock.state() === 'true' ? clock.timeOf(passage.mark) : undefined;
    await this.#store.addVisit(visitOf(at === undefined ? passage : { ...passage, at, mark: null }));
    void this.#send();
  }

  /** Back to "ready" after a while; whom the officer did not decide about has not come in. */
  #standFor(ms: number): void {
    window.clearTimeout(this.#ready);
    this.#ready = window.setTimeout(() => {
      this.#pending = undefined;
      this.#current = '';
      this.#answer.say({ shown: 'ready', word: this.#words.ready.title, reason: this.#words.ready.lead });
      this.#answer.person(null);
    }, ms);
  }

  async #send(): Promise<void> {
    if (this.#isOver) return;
    await this.#show();
    if (this.#keeper.line() !== 'offline') await this.#keeper.send();
  }

  /** The state of the gate, as it always stands on the screen. */
  async #show(): Promise<void> {
    if (this.#isOver || !this.#keeper) return;
    const { status, sound } = this.#words;
    const { clock } = this.#keeper;
    const line = this.#keeper.line();
    const list = this.#keeper.list();
    const waiting = await this.#store.countVisits();
    const hours = this.#keeper.state()?.policy.listHours ?? 0;
    const age = list ? Math.max(0, clock.now() / 1000 - list.asOf) : 0;
    const isOld = list !== null && age > hours * 3_600;
    const shownLine = this.#part('line');
    if (shownLine) {
      shownLine.hidden = false;
      shownLine.dataset.state = line;
      setText(shownLine, status[line]);
    }
    const state = this.#part('state');
    if (state) state.hidden = false;
    const listPlace = this.#part('list');
    if (listPlace) listPlace.hidden = !this.#judges;
    this.#tell(
      'list',
      !list ? status.noList : filled(isOld ? status.oldList : status.list, ago(age, status.now)),
      !list || isOld,
    );
    this.#tell('waiting', waiting === 0 ? status.noneWaiting : filled(status.waiting, waiting), waiting > 0);
    const clockWords = { true: status.clockTrue, unsure: status.clockUnsure, unknown: status.clockUnknown };
    this.#tell('clock', clockWords[clock.state()], clock.state() !== 'true');
    const toggle = this.querySelector<HTMLElement>('[data-do="sound"]');
    if (toggle) {
      toggle.setAttribute('aria-pressed', String(this.#sound.isOn()));
      setText(toggle, this.#sound.isBlocked() ? sound.blocked : this.#sound.isOn() ? sound.on : sound.off);
    }
    const notices = this.#part('notices');
    if (notices) tellUnsaved(notices, this.#store, this.#words);
    if (notices) await tellRefused(notices, this.#store, this.#words);
  }

  #tell(name: string, text: string, isWarning: boolean): void {
    const place = this.#part(name);
    const words = place?.querySelector('span');
    if (!place || !words) return;
    setText(words, text);
    place.dataset.warning = String(isWarning);
  }

  /** An officer took the device back: nothing that it knew stays on it. */
  async #revoke(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#unfollow();
    this.#camera?.stop();
    window.clearTimeout(this.#ready);
    window.clearTimeout(this.#next);
    await this.#store.forget();
    await forgetPage(this.dataset.base ?? '');
    this.dataset.state = 'revoked';
    const { revoked } = this.#words;
    this.#answer.say({ shown: 'refuse', word: revoked.title, reason: revoked.about });
    this.#answer.person(null);
    const notices = this.#part('notices');
    if (notices) await tellLeft(notices, this.#store, this.#words, true);
  }
}

/** A live region speaks whenever it is written to: only what has changed is written. */
function setText(place: Element, text: string): void {
  if (place.textContent !== text) place.textContent = text;
}

function visitOf({ scan, at, mark, who }: Passage): KeptVisit {
  return { key: scan, at, ...(mark ? { mark } : {}), ...who };
}

/** A card, or a number where nothing names a card; the address of a KTA is a secret and stays nowhere. */
function whoOf(code: ScannedCode, verdict: Admission): Passage['who'] {
  if (verdict.card !== undefined) return { card: verdict.card };
  const number = code.kind === 'number' ? numberOfVisit(code.text) : undefined;
  return number === undefined ? {} : { number };
}

/** 128 random bits, in base64url. */
function scanKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

/** Undefined where it takes longer. */
function within<Value>(work: Promise<Value>, ms: number): Promise<Value | undefined> {
  return Promise.race([
    work,
    new Promise<undefined>((resolve) => {
      window.setTimeout(() => resolve(undefined), Math.max(0, ms));
    }),
  ]);
}

/** A gate's screen does not go dark. */
async function keepAwake(): Promise<void> {
  try {
    await navigator.wakeLock?.request('screen');
  } catch {
    // Not now: the page is hidden, or the battery is low.
  }
}

customElements.define('gate-page', GatePage);
