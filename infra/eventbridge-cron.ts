import { parseCron } from "../lib/core/cron.ts";
import { FlowError } from "../lib/core/flow-error.ts";

const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/**
 * The five fields of crontab(5) as EventBridge Scheduler's six: a question mark in one of the two day fields, days of the week by
 * name (EventBridge counts them from 1 = Sunday), steps written out.
 * @throws FlowError `config_error` for a field that is none, and for days of month and week together, which EventBridge cannot express.
 */
export function eventBridgeCron(cron: string): string {
  const { minutes, hours, days, months, weekdays, anyDay, anyWeekday } = parseCron(cron);
  const everyDay = anyDay && days.length === 31;
  const everyWeekday = anyWeekday && weekdays.length === 7;
  if (!everyDay && !everyWeekday) {
    throw new FlowError(
      "config_error",
      `"${cron}" names days of the month and days of the week: EventBridge takes one of them only. Make two workflows, or a condition`,
    );
  }
  return `cron(${[
    compact(minutes, 60),
    compact(hours, 24),
    everyWeekday ? compact(days, 31) : "?",
    compact(months, 12),
    everyWeekday ? "?" : weekdays.map((day) => WEEKDAYS[day]).join(","),
    "*",
  ].join(" ")})`;
}

/** All of `size` values is `*`, neighbours are a range, the rest a list. */
function compact(values: readonly number[], size: number): string {
  const [first = 0] = values;
  const last = values.at(-1) ?? first;
  if (values.length === size) return "*";
  return values.length > 2 && last - first === values.length - 1 ? `${first}-${last}` : values.join(",");
}
