import { describe, expect, test } from "@jest/globals";
import type { Schedules } from "../../lib/core/ports/schedules.ts";

/** What every {@link Schedules} keeps to. `make` gives an empty one. */
export function schedulesContract(make: () => Promise<Schedules>): void {
  const tick = (runId: string, takenAt = 1) => ({ runId, takenAt });

  describe("schedules", () => {
    test("have no latest tick until one takes its place", async () => {
      const schedules = await make();
      expect(await schedules.latest("report")).toBeUndefined();
      expect(await schedules.follow("report", tick("a", 7), undefined)).toBe(true);
      expect(await schedules.latest("report")).toEqual({ runId: "a", takenAt: 7 });
      expect(await schedules.latest("other")).toBeUndefined();
    });

    test("let a tick follow the one that was read, and no other one", async () => {
      const schedules = await make();
      await schedules.follow("report", tick("a"), undefined);
      expect(await schedules.follow("report", tick("x"), undefined)).toBe(false);
      expect(await schedules.follow("report", tick("x"), "b")).toBe(false);
      expect(await schedules.latest("report")).toMatchObject({ runId: "a" });
      expect(await schedules.follow("report", tick("b"), "a")).toBe(true);
      expect(await schedules.latest("report")).toMatchObject({ runId: "b" });
    });

    test("of many ticks that follow the same one, one does", async () => {
      const schedules = await make();
      await schedules.follow("report", tick("a"), undefined);
      const all = await Promise.all(
        Array.from({ length: 10 }, (_, index) => schedules.follow("report", tick(`t${index}`), "a")),
      );
      expect(all.filter(Boolean)).toHaveLength(1);
      expect(await schedules.latest("report")).toMatchObject({ runId: `t${all.indexOf(true)}` });
    });

    test("a tick that has its place already is told so: the first answer may have got lost", async () => {
      const schedules = await make();
      await schedules.follow("report", tick("a"), undefined);
      expect(await schedules.follow("report", tick("b"), "a")).toBe(true);
      expect(await schedules.follow("report", tick("b"), "a")).toBe(true);
    });
  });
}
