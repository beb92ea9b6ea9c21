import type { Usage } from "../../core/journal.ts";
import type { ModelRequest } from "../../core/ports/llm.ts";

/** Providers as the price table names them. */
const PRICED_AS = { openai: "openai", anthropic: "anthropic", gemini: "google" } as const;

/**
 * US dollars of a call by the list prices that came with the price table, at a time in milliseconds since the epoch.
 * Null when it has no price for the model at this address, or no tokens were counted. Makes no request.
 */
export async function costOf(
  usage: Usage,
  { provider, baseUrl, model }: Pick<ModelRequest, "provider" | "baseUrl" | "model">,
  nowMs: number,
): Promise<number | null> {
  if (usage.input_tokens + usage.output_tokens === 0) return null;
  const { calcPrice } = await import("@pydantic/genai-prices");
  const counted = {
    input_tokens: usage.input_tokens,
    cache_read_tokens: Math.min(usage.cached_tokens, usage.input_tokens),
    output_tokens: usage.output_tokens,
  };
  const where = {
    ...(baseUrl === undefined ? { providerId: PRICED_AS[provider] } : { providerApiUrl: baseUrl }),
    timestamp: new Date(nowMs),
  };
  for (const name of new Set([usage.model, model])) {
    const price = priceOf(() => calcPrice(counted, name.replace(/^models\//, ""), where));
    // Binary fractions: beyond twelve digits there is only noise.
    if (price !== undefined && price >= 0) return Number(price.toPrecision(12));
  }
  return null;
}

const MILLION = 1_000_000;

/** US dollars for a million tokens in and as many out, as {@link costOf} knows them: what tells dear models from cheap ones. */
export function listPrice(
  model: Pick<ModelRequest, "provider" | "model">,
  nowMs: number,
): Promise<number | null> {
  const counted = { input_tokens: MILLION, cached_tokens: 0, output_tokens: MILLION, reasoning_tokens: 0 };
  return costOf({ model: model.model, ...counted, cost_usd: null }, model, nowMs);
}

/** The table throws where its own entry is incomplete, which is no reason to lose an answer that was paid for. */
function priceOf(look: () => { readonly total_price: number } | null): number | undefined {
  try {
    return look()?.total_price;
  } catch {
    return undefined;
  }
}
