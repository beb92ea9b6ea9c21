import type { Shape } from "./step-facts.ts";

/** Names that read something else than the state and are never written, language.md section 2; `error` in `on_failure` only. */
export const READ_ONLY_NAMES: readonly string[] = ["input", "request", "workflow", "run", "error"];

/** The parts that reserved names have; those of `input` are the sender's. */
export const RESERVED_SHAPES: { readonly [name: string]: Shape } = {
  request: { method: {}, path: {}, query: "any", headers: "any", received_at: {}, delivery_id: {} },
  workflow: { name: {}, version: {}, stage: {}, hash: {} },
  run: { id: {}, attempt: {}, started_at: {} },
  error: { step: {}, class: {}, message: {}, details: "any" },
};
