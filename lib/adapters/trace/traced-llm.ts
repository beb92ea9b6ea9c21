import type { Usage } from "../../core/journal.ts";
import type { Llm, ModelRequest, Provider } from "../../core/ports/llm.ts";
import type { Spans } from "../../core/ports/spans.ts";
import { callingStep, nextCall, spanIdOf } from "./calling-step.ts";
import { timed } from "./timed.ts";

/** By OpenTelemetry's semantic conventions for generative AI. */
const PROVIDERS: { readonly [provider in Provider]: string } = {
  openai: "openai",
  anthropic: "anthropic",
  gemini: "gcp.gemini",
};

/** Models whose questions are spans, with tokens and never with what was asked or answered. */
export function tracedLlm(llm: Llm, spans?: Spans): Llm {
  if (!spans) return llm;
  const asked = <T extends { readonly usage: Usage }>(
    operation: string,
    { provider, model }: ModelRequest,
    work: () => Promise<T>,
  ): Promise<T> => {
    const step = callingStep.getStore();
    if (!step) return work();
    const name = nextCall(step);
    const span = () => ({
      trace: step.trace,
      spanId: spanIdOf(name),
      parentId: spanIdOf(step.name),
      name: `${operation} ${step.blank(model)}`,
      kind: "client" as const,
      attributes: {
        "gen_ai.operation.name": operation,
        "gen_ai.provider.name": PROVIDERS[provider],
        "gen_ai.request.model": step.blank(model),
      },
    });
    return callingStep.run({ ...step, name, calls: 0 }, () =>
      timed(spans, span, work, (answer) => ({
        attributes: {
          "gen_ai.response.model": step.blank(answer.usage.model),
          "gen_ai.usage.input_tokens": answer.usage.input_tokens,
          "gen_ai.usage.output_tokens": answer.usage.output_tokens,
        },
      })),
    );
  };
  return {
    complete: (request) => asked("chat", request, () => llm.complete(request)),
    embed: (request) => asked("embeddings", request, () => llm.embed(request)),
  };
}
