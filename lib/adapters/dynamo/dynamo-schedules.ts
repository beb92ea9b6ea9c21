import type { Schedules } from "../../core/ports/schedules.ts";
import { type Key, keyAttributes, number, readNumber, readText, text } from "./item.ts";
import { createTable, type TableOptions } from "./table.ts";

/** The latest ticks of schedules, in the table of the runs. */
export function createDynamoSchedules(place: TableOptions): Schedules {
  const table = createTable(place);
  return {
    async latest(workflow) {
      const item = await table.get(scheduleKey(workflow));
      return item && { runId: readText(item, "run_id"), takenAt: readNumber(item, "taken_at") };
    },
    async follow(workflow, { runId, takenAt }, before) {
      const item = {
        ...keyAttributes(scheduleKey(workflow)),
        run_id: text(runId),
        taken_at: number(takenAt),
      };
      const condition =
        before === undefined
          ? { text: "attribute_not_exists(#pk)" }
          : { text: "#run_id = :before", values: { ":before": text(before) } };
      if (await table.putIf(item, condition)) return true;
      // The answer to a write of our own may have got lost.
      return (await table.get(scheduleKey(workflow)))?.run_id?.S === runId;
    },
  };
}

function scheduleKey(workflow: string): Key {
  return { pk: `schedule#${workflow}`, sk: "latest" };
}
