import type { SourceInput } from "../core/source-input.ts";
import { placeholdersIn } from "../core/template.ts";
import { checkEventPattern } from "./check-event-pattern.ts";
import { checkSchema } from "./check-schema.ts";
import { checkTemplates, reportThrown, type TextCheck } from "./check-text.ts";
import { sourceKeys } from "./source-keys.ts";
import { eachText } from "./walk-values.ts";
import { child, type YamlNode } from "./yaml-node.ts";

/** Compiles an input whose events a service brings; undefined after its faults were reported. */
export function compileSource(
  type: SourceInput["type"],
  node: YamlNode,
  check: TextCheck,
): SourceInput | undefined {
  const { problems } = check;
  checkTemplates(node, check);
  eachText(node, (text, { at }) => checkReadsEnvironmentOnly(text, at, check));
  const what = { what: "input" };
  switch (type) {
    case "sqs": {
      const keys = checkSchema(sourceKeys.sqs, node, what, problems);
      return keys && { type, queue: keys.queue };
    }
    case "eventbridge": {
      const pattern = child(node, "pattern");
      if (pattern) checkEventPattern(pattern, problems);
      const keys = checkSchema(sourceKeys.eventbridge, node, what, problems);
      return keys && { type, bus: keys.bus, pattern: keys.pattern };
    }
    case "s3": {
      const keys = checkSchema(sourceKeys.s3, node, what, problems);
      if (!keys) return undefined;
      const { bucket, prefix, suffix, events } = keys;
      const ends = { ...(prefix !== undefined && { prefix }), ...(suffix !== undefined && { suffix }) };
      return { type, bucket, ...ends, events: [...new Set(events)] };
    }
    case "email": {
      const keys = checkSchema(sourceKeys.email, node, what, problems);
      return keys && { type, to: keys.to };
    }
  }
}

/** There is no event yet when a stage is deployed. */
function checkReadsEnvironmentOnly(text: string, at: number, { problems }: TextCheck): void {
  reportThrown("template-syntax", at, problems, () => {
    for (const { source, text: read } of text.includes("${") ? placeholdersIn(text) : [])
      if ("path" in source)
        problems.error(
          "wrong-value",
          at,
          `input: \${${read}} reads the state, and there is none when the stage is deployed`,
          "read the environment, ${env:NAME}",
        );
  });
}
