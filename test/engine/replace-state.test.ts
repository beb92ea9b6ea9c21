import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { applyPatch } from "../../lib/core/journal.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import { replaceState } from "../../lib/engine/replace-state.ts";
import { attempt, compiled } from "../support/engine-run.ts";

test("the writes make the one state of the other, and touch nothing that is the same in both", () => {
  const state = fc.dictionary(
    fc.constantFrom("a", "b", "c", "d e"),
    fc.jsonValue({ maxDepth: 2 }),
  ) as fc.Arbitrary<JsonObject>;
  void fc.assert(
    fc.property(state, state, (before, after) => {
      const writes = replaceState(before, after);
      expect(applyPatch(before, writes)).toEqual(after);
      expect(replaceState(after, after)).toEqual([]);
    }),
  );
});

test("a run that leaves the invocation, however it does, gives its interpreter up", async () => {
  const ended: string[] = [];
  const python = {
    run: async () => ({ printed: [], error: new Error() as never }),
    endRun: (id: string) => void ended.push(id),
  };
  const workflow = compiled({ steps: [{ type: "python_function", code: "def process(e): return e" }] });
  const { end } = await attempt({ workflow, ports: { python } });
  expect(end.kind).toBe("failed");
  expect(ended).toEqual(["run-1"]);
});
