import type { OutboxVisit } from '../../domain/gate-protocol.ts';
import type { GateStore } from './store.ts';
import { filled, type GateWords } from './words.ts';

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  text = '',
  attributes: Readonly<Record<string, string>> = {},
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** A message above everything beside the answer; the same `name` replaces the one before. */
export function notice(
  place: Element,
  name: string,
  tone: 'info' | 'warning' | 'danger',
  parts: readonly (string | HTMLElement)[],
): void {
  clearNotice(place, name);
  const box = element('div', '', {
    class: 'ds-alert',
    'data-color': tone,
    'data-notice': name,
    role: 'status',
  });
  for (const part of parts) box.append(typeof part === 'string' ? element('p', part) : part);
  place.append(box);
}

export function clearNotice(place: Element, name: string): void {
  place.querySelector(`[data-notice="${name}"]`)?.remove();
}

export function button(text: string, act: () => void): HTMLButtonElement {
  const made = element('button', text, {
    class: 'ds-button',
    type: 'button',
    'data-variant': 'secondary',
  });
  made.addEventListener('click', act);
  return made;
}

export function heading(text: string): HTMLElement {
  return element('h2', text);
}

/** The visits as a file for an officer: times and what was scanned, no name. */
export function downloadVisits(visits: readonly OutboxVisit[], words: GateWords): void {
  const { file } = words;
  const rows = [
    [file.at, file.card, file.number, file.key],
    ...visits.map(({ at, card, number, key }) => [new Date(at).toISOString(), card ?? '', number ?? '', key]),
  ];
  const text = rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\r\n');
  const link = element('a', '', {
    href: URL.createObjectURL(new Blob([`\uFEFF${text}\r\n`], { type: 'text/csv' })),
    download: `${file.name}.csv`,
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** All visits that wait, to be shown or saved. */
async function everyVisit(store: GateStore): Promise<readonly OutboxVisit[]> {
  const waiting = await store.firstVisits(Number.POSITIVE_INFINITY);
  return [...(await store.refusedVisits()), ...waiting.map(({ visit }) => visit)];
}

/**
 * The device is no gate, or no longer: what it knew is gone; what it has not sent goes by itself once it is one again, or
 * is downloaded for an officer.
 * @param again whether the page has no field for a new code
 */
export async function tellLeft(
  place: Element,
  store: GateStore,
  words: GateWords,
  again: boolean,
): Promise<void> {
  const visits = await everyVisit(store);
  const { revoked } = words;
  notice(place, 'revoked', visits.length === 0 ? 'info' : 'warning', [
    visits.length === 0 ? revoked.none : filled(revoked.left, visits.length),
    ...(visits.length === 0 ? [] : [button(revoked.download, () => downloadVisits(visits, words))]),
    ...(again ? [button(revoked.again, () => location.reload())] : []),
  ]);
}

/** The disk is full or gone: what happened since is on this page alone. */
export function tellUnsaved(place: Element, store: GateStore, words: GateWords): void {
  const shown = place.querySelector('[data-notice="unsaved"]');
  const text = filled(words.unsaved, store.unsaved());
  if (store.unsaved() === 0) clearNotice(place, 'unsaved');
  else if (shown?.textContent !== text) notice(place, 'unsaved', 'danger', [text]);
}

/** What the server did not take stays until an officer has it. */
export async function tellRefused(place: Element, store: GateStore, words: GateWords): Promise<void> {
  const visits = await store.refusedVisits();
  if (visits.length === 0) return clearNotice(place, 'refused');
  if (place.querySelector('[data-notice="refused"]')?.getAttribute('data-count') === String(visits.length))
    return;
  const { refused, revoked } = words;
  notice(place, 'refused', 'warning', [
    heading(refused.title),
    filled(refused.about, visits.length),
    button(revoked.download, () => downloadVisits(visits, words)),
    button(refused.clear, () => void store.clearRefused().then(() => clearNotice(place, 'refused'))),
  ]);
  place.querySelector('[data-notice="refused"]')?.setAttribute('data-count', String(visits.length));
}
