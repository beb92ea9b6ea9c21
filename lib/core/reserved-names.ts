/** Names that read something else than the state, language.md section 2; only `state` can be written through. */
export const RESERVED_NAMES = ["input", "state", "request", "workflow", "run", "error"] as const;
