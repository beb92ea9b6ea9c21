import { FlowError } from "./flow-error.ts";

/** The values that each field of a cron expression allows, ascending. */
export interface CronFields {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: readonly number[];
  /** From 1. */
  readonly months: readonly number[];
  /** From 0, Sunday. */
  readonly weekdays: readonly number[];
  /** The day of the month is left open: it does not restrict the day of the week, as crontab(5) says. */
  readonly anyDay: boolean;
  /** The day of the week is left open. */
  readonly anyWeekday: boolean;
}

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Where `*` and an open range end, when not at `max`. */
  readonly last?: number;
  readonly names?: readonly string[];
}

const MINUTE: Field = { name: "minute", min: 0, max: 59 };
const HOUR: Field = { name: "hour", min: 0, max: 23 };
const DAY: Field = { name: "day of month", min: 1, max: 31 };
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MONTH: Field = { name: "month", min: 1, max: 12, names: MONTHS };
// 7 is Sunday again.
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const WEEKDAY: Field = { name: "day of week", min: 0, max: 7, last: 6, names: WEEKDAYS };

/**
 * Parses minute, hour, day of month, month and day of week: `*`, lists, ranges, steps, and English three-letter names.
 * @throws FlowError `config_error` naming the field that is wrong.
 */
export function parseCron(expression: string): CronFields {
  const texts = expression.trim().split(/\s+/);
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = texts;
  if (texts.length !== 5) {
    const count = expression.trim() === "" ? 0 : texts.length;
    throw new FlowError(
      "config_error",
      `"${expression}" has ${count} fields, expected five: minute, hour, day of month, month, day of week`,
    );
  }
  return {
    minutes: valuesOf(minute, MINUTE),
    hours: valuesOf(hour, HOUR),
    days: valuesOf(day, DAY),
    months: valuesOf(month, MONTH),
    weekdays: ascending(valuesOf(weekday, WEEKDAY).map((value) => value % 7)),
    anyDay: day.startsWith("*"),
    anyWeekday: weekday.startsWith("*"),
  };
}

function valuesOf(text: string, field: Field): readonly number[] {
  const values = text.split(",").flatMap((part) => {
    const [, star, from, to, step] = /^(?:(\*)|([^-/]+)(?:-([^-/]+))?)(?:\/(\d{1,2}))?$/.exec(part) ?? [];
    if (star === undefined && from === undefined) throw wrong(text, field);
    const low = from === undefined ? field.min : numberOf(from, text, field);
    const openEnd = star !== undefined || (step !== undefined && to === undefined);
    const high = openEnd ? (field.last ?? field.max) : to === undefined ? low : numberOf(to, text, field);
    const stride = Number(step ?? 1);
    if (low > high || stride === 0) throw wrong(text, field);
    return Array.from({ length: Math.floor((high - low) / stride) + 1 }, (_, index) => low + index * stride);
  });
  return ascending(values);
}

function numberOf(word: string, text: string, field: Field): number {
  const named = field.names?.indexOf(word.toLowerCase()) ?? -1;
  const value = named >= 0 ? named + field.min : /^\d{1,2}$/.test(word) ? Number(word) : Number.NaN;
  if (value >= field.min && value <= field.max) return value;
  throw wrong(text, field);
}

function ascending(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

function wrong(text: string, { name, min, max }: Field): FlowError {
  return new FlowError(
    "config_error",
    `"${text}" is no ${name} of a cron expression: write *, ${min}-${max}, a list (a,b), or steps (*/n)`,
  );
}
