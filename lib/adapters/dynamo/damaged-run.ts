import type { FlowError } from "../../core/flow-error.ts";
import { isObject } from "../../core/json.ts";
import type { DamagedRun } from "../../core/ports/run-store.ts";
import { FINAL_STATUSES } from "../../core/run.ts";
import { listedError } from "../listed-error.ts";
import { closeEnded } from "./dynamo-batch-store.ts";
import { type Item, number, readNumber, text, unlessDamaged } from "./item.ts";
import { runIdOf, runKey } from "./run-item.ts";
import { readChunk, readParent } from "./run-links.ts";
import type { Table } from "./table.ts";

// Each attribute is added, none is set anew: what was found stays as it is, an unknown status too.
const ADD_END = `SET ${[
  "#damage = :damage",
  "#outcome = if_not_exists(#outcome, :failed)",
  "#finished_at = if_not_exists(#finished_at, :now)",
  "#error_class = if_not_exists(#error_class, :class)",
  "#error_message = if_not_exists(#error_message, :listed)",
].join(", ")} REMOVE #due_shard`;

/** What a claim gives of a run one of whose items is damaged; `item` is the run's own. */
export async function damagedRun(item: Item, damage: FlowError): Promise<DamagedRun> {
  const { class: errorClass, message, details } = damage;
  const epoch = await unlessDamaged(
    () => readNumber(item, "epoch"),
    () => undefined,
  );
  const parent = await unlessDamaged(
    () => readParent(item),
    () => undefined,
  );
  const chunk = await unlessDamaged(
    () => readChunk(item),
    () => undefined,
  );
  return {
    runId: runIdOf(item),
    error: { step: null, class: errorClass, message, details: isObject(details) ? details : {} },
    ...(item.workflow?.S !== undefined && { workflow: item.workflow.S }),
    ...(epoch !== undefined && { epoch }),
    ...(parent && { parent }),
    ...(chunk && { chunk }),
  };
}

/** Adds the end to a run's item, unless it has one or somebody has claimed the run since: then false. */
export async function failDamagedRun(
  table: Table,
  { runId, error, epoch }: DamagedRun,
  now: number,
): Promise<boolean> {
  await closeEnded(table, runId);
  const listed = listedError(error);
  const ended = FINAL_STATUSES.map((status) => [`:was_${status}`, text(status)] as const);
  const conditions = [
    "attribute_exists(#pk)",
    "attribute_not_exists(#damage)",
    `NOT #outcome IN (${ended.map(([name]) => name).join(", ")})`,
    ...(epoch === undefined ? [] : ["#epoch = :epoch"]),
  ];
  const added = await table.update(
    runKey(runId),
    {
      text: ADD_END,
      values: {
        ":damage": { M: { message: text(error.message), found_at: number(now) } },
        ":failed": text("failed"),
        ":now": number(now),
        ":class": text(listed.class),
        ":listed": text(listed.message),
      },
    },
    {
      text: conditions.join(" AND "),
      values: { ...Object.fromEntries(ended), ...(epoch !== undefined && { ":epoch": number(epoch) }) },
    },
  );
  if (added) return true;
  // An answer that got lost: its end is there, with this time in it.
  return (await table.get(runKey(runId)))?.damage?.M?.found_at?.N === String(now);
}
