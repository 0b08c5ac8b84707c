import type { Context } from 'hono';
import type { ProcedureVersion } from '../../../usecases/procedure-version.ts';
import { Tag } from '../../components/tag.tsx';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';

const TONES = {
  draft: 'neutral',
  checked_coordinator: 'info',
  checked_head: 'accent',
  signed: 'success',
} as const;

/** How far a version has come, and whether cases begin with it now. */
export function StateOf({
  c,
  version,
}: {
  readonly c: Context<LibraryEnv>;
  readonly version: ProcedureVersion;
}) {
  const { procedures } = textsOf(c).office;
  return (
    <>
      <Tag tone={TONES[version.state]}>{procedures.states[version.state]}</Tag>
      {version.inForce && (
        <>
          {' '}
          <Tag tone="success" icon="check">
            {procedures.inForce}
          </Tag>
        </>
      )}
    </>
  );
}
