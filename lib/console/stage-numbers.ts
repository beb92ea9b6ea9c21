import { html } from "hono/html";
import { stackOf, toFlowError } from "../core/flow-error.ts";
import type { MetricReader } from "../core/ports/metric-reader.ts";
import type { ConsoleStage } from "./console-stage.ts";
import type { Html } from "./parts/html.ts";

/** Numbers of a stage; undefined when they cannot be read, which the log says: what pages show beside them is worth its own. */
export async function stageNumbers<T>(
  { metrics, log }: ConsoleStage,
  read: (metrics: MetricReader) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read(metrics);
  } catch (thrown) {
    const error = toFlowError(thrown);
    const fields = { class: error.class, ...stackOf(error) };
    log.write({ level: "error", message: `metrics cannot be read: ${error.message}`, fields });
    return undefined;
  }
}

/** Stands where the numbers would. */
export const noNumbers: Html = html`<p class="notice"><span aria-hidden="true">!</span> The numbers cannot be read now; runs are not touched by that. The console’s log says why.</p>`;
