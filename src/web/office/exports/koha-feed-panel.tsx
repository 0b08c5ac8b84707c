import { FEED_EVERY, type KohaFeedProblem } from '../../../domain/exporting/feed.ts';
import { formatNumber } from '../../../i18n/format.ts';
import type { FeedTexts } from '../../../i18n/id/office/feed.ts';
import { unsettled } from '../../../usecases/export-members.ts';
import type { ShownKohaFeed } from '../../../usecases/read-feeds.ts';
import { Alert } from '../../components/alert.tsx';
import type { Tone } from '../../components/attributes.ts';
import { Button } from '../../components/button.tsx';
import { CheckboxField, RadioGroup } from '../../components/choice-fields.tsx';
import { DefinitionList } from '../../components/definition-list.tsx';
import { Details } from '../../components/details.tsx';
import { Tag } from '../../components/tag.tsx';
import { TextField } from '../../components/text-field.tsx';
import { textsOf } from '../../frame.tsx';
import { endOf, FEED_FIELDS, type FeedPanelProps } from './feed-view.ts';

type State = keyof FeedTexts['koha']['states'];
const TONES: Readonly<Record<State, Tone>> = {
  sending: 'info',
  asked: 'info',
  failed: 'danger',
  on: 'success',
  off: 'neutral',
};

/** The feed to Koha's server: how it stands, what to do about it, its form. */
export function KohaFeedPanel(props: FeedPanelProps) {
  const { c, feeds, runs, when, done } = props;
  const { koha: text } = textsOf(c).office.feeding;
  const { koha } = feeds;
  const base = `/${c.get('library').slug}/pengaturan/ekspor/umpan/koha-rest`;
  const missing = koha !== null && unsettled(c.get('library'), 'koha-rest') !== null;
  const failure = missing ? 'branch-missing' : (koha?.failure ?? null);
  return (
    <div class="dp-panel">
      <h3>{text.title}</h3>
      <p>{text.about}</p>
      {koha === null ? <p class="dp-muted">{text.none}</p> : <Standing {...props} koha={koha} />}
      {koha !== null && failure !== null && (
        <Alert tone="danger" title={text.failures[failure].title} level={3}>
          <p>
            {text.failures[failure].text}
            {koha.active && koha.nextAt !== null && !missing && ` ${text.again(when(koha.nextAt))}`}
          </p>
        </Alert>
      )}
      {runs && koha !== null && (
        <div class="dp-actions">
          <form method="post" action={`${base}/kirim`}>
            <Button variant="secondary">{text.send}</Button>
          </form>
          <form method="post" action={`${base}/uji`}>
            <Button variant="secondary">{text.test}</Button>
          </form>
          <form method="post" action={`${base}/hapus`}>
            <Button variant="tertiary" tone="danger">
              {text.remove}
            </Button>
          </form>
        </div>
      )}
      {runs && koha !== null && <p class="dp-small dp-muted">{text.refused}</p>}
      {runs && (
        <Details
          summary={koha === null ? text.set : text.change}
          open={(done.problems?.length ?? 0) > 0 || done.typed !== undefined}
        >
          <ConnectionForm {...props} action={base} />
        </Details>
      )}
    </div>
  );
}

function Standing({ c, feeds, when, koha }: FeedPanelProps & { readonly koha: ShownKohaFeed }) {
  const { koha: text } = textsOf(c).office.feeding;
  const lang = c.get('lang');
  const last = feeds.last.get('koha-rest');
  const sending = last?.state === 'running';
  const count = (value: number) => formatNumber(lang, value);
  const state: State = sending
    ? 'sending'
    : koha.asked
      ? 'asked'
      : koha.failure !== null
        ? 'failed'
        : koha.active
          ? 'on'
          : 'off';
  return (
    <DefinitionList
      items={[
        { label: text.state, value: <Tag tone={TONES[state]}>{text.states[state]}</Tag> },
        { label: text.address, value: <span class="dp-wraps">{koha.url}</span> },
        {
          label: text.lastRun,
          value:
            last === undefined
              ? text.never
              : `${when(endOf(last))}: ${
                  sending ? text.soFar(count(last.sent)) : text.sent(count(last.sent), count(last.misfit))
                }`,
        },
        { label: text.looked, value: koha.lookedAt === null ? text.never : when(koha.lookedAt) },
        {
          label: text.next,
          value: koha.asked
            ? text.soon
            : koha.active && koha.nextAt !== null
              ? `${when(koha.nextAt)} (${text.every(count(koha.everyMinutes))})`
              : text.switchedOff,
        },
      ]}
    />
  );
}

function ConnectionForm({ c, feeds, done, action }: FeedPanelProps & { readonly action: string }) {
  const { common, office } = textsOf(c);
  const { form, problems } = office.feeding.koha;
  const { koha } = feeds;
  const typed = done.typed ?? {
    url: koha?.url ?? '',
    access: koha?.access ?? 'basic',
    account: koha?.account ?? '',
    every: String(koha?.everyMinutes ?? FEED_EVERY.usual),
    active: koha?.active ?? true,
  };
  const error = (field: KohaFeedProblem['field']) => {
    const found = done.problems?.find((problem) => problem.field === field);
    return found && problems[found.reason];
  };
  return (
    <form method="post" action={action} class="dp-stack" novalidate autocomplete="off">
      <input type="hidden" name="versi" value={String(koha?.version ?? 0)} />
      <TextField
        name={FEED_FIELDS.url}
        label={form.url}
        description={form.urlHint}
        type="url"
        value={typed.url}
        maxlength={300}
        autocomplete="off"
        error={error('url')}
        required
        code
      />
      <RadioGroup
        name={FEED_FIELDS.access}
        label={form.access}
        value={typed.access}
        error={error('access')}
        outline={false}
        choices={[
          { value: 'basic', label: form.basic },
          { value: 'oauth', label: form.oauth },
        ]}
      />
      <TextField
        name={FEED_FIELDS.account}
        label={form.account}
        value={typed.account}
        maxlength={200}
        autocomplete="off"
        error={error('account')}
        required
        code
      />
      <TextField
        name={FEED_FIELDS.secret}
        label={form.secret}
        description={koha === null ? form.secretHint : form.secretKept}
        optional={koha === null ? undefined : common.field.optional}
        type="password"
        maxlength={500}
        autocomplete="new-password"
        error={error('secret')}
        required={koha === null}
      />
      <TextField
        name={FEED_FIELDS.every}
        label={form.every}
        description={form.everyHint}
        value={typed.every}
        inputmode="numeric"
        maxlength={4}
        width="8"
        autocomplete="off"
        error={error('every')}
        required
      />
      <CheckboxField
        name="koha_aktif"
        label={form.active}
        description={form.activeHint}
        checked={typed.active}
      />
      <Button>{form.save}</Button>
    </form>
  );
}
