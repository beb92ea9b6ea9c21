import { costOf } from "../../lib/adapters/llm/model-cost.ts";
import type { Http } from "../../lib/core/ports/http.ts";
import type { Llm } from "../../lib/core/ports/llm.ts";
import type { VirtualClock } from "../../lib/testing/virtual-clock.ts";

/** Values of the names that the shipped workflows read. */
export const SAMPLE_SECRETS = {
  COMPANY_API_URL: "https://companies.example.com",
  COMPANY_API_KEY: "company-key-of-the-sample",
  OPENAI_API_KEY: "model-key-of-the-sample",
  SLACK_WEBHOOK: "https://hooks.slack.example.com/services/sample",
  METRICS_API_URL: "https://metrics.example.com",
  METRICS_API_KEY: "metrics-key-of-the-sample",
  WAREHOUSE_API_URL: "https://warehouse.example.com",
  WAREHOUSE_API_KEY: "warehouse-key-of-the-sample",
  TICKET_API_URL: "https://tickets.example.com",
  TICKET_API_KEY: "ticket-key-of-the-sample",
};

/** The ticket system was down for a while. */
const OUTAGE = { from: Date.UTC(2026, 10, 26, 10, 5), to: Date.UTC(2026, 10, 26, 10, 25) };
const OPENING_LINE = "Teams of your size usually start with one workflow and keep it; shall I show you ours?";

/** Everything that the shipped workflows call, with times and troubles as such things have them, drawn by chance. */
export function samplePeers(clockOf: () => VirtualClock, next: () => number): Http & Llm {
  /** Most answers are quick, some are not. */
  const take = (typicalMs: number) => clockOf().sleep(Math.round(typicalMs * (0.6 + next() ** 4 * 4)));
  return {
    async send({ url, body }) {
      const { hostname } = new URL(url);
      await take(hostname.startsWith("hooks") ? 90 : 180);
      const [status, answer] = answerOf(hostname, clockOf().now(), next, String(body ?? ""));
      const text = typeof answer === "string" ? answer : JSON.stringify(answer);
      const type = typeof answer === "string" ? "text/plain" : "application/json";
      return { status, headers: { "content-type": type }, body: new TextEncoder().encode(text) };
    },
    async complete(request) {
      const { model, messages } = request;
      const asked = messages.map(({ content }) => content).join(" ");
      await take(700);
      const text = asked.includes("You sort") ? urgencyOf(messages.at(-1)?.content ?? "") : OPENING_LINE;
      const tokens = (words: string) => Math.ceil(words.length / 4);
      const counted = { cached_tokens: 0, reasoning_tokens: 0, cost_usd: null };
      const usage = { model, input_tokens: tokens(asked), output_tokens: tokens(text), ...counted };
      const cost_usd = await clockOf().during(costOf(usage, request, clockOf().now()));
      return { text, finish: "stop", usage: { ...usage, cost_usd } };
    },
    embed: () => Promise.reject(new Error("no shipped workflow asks for embeddings")),
  };
}

function answerOf(
  host: string,
  now: number,
  next: () => number,
  body: string,
): readonly [status: number, answer: object | string] {
  switch (host) {
    case "hooks.slack.example.com":
      return [200, "ok"];
    case "tickets.example.com":
      if (now >= OUTAGE.from && now < OUTAGE.to) return [503, { error: "maintenance" }];
      return [201, { id: `T-${Math.floor(next() * 9000) + 1000}` }];
    case "warehouse.example.com":
      if (next() < 0.06)
        return [409, { error: "out of stock", sku: /"sku":"([^"]*)"/.exec(body)?.[1] ?? null }];
      if (next() < 0.08) return [502, { error: "bad gateway" }];
      return [201, { id: `R-${Math.floor(next() * 90_000) + 10_000}` }];
    case "metrics.example.com":
      return [200, { signups: 47, orders: 112 }];
    default:
      if (next() < 0.1) return [429, { error: "slow down" }];
      return [200, { name: "Northwind Traders", industry: "wholesale", employees: 180, country: "NO" }];
  }
}

function urgencyOf(message: string): string {
  if (/log in|another company/.test(message)) return "urgent";
  return /followers/.test(message) ? "spam" : "normal";
}
