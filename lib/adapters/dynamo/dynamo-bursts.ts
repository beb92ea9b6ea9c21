import { hash } from "node:crypto";
import { type BurstTimes, burstWith } from "../../core/burst-end.ts";
import type { BurstDelivery, Bursts } from "../../core/ports/bursts.ts";
import type { Burst } from "../../core/run.ts";
import { type Item, keyAttributes, number, readNumber, readText, text } from "./item.ts";
import { createTable, type Table, type TableOptions } from "./table.ts";

/** Bursts in the table of the runs: for each delivery an item `burst#<workflow>#<hash of the key>` / `<run id>`, which nobody changes. */
export function createDynamoBursts(options: TableOptions): Bursts {
  const table = createTable(options);
  return {
    join: (delivery) => joinBurst(table, delivery),
    async *followers(runId, { place, until }) {
      const where = {
        text: "#pk = :pk AND #sk BETWEEN :after AND :before",
        values: { ":pk": text(place), ":after": text(`${runId} `), ":before": text(firstIdOf(until)) },
      };
      for await (const page of table.query({ where, newestFirst: true, pageSize: 2 }))
        for (const item of page) yield readText(item, "sk");
    },
  };
}

/** One write; with a longest time a read before it, of the delivery before. */
async function joinBurst(table: Table, delivery: BurstDelivery): Promise<Burst> {
  const { workflow, key, runId, maxSeconds, keptSeconds } = delivery;
  const place = `burst#${workflow}#${hash("sha256", key)}`;
  const times = burstWith(
    delivery,
    maxSeconds === undefined ? undefined : await deliveryBefore(table, place, runId),
  );
  const isNew = await table.putNew({
    ...keyAttributes({ pk: place, sk: runId }),
    began_at: number(times.began),
    until: number(times.until),
    expires_at: number(Math.ceil(times.until / 1000) + keptSeconds),
  });
  const known = isNew ? undefined : await table.get({ pk: place, sk: runId });
  return { place, until: known ? timesOf(known).until : times.until };
}

async function deliveryBefore(table: Table, place: string, runId: string): Promise<BurstTimes | undefined> {
  const where = { text: "#pk = :pk AND #sk < :mine", values: { ":pk": text(place), ":mine": text(runId) } };
  for await (const [item] of table.query({ where, newestFirst: true, pageSize: 1 }))
    if (item) return timesOf(item);
  return undefined;
}

function timesOf(item: Item): BurstTimes {
  return { began: readNumber(item, "began_at"), until: readNumber(item, "until") };
}

/** Before every id that is named in a millisecond (RFC 9562, UUIDv7). */
function firstIdOf(ms: number): string {
  const digits = ms.toString(16).padStart(12, "0");
  return `${digits.slice(0, 8)}-${digits.slice(8)}`;
}
