import type { Input } from "../core/workflow.ts";
import type { TextCheck } from "./check-text.ts";
import { compileCron } from "./compile-cron.ts";
import { compileSource } from "./compile-source.ts";
import { compileWebhook } from "./compile-webhook.ts";
import { describeValue } from "./describe-issue.ts";
import { inputKeys } from "./file-keys.ts";
import { nameHint } from "./nearest-name.ts";
import { child, isMapping, type YamlNode } from "./yaml-node.ts";

/** Compiles the trigger; without the key it is `http_webhook`. Undefined after its faults were reported. */
export function compileInput(node: YamlNode | undefined, check: TextCheck): Input | undefined {
  const { problems } = check;
  if (!node) return { type: "http_webhook" };
  const types = Object.keys(inputKeys);
  if (!isMapping(node)) {
    const hint = `write input: { type: ${types.find((type) => type === node.value) ?? "http_webhook"} }`;
    problems.error(
      "wrong-type",
      node.at,
      `input: found ${describeValue(node.value)}, expected a mapping with the key type`,
      hint,
    );
    return undefined;
  }
  const type = child(node, "type");
  switch (type?.value) {
    case "http_webhook":
    case "webhook":
      return compileWebhook(node, check);
    case "cron":
      return compileCron(node, check);
    case "sqs":
    case "eventbridge":
    case "s3":
    case "email":
      return compileSource(type.value, node, check);
    case undefined:
      problems.error("missing-key", node.at, `input: "type" is missing, expected one of ${types.join(", ")}`);
      return undefined;
    default:
      problems.error(
        "wrong-value",
        type?.at ?? node.at,
        `input: type is ${describeValue(type?.value)}, expected one of ${types.join(", ")}`,
        typeof type?.value === "string" ? nameHint(type.value, types) : undefined,
      );
      return undefined;
  }
}
