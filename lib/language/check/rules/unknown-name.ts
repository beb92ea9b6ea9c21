import { CREDENTIAL_HEADERS } from "../../../core/credential-headers.ts";
import { formatPath } from "../../../core/path.ts";
import { RESERVED_SHAPES } from "../../../core/reserved-names.ts";
import { nameHint } from "../../nearest-name.ts";
import type { Fix } from "../../problem.ts";
import type { Found, Rule } from "../../rule.ts";
import { mayHold } from "../flow/key-shape.ts";
import { isReservedRead } from "../flow/key-use.ts";

/** What stands behind a reserved name that has no such part. */
export const unknownName: Rule = {
  id: "unknown-name",
  severity: "warning",
  area: "correctness",
  summary: "Paths below `request`, `workflow`, `run`, `error` and a schedule's `input` name what is there",
  why: "These names have fixed parts; another one reads as nothing, in every run.",
  *check({ reads, flow, text }) {
    for (const { read, step } of reads) {
      const [head = "", part, ...inner] = read.path;
      if (part === undefined || !isReservedRead(read, step)) continue;
      const { event } = flow;
      const payload = event && Object.fromEntries(Object.keys(event).map((key) => [key, "any" as const]));
      const shape = head === "input" ? payload : RESERVED_SHAPES[head];
      if (shape === undefined) continue;
      if (!mayHold(shape, read.path.slice(1))) {
        const known = shape === "any" ? [] : Object.keys(shape);
        const what = head === "input" ? "the payload of this schedule" : head;
        const unknown = known.includes(part) ? formatPath([part, ...inner]) : part;
        yield {
          at: read.at,
          message: `"${formatPath(read.path)}" reads nothing: ${what} has no "${unknown}"`,
          hint: known.includes(part) ? undefined : nameHint(part, known),
        };
      } else if (head === "request" && part === "headers" && inner[0] !== undefined) {
        const found = headerProblem(inner[0], read.at, text);
        if (found) yield { at: read.at, ...found };
      }
    }
  },
};

/** Headers arrive with lower-case names, and without the sender's credentials. */
function headerProblem(name: string, from: number, text: string): Omit<Found, "at"> | undefined {
  const header = name.toLowerCase();
  const path = formatPath(["request", "headers", header]);
  if (CREDENTIAL_HEADERS.includes(header)) {
    return {
      message: `"${path}" reads *** only: a run's history keeps no credentials of the sender`,
      hint: "let the sender use a header of another name, e.g. x-token",
    };
  }
  if (header === name) return undefined;
  return {
    message: `"${formatPath(["request", "headers", name])}" reads nothing: headers arrive with lower-case names`,
    hint: `write "${path}"`,
    fix: lowerCase(text, from, name),
  };
}

function lowerCase(text: string, from: number, name: string): Fix | undefined {
  const at = text.indexOf(name, from);
  if (at < 0 || text.slice(from, at).includes("\n")) return undefined;
  const edits = [{ at, end: at + name.length, text: name.toLowerCase() }];
  return { title: `write ${name.toLowerCase()} in lower case`, edits };
}
