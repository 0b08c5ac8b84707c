import { may } from '../../domain/permissions.ts';
import { plainDateIn } from '../../domain/plain-date.ts';
import { formatTicketCode } from '../../domain/ticket-code.ts';
import { formatShortDate } from '../../i18n/format.ts';
import type { MemberView } from '../../usecases/read-member.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { textsOf } from '../frame.tsx';
import type { MemberProps } from './member-page.tsx';

/** Old numbers that lead here, people this member was told apart from, and the way to ask for more. */
export function DoublesPanel({ c, member, base }: MemberProps) {
  const { panel } = textsOf(c).merge;
  const roles = c.get('officer')?.roles ?? [];
  if (member.masked || member.erased) return null;
  return (
    <section class="dp-panel" aria-labelledby="kembar">
      <h2 id="kembar">{panel.title}</h2>
      <div class="dp-stack" data-gap="s">
        {member.merges.length > 0 && (
          <ul class="dp-bare dp-rows">
            {member.merges.map((merge) => (
              <OldNumber c={c} base={base} merge={merge} />
            ))}
          </ul>
        )}
        {member.toldApart.length > 0 && (
          <>
            <h3 class="dp-small">{panel.notAlso}</h3>
            <ul class="dp-bare dp-rows">
              {member.toldApart.map((pair) => (
                <NotThisOne c={c} base={base} pair={pair} />
              ))}
            </ul>
          </>
        )}
        {may(roles, 'application.process') && (
          <LinkButton href={`${base}/kembar`} variant="secondary" fullWidth>
            {panel.find}
          </LinkButton>
        )}
      </div>
    </section>
  );
}

type Part = Pick<MemberProps, 'c' | 'base'>;

function dayOf({ c }: Part, at: Date): string {
  return formatShortDate(c.get('lang'), plainDateIn(c.get('library').settings.profile.timezone, at));
}

function OldNumber(props: Part & { readonly merge: MemberView['merges'][number] }) {
  const { c, base, merge } = props;
  const { panel, reasons } = textsOf(c).merge;
  const words: Readonly<Record<string, string>> = reasons;
  const by = merge.by === null ? '' : panel.by(merge.by);
  return (
    <li>
      <strong>{panel.merged(merge.number)}</strong>
      <span class="dp-small dp-muted">
        {panel.mergedAbout(dayOf(props, merge.at), by, words[merge.reason] ?? merge.reason)}
      </span>
      <div class="dp-row">
        {merge.undoable && may(c.get('officer')?.roles ?? [], 'member.merge') && (
          <LinkButton href={`${base}/pisah/${merge.id}`} variant="tertiary">
            {panel.separate}
          </LinkButton>
        )}
        {merge.applicationId !== null && (
          <LinkButton href={`/${c.get('library').slug}/loket/${merge.applicationId}`} variant="tertiary">
            {panel.oldCase}
          </LinkButton>
        )}
      </div>
    </li>
  );
}

function NotThisOne(props: Part & { readonly pair: MemberView['toldApart'][number] }) {
  const { c, base, pair } = props;
  const { panel, differentReasons } = textsOf(c).merge;
  const { slug } = c.get('library');
  const words: Readonly<Record<string, string>> = differentReasons;
  const isMember = pair.other.kind === 'member';
  const whom = isMember ? panel.member(pair.other.label) : panel.openCase(formatTicketCode(pair.other.label));
  const by = pair.byName === null ? '' : panel.by(pair.byName);
  return (
    <li>
      <a href={`/${slug}/${isMember ? 'anggota' : 'loket'}/${pair.other.id}`}>{pair.other.name || whom}</a>
      <span class="dp-small dp-muted">
        {whom} · {panel.decided(dayOf(props, pair.at), by, words[pair.reason] ?? pair.reason)}
      </span>
      {may(c.get('officer')?.roles ?? [], 'application.process') && (
        <form method="post" action={`${base}/kembar/tanya-lagi`}>
          <input type="hidden" name="keputusan" value={pair.id} />
          <Button variant="tertiary" attrs={{ 'aria-label': panel.askAgainOf(whom) }}>
            {panel.askAgain}
          </Button>
        </form>
      )}
    </li>
  );
}
