import { expect, test } from "@jest/globals";
import { nearestName } from "../../lib/language/nearest-name.ts";

const KNOWN = ["output_to", "input_from", "url", "retries", "timeout", "steps"];

test.each([
  ["ouput_to", "output_to"],
  ["outputTo", "output_to"],
  ["Output-To", "output_to"],
  ["ulr", "url"],
  ["retrys", "retries"],
  ["time_out", "timeout"],
  ["step", "steps"],
  ["retry", "retries"],
  ["input", "input_from"],
  ["timeout_seconds", "timeout"],
  ["schedule", undefined],
  ["x", undefined],
  ["", undefined],
  ["t".repeat(100_000), undefined],
])("%.20s is most likely %s", (name, expected) => {
  expect(nearestName(name, KNOWN)).toBe(expected);
});
