import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import type { JsonObject } from "../../lib/core/json.ts";
import type { Log } from "../../lib/core/ports/log.ts";
import { anyJson, anyText } from "../support/any-json.ts";

/** A log as the suite needs it: what was written, level in lower case, the context apart. */
export interface LogUnderTest {
  readonly log: Log;
  lines(): readonly {
    readonly level: string;
    readonly message: string;
    readonly fields?: JsonObject;
    readonly context: JsonObject;
  }[];
}

/** What every log owes. */
export function logContract(name: string, open: () => LogUnderTest): void {
  describe(name, () => {
    test("a line has its level, message and fields", () => {
      const { log, lines } = open();
      log.write({ level: "info", message: "100 % of it", fields: { list: [1, { two: null }], empty: "" } });
      log.write({ level: "warn", message: "careful" });
      log.write({ level: "error", message: "broken" });
      expect(lines()).toEqual([
        {
          level: "info",
          message: "100 % of it",
          fields: { list: [1, { two: null }], empty: "" },
          context: {},
        },
        { level: "warn", message: "careful", context: {} },
        { level: "error", message: "broken", context: {} },
      ]);
    });

    test("context is on every line of the log that has it, and on no other", () => {
      const { log, lines } = open();
      const run = log.with({ run_id: "r", attempt: 1 });
      run.with({ step: "2", attempt: 2 }).write({ level: "info", message: "a" });
      run.write({ level: "info", message: "b" });
      log.write({ level: "info", message: "c" });
      expect(lines().map(({ context }) => context)).toEqual([
        { run_id: "r", attempt: 2, step: "2" },
        { run_id: "r", attempt: 1 },
        {},
      ]);
    });

    test("any message and fields are written as they are, digit by digit", () => {
      void fc.assert(
        fc.property(anyJson, anyText, (value, message) => {
          const { log, lines } = open();
          log.write({ level: "info", message, fields: { value } });
          expect(JSON.stringify(lines())).toBe(
            JSON.stringify([{ level: "info", message, fields: { value }, context: {} }]),
          );
        }),
      );
    });

    test("a line's fields do not pass for context", () => {
      const { log, lines } = open();
      const fields = { run_id: "forged", level: "error", message: "forged", service: "forged" };
      log.with({ run_id: "r" }).write({ level: "info", message: "a", fields });
      expect(lines()).toEqual([{ level: "info", message: "a", fields, context: { run_id: "r" } }]);
    });
  });
}
