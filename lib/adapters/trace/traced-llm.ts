import type { Usage } from "../../core/journal.ts";
import type { ChatAnswer, ChatRequest, Llm, ModelRequest, Provider } from "../../core/ports/llm.ts";
import type { Span, Spans } from "../../core/ports/spans.ts";
import { callingStep, nextCall, spanIdOf } from "./calling-step.ts";
import { inputMessages, outputMessages } from "./model-content.ts";
import { timed } from "./timed.ts";

/** By OpenTelemetry's semantic conventions for generative AI. */
const PROVIDERS: { readonly [provider in Provider]: string } = {
  openai: "openai",
  anthropic: "anthropic",
  gemini: "gcp.gemini",
};

const CHAT: { readonly of: Told<ChatRequest>; readonly answer: Told<ChatAnswer> } = {
  of: ({ messages }, blank) => inputMessages(messages, blank),
  answer: outputMessages,
};

/** Something that is told of a question or its answer, blanked of secrets. */
type Told<T> = (value: T, blank: (text: string) => string) => Span["attributes"];

/** Models whose questions are spans, with tokens; what was asked and answered is told only where `content` says so. */
export function tracedLlm(
  llm: Llm,
  spans?: Spans,
  { content = false }: { readonly content?: boolean } = {},
): Llm {
  if (!spans) return llm;
  const asked = <Request extends ModelRequest, Answer extends { readonly usage: Usage }>(
    operation: string,
    request: Request,
    work: () => Promise<Answer>,
    told?: { readonly of: Told<Request>; readonly answer: Told<Answer> },
  ): Promise<Answer> => {
    const { provider, model } = request;
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
        ...told?.of(request, step.blank),
      },
    });
    return callingStep.run({ ...step, name, calls: 0 }, () =>
      timed(spans, span, work, (answer) => ({
        attributes: {
          "gen_ai.response.model": step.blank(answer.usage.model),
          "gen_ai.usage.input_tokens": answer.usage.input_tokens,
          "gen_ai.usage.output_tokens": answer.usage.output_tokens,
          ...told?.answer(answer, step.blank),
        },
      })),
    );
  };
  return {
    complete: (request) => asked("chat", request, () => llm.complete(request), content ? CHAT : undefined),
    embed: (request) => asked("embeddings", request, () => llm.embed(request)),
  };
}
