import { describe, expect, test } from "@jest/globals";
import { createLog, type JsonLogOptions } from "../../lib/adapters/json-log.ts";
import { isObject, type JsonObject, parseJson } from "../../lib/core/json.ts";
import { createRedactor } from "../../lib/core/redactor.ts";
import { keptLog } from "../support/kept-log.ts";
import { logContract } from "./log-contract.ts";

function openJsonLog(options: Partial<JsonLogOptions> = {}) {
  const written: string[] = [];
  const log = createLog({ service: "test", level: "INFO", write: (line) => written.push(line), ...options });
  return { log, written };
}

logContract("the JSON log", () => {
  const { log, written } = openJsonLog();
  return {
    log,
    lines: () =>
      written.map((line) => {
        const { level, message, fields, timestamp, service, sampling_rate, ...context } = parseJson(
          line,
        ) as JsonObject;
        return {
          level: String(level).toLowerCase(),
          message: String(message),
          ...(isObject(fields) && { fields }),
          context,
        };
      }),
  };
});

logContract("the log of tests", () => {
  const log = keptLog();
  return { log, lines: () => log.lines };
});

describe("a line of the JSON log", () => {
  test("is one line, with service and time", () => {
    const { log, written } = openJsonLog();
    log.write({ level: "info", message: "two\nlines" });
    expect(written).toHaveLength(1);
    expect(written[0]).not.toContain("\n");
    expect(JSON.parse(written[0] ?? "")).toMatchObject({
      service: "test",
      level: "INFO",
      message: "two\nlines",
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
  });

  test("is not written below the level", () => {
    const { log, written } = openJsonLog({ level: "WARN" });
    log.write({ level: "debug", message: "a" });
    log.write({ level: "info", message: "b" });
    log.write({ level: "warn", message: "c" });
    expect(written).toHaveLength(1);
    const debug = openJsonLog({ level: "DEBUG" });
    debug.log.write({ level: "debug", message: "a" });
    expect(debug.written).toHaveLength(1);
  });

  test("shows no secret", () => {
    const { log, written } = openJsonLog({ redactor: createRedactor(["hidden-value"]) });
    log.with({ tenant: "hidden-value" }).write({
      level: "info",
      message: "with hidden-value",
      fields: { "hidden-value": ["hidden-value", btoa("hidden-value")] },
    });
    expect(JSON.parse(written[0] ?? "")).toMatchObject({
      tenant: "***",
      message: "with ***",
      fields: { "***": ["***", expect.stringContaining("***")] },
    });
    expect(written[0]).not.toContain("hidden-value");
  });

  test("keeps every digit of a number", () => {
    const { log, written } = openJsonLog();
    const id = parseJson('{"id":12345678901234567890}');
    log.with({ order: id }).write({ level: "info", message: "a", fields: { id } });
    expect(written[0]).toContain('"order":{"id":12345678901234567890}');
    expect(written[0]).toContain('"fields":{"id":{"id":12345678901234567890}}');
  });
});
