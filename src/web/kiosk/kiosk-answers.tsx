import type { Context } from 'hono';
import type { LibraryEnv } from '../env.ts';
import { clearDeviceCookie } from './device-cookie.ts';
import { enrolPage } from './start-page.tsx';

/** Back to where the next visitor begins. */
export function toStart(c: Context<LibraryEnv>) {
  return c.redirect(`/${c.get('library').slug}/buku-tamu`, 303);
}

/** Not an enrolled device, or no longer: only the field for the pairing code. */
export function refuseStranger(c: Context<LibraryEnv>) {
  clearDeviceCookie(c);
  return c.html(enrolPage(c, null), 403);
}
