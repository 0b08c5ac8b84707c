import type { Context } from 'hono';
import { Button } from '../components/button.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { Chips } from './chips.tsx';
import { GroupFields, type GroupValues, type ShownProblem } from './group-form.tsx';
import { KioskLayout } from './kiosk-layout.tsx';
import { BackToStart } from './member-page.tsx';

export interface GroupPageProps {
  readonly values: GroupValues;
  readonly purpose: string;
  readonly submitKey: string;
  readonly problems: readonly ShownProblem[];
}

/** One form for a whole class; what was typed stays on every error. */
export function groupPage(c: Context<LibraryEnv>, props: GroupPageProps) {
  const { kiosk, form, common } = textsOf(c);
  const { group } = kiosk;
  const { slug, settings } = c.get('library');
  const lang = c.get('lang');
  const { problems } = props;
  return (
    <KioskLayout
      c={c}
      title={problems.length > 0 ? `${common.error.summaryTitle}: ${group.title}` : group.title}
      islands={['kiosk-sums']}
      idleSeconds={120}
    >
      <PageHeader eyebrow={settings.consents.visitNotice[lang]} title={group.title} lead={group.lead} />
      <ErrorSummary title={common.error.summaryTitle} intro={common.error.summaryIntro} errors={problems} />
      <form
        method="post"
        action={`/${slug}/buku-tamu`}
        class="dp-stack kp-group"
        autocomplete="off"
        novalidate
      >
        <input type="hidden" name="jenis" value="group" />
        <input type="hidden" name="kunci" value={props.submitKey} />
        <GroupFields
          kiosk={kiosk}
          form={form}
          optional={common.field.optional}
          values={props.values}
          problems={problems}
        />
        <Chips
          name="tujuan"
          legend={kiosk.purpose.label}
          value={props.purpose}
          error={problems.find((problem) => problem.field === 'tujuan')?.text}
          choices={settings.services
            .filter((service) => service.active)
            .map((service) => ({ value: service.code, label: service.name[lang] }))}
        />
        <Button fullWidth>{group.submit}</Button>
      </form>
      <BackToStart c={c} />
    </KioskLayout>
  );
}
