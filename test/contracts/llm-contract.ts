import { describe, expect, test } from "@jest/globals";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { ChatAnswer, ChatRequest, Llm, Provider } from "../../lib/core/ports/llm.ts";

/** Opens a model that answers every request in one way, ends each with rate_limited, or never answers. */
export type OpenLlm = (behaviour: ChatAnswer | "rate_limited" | "silent") => Promise<{
  readonly llm: Llm;
  readonly baseUrl?: string;
  close(): Promise<void>;
}>;

/** What every model client owes. */
export function llmContract(provider: Provider, name: string, open: OpenLlm): void {
  describe(`${name}, ${provider}`, () => {
    async function complete(
      behaviour: ChatAnswer | "rate_limited" | "silent",
      more: Partial<ChatRequest> = {},
    ): Promise<unknown> {
      const { llm, baseUrl, close } = await open(behaviour);
      try {
        return await llm.complete({
          provider,
          apiKey: "key-value",
          model: "gpt-4.1-mini",
          messages: [{ role: "user", content: "hello" }],
          idempotencyKey: "i",
          ...(baseUrl !== undefined && { baseUrl }),
          ...more,
        });
      } catch (thrown) {
        return thrown;
      } finally {
        await close();
      }
    }
    const usage = {
      model: "gpt-4.1-mini",
      input_tokens: 12,
      cached_tokens: 3,
      output_tokens: 7,
      reasoning_tokens: 2,
      cost_usd: null,
    };

    test.each(["stop", "length", "refusal", "other"] as const)(
      "an answer that ended by %s has its text and its usage",
      async (finish) => {
        const answer: ChatAnswer = { text: "Hi, it's 5 o'clock ☀", finish, usage };
        expect(await complete(answer)).toEqual(answer);
      },
    );

    test("failures have their class and never show the key", async () => {
      const failure = await complete("rate_limited");
      expect(failure).toBeInstanceOf(FlowError);
      expect(failure).toMatchObject({ class: "rate_limited" });
      expect(JSON.stringify(failure) + failure).not.toContain("key-value");
    });

    test("the time limit is kept", async () => {
      expect(await complete("silent", { timeoutMs: 50 })).toMatchObject({ class: "timeout" });
    });

    test("a signal cancels, and its own FlowError is thrown as it is", async () => {
      expect(await complete("silent", { signal: AbortSignal.timeout(20) })).toMatchObject({
        class: "cancelled",
      });
      const reason = new FlowError("timeout", "the run took too long");
      expect(await complete("silent", { signal: AbortSignal.abort(reason) })).toBe(reason);
    });
  });
}
