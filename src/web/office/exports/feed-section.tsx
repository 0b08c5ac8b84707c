import { may } from '../../../domain/permissions.ts';
import { textsOf } from '../../frame.tsx';
import type { FeedPanelProps } from './feed-view.ts';
import { PullPanel } from './pull-panel.tsx';

/** "Umpan otomatis": members that another system fetches as a file. */
export function FeedSection({ c, feeds, when, done }: Omit<FeedPanelProps, 'runs'>) {
  const { feeding: text } = textsOf(c).office;
  const props = { c, feeds, when, done, runs: may(c.get('officer')?.roles ?? [], 'export.run') };
  return (
    <section id="umpan" class="dp-feeds" aria-labelledby="umpan-judul">
      <h2 id="umpan-judul">{text.title}</h2>
      <p class="dp-feeds__lead">{text.lead}</p>
      <p>
        <a href={`/${c.get('library').slug}/pengaturan/peminjaman`}>{text.live}</a>
      </p>
      <PullPanel {...props} />
    </section>
  );
}
