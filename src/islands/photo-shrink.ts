/** Twice what the card needs: the server crops and writes the final picture. */
const LONGEST = 1600;
const QUALITY = 0.85;
/** Not worth the work below this. */
const SMALL = 400_000;

/**
 * Makes a photo smaller on the phone before it is sent: ten megabytes over 3G take minutes, 300 kB a few seconds.
 * Whatever goes wrong, the file is sent as it was chosen.
 */
class PhotoShrink extends HTMLElement {
  connectedCallback(): void {
    const input = this.querySelector<HTMLInputElement>('input[type="file"]');
    if (!input || typeof DataTransfer === 'undefined') return;
    input.addEventListener('change', () => void this.#shrink(input));
  }

  async #shrink(input: HTMLInputElement): Promise<void> {
    const file = input.files?.[0];
    if (!file || file.size < SMALL || !file.type.startsWith('image/')) return;
    const button = input.form?.querySelector<HTMLButtonElement>('button:not([hidden])');
    this.#say(this.dataset.working ?? '');
    if (button) button.disabled = true;
    try {
      const small = await smaller(file);
      // Another file may have been chosen meanwhile.
      if (small && small.size < file.size && input.files?.[0] === file) {
        const holder = new DataTransfer();
        holder.items.add(small);
        input.files = holder.files;
        this.#say((this.dataset.done ?? '').replace('{}', `${Math.round(small.size / 1000)} kB`));
      } else this.#say('');
    } catch {
      this.#say('');
    } finally {
      if (button) button.disabled = false;
    }
  }

  #say(text: string): void {
    const status = this.querySelector('[role="status"]');
    if (status) status.textContent = text;
  }
}

/** The picture upright and at most 1600 pixels long, as JPEG; undefined where the browser cannot read it. */
async function smaller(file: File): Promise<File | undefined> {
  const address = URL.createObjectURL(file);
  try {
    // An <img> turns the picture by its metadata in every browser served; createImageBitmap does not in old ones.
    const image = new Image();
    image.src = address;
    await image.decode();
    const scale = Math.min(1, LONGEST / Math.max(image.naturalWidth, image.naturalHeight));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(image.naturalWidth * scale);
    canvas.height = Math.round(image.naturalHeight * scale);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => {
      canvas.toBlob(resolve, 'image/jpeg', QUALITY);
    });
    return blob ? new File([blob], 'foto.jpg', { type: 'image/jpeg' }) : undefined;
  } finally {
    URL.revokeObjectURL(address);
  }
}

customElements.define('photo-shrink', PhotoShrink);
