import { readJpegHead } from '../../domain/jpeg-head.ts';

/** A run of PDF objects as bytes: what a thread hands over, to be put anywhere in the file. */
export class Segment {
  readonly #first: number;
  readonly #parts: Uint8Array[] = [];
  readonly #offsets: number[] = [];
  #size = 0;

  constructor(firstObject: number) {
    this.#first = firstObject;
  }

  /** The number of an object that is filled later. */
  reserve(): number {
    this.#offsets.push(-1);
    return this.#first + this.#offsets.length - 1;
  }

  fill(id: number, dictionary: string, stream?: Uint8Array): number {
    this.#offsets[id - this.#first] = this.#size;
    const length = stream ? ` /Length ${stream.length}` : '';
    this.#put(
      Buffer.from(`${id} 0 obj\n<< ${dictionary}${length} >>\n${stream ? 'stream\n' : 'endobj\n'}`, 'latin1'),
    );
    if (stream) {
      this.#put(stream);
      this.#put(END);
    }
    return id;
  }

  object(dictionary: string): number {
    return this.fill(this.reserve(), dictionary);
  }

  stream(dictionary: string, bytes: Uint8Array): number {
    return this.fill(this.reserve(), dictionary, bytes);
  }

  /** A photo as it was stored: nothing is decoded. Throws RangeError for anything but a JPEG. */
  jpeg(bytes: Uint8Array): number {
    const head = readJpegHead(bytes);
    if (!head) throw new RangeError('a photo of a card is a whole JPEG');
    const { width, height, components } = head;
    const colours = components === 1 ? '/DeviceGray' : components === 4 ? '/DeviceCMYK' : '/DeviceRGB';
    return this.stream(
      `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /BitsPerComponent 8 /ColorSpace ${colours} /Filter /DCTDecode`,
      bytes,
    );
  }

  end(): { readonly bytes: Uint8Array; readonly offsets: readonly number[] } {
    return { bytes: Buffer.concat(this.#parts, this.#size), offsets: this.#offsets };
  }

  #put(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#size += bytes.length;
  }
}

const END = Buffer.from('\nendstream\nendobj\n', 'latin1');
