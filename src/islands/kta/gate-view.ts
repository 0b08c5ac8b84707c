/** The card as large as the screen, for the officer at the gate; the screen stays awake meanwhile. */
interface WakeLock {
  release(): Promise<void>;
}

export class GateView {
  #dialog: HTMLDialogElement;
  #lock: WakeLock | undefined;

  /** @param changed it was opened, closed, or the screen turned: what is in it has another size */
  constructor(dialog: HTMLDialogElement, changed: () => void) {
    this.#dialog = dialog;
    dialog.addEventListener('close', () => {
      void this.#sleep();
      changed();
    });
    // The lock goes when the page is hidden.
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden && dialog.open) void this.#wake();
    });
    window.addEventListener('resize', changed);
  }

  get isOpen(): boolean {
    return this.#dialog.hasAttribute('open');
  }

  open(): void {
    // Older than 2022: without the new element's methods it still covers the page.
    if (typeof this.#dialog.showModal === 'function') this.#dialog.showModal();
    else this.#dialog.setAttribute('open', '');
    void this.#wake();
  }

  close(): void {
    if (typeof this.#dialog.close === 'function') this.#dialog.close();
    else {
      this.#dialog.removeAttribute('open');
      void this.#sleep();
    }
  }

  async #wake(): Promise<void> {
    const { wakeLock } = navigator as { wakeLock?: { request(type: 'screen'): Promise<WakeLock> } };
    try {
      this.#lock = await wakeLock?.request('screen');
    } catch {
      // A battery that is nearly empty: the screen goes dark as always.
    }
  }

  async #sleep(): Promise<void> {
    const lock = this.#lock;
    this.#lock = undefined;
    await lock?.release().catch(() => undefined);
  }
}
