import type { EndedChunk, LoopKey, LoopStore } from "../../core/ports/loop-store.ts";
import {
  checkLayout,
  type Item,
  type Key,
  keyAttributes,
  keyOf,
  layoutVersion,
  number,
  readText,
  text,
} from "./item.ts";
import { runKey } from "./run-item.ts";
import { INLINE_BYTES, type StoredValues } from "./stored-values.ts";
import type { Table } from "./table.ts";

// A mark is paid for by the size of its item: a group's set of numbers stays below 1 KB, and so does the set of groups.
const GROUP = 64;

/**
 * Loops beside their runs: `loop#<path>#state`, `loop#<path>#result#<chunk>`, and the numbers of ended chunks in
 * `loop#<path>#ended#<group>`, whose complete groups stand in `loop#<path>#groups`.
 */
export function createDynamoLoopStore(table: Table, values: StoredValues): LoopStore {
  const placeOf = ({ runId, path }: LoopKey, what: string): Key => ({
    pk: runKey(runId).pk,
    sk: `loop#${path}#${what}`,
  });
  const itemsOf = async (loop: LoopKey, what: string): Promise<readonly Item[]> => {
    const { pk, sk } = placeOf(loop, what);
    const where = {
      text: "#pk = :pk AND begins_with(#sk, :sk)",
      values: { ":pk": text(pk), ":sk": text(sk) },
    };
    const items = (await Array.fromAsync(table.query({ where }))).flat();
    for (const item of items) checkLayout(item);
    return items;
  };
  const itemWith = async (key: Key, name: string, value: unknown, expiresAt: number): Promise<Item> => ({
    ...keyAttributes(key),
    [name]: await values.storeJson(value, { pk: key.pk, inlineBytes: INLINE_BYTES, expiresAt }),
    expires_at: number(expiresAt),
  });
  const mark = async (key: Key, nth: number, sets: readonly string[], expiresAt: number): Promise<number> => {
    const added = sets.map((name) => `#${name} :nth`).join(", ");
    const marked = await table.updateAndGet(
      key,
      {
        text: `SET #v = :v, #expires_at = if_not_exists(#expires_at, :expires_at) ADD ${added}`,
        values: { ":expires_at": number(expiresAt), ":nth": { NS: [String(nth)] } },
      },
      { text: "attribute_not_exists(#pk) OR #v = :v", values: { ":v": layoutVersion } },
    );
    if (!marked) checkLayout((await table.get(key)) ?? keyAttributes(key));
    return numbersIn(marked, "ended").length;
  };
  const unmark = async (key: Key, nth: number): Promise<void> => {
    await table.update(
      key,
      { text: "DELETE #ended :nth, #failed :nth, #ends_run :nth", values: { ":nth": { NS: [String(nth)] } } },
      { text: "attribute_exists(#pk)" },
    );
  };

  return {
    async keepState(loop, state, expiresAt) {
      await table.putNew(await itemWith(placeOf(loop, "state"), "state", state, expiresAt));
    },
    async state(loop) {
      const item = await table.get(placeOf(loop, "state"));
      if (!item) return undefined;
      checkLayout(item);
      return values.loadJson(item, "state");
    },
    async keepResult(loop, chunk, { value, epoch, expiresAt }) {
      const item = await itemWith(resultKey(placeOf(loop, "result"), chunk), "result", value, expiresAt);
      await table.putIf(
        { ...item, epoch: number(epoch) },
        { text: "attribute_not_exists(#pk) OR #epoch <= :epoch", values: { ":epoch": number(epoch) } },
      );
    },
    async results(loop) {
      const items = await itemsOf(loop, "result#");
      const results = items.map(
        async (item) => [numberIn(item), await values.loadJson(item, "result")] as const,
      );
      return new Map(await Promise.all(results));
    },
    async removeResult(loop, chunk) {
      await table.writeMany([{ DeleteRequest: { Key: keyOf(resultKey(placeOf(loop, "result"), chunk)) } }]);
    },
    async end(loop, { number: nth, of, failed, endsRun, expiresAt }: EndedChunk) {
      const sets = ["ended", ...(failed ? ["failed"] : []), ...(endsRun ? ["ends_run"] : [])];
      const group = Math.floor(nth / GROUP);
      const groups = Math.ceil(of / GROUP);
      const inGroup = Math.min(GROUP, of - group * GROUP);
      const ended = await mark(placeOf(loop, `ended#${group}`), nth, sets, expiresAt);
      if (ended < inGroup || groups === 1) return ended === inGroup;
      return (await mark(placeOf(loop, "groups"), group, ["ended"], expiresAt)) === groups;
    },
    async reopen(loop, nth) {
      const group = Math.floor(nth / GROUP);
      // In this order nobody who ends another chunk meanwhile takes the group for complete.
      await unmark(placeOf(loop, `ended#${group}`), nth);
      await unmark(placeOf(loop, "groups"), group);
    },
    async progress(loop) {
      const items = await itemsOf(loop, "ended#");
      const all = (name: string) => new Set(items.flatMap((item) => numbersIn(item, name)));
      return { ended: all("ended"), failed: all("failed"), endsRun: all("ends_run") };
    },
  };
}

function resultKey({ pk, sk }: Key, chunk: number): Key {
  return { pk, sk: `${sk}#${String(chunk).padStart(6, "0")}` };
}

function numberIn(item: Item): number {
  return Number(readText(item, "sk").split("#").at(-1));
}

function numbersIn(item: Item | undefined, name: string): number[] {
  return (item?.[name]?.NS ?? []).map(Number);
}
