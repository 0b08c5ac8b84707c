import { Button } from '../components/button.tsx';
import { Details } from '../components/details.tsx';
import { PeopleAlike } from './cross-check-panel.tsx';
import { type CaseFormProps, FormError, Version } from './form-parts.tsx';
import { codedText } from './words.ts';

/** What the Sub Koordinator decides, with who asked and why. */
export function ExceptionForm(props: CaseFormProps) {
  const { view, texts, lang, library, base, form, now } = props;
  const { escalation } = texts.desk;
  const { settings } = library;
  const asked = view.escalation;
  if (asked === null) return null;
  const list = asked.kind === 'no_document' ? settings.noDocumentReasons : settings.rejectionReasons;
  const what = [escalation.kinds[asked.kind], asked.code === '' ? '' : codedText(lang, list, asked.code)]
    .filter((part) => part !== '')
    .join(', ');
  const officer = view.officers.get(view.row.escalated_by ?? '') ?? '';
  const sentence = <p>{escalation.asked(officer, what)}</p>;
  if (!view.allowed.has('decide_exception')) return sentence;
  const isDuplicate = asked.kind === 'duplicate';
  return (
    <>
      {isDuplicate && view.candidates.length > 0 && <PeopleAlike {...props} />}
      <form method="post" action={`${base}/putusan`} class="dp-stack dp-answers" data-gap="s">
        <Version view={view} />
        <input type="hidden" name="mulai" value={now.toISOString()} />
        {sentence}
        <div class="dp-decide">
          <Button fullWidth name="putusan" value="allow" shortcut="Enter">
            {isDuplicate ? escalation.allowNew : escalation.allow}
          </Button>
          {isDuplicate &&
            view.candidates.flatMap((candidate, index) =>
              candidate.kind === 'member'
                ? [
                    <Button
                      fullWidth
                      variant="secondary"
                      name="putusan"
                      value={`already_member:${candidate.id}`}
                      shortcut={index < 4 ? String(index + 5) : undefined}
                    >
                      {texts.desk.crossCheck.member(candidate.number)}: {texts.desk.already.title}
                    </Button>,
                  ]
                : [],
            )}
          <Button fullWidth variant="secondary" name="putusan" value="return" shortcut="L">
            {escalation.back}
          </Button>
        </div>
        <FormError error={form.errors.alasan} />
        {isDuplicate ? (
          <Details summary={escalation.refuse}>
            <Reasons {...props} />
          </Details>
        ) : (
          <>
            <p class="dp-small">{escalation.refuse}</p>
            <Reasons {...props} />
          </>
        )}
      </form>
    </>
  );
}

function Reasons({ lang, library }: CaseFormProps) {
  const { rejectionReasons } = library.settings;
  return (
    <div class="dp-reasons">
      {rejectionReasons.map(({ code }) => (
        <Button variant="tertiary" tone="danger" name="putusan" value={`refuse:${code}`}>
          {codedText(lang, rejectionReasons, code)}
        </Button>
      ))}
    </div>
  );
}
