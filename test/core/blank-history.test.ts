import { describe, expect, test } from "@jest/globals";
import { blankHistory, blankPaths } from "../../lib/core/blank-history.ts";
import { readEvent } from "../../lib/core/event-body.ts";
import type { JournalEntry, Write } from "../../lib/core/journal.ts";

const request = { method: "POST", path: "/", query: {}, headers: {}, received_at: "", delivery_id: "" };
const event = (text: string, contentType = "application/json") =>
  readEvent({ body: new TextEncoder().encode(text), contentType, request });
const entry = (...patch: Write[]): JournalEntry => ({
  path: "0",
  id: "a",
  type: "t",
  status: "ok",
  startedAt: 0,
  durationMs: 0,
  attempts: 1,
  patch,
});
const bodyOf = (text: string, redact: string[], type?: string) =>
  new TextDecoder().decode(blankHistory({ event: event(text, type) }, [], redact).event?.body);

describe("the event", () => {
  test.each([
    ['{"card":{"number":"4111","name":"Ada"}}', "card.number", '{"card":{"number":"***","name":"Ada"}}'],
    ['{"card":{"number":"4111"}}', "input.card", '{"card":"***"}'],
    ['{"n":12345678901234567890,"pin":1}', "state.pin", '{"n":12345678901234567890,"pin":"***"}'],
  ])("%s without %s is %s", (text, path, blanked) => {
    expect(bodyOf(text, [path])).toBe(blanked);
  });

  test("of which nothing is blanked stays as it is stored", () => {
    expect(blankHistory({ event: event('{"a":1}') }, [], ["b.c"]).event).toBeUndefined();
  });

  test("that is a form is kept as the JSON it was read as", () => {
    expect(bodyOf("pin=1&a=2", ["pin"], "application/x-www-form-urlencoded")).toBe('{"pin":"***","a":"2"}');
  });
});

test("a blanked write stays what it is: one to a loop's variable, or one that brings back what that hid", () => {
  const writes: Write[] = [
    { path: ["item", "pin"], value: 1, variable: true },
    { path: ["item"], value: { pin: 1 }, restores: true },
  ];
  expect(blankHistory({ event: event("{}") }, [entry(...writes)], ["item.pin"]).journal[0]?.patch).toEqual([
    { path: ["item", "pin"], value: "***", variable: true },
    { path: ["item"], value: { pin: "***" }, restores: true },
  ]);
});

test("a chunk's event, items that may lie anywhere, is blanked whole", () => {
  const chunk = { number: 0, of: 1, from: 0, step: "each" };
  const { event: blanked } = blankHistory({ event: event('[{"pin":1}]'), chunk }, [], ["orders.0.pin"]);
  expect(new TextDecoder().decode(blanked?.body)).toBe('"***"');
});

test("a patch is blanked at, above and below the path, and nowhere else", () => {
  const writes: Write[] = [
    { path: ["card", "number"], value: "4111" },
    { path: ["card"], value: { number: "4111", name: "Ada" } },
    { path: ["card", "number", "digits"], value: [4, 1] },
    { path: [], value: { card: { number: "4111" }, x: 1 } },
    { path: ["card"] },
    { path: ["cards"], value: "x" },
  ];
  const { journal } = blankHistory({ event: event("{}") }, [entry(...writes)], ["card.number"]);
  expect(journal[0]?.patch).toEqual([
    { path: ["card", "number"], value: "***" },
    { path: ["card"], value: { number: "***", name: "Ada" } },
    { path: ["card", "number", "digits"], value: "***" },
    { path: [], value: { card: { number: "***" }, x: 1 } },
    { path: ["card"] },
    { path: ["cards"], value: "x" },
  ]);
});

test("an output is blanked where it has the path", () => {
  expect(blankPaths({ card: { number: "4111" }, ok: true }, ["card.number"])).toEqual({
    card: { number: "***" },
    ok: true,
  });
});
