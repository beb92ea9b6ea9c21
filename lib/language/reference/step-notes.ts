import * as z from "zod";
import { ERROR_CLASSES } from "../../core/flow-error.ts";

const sentence = z.string().regex(/[.:]$/, "write a sentence");

/** What a step's page says beyond what its definition can: written by hand, one file for each type. */
export const stepNotesSchema = z.strictObject({
  writes: sentence,
  /** When the step fails with each class that it can fail with. */
  errors: z.partialRecord(z.enum(ERROR_CLASSES), sentence).default({}),
  notes: z.array(sentence).default([]),
});

/** The values of {@link stepNotesSchema}. */
export type StepNotes = z.infer<typeof stepNotesSchema>;
