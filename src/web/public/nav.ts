import type { Context } from 'hono';
import type { NavItem } from '../components/layout-parts.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';

/** The menu of a library's public pages. */
export function publicNav(c: Context<LibraryEnv>, current: 'service' | 'register' | 'sop' | null): NavItem[] {
  const base = `/${c.get('library').slug}`;
  const { nav } = textsOf(c).service;
  return [
    { href: base, label: nav.service, current: current === 'service' },
    { href: `${base}/daftar`, label: nav.register, current: current === 'register' },
    { href: `${base}/sop`, label: nav.sop, current: current === 'sop' },
  ];
}
