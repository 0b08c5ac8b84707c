/**
 * The moving code of the KTA online. This page makes a key that cannot leave the browser, the library certifies it, and
 * every 30 seconds the key signs the time, online or not. Unless the holder keeps the card on this phone, the key goes
 * with the page: a shared computer keeps nothing. Where anything is missing the code of a picture stays, as the server
 * drew it, and the page says that the officer will look at the person.
 */
import { WINDOW_SECONDS, windowAt } from '../domain/moving-clock.ts';
import { encodeMovingCode } from '../domain/moving-code.ts';
import { type PlainDate, plainDateIn } from '../domain/plain-date.ts';
import { daysLeft, REMIND_DAYS } from '../domain/validity.ts';
import {
  type Answer,
  askCertificate,
  askClock,
  makeKey,
  type PhoneKey,
  signWith,
  type TimeTold,
} from './kta/certify.ts';
import { type ServerClock, stillKnown } from './kta/clock.ts';
import { drawQr, type QrPicture, qrPicture, sizeQr } from './kta/draw-qr.ts';
import { GateView } from './kta/gate-view.ts';
import { forgetCard, hasKept, type KeptDetail } from './kta/kept.ts';
import { forgetPhone, type Phone, readPhone, writePhone } from './kta/phone-store.ts';

const DAY = 86_400;
/** A certificate is made anew when it lives no longer than this; seconds, for a kept card and for an open page. */
const RENEW = { kept: 21 * DAY, open: 3_600 };
/** From here on the page says that the end is near. */
const SOON = 7 * DAY;
/** Asked again after so long, while the page is looked at. */
const LOOK_AGAIN_MS = 300_000;

type Said =
  | 'moving'
  | 'still'
  | 'waiting'
  | 'insecure'
  | 'unsupported'
  | 'offline'
  | 'clock'
  | 'soon'
  | 'over'
  | 'displaced'
  | 'many'
  | 'expired';

class KtaCode extends HTMLElement {
  #base = '';
  #key: PhoneKey | undefined;
  #phone: Phone | undefined;
  #clock: ServerClock | undefined;
  #kept = false;
  #trouble: 'offline' | 'displaced' | 'many' | undefined;
  #asked = 0;
  /** What is drawn: the window, and how. */
  #window = 0;
  #picture: QrPicture | undefined;
  #gate: GateView | undefined;
  #timer = 0;

