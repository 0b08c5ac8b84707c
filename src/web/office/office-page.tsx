import type { Context } from 'hono';
import { Alert } from '../components/alert.tsx';
import type { Tone } from '../components/attributes.ts';
import { Icon } from '../components/icon.tsx';
import { StaffLayout } from '../components/staff-layout.tsx';
import type { LibraryEnv } from '../env.ts';
import { type StaffArea, staffFrame, textsOf } from '../frame.tsx';
import type { Child } from '../jsx/jsx-runtime.ts';

export interface Notice {
  readonly tone: Extract<Tone, 'info' | 'success' | 'warning' | 'danger'>;
  readonly text: Child;
}

export interface OfficePageProps {
  readonly area: StaffArea | null;
  readonly title: string;
  /** The page above this one. */
  readonly back?: { readonly href: string; readonly label: string } | undefined;
  readonly notices?: readonly Notice[] | undefined;
  readonly islands?: readonly string[] | undefined;
  readonly head?: Child | undefined;
}

/** The frame of the office's pages: keys of the areas, the way back, what has just happened. */
export function officePage(c: Context<LibraryEnv>, props: OfficePageProps, children: Child) {
  return c.html(
    <StaffLayout
      {...staffFrame(c, props.area)}
      title={props.title}
      islands={['hotkeys', ...(props.islands ?? [])]}
      head={props.head}
    >
      <desk-hotkeys />
      {props.back && (
        <p class="dp-back">
          <a href={props.back.href}>
            <Icon name="back" /> {props.back.label}
          </a>
        </p>
      )}
      {(props.notices ?? []).map((notice) => (
        <Alert tone={notice.tone} live={notice.tone === 'danger' ? 'alert' : 'status'}>
          {notice.text}
        </Alert>
      ))}
      {children}
    </StaffLayout>,
  );
}

/** Somebody saved in between: what was typed still stands on the page, the newest state opens beside it. */
export function conflictNotice(c: Context<LibraryEnv>, latest: string): Notice {
  const { conflict } = textsOf(c).office.settings;
  return keptNotice(c, conflict, latest);
}

/** Why nothing was saved, with the way to the newest state. */
export function keptNotice(c: Context<LibraryEnv>, text: string, latest: string): Notice {
  return {
    tone: 'danger',
    text: (
      <>
        {text}{' '}
        <a href={latest} target="_blank" rel="noopener">
          {textsOf(c).office.settings.latest}
        </a>
      </>
    ),
  };
}
