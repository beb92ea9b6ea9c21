import { type DeliveryOutcome, type DeliverySummary, listDeliveries } from "../app/list-deliveries.ts";
import { senderOf } from "../app/sender-of.ts";
import { columns } from "./columns.ts";
import { deliveryView } from "./delivery-view.ts";
import { EXIT } from "./exit.ts";
import { type HistoryOptions, withHistory } from "./history.ts";
import { jsonText } from "./json-text.ts";
import { localIso } from "./local-time.ts";
import { checkWorkflow } from "./operate/select-runs.ts";
import { printableLine } from "./printable.ts";

/** Options of `deliveries list`. Times in milliseconds since the epoch. */
export interface DeliveriesListOptions extends HistoryOptions {
  readonly workflow?: string;
  readonly outcome?: DeliveryOutcome;
  readonly since?: number;
  readonly until?: number;
  readonly limit: number;
  readonly json?: boolean;
}

/** Receipts are kept as long; runs are kept longer. */
const SEARCH_MS = 7 * 86_400_000;

/** Prints deliveries, newest first. */
export async function printDeliveries(options: DeliveriesListOptions): Promise<number> {
  const { workflow, outcome, limit, until = Date.now() } = options;
  const since = options.since ?? until - SEARCH_MS;
  const found = await withHistory(options, async (history) => {
    if (workflow !== undefined) await checkWorkflow(workflow, history, since);
    const workflows = workflow === undefined ? (await history.inputs()).map(({ name }) => name) : [workflow];
    const query = { workflows, since, until, limit, ...(outcome && { outcome }) };
    return (await listDeliveries(history, query, Number.POSITIVE_INFINITY)).deliveries;
  });
  if (options.json) process.stdout.write(`${jsonText(found.map(deliveryView))}\n`);
  else if (found.length === 0) process.stderr.write("No deliveries.\n");
  else process.stdout.write(`${columns([HEAD, ...found.map(rowOf)]).join("\n")}\n`);
  return EXIT.ok;
}

const HEAD = ["RECEIVED", "WORKFLOW", "DELIVERY", "OUTCOME", "BYTES", "FROM", "BECAME"];

function rowOf(one: DeliverySummary): string[] {
  const { at, workflow, id, outcome, bytes, runId, runStatus, reason = "" } = one;
  const became =
    outcome === "accepted" ? `a run, ${runStatus}` : runId === undefined ? reason : `run ${runId}`;
  return [localIso(at), workflow, id, outcome, String(bytes), senderOf(one), printableLine(became)];
}
