/** The stage's workflow secrets. */
export interface Secrets {
  /**
   * Names and values; cached, and read once however many ask at once.
   * @throws FlowError `connection` or `config_error` when they cannot be read.
   */
  workflowSecrets(): Promise<{ readonly [name: string]: string }>;
  /** The key that a workflow's URL is made with and, while it is being rotated, the one before it. */
  webhookKeys(workflow: string): Promise<readonly string[]>;
  /** Makes the next read ask the source again: a provider answered 401. */
  forget(): void;
}
