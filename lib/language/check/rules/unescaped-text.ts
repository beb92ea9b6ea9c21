import { isObject, type Json } from "../../../core/json.ts";
import { formatPath, parsePath } from "../../../core/path.ts";
import { parseTemplate } from "../../../core/template.ts";
import type { Rule } from "../../rule.ts";
import type { FlowStep, PathRead } from "../flow/flow-step.ts";
import { isReservedRead } from "../flow/key-use.ts";

/** The sender's text where it decides what is asked, or who is. */
export const unescapedText: Rule = {
  id: "unescaped-text",
  severity: "warning",
  area: "security",
  summary: "The event does not decide which address is called or which query runs",
  why: "Inserted text is escaped inside a URL's path and a SOQL literal; as the host or the whole it goes in as it is, and its sender chooses where keys and data go.",
  *check({ reads, flow }) {
    const fixed = new Set(
      flow.all.flatMap(({ step, raw }) => [
        ...fieldsWithFixedHost(raw),
        ...fieldsWithFixedHost(step.when as Json | undefined),
      ]),
    );
    for (const { read, step, writes, isVariable, isOpen } of reads) {
      if (!step || read.how !== "template") continue;
      const { urls = [], soql = [] } = step.definition;
      const shown = formatPath(read.path);
      if (soql.includes(read.parameter) && read.whole) {
        yield {
          at: read.at,
          message: `the whole query is \${${shown}}, in which nothing is escaped any more`,
          hint: "write the query here, with '${…}' in quotes for its values",
        };
      }
      const ofEvent = isReservedRead(read, step)
        ? ["input", "request"].includes(read.path[0] ?? "")
        : writes.length === 0 && !isVariable && !isOpen && !flow.event;
      const isAddress = urls.includes(read.parameter) || /_url$/.test(read.parameter);
      if (isAddress && ofEvent && !fixed.has(shown) && decidesHost(step, read)) {
        yield {
          at: read.at,
          message: `the event decides which host is called: \${${shown}} stands before the path of ${read.parameter}`,
          hint: "write the host here or read it from ${env:…}; insert only what comes behind it",
        };
      }
    }
  },
};

/** Fields that a condition compares with hosts which the file names, wherever the condition stands. */
function* fieldsWithFixedHost(value: Json | undefined): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* fieldsWithFixedHost(item);
  if (!isObject(value)) return;
  const { field, value: wanted, op = value.operator } = value;
  if (typeof field === "string" && fixesHost(op, wanted)) yield formatPath(parsePath(field));
  for (const [key, inner] of Object.entries(value)) if (key !== "not") yield* fieldsWithFixedHost(inner);
}

/** `startswith` needs the whole host: `https://acme.com` is the beginning of `https://acme.com.evil.example`, too. */
function fixesHost(op: Json | undefined, wanted: Json | undefined): boolean {
  if (op === "eq" || op === "in") return true;
  if (typeof wanted !== "string") return false;
  if (op === "startswith") return /^(?:[a-z]+:\/\/[^/?#$]+\/|\$\{env:)/i.test(wanted);
  return op === "matches" && fixesHostByPattern(wanted);
}

/** A pattern with a literal host at its beginning, or one from end to end in which nothing stands for any character. */
function fixesHostByPattern(pattern: string): boolean {
  if (/^\^https\??:(?:\\?\/){2}(?:[\w-]|\\\.|\[\.\])+\\?\//i.test(pattern)) return true;
  const withoutDots = pattern.replaceAll(/\\\.|\[\.\]/g, "");
  const alternatives = withoutDots.replaceAll(/\([^()]*\)/g, "").includes("|");
  return /^\^.*\$$/.test(pattern) && !alternatives && !/\.|\[\^|\\[SWD]/.test(withoutDots);
}

/** True when nothing before the placeholder ends the host. */
function decidesHost({ step }: FlowStep, { parameter, path }: PathRead): boolean {
  const value = step.params[parameter];
  if (typeof value !== "string") return false;
  let before = "";
  for (const part of parseTemplate(value)) {
    if (typeof part === "string") before += part;
    else if ("env" in part.source) before += before === "" ? "https://host/" : "x";
    else if (formatPath(part.source.path) === formatPath(path))
      return !/^[a-z]+:\/\/[^/?#]+[/?#]/i.test(before);
    else before += "x";
  }
  return false;
}
