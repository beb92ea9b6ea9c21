import { stringify } from "yaml";
import type { JsonObject } from "../core/json.ts";

/** The lines of `given.answers` that would answer a call, to be filled in. */
export function yamlForCall({ step, method, url, texts, provider }: JsonObject): string {
  const target = step === undefined ? (url === undefined ? {} : { call: `${method} ${url}` }) : { step };
  const answer =
    provider === undefined
      ? { status: 200, body: {} }
      : texts === undefined
        ? { text: "…" }
        : { vectors: [[0.1]] };
  return stringify([{ ...target, ...answer }], { lineWidth: 0 }).trimEnd();
}
