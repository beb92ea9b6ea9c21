import { PassThrough, Writable } from "node:stream";
import type { Terminal } from "../../lib/cli/new/ask-for-workflow.ts";

/** What keys send. */
export const KEYS = { ENTER: "\r", DOWN: "\u001b[B", CTRL_C: "\u0003", CLEAR: "\u0015" } as const;

/** A terminal in which somebody types each text once its question is on the screen. */
export function typing(...answers: readonly (readonly [question: string, keys: string])[]): Terminal {
  const input = new PassThrough();
  let shown = "";
  let next = 0;
  const output = new Writable({
    write(data, _encoding, done) {
      shown += data;
      const [question, keys] = answers[next] ?? [];
      if (question !== undefined && shown.includes(question)) {
        next += 1;
        shown = "";
        setImmediate(() => input.write(keys));
      }
      done();
    },
  });
  // A screen outlives its questions.
  Object.assign(output, { end: () => output });
  return { input, output };
}
