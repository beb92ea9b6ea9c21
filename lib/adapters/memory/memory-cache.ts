import type { Cache, CachedResult } from "../../core/ports/cache.ts";

type Slot =
  | { readonly owner: string; readonly leaseUntil: number }
  | {
      readonly owner: string;
      readonly result: CachedResult;
      readonly storedAt: number;
      readonly expiresAt: number;
    };

/** A cache in this process's memory, which ends with it: the same promises as the durable one, for `run` and for tests. */
export function createMemoryCache(): Cache {
  const slots = new Map<string, Slot>();
  const holds = (key: string, owner: string): boolean => {
    const slot = slots.get(key);
    return slot !== undefined && "leaseUntil" in slot && slot.owner === owner;
  };
  return {
    async claim(key, { owner, now, leaseUntil, staleAt }) {
      const slot = slots.get(key);
      if (slot && "result" in slot && slot.storedAt > staleAt && slot.expiresAt > now)
        return { kind: "hit", result: slot.result, owner: slot.owner };
      if (slot && "leaseUntil" in slot && slot.leaseUntil > now && slot.owner !== owner)
        return { kind: "held", until: slot.leaseUntil };
      slots.set(key, { owner, leaseUntil });
      return { kind: "claimed" };
    },
    async store(key, { owner, result, storedAt, ttlSeconds }) {
      if (!holds(key, owner)) return;
      slots.set(key, { owner, result, storedAt, expiresAt: storedAt + ttlSeconds * 1000 });
    },
    async release(key, owner) {
      if (holds(key, owner)) slots.delete(key);
    },
  };
}
