import { describe, expect, it } from 'vitest';
import {
  activate,
  addKnown,
  addNextRoot,
  complete,
  type KeyRing,
  ringOfRoot,
  takeNextRoot,
} from '../db/key-ring.ts';
import { dataKeyLines, overdueNote } from './key-lines.ts';

const began = new Date('2026-03-02T01:00:00Z');
const later = (days: number) => new Date(began.getTime() + days * 86_400_000);
const first = ringOfRoot(new Uint8Array(32), 'keys.json');
const said = (ring: KeyRing, since: Date | undefined, now: Date) => dataKeyLines(ring, since, now).join('\n');

function rotated(at: Date, done: Date | null): KeyRing {
  const more = addKnown(first, new Uint8Array(32).fill(1), at);
  if (!more) throw new Error('no number left');
  const ring = activate(more.ring, more.added.id);
  return done === null ? ring : complete(ring, done);
}

describe('the list of data keys', () => {
  it('says that the first key, which is as old as the installation, is over its year', () => {
    expect(said(first, began, later(365))).not.toContain('longer than a year');
    expect(said(first, began, later(366))).toContain(
      'Key 1 has been in use since 2026-03-02, longer than a year',
    );
    // Nothing is sealed yet.
    expect(said(first, undefined, later(366))).toBe('  1 active \nRoot 1');
  });

  it('goes by the date of the key in use, not of those before it', () => {
    const ring = rotated(later(300), later(301));
    expect(said(ring, began, later(400))).not.toContain('longer than a year');
    expect(said(ring, began, later(666))).toContain(
      'Key 2 has been in use since 2026-12-27, longer than a year',
    );
  });

  it('names what a finished rotation leaves to be forgotten, and goes on with one that is not', () => {
    expect(said(rotated(later(300), later(301)), began, later(302))).toContain('forget-data-key 1');
    const open = said(rotated(later(300), null), began, later(302));
    expect(open).toContain('not finished');
    expect(open).not.toContain('forget-data-key');
  });

  it('says when the root is over its year, is half replaced, or has one before it', () => {
    expect(said(first, began, later(365))).not.toContain('Root 1 is older');
    expect(said(first, began, later(366))).toContain('Root 1 is older than a year');
    const known = addNextRoot(first, new Uint8Array(32).fill(9));
    if (!known) throw new Error('no number left');
    expect(said(known, began, later(366))).toContain('Root 2 is there and not in use yet');
    const taken = takeNextRoot(known, later(366));
    expect(said(taken, began, later(700))).not.toContain('Root 2 is older');
    expect(said(taken, began, later(800))).toContain('Root 2 is older than a year');
    expect(said(taken, began, later(367))).toContain('forget-root');
  });

  it('of a key of the environment says that its age is not known here', () => {
    const ring = { ...rotated(later(300), null), file: null };
    const bare = { ...ring, keys: ring.keys.map((key) => ({ ...key, madeAt: null })) };
    expect(said(bare, began, later(400))).toContain('When key 2 was made is kept where the keys come from');
  });
});

it('a library’s key is marked while it is in use for longer than a year', () => {
  expect(overdueNote({ state: 'active', madeAt: began }, later(366))).toContain('older than a year');
  expect(overdueNote({ state: 'active', madeAt: began }, later(365))).toBe('');
  expect(overdueNote({ state: 'retired', madeAt: began }, later(366))).toBe('');
});
