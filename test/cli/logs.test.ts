import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startLogsServer } from "../support/logs-server.ts";
import type { LoopbackServer } from "../support/loopback-server.ts";
import { hookline } from "./hookline-process.ts";

const RUN = "019d0c1e-7b3a-7c2f-9d54-3a1b2c3d4e5f";
const now = Date.now();
const line = (minutesAgo: number, level: string, message: string, more: object = {}) => {
  const at = now - minutesAgo * 60_000;
  const timestamp = new Date(at).toISOString();
  return { at, text: JSON.stringify({ level, message, timestamp, service: "runner", ...more }) };
};
let server: LoopbackServer;

beforeAll(async () => {
  server = await startLogsServer(
    new Map([
      [
        "hookline-prod-RunnerLog1A2B3C4D-x",
        [
          line(50, "INFO", "run failed", { run_id: RUN, workflow: "order", fields: { ms: 7 } }),
          line(40, "WARN", "slow", { workflow: "order" }),
          line(30, "ERROR", "broken", { workflow: "other" }),
          line(20, "INFO", "counted", { _aws: {} }),
        ],
      ],
      [
        "hookline-prod-IngestLog1A2B3C4D-x",
        [{ ...line(55, "INFO", "event accepted", { service: "ingest", fields: { run_id: RUN } }) }],
      ],
      ["hookline-prod-AccessLog1A2B3C4D-x", [line(1, "INFO", "a request")]],
      ["hookline-prod-eu-RunnerLog1A2B3C4D-x", [line(1, "ERROR", "another stage")]],
    ]),
  );
});
afterAll(() => server.stop());

const messages = async (...args: string[]) => {
  const { code, stdout } = await hookline(["logs", "--stage", "prod", "--json", ...args], {
    env: {
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "x",
      AWS_SECRET_ACCESS_KEY: "x",
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: server.origin,
    },
  });
  expect(code).toBe(0);
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((text) => JSON.parse(text).message);
};

test("a stage's lines come from all functions in the order of their times, over all pages, without what only counts", async () => {
  expect(await messages()).toEqual(["event accepted", "run failed", "slow", "broken"]);
});

test.each([
  [
    ["--run", RUN],
    ["event accepted", "run failed"],
  ],
  [
    ["--workflow", "order"],
    ["run failed", "slow"],
  ],
  [["--function", "ingest"], ["event accepted"]],
  [
    ["--level", "warn"],
    ["slow", "broken"],
  ],
  [
    ["--since", "45m"],
    ["slow", "broken"],
  ],
])("%j chooses", async (args, found) => {
  expect(await messages(...args)).toEqual(found);
});
