import type { JsonObject } from "../core/json.ts";
import type { Shape, StepFacts } from "../core/step-facts.ts";

const SHAPES: { readonly [operation: string]: Shape } = {
  login: { instance_url: {}, organization_id: {}, user_id: {} },
  query: { totalSize: {}, done: {}, records: "any" },
};

const ONLY_ASKS = ["login", "query", "retrieve", "describe"];

/** What is known of a Salesforce step by its operation. */
export const salesforceFacts: StepFacts = {
  shape: (raw) => SHAPES[operationOf(raw)] ?? "any",
  safeToRepeat: (raw) => operationOf(raw) !== "create",
  repeatHint: "use operation: upsert with an external_id_field, which finds what a first try created",
  onlyAsks: (raw) => ONLY_ASKS.includes(operationOf(raw)),
  batchHint: (raw) =>
    "record" in raw || operationOf(raw) === "delete"
      ? "collect the records in the loop and write them behind it with records"
      : undefined,
};

function operationOf({ operation = "login" }: JsonObject): string {
  return String(operation);
}
