import sharp from 'sharp';
import { preparePhoto } from '../../documents/photo.ts';

const SKINS = ['#c99a6e', '#b98358', '#d8ac82', '#a9744b'];
const CLOTHES = ['#2f5d7c', '#7a1f3d', '#3d6b45', '#8a6d1f', '#5a4a78', '#3b4754'];
const VEILS = ['#274b45', '#5b3049', '#39486b', '#7d6b52'];

/**
 * Drawn heads for the cards of sample people: nobody's face, and different enough to tell two cards apart.
 * Prepared as any photo is.
 */
export async function drawSilhouettes(): Promise<Readonly<Record<'L' | 'P', readonly Buffer[]>>> {
  const draw = async (sex: 'L' | 'P', n: number): Promise<Buffer> => {
    const png = await sharp(Buffer.from(headSvg(sex, n)))
      .png()
      .toBuffer();
    const photo = await preparePhoto(png);
    if (!photo.ok) throw new Error(`a drawn head was refused: ${photo.reason}`);
    return photo.jpeg;
  };
  const eight = (sex: 'L' | 'P') => Promise.all(Array.from({ length: 8 }, (_, n) => draw(sex, n)));
  const [L, P] = await Promise.all([eight('L'), eight('P')]);
  return { L, P };
}

function headSvg(sex: 'L' | 'P', n: number): string {
  const skin = SKINS[n % SKINS.length] ?? '#c99a6e';
  const cloth = CLOTHES[(n * 5 + (sex === 'P' ? 2 : 0)) % CLOTHES.length] ?? '#2f5d7c';
  const background = n % 2 === 0 ? '#c8413c' : '#3a66b0';
  const hair = '#2b2320';
  const veil = VEILS[n % VEILS.length] ?? '#274b45';
  const veiled = sex === 'P' && n < 5;
  const face = `<ellipse cx="240" cy="270" rx="${92 + (n % 3) * 5}" ry="118" fill="${skin}"/>`;
  const head = veiled
    ? `<path d="M96 640 C84 380 96 120 240 118 C384 120 396 380 384 640Z" fill="${veil}"/>
       <ellipse cx="240" cy="286" rx="84" ry="104" fill="${skin}"/>
       <path d="M150 372 C190 420 290 420 330 372 L356 560 L124 560Z" fill="${veil}"/>`
    : sex === 'P'
      ? `<path d="M128 470 C110 240 140 126 240 126 C340 126 370 240 352 470Z" fill="${hair}"/>${face}
         <path d="M150 236 C170 160 310 160 330 236 C300 200 190 196 150 236Z" fill="${hair}"/>`
      : `${face}<path d="M146 262 C132 140 348 140 334 262 C322 206 300 ${190 + (n % 3) * 8} 240 ${190 + (n % 3) * 8} C180 ${190 + (n % 3) * 8} 158 206 146 262Z" fill="${hair}"/>`;
  const neck = veiled ? '' : `<path d="M204 360 h72 v90 h-72z" fill="${skin}"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="640" viewBox="0 0 480 640">
    <rect width="480" height="640" fill="${background}"/>
    ${sex === 'P' && !veiled ? '' : neck}
    <path d="M40 640 C50 500 150 436 240 436 C330 436 430 500 440 640Z" fill="${cloth}"/>
    ${sex === 'P' && !veiled ? neck : ''}
    ${head}
    ${veiled ? '' : `<path d="M196 438 L240 500 L284 438 L270 432 L240 470 L210 432Z" fill="#f4f1ea"/>`}
  </svg>`;
}
