import { describe, expect, test } from "@jest/globals";
import { isSettled } from "../../lib/core/journal.ts";
import { everyOrder, FAULTS } from "../support/faults.ts";
import { everyStruckOrder } from "./every-struck-order.ts";
import { runnersOf } from "./runners.ts";
import { SCENES, sceneCase } from "./scenes.ts";
import { outcomeOf, play } from "./trial.ts";

const TWO = Object.keys(SCENES).map((about) => ({ count: 2, about }));
const THREE = ["two effects", "a history that is blanked"].map((about) => ({ count: 3, about }));

describe("every order of the store calls of runners that work on one run at once", () => {
  test.each([...TWO, ...THREE])(
    "P2 P4 P5 P7 $count with $about: one ends the run as if alone, and none works on behind its end",
    async ({ count, about }) => {
      const given = sceneCase(about);
      const alone = await play(given);
      const expected = outcomeOf(alone.run);
      const broken: unknown[] = [];
      const orders = await everyOrder(
        () => runnersOf(given, count),
        async ({ world, store, runId, late, ended }, order) => {
          await world.settle();
          const run = await store.get(runId);
          const outcome = outcomeOf(run);
          const settled = run?.journal.filter(isSettled).map(({ path }) => path) ?? [];
          const twice = settled.filter((path, index) => settled.indexOf(path) < index);
          // Two leases that ran out are two deaths: with three runners the run may be taken for poison.
          const isPoison = count > 2 && run?.error?.class === "internal";
          const asExpected = isPoison || JSON.stringify(outcome) === JSON.stringify(expected);
          const others = await store.list({
            workflows: ["other"],
            limit: 9,
            until: world.clock.now() + 1_000,
            since: 0,
          });
          const asMany = others.length === alone.children.length;
          if (!asExpected || !asMany || ended.length !== 1 || late.length > 0 || twice.length > 0)
            broken.push({ order, late, ended, twice, others, ...(!asExpected && { outcome }) });
        },
      );
      expect(broken).toEqual([]);
      expect(orders).toBeGreaterThanOrEqual(count > 2 ? 600 : 8);
    },
  );
});

test.each(FAULTS)(
  "P2 P4 P5 P6 P7 two runners, three effects, and a fault at every call of every order: the run ends as if alone after %s",
  async (fault) => {
    const given = sceneCase("three effects, of which one heals in a later delivery");
    const { broken, orders, struck, poisoned } = await everyStruckOrder(given, 2, fault);
    expect(broken).toEqual([]);
    expect(Object.keys(struck).sort()).toEqual(["append", "claim", "finish", "release", "send"]);
    expect(orders).toBeGreaterThan(150);
    expect(poisoned).toBeLessThan(orders / 2);
  },
);
