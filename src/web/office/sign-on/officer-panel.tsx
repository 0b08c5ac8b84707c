import type { Context } from 'hono';
import type { ListedOfficer } from '../../../usecases/list-officers.ts';
import { Button } from '../../components/button.tsx';
import { Tag } from '../../components/tag.tsx';
import { TextField } from '../../components/text-field.tsx';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';

/** By what an officer is expected at the identity provider, or that they came. */
export function SignOnPanel(props: {
  readonly c: Context<LibraryEnv>;
  readonly officer: ListedOfficer;
  readonly base: string;
  readonly claim: string;
  readonly error: string | undefined;
}) {
  const { c, officer, base } = props;
  const { officer: text } = textsOf(c).signOn;
  const own = c.get('officer')?.id === officer.id;
  return (
    <section class="dp-panel dp-stack" data-gap="s" aria-labelledby="penyedia">
      <h2 id="penyedia">{text.title}</h2>
      <p>
        <Tag tone={officer.signOn === 'linked' ? 'success' : undefined}>{text[officer.signOn]}</Tag>
      </p>
      {own ? (
        <p>{text.own}</p>
      ) : (
        <form
          method="post"
          action={`${base}/penyedia`}
          class="dp-stack"
          data-gap="s"
          autocomplete="off"
          novalidate
        >
          <TextField
            name="pengenal"
            label={text.identifier(props.claim)}
            description={text.identifierHint}
            maxlength={200}
            autocomplete="off"
            error={props.error}
            code
            required
          />
          <div>
            <Button variant="secondary">{text.expect}</Button>
          </div>
        </form>
      )}
      {officer.signOn !== 'none' && (
        <form method="post" action={`${base}/penyedia/lepas`}>
          <Button variant="tertiary" tone="danger">
            {text.unlink}
          </Button>
        </form>
      )}
    </section>
  );
}
