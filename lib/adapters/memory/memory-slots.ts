import type { SlotPlace, Slots } from "../../core/ports/slots.ts";

interface Slot {
  readonly owner: string;
  readonly until: number;
}

/** Slots of keys in this process's memory: the same promises as the durable ones. */
export function createMemorySlots(): Slots {
  const places = new Map<string, { readonly slots: Map<number, Slot>; readonly line: Set<string> }>();
  const at = ({ workflow, key }: SlotPlace) => {
    const name = JSON.stringify([workflow, key]);
    const known = places.get(name) ?? { slots: new Map(), line: new Set() };
    places.set(name, known);
    return known;
  };
  const numbersOf = ({ count }: SlotPlace) => Array.from({ length: count }, (_, slot) => slot);
  const untilOf = (place: SlotPlace, slot: number) => at(place).slots.get(slot)?.until ?? 0;
  return {
    async take(place, { runId, owner, now, until }) {
      const { slots } = at(place);
      const numbers = numbersOf(place);
      const isOwn = (slot: number) => [owner, runId].includes(slots.get(slot)?.owner ?? "");
      const slot = numbers.find(isOwn) ?? numbers.find((one) => untilOf(place, one) <= now);
      if (slot === undefined)
        return { kind: "full", until: Math.min(...numbers.map((one) => untilOf(place, one))) };
      slots.set(slot, { owner, until });
      return { kind: "taken", slot };
    },
    async free(place, { slot, owner, keptUntil }) {
      const { slots, line } = at(place);
      if (slots.get(slot)?.owner === owner) slots.delete(slot);
      const [next] = [...line].sort();
      if (next === undefined) return undefined;
      line.delete(next);
      if (!slots.has(slot)) slots.set(slot, { owner: next, until: keptUntil });
      return next;
    },
    async enter(place, { runId, now }) {
      at(place).line.add(runId);
      return numbersOf(place).some((slot) => untilOf(place, slot) <= now);
    },
    async leave(place, runId) {
      at(place).line.delete(runId);
    },
  };
}
