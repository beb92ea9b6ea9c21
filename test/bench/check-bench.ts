import { createJq } from "../../lib/adapters/jq/jq-worker-pool.ts";
import { compileJq } from "../../lib/cli/check/compile-jq.ts";
import { checkWorkflow } from "../../lib/language/check/check-workflow.ts";
import { loadWorkflow } from "../../lib/language/load-workflow.ts";
import { largeWorkflow } from "../support/large-workflow.ts";
import { median } from "./statistics.ts";

const ROUNDS = 15;

async function medianMs(work: () => unknown): Promise<number> {
  const samples = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    await work();
    samples.push(performance.now() - started);
  }
  return median(samples);
}

/** What it takes to load and to check a file of 1,000 steps. */
export async function benchCheck(): Promise<{ readonly loadMs: number; readonly checkMs: number }> {
  const text = largeWorkflow(10);
  const jq = createJq();
  try {
    const services = { compileJq: (programs: readonly string[]) => compileJq(jq, programs) };
    const { workflow, problems } = await checkWorkflow(text, "large.yaml", services);
    if (!workflow || problems.some(({ severity }) => severity !== "note"))
      throw new Error("the file is not good");
    return {
      loadMs: await medianMs(() => loadWorkflow(text, "large.yaml")),
      checkMs: await medianMs(() => checkWorkflow(text, "large.yaml", services)),
    };
  } finally {
    await jq.close();
  }
}
