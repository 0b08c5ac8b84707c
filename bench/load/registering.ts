/** The registration form, filled by whoever has it before them: at home, at the kiosk, at the counter. */
import { formOf } from '../people.ts';
import { Broken, type Browser, type Page } from './browser.ts';
import type { Actor, LibraryGround } from './crowd.ts';
import { formTo } from './forms.ts';

/** Fills the form of the page with the next person and sends it. */
export async function register(actor: Actor, page: Page, action: string, leadsTo: string): Promise<Page> {
  const { browser, library, crowd } = actor;
  const form = formTo(page, page.path.split('?')[0] ?? '');
  const index = crowd.nextPerson();
  const typed = formOf(index, library.form);
  const like = library.applicants[index % Math.max(1, library.applicants.length)];
  for (const [name, value] of Object.entries(like ?? {})) typed.set(name, value);
  // The page's own: its key, and when it was opened.
  for (const [name, value] of form.hidden) if (value !== '') typed.set(name, value);
  // What is unusual about a number or a date was looked at twice.
  typed.set('yakin', '1');
  const done = await actor.act(action, 'write', () =>
    browser.submit({
      path: form.path,
      fields: [...typed],
      leaves: { what: 'registrations', to: leadsTo },
    }),
  );
  if (!done.path.startsWith(leadsTo))
    throw new Broken(`${action}: led to ${done.status} ${done.path.slice(0, 30)}`);
  return done;
}

/** Somebody who comes without having registered: the officer types. */
export async function fillNewCase(actor: Actor): Promise<Page> {
  const { browser, library } = actor;
  const base = `/${library.slug}/loket`;
  const form = await actor.act('case_form', 'look', () => browser.look(`${base}/baru`));
  await actor.think();
  return await register(actor, form, 'case_new', `${base}/`);
}

/** Somebody at home who is on nobody's file, before anything is measured. @returns the status page */
export async function registerBefore(browser: Browser, library: LibraryGround, index: number): Promise<Page> {
  const fields = [...formOf(index, library.form)];
  const page = await browser.submit({ path: `/${library.slug}/daftar`, fields, looksOnly: true });
  if (!page.path.includes('/permohonan/')) throw new Error(`a form was refused: ${page.status}`);
  return page;
}
