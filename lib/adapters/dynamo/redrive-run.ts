import { FlowError } from "../../core/flow-error.ts";
import type { Redrive, RedriveResult } from "../../core/ports/run-store.ts";
import { assignments } from "./assignments.ts";
import { duePartition } from "./index-shards.ts";
import {
  checkLayout,
  type Item,
  layoutVersion,
  number,
  readFlag,
  readNumber,
  readOptionalNumber,
  text,
} from "./item.ts";
import { keepUntil } from "./lease-writes.ts";
import { readCost, readStatus, runKey } from "./run-item.ts";
import { copyTail } from "./segments.ts";
import type { Table } from "./table.ts";

const FAILED = [
  "attribute_exists(#pk)",
  "#v = :v",
  "(#outcome = :failed OR attribute_exists(#damage))",
  "attribute_not_exists(#rewritten)",
].join(" AND ");

/**
 * Puts a failed run back to `queued` with one conditional update. What its last write held of the journal becomes a
 * segment first: a process that dies in between leaves a failed run, whose readers leave that segment out.
 */
export async function redriveRun(table: Table, runId: string, redrive: Redrive): Promise<RedriveResult> {
  for (;;) {
    const item = await table.get(runKey(runId));
    if (!item || readNumber(item, "expires_at") <= redrive.now / 1000) return { kind: "missing" };
    checkLayout(item);
    const result = resultOn(item, redrive);
    if (result) return result;
    await copyTail(table, item);
    if (redrive.expiresAt > readNumber(item, "expires_at")) await keepUntil(table, runId, redrive.expiresAt);
    if (await putBack(table, item, runId, redrive)) return { kind: "redriven" };
  }
}

/** What stands against a redrive; undefined: nothing does. */
function resultOn(item: Item, { nth }: Redrive): RedriveResult | undefined {
  const made = readOptionalNumber(item, "redrives") ?? 0;
  const status = readStatus(item);
  if (made >= nth) return { kind: "redriven" };
  if (status !== "failed") return { kind: "not_failed", status };
  if (readFlag(item, "rewritten")) return { kind: "blanked" };
  if (made === nth - 1) return undefined;
  throw new FlowError("internal", `run ${item.run_id?.S} was redriven ${made} times: the next is not ${nth}`);
}

function putBack(table: Table, item: Item, runId: string, redrive: Redrive): Promise<boolean> {
  const { nth, entries, now, dueAt, keepsUnknown } = redrive;
  const expiresAt = Math.max(redrive.expiresAt, readNumber(item, "expires_at"));
  const { set, values } = assignments({
    status: text("queued"),
    failures: number(0),
    spent_ms: number(0),
    spent_usd: number(readCost(item)),
    due_shard: text(duePartition(runId)),
    due_at: number(dueAt),
    expires_at: number(expiresAt),
    redrives: number(nth),
  });
  const changes = [...set, "#redriven = list_append(if_not_exists(#redriven, :none), :this)"];
  const redriven: Item = {
    at: number(now),
    entries: number(entries),
    ...(keepsUnknown && { keeps_unknown: { BOOL: true } }),
  };
  const isNext = nth === 1 ? "attribute_not_exists(#redrives)" : "#redrives = :before";
  return table.update(
    runKey(runId),
    {
      text: `SET ${changes.join(", ")} REMOVE ${OF_THE_END.map((name) => `#${name}`).join(", ")}`,
      values: {
        ...values,
        ":none": { L: [] },
        ":this": { L: [{ M: redriven }] },
      },
    },
    {
      text: `${FAILED} AND ${isNext}`,
      values: {
        ":v": layoutVersion,
        ":failed": text("failed"),
        ...(nth > 1 && { ":before": number(nth - 1) }),
      },
    },
  );
}

/** What the write that ended the run had added. */
const OF_THE_END = [
  "outcome",
  "damage",
  "alone",
  "finished_at",
  "error",
  "error_class",
  "error_message",
  "reason",
  "output",
  "tail",
  "not_before",
  "lease_owner",
  "lease_until",
  "cost_usd",
];
