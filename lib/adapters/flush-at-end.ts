import type { MiddlewareObj } from "@middy/core";

/** Something that collects while an invocation lasts. */
interface Collector {
  flush(): void | Promise<void>;
}

/** Empties the collectors when an invocation ends, well or not. */
export function flushAtEnd<Event, Answer>(...collectors: readonly Collector[]): MiddlewareObj<Event, Answer> {
  const flush = async () => {
    await Promise.all(collectors.map((collector) => collector.flush()));
  };
  return { after: flush, onError: flush };
}
