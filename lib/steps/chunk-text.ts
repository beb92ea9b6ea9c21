import * as z from "zod";
import { excerpt } from "../core/excerpt.ts";
import { FlowError } from "../core/flow-error.ts";
import { formatJson } from "../core/json.ts";
import { defineStep } from "../core/step.ts";
import { templatedNumber } from "./number-parameter.ts";
import { splitText } from "./split-text.ts";

/** More would not fit into the memory that the runs of a batch share. */
const MAX_CHARACTERS = 64 * 1024 * 1024;

const schema = z.strictObject({
  chunk_size: templatedNumber(z.int().min(1).max(1_000_000))
    .default(400)
    .describe("Words that a chunk has at most"),
  overlap: templatedNumber(z.number().min(0).lt(1))
    .default(0)
    .describe("Part of a chunk's size that it repeats of the one before, 0 to less than 1"),
});

/** Cuts a text into pieces of a size that models can take. */
export const chunkText = defineStep({
  type: "chunk_text",
  summary: "Cut a text into chunks at paragraphs, lines, sentences or words",
  effect: false,
  repeatable: true,
  defaultOutput: "chunks",
  timeoutSeconds: null,
  inputRequired: true,
  schema,
  dependsOn: (_raw, { input }) => [input],
  run({ chunk_size, overlap }, { input, inputFrom = "input_from", warn }) {
    if (input === null) {
      warn(`${inputFrom} is missing or null: there is nothing to cut`);
      return { kind: "next", output: [] };
    }
    if (typeof input !== "string") {
      throw new FlowError(
        "invalid_input",
        `${inputFrom} is ${excerpt(formatJson(input), 100)}, but chunk_text needs text`,
      );
    }
    const chunks: string[] = [];
    let characters = 0;
    const overlapWords = Math.min(Math.round(chunk_size * overlap), chunk_size - 1);
    for (const chunk of splitText(input, { size: chunk_size, overlap: overlapWords })) {
      chunks.push(chunk);
      characters += chunk.length;
      if (characters > MAX_CHARACTERS) {
        throw new FlowError(
          "invalid_input",
          `${inputFrom} in chunks of ${chunk_size} words with an overlap of ${overlap} is more than ${MAX_CHARACTERS} characters: make the overlap smaller`,
        );
      }
    }
    return { kind: "next", output: chunks, note: `${chunks.length} chunks` };
  },
});
