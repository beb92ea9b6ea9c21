import type { Json, JsonObject } from "../../../../lib/core/json.ts";
import type { Chance } from "../chance.ts";

/** What texts of a place in a workflow can read. */
export interface Readable {
  /** Paths of texts, numbers and the like: only these stand inside longer texts, where an error's sentence would show. */
  readonly plain: readonly string[];
  /** Paths of anything, read as whole values. */
  readonly any: readonly string[];
}

/** What the workflow's own event and its steps leave where the generator lets them. */
export const READABLE: Readable = {
  plain: [
    ...["id", "n", "text", "flag", "obj.k", 'obj["odd key"]', "none", "gone", "gone.deep", "from"],
    ...["input.id", "input.n", "input.gone", "state.text", "list[0].id", "words.0", "workflow.name"],
    ...["v1", "v2", "v3", "deep.v"],
  ],
  any: [
    ...[
      "list",
      "words",
      "obj",
      "big",
      "input.list",
      "list[1]",
      "deep",
      "http",
      "http_meta.status",
      "parallel",
      "jq",
    ],
    ...["h1", "h2", "f1", "f2", "f1.error_details.class", "f2_meta.status", "r1", "r2", "r3"],
    ...["run_workflow", "run_workflow_meta.status", "meta.id"],
  ],
};

/** Random templates and conditions over what a place can read. */
export class RandomTexts {
  readonly #chance: Chance;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  #placeholder(path: string): string {
    const { often, pick } = this.#chance;
    if (often(0.06)) return "${env:REGION}";
    const fallback = often(0.3) ? `, ${pick(["7", "none at all", "true", "null", '"a, b"', "-2"])}` : "";
    return `\${${path}${fallback}}`;
  }

  /** Text with placeholders in it. */
  text({ plain }: Readable): string {
    const { often, pick, several, upTo } = this.#chance;
    const parts = several(1 + upTo(2), () =>
      often(0.6) ? this.#placeholder(pick(plain)) : pick(["so ", " und ", "x", "$${n} ", "äö/?&", "1"]),
    );
    return parts.join(often(0.5) ? " " : "");
  }

  /** Text, or one plain value with its type. */
  plain(readable: Readable): Json {
    const { pick, weighted } = this.#chance;
    const kinds = { text: 4, whole: 4, number: 2, flag: 1 };
    switch (weighted(kinds)) {
      case "text":
        return this.text(readable);
      case "whole":
        return this.#placeholder(pick(readable.plain));
      case "number":
        return pick([0, 1, 5, -3, 2.5]);
      case "flag":
        return pick([true, false, null]);
    }
  }

  /** Any value, templates inside. */
  value(readable: Readable, depth = 2): Json {
    const { often, pick, several, upTo } = this.#chance;
    if (depth === 0 || often(0.35)) return this.plain(readable);
    if (often(0.55)) return this.#placeholder(pick(often(0.7) ? readable.any : readable.plain));
    const inner = () => this.value(readable, depth - 1);
    if (often(0.5)) return several(upTo(3), inner);
    return Object.fromEntries(several(upTo(3), (index) => [pick(["k", "n", "id", `x${index}`]), inner()]));
  }

  /** Conditions, most of which hold about half the time. */
  conditions(readable: Readable, most = 2): JsonObject[] {
    return this.#chance.several(this.#chance.upTo(most), () => this.#condition(readable, 1));
  }

  #condition(readable: Readable, depth: number): JsonObject {
    const { often, pick, several, upTo } = this.#chance;
    if (depth > 0 && often(0.15)) return { not: this.#condition(readable, depth - 1) };
    if (depth > 0 && often(0.2))
      return { [pick(["all", "any"])]: several(1 + upTo(1), () => this.#condition(readable, depth - 1)) };
    return this.#comparison(readable, often(0.1) ? "operator" : "op");
  }

  #comparison(readable: Readable, key: string): JsonObject {
    const { often, pick, weighted } = this.#chance;
    const plain = pick(readable.plain);
    const kinds = { order: 4, equal: 4, there: 3, list: 2, text: 3 };
    switch (weighted(kinds)) {
      case "order":
        return {
          field: pick(["n", "input.n", plain]),
          [key]: pick(["gt", "gte", "lt", "lte"]),
          value: pick([0, 3, "4"]),
        };
      case "equal": {
        const value = pick<Json>(["a", "e1", 3, true, null, "${n}", "${id}", this.plain(readable)]);
        if (often(0.2)) return { field: "f1.error_details.class", [key]: "eq", value: "client_error" };
        return { field: pick([plain, "id", "n"]), [key]: pick(["eq", "ne"]), value };
      }
      case "there": {
        const field = pick(often(0.5) ? readable.any : readable.plain);
        return { field, [key]: pick(["exists", "not_exists", "empty", "not_empty"]) };
      }
      case "list":
        return often(0.5)
          ? { field: pick([plain, "n"]), [key]: pick(["in", "not_in"]), value: ["a", 3, "${n}", null] }
          : { field: "words", [key]: pick(["contains", "not_contains"]), value: pick(["p", "z", "${text}"]) };
      case "text": {
        const op = pick(["contains", "not_contains", "startswith", "endswith", "matches"]);
        const value = op === "matches" ? pick(["^h", "l+", "\\d$"]) : pick(["h", "lo", "${id}", "1"]);
        return { field: pick(["text", plain]), [key]: op, value };
      }
    }
  }
}
