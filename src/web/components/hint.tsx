export interface HintProps {
  /** `Mengapa ditanyakan?` */
  readonly question: string;
  readonly answer: string;
}

/** Why something is asked: closed until wanted, works without script. */
export function Hint({ question, answer }: HintProps) {
  return (
    <details class="dp-hint">
      <summary>{question}</summary>
      <p>{answer}</p>
    </details>
  );
}
