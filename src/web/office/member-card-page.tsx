import type { Context } from 'hono';
import { raw } from 'hono/html';
import type { MemberId } from '../../domain/ids.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { PageHeader } from '../components/page-header.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { officePage } from './office-page.tsx';

/** The KTA online for the member who stands there: scanned from this screen, or typed by its short code. */
export function ktaPage(
  c: Context<LibraryEnv>,
  props: {
    readonly memberId: MemberId;
    readonly name: string;
    readonly address: string | null;
    readonly code: string | null;
    /** SVG */
    readonly qr: string | null;
    readonly replaced: boolean;
  },
) {
  const { members } = textsOf(c);
  const { kta, back } = members.form;
  const { address, qr, code } = props;
  return officePage(
    c,
    {
      area: 'members',
      title: kta.title,
      back: { href: `/${c.get('library').slug}/anggota/${props.memberId}`, label: back },
      notices: props.replaced ? [{ tone: 'success', text: members.done.replaced }] : [],
    },
    <div class="dp-main--narrow">
      <PageHeader title={kta.title} eyebrow={props.name} lead={address === null ? undefined : kta.lead} />
      {address === null || qr === null ? (
        <EmptyState icon="card" title={kta.none} />
      ) : (
        <div class="dp-panel dp-handover">
          <span class="dp-qr">{raw(qr)}</span>
          <div class="dp-stack" data-gap="s">
            {code !== null && (
              <p>
                {kta.code}
                <span class="dp-big dp-code">{code}</span>
              </p>
            )}
            <p class="dp-small dp-muted">{kta.address}</p>
            <p class="dp-small dp-wraps">{address}</p>
          </div>
        </div>
      )}
    </div>,
  );
}
