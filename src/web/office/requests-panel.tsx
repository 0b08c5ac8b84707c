import type { Context } from 'hono';
import { may } from '../../domain/permissions.ts';
import type { MemberView } from '../../usecases/read-member.ts';
import { LinkButton } from '../components/button.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import type { MemberProps } from './member-page.tsx';
import type { Notice } from './office-page.tsx';

/** Above a member's page, where nobody overlooks it: the consent has to be the member's own since they are 18. */
export function ownConsentNotices(
  c: Context<LibraryEnv>,
  member: MemberView,
  base: string,
): readonly Notice[] {
  if (!member.waitsForOwn || !may(c.get('officer')?.roles ?? [], 'application.process')) return [];
  const { own } = textsOf(c).rights;
  const text = (
    <>
      <p>{own.forOfficer}</p>
      <p>
        <LinkButton href={`${base}/persetujuan-sendiri`} variant="secondary">
          {own.record}
        </LinkButton>
      </p>
    </>
  );
  return [{ tone: 'warning', text }];
}

/** On a member's page: a request for somebody without a phone. */
export function RightsPanel({ c, member, base }: MemberProps) {
  const { rights } = textsOf(c);
  if (member.masked || member.erased || !may(c.get('officer')?.roles ?? [], 'application.process'))
    return null;
  return (
    <section class="dp-panel dp-stack" data-gap="s" aria-labelledby="hak">
      <h2 id="hak">{rights.office.title}</h2>
      <LinkButton href={`${base}/permintaan`} variant="secondary" fullWidth>
        {rights.office.take}
      </LinkButton>
    </section>
  );
}
