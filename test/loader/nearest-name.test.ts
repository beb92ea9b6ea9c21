import { expect, test } from "@jest/globals";
import { isSlip, nameHint, nearestName } from "../../lib/language/nearest-name.ts";

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

test.each([
  ["compny", "company"],
  ["lenght", "length"],
  ["adress", "address"],
  ["enrichement", "enrichment"],
])("%s is a slip of %s", (name, known) => {
  expect(isSlip(name, known)).toBe(true);
});

test.each([
  ["order", "orders"],
  ["prices", "priced"],
  ["orderId", "order_id"],
  ["attempt_1", "attempt_2"],
  ["send_date", "end_date"],
  ["date", "data"],
  ["start_time", "start_date"],
  ["x".repeat(100_000), "x".repeat(99_999)],
])("%.20s may well be another name than %.20s", (name, known) => {
  expect(isSlip(name, known)).toBe(false);
});

test("a name that is near none is answered with what there is, of long lists the beginning", () => {
  expect(nameHint("xyz", [])).toBeUndefined();
  expect(nameHint("xyz", ["order", "refund"])).toBe("known here: order, refund");
  const many = Array.from({ length: 50 }, (_, index) => `flow-${index}`);
  expect(nameHint("xyz", many)).toMatch(/^known here: flow-0, .*, flow-29 and 20 more$/);
  expect(nameHint("flow-4x", many)).toBe('did you mean "flow-4"?');
});
