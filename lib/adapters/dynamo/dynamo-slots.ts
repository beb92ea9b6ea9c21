import { hash } from "node:crypto";
import { FlowError } from "../../core/flow-error.ts";
import type { SlotAnswer, SlotClaim, SlotPlace, Slots } from "../../core/ports/slots.ts";
import { DAY_MS } from "./index-shards.ts";
import {
  type Item,
  type Key,
  keyAttributes,
  layoutVersion,
  number,
  readOptionalNumber,
  readText,
  text,
} from "./item.ts";
import { createTable, type Expression, type Table, type TableOptions } from "./table.ts";

const LINE = "line#";

/** Slots of keys in the table of the runs: an item that holds a key's slots, and beside it one for each run that waits. */
export function createDynamoSlots(options: TableOptions): Slots {
  const table = createTable(options);
  return {
    take: (place, claim) => takeSlot(table, place, claim),
    async free(place, { slot, owner, now, keptUntil }) {
      const isOwn = { text: `#owner_${slot} = :held`, values: { ":held": text(owner) } };
      await table.update(slotsKey(place), setSlot(slot, owner, 0, now), isOwn);
      const next = await takeFirst(table, place);
      if (next !== undefined)
        await table.update(slotsKey(place), setSlot(slot, next, keptUntil, now), isFree(slot, now));
      return next;
    },
    async enter(place, { runId, now, expiresAt }) {
      const item = { ...keyAttributes(lineKey(place, runId)), expires_at: number(expiresAt) };
      await table.putNew(item);
      return freeSlots(place, await table.get(slotsKey(place)), now).length > 0;
    },
    async leave(place, runId) {
      await table.remove(lineKey(place, runId), { text: "attribute_exists(#pk)" });
    },
  };
}

/** Whoever finds a slot taken under its hands looks again: for each such look somebody else has got a slot. */
async function takeSlot(table: Table, place: SlotPlace, claim: SlotClaim): Promise<SlotAnswer> {
  const { runId, owner, now, until } = claim;
  for (let looks = 0; looks <= 2 * place.count; looks++) {
    const item = await table.get(slotsKey(place));
    const own = slotsOf(place).find((slot) => item?.[`owner_${slot}`]?.S === owner);
    if (own !== undefined) return { kind: "taken", slot: own };
    const kept = slotsOf(place).find((slot) => item?.[`owner_${slot}`]?.S === runId);
    const free = freeSlots(place, item, now);
    // Those that look at the same time try different ones.
    const slot = kept ?? free[Number.parseInt(hash("sha256", owner).slice(0, 8), 16) % free.length];
    if (slot === undefined)
      return { kind: "full", until: Math.min(...slotsOf(place).map((one) => untilOf(item, one))) };
    const condition =
      kept === undefined
        ? isFree(slot, now)
        : { text: `#owner_${slot} = :run`, values: { ":run": text(runId) } };
    if (await table.update(slotsKey(place), setSlot(slot, owner, until, now), condition))
      return { kind: "taken", slot };
  }
  throw new FlowError("server_error", "the slots of a key come and go");
}

async function takeFirst(table: Table, place: SlotPlace): Promise<string | undefined> {
  const where = {
    text: "#pk = :pk AND begins_with(#sk, :line)",
    values: { ":pk": text(slotsKey(place).pk), ":line": text(LINE) },
  };
  for await (const page of table.query({ where, pageSize: 5 }))
    for (const item of page) {
      const runId = readText(item, "sk").slice(LINE.length);
      if (await table.remove(lineKey(place, runId), { text: "attribute_exists(#pk)" })) return runId;
    }
  return undefined;
}

function slotsKey({ workflow, key }: SlotPlace): Key {
  return { pk: `slots#${workflow}#${hash("sha256", key)}`, sk: "slots" };
}

function lineKey(place: SlotPlace, runId: string): Key {
  return { ...slotsKey(place), sk: `${LINE}${runId}` };
}

function slotsOf({ count }: SlotPlace): readonly number[] {
  return Array.from({ length: count }, (_, slot) => slot);
}

function untilOf(item: Item | undefined, slot: number): number {
  return (item && readOptionalNumber(item, `until_${slot}`)) ?? 0;
}

function freeSlots(place: SlotPlace, item: Item | undefined, now: number): readonly number[] {
  return slotsOf(place).filter((slot) => untilOf(item, slot) <= now);
}

function isFree(slot: number, now: number): Expression {
  return {
    text: `attribute_not_exists(#until_${slot}) OR #until_${slot} <= :now`,
    values: { ":now": number(now) },
  };
}

function setSlot(slot: number, owner: string, until: number, now: number): Expression {
  return {
    text: `SET #v = :v, #owner_${slot} = :owner, #until_${slot} = :until, #expires_at = :expires_at`,
    values: {
      ":v": layoutVersion,
      ":owner": text(owner),
      ":until": number(until),
      // No lease is as long as a day.
      ":expires_at": number(Math.ceil((now + 2 * DAY_MS) / 1000)),
    },
  };
}
