import { describe, expect, test } from "@jest/globals";
import type { Splits } from "../../lib/core/ports/splits.ts";
import { NO_SPLITS, type Split, withoutSplit, withSplit } from "../../lib/core/split.ts";

/** What every {@link Splits} keeps to. `make` gives an empty one. */
export function splitsContract(make: () => Promise<Splits>): void {
  const hash = (letter: string) => letter.repeat(64);
  const split: Split = { version: hash("a"), base: hash("b"), percent: 5, kind: "rollout", at: 7, by: "ann" };

  describe("splits", () => {
    test("are none until some are written, and then what was written last", async () => {
      const splits = await make();
      expect(await splits.read()).toEqual(NO_SPLITS);
      expect(await splits.write(withSplit(NO_SPLITS, "lead", split))).toBe(true);
      const first = await splits.read();
      expect(first).toEqual({ revision: 1, splits: { lead: [split] } });
      expect(await splits.write(withoutSplit(first, { name: "lead", hash: split.version }))).toBe(true);
      expect(await splits.read()).toEqual({ revision: 2, splits: {} });
    });

    test("are not written over what the writer has not read", async () => {
      const splits = await make();
      await splits.write(withSplit(NO_SPLITS, "lead", split));
      expect(await splits.write(withSplit(NO_SPLITS, "lead", { ...split, percent: 50 }))).toBe(false);
      const current = await splits.read();
      await splits.write(withSplit(current, "lead", { ...split, percent: 20 }));
      expect(await splits.write(withSplit(current, "lead", { ...split, percent: 50 }))).toBe(false);
      expect((await splits.read()).splits.lead).toEqual([{ ...split, percent: 20 }]);
    });

    test("of many that are written over the same ones, one is", async () => {
      const splits = await make();
      const all = await Promise.all(
        Array.from({ length: 10 }, (_, percent) =>
          splits.write(withSplit(NO_SPLITS, "lead", { ...split, percent })),
        ),
      );
      expect(all.filter(Boolean)).toHaveLength(1);
      expect((await splits.read()).splits.lead?.[0]?.percent).toBe(all.indexOf(true));
    });
  });
}
