/** What a command found out, before anything is printed: one of the two forms is made, never both. */
export interface Outcome {
  /** For people; ends without a line break. */
  text(): string;
  /** For machines: plain data, no typed arrays. */
  json(): unknown;
  /** False when a check failed (exit code 1). Bad input is thrown instead. */
  readonly passed: boolean;
}

/** The text for stdout, line break included. JSON is indented: it is read by people and diffed as often as parsed. */
export const renderOutcome = (outcome: Outcome, asJson: boolean): string =>
  `${asJson ? JSON.stringify(outcome.json(), null, 2) : outcome.text()}\n`;
