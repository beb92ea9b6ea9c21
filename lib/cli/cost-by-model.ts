import { type ModelCost, readModelCosts } from "../app/model-costs.ts";
import { windowUntil } from "../app/overview.ts";
import { OTHER_MODELS } from "../core/model-label.ts";
import { columns } from "./columns.ts";
import { dollars } from "./dollars.ts";
import { EXIT } from "./exit.ts";
import type { HistoryOptions } from "./history.ts";
import { jsonText } from "./json-text.ts";
import { localIso } from "./local-time.ts";
import { withMetrics } from "./metric-place.ts";
import { printableLine } from "./printable.ts";

/** Prints what each model cost the stage in a time that ends now, milliseconds since the epoch. */
export async function printModelCosts(
  options: HistoryOptions & { readonly json?: boolean },
  since: number,
  now: number,
): Promise<number> {
  const window = windowUntil(now, now - since);
  const costs = await withMetrics(options, ({ reader }) => readModelCosts(reader, window));
  const total = {
    name: "all",
    inputTokens: sum(costs, "inputTokens"),
    outputTokens: sum(costs, "outputTokens"),
    spentUsd: sum(costs, "spentUsd"),
  };
  if (options.json) {
    const [from, to] = [window.from, now].map((ms) => new Date(ms).toISOString());
    process.stdout.write(`${jsonText({ from, to, rows: costs.map(viewOf), total: viewOf(total) })}\n`);
    return EXIT.ok;
  }
  const head = ["MODEL", "TOKENS IN", "OUT", "COST"];
  process.stdout.write(`Since ${localIso(window.from)}\n\n`);
  process.stdout.write(`${columns([head, ...[...costs, total].map(cellsOf)]).join("\n")}\n`);
  return EXIT.ok;
}

function sum(costs: readonly ModelCost[], name: Exclude<keyof ModelCost, "name">): number {
  return costs.reduce((all, one) => all + one[name], 0);
}

function viewOf({ name, inputTokens, outputTokens, spentUsd }: ModelCost) {
  return { name, input_tokens: inputTokens, output_tokens: outputTokens, models_usd: spentUsd };
}

function cellsOf({ name, inputTokens, outputTokens, spentUsd }: ModelCost): string[] {
  const isOther = name === OTHER_MODELS;
  return [
    isOther ? `${name}, price not known` : printableLine(name),
    String(inputTokens),
    String(outputTokens),
    isOther ? "–" : dollars(spentUsd),
  ];
}
