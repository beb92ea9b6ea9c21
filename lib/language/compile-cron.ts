import type { CronInput } from "../core/source-input.ts";
import { checkCron } from "./check-cron.ts";
import { checkSchema } from "./check-schema.ts";
import { checkTemplates, reportThrown, type TextCheck } from "./check-text.ts";
import { nearestName } from "./nearest-name.ts";
import { sourceKeys } from "./source-keys.ts";
import { child, type YamlNode } from "./yaml-node.ts";

/** Compiles a schedule; undefined after its faults were reported. */
export function compileCron(node: YamlNode, check: TextCheck): CronInput | undefined {
  const keys = checkSchema(sourceKeys.cron, node, { what: "input" }, check.problems);
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
      overlap: keys.overlap,
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
