import type { Json, JsonObject } from "../../../../lib/core/json.ts";
import type { Chance } from "../chance.ts";
import type { LoopSource } from "./surroundings.ts";

/** An event, mostly a mapping of which some keys are missing, and the lists that it has. */
export function randomEvent({ often, pick, several, upTo }: Chance): {
  readonly event: Json;
  readonly lists: readonly LoopSource[];
} {
  const ids = ["a", "b", "c"].slice(0, pick([0, 1, 2, 3, 3]));
  const words = ["p", "q", "r"].slice(0, 1 + upTo(2));
  const tags = ["x", "y"];
  const list = ids.map((id) => ({ id, n: upTo(5), tags: tags.slice(0, upTo(2)) }));
  const keys: JsonObject = {
    id: "e1",
    n: upTo(6),
    text: pick(["hello", "ha lo 1", ""]),
    flag: often(0.5),
    none: null,
    obj: { k: pick(["a", 3]), "odd key": "o" },
    big: JSON.rawJSON("12345678901234567890"),
    item: "hidden",
    list: often(0.04) ? "no list" : list,
    words,
  };
  const gone = several(upTo(2), () => pick(Object.keys(keys)));
  const event = Object.fromEntries(Object.entries(keys).filter(([key]) => !gone.includes(key)));
  const lists = [
    { path: "list", ids, tags },
    { path: "input.list", ids, tags },
    { path: "words", ids: words },
  ];
  return { event: often(0.03) ? pick<Json>([[1, { id: "a" }], "text", 7, null]) : event, lists };
}
