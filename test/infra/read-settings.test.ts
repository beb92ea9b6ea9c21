import { expect, test } from "@jest/globals";
import { pick } from "../../infra/read-settings.ts";
import { ingestConfig, runnerConfig } from "../../lib/core/config.ts";

test("settings that have a value are deployed as they stand", () => {
  const settings = { HOOKLINE_ALLOW_PRIVATE_HOSTS: "a.internal, b", OTHER: "x" };
  expect(
    pick(settings, runnerConfig, ["HOOKLINE_ALLOW_PRIVATE_HOSTS", "HOOKLINE_RETRY_BASE_SECONDS"]),
  ).toEqual({
    HOOKLINE_ALLOW_PRIVATE_HOSTS: "a.internal, b",
  });
});

test("a setting that would keep a function from starting stops the deploy", () => {
  expect(() => pick({ HOOKLINE_MAX_BODY_BYTES: "4 MB" }, ingestConfig, ["HOOKLINE_MAX_BODY_BYTES"])).toThrow(
    /^the setting HOOKLINE_MAX_BODY_BYTES is malformed: .*number/,
  );
});
