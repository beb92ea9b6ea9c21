import { createJq } from "../../adapters/jq/jq-worker-pool.ts";
import { listPrice } from "../../adapters/llm/model-cost.ts";
import { createPython } from "../../adapters/python/python-pool.ts";
import { systemClock } from "../../adapters/system-clock.ts";
import { firstValue, STAGE_NAME } from "../../core/environment-source.ts";
import type { CheckServices } from "../../language/rule.ts";
import { localSources } from "../../local/local-environment.ts";
import { readIfPresent } from "../../local/working-folder.ts";
import { compileJq } from "./compile-jq.ts";

/** Services with processes and workers behind them. */
export interface OpenServices extends CheckServices {
  close(): Promise<void>;
}

/** What the stage's values are looked for in. */
export interface StageOptions {
  readonly stage?: string | undefined;
  /** Values of `--env`. */
  readonly given: { readonly [name: string]: string };
}

/** jq, Python, prices, and the values of a stage as `run` finds them. Each starts with the first file that needs it. */
export function openCheckServices({ stage, given }: StageOptions, signal: AbortSignal): OpenServices {
  const jq = createJq();
  let python: ReturnType<typeof createPython> | undefined;
  const sources =
    stage === undefined
      ? undefined
      : localSources({ given, shell: process.env, stage, readFile: readIfPresent });
  return {
    compileJq: (programs) => compileJq(jq, programs, signal),
    compilePython(programs) {
      python ??= createPython({ spare: false });
      return python.compile(programs, signal);
    },
    priceOf: (provider, model) => listPrice({ provider, model }, systemClock.now()),
    ...(stage !== undefined &&
      sources && {
        stage: { name: stage, has: (name) => name === STAGE_NAME || firstValue(name, sources) !== undefined },
      }),
    async close() {
      await Promise.all([jq.close(), python?.close()]);
    },
  };
}
