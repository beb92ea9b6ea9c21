import { FlowError } from "../../core/flow-error.ts";
import { formatJson, parseJson } from "../../core/json.ts";
import type { Answers, RunAnswer } from "../../core/ports/answers.ts";
import { type Key, keyAttributes, number, readText, text } from "./item.ts";
import { runKey } from "./run-item.ts";
import { createTable, type TableOptions } from "./table.ts";

/** An item takes 400 KB, of which the answer's other attributes are little; a sender does not wait for more. */
const LARGEST_ANSWER_BYTES = 256 * 1024;

/** Answers in the table of the runs, one item beside each run that gives one. */
export function createDynamoAnswers(place: TableOptions): Answers {
  const table = createTable(place);
  return {
    async give(runId, answer, expiresAt) {
      const content = formatJson({ ...answer });
      const bytes = Buffer.byteLength(content);
      if (bytes > LARGEST_ANSWER_BYTES)
        throw new FlowError(
          "invalid_output",
          `the answer has ${bytes} bytes, more than the ${LARGEST_ANSWER_BYTES} that a sender is answered: answer with an id or a link`,
        );
      const item = {
        ...keyAttributes(answerKey(runId)),
        answer: text(content),
        expires_at: number(expiresAt),
      };
      if (await table.putNew(item)) return true;
      return (await table.get(answerKey(runId)))?.answer?.S === content;
    },
    async get(runId) {
      const item = await table.get(answerKey(runId));
      return item && (parseJson(readText(item, "answer")) as unknown as RunAnswer);
    },
  };
}

/** Before the run's own item and its segments, which are read together. */
function answerKey(runId: string): Key {
  return { pk: runKey(runId).pk, sk: "answer" };
}
