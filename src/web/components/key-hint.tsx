export interface KeyHintProps {
  /** Pressed together: `['Alt', 'N']`. */
  readonly keys: readonly string[];
  readonly label: string;
}

/** One key and what it does. */
export function KeyHint({ keys, label }: KeyHintProps) {
  return (
    <span>
      {keys.map((key, index) => (
        <>
          {index > 0 && ' + '}
          <kbd>{key}</kbd>
        </>
      ))}{' '}
      {label}
    </span>
  );
}

/** The keys of a screen, in a row. */
export function KeyHints({ hints }: { readonly hints: readonly KeyHintProps[] }) {
  return (
    <div class="dp-keys">
      {hints.map((hint) => (
        <KeyHint {...hint} />
      ))}
    </div>
  );
}

/** A key beside what it does, for the eye: assistive technology has `aria-keyshortcuts`. */
export function ShownKey({ name }: { readonly name: string }) {
  return (
    <span aria-hidden="true" class="dp-key">
      <kbd>{name === 'Escape' ? 'Esc' : name}</kbd>
    </span>
  );
}
