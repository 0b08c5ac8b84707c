import { describe, expect, it } from 'vitest';
import { heldOutSet, LISTS } from './generate.ts';

const plan = { seed: 't', existing: 600, incoming: 300 } as const;

describe('a held-out set', () => {
  it.each(LISTS)('%s is the same for the same seed, and its truth names rows that are there', (list) => {
    const set = heldOutSet({ list, ...plan });
    expect(heldOutSet({ list, ...plan })).toEqual(set);
    expect(heldOutSet({ list, ...plan, seed: 'u' }).incoming).not.toEqual(set.incoming);
    const ids = new Set(set.existing.map(({ id }) => id));
    const named = set.incoming.flatMap(({ id }) => set.truth.get(id)?.existingId ?? []);
    expect(set.truth.size).toBe(set.incoming.length);
    expect(named.every((id) => ids.has(id))).toBe(true);
    expect(new Set(named).size).toBe(named.length);
    expect(named.length).toBeGreaterThan(30);
    expect(named.length).toBeLessThan(270);
  });

  it('holds nobody who could be real', () => {
    const { existing, incoming } = heldOutSet({ list: 'counter', ...plan });
    for (const { nik, kk, email } of existing) {
      expect(nik).toMatch(/^(?:99\d{14})?$/);
      expect(kk).toMatch(/^(?:99\d{14})?$/);
      expect(email).toMatch(/^$|\.example$/);
    }
    expect(incoming.filter(({ name }) => name === '')).toEqual([]);
  });
});
