import { toFlowError } from "../../core/flow-error.ts";
import type { Span, Spans } from "../../core/ports/spans.ts";

/** What of a span is known before it is over. */
type Begun = Omit<Span, "from" | "to" | "errorClass">;

/** Does the work as a span: with what `more` says of its result, or the class of what it threw. */
export async function timed<T>(
  spans: Spans | undefined,
  begun: () => Begun,
  work: () => Promise<T>,
  more: (result: T) => Pick<Span, "attributes" | "errorClass"> = () => ({ attributes: {} }),
): Promise<T> {
  if (!spans) return work();
  const from = Date.now();
  const record = ({ attributes, errorClass }: Pick<Span, "attributes" | "errorClass">) => {
    const span = begun();
    spans.record({
      ...span,
      attributes: { ...span.attributes, ...attributes },
      errorClass,
      from,
      to: Date.now(),
    });
  };
  try {
    const result = await work();
    record(more(result));
    return result;
  } catch (thrown) {
    record({ attributes: {}, errorClass: toFlowError(thrown).class });
    throw thrown;
  }
}
