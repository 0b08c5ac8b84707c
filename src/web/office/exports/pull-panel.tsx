import { EXPORT_TARGETS, type FileTarget, isFileTarget } from '../../../domain/exporting/outgoing-member.ts';
import { formatNumber } from '../../../i18n/format.ts';
import { unsettled } from '../../../usecases/export-members.ts';
import { Button } from '../../components/button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Details } from '../../components/details.tsx';
import { textsOf } from '../../frame.tsx';
import { endOf, type FeedDone, type FeedPanelProps } from './feed-view.ts';

/** The files that another computer fetches: their tokens, and the line for its cron. */
export function PullPanel({ c, feeds, runs, when, done }: FeedPanelProps) {
  const { feeding, exporting } = textsOf(c).office;
  const { pull: text } = feeding;
  const library = c.get('library');
  const lang = c.get('lang');
  const base = `/${library.slug}/pengaturan/ekspor/umpan`;
  const targets = EXPORT_TARGETS.filter(isFileTarget);
  const lastFile = (target: FileTarget): string => {
    const record = feeds.last.get(target);
    if (record === undefined) return text.never;
    if (record.state === 'running') return exporting.states.running;
    const at = when(endOf(record));
    return record.state === 'failed' ? text.brokenOff(at) : text.file(at, formatNumber(lang, record.sent));
  };
  const { made } = done;
  const open = targets.filter((target) => feeds.tokens.has(target) && target !== made?.target);
  return (
    <div class="dp-panel">
      <h3>{text.title}</h3>
      <p>{text.about}</p>
      <DataTable<FileTarget>
        caption={text.title}
        hiddenCaption
        rows={targets}
        empty=""
        stack
        columns={[
          {
            label: text.format,
            rowHeader: true,
            cell: (target) => {
              const refusal = unsettled(library, target);
              return (
                <>
                  {exporting.targets[target]}
                  {refusal !== null && (
                    <span class="dp-small dp-muted dp-block">{exporting.problemTitles[refusal]}</span>
                  )}
                </>
              );
            },
          },
          {
            label: text.state,
            cell: (target) => {
              const token = feeds.tokens.get(target);
              return token === undefined ? text.none : text.since(when(token.madeAt));
            },
          },
          { label: text.lastFile, cell: lastFile },
          {
            label: text.lastLook,
            cell: (target) => {
              const looked = feeds.tokens.get(target)?.lookedAt ?? null;
              return looked === null ? text.never : when(looked);
            },
          },
          ...(runs
            ? [
                {
                  label: text.actions,
                  hiddenLabel: true,
                  cell: (target: FileTarget) => {
                    const has = feeds.tokens.has(target);
                    const act = has ? text.renew : text.make;
                    const actOf = has ? text.renewOf : text.makeOf;
                    const name = exporting.targets[target];
                    return (
                      <div class="dp-row-buttons">
                        <form method="post" action={`${base}/${target}/token`}>
                          <Button variant="tertiary" attrs={{ 'aria-label': actOf(name) }}>
                            {act}
                          </Button>
                        </form>
                        {has && (
                          <form method="post" action={`${base}/${target}/cabut`}>
                            <Button
                              variant="tertiary"
                              tone="danger"
                              attrs={{ 'aria-label': text.revokeOf(name) }}
                            >
                              {text.revoke}
                            </Button>
                          </form>
                        )}
                      </div>
                    );
                  },
                },
              ]
            : []),
        ]}
      />
      {runs &&
        open.map((target) => (
          <Details summary={text.cronFor(exporting.targets[target])}>
            <pre class="dp-line">{cronLine(c, target, 'TOKEN')}</pre>
            <p>
              {text.cronToken} {text.cronAbout}
            </p>
          </Details>
        ))}
      <p class="dp-small dp-muted">{text.withdraw}</p>
    </div>
  );
}

/** A token just made, with the line that uses it: shown this once. */
export function NewToken({
  c,
  made,
}: Pick<FeedPanelProps, 'c'> & { readonly made: NonNullable<FeedDone['made']> }) {
  const { feeding, exporting } = textsOf(c).office;
  const { pull: text } = feeding;
  return (
    <section class="dp-panel dp-newcode dp-feeds__new" aria-labelledby="token-baru" role="status">
      <h2 id="token-baru">{text.newToken(exporting.targets[made.target])}</h2>
      <pre class="dp-line">{made.token}</pre>
      <p>{text.once}</p>
      <h3>{text.cron}</h3>
      <pre class="dp-line">{cronLine(c, made.target, made.token)}</pre>
      <p>{text.cronAbout}</p>
    </section>
  );
}

/**
 * Every quarter of an hour, a file of its own each time and for its owner's eyes; none where there was nobody, and never
 * half of one under the name of a whole one. A cron table reads `%` as the end of the line.
 */
function cronLine(c: FeedPanelProps['c'], target: FileTarget, token: string): string {
  const address = `${c.get('origin')}/${c.get('library').slug}/umpan/${target}`;
  const part = `${target}.part`;
  const extension = target.startsWith('inlislite') ? 'xlsx' : 'csv';
  return [
    '*/15 * * * * cd /srv/anggota && umask 077',
    `rm -f ${part}`,
    `curl -fsS -H "Authorization: Bearer ${token}" -o ${part} ${address}`,
    `test -s ${part}`,
    `mv ${part} ${target}-$(date +\\%Y\\%m\\%d-\\%H\\%M).${extension}`,
  ].join(' && ');
}
