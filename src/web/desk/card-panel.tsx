import { Button } from '../components/button.tsx';
import type { CasePanelProps } from './panel-props.ts';

/** Approval, the card, its print and its hand-over. */
export function CardPanel({ view, state, texts, base }: CasePanelProps) {
  if (!view.allowed.has('approve')) return <p class="dp-muted">{texts.desk.card.waiting}</p>;
  return (
    <form method="post" action={`${base}/setujui`}>
      <input type="hidden" name="versi" value={String(view.row.version)} />
      <Button fullWidth shortcut={state === 'current' ? 'Enter' : undefined}>
        {texts.desk.actions.endorse}
      </Button>
    </form>
  );
}
