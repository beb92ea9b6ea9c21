import { describe, expect, test } from "@jest/globals";
import { createMemoryDeadLetters } from "../../lib/adapters/memory/memory-dead-letters.ts";
import { openDeadLetters } from "../../lib/app/dead-letters.ts";
import { FlowError } from "../../lib/core/flow-error.ts";

const SECOND = 1_000;

/** A dead-letter queue with so many messages, and its clock. */
function queueOf(count: number) {
  let now = 0;
  const letters = createMemoryDeadLetters({ now: () => now });
  for (let n = 0; n < count; n += 1) letters.bury(`{"run_id":"run-${n}"}`);
  const visible = async () => {
    let found = 0;
    for (let batch = await letters.receive(1); batch.length > 0; batch = await letters.receive(1))
      found += batch.length;
    return found;
  };
  return {
    letters,
    visible,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

describe("reading the dead-letter queue", () => {
  test("shows each message once, and all of them to everybody afterwards", async () => {
    const { letters, visible } = queueOf(23);
    const seen: (string | undefined)[] = [];
    for await (const { runId } of openDeadLetters(letters)) seen.push(runId);
    expect(new Set(seen).size).toBe(23);
    expect(seen).toHaveLength(23);
    expect(await visible()).toBe(23);
  });

  test("takes away only what was removed", async () => {
    const { letters, visible } = queueOf(5);
    for await (const letter of openDeadLetters(letters)) if (letter.runId === "run-3") await letter.remove();
    expect(await visible()).toBe(4);
    expect(letters.all.map(({ runId }) => runId)).not.toContain("run-3");
  });

  test("puts back what it hid also when it ends early, or by a fault", async () => {
    const { letters, visible } = queueOf(12);
    for await (const _letter of openDeadLetters(letters)) break;
    expect(await visible()).toBe(12);
    const { letters: others, visible: othersVisible } = queueOf(12);
    const reading = async () => {
      for await (const letter of openDeadLetters(others))
        if (letter.runId === "run-1") throw new FlowError("connection", "no store");
    };
    await expect(reading()).rejects.toThrow("no store");
    expect(await othersVisible()).toBe(12);
  });

  test("shows no message twice, and ends, when it takes so long that the first ones come back", async () => {
    const { letters, visible, pass } = queueOf(30);
    const seen: (string | undefined)[] = [];
    for await (const { runId } of openDeadLetters(letters)) {
      seen.push(runId);
      pass(7 * SECOND);
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(30);
    expect(await visible()).toBe(30);
  });
});
