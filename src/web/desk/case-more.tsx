import { formatTime } from '../../i18n/format.ts';
import { QUEUE_PRIORITIES } from '../../usecases/queue-ticket.ts';
import { Button, LinkButton } from '../components/button.tsx';
import type { CasePanelProps } from './panel-props.ts';

/** What is done rarely, each with its key; only what is allowed now. */
export function OtherActions(props: CasePanelProps) {
  const { view, texts, base, library } = props;
  const { actions, case: words, queue } = texts.desk;
  const { allowed } = view;
  const links = [
    allowed.has('request_correction') && (['M', 'minta-perbaikan', actions.request] as const),
    allowed.has('escalate') && (['K', 'koordinator', actions.escalate] as const),
    allowed.has('reject') && (['T', 'tolak', actions.reject] as const),
    allowed.has('consent_as_guardian') &&
      view.isChild &&
      !(view.guardianMissing && view.heldByMe) &&
      (['W', 'wali', actions.consent] as const),
    allowed.has('attach_scan') &&
      view.takesScans &&
      view.heldByMe &&
      (['U', 'pindaian', actions.scan] as const),
    !view.identityStep && !view.masked && (['R', 'nomor', actions.reveal] as const),
    allowed.has('withdraw') && view.heldByMe && ([null, 'batal', actions.withdraw] as const),
  ].filter((each) => each !== false);
  // Two panels offer the same key: where the duplicates are judged, K is theirs.
  const isJudging = view.candidates.length > 0 && allowed.has('cross_check');
  return (
    <section class="dp-panel dp-more" aria-labelledby="tindakan" id="panel-tindakan" data-live="">
      <h2 id="tindakan" class="dp-sr">
        {words.otherActions}
      </h2>
      <div class="dp-more__grid">
        {links.map(([key, open, label]) => (
          <LinkButton
            href={`${base}?buka=${open}`}
            variant="tertiary"
            shortcut={key === null || (key === 'K' && isJudging) ? undefined : key}
          >
            {label}
          </LinkButton>
        ))}
        {allowed.has('release') && view.heldByMe && (
          <form method="post" action={`${base}/lepas`}>
            <Button variant="tertiary" fullWidth shortcut="L">
              {actions.release}
            </Button>
          </form>
        )}
        {view.ticket !== null && view.heldByMe && !view.row.done_acts.includes('see_identity') && (
          <form method="post" action={`/${library.slug}/loket/nomor/${view.ticket.id}/panggil`}>
            <input type="hidden" name="permohonan" value={view.row.id} />
            <Button variant="tertiary" fullWidth>
              {queue.callAgain}
            </Button>
          </form>
        )}
        {!view.masked && (
          <LinkButton
            href={`/${library.slug}/loket/baru?keluarga=${view.row.id}`}
            variant="tertiary"
            shortcut="F"
          >
            {words.nextFamily}
          </LinkButton>
        )}
        {!view.masked && (
          <LinkButton
            href={`/${library.slug}/permohonan/${view.statusToken}`}
            variant="tertiary"
            shortcut="H"
            attrs={{ target: '_blank', rel: 'noopener noreferrer' }}
          >
            {words.statusLink}
          </LinkButton>
        )}
      </div>
      {view.ticket !== null && view.heldByMe && (
        <form
          method="post"
          action={`/${library.slug}/loket/nomor/${view.ticket.id}/prioritas`}
          class="dp-row dp-more__priority"
        >
          <input type="hidden" name="permohonan" value={view.row.id} />
          <span class="dp-small dp-muted">{actions.priority}:</span>
          {[null, ...QUEUE_PRIORITIES].map((priority) => (
            <button
              type="submit"
              class="dp-pick"
              name="prioritas"
              value={priority ?? ''}
              aria-pressed={view.ticket?.priority === priority ? 'true' : 'false'}
            >
              {priority === null ? queue.ordinary : queue.priorities[priority]}
            </button>
          ))}
        </form>
      )}
    </section>
  );
}

/** Scans of this case: read one by one, each reading logged. */
export function ScanList({ view, texts, lang, library, base }: CasePanelProps) {
  const { scans } = texts.desk;
  if (view.scans.length === 0) return null;
  const mayRead = (view.heldByMe && view.row.state === 'in_review') || view.allowed.has('decide_exception');
  return (
    <section class="dp-panel" aria-labelledby="pindaian" id="panel-pindaian" data-live="">
      <h2 id="pindaian">{scans.title}</h2>
      <ul class="dp-plain">
        {view.scans.map((scan) => (
          <li>
            {scans[scan.kind]}{' '}
            <span class="dp-muted dp-small">
              {formatTime(lang, scan.at, library.settings.profile.timezone)}
            </span>{' '}
            {scan.deleted ? (
              <span class="dp-muted dp-small">({scans.deleted})</span>
            ) : (
              mayRead && (
                <a href={`${base}/pindaian/${scan.id}`} target="_blank" rel="noopener">
                  {scans.open}
                </a>
              )
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
