import * as z from "zod";
import type { StepContext } from "../core/step-context.ts";
import type { PartEnd } from "../core/step-result.ts";
import { endsRun } from "./block-ends.ts";
import { templatedNumber } from "./number-parameter.ts";

/** How many items of a loop may fail: a number of them, or a share of the list. */
export const tolerance = z.strictObject(
  {
    count: templatedNumber(z.int().min(0)).optional().describe("So many"),
    percent: templatedNumber(z.number().min(0).max(100))
      .optional()
      .describe("So many of a hundred, rounded down"),
  },
  { error: ({ code }) => (code === "invalid_type" ? "expected { count: 3 }, or { percent: 5 }" : undefined) },
);

/**
 * The ends of isolated items with their failures accepted, where all were tried and no more failed than tolerated; else
 * as they are.
 */
export function acceptTolerated(
  ends: readonly PartEnd[],
  tolerate: z.infer<typeof tolerance> | undefined,
  { acceptFailure }: StepContext,
): readonly PartEnd[] {
  if (!tolerate || ends.some((end) => end.kind === "pause" || endsRun(end))) return ends;
  const { count = 0, percent = 0 } = tolerate;
  const failed = ends.filter(({ kind }) => kind === "fail").length;
  if (failed > count && failed * 100 > percent * ends.length) return ends;
  return ends.map((end, index) =>
    end.kind === "fail" ? { kind: "result", value: acceptFailure(`items.${index}`, end.failure) } : end,
  );
}
