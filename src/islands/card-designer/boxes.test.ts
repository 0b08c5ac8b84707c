import { describe, expect, it } from 'vitest';
import { cornersOf, moveBox, resizeBox } from './boxes.ts';

const name = { x: 31.2, y: 20, width: 40, height: 8 };
const photo = { x: 4, y: 17.6, width: 23.7, height: 31.6 };

describe('a part that is dragged', () => {
  it('goes to the grid of half a millimetre where no line is near', () => {
    expect(moveBox(name, { x: 3.1, y: 3.3 }, [])).toEqual({ ...name, x: 34.5, y: 23.5 });
  });

  it('is drawn to the safe zone by the edge that is near', () => {
    expect(moveBox(name, { x: -28.6, y: 0 }, []).x).toBeCloseTo(3, 6);
    const right = moveBox(name, { x: 11.2, y: 0 }, []);
    expect(right.x + right.width).toBeCloseTo(82.6, 6);
  });

  it('is drawn to the edge of a neighbour, exactly', () => {
    expect(moveBox(name, { x: 0, y: -2.2 }, [photo]).y).toBeCloseTo(17.6, 6);
    expect(moveBox(name, { x: -3.2, y: 5 }, [photo]).x).toBeCloseTo(27.7, 6);
  });

  it('is made larger by its corner, the other corner stays', () => {
    const larger = resizeBox(name, { x: 2.1, y: 1.4 }, cornersOf('dp-grip-se'), []);
    expect(larger).toMatchObject({ x: 31.2, y: 20 });
    expect(larger.x + larger.width).toBeCloseTo(73.5, 6);
    expect(larger.y + larger.height).toBeCloseTo(29.5, 6);
    const upper = resizeBox(name, { x: -1.2, y: -2 }, cornersOf('dp-grip-nw'), []);
    expect(upper.x + upper.width).toBeCloseTo(71.2, 6);
    expect(upper.y + upper.height).toBeCloseTo(28, 6);
  });

  it('never becomes smaller than a millimetre', () => {
    expect(resizeBox(name, { x: -90, y: -90 }, cornersOf('se'), [])).toMatchObject({ width: 1, height: 1 });
    expect(resizeBox(name, { x: 90, y: 90 }, cornersOf('nw'), [])).toMatchObject({ width: 1, height: 1 });
  });
});
