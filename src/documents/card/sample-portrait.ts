/** A face that belongs to nobody, drawn: the photo on the samples of card designs. */
import sharp from 'sharp';

const FACE = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 120" width="480" height="640">
<defs><linearGradient id="wall" x2="0" y2="1"><stop stop-color="#dbe6ee"/><stop offset="1" stop-color="#b4c9d8"/></linearGradient></defs>
<rect width="90" height="120" fill="url(#wall)"/>
<path d="M6 120c1-23 15-31 30-34h18c15 3 29 11 30 34z" fill="#35557f"/>
<path d="M35 85l10 12 10-12-3-3H38z" fill="#f4f1ea"/>
<path d="M38 72h14v14c-4 5-10 5-14 0z" fill="#c48f67"/>
<path d="M45 18c-17 0-24 12-23 28 0 8 3 14 5 18h36c2-4 5-10 5-18 1-16-6-28-23-28z" fill="#33241d"/>
<path d="M28 48c0 21 9 31 17 31s17-10 17-31c0-13-6-18-17-18s-17 5-17 18z" fill="#d8a47c"/>
<path d="M27 46c3-10 12-15 20-15 8 0 13 5 16 15 1-16-6-24-18-24s-19 8-18 24z" fill="#33241d"/>
<path d="M33 45c2-2 6-2 8 0M49 45c2-2 6-2 8 0" fill="none" stroke="#33241d" stroke-width="1.3" stroke-linecap="round"/>
<circle cx="37.4" cy="50" r="1.9" fill="#2a1b14"/><circle cx="52.6" cy="50" r="1.9" fill="#2a1b14"/>
<path d="M45 51l-2 8h4" fill="none" stroke="#b57d55" stroke-width="1.2" stroke-linecap="round" stroke-linejoin="round"/>
<path d="M38 66c4 4 10 4 14 0" fill="none" stroke="#96503f" stroke-width="1.7" stroke-linecap="round"/>
</svg>`;

let drawn: Promise<Buffer> | undefined;

/** JPEG of 3:4. */
export function samplePortrait(): Promise<Buffer> {
  drawn ??= sharp(Buffer.from(FACE)).jpeg({ quality: 84 }).toBuffer();
  return drawn;
}
