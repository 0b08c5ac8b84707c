import type { MatchReason } from '../../domain/matching/compare.ts';
import type { Texts } from '../../i18n/index.ts';

/** Why two records are alike, in words; what speaks against it is marked. */
export function MatchReasons(props: {
  readonly reasons: readonly MatchReason[];
  readonly words: Texts['matching']['reasons'];
}) {
  return (
    <>
      {props.reasons.map((reason, index) => (
        <>
          {index > 0 && ' · '}
          <span data-against={reason.weight < 0 ? '' : undefined}>{props.words[reason.code]}</span>
        </>
      ))}
    </>
  );
}
