import type { CorrectableField, FieldName } from '../../domain/form-fields.ts';
import { plainDateIn } from '../../domain/plain-date.ts';
import { formatDate, formatDateTime } from '../../i18n/format.ts';
import { type MemberHistoryEvent, type MemberRevision, OTHERS_PHOTO } from '../../usecases/read-member.ts';
import type { Tone } from '../components/attributes.ts';
import { Compare } from '../components/definition-list.tsx';
import { Details } from '../components/details.tsx';
import { Timeline } from '../components/timeline.tsx';
import { valueText } from '../desk/words.ts';
import { textsOf } from '../frame.tsx';
import type { MemberProps } from './member-page.tsx';
import { memberReason } from './member-words.tsx';

const TONES: Partial<Record<MemberHistoryEvent['kind'], Tone>> = {
  joined: 'success',
  renewed: 'success',
  resumed: 'success',
  reactivated: 'success',
  suspended: 'danger',
  ended: 'danger',
  cleared: 'accent',
};

/** What happened to the membership, newest first. */
export function MemberHistory({ c, member }: MemberProps) {
  const all = textsOf(c);
  const { view, event: words } = all.members;
  const lang = c.get('lang');
  const library = c.get('library');
  const { timezone } = library.settings.profile;
  return (
    <section class="dp-panel" aria-labelledby="riwayat">
      <h2 id="riwayat">{view.history}</h2>
      {member.events.length === 0 && <p class="dp-muted">{view.noHistory}</p>}
      <Timeline
        entries={member.events.map((event) => {
          const day = plainDateIn(timezone, event.effectiveAt);
          const meta = [
            formatDateTime(lang, event.at, timezone),
            day === plainDateIn(timezone, event.at) ? '' : view.effective(formatDate(lang, day)),
            event.by === null ? '' : view.by(event.by),
          ];
          const moved = event.validUntil !== event.oldValidUntil && event.validUntil !== null;
          return {
            title: (
              <>
                <strong>{words[event.kind]}</strong>
                {moved && ` ${words.until(formatDate(lang, event.validUntil ?? ''))}`}
                {event.reason !== null && `: ${memberReason(library, all, lang, event.reason)}`}
                {event.of !== null && ` (${all.merge.of(event.of)})`}
              </>
            ),
            meta: meta.filter((part) => part !== '').join(', '),
            at: event.at.toISOString(),
            tone: TONES[event.kind],
          };
        })}
      />
    </section>
  );
}

/** Before and after of every change of data, each opened only when wanted. */
export function MemberRevisions(props: MemberProps) {
  const { view } = textsOf(props.c).members;
  if (props.member.revisions.length === 0) return null;
  return (
    <section class="dp-panel" aria-labelledby="perubahan">
      <h2 id="perubahan">{view.revisions}</h2>
      {props.member.revisions.map((revision) => (
        <OneRevision {...props} revision={revision} />
      ))}
    </section>
  );
}

function OneRevision({ c, member, base, revision }: MemberProps & { readonly revision: MemberRevision }) {
  const texts = textsOf(c);
  const { view } = texts.members;
  const lang = c.get('lang');
  const words = { lang, texts, library: c.get('library') };
  const date = formatDateTime(lang, revision.at, words.library.settings.profile.timezone);
  const names = revision.fields.map((field) => texts.form.fields[field]).join(', ');
  const byNobody = revision.actorKind === 'system' ? view.bySystem : view.byApplicant;
  const by = revision.by === null ? byNobody : view.by(revision.by);
  const value = (side: 'before' | 'after', field: (typeof revision.fields)[number]) => {
    if (field !== 'photo')
      return valueText(words, field as FieldName, revision[side], member.villages) || view.none;
    const id = (revision[side] as Readonly<Partial<Record<CorrectableField, string>>>).photo ?? '';
    if (id === '') return view.photoNone;
    if (id === OTHERS_PHOTO) return view.photoOther;
    return (
      <img
        class="dp-photo dp-photo--small"
        src={`${base}/foto/${id}`}
        alt={side === 'before' ? view.photoBefore : view.photoAfter}
        width="60"
        height="80"
        loading="lazy"
      />
    );
  };
  return (
    <Details summary={`${date}: ${names}`}>
      <p class="dp-small dp-muted">
        {by}
        {revision.evidence !== null &&
          ` · ${view.evidence}: ${memberReason(words.library, texts, lang, revision.evidence)}`}
      </p>
      <Compare
        caption={view.revisionCaption(date)}
        fieldLabel={view.field}
        columns={[view.before, view.after]}
        differsText=""
        rows={revision.fields.map((field) => ({
          label: texts.form.fields[field],
          values: [value('before', field), value('after', field)],
          differs: [false, false],
        }))}
      />
    </Details>
  );
}
