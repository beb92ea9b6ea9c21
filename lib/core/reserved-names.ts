/** Names that read something else than the state and are never written, language.md section 2; `error` in `on_failure` only. */
export const READ_ONLY_NAMES: readonly string[] = ["input", "request", "workflow", "run", "error"];
