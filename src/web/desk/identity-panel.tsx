import type { DocumentForm, DocumentType } from '../../domain/procedure.ts';
import { formatTime } from '../../i18n/format.ts';
import { Button } from '../components/button.tsx';
import { Details } from '../components/details.tsx';
import type { CasePanelProps } from './panel-props.ts';
import { codedText, documentName } from './words.ts';

interface Shown {
  readonly type: DocumentType;
  readonly form: DocumentForm;
}

/** Which document was shown and how: one press for all of it. */
export function IdentityPanel(props: CasePanelProps) {
  const { view, state, texts, base, lang, library } = props;
  const { identity } = texts.desk;
  if (state === 'done') return <SeenLine {...props} />;
  if (!view.allowed.has('see_identity')) return <p class="dp-muted">{identity.ask}</p>;
  const declaredNone = view.values.document_type === 'none' && view.allowed.has('escalate');
  const choices = choicesOf(props);
  const first = declaredNone ? undefined : choices[0];
  const others = first === undefined ? choices : choices.slice(1);
  const seen = view.history.identityChecks.flatMap((check) =>
    check.documentType === null ? [] : [check.documentType],
  );
  const label = ({ type, form }: Shown) => `${documentName(texts, type)} ${identity.forms[form]}`;
  const reasons = library.settings.noDocumentReasons;
  return (
    <div class="dp-stack" data-gap="s">
      <p>{identity.ask}</p>
      {view.procedure.documentsRule === 'all' && (
        <p class="dp-small dp-muted">
          {identity.more} {seen.map((type) => `${documentName(texts, type)}: ${identity.shown}`).join(', ')}
        </p>
      )}
      {declaredNone && (
        <form method="post" action={`${base}/ke-koordinator`}>
          <input type="hidden" name="jenis" value="no_document" />
          <Button fullWidth name="alasan" value={view.row.no_document_reason ?? ''} shortcut="Enter">
            {identity.exceptionAsk(codedText(lang, reasons, view.row.no_document_reason ?? ''))}
          </Button>
        </form>
      )}
      <form method="post" action={`${base}/identitas`} class="dp-stack" data-gap="s">
        {first && (
          <Button fullWidth name="dokumen" value={`${first.type}:${first.form}`} shortcut="Enter">
            {label(first)}, {identity.matches}
          </Button>
        )}
        <div class="dp-keygrid">
          {others.slice(0, 9).map((shown, index) => (
            <Button
              variant="secondary"
              name="dokumen"
              value={`${shown.type}:${shown.form}`}
              shortcut={String(index + 1)}
            >
              {label(shown)}
            </Button>
          ))}
        </div>
      </form>
      {view.allowed.has('escalate') && (
        <Details summary={identity.noDocument}>
          <p class="dp-small dp-muted">{identity.noDocumentAbout}</p>
          <form method="post" action={`${base}/ke-koordinator`} class="dp-keygrid">
            <input type="hidden" name="jenis" value="no_document" />
            {reasons.map((reason) => (
              <Button variant="tertiary" name="alasan" value={reason.code}>
                {codedText(lang, reasons, reason.code)}
              </Button>
            ))}
          </form>
        </Details>
      )}
    </div>
  );
}

/**
 * The document the applicant named comes first, in the form the procedure names first; those shown already are left out,
 * until all were: what was corrected since is compared with any of them.
 */
function choicesOf({ view }: CasePanelProps): readonly Shown[] {
  const seen = new Set(view.history.identityChecks.map((check) => check.documentType));
  const { documents, documentsRule } = view.procedure;
  const unseen = documentsRule === 'all' ? documents.filter(({ type }) => !seen.has(type)) : [];
  const waiting = unseen.length > 0 ? unseen : documents;
  const declared = view.row.document_type;
  const ordered = [...waiting].sort(
    (one, other) => Number(other.type === declared) - Number(one.type === declared),
  );
  return ordered.flatMap(({ type, forms }) => forms.map((form) => ({ type, form })));
}

function SeenLine({ view, texts, lang, library }: CasePanelProps) {
  const { identity } = texts.desk;
  return (
    <>
      {view.history.identityChecks.map((check) => {
        const what =
          check.documentType === null || check.documentForm === null
            ? identity.exception(
                codedText(lang, library.settings.noDocumentReasons, check.exceptionReason ?? ''),
              )
            : identity.done(documentName(texts, check.documentType), identity.forms[check.documentForm]);
        const time = formatTime(lang, check.at, library.settings.profile.timezone);
        return (
          <p>
            {what}{' '}
            <span class="dp-muted dp-small">
              {identity.seenBy(view.officers.get(check.officerId) ?? '', time)}
            </span>
          </p>
        );
      })}
    </>
  );
}
