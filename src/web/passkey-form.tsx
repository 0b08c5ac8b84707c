import type { Context } from 'hono';
import type { PasskeyTask } from '../usecases/webauthn.ts';
import { Button } from './components/button.tsx';
import type { LibraryEnv, SiteEnv } from './env.ts';
import type { FormBody } from './form-body.ts';
import { textsOf } from './frame.tsx';
import type { PropsWithChildren } from './jsx/jsx-runtime.ts';

/**
 * A form that a passkey answers, shown by its island `passkey-door`. Children are the fields that go along.
 * @param props.kind `make` registers a new one, `use` proves an old one
 */
export function PasskeyForm(
  props: PropsWithChildren<{
    readonly c: Context<SiteEnv> | Context<LibraryEnv>;
    readonly action: string;
    readonly task: PasskeyTask;
    readonly kind: 'make' | 'use';
    readonly button: string;
    readonly variant?: 'primary' | 'secondary';
    /** Of its own two fields, where the form carries another's along. */
    readonly prefix?: string;
  }>,
) {
  const { passkey } = textsOf(props.c).doors;
  return (
    <passkey-door
      hidden
      data-task={props.kind}
      data-options={props.task.options}
      data-wait={passkey.wait}
      data-failed={passkey.failed}
    >
      <form method="post" action={props.action} class="dp-stack" novalidate>
        {props.children}
        <input type="hidden" name={`${props.prefix ?? ''}tugas`} value={props.task.ticket} />
        <input type="hidden" name={`${props.prefix ?? ''}jawaban`} value="" data-answer="" />
        <div>
          <Button variant={props.variant ?? 'secondary'}>{props.button}</Button>
        </div>
        <p role="status" class="dp-small" />
      </form>
    </passkey-door>
  );
}

/** What such a form sent. */
export function passkeyAnswerOf(c: Context<SiteEnv> | Context<LibraryEnv>, body: FormBody, prefix = '') {
  return {
    ticket: body.text(`${prefix}tugas`),
    answer: body.text(`${prefix}jawaban`),
    origin: (c as Context<SiteEnv>).get('origin'),
  };
}
