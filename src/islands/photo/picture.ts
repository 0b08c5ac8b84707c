/** Enough for a card of 480 × 640 with room to cut; a phone's 12 million pixels become some 300 kB. */
const LONGEST_SIDE = 1600;

/** The picture of a file on a canvas no larger than needed; undefined where the browser cannot read it (HEIC). */
export async function pictureOf(file: Blob): Promise<HTMLCanvasElement | undefined> {
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    await new Promise<void>((resolve, reject) => {
      image.onload = () => resolve();
      image.onerror = () => reject(new Error('unreadable'));
      image.src = url;
    });
    return drawn(image, image.naturalWidth, image.naturalHeight);
  } catch {
    return undefined;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Draws a picture or a frame of a video, made smaller where it is large. */
export function drawn(
  source: CanvasImageSource,
  width: number,
  height: number,
): HTMLCanvasElement | undefined {
  if (width < 1 || height < 1) return undefined;
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

export function jpegOf(canvas: HTMLCanvasElement): Promise<Blob | null> {
  return new Promise((resolve) => {
    canvas.toBlob(resolve, 'image/jpeg', 0.9);
  });
}
