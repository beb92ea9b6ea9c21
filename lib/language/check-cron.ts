import { parseCron } from "../core/cron.ts";
import { FlowError } from "../core/flow-error.ts";

const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Checks a cron expression, and that its dates exist.
 * @throws FlowError `config_error` naming the field that is wrong, or saying that the dates never come.
 */
export function checkCron(expression: string): void {
  const { days, months, anyWeekday } = parseCron(expression);
  const longest = Math.max(...months.map((month) => LONGEST_MONTHS[month - 1] as number));
  if (anyWeekday && Math.min(...days) > longest) {
    throw new FlowError(
      "config_error",
      `"${expression}" never comes: no such month has a day ${Math.min(...days)}`,
    );
  }
}
