import type { Context } from 'hono';
import { Alert } from '../components/alert.tsx';
import { StaffLayout } from '../components/staff-layout.tsx';
import type { LibraryEnv } from '../env.ts';
import { staffFrame, textsOf } from '../frame.tsx';
import type { Child } from '../jsx/jsx-runtime.ts';

export interface DeskPageProps {
  readonly title: string;
  readonly islands?: readonly string[];
  /** Said above everything: a refusal with what to do. */
  readonly notice?:
    | { readonly tone: 'info' | 'success' | 'warning' | 'danger'; readonly text: string }
    | undefined;
  /** Page that a lost connection and changes are followed by; `null` where nothing on the page is live. */
  readonly feed: string | null;
  /** Fills the window of a counter PC; see desk-fit.css. */
  readonly fit?: boolean;
  /** Where the scan form is drawn by the page itself. */
  readonly ownScanForm?: boolean;
  /** The number whose holder stands at the counter: a ticket scanned here is that person's. */
  readonly calledTicket?: string | undefined;
  /** A form somebody may have begun to fill: asked before a scan leaves it. */
  readonly keeps?: boolean;
}

/** The frame of the desk: keys, scanner and live parts on every one of its pages. */
export function deskPage(c: Context<LibraryEnv>, props: DeskPageProps, children: Child) {
  const { desk } = textsOf(c);
  return (
    <StaffLayout
      {...staffFrame(c, 'desk')}
      title={props.title}
      fit={props.fit}
      islands={['hotkeys', 'scanner-input', 'live-queue', ...(props.islands ?? [])]}
    >
      <desk-hotkeys />
      {props.feed !== null && (
        <live-queue data-feed={props.feed} data-mark={c.get('feedMark')} role="status">
          <div class="dp-live-lost" data-lost="" hidden>
            {desk.queue.lost}
          </div>
        </live-queue>
      )}
      {props.ownScanForm !== true && (
        <scanner-input data-confirm={props.keeps ? desk.keys.leave : undefined}>
          <form method="post" action={`/${c.get('library').slug}/loket/pindai`} hidden>
            <input type="hidden" name="kode" />
            {props.calledTicket && <input type="hidden" name="antrean" value={props.calledTicket} />}
            <button type="submit">{desk.queue.scanGo}</button>
          </form>
        </scanner-input>
      )}
      {props.notice && (
        <Alert tone={props.notice.tone} live="alert">
          <p>{props.notice.text}</p>
        </Alert>
      )}
      {children}
    </StaffLayout>
  );
}
