import { describe, expect, test } from "@jest/globals";
import { createMemoryDeadLetters } from "../../lib/adapters/memory/memory-dead-letters.ts";
import { type LetterBoxes, stageLetters } from "../../lib/app/stage-letters.ts";
import type { DeadLetter, DeadLetters } from "../../lib/core/ports/dead-letters.ts";

const ORDERS = "arn:aws:sqs:eu-west-1:123456789012:orders";
const REFUNDS = "arn:aws:sqs:eu-west-1:123456789012:refunds";
const store = { summary: async () => undefined };

function boxOf(...bodies: readonly string[]) {
  const letters = createMemoryDeadLetters();
  for (const body of bodies) letters.bury(body);
  return letters;
}

/** The same letters as a queue gave them up. */
function givenUp(letters: DeadLetters, by: (letter: DeadLetter) => string | undefined): DeadLetters {
  return {
    ...letters,
    receive: async (seconds) =>
      (await letters.receive(seconds)).map((letter) => {
        const givenUpBy = by(letter);
        return { ...letter, ...(givenUpBy !== undefined && { givenUpBy }) };
      }),
  };
}

const read = (boxes: LetterBoxes) => Array.fromAsync(stageLetters(store, boxes));

describe("the dead letters of a stage", () => {
  test("are those of runs, of the inbox, and of the queues that workflows read", async () => {
    const event = { "detail-type": "order.placed", source: "shop" };
    const found = await read({
      runs: boxOf('{"run_id":"run-1"}', "What is this?"),
      events: [
        {
          letters: boxOf(
            JSON.stringify({ source: "hookline.event", workflow: "placed", event }),
            JSON.stringify({
              source: "hookline.cron",
              workflow: "nightly",
              scheduled_at: "2026-01-02T03:00:00Z",
            }),
            '{"run_id":"run-2"}',
          ),
        },
        { letters: boxOf('{"run_id":"run-3"}'), source: { workflow: "orders", queueArn: ORDERS } },
      ],
    });
    expect(found).toMatchObject([
      { kind: "run", runId: "run-1" },
      { kind: "run", body: "What is this?" },
      { kind: "event", queue: "inbox", event: { workflow: "placed", what: "order.placed of shop" } },
      {
        kind: "event",
        queue: "inbox",
        event: { workflow: "nightly", what: "the tick of 2026-01-02T03:00:00Z" },
      },
      { kind: "event", queue: "inbox", body: '{"run_id":"run-2"}' },
      { kind: "event", queue: ORDERS, event: { workflow: "orders", what: "a message" } },
    ]);
    // What looks like one of ours is none, where events lie.
    expect(found[4]).not.toHaveProperty("event");
    for (const letter of found.slice(2)) expect(letter).not.toHaveProperty("runId");
  });

  test("of a queue that several others share belong to the one that gave them up, and are no one else's", async () => {
    const shared = boxOf("an order", "a refund", "another team's", "sent by hand");
    const by = new Map([
      ["an order", ORDERS],
      ["a refund", REFUNDS],
      ["another team's", `${ORDERS}-of-another-team`],
    ]);
    const letters = givenUp(shared, ({ body }) => by.get(body));
    const found = await read({
      runs: boxOf(),
      events: [
        { letters, source: { workflow: "orders", queueArn: ORDERS } },
        { letters, source: { workflow: "refunds", queueArn: REFUNDS } },
      ],
    });
    expect(found.map(({ body, kind, ...more }) => [body, kind, "queue" in more && more.queue])).toEqual([
      ["an order", "event", ORDERS],
      ["sent by hand", "event", ORDERS],
      ["a refund", "event", REFUNDS],
    ]);
    expect(await shared.receive(1)).toHaveLength(4);
  });
});
