import type { MemberStatus } from '../../domain/validity.ts';
import type { Lang, Texts } from '../../i18n/index.ts';
import type { LibraryContext } from '../../usecases/context.ts';
import type { Tone } from '../components/attributes.ts';
import type { IconName } from '../components/icon.tsx';
import { Tag } from '../components/tag.tsx';

const LOOKS: Readonly<Record<MemberStatus, readonly [Tone, IconName | undefined]>> = {
  active: ['success', 'check'],
  expired: ['warning', 'clock'],
  suspended: ['danger', 'warning'],
  cleared: ['info', 'check'],
  ended: ['neutral', 'cross'],
};

/** Where a membership stands. */
export function MemberTag({ status, texts }: { readonly status: MemberStatus; readonly texts: Texts }) {
  const [tone, icon] = LOOKS[status];
  return (
    <Tag tone={tone} icon={icon}>
      {texts.common.memberState[status]}
    </Tag>
  );
}

/** The words of a reason's code, whichever of the library's or the product's lists it is from. */
export function memberReason(library: LibraryContext, texts: Texts, lang: Lang, code: string): string {
  const { members } = texts;
  const { suspensionReasons, replacementReasons } = library.settings;
  const own: Readonly<Record<string, string>> = {
    ...members.reasons,
    lending_confirmed: members.lendingConfirmed,
    identity_covered: members.identityCovered,
    ...texts.merge.events,
  };
  return (
    [...suspensionReasons, ...replacementReasons].find((reason) => reason.code === code)?.[lang] ??
    own[code] ??
    code
  );
}

/** A service point's name, closed ones included in the settings. */
export function pointName(library: LibraryContext, id: string): string {
  return library.servicePoints.find((point) => point.id === id)?.name ?? '–';
}
