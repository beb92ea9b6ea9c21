import { FlowError } from "../core/flow-error.ts";

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const FIELDS: readonly Field[] = [
  { name: "minute", min: 0, max: 59 },
  { name: "hour", min: 0, max: 23 },
  { name: "day of month", min: 1, max: 31 },
  { name: "month", min: 1, max: 12, names: MONTHS },
  { name: "day of week", min: 0, max: 7, names: WEEKDAYS },
];

const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Checks minute, hour, day of month, month and day of week: `*`, lists, ranges, steps, and English three-letter names.
 * @throws FlowError `config_error` naming the field that is wrong, or saying that the dates never come.
 */
export function checkCron(expression: string): void {
  const texts = expression.trim().split(/\s+/);
  if (texts.length !== FIELDS.length) {
    const count = expression.trim() === "" ? 0 : texts.length;
    throw new FlowError(
      "config_error",
      `"${expression}" has ${count} fields, expected five: minute, hour, day of month, month, day of week`,
    );
  }
  const [, , days = [], months = []] = FIELDS.map((field, index) => valuesOf(texts[index] as string, field));
  const longest = Math.max(...months.map((month) => LONGEST_MONTHS[month - 1] as number));
  if (texts[4] === "*" && Math.min(...days) > longest) {
    throw new FlowError(
      "config_error",
      `"${expression}" never comes: no such month has a day ${Math.min(...days)}`,
    );
  }
}

function valuesOf(text: string, field: Field): number[] {
  return text.split(",").flatMap((part) => {
    const [, star, from, to, step] = /^(?:(\*)|([^-/]+)(?:-([^-/]+))?)(?:\/(\d{1,2}))?$/.exec(part) ?? [];
    if (star === undefined && from === undefined) throw wrong(text, field);
    const low = from === undefined ? field.min : numberOf(from, text, field);
    const openEnd = star !== undefined || (step !== undefined && to === undefined);
    const high = openEnd ? field.max : to === undefined ? low : numberOf(to, text, field);
    const stride = Number(step ?? 1);
    if (low > high || stride === 0) throw wrong(text, field);
    return Array.from({ length: Math.floor((high - low) / stride) + 1 }, (_, index) => low + index * stride);
  });
}

function numberOf(word: string, text: string, field: Field): number {
  const named = field.names?.indexOf(word.toLowerCase()) ?? -1;
  const value = named >= 0 ? named + field.min : /^\d{1,2}$/.test(word) ? Number(word) : Number.NaN;
  if (value >= field.min && value <= field.max) return value;
  throw wrong(text, field);
}

function wrong(text: string, { name, min, max }: Field): FlowError {
  return new FlowError(
    "config_error",
    `"${text}" is no ${name} of a cron expression: write *, ${min}-${max}, a list (a,b), or steps (*/n)`,
  );
}
