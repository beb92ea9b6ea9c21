import { beforeEach, describe, expect, test } from "@jest/globals";
import { type DeadLetterReason, parseMessage, type Queue } from "../../lib/core/ports/queue.ts";

/** A message as the suite needs it. */
export interface Received {
  readonly runId: string | undefined;
  readonly receiptHandle: string;
  readonly receiveCount: number;
}

/** A queue under test, empty; its messages stay hidden for a minute. */
export interface QueueUnderTest {
  readonly queue: Queue;
  receive(): Promise<readonly Received[]>;
  acknowledge(receiptHandle: string): Promise<void>;
  deadLetters(): Promise<
    readonly { readonly runId: string | undefined; readonly reason: DeadLetterReason }[]
  >;
}

/** What every Queue promises. */
export function queueContract(name: string, open: () => Promise<QueueUnderTest>): void {
  describe(name, () => {
    let at: QueueUnderTest;
    beforeEach(async () => {
      at = await open();
    });
    const receivedIds = async () => (await at.receive()).map(({ runId }) => runId);

    test("a sent message is received once and hidden until it is given back", async () => {
      await at.queue.send({ runId: "run-1" });
      const [message] = await at.receive();
      expect(message).toMatchObject({ runId: "run-1", receiveCount: 1 });
      expect(await at.receive()).toEqual([]);
      await at.queue.giveBack(message?.receiptHandle ?? "", 0);
      expect(await at.receive()).toMatchObject([{ runId: "run-1", receiveCount: 2 }]);
    });

    test("a message that is given back with a wait, or sent with one, is not there yet", async () => {
      await at.queue.send({ runId: "later" }, 900);
      await at.queue.send({ runId: "now" });
      const [message] = await at.receive();
      expect(message?.runId).toBe("now");
      await at.queue.giveBack(message?.receiptHandle ?? "", 43_200);
      expect(await at.receive()).toEqual([]);
    });

    test("an acknowledged message is gone, and giving it back changes nothing", async () => {
      await at.queue.send({ runId: "run-1" });
      const [message] = await at.receive();
      await at.acknowledge(message?.receiptHandle ?? "");
      await at.queue.giveBack(message?.receiptHandle ?? "", 0);
      expect(await at.receive()).toEqual([]);
    });

    test("any number of messages is sent, each once", async () => {
      const ids = Array.from({ length: 23 }, (_none, n) => `run-${n}`);
      await at.queue.sendAll(ids.map((runId) => ({ runId })));
      await at.queue.sendAll([]);
      const received = [...(await receivedIds()), ...(await receivedIds()), ...(await receivedIds())];
      expect(received.sort()).toEqual(ids.sort());
    });

    test("a dead letter is the message with its reason", async () => {
      const reason = { class: "client_error", message: "the order has no number", step: "2.else.0" };
      await at.queue.deadLetter({ runId: "run-1" }, reason);
      await at.queue.deadLetter({ runId: "run-2" }, { ...reason, step: null });
      expect(await at.deadLetters()).toEqual([
        { runId: "run-1", reason },
        { runId: "run-2", reason: { ...reason, step: null } },
      ]);
      expect(await at.receive()).toEqual([]);
    });
  });
}

/** The run id of a message's body. */
export function runIdOf(body: string | undefined): string | undefined {
  return parseMessage(body ?? "")?.runId;
}
