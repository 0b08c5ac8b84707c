import { describe, expect, it } from 'vitest';
import type { LibraryId } from '../domain/ids.ts';
import type { Wake } from '../usecases/context.ts';
import { openFeed } from './live-feed.ts';

const [ours, theirs] = [1 as LibraryId, 2 as LibraryId];
const wakeOf = (libraryId: LibraryId, subjectId: string): Wake => ({ libraryId, topic: 'case', subjectId });
const any = () => true;

describe('a page that has just been made', () => {
  it('has missed nothing where nothing happened since, and does not look again', () => {
    const feed = openFeed();
    feed.publish(wakeOf(ours, 'before'));
    expect(feed.hasMissed(ours, feed.mark(), any)).toBe(false);
  });

  it('has missed what happened to its own subject, not what happened elsewhere', () => {
    const feed = openFeed();
    const mark = feed.mark();
    feed.publish(wakeOf(theirs, 'a'));
    feed.publish(wakeOf(ours, 'b'));
    expect(feed.hasMissed(ours, mark, ({ subjectId }) => subjectId === 'a')).toBe(false);
    expect(feed.hasMissed(ours, mark, ({ subjectId }) => subjectId === 'b')).toBe(true);
  });

  it('is told to look again where nobody knows: another process made it, it is very old, or its mark is nonsense', () => {
    const feed = openFeed();
    const mark = feed.mark();
    expect(feed.hasMissed(ours, openFeed().mark(), any)).toBe(true);
    expect(feed.hasMissed(ours, 'nonsense', any)).toBe(true);
    expect(feed.hasMissed(ours, mark.replace('-0', '-99'), any)).toBe(true);
    for (let n = 0; n < 5_000; n++) feed.publish(wakeOf(theirs, String(n)));
    expect(feed.hasMissed(ours, mark, any)).toBe(true);
  });
});
