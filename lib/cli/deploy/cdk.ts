import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FlowError } from "../../core/flow-error.ts";
import type { JsonObject } from "../../core/json.ts";
import { runProgram } from "./run-program.ts";

const OWN_CDK = fileURLToPath(new URL("../../../node_modules/aws-cdk/bin/cdk", import.meta.url));
const OUT_DIR = "cdk.out";

/** The outputs of a stack. */
export type Outputs = { readonly [name: string]: string };

/** The CDK's command line, for one stack. What it tells goes to standard error. */
export interface Cdk {
  /**
   * Builds and synthesises, and gives the template.
   * @throws FlowError `config_error` when that fails.
   */
  synthesise(
    context: { readonly [name: string]: string | undefined },
    signal: AbortSignal,
  ): Promise<JsonObject>;
  /** Deploys what was synthesised last; the outputs, undefined when that failed or was interrupted. */
  deploy(signal: AbortSignal): Promise<Outputs | undefined>;
}

/** `program` stands in for the project's own CDK. */
export function cdkFor(stack: string, program: string | undefined): Cdk {
  const command = program === undefined ? [process.execPath, "--no-warnings", OWN_CDK] : [program];
  const outDir = join(OUT_DIR, stack);
  return {
    async synthesise(context, signal) {
      const given = Object.entries(context).flatMap(([name, value]) =>
        value === undefined ? [] : ["--context", `${name}=${value}`],
      );
      const { code } = await runProgram([...command, "synth", "--quiet", "--output", outDir, ...given], {
        signal,
      });
      signal.throwIfAborted();
      if (code !== 0)
        throw new FlowError(
          "config_error",
          `the build failed, cdk synth ended with ${code}: the reason stands above`,
        );
      return JSON.parse(readFileSync(join(outDir, `${stack}.template.json`), "utf8"));
    },
    async deploy(signal) {
      const outputs = join(outDir, "outputs.json");
      const how = [
        "--app",
        outDir,
        "--require-approval",
        "never",
        "--progress",
        "events",
        "--outputs-file",
        outputs,
      ];
      const { code } = await runProgram([...command, "deploy", stack, ...how], { signal });
      if (code !== 0) return undefined;
      return existsSync(outputs) ? (JSON.parse(readFileSync(outputs, "utf8"))[stack] ?? {}) : {};
    },
  };
}
