/** What a JPEG says of itself before its pixels. */
export interface JpegHead {
  readonly width: number;
  readonly height: number;
  /** Colours: 1 grey, 3, or 4 for print. */
  readonly components: number;
}

/** Size and colours from a JPEG's frame header (ITU-T T.81, B.2.2); undefined for anything else, or for half of one. */
export function readJpegHead(bytes: Uint8Array): JpegHead | undefined {
  const word = (at: number) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  if (word(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 9 < bytes.length; at += 2 + word(at + 2)) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (!isFrame) continue;
    const head = { height: word(at + 5), width: word(at + 7), components: bytes[at + 9] ?? 3 };
    return head.width > 0 && head.height > 0 ? head : undefined;
  }
  return undefined;
}
