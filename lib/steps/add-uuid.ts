import * as z from "zod";
import { defineStep } from "../core/step.ts";

/** Writes a new UUIDv4. */
export const addUuid = defineStep({
  type: "add_uuid",
  summary: "Write a random UUID",
  effect: false,
  repeatable: false,
  defaultOutput: "meta.id",
  timeoutSeconds: null,
  schema: z.strictObject({}),
  dependsOn: () => [],
  facts: { shape: () => ({}) },
  run: (_params, { ports }) => ({ kind: "next", output: ports.random.uuid() }),
});
