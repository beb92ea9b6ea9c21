import { isObject } from "../../core/json.ts";
import type { Cache, CacheAnswer, CacheClaim, CachedResult, CacheEntry } from "../../core/ports/cache.ts";
import { createBlobs } from "./blobs.ts";
import {
  checkLayout,
  damaged,
  type Item,
  type Key,
  keyAttributes,
  number,
  readText,
  text,
  unlessDamaged,
} from "./item.ts";
import { createStoredValues, INLINE_BYTES, type StoredValues } from "./stored-values.ts";
import { createTable, type Table, type TableOptions } from "./table.ts";

// What was read before a refusal may be out of date a moment later: then it is read again, this often in all.
const TRIES = 3;
// DynamoDB deletes items in no order: chunks outlive what refers to them, and a lease its end.
const EXPIRY_MARGIN_SECONDS = 86_400;

const HELD = "#lease_owner = :owner";
const NOT_A_LEASE = "NOT attribute_type(#lease_until, :n)";
const NOT_A_RESULT = "NOT (attribute_type(#stored_at, :n) AND attribute_type(#good_until, :n))";
const TAKEABLE = [
  "attribute_not_exists(#pk)",
  "#lease_until <= :now",
  HELD,
  "#stored_at <= :stale_at",
  "#good_until <= :now",
  `(attribute_exists(#lease_owner) AND ${NOT_A_LEASE})`,
  `(attribute_not_exists(#lease_owner) AND ${NOT_A_RESULT})`,
].join(" OR ");

/** The key may be taken; `staleAt`: also from a result that was stored by then. */
interface Free {
  readonly kind: "free";
  readonly staleAt?: number;
}
const FREE: Free = { kind: "free" };

/** Results in the one table, execution.md section 4: an item is a result, or the lease of who is computing it. */
export function createDynamoCache(place: TableOptions): Cache {
  const table = createTable(place);
  const values = createStoredValues(createBlobs(table));
  return {
    async claim(key, claim) {
      for (let left = TRIES; left > 0; left -= 1) {
        const item = await table.get(cacheKey(key));
        const found = item ? await readEntry(item, values, claim) : FREE;
        if (found.kind !== "free") return found;
        if (await take(table, key, { ...claim, ...found })) return { kind: "claimed" };
      }
      return { kind: "held", until: claim.now };
    },
    store: (key, entry) => storeEntry(table, values, key, entry),
    async release(key, owner) {
      await table.update(
        cacheKey(key),
        { text: "SET #lease_until = :never", values: { ":never": number(0) } },
        { text: HELD, values: { ":owner": text(owner) } },
      );
    },
  };
}

/** What an item says to the asker. A result that is damaged is taken for one that is out of date. */
async function readEntry(
  item: Item,
  values: StoredValues,
  { owner, now, staleAt }: CacheClaim,
): Promise<CacheAnswer | Free> {
  if (item.lease_owner) {
    const until = Number(item.lease_until?.N ?? 0);
    return until > now && item.lease_owner.S !== owner ? { kind: "held", until } : FREE;
  }
  const storedAt = Number(item.stored_at?.N ?? 0);
  if (storedAt <= staleAt || Number(item.good_until?.N ?? 0) <= now) return FREE;
  return unlessDamaged(
    async (): Promise<CacheAnswer | Free> => {
      checkLayout(item);
      const result = await values.loadJson(item, "result");
      if (!isObject(result)) throw damaged(item, 'has no result in "result"');
      return { kind: "hit", result: result as CachedResult, owner: readText(item, "stored_by") };
    },
    () => ({ kind: "free", staleAt: storedAt }),
  );
}

/** Puts the asker's lease in place of nothing, of a lease that is over, or of a result that is out of date. */
function take(table: Table, key: string, { owner, now, leaseUntil, staleAt }: CacheClaim): Promise<boolean> {
  return table.putIf(
    {
      ...keyAttributes(cacheKey(key)),
      lease_owner: text(owner),
      lease_until: number(leaseUntil),
      expires_at: number(Math.ceil(leaseUntil / 1000) + EXPIRY_MARGIN_SECONDS),
    },
    {
      text: TAKEABLE,
      values: {
        ":owner": text(owner),
        ":now": number(now),
        ":stale_at": number(staleAt),
        ":n": text("N"),
      },
    },
  );
}

async function storeEntry(
  table: Table,
  values: StoredValues,
  key: string,
  { owner, result, storedAt, ttlSeconds }: CacheEntry,
): Promise<void> {
  const goodUntil = storedAt + ttlSeconds * 1000;
  const expiresAt = Math.ceil(goodUntil / 1000);
  const { pk } = cacheKey(key);
  const placement = { pk, inlineBytes: INLINE_BYTES, expiresAt: expiresAt + EXPIRY_MARGIN_SECONDS };
  await table.putIf(
    {
      ...keyAttributes(cacheKey(key)),
      result: await values.storeJson(result, placement),
      stored_by: text(owner),
      stored_at: number(storedAt),
      good_until: number(goodUntil),
      expires_at: number(expiresAt),
    },
    { text: HELD, values: { ":owner": text(owner) } },
  );
}

function cacheKey(key: string): Key {
  return { pk: `cache#${key}`, sk: "cache" };
}
