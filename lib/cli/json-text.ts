import { printable } from "./printable.ts";

/** JSON on one line that a terminal may show: what moves its cursor or turns text around stands as `\uXXXX`, and means the same. */
export function jsonText(value: unknown): string {
  return printable(JSON.stringify(value));
}
