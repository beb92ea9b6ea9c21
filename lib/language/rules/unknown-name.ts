import { formatPath } from "../../core/path.ts";
import { RESERVED_SHAPES } from "../../core/reserved-names.ts";
import { mayHold } from "../flow/key-shape.ts";
import { isReservedRead } from "../flow/key-use.ts";
import { nameHint } from "../nearest-name.ts";
import type { Fix } from "../problem.ts";
import type { Rule } from "../rule.ts";

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
      } else if (head === "request" && part === "headers" && /[A-Z]/.test(inner[0] ?? "")) {
        const name = inner[0] as string;
        yield {
          at: read.at,
          message: `"${formatPath(read.path)}" reads nothing: headers arrive with lower-case names`,
          hint: `write "${formatPath([head, part, name.toLowerCase()])}"`,
          fix: lowerCase(text, read.at, name),
        };
      }
    }
  },
};

function lowerCase(text: string, from: number, name: string): Fix | undefined {
  const at = text.indexOf(name, from);
  if (at < 0 || text.slice(from, at).includes("\n")) return undefined;
  const edits = [{ at, end: at + name.length, text: name.toLowerCase() }];
  return { title: `write ${name.toLowerCase()} in lower case`, edits };
}