  connectedCallback(): void {
    this.#base = this.dataset.base ?? '';
    const dialog = this.querySelector('dialog');
    if (dialog) this.#gate = new GateView(dialog, () => this.#draw());
    this.addEventListener('click', (event) => this.#pressed(event));
    this.#remind();
    if (this.dataset.active === undefined) return;
    for (const button of this.querySelectorAll<HTMLElement>('[data-do="gate"]')) button.hidden = false;
    const missing = whatIsMissing();
    if (missing) {
      this.#say(missing);
      return;
    }
    document.addEventListener('kta-kept', (event) =>
      (event as CustomEvent<KeptDetail>).detail.until.push(this.#keep()),
    );
    document.addEventListener('kta-forgotten', () => void this.#forget());
    document.addEventListener('visibilitychange', () => this.#seen());
    window.addEventListener('online', () => void this.#ask());
    this.#say('waiting');
    void this.#begin();
  }

  disconnectedCallback(): void {
    window.clearInterval(this.#timer);
  }

  async #begin(): Promise<void> {
    const stored = await readPhone(this.#base);
    this.#kept = stored !== undefined || (await hasKept(this.#base));
    if (stored) {
      this.#key = stored;
      this.#phone = stored;
      this.#clock = stillKnown(stored.clock, Date.now());
      await this.#tick();
    }
    this.#timer = window.setInterval(() => void this.#tick(), 1_000);
    await this.#ask();
  }

  /** Asks the library for what is needed: a certificate, or the time alone. */
  async #ask(): Promise<void> {
    this.#asked = Date.now();
    const left = this.#phone ? this.#phone.ends - this.#now() / 1000 : 0;
    const enough = this.#phone?.kept === this.#kept && left > RENEW[this.#kept ? 'kept' : 'open'];
    try {
      this.#key ??= await makeKey();
    } catch {
      return this.#say('unsupported');
    }
    let answer: Answer<Phone | TimeTold> = enough
      ? await askClock(this.#base)
      : await askCertificate(this.#base, this.#key, this.#kept);
    if (answer.kind === 'ok' && 'revoked' in answer.result) {
      const isRevoked = answer.result.revoked.includes(this.#phone?.signer);
      if (isRevoked) answer = await askCertificate(this.#base, this.#key, this.#kept);
    }
    // One phone too many to keep it: then for as long as a page that is only opened.
    if (answer.kind === 'refused' && answer.reason === 'too-many' && this.#kept && left <= 0)
      answer = await askCertificate(this.#base, this.#key, false);
    await this.#heard(answer);
    await this.#tick();
  }

  async #heard(answer: Answer<Phone | TimeTold>): Promise<void> {
    switch (answer.kind) {
      case 'dead':
        await forgetPhone(this.#base);
        await forgetCard(this.#base);
        // The server's own words about it.
        location.reload();
        return;
      case 'offline':
        this.#trouble ??= 'offline';
        return;
      case 'refused':
        // The page as it was kept says otherwise: the membership has changed since.
        if (answer.reason === 'not-active' && navigator.onLine) location.reload();
        this.#trouble =
          answer.reason === 'displaced' ? 'displaced' : answer.reason === 'too-many' ? 'many' : 'offline';
        return;
      case 'ok':
        this.#trouble = undefined;
        this.#clock = answer.clock ?? this.#clock;
        if ('certificate' in answer.result) this.#phone = answer.result;
        // The window that is shown may be that of a wrong clock.
        this.#window = 0;
        await this.#store();
    }
  }

  async #store(): Promise<void> {
    if (!this.#kept || !this.#phone?.kept) return;
    try {
      await writePhone(this.#base, { ...this.#phone, clock: this.#clock });
    } catch {
      // A private window: the key goes with the page, and the next opening makes another.
    }
  }

  async #keep(): Promise<void> {
    this.#kept = true;
    if (!this.#phone?.kept) await this.#ask();
  }

  async #forget(): Promise<void> {
    this.#kept = false;
    await forgetPhone(this.#base);
  }

  /** Another phone took this one's place, and the holder wants it here: as a phone that was never seen before. */
  async #takePlace(): Promise<void> {
    this.#key = undefined;
    this.#phone = undefined;
    this.#say('waiting');
    await this.#ask();
  }

  #seen(): void {
    if (document.hidden) return void this.#store();
    void this.#tick();
    if (!this.#clock) void this.#ask();
  }

  /** By the server's clock, as far as it is known. */
  #now(): number {
    return Date.now() + (this.#clock?.offset ?? 0);
  }

  async #tick(): Promise<void> {
    if (document.hidden) return;
    if (this.#asked > 0 && Date.now() - this.#asked > LOOK_AGAIN_MS) void this.#ask();
    this.#clock = stillKnown(this.#clock, Date.now());
    const now = this.#now();
    const phone = this.#phone;
    const over = phone !== undefined && phone.ends <= now / 1000;
    if (this.#isExpired(now) || !phone || !this.#clock || over) {
      this.#stop();
      return this.#say(this.#reason(now, phone, over));
    }
    const window = windowAt(now);
    if (window !== this.#window) {
      // Set at once: the next tick may come before the signature.
      this.#window = window;
      const code = await this.#sign(phone, now);
      if (code === undefined) return;
      this.#picture = qrPicture(`${this.dataset.prefix}${code}`);
      this.setAttribute('data-live', '');
      this.#draw();
    }
    const left = 1 - (now / 1000 - window) / WINDOW_SECONDS;
    for (const ring of this.querySelectorAll<SVGElement>('[data-left]'))
      ring.style.strokeDashoffset = String(100 - 100 * left);
    const near = phone.kept && phone.ends - now / 1000 < SOON;
    const trouble = this.#trouble === 'offline' ? undefined : this.#trouble;
    this.#say(trouble ?? (near && !this.#endsWithCard(phone) ? 'soon' : 'moving'));
  }

  /** A key that was kept may be of no use to a browser that has changed since. */
  async #sign(phone: Phone, now: number): Promise<string | undefined> {
    try {
      return await encodeMovingCode(phone.certificate, now, (bytes) => signWith(phone, bytes));
    } catch {
      window.clearInterval(this.#timer);
      this.#stop();
      this.#say('unsupported');
      await forgetPhone(this.#base);
      return undefined;
    }
  }

  #reason(now: number, phone: Phone | undefined, over: boolean): Said {
    if (this.#isExpired(now)) return 'expired';
    if (!this.#asked) return 'waiting';
    if (this.#trouble !== undefined && this.#trouble !== 'offline') return this.#trouble;
    if (!phone) return this.#trouble ?? 'waiting';
    return over ? 'over' : 'clock';
  }

  /** The card's own end is told by the card. */
  #endsWithCard(phone: Phone): boolean {
    return phone.ends % DAY === 0;
  }

  #isExpired(now: number): boolean {
    const { until, zone = 'Asia/Jakarta' } = this.dataset;
    return until !== undefined && daysLeft(until as PlainDate, plainDateIn(zone, new Date(now))) < 0;
  }

  #stop(): void {
    if (!this.#picture) return;
    this.#window = 0;
    this.#picture = undefined;
    this.removeAttribute('data-live');
    this.#draw();
  }

  #draw(): void {
    for (const host of this.querySelectorAll<HTMLElement>('[data-moving]')) {
      const large = host.dataset.moving === 'large';
      if (large && this.#gate?.isOpen !== true) continue;
      // All around it is white: its quiet zone may reach to the edge of the screen.
      const room = large
        ? Math.min(window.innerWidth, host.clientWidth + 24, host.clientHeight)
        : Math.min(host.clientWidth, 384);
      if (this.#picture) drawQr(host, this.#picture, this.dataset.label ?? '', room);
      else if (large) this.#drawStill(host, room);
    }
  }

  /** The code of a picture, as the card shows it, as large as the moving one would be. */
  #drawStill(host: HTMLElement, room: number): void {
    const drawn = this.querySelector<SVGSVGElement>('.kta__still > svg');
    const place = host.querySelector('[data-still]');
    if (!drawn || !place) return;
    const copy = drawn.cloneNode(true) as SVGSVGElement;
    sizeQr(copy, copy.viewBox.baseVal.width, room);
    place.replaceChildren(copy);
  }

  /** Said once, and not again with every new code: a screen reader would never be silent. */
  #say(what: Said): void {
    for (const line of this.querySelectorAll<HTMLElement>('[data-say]')) {
      const said = line.dataset.say === what;
      if (line.hidden !== !said) line.hidden = !said;
    }
    for (const button of this.querySelectorAll<HTMLElement>('[data-do="here"]'))
      button.hidden = what !== 'displaced';
    if (what !== 'soon' || !this.#phone) return;
    const last = new Date(this.#phone.ends * 1000);
    const date = last.toLocaleDateString(document.documentElement.lang, { day: 'numeric', month: 'long' });
    for (const place of this.querySelectorAll('[data-ends]'))
      if (place.textContent !== date) place.textContent = date;
  }

  /** How long the card is valid, told by a page that was kept weeks ago. */
  #remind(): void {
    const { until, zone = 'Asia/Jakarta' } = this.dataset;
    const line = this.querySelector<HTMLElement>('[data-days]');
    if (until === undefined || !line || this.dataset.active === undefined) return;
    const days = daysLeft(until as PlainDate, plainDateIn(zone, new Date()));
    line.hidden = days < 0 || days >= REMIND_DAYS;
    line.textContent =
      (days === 0 ? line.dataset.last : line.dataset.days)?.replace('{n}', String(days)) ?? '';
  }

  #pressed(event: Event): void {
    const target = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-do]') : null;
    if (target?.dataset.do === 'gate') {
      this.#gate?.open();
      this.#draw();
    }
    if (target?.dataset.do === 'close') this.#gate?.close();
    if (target?.dataset.do === 'here') void this.#takePlace();
  }
}

/** Over plain http browsers sign nothing; old ones have no such keys. */
function whatIsMissing(): 'insecure' | 'unsupported' | undefined {
  if (!window.isSecureContext) return 'insecure';
  return typeof crypto === 'undefined' || !crypto.subtle || typeof indexedDB === 'undefined'
    ? 'unsupported'
    : undefined;
}

customElements.define('kta-code', KtaCode);
