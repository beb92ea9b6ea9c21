import { findDelivery } from "../app/list-deliveries.ts";
import { senderOf } from "../app/sender-of.ts";
import { FlowError } from "../core/flow-error.ts";
import { columns } from "./columns.ts";
import { deliveryView } from "./delivery-view.ts";
import { EXIT } from "./exit.ts";
import { type HistoryOptions, withHistory } from "./history.ts";
import { jsonText } from "./json-text.ts";
import { localIso } from "./local-time.ts";
import { placeFlags } from "./place-flags.ts";
import { printableLine } from "./printable.ts";

/**
 * Prints one delivery.
 * @throws FlowError `invalid_input` for one that is not there, or is not kept any more.
 */
export async function showDelivery(
  id: string,
  options: HistoryOptions & { readonly json?: boolean },
): Promise<number> {
  const found = await withHistory(options, async (history) =>
    findDelivery(
      history,
      id,
      (await history.inputs()).map(({ name }) => name),
    ),
  );
  if (!found)
    throw new FlowError(
      "invalid_input",
      `the stage "${options.stage}" has no delivery ${id}: see "hookline deliveries list"`,
    );
  if (options.json) {
    process.stdout.write(`${jsonText(deliveryView(found))}\n`);
    return EXIT.ok;
  }
  const { workflow, at, outcome, reason, status, bytes, runId, runStatus } = found;
  const rows = [
    ["delivery", found.id],
    ["workflow", workflow],
    ["received", localIso(at)],
    ["outcome", outcome],
    ...(reason === undefined ? [] : [["reason", printableLine(reason)]]),
    ...(status === undefined ? [] : [["answered", String(status)]]),
    ["body", `${bytes} bytes${runId === undefined ? ", not kept" : ""}`],
    ["from", senderOf(found)],
    ...(runId === undefined ? [] : [["run", runStatus === undefined ? runId : `${runId}, ${runStatus}`]]),
  ];
  process.stdout.write(`${columns(rows).join("\n")}\n`);
  if (runId !== undefined)
    process.stdout.write(`\nIts run:  npx hookline runs show ${runId}${placeFlags(options)}\n`);
  return EXIT.ok;
}
