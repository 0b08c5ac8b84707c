import type { Context } from 'hono';
import { readMember } from '../../usecases/read-member.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { memberIdOf } from './input.ts';
import { doneText } from './member-done.ts';
import { mergeNews } from './member-merge-words.ts';
import { memberPage } from './member-page.tsx';
import type { Notice } from './office-page.tsx';

/** The page of one member, with what has just happened above it. */
export async function showMember(c: Context<LibraryEnv>, deps: WebDeps, notices: readonly Notice[]) {
  const id = memberIdOf(c);
  const member = id && (await readMember(deps.db, deps, scopeOf(c, deps), id));
  if (!member) return c.notFound();
  // The old number leads to who stands for it.
  if (member.mergedInto !== null)
    return c.redirect(`/${c.get('library').slug}/anggota/${member.mergedInto}?gabung=old-number`, 303);
  const { done } = textsOf(c).members;
  const { office, own } = textsOf(c).rights;
  const right = { minta: office.takeDone, sendiri: own.done }[c.req.query('hak') ?? ''];
  const words = [...doneText(c, member.validUntil), ...mergeNews(c), ...(right === undefined ? [] : [right])];
  const said: Notice[] = words.map((text) => ({
    tone: 'success',
    text,
  }));
  const doubt: Notice[] =
    c.req.query('jenis') === 'periksa' && member.allowed.has('correct')
      ? [
          {
            tone: 'warning',
            text: (
              <p>
                {done.typeInDoubt}{' '}
                <a href={`/${c.get('library').slug}/anggota/${member.id}/ubah#member_type`}>
                  {done.checkType}
                </a>
              </p>
            ),
          },
        ]
      : [];
  return memberPage(c, member, deps.now(), notices.length > 0 ? notices : [...said, ...doubt]);
}
