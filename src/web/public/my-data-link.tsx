import type { Context } from 'hono';
import type { RightsWay } from '../../usecases/rights-subject.ts';
import { Alert } from '../components/alert.tsx';
import { LinkButton } from '../components/button.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';

/** From the KTA and the status page to the person's own data; at 18, to the consent that is theirs to give now. */
export function MyDataLink(props: {
  readonly c: Context<LibraryEnv>;
  readonly way: RightsWay;
  readonly token: string;
  readonly waitsForOwn?: boolean | undefined;
}) {
  const { c, way, token } = props;
  const { rights } = textsOf(c);
  const href = `/${c.get('library').slug}/data-saya/${way}/${token}`;
  return (
    <section class="dp-stack dp-noprint" data-gap="s" aria-labelledby="data-saya">
      <h2 id="data-saya">{rights.title}</h2>
      {props.waitsForOwn === true && (
        <Alert tone="warning" title={rights.own.title} level={3}>
          <p>{rights.own.text}</p>
          <p>
            <LinkButton href={`${href}/persetujuan-sendiri`}>{rights.own.go}</LinkButton>
          </p>
        </Alert>
      )}
      <p class="dp-small dp-muted">{rights.linkAbout}</p>
      <p>
        <LinkButton href={href} variant="secondary">
          {rights.link}
        </LinkButton>
      </p>
    </section>
  );
}
