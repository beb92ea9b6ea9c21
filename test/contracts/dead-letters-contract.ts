import { beforeEach, describe, expect, test } from "@jest/globals";
import type { DeadLetter, DeadLetters } from "../../lib/core/ports/dead-letters.ts";
import type { DeadLetterReason, Queue } from "../../lib/core/ports/queue.ts";

/** A dead-letter queue under test, empty, and those who put messages into it. */
export interface DeadLettersUnderTest {
  readonly letters: DeadLetters;
  readonly queue: Queue;
  /** Puts a message there that no code of ours wrote. */
  bury(body: string): Promise<void>;
}

/** What every DeadLetters promises. */
export function deadLettersContract(name: string, open: () => Promise<DeadLettersUnderTest>): void {
  describe(name, () => {
    let at: DeadLettersUnderTest;
    beforeEach(async () => {
      at = await open();
    });
    const reason: DeadLetterReason = { class: "client_error", message: "no such order", step: "2.else.0" };

    /** Everything that is not hidden. */
    const receiveAll = async (): Promise<readonly DeadLetter[]> => {
      const all: DeadLetter[] = [];
      for (let batch = await at.letters.receive(60); batch.length > 0; batch = await at.letters.receive(60))
        all.push(...batch);
      return all;
    };

    test("a message comes with its run, its reason and its time, and is hidden meanwhile", async () => {
      await at.queue.deadLetter({ runId: "run-1" }, reason);
      await at.queue.deadLetter({ runId: "run-2" }, { ...reason, step: null });
      const all = [...(await receiveAll())].sort((a, b) => ((a.runId ?? "") < (b.runId ?? "") ? -1 : 1));
      expect(all).toMatchObject([
        { runId: "run-1", body: '{"run_id":"run-1"}', reason, sentAt: expect.any(Number) },
        { runId: "run-2", reason: { ...reason, step: null } },
      ]);
      expect(await at.letters.receive(60)).toEqual([]);
    });

    test("a message that no code of ours wrote comes with its body and nothing else", async () => {
      await at.bury("What is this?");
      const [letter] = await receiveAll();
      expect(letter).toMatchObject({ body: "What is this?" });
      expect(letter).not.toHaveProperty("runId");
      expect(letter).not.toHaveProperty("reason");
    });

    test("a message that is put back is there again, the same one", async () => {
      await at.queue.deadLetter({ runId: "run-1" }, reason);
      const [first] = await receiveAll();
      await at.letters.putBack(first?.receiptHandle ?? "");
      const [second] = await receiveAll();
      expect(second?.messageId).toBe(first?.messageId);
      expect(second?.sentAt).toBe(first?.sentAt);
    });

    test("a message that is removed is gone, and putting it back changes nothing", async () => {
      await at.queue.deadLetter({ runId: "run-1" }, reason);
      const [letter] = await receiveAll();
      await at.letters.remove(letter?.receiptHandle ?? "");
      await at.letters.putBack(letter?.receiptHandle ?? "");
      await at.letters.remove(letter?.receiptHandle ?? "");
      expect(await receiveAll()).toEqual([]);
    });

    test("any number of messages comes, each once", async () => {
      const ids = Array.from({ length: 23 }, (_none, n) => `run-${n}`);
      for (const runId of ids) await at.queue.deadLetter({ runId }, reason);
      expect((await receiveAll()).map(({ runId }) => runId).sort()).toEqual(ids.sort());
    });
  });
}
