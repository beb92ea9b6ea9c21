import { type OverviewNumbers, readOverview, windowUntil } from "../app/overview.ts";
import { DAY_MS } from "../app/timings.ts";
import { FlowError } from "../core/flow-error.ts";
import { nameHint } from "../language/nearest-name.ts";
import { columns } from "./columns.ts";
import { printModelCosts } from "./cost-by-model.ts";
import { dollars } from "./dollars.ts";
import { EXIT } from "./exit.ts";
import type { HistoryOptions } from "./history.ts";
import { jsonText } from "./json-text.ts";
import { localIso } from "./local-time.ts";
import { withMetrics } from "./metric-place.ts";
import { stageWorkflows } from "./stage-workflows.ts";

/** Options of `cost`. Times in milliseconds since the epoch. */
export interface CostOptions extends HistoryOptions {
  readonly workflow?: string;
  readonly since?: number;
  readonly by: "workflow" | "day" | "model";
  readonly json?: boolean;
}

/** What a part of a stage, or a time, cost. Money in US dollars. */
interface CostRow {
  readonly name: string;
  readonly runs: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly models_usd: number;
  readonly saved_usd: number;
}

/** Prints what models cost and what the cache saved, from the metrics. @throws FlowError `invalid_input` for a workflow that there is not. */
export async function printCost(options: CostOptions): Promise<number> {
  const now = Date.now();
  const { workflow, since = now - 7 * DAY_MS, by } = options;
  if (by === "model") {
    if (workflow !== undefined)
      throw new FlowError(
        "invalid_input",
        "models are counted for the stage as a whole: leave --workflow out, or ask --by workflow or day",
      );
    return printModelCosts(options, since, now);
  }
  const names = (await stageWorkflows(options)).map(({ name }) => name);
  if (workflow !== undefined && !names.includes(workflow)) {
    const hint = nameHint(workflow, names);
    throw new FlowError(
      "invalid_input",
      `there is no workflow "${workflow}"${hint === undefined ? "" : `: ${hint}`}`,
    );
  }
  const asked = workflow !== undefined ? [workflow] : by === "workflow" ? names : [];
  // Days are whole days of UTC, as metrics of that age are kept.
  const window =
    by === "day"
      ? { from: since - (since % DAY_MS), to: now - (now % DAY_MS) + DAY_MS, periodSeconds: 86_400 }
      : windowUntil(now, now - since);
  const overview = await withMetrics(options, ({ reader }) => readOverview(reader, asked, window));
  const part = workflow === undefined ? overview.stage : overview.workflows[0];
  const rows =
    by === "workflow"
      ? overview.workflows.map(({ name, total }) => rowOf(name, total))
      : (part?.buckets ?? []).map((bucket) => rowOf(new Date(bucket.at).toISOString().slice(0, 10), bucket));
  const total = rowOf("all", (part ?? overview.stage).total);
  if (options.json) {
    const from = new Date(window.from).toISOString();
    process.stdout.write(`${jsonText({ from, to: new Date(now).toISOString(), rows, total })}\n`);
    return EXIT.ok;
  }
  const shown = [...rows.toSorted(by === "day" ? () => 0 : (a, b) => b.models_usd - a.models_usd), total];
  const head = [by.toUpperCase(), "RUNS", "TOKENS IN", "OUT", "MODELS", "SAVED BY CACHE"];
  process.stdout.write(`Since ${localIso(window.from)}\n\n`);
  process.stdout.write(`${columns([head, ...shown.map(cellsOf)]).join("\n")}\n\n`);
  process.stdout.write(
    'Models as far as their prices are known. What AWS takes for a thousand runs: "hookline deploy" shows it, docs/cost.md says how.\n',
  );
  return EXIT.ok;
}

function rowOf(name: string, numbers: OverviewNumbers): CostRow {
  return {
    name,
    runs: numbers.accepted,
    input_tokens: numbers.inputTokens,
    output_tokens: numbers.outputTokens,
    models_usd: numbers.spentUsd,
    saved_usd: numbers.savedUsd,
  };
}

function cellsOf({ name, runs, input_tokens, output_tokens, models_usd, saved_usd }: CostRow): string[] {
  return [
    name,
    String(runs),
    String(input_tokens),
    String(output_tokens),
    dollars(models_usd),
    dollars(saved_usd),
  ];
}
