import type { Context } from 'hono';
import {
  FEED_EVERY,
  type FeedProblem,
  partsOfDatabase,
  type TypedFeed,
} from '../../../domain/exporting/feed.ts';
import type { LiveTarget } from '../../../domain/exporting/outgoing-member.ts';
import type { ShownFeed } from '../../../usecases/read-feeds.ts';
import { Button } from '../../components/button.tsx';
import { CheckboxField, RadioGroup } from '../../components/choice-fields.tsx';
import { TextField } from '../../components/text-field.tsx';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { LENDING_FIELDS, type LendingDone } from './lending-view.ts';

/** Where members go in one lending system, and as whom. */
export function LendingForm({
  c,
  target,
  feed,
  done,
}: {
  readonly c: Context<LibraryEnv>;
  readonly target: LiveTarget;
  readonly feed: ShownFeed | null;
  readonly done: LendingDone;
}) {
  const { common, office } = textsOf(c);
  const { form, problems } = office.lending;
  const typed = done.typed ?? typedOf(feed);
  const isKoha = target === 'koha-rest';
  const error = (field: FeedProblem['field']) => {
    const found = done.problems?.find((problem) => problem.field === field);
    return found && problems[found.reason];
  };
  // Three forms on one page: only the one that was sent has the plain ids that its error summary leads to.
  const id = (name: string) => (done.target === target ? name : `${name}-${target}`);
  const text = (field: FeedProblem['field']) => ({
    name: LENDING_FIELDS[field],
    id: id(LENDING_FIELDS[field]),
    error: error(field),
  });
  return (
    <form
      method="post"
      action={`/${c.get('library').slug}/pengaturan/peminjaman/${target}`}
      class="dp-stack"
      novalidate
      autocomplete="off"
    >
      <input type="hidden" name="versi" value={String(feed?.version ?? 0)} />
      {isKoha ? (
        <>
          <TextField
            {...text('url')}
            label={form.url}
            description={form.urlHint}
            type="url"
            value={typed.url}
            maxlength={300}
            autocomplete="off"
            required
            code
          />
          <RadioGroup
            {...text('access')}
            label={form.access}
            value={typed.access}
            outline={false}
            choices={[
              { value: 'basic', label: form.basic },
              { value: 'oauth', label: form.oauth },
            ]}
          />
        </>
      ) : (
        <>
          <TextField
            {...text('host')}
            label={form.host}
            description={form.hostHint}
            value={typed.host}
            maxlength={253}
            autocomplete="off"
            required
            code
          />
          <TextField
            {...text('port')}
            label={form.port}
            value={typed.port}
            inputmode="numeric"
            maxlength={5}
            width="8"
            autocomplete="off"
            required
          />
          <TextField
            {...text('database')}
            label={form.database}
            value={typed.database}
            maxlength={64}
            autocomplete="off"
            required
            code
          />
        </>
      )}
      <TextField
        {...text('account')}
        label={isKoha ? form.account : form.user}
        value={typed.account}
        maxlength={200}
        autocomplete="off"
        required
        code
      />
      <TextField
        {...text('secret')}
        label={isKoha ? form.secret : form.password}
        description={feed === null ? form.secretHint : form.secretKept}
        optional={feed === null ? undefined : common.field.optional}
        type="password"
        maxlength={500}
        autocomplete="new-password"
        required={feed === null}
      />
      <TextField
        {...text('every')}
        label={form.every}
        description={form.everyHint}
        value={typed.every}
        inputmode="numeric"
        maxlength={4}
        width="8"
        autocomplete="off"
        required
      />
      <RadioGroup
        name="pertama"
        id={id('pertama')}
        label={form.first}
        value={typed.first}
        outline={false}
        choices={[
          { value: 'ask', label: form.ask },
          { value: 'ours', label: form.ours },
        ]}
      />
      <CheckboxField
        name="dalam"
        id={id('dalam')}
        label={form.inside}
        description={form.insideHint}
        checked={typed.inside}
      />
      <CheckboxField
        name="aktif"
        id={id('aktif')}
        label={form.active}
        description={form.activeHint}
        checked={typed.active}
      />
      <Button>{form.save}</Button>
    </form>
  );
}

function typedOf(feed: ShownFeed | null): TypedFeed {
  const parts = feed === null || feed.target === 'koha-rest' ? null : partsOfDatabase(feed.url);
  return {
    url: feed?.url ?? '',
    host: parts?.host ?? '',
    port: String(parts?.port ?? 3306),
    database: parts?.database ?? '',
    access: feed?.access ?? 'basic',
    account: feed?.account ?? '',
    secret: '',
    every: String(feed?.everyMinutes ?? FEED_EVERY.least),
    active: feed?.active ?? true,
    inside: feed?.inside ?? false,
    first: feed?.first ?? 'ask',
  };
}
