import { expect, it } from 'vitest';
import { readJpegHead } from './jpeg-head.ts';

const frame = [0xff, 0xc0, 0, 11, 8, 0, 40, 0, 30, 3, 1, 0x11, 0];
const comment = [0xff, 0xfe, 0, 4, 65, 66];

it('reads size and colours from the frame, wherever it stands', () => {
  expect(readJpegHead(Uint8Array.from([0xff, 0xd8, ...comment, ...frame]))).toEqual({
    width: 30,
    height: 40,
    components: 3,
  });
});

it('takes nothing else for a picture: text, half a file, a frame of no size, a length that leads nowhere', () => {
  const broken = [
    [],
    [1, 2, 3],
    [0xff, 0xd8],
    [0xff, 0xd8, 0xff, 0xe0, 1, 2, 3],
    [0xff, 0xd8, ...comment, 0x20, ...frame],
    [0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 0, 0, 30, 3, 1, 0x11, 0],
    [0xff, 0xd8, 0xff, 0xfe, 0xff, 0xff, 0, 0, 0, 0, 0, 0],
  ];
  for (const bytes of broken) expect(readJpegHead(Uint8Array.from(bytes))).toBeUndefined();
});
