/** What a person may do in the console: look, or change runs too. */
export const CONSOLE_RIGHTS = ["read", "act"] as const;
/** One of {@link CONSOLE_RIGHTS}. */
export type ConsoleRight = (typeof CONSOLE_RIGHTS)[number];

/** The tokens that open the console of a stage. */
export interface ConsoleTokens {
  /**
   * The tokens of a right: the one in force and, while it is being changed, the one before it.
   * @throws FlowError `connection` or `config_error` when they cannot be read.
   */
  tokensFor(right: ConsoleRight): Promise<readonly string[]>;
}
