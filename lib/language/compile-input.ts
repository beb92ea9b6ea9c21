import type { Input } from "../core/workflow.ts";
import { checkCron } from "./check-cron.ts";
import { checkSchema } from "./check-schema.ts";
import { checkTemplates, reportThrown, type TextCheck } from "./check-text.ts";
import { compileVerify } from "./compile-verify.ts";
import { describeValue } from "./describe-issue.ts";
import { inputKeys } from "./file-keys.ts";
import { nameHint, nearestName } from "./nearest-name.ts";
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

function compileWebhook(node: YamlNode, check: TextCheck): Input | undefined {
  const keys = checkSchema(inputKeys.http_webhook, node, { what: "input" }, check.problems);
  const verify = child(node, "verify");
  const verified = verify ? compileVerify(verify, check) : {};
  return keys && verified && { type: "http_webhook", ...verified };
}

function compileCron(node: YamlNode, check: TextCheck): Input | undefined {
  const keys = checkSchema(inputKeys.cron, node, { what: "input" }, check.problems);
  const payload = child(node, "payload");
  if (payload) checkTemplates(payload, check);
  const [cron, timezone] = [child(node, "cron"), child(node, "timezone")];
  const expression = cron?.value;
  if (cron && typeof expression === "string")
    reportThrown("wrong-value", cron.at, check.problems, () => checkCron(expression));
  if (timezone && typeof timezone.value === "string" && !isTimeZone(timezone.value)) {
    const near = nearestName(timezone.value, Intl.supportedValuesOf("timeZone"));
    check.problems.error(
      "wrong-value",
      timezone.at,
      `timezone: "${timezone.value}" is no time zone, expected UTC or a name like Europe/Berlin`,
      near === undefined ? undefined : `did you mean "${near}"?`,
    );
  }
  return (
    keys && {
      type: "cron",
      cron: keys.cron.trim(),
      timezone: keys.timezone,
      startNow: keys.start_now,
      payload: keys.payload,
    }
  );
}

/** Names of the time zone database only: offsets such as +01:00 know no daylight saving. */
function isTimeZone(name: string): boolean {
  try {
    return !/^[+-]/.test(name) && new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
