import { PAIRED_SECRET_KEPT_MS, type Pairings } from "../../core/ports/pairings.ts";
import { type Key, keyAttributes, number, readText, text } from "./item.ts";
import { createTable, type TableOptions } from "./table.ts";

/** Pairings in the table of the runs, an item for each that is open. */
export function createDynamoPairings(place: TableOptions): Pairings {
  const table = createTable(place);
  return {
    async open(workflow, until) {
      await table.writeMany([{ PutRequest: { Item: pairingItem(workflow, until) } }]);
    },
    async give(workflow, secret, now) {
      // The item is replaced, not changed: ingest may put items anyway.
      const item = { ...pairingItem(workflow, now + PAIRED_SECRET_KEPT_MS), secret: text(secret) };
      const isAwaited = {
        text: "#until > :now AND attribute_not_exists(#secret)",
        values: { ":now": number(now) },
      };
      return table.putIf(item, isAwaited);
    },
    async take(workflow) {
      const key = pairingKey(workflow);
      if (!(await table.get(key))?.secret) return undefined;
      const taken = await table.remove(key, { text: "attribute_exists(#secret)" });
      return taken && readText(taken, "secret");
    },
    async close(workflow) {
      await table.remove(pairingKey(workflow), { text: "attribute_exists(#pk)" });
    },
  };
}

function pairingKey(workflow: string): Key {
  return { pk: `pairing#${workflow}`, sk: "pairing" };
}

function pairingItem(workflow: string, until: number) {
  return {
    ...keyAttributes(pairingKey(workflow)),
    until: number(until),
    expires_at: number(Math.ceil(until / 1000)),
  };
}
